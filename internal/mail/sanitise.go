package mail

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// ContentURL gives the address under which the reader's browser finds the file
// with this Content-ID, or "" when there is none.
type ContentURL func(contentID string) string

// Sanitise makes HTML from outside safe to show: an allow-list of elements and
// attributes, no script, style sheet, frame, form, comment or data: address.
// Links keep http, https and mailto only and open without a way back (rel
// noopener nofollow noreferrer). Pictures in the message (cid:) get the address
// that contentURL gives; all others stay in data-src, so nothing is loaded from
// elsewhere until somebody asks for it. contentURL may be nil.
//
// text is the readable text of the same HTML. The result is still meant for a
// sandboxed frame: this is one of two locks.
func Sanitise(unsafe string, contentURL ContentURL) (clean, text string) {
	clean = policy.Sanitize(rewrite(scrub(unsafe), contentURL))
	return clean, textOf(clean)
}

// elements are the ones that stay. The content of any other is kept as text,
// except for rawText.
var elements = func() map[string]bool {
	set := map[string]bool{}
	for name := range strings.FieldsSeq(`a abbr address article b big blockquote br caption center cite code col
		colgroup dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd
		li main mark ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead tr
		tt u ul var`) {
		set[name] = true
	}
	return set
}()

// policy decides what stays. It sees only what rewrite left, so an image source
// in it is always one that contentURL made.
var policy = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(slices.Collect(maps.Keys(elements))...)
	p.AllowNoAttrs().Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(?i:ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[A-Za-z0-9-]{1,35}$`)).Globally()
	p.AllowAttrs("title").Matching(regexp.MustCompile(`^[^<>"]{0,200}$`)).Globally()
	p.AllowAttrs("style").Matching(safeStyle).Globally()
	p.AllowAttrs("align", "valign").Matching(regexp.MustCompile(`^[A-Za-z]{1,10}$`)).
		OnElements("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "colgroup")
	size := regexp.MustCompile(`^[0-9]{1,4}%?$`)
	p.AllowAttrs("width", "height").Matching(size).OnElements("img", "table", "td", "th", "col", "hr")
	p.AllowAttrs("border", "cellpadding", "cellspacing").Matching(size).OnElements("table")
	p.AllowAttrs("colspan", "rowspan", "span").Matching(regexp.MustCompile(`^[0-9]{1,3}$`)).OnElements("td", "th", "col", "colgroup")
	p.AllowAttrs("start", "value").Matching(regexp.MustCompile(`^-?[0-9]{1,6}$`)).OnElements("ol", "li")
	p.AllowAttrs("bgcolor", "color").Matching(regexp.MustCompile(`^(#[0-9A-Fa-f]{3,8}|[A-Za-z]{1,30})$`)).OnElements("table", "tr", "td", "th", "font")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("src").OnElements("img")
	p.AllowAttrs("data-src").Matching(regexp.MustCompile(`^(?i:https?)://`)).OnElements("img")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true) // for what contentURL gives; rewrite lets no other through
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
}()

// safeStyle is a list of plain colour and text declarations without any address,
// function or escape.
var safeStyle = regexp.MustCompile(`^(?:(?:color|background-color|font-weight|font-style|text-decoration|text-align): [#a-z0-9., ()%-]{1,60};)+$`)

var safeDeclaration = regexp.MustCompile(`^(color|background-color|font-weight|font-style|text-decoration|text-align)\s*:\s*(#[0-9a-f]{3,8}|rgba?\([0-9., %]{1,40}\)|[a-z-]{1,30}|[1-9]00)(?:\s*!important)?$`)

// rawText are the elements whose content is not markup. Their content is never
// something to read.
var rawText = map[string]bool{
	"iframe": true, "noembed": true, "noframes": true, "noscript": true, "plaintext": true,
	"script": true, "style": true, "textarea": true, "title": true, "xmp": true,
}

// rewrite settles every address and style, and drops whatever could make two
// parsers disagree: comments, declarations, raw text, other elements. What it
// writes is well-formed.
func rewrite(unsafe string, contentURL ContentURL) string {
	var out strings.Builder
	out.Grow(len(unsafe))
	skipText := false
	z := html.NewTokenizer(strings.NewReader(unsafe))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			if !skipText {
				out.WriteString(z.Token().String())
			}
			skipText = false
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			if skipText = rawText[token.Data]; !elements[token.Data] {
				continue
			}
			token.Type = html.StartTagToken
			token.Attr = rewriteAttributes(token, contentURL)
			out.WriteString(token.String())
		case html.EndTagToken:
			skipText = false
			if token := z.Token(); elements[token.Data] {
				out.WriteString(token.String())
			}
		default:
			skipText = false
		}
	}
}

func rewriteAttributes(token html.Token, contentURL ContentURL) []html.Attribute {
	kept := make([]html.Attribute, 0, len(token.Attr))
	seen := map[string]bool{}
	for _, a := range token.Attr {
		if a.Namespace != "" || seen[a.Key] {
			continue
		}
		seen[a.Key] = true
		switch a.Key {
		case "href":
			if a.Val = linkURL(a.Val); token.Data != "a" || a.Val == "" {
				continue
			}
		case "src":
			if token.Data != "img" {
				continue
			}
			if a.Key, a.Val = imageSource(a.Val, contentURL); a.Val == "" {
				continue
			}
		case "data-src", "srcset", "rel", "target":
			continue
		case "style":
			if a.Val = rewriteStyle(a.Val); a.Val == "" {
				continue
			}
		}
		kept = append(kept, a)
	}
	return kept
}

// linkURL gives an address that may be followed, or "".
func linkURL(raw string) string {
	u := parseURL(raw)
	switch {
	case u == nil:
		return ""
	case u.Scheme == "mailto" && u.Opaque != "":
		return u.String()
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
		return u.String()
	}
	return ""
}

// imageSource gives the attribute under which a picture's address is kept.
func imageSource(raw string, contentURL ContentURL) (key, value string) {
	u := parseURL(raw)
	switch {
	case u == nil:
	case u.Scheme == "cid" && contentURL != nil:
		id := u.Opaque
		if plain, err := url.PathUnescape(id); err == nil {
			id = plain
		}
		return "src", contentURL(line(id))
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
		return "data-src", u.String()
	}
	return "", ""
}

func parseURL(raw string) *url.URL {
	raw = strings.TrimSpace(raw)
	if len(raw) > 4096 {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil
	}
	return u
}

// rewriteStyle keeps the declarations that only change colour and text.
func rewriteStyle(style string) string {
	if len(style) > 4096 {
		return ""
	}
	var out strings.Builder
	for declaration := range strings.SplitSeq(strings.ToLower(style), ";") {
		if m := safeDeclaration.FindStringSubmatch(strings.TrimSpace(declaration)); m != nil {
			out.WriteString(m[1] + ": " + m[2] + ";")
		}
	}
	return out.String()
}
