package mail

import (
	"regexp"
	"strings"
)

// encodedWord is =?charset?encoding?text?= of RFC 2047, with an RFC 2231
// language after the charset. Spaces in the text break the rules but happen.
var encodedWord = regexp.MustCompile(`=\?([^?*\s]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=`)

// decodeWords decodes the encoded words of a header value. White space between
// two of them goes, and neighbours of one character set are joined before they
// are read, since mail programs split characters across words. What is not
// well-formed stays as it is.
func decodeWords(s string) string {
	found := encodedWord.FindAllStringSubmatchIndex(s, -1)
	if found == nil {
		return s
	}
	var out strings.Builder
	var pending []byte
	label, end := "", 0
	flush := func() {
		text, _ := decodeText(pending, label, false)
		out.WriteString(text)
		pending = pending[:0]
	}
	for _, m := range found {
		between, charset := s[end:m[0]], strings.ToLower(s[m[2]:m[3]])
		adjacent := end > 0 && strings.TrimSpace(between) == ""
		if !adjacent || charset != label {
			flush()
		}
		if !adjacent {
			out.WriteString(between)
		}
		label, end = charset, m[1]
		pending = append(pending, decodeWord(s[m[4]:m[5]], s[m[6]:m[7]])...)
	}
	flush()
	return out.String() + s[end:]
}

func decodeWord(encoding, text string) []byte {
	if strings.EqualFold(encoding, "b") {
		decoded, _ := decodeBase64([]byte(text))
		return decoded
	}
	return decodeQuotedPrintable([]byte(strings.ReplaceAll(text, "_", " ")))
}
