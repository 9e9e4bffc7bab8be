package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/deskmesh/deskmesh/internal/seed"
)

// row is one operation that is measured, and its budget.
type row struct {
	name string
	who  string
	// call makes request number i of all.
	call func(v *viewers, i int) call
	// most bounds the requests of one measurement; 0 for no bound.
	most func(v *viewers) int
	// undo makes, of what was asked and answered, the requests that take it back
	// after the measurement.
	undo func(c call, answer []byte) ([]call, error)
	// writes says that requests leave work behind, which must be done before
	// anything else is measured.
	writes bool
	// measure takes the place of the loop for what is no request and its answer.
	measure func(ctx context.Context, s *server, v *viewers, r *row) (*figures, error)

	p50, p99 time.Duration // 0: no budget
	rate     float64
	growth   float64 // how many times the p50 of the smallest desk
}

const (
	growth     = 1.5
	easyGrowth = 2.5 // counts and searches for common words
)

// slack is how much more an engine may take at p50, and how much less it may
// answer a second, than the budgets say.
var slack = map[string]struct{ p50, rate float64 }{"sqlite": {1, 1}, "postgres": {1.5, 0.5}}

func ms(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }

func get(path string, args ...any) call {
	return call{http.MethodGet, "/api/v1" + fmt.Sprintf(path, args...), nil, http.StatusOK}
}

// page is a page for people rather than an answer of the API.
func page(path string, args ...any) call {
	return call{http.MethodGet, fmt.Sprintf(path, args...), nil, http.StatusOK}
}

func list(name, who, query string, p50, p99, rate float64) row {
	return row{name: name, who: who, p50: ms(p50), p99: ms(p99), rate: rate, growth: growth,
		call: func(*viewers, int) call { return get("/tickets?%s&limit=25", query) }}
}

// Filters of five conditions: one of them fits few tickets, or all fit many.
const (
	fiveSelective = `{"all":[{"field":"status","op":"in","value":["new","open","pending","solved","closed"]},{"field":"priority","op":"in","value":["low","normal","high"]},` +
		`{"field":"tags","op":"has_any","value":["needle"]},{"field":"private","op":"is","value":false},{"field":"created","op":"after","value":"2001-01-01"}]}`
	fiveBroad = `{"all":[{"field":"status","op":"in","value":["new","open","pending","solved","closed"]},{"field":"priority","op":"in","value":["normal","high"]},` +
		`{"field":"tags","op":"has_any","value":["routine"]},{"field":"private","op":"is","value":false},{"field":"created","op":"after","value":"2001-01-01"}]}`
)

func filtered(name, who, filter string, most float64) row {
	r := list(name, who, "view=all&filter="+url.QueryEscape(filter), 5, 20, 400)
	r.growth = most
	return r
}

func pick(numbers []int64, i int) int64 { return numbers[i%len(numbers)] }

// rows are all operations, those that write last.
var rows = slices.Concat(reads, writes, ruleRows, []row{liveRow})

