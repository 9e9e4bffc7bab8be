package app

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestAccentsCanBeRead holds every colour that a brand may choose: white can be
// read on its fill, and its links on every surface, in both themes.
func TestAccentsCanBeRead(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	colours := []string{"#000000", "#ffffff", "#ffff00", "#ff0000", "#00ff00", "#0000ff", "#808080", "#ffe600", "#0b6e4f"}
	for range 300 {
		colours = append(colours, fmt.Sprintf("#%06x", r.IntN(1<<24)))
	}
	page, raised := lch{0.966, 0.004, 264}.rgb(), lch{0.248, 0.011, 264}.rgb()
	for _, colour := range colours {
		a, ok := AccentsOf(colour)
		if !ok {
			t.Fatal(colour)
		}
		for name, pair := range map[string][2]rgb{
			"light fill": {parsed(a.Light.Fill), {1, 1, 1}}, "light hover": {parsed(a.Light.Hover), {1, 1, 1}}, "dark fill": {parsed(a.Dark.Fill), {1, 1, 1}}, "dark hover": {parsed(a.Dark.Hover), {1, 1, 1}},
			"light link": {parsed(a.Light.Ink), page}, "light link on soft": {parsed(a.Light.Ink), parsed(a.Light.Soft)},
			"dark link": {parsed(a.Dark.Ink), raised}, "dark link on soft": {parsed(a.Dark.Ink), parsed(a.Dark.Soft)},
		} {
			if got := contrastOf(pair[0], pair[1]); got < 4.5 {
				t.Errorf("%s: %s has a contrast of %.2f", colour, name, got)
			}
		}
	}
	for _, bad := range []string{"", "red", "#fff", "#12345g", "#1234567", "#+12345", "#-12345"} {
		if _, ok := AccentsOf(bad); ok {
			t.Errorf("%q is taken", bad)
		}
	}
	if c := parsed("#3366cc").lch(); c.hex() != "#3366cc" {
		t.Errorf("there and back it is %s", c.hex())
	}
}
