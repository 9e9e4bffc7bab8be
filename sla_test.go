package deskmesh_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	dm "github.com/deskmesh/deskmesh"
)

// promised walks one ticket through what happens to it.
type promised struct {
	*testing.T
	policy   *dm.SLAPolicy
	calendar *dm.Calendar
	state    dm.ClockState
	clocks   []dm.Clock
	missed   []dm.ClockKind
}

func newPromised(t *testing.T) *promised {
	minutes := map[dm.ClockKind]int{dm.ClockFirstReply: 60, dm.ClockNextReply: 30, dm.ClockResolution: 480}
	p := &promised{T: t, calendar: office("UTC"), policy: &dm.SLAPolicy{ID: 7, Pause: []dm.Status{dm.StatusPending, dm.StatusOnHold},
		Targets: dm.Targets{dm.PriorityNormal: minutes, dm.PriorityUrgent: {dm.ClockFirstReply: 15}}}}
	p.state = dm.ClockState{Now: at(t, "2026-11-23T09:00:00Z"), CreatedAt: at(t, "2026-11-23T09:00:00Z"), Priority: dm.PriorityNormal, Status: dm.StatusNew}
	return p
}

// step advances to a time and makes a change.
func (p *promised) step(to string, change func(*dm.ClockState)) {
	p.Helper()
	p.state.Now = at(p.T, to)
	s := p.state
	if change != nil {
		change(&s)
	}
	var missed []dm.Clock
	p.clocks, missed = dm.Advance(p.clocks, &s, p.policy, p.calendar)
	p.missed = nil
	for _, c := range missed {
		p.missed = append(p.missed, c.Kind)
	}
	s.Asked, s.Answered, s.Quiet = false, false, false
	p.state = s
}

func (p *promised) clock(kind dm.ClockKind) dm.Clock {
	p.Helper()
	for _, c := range p.clocks {
		if c.Kind == kind {
			return c
		}
	}
	p.Fatalf("there is no clock %s", kind)
	return dm.Clock{}
}

func (p *promised) due(kind dm.ClockKind, want string) {
	p.Helper()
	if want == "" {
		if got := p.clock(kind); got.DueAt != 0 {
			p.Errorf("%s is due at %v", kind, got.DueAt.Std())
		}
		return
	}
	if got := p.clock(kind); got.DueAt != at(p.T, want) {
		p.Errorf("%s is due at %v, not %s", kind, got.DueAt.Std(), want)
	}
}

func answered(s *dm.ClockState) { s.Answered = true }
func asked(s *dm.ClockState)    { s.Asked = true }

func status(to dm.Status) func(*dm.ClockState) { return func(s *dm.ClockState) { s.Status = to } }

func TestAdvance(t *testing.T) {
	t.Parallel()
	p := newPromised(t)
	p.step("2026-11-23T09:00:00Z", nil)
	p.due(dm.ClockFirstReply, "2026-11-23T10:00:00Z")
	p.due(dm.ClockResolution, "2026-11-23T17:30:00Z")
	p.step("2026-11-23T09:40:00Z", answered)
	p.due(dm.ClockFirstReply, "")
	p.step("2026-11-23T10:00:00Z", asked)
	p.due(dm.ClockNextReply, "2026-11-23T10:30:00Z")
	p.step("2026-11-23T10:10:00Z", asked) // does not begin again
	p.due(dm.ClockNextReply, "2026-11-23T10:30:00Z")
	p.step("2026-11-23T10:20:00Z", status(dm.StatusPending))
	p.due(dm.ClockNextReply, "")
	p.due(dm.ClockResolution, "")
	p.step("2026-11-24T09:00:00Z", status(dm.StatusOpen))
	p.due(dm.ClockNextReply, "2026-11-24T09:10:00Z")
	p.step("2026-11-24T09:05:00Z", answered)
	p.due(dm.ClockNextReply, "")
	p.step("2026-11-24T09:30:00Z", status(dm.StatusSolved))
	p.due(dm.ClockResolution, "")
	if c := p.clock(dm.ClockResolution); c.EndedAt == 0 || c.Late {
		t.Errorf("solved in time: %+v", c)
	}
	p.step("2026-11-24T10:00:00Z", func(s *dm.ClockState) { s.Status, s.Asked = dm.StatusOpen, true })
	p.due(dm.ClockNextReply, "2026-11-24T10:30:00Z")
	p.due(dm.ClockResolution, "2026-11-24T16:40:00Z")
}

