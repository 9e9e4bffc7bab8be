package mail

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// testFiles is a ContentURL as the program has it: a path on its own host.
func testFiles(id string) string {
	if id == "shot@one" {
		return "/api/v1/attachments/7/content?inline=1"
	}
	return ""
}

func TestSanitise(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, in, want string }{
		{"plain text", `Hello & <b>world</b>`, `Hello &amp; <b>world</b>`},
		{"XSS: script and its text go", `a<script>alert(1)</script>b`, `ab`},
		{"XSS: nested tags do not join", `<scr<script></script>ipt>alert(1)</script>`, `ipt&gt;alert(1)`},
		{"XSS: event handlers go", `<b onclick="x()" ONLOAD=y>t</b>`, `<b>t</b>`},
		{"XSS: javascript links go", `<a href=" jAvascript:alert(1)">x</a>`, `x`},
		{"XSS: javascript in entities goes", `<a href="&#106;avascript&colon;alert(1)">x</a>`, `x`},
		{"XSS: data links and pictures go", `<a href="data:text/html,x">x</a><img src="data:image/svg+xml,<svg onload=x>">`, `x`},
		{"XSS: svg and math go", `<svg><style><img src=x onerror=alert(1)></style></svg><math><mi>x</mi></math>`, `x`},
		{"XSS: comments go", `a<!--><img src=x onerror=y>-->b<![CDATA[c]]>`, `a--&gt;b`},
		{"XSS: frames, forms and objects go", `<iframe src="//x"></iframe><form action="//x"><input value="v"><button>b</button></form><object data="//x">o</object><embed src="//x">`, `bo`},
		{"XSS: meta, base and link go", `<meta http-equiv=refresh content="0;url=//x"><base href="//x"><link rel=stylesheet href="//x">t`, `t`},
		{"XSS: noscript does not hide markup", `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `&#34;&gt;`},
		{"XSS: style blocks and imports go", `<style>@import "//x";</style><p style="background:url(//x);color:red">t</p>`, `<p style="color: red;">t</p>`},
		{"XSS: styles that run or load go", `<p style="width:expression(x);background-color:#fff;color:url(x);text-align:center !important">t</p>`, `<p style="background-color: #fff;text-align: center;">t</p>`},
		{"links are kept and cut loose", `<a href="https://example.com/a?b=1&amp;c=2" target="_top" rel="opener">x</a>`,
			`<a href="https://example.com/a?b=1&amp;c=2" rel="nofollow noreferrer noopener" target="_blank">x</a>`},
		{"mail links are kept", `<a href="mailto:anna@example.com?subject=Hi">x</a>`, `<a href="mailto:anna@example.com?subject=Hi" rel="nofollow noreferrer">x</a>`},
		{"relative links go", `<a href="/admin/delete?id=1">x</a><a href="//evil.example/">y</a>`, `xy`},
		{"pictures of the message get their address", `<img src="cid:shot%40one" alt="a">`, `<img src="/api/v1/attachments/7/content?inline=1" alt="a">`},
		{"unknown content ids go", `<img src="cid:other" alt="a">`, `<img alt="a">`},
		{"SSRF: remote pictures are not loaded", `<img src="https://track.example/1.gif" srcset="//x 2x" width="1">`, `<img data-src="https://track.example/1.gif" width="1">`},
		{"forged data-src goes", `<img data-src="javascript:x"><img data-src="https://x.example/1.gif">`, ``},
		{"local pictures go", `<img src="/api/v1/tickets/1/delete"><img src="file:///etc/passwd"><img src="x.png">`, ``},
		{"the first of two attributes counts", `<img src="x" src="cid:shot%40one">`, ``},
		{"backgrounds go", `<table background="//x" bgcolor="#eee" onmouseover=x><tr><td width="10%">t</td></tr></table>`, `<table bgcolor="#eee"><tr><td width="10%">t</td></tr></table>`},
		{"an unclosed title hides nothing but itself", `<title>x</title></title><p>t</p><title>y</title><p>u</p>`, `<p>t</p><p>u</p>`},
		{"ids and classes go", `<p id="a" class="b" dir="rtl" lang="ar">t</p>`, `<p dir="rtl" lang="ar">t</p>`},
		{"NUL goes", "a\x00<b\x00>c</b>", `a<b>c</b>`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, _ := Sanitise(c.in, testFiles)
			if got != c.want {
				t.Errorf("Sanitise(%q)\n got %s\nwant %s", c.in, got, c.want)
			}
			checkClean(t, got)
			if again, _ := Sanitise(got, nil); strings.Count(again, "<") > strings.Count(got, "<") {
				t.Errorf("a second pass found more markup: %s", again)
			}
		})
	}
}

