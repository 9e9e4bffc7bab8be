package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// What a request costs of its caller's limit. A plain one costs 1.
const (
	costSearch = 5  // a list with words or a filter to look for, and a file
	costHeavy  = 20 // work over many tickets, or mail that leaves the desk
)

const costKey = "cost" // of an operation's metadata

// costly says that a request to the route costs more than a plain one.
func costly(op huma.Operation, cost int) huma.Operation {
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[costKey] = cost
	return op
}

// costOf is what a request costs.
func costOf(r *http.Request, op *huma.Operation) int {
	cost, _ := op.Metadata[costKey].(int)
	if op.Method == http.MethodGet && looks(r.URL.RawQuery) {
		cost = max(cost, costSearch)
	}
	return max(cost, 1)
}

// looks says whether a query asks to look for something.
func looks(query string) bool {
	for part := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(part, "="); value != "" && (name == "q" || name == "filter") {
			return true
		}
	}
	return false
}

// limit counts the request: for whoever is signed in, else for the client's
// address. Somebody's tokens share one limit, apart from that of their screens,
// so that a script that runs wild locks nobody out.
func (a *API) limit(c *caller, op *huma.Operation) error {
	cost := costOf(c.request, op)
	if c.Signed == nil {
		return a.rates.Address(c.writer, c.request, cost)
	}
	kind := "s"
	if !c.Session {
		kind = "t"
	}
	key := kind + strconv.FormatInt(c.Viewer.Account(), 10) + "." + strconv.FormatInt(c.Viewer.Person(), 10)
	return a.rates.Caller(c.writer, key, cost)
}
