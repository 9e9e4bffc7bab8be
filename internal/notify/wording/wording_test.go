package wording

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var names = []string{"ticket.subject", "ticket.number", "share.reason", "recipient.name"}

func TestCheck(t *testing.T) {
	t.Parallel()
	for text, line := range map[string]int{
		"": 0, "plain { braces } }} %d": 0, "{{ticket.subject}} and {{ ticket.number }}": 0,
		"{{#share.reason}}\nWhy: {{share.reason}}\n{{/share.reason}}\n{{^share.reason}}none{{/share.reason}}": 0,
		"{{! a remark about nothing.known}}x": 0,
		"one\n{{ticket.secret}}":              2, "{{}}": 1, "a\nb\n{{ticket.subject": 3, "{{ticket.\nsubject}}": 1, "{{{ticket.subject}}}": 1,
		"{{&ticket.subject}}": 1, "{{> /etc/passwd}}": 1, "{{=<% %>=}}": 1, "{{.}}": 1, "{{#share.reason}}\n\nx": 1, "x{{/share.reason}}": 1,
		"{{#share.reason}}\n{{#ticket.number}}\n{{/share.reason}}{{/ticket.number}}": 3, "{{#}}{{/}}": 1, "{{call ticket.subject}}": 1,
		"a\nb\x00c": 2, "\xff": 1, "{{#share.reason}}\n{{/share.reason}}\n\n{{x}}": 4,
		strings.Repeat("{{#share.reason}}", 6) + strings.Repeat("{{/share.reason}}", 6): 1,
		strings.Repeat("{{ticket.number}}\n", 101):                                      101,
	} {
		var fault *Fault
		if err := Check(text, names); (err != nil) != (line > 0) || errors.As(err, &fault) && fault.Line != line {
			t.Errorf("%.80q: %v, want a fault in line %d", text, err, line)
		}
		if fault != nil && strings.Contains(fault.Error(), "secret") {
			t.Errorf("the fault repeats what was written: %v", fault)
		}
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	v := Values{"ticket.subject": "A & <b> {{ticket.number}} *x*", "ticket.number": "17"}
	for text, want := range map[string]string{
		"#{{ticket.number}}: {{ticket.subject}}": "#17: A & <b> {{ticket.number}} *x*",
		"a\r\nBcc: x\n  b":                       "a Bcc: x b",
		"{{#share.reason}}why{{/share.reason}}{{^share.reason}}no{{/share.reason}}":  "no",
		"{{#ticket.number}}{{^share.reason}}both{{/share.reason}}{{/ticket.number}}": "both",
		"{{!nothing}}": "",
	} {
		if got, err := Line(text, v); got != want && !strings.Contains(text, "\r") || err != nil && !strings.Contains(text, "\r") {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestLinesOfTheirOwn(t *testing.T) {
	t.Parallel()
	v := Values{"ticket.number": "17"}
	for text, want := range map[string]string{
		"a\n{{#ticket.number}}\nb\n{{/ticket.number}}\nc":                                 "a\nb\nc",
		"a\n  {{#share.reason}}  \nb\n{{/share.reason}}\nc":                               "a\nc",
		"{{#ticket.number}}\n{{^share.reason}}\nb\n{{/share.reason}}\n{{/ticket.number}}": "b\n",
		"a {{#ticket.number}}\nb{{/ticket.number}}\nc":                                    "a \nb\nc",
		"{{ticket.number}}\nb":           "17\nb",
		"x {{ticket.number}}{{! r }}\nb": "x 17\nb",
	} {
		if got, err := fill(text, v, func(s string) string { return s }); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	v := Values{"ticket.subject": `*a* [b](https://evil.example) <script>`, "recipient.name": "Ada"}
	for _, c := range []struct{ source, text, html string }{
		{"Hello {{recipient.name}},\n\nthis is **bold** and *so*.", "Hello Ada,\n\nthis is bold and so.",
			"<p>Hello Ada,</p>\n<p>this is <strong>bold</strong> and <em>so</em>.</p>"},
		{"Kind regards\nAcme", "Kind regards\nAcme", "<p>Kind regards<br>\nAcme</p>"},
		{"About {{ticket.subject}}", "About *a* [b](https://evil.example) <script>", "<p>About *a* [b](https://evil.example) &lt;script&gt;</p>"},
		{"[Help](https://acme.example/help)", "Help (https://acme.example/help)", `<p><a href="https://acme.example/help">Help</a></p>`},
		{"See https://acme.example/a?b=1&c=2 now", "See https://acme.example/a?b=1&c=2 now", `<p>See <a href="https://acme.example/a?b=1&amp;c=2">https://acme.example/a?b=1&amp;c=2</a> now</p>`},
		{"help@acme.example", "help@acme.example", `<p><a href="mailto:help@acme.example">help@acme.example</a></p>`},
		{"[x](javascript:alert)", "x", "<p>x</p>"},
		{"[x](JaVaScRiPt:alert) <javascript:alert> [y](data:text/html,z)", "x javascript:alert y", "<p>x javascript:alert y</p>"},
		{"![logo](https://evil.example/pixel.gif)", "logo", "<p>logo</p>"},
		{"<script>alert(1)</script>\n\n<div>\n\n&copy;", "<script>alert(1)</script>\n\n<div>\n\n&copy;",
			"<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n<p>&lt;div&gt;</p>\n<p>&amp;copy;</p>"},
		{"- one\n- two\n  - deep\n\nend", "- one\n- two\n  - deep\n\nend", "<ul><li>one</li><li>two<ul><li>deep</li></ul>\n</li></ul>\n<p>end</p>"},
		{"3. three\n4. four", "3. three\n4. four", `<ol start="3"><li>three</li><li>four</li></ol>`},
		{"# Acme\n\nhi\n\n---\n\nend", "Acme\n\nhi\n\n---\n\nend", "<h2>Acme</h2>\n<p>hi</p>\n<hr>\n<p>end</p>"},
		{"#17 is a ticket\n\n    not code `x`", "#17 is a ticket\n\nnot code `x`", "<p>#17 is a ticket</p>\n<p>not code `x`</p>"},
		{"  \n\n", "", ""}, {"{{share.reason}}", "", ""},
	} {
		got, err := Blocks(c.source, v)
		html := style.ReplaceAllString(string(got.HTML), "")
		if err != nil || got.Text != c.text || html != c.html {
			t.Errorf("%q:\n%q\n%q\n%v, want\n%q\n%q", c.source, got.Text, html, err, c.text, c.html)
		}
	}
}

var style = regexp.MustCompile(` style="[^"]*"`)

func TestTemplateBombs(t *testing.T) {
	t.Parallel()
	huge := Values{"ticket.subject": strings.Repeat("x", 5000)}
	if _, err := Line(strings.Repeat("{{ticket.subject}}", 100), huge); !errors.Is(err, errLong) {
		t.Errorf("half a megabyte from a hundred values: %v", err)
	}
	for _, unit := range []string{"*", "[", "![", "](", "<", "_a", "**a ", "- ", "1. ", "\\", "{", "#", "> ", "[a](", "www.", "https://", "a@"} {
		source := strings.Repeat(unit, 5000/len(unit))
		if _, err := Blocks(source, nil); err != nil && Check(source, nil) == nil {
			t.Errorf("%q many times: %v", unit, err)
		}
	}
	if _, err := Blocks(strings.Repeat("{{#ticket.subject}}", 5000), huge); err == nil {
		t.Error("thousands of parts in each other are taken")
	}
}

// FuzzBlocks writes any text with any value: what Check takes can be written, and
// neither text nor value brings a tag that the language does not have.
func FuzzBlocks(f *testing.F) {
	for _, s := range []string{"Hello {{recipient.name}}", "{{#ticket.subject}}\n*{{ticket.subject}}*\n{{/ticket.subject}}", "[a]({{ticket.subject}})", "- a\n  1. {{ticket.subject}}\n---", "<b>\\{{ticket.subject}}"} {
		f.Add(s, "<script>alert(1)</script>")
		f.Add(s, "[x](javascript:alert(1)) *y* \\")
	}
	f.Fuzz(func(t *testing.T, source, value string) {
		if len(source) > 5000 || len(value) > 1000 || !utf8.ValidString(value) || strings.ContainsAny(value, "\r\n") {
			return
		}
		v := Values{"ticket.subject": value, "recipient.name": value}
		if Check(source, names) != nil {
			return
		}
		if line, err := Line(source, v); err == nil && strings.ContainsAny(line, "\r\n") {
			t.Fatalf("%q breaks its line", line)
		}
		got, err := Blocks(source, v)
		if err != nil && !errors.Is(err, errLong) {
			t.Fatal(err)
		}
		rest := allowed.ReplaceAllString(string(got.HTML), "")
		if strings.ContainsAny(rest, "<>") {
			t.Fatalf("%q with %q brings %q", source, value, rest)
		}
	})
}

var allowed = regexp.MustCompile(`</?(?:p|h2|ul|ol|li|strong|em|br|hr|a)(?: style="[^"<>]*"| start="\d+"| href="(?:https?://|mailto:)[^"<>]*")*>`)
