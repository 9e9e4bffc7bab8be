package site

import (
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/locales"
)

func TestRichText(t *testing.T) {
	t.Parallel()
	const rel = ` rel="noopener noreferrer nofollow">`
	for text, want := range map[string]string{
		"a < b & c":                           "a &lt; b &amp; c",
		"see https://a.example/b, now":        `see <a href="https://a.example/b"` + rel + `https://a.example/b</a>, now`,
		"(http://a.example/?x=1&y=2)":         `(<a href="http://a.example/?x=1&amp;y=2"` + rel + `http://a.example/?x=1&amp;y=2</a>)`,
		`https://a.example/"onclick="x`:       `<a href="https://a.example/"` + rel + `https://a.example/</a>&#34;onclick=&#34;x`,
		"javascript:alert(1) ftp://a.example": "javascript:alert(1) ftp://a.example",
		"https://":                            "https://",
		"https://<b>":                         "https://&lt;b&gt;",
		"":                                    "",
	} {
		if got := string(richText(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Ada Lindqvist": "AL", "Fatima Zahra El Idrissi": "FI", "élise": "Él", "HR": "HR", "Billing": "Bi", "X": "X", "": "?", "(former)  ada": "Ad", "李 小龙": "李小", "...": "?",
	} {
		if got := initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestHue(t *testing.T) {
	t.Parallel()
	for _, id := range []int64{0, 1, 11, 12, 1 << 52, -5} {
		if h := hue(id); h < 0 || h >= hues {
			t.Errorf("%d: %d", id, h)
		}
	}
}

func TestClockWords(t *testing.T) {
	t.Parallel()
	now := dm.TimeOf(time.Date(2031, 3, 9, 12, 0, 0, 0, time.UTC))
	english, german := clockWords{words: locales.For("en"), now: now}, clockWords{words: locales.For("de"), now: now}
	for _, test := range []struct {
		before time.Duration
		en, de string
	}{
		{-time.Minute, "just now", "gerade eben"},
		{59 * time.Second, "just now", "gerade eben"},
		{time.Minute, "1 min ago", "vor 1 Min."},
		{119 * time.Minute, "1 hour ago", "vor 1 Stunde"},
		{23 * time.Hour, "23 hours ago", "vor 23 Stunden"},
		{25 * time.Hour, "yesterday", "gestern"},
		{6 * 24 * time.Hour, "6 days ago", "vor 6 Tagen"},
		{8 * 24 * time.Hour, "1 March 2031", "1. März 2031"},
	} {
		at := now.Add(-test.before)
		if en, de := english.ago(at), german.ago(at); en != test.en || de != test.de {
			t.Errorf("%s: %q and %q", test.before, en, de)
		}
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if got := (clockWords{words: locales.For("en"), now: now, zone: berlin}).moment(now); got != "9 March 2031, 13:00 CET" {
		t.Errorf("somebody in Berlin reads %q", got)
	}
	if got := english.moment(now); got != "9 March 2031, 12:00 UTC" {
		t.Errorf("moment %q", got)
	}
}

func TestFileSize(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{0: "0 B", 999: "999 B", 1500: "2 KB", 212_400: "212 KB", 1_440_000: "1.4 MB"} {
		if got := fileSize(bytes); got != want {
			t.Errorf("%d: %q", bytes, got)
		}
	}
}