func TestAdvanceMissed(t *testing.T) {
	t.Parallel()
	p := newPromised(t)
	p.step("2026-11-23T09:00:00Z", nil)
	p.step("2026-11-23T10:00:00Z", nil)
	if !slices.Equal(p.missed, []dm.ClockKind{dm.ClockFirstReply}) {
		t.Errorf("missed %v", p.missed)
	}
	p.step("2026-11-23T10:05:00Z", answered)
	if p.missed != nil || !p.clock(dm.ClockFirstReply).Late {
		t.Errorf("missed %v again", p.missed)
	}
	p.step("2026-11-23T10:05:00Z", asked)
	p.step("2026-11-23T11:00:00Z", answered) // late, and nothing swept before
	if !slices.Equal(p.missed, []dm.ClockKind{dm.ClockNextReply}) {
		t.Errorf("an answer that comes late: missed %v", p.missed)
	}
	p.step("2026-11-23T11:00:00Z", asked)
	p.step("2026-11-23T11:10:00Z", answered)
	if c := p.clock(dm.ClockNextReply); c.Late || c.BreachedAt == 0 {
		t.Errorf("a later answer in time: %+v", c)
	}

	p = newPromised(t)
	p.step("2026-11-23T09:00:00Z", nil)
	p.step("2026-11-23T09:30:00Z", func(s *dm.ClockState) { s.Priority = dm.PriorityUrgent })
	if !slices.Equal(p.missed, []dm.ClockKind{dm.ClockFirstReply}) {
		t.Errorf("a priority that promises more: missed %v", p.missed)
	}
	p.due(dm.ClockResolution, "")
	p.step("2026-11-23T09:31:00Z", func(s *dm.ClockState) { s.Priority = dm.PriorityNormal })
	p.due(dm.ClockFirstReply, "2026-11-23T10:00:00Z")
	if c := p.clock(dm.ClockFirstReply); c.Late || c.BreachedAt == 0 {
		t.Errorf("time is left again: %+v", c)
	}
}

func TestAdvanceQuiet(t *testing.T) {
	t.Parallel()
	p := newPromised(t)
	p.state.Quiet = true
	p.step("2026-11-25T09:00:00Z", func(s *dm.ClockState) {
		s.Quiet, s.AnsweredAt, s.AskedAt = true, at(t, "2026-11-23T09:30:00Z"), at(t, "2026-11-23T10:00:00Z")
	})
	if p.missed != nil || !p.clock(dm.ClockResolution).Late || !p.clock(dm.ClockNextReply).Late || p.clock(dm.ClockFirstReply).Late {
		t.Errorf("a policy that comes later: told %v, %+v", p.missed, p.clocks)
	}
	policy := p.policy
	p.policy = nil
	p.step("2026-11-25T09:10:00Z", nil)
	p.due(dm.ClockResolution, "")
	spent := p.clock(dm.ClockResolution).Spent
	p.policy = policy
	p.step("2026-11-25T12:00:00Z", nil)
	if c := p.clock(dm.ClockResolution); c.Spent != spent || c.Since != p.state.Now || p.missed != nil {
		t.Errorf("it goes on from where it stood: %+v, told %v", c, p.missed)
	}
}

// TestAdvanceProperties holds, over random lives of tickets, that a clock which
// is looked at in between comes to the same as one that is not, that no miss is
// told twice, and that what is spent never exceeds the time that has passed.
func TestAdvanceProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		policy := &dm.SLAPolicy{ID: 1, Pause: []dm.Status{dm.StatusPending}, Targets: dm.Targets{dm.PriorityNormal: {dm.ClockFirstReply: 60, dm.ClockNextReply: 30, dm.ClockResolution: 600}}}
		calendar := office("Europe/Berlin")
		now := dm.TimeOf(time.Date(2026, 3, 23, 0, rapid.IntRange(0, 10000).Draw(t, "start"), 0, 0, time.UTC))
		s := dm.ClockState{Now: now, CreatedAt: now, Priority: dm.PriorityNormal, Status: dm.StatusNew}
		looked, _ := dm.Advance(nil, &s, policy, calendar)
		plain := slices.Clone(looked)
		told := map[dm.ClockKind]dm.Time{}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			next := s.Now.Add(time.Duration(rapid.IntRange(0, 900).Draw(t, "minutes")) * time.Minute)
			between := s
			between.Now, between.Asked, between.Answered = s.Now+dm.Time(rapid.Int64Range(0, int64(next-s.Now)).Draw(t, "between")), false, false
			var missed []dm.Clock
			hear := func() {
				for _, c := range missed {
					if told[c.Kind] == c.StartedAt {
						t.Fatalf("%s is told twice", c.Kind)
					}
					told[c.Kind] = c.StartedAt
				}
			}
			looked, missed = dm.Advance(looked, &between, policy, calendar)
			hear()
			s.Now, s.Asked, s.Answered = next, rapid.Bool().Draw(t, "asked"), rapid.Bool().Draw(t, "answered")
			s.Status = rapid.SampledFrom(dm.Statuses).Draw(t, "status")
			looked, missed = dm.Advance(looked, &s, policy, calendar)
			hear()
			plain, _ = dm.Advance(plain, &s, policy, calendar)
			if !slices.Equal(looked, plain) {
				t.Fatalf("looked at in between: %+v, else %+v", looked, plain)
			}
			for _, c := range plain {
				if c.Spent > calendar.Between(c.StartedAt, s.Now) || c.DueAt != 0 && c.EndedAt != 0 || c.Running() == (c.EndedAt != 0 || s.Status == dm.StatusPending || s.Status.Done()) {
					t.Fatalf("%+v in status %s", c, s.Status)
				}
			}
		}
	})
}