func TestSanitiseText(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, in, want string }{
		{"paragraphs", `<p>One</p><p>Two<br>lines</p>`, "One\n\nTwo\nlines"},
		{"blocks", `<div>One</div><div>Two</div>`, "One\nTwo"},
		{"white space", "  One \n\t <b>two</b>  three&nbsp;four ", "One two three four"},
		{"lists", `<ul><li>a</li><li>b</li></ul>end`, "- a\n- b\nend"},
		{"tables", `<table><tr><th>k</th><th>v</th></tr><tr><td>1</td><td>2</td></tr></table>`, "k\tv\n1\t2"},
		{"quotes", `Yes.<blockquote>Is it?<blockquote><p>Older</p></blockquote></blockquote>`, "Yes.\n> Is it?\n>\n> > Older"},
		{"preformatted", "<pre>a  b\n  c\n\nd</pre>", "a  b\n  c\n\nd"},
		{"nothing of scripts", `a<script>b</script><style>c</style>d`, "ad"},
		{"empty", `<p> </p><div></div>`, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, got := Sanitise(c.in, nil); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

var (
	cleanHref = regexp.MustCompile(`^(?i:https?://|mailto:)`)
	cleanSrc  = regexp.MustCompile(`^/api/v1/attachments/7/content\?inline=1$`)
	cleanData = regexp.MustCompile(`^(?i:https?://)`)
)

// checkClean reads the result with a tree builder, as a browser does, and fails
// on anything that could run, load or send.
func checkClean(t *testing.T, clean string) {
	t.Helper()
	if !utf8.ValidString(clean) || strings.ContainsRune(clean, 0) {
		t.Errorf("not clean UTF-8: %q", clean)
	}
	root, err := html.ParseWithOptions(strings.NewReader(clean), html.ParseOptionEnableScripting(true))
	if err != nil {
		t.Fatalf("%v: %s", err, clean)
	}
	structure := map[string]bool{"html": true, "head": true, "body": true}
	for n := range root.Descendants() {
		switch n.Type {
		case html.CommentNode, html.DoctypeNode:
			t.Errorf("a comment or doctype in %s", clean)
		case html.ElementNode:
			if n.Namespace != "" || rawText[n.Data] || forbidden[n.Data] {
				t.Errorf("element %s in %s", n.Data, clean)
			}
			if structure[n.Data] && len(n.Attr) > 0 {
				t.Errorf("attributes on %s in %s", n.Data, clean)
			}
			for _, a := range n.Attr {
				checkAttribute(t, n, a, clean)
			}
		}
	}
}

var forbidden = map[string]bool{
	"applet": true, "audio": true, "base": true, "button": true, "embed": true, "form": true, "frame": true, "frameset": true,
	"input": true, "link": true, "math": true, "meta": true, "object": true, "option": true, "select": true, "svg": true,
	"template": true, "video": true,
}

func checkAttribute(t *testing.T, n *html.Node, a html.Attribute, clean string) {
	t.Helper()
	ok := true
	switch a.Key {
	case "href":
		ok = n.Data == "a" && cleanHref.MatchString(a.Val)
	case "src":
		ok = n.Data == "img" && cleanSrc.MatchString(a.Val)
	case "data-src":
		ok = n.Data == "img" && cleanData.MatchString(a.Val)
	case "style":
		ok = safeStyle.MatchString(a.Val) && !strings.Contains(a.Val, "url")
	case "alt", "title", "dir", "lang", "align", "valign", "width", "height", "border", "cellpadding", "cellspacing",
		"colspan", "rowspan", "span", "start", "value", "bgcolor", "color", "rel", "target":
	default:
		ok = false
	}
	if !ok {
		t.Errorf("attribute %s=%q on %s in %s", a.Key, a.Val, n.Data, clean)
	}
	if n.Data == "a" && a.Key == "target" && !strings.Contains(attribute(n, "rel"), "noopener") {
		t.Errorf("a link opens with a way back: %s", clean)
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func FuzzSanitise(f *testing.F) {
	for _, seed := range []string{
		`<p>Hello <a href="https://example.com">x</a><img src="cid:shot%40one"></p>`,
		`<svg><p><style><!--</style><img src="x onerror=y">--></style></svg>`,
		`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=x&gt;">`,
		`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
		`<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=x src>">`,
		`<a href="java&Tab;script:x" style="color:rgb(1,2,3)">`, `<plaintext><b>`, `<textarea><img src=x>`, "<a\x00b>", `<xmp><b>`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		clean, text := Sanitise(in, testFiles)
		checkClean(t, clean)
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Errorf("text is not clean: %q", text)
		}
	})
}
