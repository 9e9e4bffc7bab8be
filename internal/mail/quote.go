package mail

import (
	"regexp"
	"strings"
)

// Marker makes the line above which people write their answer. SplitQuote knows
// it by its frame, so the words may be in any language.
func Marker(words string) string { return "##- " + line(words) + " -##" }

var (
	markerLine  = regexp.MustCompile(`^[>\s]*##- .* -##\s*$`)
	quotedLine  = regexp.MustCompile(`^\s*>`)
	divider     = regexp.MustCompile(`(?i)^\s*-{3,}\s*(original message|original-nachricht|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original)\s*-{3,}\s*$`)
	headerRow   = regexp.MustCompile(`(?i)^\s*\*?(from|sent|date|to|cc|subject|von|gesendet|datum|an|betreff|de|envoyé|à|objet|enviado|para|asunto|da|inviato|oggetto)\*?\s?:\*?\s`)
	rule        = regexp.MustCompile(`^\s*_{5,}\s*$`)
	attribution = regexp.MustCompile(`(?i)^\s*(?:` + strings.Join([]string{
		`on\b.{4,}\bwrote`, `am\b.{4,}\bschrieb\b.*`, `le\b.{4,}\ba écrit`, `el\b.{4,}\bescribió`,
		`il\b.{4,}\bha scritto`, `op\b.{4,}\bschreef\b.*`, `em\b.{4,}\bescreveu`, `den\b.{4,}\bskrev\b.*`,
	}, "|") + `)\s*:\s*$`)
)

// SplitQuote divides a message's text into what its author wrote and the history
// quoted below. It cuts at our own marker line, at a mail program's divider or
// copied header, and at quoted lines that reach the end, with the line that
// introduces them. It
// would rather cut too little: an answer written below or between quotes stays
// whole, and fresh is never empty while text is not. fresh is always a prefix of
// text; the caller keeps the full text.
func SplitQuote(text string) (fresh, quoted string) {
	rows := strings.SplitAfter(text, "\n")
	cut := cutRow(rows)
	fresh = strings.Join(rows[:cut], "")
	fresh = strings.TrimRight(fresh, " \t\r\n")
	if strings.TrimSpace(fresh) == "" {
		return text, ""
	}
	quoted = strings.TrimLeft(strings.Join(rows[cut:], ""), "\r\n")
	if strings.TrimSpace(quoted) == "" {
		return fresh, ""
	}
	return fresh, quoted
}

// cutRow gives the index of the first row of the quoted history, or len(rows).
func cutRow(rows []string) int {
	for i, row := range rows {
		bare := strings.TrimRight(row, "\r\n")
		if markerLine.MatchString(bare) || divider.MatchString(bare) {
			return introduction(rows, trailingQuote(rows, i))
		}
		if copiedHeader(rows[i:]) {
			if i > 0 && rule.MatchString(strings.TrimRight(rows[i-1], "\r\n")) {
				return i - 1
			}
			return i
		}
	}
	cut := trailingQuote(rows, len(rows))
	if cut == len(rows) {
		return cut
	}
	return introduction(rows, cut)
}

// copiedHeader tells whether rows begin with three header lines, as Outlook puts
// them above the message that is answered.
func copiedHeader(rows []string) bool {
	if len(rows) < 3 {
		return false
	}
	for _, row := range rows[:3] {
		if !headerRow.MatchString(row) {
			return false
		}
	}
	return true
}

// trailingQuote walks up from row end over quoted and empty rows, and gives the
// first quoted one, or end if the row above is the author's.
func trailingQuote(rows []string, end int) int {
	first := end
	for i := end - 1; i >= 0; i-- {
		switch {
		case quotedLine.MatchString(rows[i]):
			first = i
		case strings.TrimSpace(rows[i]) != "":
			return first
		}
	}
	return first
}

// introduction walks up from the first quoted row over the line that introduces
// it ("On Monday Anna wrote:"), which a mail program may have broken in three.
func introduction(rows []string, cut int) int {
	last := cut - 1
	for last >= 0 && strings.TrimSpace(rows[last]) == "" {
		last--
	}
	joined := ""
	for i := last; i >= 0 && i > last-3; i-- {
		joined = strings.TrimSpace(rows[i]) + " " + joined
		if len(joined) > 500 {
			break
		}
		if attribution.MatchString(joined) {
			return i
		}
	}
	return cut
}
