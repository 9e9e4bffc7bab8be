package webhook

import (
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// Limits of the headers that can be added.
const (
	MaxHeaders     = 10
	MaxHeaderName  = 100
	MaxHeaderValue = 1000
)

// ownHeaders are written by the program or by the connection: a second one, or
// another value, could make two readers see two different requests.
var ownHeaders = []string{
	"accept-encoding", "connection", "content-encoding", "content-length", "content-type", "cookie", "date", "expect", "forwarded", "host",
	"keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via",
}

// ownPrefixes lead the names of more of them.
var ownPrefixes = []string{"proxy-", "sec-", "webhook-", "x-forwarded-"}

// AllowedHeader says whether a header of this name can be added (RFC 9110
// section 5.1).
func AllowedHeader(name string) bool {
	lower := strings.ToLower(name)
	return len(name) <= MaxHeaderName && httpguts.ValidHeaderFieldName(name) && !slices.Contains(ownHeaders, lower) &&
		!slices.ContainsFunc(ownPrefixes, func(prefix string) bool { return strings.HasPrefix(lower, prefix) })
}

// AllowedValue says whether a header can have this value: printable ASCII that
// neither begins nor ends with a blank.
func AllowedValue(value string) bool {
	if value == "" || len(value) > MaxHeaderValue || strings.TrimSpace(value) != value {
		return false
	}
	for i := range len(value) {
		if value[i] < ' ' || value[i] > '~' {
			return false
		}
	}
	return true
}
