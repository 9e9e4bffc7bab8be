package httpapi_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
)

// Small words for tests of sharing, on top of the world.

// file files a ticket in an inbox, as the owner, for staff.one; extra values go
// into the request.
func (w *world) file(inbox, subject string, extra ...map[string]any) int64 {
	w.Helper()
	body := map[string]any{"subject": subject, "text": "Text of " + subject, "inbox_id": w.acme().inboxes[inbox], "requester_address": w.address("staff.one")}
	for _, more := range extra {
		for k, v := range more {
			body[k] = v
		}
	}
	return w.as("owner").post("/tickets", body).ok().number("number")
}

func at(number int64, rest ...string) string {
	path := "/tickets/" + strconv.FormatInt(number, 10)
	for _, r := range rest {
		path += "/" + r
	}
	return path
}

// agent and group are targets of a share.
func (w *world) agent(who string) map[string]any {
	return map[string]any{"kind": "agent", "id": w.id(who)}
}

func (w *world) group(name string) map[string]any {
	return map[string]any{"kind": "group", "id": w.acme().groups[name]}
}

// terms is the body of a share: targets, and more values in pairs.
func terms(targets []map[string]any, more ...any) map[string]any {
	body := map[string]any{"targets": targets}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return body
}

// share shares a ticket as the owner and gives the answer.
func (w *world) share(number int64, targets ...map[string]any) *answer {
	w.Helper()
	return w.as("owner").post(at(number, "shares"), terms(targets)).ok()
}

// sees says whether somebody can open a ticket.
func (w *world) sees(who string, number int64) bool {
	w.Helper()
	a := w.as(who).get(at(number))
	if a.status != 200 && a.status != 404 {
		w.Errorf("%s opening %d: status %d", who, number, a.status)
	}
	return a.status == 200
}

// view gives the numbers in somebody's view, in order of the numbers.
func (w *world) view(who, view string) []int64 {
	w.Helper()
	list := w.as(who).get("/tickets?limit=200&view=" + view).ok().numbers()
	slices.Sort(list)
	return list
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// kinds gives the kinds of a ticket's history as somebody sees it.
func (w *world) kinds(who string, number int64) []string {
	w.Helper()
	var kinds []string
	a := w.as(who).get(at(number, "events") + "?limit=200").ok()
	for i := range a.list("items") {
		kinds = append(kinds, a.text("items."+strconv.Itoa(i)+".kind"))
	}
	return kinds
}

// names gives the names of targets in a list of shares or targets.
func names(a *answer) []string {
	a.Helper()
	var out []string
	for i := range a.list("items") {
		p := "items." + strconv.Itoa(i)
		if name, ok := a.at(p + ".target.name").(string); ok {
			out = append(out, name)
		} else {
			out = append(out, a.text(p+".name"))
		}
	}
	return out
}

// people gives the whole audience of the mails sent since the last look.
func (w *world) audience() []string {
	w.Helper()
	var to []string
	for _, m := range w.mails("") {
		to = append(to, m.to)
	}
	slices.Sort(to)
	return to
}
