package mail

import "strings"

// automatic tells whether a program wrote the message, by RFC 3834 section 5
// and by the older marks that vacation programs, lists and Exchange use.
func automatic(h header) bool {
	if v := fieldToken(h.Get("Auto-Submitted")); v != "" && v != "no" {
		return true
	}
	switch fieldToken(h.Get("Precedence")) {
	case "bulk", "junk", "list", "auto_reply", "auto-reply":
		return true
	}
	for _, name := range []string{"X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond"} {
		if v := fieldToken(h.Get(name)); v != "" && v != "no" && v != "none" {
			return true
		}
	}
	if strings.TrimSpace(h.Get("List-Id")) != "" {
		return true
	}
	kind, _ := parseMediaType(h.Get("Content-Type"))
	return kind == "multipart/report"
}

// fieldToken gives the first word of a value in lower case, without parameters
// and comments.
func fieldToken(value string) string {
	value = strings.TrimLeft(line(toUTF8(value)), " ")
	if i := strings.IndexAny(value, ";(, "); i >= 0 {
		value = value[:i]
	}
	return strings.ToLower(value)
}
