package app

import (
	"testing"

	"pgregory.net/rapid"
)

// Two desks that change one value and lose, repeat and reorder what they say of it
// have the same one once everything has arrived.
func TestPartnerValuesAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		desks := [2]*partnerBase{{Values: map[string]*partnerValue{}}, {Values: map[string]*partnerValue{}}}
		var sent [2][]partnerValue
		words := rapid.SampledFrom([]string{"open", "pending", "solved"})
		say := func(side int, v partnerValue, heard bool) {
			other := desks[1-side]
			clock := v.Clock
			other.theirs("x", v.Value, &clock, side == 0)
			if heard {
				desks[side].told("x", v.Value, v.Clock)
			}
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			side := rapid.IntRange(0, 1).Draw(t, "side")
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0, 1:
				desks[side].ours("x", words.Draw(t, "word"), side == 0)
			case 2:
				if v := desks[side].Values["x"]; v != nil && v.waits() {
					sent[side] = append(sent[side], *v)
					if rapid.Bool().Draw(t, "arrives") {
						say(side, *v, rapid.Bool().Draw(t, "is known to"))
					}
				}
			case 3:
				if n := len(sent[side]); n > 0 {
					say(side, sent[side][rapid.IntRange(0, n-1).Draw(t, "which")], rapid.Bool().Draw(t, "late answer"))
				}
			}
		}
		for range 4 {
			for side := range desks {
				if v := desks[side].Values["x"]; v != nil && v.waits() {
					say(side, *v, true)
				}
			}
		}
		a, b := desks[0].Values["x"], desks[1].Values["x"]
		if a == nil && b == nil {
			return
		}
		if a == nil || b == nil || a.Value != b.Value || a.Clock != b.Clock || a.waits() || b.waits() {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}

// A desk of another maker says whole tickets without clocks: what it had is no news.
func TestPartnerValuesWithoutClocks(t *testing.T) {
	t.Parallel()
	b := &partnerBase{Values: map[string]*partnerValue{}}
	b.ours("x", "open", true)
	b.told("x", "open", b.Values["x"].Clock)
	b.ours("x", "pending", true)
	if b.theirs("x", "open", nil, false) || b.Values["x"].Value != "pending" || !b.Values["x"].waits() {
		t.Errorf("what they had undoes a newer change: %+v", b.Values["x"])
	}
	if b.theirs("x", "pending", nil, false) || b.Values["x"].waits() {
		t.Errorf("they have it: %+v", b.Values["x"])
	}
	if !b.theirs("x", "solved", nil, false) || b.Values["x"].Value != "solved" || b.Values["x"].waits() {
		t.Errorf("their change is not taken: %+v", b.Values["x"])
	}
}