var reads = []row{
	list("list: mine", seed.MineAddress, "view=mine", 1, 5, 2000),
	list("list: all, typical", seed.TypicalAddress, "view=all", 1.5, 6, 1200),
	list("list: all, sparse", seed.SparseAddress, "view=all", 1.5, 6, 1200),
	list("list: all, full reach", seed.FullAddress, "view=all", 1, 5, 2000),
	list("list: all, wide (10 groups x 8 inboxes)", seed.WideAddress, "view=all", 0, 0, 0),
	list("list: all, requester", seed.RequesterAddress, "view=all", 0, 0, 0),
	list("list: shared with me", seed.GroupedAddress, "view=shared-with-me", 1.2, 5, 1500),
	list("list: shared with me, sparse", seed.SparseAddress, "view=shared-with-me", 1.2, 5, 1500),
	list("list: shared with my groups", seed.GroupedAddress, "view=shared-with-my-groups", 1.2, 5, 1500),
	filtered("list: five conditions, selective", seed.FullAddress, fiveSelective, growth),
	filtered("list: five conditions, broad", seed.TypicalAddress, fiveBroad, easyGrowth),
	list("list: five conditions, broad, wide (10 groups x 8 inboxes)", seed.WideAddress, "view=all&filter="+url.QueryEscape(fiveBroad), 0, 0, 0),
	{name: "one ticket", who: seed.TypicalAddress, p50: ms(0.6), p99: ms(3), rate: 4000, growth: growth,
		call: func(v *viewers, i int) call { return get("/tickets/%d", pick(v.typical, i)) }},
	{name: "refused (not visible)", who: seed.TargetAddress, p50: ms(0.3), p99: ms(2), rate: 8000, growth: growth,
		call: func(v *viewers, i int) call {
			c := get("/tickets/%d", pick(v.typical, i))
			c.status = http.StatusNotFound
			return c
		}},
	{name: "portal: ticket page, requester", who: seed.RequesterAddress, p50: ms(3), p99: ms(12), growth: growth,
		call: func(v *viewers, i int) call { return page("/portal/tickets/%d", pick(v.asked, i)) }},
	{name: "portal: list, requester", who: seed.RequesterAddress, growth: growth,
		call: func(*viewers, int) call { return page("/portal") }},
	{name: "public link: ticket page, visitor", who: linkHolder, p50: ms(3), p99: ms(12), growth: growth,
		call: func(v *viewers, _ int) call { return page("%s", v.link) }},
	{name: "messages of a ticket", who: seed.TypicalAddress, p50: ms(0.8), p99: ms(4), rate: 3000, growth: growth,
		call: func(v *viewers, i int) call { return get("/tickets/%d/messages", pick(v.typical, i)) }},
	{name: "count, bounded", who: seed.TypicalAddress, p50: ms(6), p99: ms(15), rate: 300, growth: easyGrowth,
		call: func(*viewers, int) call { return get("/tickets/count?view=all") }},
	{name: "sidebar: counts of all views", who: seed.TypicalAddress, p50: ms(6), p99: ms(20), rate: 300, growth: easyGrowth,
		call: func(*viewers, int) call { return get("/views/counts?state=open") }},
	{name: "sidebar: counts of all views, wide (10 groups x 8 inboxes)", who: seed.WideAddress, growth: easyGrowth,
		call: func(*viewers, int) call { return get("/views/counts?state=open") }},
	{name: "search, rare word", who: seed.TypicalAddress, p50: ms(5), p99: ms(20), rate: 300, growth: growth,
		call: func(v *viewers, i int) call { return get("/tickets?q=%s%d&limit=25", seed.RareWord, 1+i%v.rare) }},
	{name: "search, common word", who: seed.TypicalAddress, p50: ms(25), p99: ms(80), rate: 60, growth: easyGrowth,
		call: func(*viewers, int) call { return get("/tickets?q=%s&limit=25", seed.CommonWord) }},
	{name: "search, common phrase", who: seed.TypicalAddress, p50: ms(25), p99: ms(80), rate: 60, growth: easyGrowth,
		call: func(*viewers, int) call { return get("/tickets?q=%%22see+%s%%22&limit=25", seed.CommonWord) }},
	{name: "search, begun word", who: seed.TypicalAddress, p50: ms(25), p99: ms(80), rate: 60, growth: easyGrowth,
		call: func(*viewers, int) call { return get("/tickets?q=%s*&limit=25", seed.CommonWord[:4]) }},
	{name: "search, word and operators", who: seed.TypicalAddress, p50: ms(25), p99: ms(80), rate: 60, growth: easyGrowth,
		call: func(*viewers, int) call { return get("/tickets?q=%s+is:open&limit=25", seed.CommonWord) }},
	{name: "count of a search, common word", who: seed.TypicalAddress, p50: ms(60), p99: ms(160), rate: 25, growth: easyGrowth,
		call: func(*viewers, int) call { return get("/tickets/count?q=%s", seed.CommonWord) }},
	{name: "quick search", who: seed.TypicalAddress, p50: ms(30), p99: ms(80), rate: 60, growth: easyGrowth,
		call: func(*viewers, int) call { return get("/search?q=%s", seed.CommonWord[:4]) }},
	{name: "quick search, rare word", who: seed.TypicalAddress, p50: ms(5), p99: ms(20), rate: 300, growth: growth,
		call: func(v *viewers, i int) call { return get("/search?q=%s%d+", seed.RareWord, 1+i%v.rare) }},
	{name: "who can see this and why", who: seed.FullAddress, p50: ms(3), p99: ms(12), rate: 500, growth: growth,
		call: func(v *viewers, i int) call { return get("/tickets/%d/access", pick(v.all, i)) }},
}

var writes = []row{
	{name: "add a note", writes: true, who: seed.TypicalAddress, p50: ms(2.5), p99: ms(12), rate: 800, growth: growth,
		call: func(v *viewers, i int) call {
			return call{http.MethodPost, fmt.Sprintf("/api/v1/tickets/%d/messages", pick(v.typical, i)),
				fmt.Appendf(nil, `{"kind":"note","text":"Called the customer, they will send the papers tomorrow (%d)."}`, i), http.StatusCreated}
		}},
	{name: "change status", writes: true, who: seed.TypicalAddress, p50: ms(2.5), p99: ms(12), rate: 800, growth: growth,
		call: func(v *viewers, i int) call {
			// Every round over the tickets sets another status, so that each request changes one.
			status := []string{"pending", "open", "on_hold"}[i/len(v.typical)%3]
			return call{http.MethodPatch, fmt.Sprintf("/api/v1/tickets/%d", pick(v.typical, i)), fmt.Appendf(nil, `{"status":%q}`, status), http.StatusOK}
		}},
	{name: "share with an agent and a group of 30", writes: true, who: seed.FullAddress, p50: ms(3), p99: ms(12), rate: 600, growth: growth,
		// Each ticket once: the shares end only after the measurement.
		most: func(v *viewers) int { return min(len(v.all), 2000) },
		call: func(v *viewers, i int) call {
			return call{http.MethodPost, fmt.Sprintf("/api/v1/tickets/%d/shares", pick(v.all, i)),
				fmt.Appendf(nil, `{"targets":[{"kind":"agent","id":%d},{"kind":"group","id":%d}],"level":"comment"}`, v.agent, v.group), http.StatusCreated}
		},
		undo: unshare},
}
