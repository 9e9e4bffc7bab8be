package mail

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
)

// block is a piece of what people read, in the order of the message. An
// alternative has both forms of the same piece; other text has one.
type block struct {
	text, html string
}

// place says where in the tree of parts the reader stands.
type place struct {
	root   bool
	depth  int
	digest bool // in a multipart/digest, where the default type is a message
}

// walk reads one part and everything below it (RFC 2046).
func (r *reader) walk(h header, body []byte, at place) []block {
	if r.parts++; r.parts > r.limits.Parts {
		r.warn(fmt.Sprintf("There are more than %d parts; the rest was not read.", r.limits.Parts))
		return nil
	}
	kind, params := parseMediaType(h.Get("Content-Type"))
	if !strings.HasPrefix(kind, "multipart/") {
		return r.leaf(h, body, kind, params, at)
	}
	if at.depth >= r.limits.Depth {
		r.warn(fmt.Sprintf("Parts are nested more than %d deep; the inner ones are kept as a file.", r.limits.Depth))
		r.attach(Attachment{Name: "nested-parts.txt", ContentType: "text/plain", Content: body})
		return nil
	}
	pieces := r.split(body, params["boundary"])
	if pieces == nil {
		return r.leaf(h, body, "text/plain", nil, at)
	}
	children := make([][]block, 0, len(pieces))
	for _, piece := range pieces {
		head, inner := splitHeader(piece)
		childHeader, clean := readHeader(head, maxPartHeader)
		if !clean {
			r.warn("The header of a part is broken in places.")
		}
		below := place{depth: at.depth + 1, digest: kind == "multipart/digest"}
		children = append(children, r.walk(childHeader, inner, below))
	}
	if kind == "multipart/alternative" {
		return []block{alternative(children)}
	}
	var all []block
	for _, child := range children {
		all = append(all, child...)
	}
	return all
}

// alternative joins the forms of one text: the first plain one and the last HTML
// one, which RFC 2046 section 5.1.4 calls the richest.
func alternative(children [][]block) block {
	var both block
	for _, child := range children {
		var text, html strings.Builder
		for _, b := range child {
			text.WriteString(b.text)
			html.WriteString(b.html)
		}
		if both.text == "" {
			both.text = text.String()
		}
		if html.Len() > 0 {
			both.html = html.String()
		}
	}
	return both
}

// split cuts the body of a multipart at its boundary lines (RFC 2046 section
// 5.1.1). It gives nil when there is no boundary line at all.
func (r *reader) split(body []byte, boundary string) [][]byte {
	if boundary == "" {
		r.warn("A multipart names no boundary.")
		first, _, _ := bytes.Cut(bytes.TrimLeft(body, "\r\n\t "), []byte("\n"))
		guess, found := bytes.CutPrefix(bytes.TrimRight(first, "\r \t"), []byte("--"))
		if !found || len(guess) == 0 || len(guess) > 200 {
			return nil
		}
		boundary = string(guess)
	}
	dash := []byte("--" + boundary)
	var pieces [][]byte
	start := -1
	for pos := 0; pos < len(body); {
		i := bytes.Index(body[pos:], dash)
		if i < 0 {
			break
		}
		i += pos
		pos = i + len(dash)
		last, next, ok := boundaryLine(body, i, pos)
		if !ok {
			continue
		}
		if start >= 0 {
			pieces = append(pieces, bytes.TrimSuffix(bytes.TrimSuffix(body[start:max(i, start)], []byte("\n")), []byte("\r")))
		}
		if last {
			return pieces
		}
		if len(pieces) > r.limits.Parts {
			return pieces
		}
		start, pos = next, next
	}
	if start < 0 {
		r.warn("The boundary of a multipart was not found.")
		return nil
	}
	r.warn("A multipart is not closed.")
	return append(pieces, body[start:])
}

// boundaryLine tells whether the boundary text at body[i:end] is a whole line,
// whether it closes the multipart, and where the next line begins.
func boundaryLine(body []byte, i, end int) (last bool, next int, ok bool) {
	if i > 0 && body[i-1] != '\n' {
		return false, 0, false
	}
	if bytes.HasPrefix(body[end:], []byte("--")) {
		last = true
		end += 2
	}
	for end < len(body) && (body[end] == ' ' || body[end] == '\t' || body[end] == '\r') {
		end++
	}
	if end == len(body) {
		return last, end, true
	}
	return last, end + 1, body[end] == '\n'
}

// leaf reads a part without parts: a piece of the text, or a file.
func (r *reader) leaf(h header, body []byte, kind string, params map[string]string, at place) []block {
	content, note := decodeTransfer(body, h.Get("Content-Transfer-Encoding"))
	r.warn(note)
	disposition, dispositionParams := parseMediaType(h.Get("Content-Disposition"))
	name := dispositionParams["filename"]
	if name == "" {
		name = params["name"]
	}
	if kind == "" {
		kind = defaultKind(at, name)
	}
	if disposition != "attachment" && (name == "" || at.root) && (kind == "text/plain" || kind == "text/html") {
		return []block{r.text(content, params["charset"], kind == "text/html")}
	}
	if len(content) == 0 && name == "" {
		return nil
	}
	if kind == "application/ms-tnef" || kind == "application/vnd.ms-tnef" || strings.EqualFold(name, "winmail.dat") {
		if blocks, ok := r.unwrap(content); ok {
			return blocks
		}
	}
	ids := messageIDs(h["Content-Id"])
	file := Attachment{Name: name, ContentType: kind, Content: content}
	if len(ids) > 0 {
		file.ContentID = ids[0]
	}
	r.attach(file)
	return nil
}

func defaultKind(at place, name string) string {
	switch {
	case at.digest:
		return "message/rfc822"
	case name != "":
		return "application/octet-stream"
	}
	return "text/plain"
}

// text decodes a piece of the text and keeps it within the limit.
func (r *reader) text(content []byte, charset string, isHTML bool) block {
	if len(content) > r.limits.Text {
		content = content[:r.limits.Text]
		r.warn("The text is very long and was cut.")
	}
	s, note := decodeText(content, charset, isHTML)
	r.warn(note)
	if isHTML {
		return block{html: s}
	}
	return block{text: s}
}

var mediaTypeName = regexp.MustCompile(`^[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}$`)

// attach keeps a file under a safe name and type.
func (r *reader) attach(file Attachment) {
	if !mediaTypeName.MatchString(file.ContentType) {
		file.ContentType = "application/octet-stream"
	}
	file.Name = fileName(file.Name)
	if file.Name == "" {
		file.Name = fmt.Sprintf("file-%d%s", len(r.in.Attachments)+1, usualEnding[file.ContentType])
	}
	r.in.Attachments = append(r.in.Attachments, file)
}

var usualEnding = map[string]string{
	"application/pdf": ".pdf", "image/gif": ".gif", "image/jpeg": ".jpg", "image/png": ".png",
	"message/delivery-status": ".txt", "message/rfc822": ".eml", "text/calendar": ".ics",
	"text/csv": ".csv", "text/html": ".html", "text/plain": ".txt",
}

// fileName gives the last element of a name as one clean line of at most 200
// bytes that keeps its ending. It is never a path.
func fileName(name string) string {
	name = decodeField(name, 1000)
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Trim(name, ". ")
	if len(name) <= 200 {
		return name
	}
	ending := path.Ext(name)
	if len(ending) > 20 {
		ending = ""
	}
	return cutBytes(strings.TrimSuffix(name, ending), 200-len(ending)) + ending
}
