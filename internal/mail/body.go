package mail

import (
	"html"
	"net/url"
	"regexp"
	"strings"
)

// assemble joins the pieces of the text in order. If any of them is HTML, the
// HTML form holds the plain ones too, so that neither form lacks a piece.
func (r *reader) assemble(blocks []block) {
	var text, rich []string
	hasHTML := false
	for _, b := range blocks {
		if b.text == "" && b.html == "" {
			continue
		}
		hasHTML = hasHTML || b.html != ""
		if b.text == "" {
			b.text = textOf(b.html)
		}
		if b.html == "" {
			b.html = "<pre>" + html.EscapeString(b.text) + "</pre>"
		}
		text = append(text, strings.Trim(b.text, "\n"))
		rich = append(rich, b.html)
	}
	r.in.Text = r.cut(strings.Join(text, "\n\n"))
	if hasHTML {
		r.in.HTML = r.cut(strings.Join(rich, "\n"))
	}
	r.markInline()
}

func (r *reader) cut(s string) string {
	if len(s) > r.limits.Text {
		r.warn("The text is very long and was cut.")
	}
	return cutBytes(s, r.limits.Text)
}

var contentIDReference = regexp.MustCompile(`(?i)\bcid:([^"'\s<>)]+)`)

// markInline finds the attachments that the HTML refers to (RFC 2392).
func (r *reader) markInline() {
	if len(r.in.Attachments) == 0 || r.in.HTML == "" {
		return
	}
	used := map[string]bool{}
	for _, match := range contentIDReference.FindAllStringSubmatch(r.in.HTML, -1) {
		used[foldContentID(html.UnescapeString(match[1]))] = true
	}
	for i := range r.in.Attachments {
		file := &r.in.Attachments[i]
		file.Inline = file.ContentID != "" && used[foldContentID(file.ContentID)]
	}
}

// foldContentID gives the form in which two content ids are compared. In a cid:
// address they are percent-encoded.
func foldContentID(id string) string {
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	return strings.ToLower(line(id))
}
