package mail

import (
	"strings"
	"testing"
)

func TestSplitQuote(t *testing.T) {
	t.Parallel()
	marker := Marker("Please write above this line")
	cases := []struct{ name, in, fresh, quoted string }{
		{"no history", "Hello\nthere\n", "Hello\nthere", ""},
		{"our marker", "Thanks!\n\n" + marker + "\nOur long mail\n", "Thanks!", marker + "\nOur long mail\n"},
		{"our marker, quoted, with its introduction", "Thanks!\n\nOn Mon, 6 Jul 2026 at 09:30, Acme Support <support@acme.example>\nwrote:\n\n> " + marker + "\n> Our mail\n",
			"Thanks!", "On Mon, 6 Jul 2026 at 09:30, Acme Support <support@acme.example>\nwrote:\n\n> " + marker + "\n> Our mail\n"},
		{"our marker in another language", "Danke\n##- Bitte oberhalb antworten -##\nalt", "Danke", "##- Bitte oberhalb antworten -##\nalt"},
		{"quoted to the end", "Yes.\n\n> Is it?\n>\n> Anna\n", "Yes.", "> Is it?\n>\n> Anna\n"},
		{"quoted to the end, introduced", "Yes.\n\nOn Monday Anna Berg wrote:\n> Is it?\n\n", "Yes.", "On Monday Anna Berg wrote:\n> Is it?\n\n"},
		{"German", "Ja.\n\nAm 6. Juli 2026 um 09:30 schrieb Anna Berg <anna@example.com>:\n> Stimmt das?", "Ja.", "Am 6. Juli 2026 um 09:30 schrieb Anna Berg <anna@example.com>:\n> Stimmt das?"},
		{"French", "Oui.\n\nLe lun. 6 juil. 2026, Anna a écrit :\n> Vrai ?", "Oui.", "Le lun. 6 juil. 2026, Anna a écrit :\n> Vrai ?"},
		{"Windows line ends", "Yes.\r\n\r\nOn Monday Anna wrote:\r\n> Is it?\r\n", "Yes.", "On Monday Anna wrote:\r\n> Is it?\r\n"},
		{"divider", "See below.\n\n-----Original Message-----\nFrom: Anna\nHello", "See below.", "-----Original Message-----\nFrom: Anna\nHello"},
		{"copied header", "See below.\n\n________________________________\nFrom: Anna Berg\nSent: Monday\nTo: Support\nSubject: Hi\n\nHello", "See below.",
			"________________________________\nFrom: Anna Berg\nSent: Monday\nTo: Support\nSubject: Hi\n\nHello"},
		{"answer below the quote stays", "On Monday Anna wrote:\n> Is it?\n\nYes.\n", "On Monday Anna wrote:\n> Is it?\n\nYes.", ""},
		{"answers between quotes stay", "> One?\nYes.\n> Two?\nNo.\n", "> One?\nYes.\n> Two?\nNo.", ""},
		{"only a quote stays", "> Is it?\n", "> Is it?\n", ""},
		{"answer below our marker stays", marker + "\nold\nmy answer", marker + "\nold\nmy answer", ""},
		{"two header-like lines stay", "Room list\nFrom: A\nTo: B\nthanks", "Room list\nFrom: A\nTo: B\nthanks", ""},
		{"wrote: in the middle stays", "On Monday Anna wrote:\nI like it.\nBye", "On Monday Anna wrote:\nI like it.\nBye", ""},
		{"empty", "", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fresh, quoted := SplitQuote(c.in)
			if fresh != c.fresh || quoted != c.quoted {
				t.Errorf("got  %q / %q\nwant %q / %q", fresh, quoted, c.fresh, c.quoted)
			}
		})
	}
}

func FuzzSplitQuote(f *testing.F) {
	f.Add("Yes.\n\nOn Monday Anna wrote:\n> Is it?\n")
	f.Add(Marker("x") + "\n> y")
	f.Add("a\n-----Original Message-----\nb")
	f.Fuzz(func(t *testing.T, text string) {
		fresh, quoted := SplitQuote(text)
		if !strings.HasPrefix(text, fresh) || !strings.HasSuffix(text, quoted) {
			t.Errorf("%q / %q is not the beginning and end of %q", fresh, quoted, text)
		}
		if strings.TrimSpace(text) != "" && strings.TrimSpace(fresh) == "" {
			t.Errorf("nothing is left of %q", text)
		}
		if between := text[len(fresh):]; strings.TrimSpace(strings.TrimSuffix(between, quoted)) != "" {
			t.Errorf("%q lost words between %q and %q", text, fresh, quoted)
		}
	})
}
