package mail

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/deskmesh/deskmesh"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestParseFixtures compares every message of testdata with its golden result.
func TestParseFixtures(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) < 60 {
		t.Fatalf("only %d fixtures (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in, err := Parse(raw, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			checkText(t, in)
			got := golden(t, in)
			goldenFile := strings.TrimSuffix(file, ".eml") + ".json"
			if *update {
				if err := os.WriteFile(goldenFile, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(goldenFile)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("not as in %s (-want +got):\n%s", goldenFile, diff)
			}
		})
	}
}

// golden renders a message with readable attachment contents.
func golden(t *testing.T, in *Incoming) []byte {
	t.Helper()
	type file struct {
		Name, ContentType, ContentID string
		Inline                       bool
		Content                      string
	}
	out := struct {
		*Incoming
		Attachments []file
		Fresh       string // what an answer adds
		Clean       string // what is shown of the HTML
	}{Incoming: in}
	out.Fresh, _ = SplitQuote(in.Text)
	out.Fresh, _ = SplitSignature(out.Fresh)
	out.Clean, _ = Sanitise(in.HTML, nil)
	for _, a := range in.Attachments {
		out.Attachments = append(out.Attachments, file{a.Name, a.ContentType, a.ContentID, a.Inline, fmt.Sprintf("%+q", a.Content)})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checkText fails unless every text of the message keeps the promise of
// Incoming.
func checkText(t *testing.T, in *Incoming) {
	t.Helper()
	lines := []string{in.Subject, in.MessageID}
	lines = append(append(append(append(lines, in.InReplyTo...), in.References...), in.Loops...), in.Warnings...)
	for _, list := range [][]Address{{in.From}, in.ReplyTo, in.To, in.Cc} {
		for _, a := range list {
			lines = append(lines, a.Name, a.Email)
			if a.Email != "" && !ValidEmail(a.Email) {
				t.Errorf("address %q is not valid", a.Email)
			}
		}
	}
	for _, a := range in.Attachments {
		lines = append(lines, a.Name, a.ContentType, a.ContentID)
		if a.Name == "" || strings.ContainsAny(a.Name, `/\`) || a.Name == ".." {
			t.Errorf("file name %q is empty or a path", a.Name)
		}
	}
	for _, s := range lines {
		if strings.ContainsAny(s, "\r\n\x00") {
			t.Errorf("%q is not one line", s)
		}
	}
	for _, s := range append(lines, in.Text, in.HTML) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			t.Errorf("%q is not clean UTF-8", s)
		}
	}
}

func TestParseLimits(t *testing.T) {
	t.Parallel()

	t.Run("resource exhaustion: a message over the size limit is refused", func(t *testing.T) {
		t.Parallel()
		_, err := Parse([]byte("Subject: x\n\n"+strings.Repeat("y", 100)), Limits{Bytes: 50})
		if deskmesh.CodeOf(err) != deskmesh.TooLarge {
			t.Errorf("got %v", err)
		}
	})

	t.Run("an empty message is invalid", func(t *testing.T) {
		t.Parallel()
		if _, err := Parse([]byte("\r\n \r\n"), Limits{}); deskmesh.CodeOf(err) != deskmesh.Invalid {
			t.Errorf("got %v", err)
		}
	})

	t.Run("resource exhaustion: a million parts are not read", func(t *testing.T) {
		t.Parallel()
		raw := "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\n", 1_000_000) + "--b--\n"
		in := quickly(t, []byte(raw), Limits{})
		if !warned(in, "more than 500 parts") {
			t.Errorf("warnings: %q", in.Warnings)
		}
	})

	t.Run("resource exhaustion: parts within parts end somewhere", func(t *testing.T) {
		t.Parallel()
		var raw strings.Builder
		for i := range 10_000 {
			fmt.Fprintf(&raw, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		raw.WriteString("\ndeep down\n")
		in := quickly(t, []byte(raw.String()), Limits{})
		if !warned(in, "nested more than 20") || len(in.Attachments) != 1 {
			t.Errorf("warnings: %q, files: %d", in.Warnings, len(in.Attachments))
		}
	})

	t.Run("resource exhaustion: a header of megabytes is cut", func(t *testing.T) {
		t.Parallel()
		raw := "Subject: first\n" + strings.Repeat("X-Filler: "+strings.Repeat("z", 90)+"\n", 50_000) + "From: late@example.com\n\nbody"
		in := quickly(t, []byte(raw), Limits{})
		if in.Subject != "first" || in.Text != "body" || in.From.Email != "" {
			t.Errorf("subject %q, text %q, from %q", in.Subject, in.Text, in.From.Email)
		}
	})

	t.Run("resource exhaustion: megabytes of wrong base64 give one warning", func(t *testing.T) {
		t.Parallel()
		raw := "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat("!", 20<<20)
		in := quickly(t, []byte(raw), Limits{})
		if len(in.Warnings) > 5 {
			t.Errorf("%d warnings", len(in.Warnings))
		}
	})

	t.Run("resource exhaustion: a parameter list of megabytes is cut", func(t *testing.T) {
		t.Parallel()
		raw := "Content-Type: text/plain" + strings.Repeat("; a=b", 40_000) + "\n\nbody"
		quickly(t, []byte(raw), Limits{Header: 1 << 20})
	})

	t.Run("long text is cut at a rune", func(t *testing.T) {
		t.Parallel()
		in, err := Parse([]byte("Content-Type: text/plain; charset=utf-8\n\n"+strings.Repeat("ü", 100)), Limits{Text: 51})
		if err != nil || !warned(in, "cut") || len(in.Text) > 53 {
			t.Errorf("%v, %d bytes, warnings %q", err, len(in.Text), in.Warnings)
		}
		checkText(t, in)
	})

	t.Run("25 MiB of line ends in deep parts", func(t *testing.T) {
		t.Parallel()
		var raw strings.Builder
		for i := range 19 {
			fmt.Fprintf(&raw, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		raw.WriteString("Content-Type: application/x-any\n\n" + strings.Repeat("\n-", 12<<20))
		quickly(t, []byte(raw.String()), Limits{})
	})
}

// quickly parses and fails if that takes longer than any honest message could;
// the time is far above what it takes here, so that a busy machine passes.
func quickly(t *testing.T, raw []byte, limits Limits) *Incoming {
	t.Helper()
	start := time.Now()
	in, err := Parse(raw, limits)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	return in
}

func warned(in *Incoming, words string) bool {
	return strings.Contains(strings.Join(in.Warnings, "\n"), words)
}

func TestParseAutomatic(t *testing.T) {
	t.Parallel()
	cases := map[string]bool{
		"":                                   false,
		"Auto-Submitted: no":                 false,
		"Auto-Submitted: No; owner=x":        false,
		"Auto-Submitted: auto-generated":     true,
		"auto-submitted: AUTO-REPLIED":       true,
		"Auto-Submitted: auto-notified; x=y": true,
		"Precedence: bulk":                   true,
		"Precedence: Junk":                   true,
		"Precedence: list":                   true,
		"Precedence: first-class":            false,
		"X-Auto-Response-Suppress: OOF, DR":  true,
		"X-Auto-Response-Suppress: None":     false,
		"List-Id: <a.example>":               true,
		"X-Autoreply: yes":                   true,
		"Content-Type: multipart/report; boundary=x; report-type=delivery-status": true,
	}
	for field, want := range cases {
		in, err := Parse([]byte("From: a@example.com\r\n"+field+"\r\n\r\ntext"), Limits{})
		if field == "" {
			in, err = Parse([]byte("From: a@example.com\r\n\r\ntext"), Limits{})
		}
		if err != nil || in.AutoSubmitted != want {
			t.Errorf("%q: AutoSubmitted is %v, want %v (%v)", field, in.AutoSubmitted, want, err)
		}
	}
}

func TestParseSender(t *testing.T) {
	t.Parallel()
	cases := map[string]Address{
		`Anna Berg <anna@example.com>`:                    {"Anna Berg", "anna@example.com"},
		`"Berg, Anna" <anna@example.com>`:                 {"Berg, Anna", "anna@example.com"},
		`anna@example.com (Anna Berg)`:                    {"Anna Berg", "anna@example.com"},
		`anna@example.com`:                                {"", "anna@example.com"},
		`Anna Berg anna@example.com`:                      {"Anna Berg", "anna@example.com"},
		`Anna Berg [anna@example.com]`:                    {"Anna Berg", "anna@example.com"},
		`Anna <anna@example.com`:                          {"Anna", "anna@example.com"},
		`anna@example.com>`:                               {"", "anna@example.com"},
		`=?utf-8?Q?J=C3=BCrgen?= juergen@example.de`:      {"Jürgen", "juergen@example.de"},
		`Anna@Work <anna@example.com>`:                    {"Anna@Work", "anna@example.com"},
		`"anna@bank.example" <mallory@example.net>`:       {"anna@bank.example", "mallory@example.net"},
		`=?utf-8?Q?Anna=0D=0ABcc:_x?= <anna@example.com>`: {"Anna Bcc: x", "anna@example.com"},
		`nobody`:    {},
		`<>`:        {},
		`@`:         {},
		`a b@ c`:    {},
		"\xff\xfe@": {},
	}
	for from, want := range cases {
		in, err := Parse([]byte("From: "+from+"\r\n\r\ntext"), Limits{})
		if err != nil {
			t.Errorf("%q: %v", from, err)
			continue
		}
		if diff := cmp.Diff(want, in.From); diff != "" {
			t.Errorf("%q (-want +got):\n%s", from, diff)
		}
	}
}

func TestValidEmail(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a@b", "anna.berg+x@example.com", "o'neil@example.ie", "ü@bücher.example", "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]"} {
		if !ValidEmail(good) {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{"", "a", "@b", "a@", "a b@c", "a@b c", "a@b\r\nRCPT TO:<x@y>", "a@b>", "<a@b>", `"a"@b`, "a,b@c", "a@b@c",
		"a@b\x00", "a@\xff", strings.Repeat("a", 65) + "@b", "a@" + strings.Repeat("b", 254), "a@[]", "a@\u2028b"} {
		if ValidEmail(bad) {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.eml")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(bytes.TrimSpace(raw)) == 0 {
			return
		}
		checkText(t, parse(raw, Limits{Bytes: 1 << 20, Parts: 50, Depth: 5, Text: 1 << 16}.withDefaults()))
	})
}
