package mail

import (
	"regexp"
	"strings"
)

// maxSignature is how many lines a signature has at most: a longer end is more
// likely something to read.
const maxSignature = 15

var (
	signatureLine = regexp.MustCompile(`^--\s?$`)
	deviceLine    = regexp.MustCompile(`(?i)^\s*(?:` + strings.Join([]string{
		`sent from my [\p{L}\d .-]{1,40}`, `get outlook for \S{1,20}.*`, `sent from (?:outlook|mail|yahoo mail|proton mail).{0,60}`,
		`von meinem [\p{L}\d .-]{1,40} gesendet`, `gesendet mit der .{1,60} app`, `outlook für \S{1,20} (?:beziehen|herunterladen).*`,
		`envoyé de mon [\p{L}\d .-]{1,40}`, `envoyé depuis .{1,60}`, `enviado desde mi [\p{L}\d .-]{1,40}`, `inviato da(?:l mio)? [\p{L}\d .-]{1,40}`,
	}, "|") + `)\s*$`)
)

// SplitSignature divides a text into what its author wrote and the signature at
// its end: below a line of two hyphens (RFC 3676 section 4.3), or the line that a
// telephone adds. It would rather cut too little; fresh is a prefix of text and
// never empty while text is not.
func SplitSignature(text string) (fresh, signature string) {
	rows := strings.SplitAfter(text, "\n")
	for i := len(rows) - 1; i > 0 && len(rows)-i <= maxSignature; i-- {
		row := strings.TrimRight(rows[i], "\r\n")
		last := strings.TrimSpace(strings.Join(rows[i+1:], "")) == ""
		if !signatureLine.MatchString(row) && !(last && deviceLine.MatchString(row)) {
			continue
		}
		fresh = strings.TrimRight(strings.Join(rows[:i], ""), " \t\r\n")
		if strings.TrimSpace(fresh) == "" {
			return text, ""
		}
		return fresh, strings.Join(rows[i:], "")
	}
	return text, ""
}
