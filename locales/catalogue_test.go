package locales

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFor(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"en": "en", "de": "de", "DE": "de", "de-AT": "de", "de_CH": "de", " de ": "de",
		"": "en", "en-GB": "en", "fr": "en", "../de": "en", "deutsch": "en",
	} {
		if got := For(tag).Language(); got != want {
			t.Errorf("For(%q) is %q, want %q", tag, got, want)
		}
	}
	if diff := cmp.Diff([]string{"de", "en"}, Languages()); diff != "" {
		t.Errorf("languages (-want +got):\n%s", diff)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	english := &Catalogue{language: "en", texts: map[string]string{
		"hello": "Hello {name}!", "only": "only here", "twice": "{a} and {a}, {b}",
		"file.one": "{count} file of {name}", "file.other": "{count} files of {name}", "open": "{ {a",
	}}
	german := &Catalogue{language: "de", texts: map[string]string{"hello": "Hallo {name}!"}, next: english}
	for name, c := range map[string]struct{ got, want string }{
		"a value is filled in":                    {english.T("hello", Args{"name": "Ada"}), "Hello Ada!"},
		"another language":                        {german.T("hello", Args{"name": "Ada"}), "Hallo Ada!"},
		"a missing key falls back to English":     {german.T("only"), "only here"},
		"a key that nobody has comes back":        {german.T("no.such"), "no.such"},
		"every occurrence, values of several":     {english.T("twice", Args{"a": "x"}, Args{"a": "y", "b": "z"}), "x and x, z"},
		"a placeholder without a value stays":     {english.T("twice", Args{"a": "x"}), "x and x, {b}"},
		"a value is never read again":             {english.T("twice", Args{"a": "{b}", "b": "{a}"}), "{b} and {b}, {a}"},
		"an opening brace alone stays":            {english.T("open", Args{"a": "x"}), "{ {a"},
		"plural of one":                           {english.N("file", 1, Args{"name": "Ada"}), "1 file of Ada"},
		"plural of none":                          {german.N("file", 0, Args{"name": "Ada"}), "0 files of Ada"},
		"plural of many":                          {english.N("file", 12, Args{"name": "Ada"}), "12 files of Ada"},
		"a count that was given goes before ours": {english.N("file", 2, Args{"name": "", "count": "two"}), "two files of "},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}
