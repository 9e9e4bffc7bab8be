package app

import (
	"fmt"
	"math"
	"strconv"
)

// Accents are the colours that the pages of a brand make of its one: for the
// light and for the dark theme, so that every text on or in them can be read.
type Accents struct {
	Light, Dark Accent
}

// Accent is one theme's: the fill of buttons, with white text on it; that under
// the pointer; the colour of links; a faint fill behind them; and the ring of what
// has the focus. Each is written "#rrggbb".
type Accent struct {
	Fill, Hover, Ink, Soft, Focus string
}

// contrast is what texts need, of WCAG 2.2 (1.4.3), with a little to spare for
// rounding; rings and edges need 3 (1.4.11).
const (
	textContrast = 4.6
	edgeContrast = 3.1
)

// AccentsOf makes the colours of a brand's one, which is "#rrggbb": its hue stays,
// and it is made lighter or darker as far as reading asks for; ok is false for
// what is no colour.
func AccentsOf(colour string) (a Accents, ok bool) {
	r, ok := parseColour(colour)
	if !ok {
		return a, false
	}
	c := r.lch()
	white := rgb{1, 1, 1}
	page, panel := lch{0.966, 0.004, 264}.rgb(), lch{0.2, 0.009, 264}.rgb()
	raised := lch{0.248, 0.011, 264}.rgb()

	light := c.until(-1, min(c.l, 0.6), func(x rgb) bool { return contrastOf(x, white) >= textContrast })
	softLight := lch{0.958, min(c.c*0.12, 0.022), c.h}
	inkLight := c.until(-1, min(c.l, 0.5), func(x rgb) bool {
		return contrastOf(x, page) >= textContrast && contrastOf(x, softLight.rgb()) >= textContrast
	})
	a.Light = Accent{Fill: light.hex(), Hover: lch{max(light.l-0.05, 0.1), light.c, light.h}.hex(), Ink: inkLight.hex(), Soft: softLight.hex(),
		Focus: c.until(-1, min(c.l, 0.6), func(x rgb) bool { return contrastOf(x, page) >= edgeContrast }).hex()}

	// A fill is told from the panel that it lies on, and white is read on it.
	dark := c.until(-1, 0.6, func(x rgb) bool { return contrastOf(x, white) >= textContrast })
	softDark := lch{0.282, min(c.c*0.26, 0.045), c.h}
	inkDark := lch{c.l, min(c.c, 0.12), c.h}.until(1, max(c.l, 0.74), func(x rgb) bool {
		return contrastOf(x, raised) >= textContrast && contrastOf(x, softDark.rgb()) >= textContrast
	})
	a.Dark = Accent{Fill: dark.hex(), Hover: lch{dark.l - 0.03, dark.c, dark.h}.hex(), Ink: inkDark.hex(), Soft: softDark.hex(),
		Focus: c.until(1, max(c.l, 0.7), func(x rgb) bool { return contrastOf(x, panel) >= edgeContrast }).hex()}
	return a, true
}

// rgb is a colour of sRGB with its parts from 0 to 1; lch is the same in Oklch
// (CSS Color 4, section 9), where lightness is as the eye sees it.
type (
	rgb struct{ r, g, b float64 }
	lch struct{ l, c, h float64 }
)

func parseColour(text string) (rgb, bool) {
	if len(text) != 7 || text[0] != '#' {
		return rgb{}, false
	}
	n, err := strconv.ParseUint(text[1:], 16, 32)
	if err != nil {
		return rgb{}, false
	}
	part := func(shift uint) float64 { return float64(n>>shift&255) / 255 }
	return rgb{part(16), part(8), part(0)}, true
}

// until changes the lightness from a beginning, in small steps down or up, until
// the colour is good.
func (c lch) until(step int, from float64, good func(rgb) bool) lch {
	for c.l = from; c.l > 0 && c.l < 1; c.l += float64(step) * 0.005 {
		if good(parsed(c.hex())) {
			return c
		}
	}
	return lch{math.Max(0, math.Min(1, c.l)), 0, c.h}
}

func parsed(hex string) rgb {
	x, _ := parseColour(hex)
	return x
}

func linear(x float64) float64 {
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

func gamma(x float64) float64 {
	if x <= 0.0031308 {
		return x * 12.92
	}
	return 1.055*math.Pow(x, 1/2.4) - 0.055
}

// lch is the colour in Oklch.
func (x rgb) lch() lch {
	r, g, b := linear(x.r), linear(x.g), linear(x.b)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	light := 0.2104542553*l + 0.7936177850*m - 0.0040720468*s
	a := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
	c := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
	return lch{light, math.Hypot(a, c), math.Mod(math.Atan2(c, a)*180/math.Pi+360, 360)}
}

// rgb is the colour that a screen can show, as strong as it can.
func (c lch) rgb() rgb {
	x := c.plain()
	if !x.shown() {
		shown, not := 0.0, c.c
		for range 8 { // to a two-hundredth of the chroma
			if middle := (shown + not) / 2; (lch{c.l, middle, c.h}).plain().shown() {
				shown = middle
			} else {
				not = middle
			}
		}
		x = lch{c.l, shown, c.h}.plain()
	}
	clip := func(v float64) float64 { return math.Max(0, math.Min(1, v)) }
	return rgb{clip(x.r), clip(x.g), clip(x.b)}
}

func (x rgb) shown() bool {
	const off = 0.0005
	in := func(v float64) bool { return v >= -off && v <= 1+off }
	return in(x.r) && in(x.g) && in(x.b)
}

func (c lch) plain() rgb {
	a, b := c.c*math.Cos(c.h*math.Pi/180), c.c*math.Sin(c.h*math.Pi/180)
	cube := func(v float64) float64 { return v * v * v }
	l := cube(c.l + 0.3963377774*a + 0.2158037573*b)
	m := cube(c.l - 0.1055613458*a - 0.0638541728*b)
	s := cube(c.l - 0.0894841775*a - 1.2914855480*b)
	part := func(v float64) float64 {
		if v < 0 {
			return v
		}
		return gamma(v)
	}
	return rgb{part(4.0767416621*l - 3.3077115913*m + 0.2309699292*s), part(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s), part(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s)}
}

func (c lch) hex() string {
	x := c.rgb()
	part := func(v float64) int { return int(math.Round(v * 255)) }
	return fmt.Sprintf("#%02x%02x%02x", part(x.r), part(x.g), part(x.b))
}

// contrastOf is the contrast of two colours after WCAG 2.2, from 1 to 21.
func contrastOf(x, y rgb) float64 {
	light := func(c rgb) float64 { return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b) }
	a, b := light(x), light(y)
	return (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05)
}
