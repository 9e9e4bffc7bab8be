package search

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func words(text string) []string {
	var list []string
	for _, w := range Words(text) {
		list = append(list, w.Text)
	}
	return list
}

func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                                   nil,
		" ?!, ":                              nil,
		"The PRINTER, again.":                {"the", "printer", "again"},
		"Ärger über Straße":                  {"arger", "uber", "strasse"},
		"A\u0308rger":                        {"arger"},
		"ﬁle №5 ①":                           {"file", "no5", "1"},
		"naïve CAFÉ ŁÓDŹ":                    {"naive", "cafe", "łodz"},
		"don't re-open anna.smith@x.example": {"don", "t", "re", "open", "anna", "smith", "x", "example"},
		"ΟΔΟΣ οδος":                          {"οδοσ", "οδοσ"},
		"İstanbul":                           {"istanbul"},
		"東京タワーへ行く":                           {"東", "京", "タ", "ワ", "ー", "へ", "行", "く"},
		"הַשָּׁלוֹם":                         {"השלום"},
		"soft\u00ADhyphen":                   {"softhyphen"},
		"a\x00b\xffc":                        {"a", "b", "c"},
		strings.Repeat("x", 70) + " y":       {strings.Repeat("x", MaxWord), "y"},
		"INV-2026/001":                       {"inv", "2026", "001"},
	} {
		if diff := cmp.Diff(want, words(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	w := func(list ...string) Term { return Term{Words: list} }
	for text, want := range map[string]Query{
		"printer Toner":       {Terms: []Term{w("printer"), w("toner")}},
		`"paper jam" now`:     {Terms: []Term{w("paper", "jam"), w("now")}},
		`„Papier Stau“ x`:     {Terms: []Term{w("papier", "stau"), w("x")}},
		`"no end of it`:       {Terms: []Term{w("no", "end", "of", "it")}},
		"foo-bar a@b.c":       {Terms: []Term{w("foo", "bar"), w("a", "b", "c")}},
		"invo* *x a*":         {Terms: []Term{{Words: []string{"invo"}, Prefix: true}, w("x"), w("a")}},
		"x -refund -":         {Terms: []Term{w("x"), {Words: []string{"refund"}, Not: true}}},
		`-"paper jam"`:        {Terms: []Term{{Words: []string{"paper", "jam"}, Not: true}}},
		"subject:broken":      {Terms: []Term{{Words: []string{"broken"}, Part: Subject}}},
		`-file:"scan 1.pdf"`:  {Terms: []Term{{Words: []string{"scan", "1", "pdf"}, Part: Files, Not: true}}},
		"#17":                 {Number: 17, Jump: true},
		" 17 ":                {Number: 17, Terms: []Term{w("17")}},
		"#17 x":               {Terms: []Term{w("17"), w("x")}},
		"#99999999999999999":  {Terms: []Term{w("99999999999999999")}},
		"https://x.example/a": {Terms: []Term{w("https", "x", "example", "a")}},
		"from: anna":          {Terms: []Term{w("from"), w("anna")}},
		`from:"Anna Smith" x`: {Terms: []Term{w("x")}, Operators: []Operator{{Key: From, Value: "Anna Smith", Words: w("from", "anna", "smith")}}},
		"-TAG:vip":            {Operators: []Operator{{Key: Tag, Value: "vip", Not: true, Words: Term{Words: []string{"tag", "vip"}, Not: true}}}},
		"assignee:me is:open": {Operators: []Operator{{Key: To, Value: "me", Words: w("assignee", "me")}, {Key: Is, Value: "open", Words: w("is", "open")}}},
		`tag:"" :x ::`:        {Terms: []Term{w("tag"), w("x")}},
		"a b c d e f g h i j": {Terms: []Term{w("a"), w("b"), w("c"), w("d"), w("e"), w("f"), w("g"), w("h")}},
		"?! -- \" #":          {},
	} {
		if diff := cmp.Diff(want, Parse(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestMark(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, search, want string }{
		{"The printer prints", "printer", "The [printer] prints"},
		{"The printer prints", "print*", "The [printer] [prints]"},
		{"Ärger im Büro", "arger buro", "[Ärger] im [Büro]"},
		{"paper jam, paper", `"paper jam"`, "[paper jam], paper"},
		{"paper jam, paper", `"paper jam" paper`, "[paper jam], [paper]"},
		{"no refund", "no -refund", "[no] refund"},
		{"😀 smile 😀", "smile", "😀 [smile] 😀"},
		{"<b>bold</b>", "b", "<[b]>bold</[b]>"},
		{"subject", "file:subject", "subject"},
		{"subject", "subject:subject", "[subject]"},
		{"東京都", "東京", "[東京]都"},
		{"am ㏠.", "1 日", "am [㏠]."},
	} {
		if got := shown(tc.text, Mark(tc.text, Parse(tc.search).Terms, Subject)); got != tc.want {
			t.Errorf("%q in %q: %s, want %s", tc.search, tc.text, got, tc.want)
		}
	}
}

// shown writes the marks into the text as brackets, counting as JavaScript does.
func shown(text string, marks []Range) string {
	units := utf16.Encode([]rune(text))
	at := 0
	var b strings.Builder
	for _, m := range marks {
		b.WriteString(string(utf16.Decode(units[at:m.Start])) + "[" + string(utf16.Decode(units[m.Start:m.End])) + "]")
		at = m.End
	}
	return b.String() + string(utf16.Decode(units[at:]))
}

func TestCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("filler words here ", 50) + "the needle\n\n  and the thread " + strings.Repeat("more of it ", 50)
	e := Cut(long, Parse("needle thread").Terms, Body)
	if got := shown(e.Text, e.Marks); !strings.Contains(got, "the [needle] and the [thread] more") || !strings.HasPrefix(got, "… ") || !strings.HasSuffix(got, " …") {
		t.Errorf("got %q", got)
	}
	if n := utf8.RuneCountInString(e.Text); n > excerptLength+MaxWord+4 {
		t.Errorf("an excerpt of %d characters", n)
	}
	if e := Cut("  short\ttext ", Parse("elsewhere").Terms, Body); e.Text != "short text" || len(e.Marks) != 0 {
		t.Errorf("got %+v", e)
	}
	// Most different words, not the first one.
	e = Cut(strings.Repeat("red ", 60)+strings.Repeat("grey ", 60)+"red green", Parse("red green").Terms, Body)
	if got := shown(e.Text, e.Marks); !strings.Contains(got, "[green]") {
		t.Errorf("got %q", got)
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"", "Ärger", "a\xff", "東京タワー", "ﬁ½İ", "\u0301x", "ﾊﾞ", "한국어", strings.Repeat("é", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, w := range Words(text) {
			if w.Text == "" || utf8.RuneCountInString(w.Text) > MaxWord || !utf8.ValidString(w.Text) || strings.ContainsAny(w.Text, " \"'\\:*()&|!<>\x00") {
				t.Fatalf("%q is no word of %q", w.Text, text)
			}
			// Several words can stand in one character, such as one half.
			if w.Start < last && w.End < last || w.Start >= w.End || w.End > len(text) {
				t.Fatalf("%q: a word at %d to %d after %d", text, w.Start, w.End, last)
			}
			last = w.End
			// What a document holds is found by itself.
			if again := words(w.Text); !slices.Equal(again, []string{w.Text}) {
				t.Fatalf("%q is cut into %q", w.Text, again)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "#1", `a "b c" -d e* from:x -tag:"y z" subject:q :::`, "“x”", "- -", "in:", strings.Repeat("x ", 400)} {
		f.Add(s, "A text with x, b c and Ärger")
	}
	f.Fuzz(func(t *testing.T, text, other string) {
		q := Parse(text)
		if len(q.Terms) > MaxTerms || len(q.Operators) > MaxOperators {
			t.Fatalf("%q: %d terms, %d operators", text, len(q.Terms), len(q.Operators))
		}
		for _, term := range q.Terms {
			if len(term.Words) == 0 || len(term.Words) > MaxText {
				t.Fatalf("%q: a term of %d words", text, len(term.Words))
			}
		}
		for _, op := range q.Operators {
			if op.Value == "" {
				t.Fatalf("%q: an operator without a value", text)
			}
		}
		for _, e := range []Excerpt{{other, Mark(other, q.Terms, Subject)}, Cut(other, q.Terms, Body)} {
			end, length := 0, utf16Length(e.Text)
			for _, m := range e.Marks {
				if m.Start < end || m.End <= m.Start || m.End > length {
					t.Fatalf("%q in %q: marks %v of %d", text, e.Text, e.Marks, length)
				}
				end = m.End
			}
		}
	})
}
