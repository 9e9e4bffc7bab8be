package mail

import (
	"bufio"
	"bytes"
	"mime"
	"net/textproto"
	"regexp"
	"strings"

	"github.com/jhillyerd/enmime/v2"
	"github.com/jhillyerd/enmime/v2/mediatype"
)

const (
	maxSubject    = 1000 // runes
	maxID         = 998  // RFC 5322 section 2.1.1
	maxIDs        = 100
	maxMediaType  = 4 << 10
	maxPartHeader = 64 << 10
)

// header is a block of header fields under their canonical names.
type header = textproto.MIMEHeader

// noteTaker swallows enmime's own reports and remembers only that there was one.
type noteTaker struct{ broken bool }

func (n *noteTaker) AddError(string, string, ...any)   { n.broken = true }
func (n *noteTaker) AddWarning(string, string, ...any) { n.broken = true }

var fieldStart = regexp.MustCompile(`^[!-9;-~]+[ \t]*:`)

// splitHeader divides a message or a part at its first empty line. A text that
// does not start with a header field has none.
func splitHeader(b []byte) (head, body []byte) {
	if start, rest, ok := bytes.Cut(b, []byte("\n")); ok && bytes.HasPrefix(start, []byte("From ")) {
		b = rest // the separator line of an mbox file
	}
	if !fieldStart.Match(b[:min(len(b), 1000)]) {
		return nil, bytes.TrimPrefix(bytes.TrimPrefix(b, []byte("\r")), []byte("\n"))
	}
	for at := 0; at < len(b); {
		end := bytes.IndexByte(b[at:], '\n')
		if end < 0 {
			break
		}
		if row := b[at : at+end]; len(row) == 0 || len(row) == 1 && row[0] == '\r' {
			return b[:at], b[at+end+1:]
		}
		at += end + 1
	}
	return b, nil
}

// readHeader parses a header block of at most limit bytes. clean is false when
// something in it was broken or left out.
func readHeader(head []byte, limit int) (h header, clean bool) {
	clean = true
	if len(head) > limit {
		head, clean = head[:limit], false
		if end := bytes.LastIndexByte(head, '\n'); end > 0 {
			head = head[:end+1]
		}
	}
	if len(head) == 0 {
		return header{}, clean
	}
	var notes noteTaker
	h, err := enmime.ReadHeader(bufio.NewReader(bytes.NewReader(head)), &notes)
	if h == nil {
		h = header{}
	}
	return h, clean && err == nil && !notes.broken
}

// decodeField gives a header value as one line of text: encoded words decoded
// (RFC 2047), bare 8-bit bytes read.
func decodeField(value string, limit int) string {
	return cutRunes(line(toUTF8(decodeWords(toUTF8(value)))), limit)
}

var angleID = regexp.MustCompile(`<([^<>\s]+)>`)

// messageIDs reads the ids of Message-ID, In-Reply-To and References, without
// their angle brackets (RFC 5322 section 3.6.4). The last maxIDs are kept.
func messageIDs(values []string) []string {
	var ids []string
	for _, value := range values {
		value = toUTF8(value)
		found := angleID.FindAllStringSubmatch(value, -1)
		for _, match := range found {
			ids = append(ids, match[1])
		}
		if len(found) == 0 {
			for _, word := range strings.Fields(value) {
				ids = append(ids, strings.Trim(word, "<>"))
			}
		}
	}
	kept := ids[:0]
	for _, id := range ids {
		if id = line(id); id != "" && len(id) <= maxID && !strings.Contains(id, " ") {
			kept = append(kept, id)
		}
	}
	return kept[max(0, len(kept)-maxIDs):]
}

var (
	noSemicolon = regexp.MustCompile(`^(\s*[^;\s/=]+/[^;\s/=]+)\s+([A-Za-z-]+\s*=)`)
	looseType   = regexp.MustCompile(`^\s*([A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+)`)
	looseParam  = regexp.MustCompile(`(?i)\b(charset|boundary|name|filename)\s*=\s*(?:"([^"]*)"|([^\s;"]+))`)
)

// parseMediaType reads Content-Type or Content-Disposition with patience. kind
// is lower case and empty when nothing useful is there.
func parseMediaType(value string) (kind string, params map[string]string) {
	value = toUTF8(value)
	value = cutBytes(value, maxMediaType)
	if strings.TrimSpace(value) == "" {
		return "", nil
	}
	kind, params, err := mime.ParseMediaType(value)
	if err != nil {
		value = noSemicolon.ReplaceAllString(value, "$1; $2")
		kind, params, _, err = mediatype.Parse(value)
	}
	if err == nil && kind != "" {
		return strings.ToLower(kind), params
	}
	params = map[string]string{}
	for _, match := range looseParam.FindAllStringSubmatch(value, -1) {
		params[strings.ToLower(match[1])] = match[2] + match[3]
	}
	if match := looseType.FindStringSubmatch(value); match != nil {
		return strings.ToLower(match[1]), params
	}
	return "", params
}
