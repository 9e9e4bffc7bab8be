package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/jobs"
)

// operator makes an agent who keeps the jobs and sees no ticket.
func (w *world) operator() *client {
	w.Helper()
	w.addAgent("acme", worldAgent{name: "operator", role: "agent", scope: "restricted"})
	role := w.role("Operator", "jobs.manage")
	w.as("owner").patch(w.person("operator"), map[string]any{"roles": []int64{role}}).is(200)
	return w.as("operator")
}

func TestJobs(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		operator := w.operator()
		w.drain()
		n := w.file("accounts", "Salaries")
		w.share(n, w.group("HR"))
		list := w.as("owner").get("/jobs").is(200)
		if len(list.list("items")) == 0 || list.text("items.0.kind") != app.JobTell || list.text("items.0.state") != "ready" {
			t.Fatalf("the jobs are %s", list.raw)
		}
		id := list.number("items.0.id")
		path := fmt.Sprint("/jobs/", id)
		t.Run("a ticket is told to who can open it", func(t *testing.T) {
			w := w.in(t)
			same(t, "owner", []any{list.at("items.0.ticket.visible"), list.at("items.0.ticket.number"), list.at("items.0.ticket.subject")}, []any{true, n, "Salaries"})
			for _, a := range []*answer{operator.get("/jobs").is(200), operator.get(path).is(200)} {
				at := ""
				if a.at("items") != nil {
					at = "items.0."
				}
				same(t, "operator", []any{a.at(at + "kind"), a.at(at + "ticket.visible"), a.at(at + "ticket.number"), a.at(at + "ticket.subject")}, []any{app.JobTell, false, nil, nil})
			}
			w.share(n, w.agent("operator"))
			same(t, "operator, shared with", operator.get(path).is(200).at("ticket.number"), n)
		})
		t.Run("a job is cancelled and run again", func(t *testing.T) {
			w := w.in(t)
			if a := operator.with("Idempotency-Key", "cancel").post(path+"/cancel", nil).is(204); a.raw != "" {
				t.Errorf("the answer is %s", a.raw)
			}
			a := operator.get(path).is(200)
			same(t, "state", a.text("state"), "cancelled")
			if a.at("finished_at") == nil {
				t.Errorf("it has not ended: %s", a.raw)
			}
			before := w.fingerprint()
			operator.with("Idempotency-Key", "cancel").post(path+"/cancel", nil).is(204)
			operator.post(path+"/cancel", nil).is(204)
			same(t, "changed again", w.fingerprint() != before, false)
			same(t, "cancelled", operator.get("/jobs?state=cancelled").number("items.0.id"), id)
			w.drain()
			operator.get(path).is(200)
			operator.post(path+"/retry", nil).is(204)
			same(t, "state", operator.get(path).text("state"), "ready")
			w.drain()
			operator.get(path).refused(404, "")
			operator.post(path+"/retry", nil).refused(404, "")
			log := w.as("owner").get("/audit?limit=2").ok()
			same(t, "log", []any{log.at("items.0.action"), log.at("items.1.action"), log.at("items.0.actor_id")}, []any{"job.retried", "job.cancelled", w.id("operator")})
		})
		t.Run("a mail that waits is about no ticket yet", func(t *testing.T) {
			w := w.in(t)
			w.mailIn("staff.one@acme.example", "accounts@acme.example", "By mail", "Hello")
			a := operator.get("/jobs").is(200)
			same(t, "mail", []any{a.at("items.0.kind"), a.at("items.0.ticket")}, []any{app.JobMailIn, nil})
			operator.post(fmt.Sprintf("/jobs/%d/cancel", a.number("items.0.id")), nil).is(204)
		})
		t.Run("wrong requests are refused", func(t *testing.T) {
			w := w.in(t)
			w.share(w.file("accounts", "Other"), w.group("HR"))
			id := w.as("owner").get("/jobs").number("items.0.id")
			paths := []string{fmt.Sprintf("/jobs/%d", id), fmt.Sprintf("/jobs/%d/retry", id), fmt.Sprintf("/jobs/%d/cancel", id)}
			before := w.fingerprint()
			for i, path := range paths {
				method := "POST"
				if i == 0 {
					method = "GET"
				}
				w.as("globex/owner").do(method, path, nil).refused(404, "")
				w.as("manager").do(method, path, nil).refused(403, "")
				w.as("staff.one").do(method, path, nil).refused(403, "")
				w.nobody().do(method, path, nil).refused(401, "")
			}
			w.as("manager").get("/jobs").refused(403, "")
			for query, field := range map[string]string{"state=asleep": "state", "limit=0": "limit", "cursor=x": "cursor", "cursor=-1": "cursor", "kind=x": "kind"} {
				w.as("owner").get("/jobs?"+query).refused(422, field)
			}
			same(t, "changed by what was refused", w.fingerprint() != before, false)
			for i := range w.as("globex/owner").get("/jobs").ok().list("items") {
				t.Errorf("globex sees job %d of acme", i)
			}
		})
	})
}

// TestJobPages walks the list from end to end.
func TestJobPages(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.drain()
		for i := range 5 {
			w.share(w.file("accounts", fmt.Sprint("Ticket ", i)), w.group("HR"))
		}
		owner := w.as("owner")
		want := owner.get("/jobs?limit=200").ok()
		var got []int64
		path := "/jobs?limit=2"
		for path != "" {
			a := owner.get(path).is(200)
			for i := range a.list("items") {
				got = append(got, a.number(fmt.Sprintf("items.%d.id", i)))
			}
			path = ""
			if next, more := a.at("next").(string); more {
				path = "/jobs?limit=2&cursor=" + next
			}
		}
		for i, id := range got {
			if id != want.number(fmt.Sprintf("items.%d.id", i)) || (i > 0 && id >= got[i-1]) {
				t.Errorf("the pages hold %v of %s", got, want.raw)
			}
		}
		same(t, "jobs", len(got), 5)
		same(t, "in one page", len(want.list("items")), 5)
	})
}

// TestDeadJob shows what went wrong, and lets it run again.
func TestDeadJob(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.drain()
		w.share(w.file("accounts", "Unlucky"), w.group("HR"))
		owner := w.as("owner")
		path := fmt.Sprint("/jobs/", owner.get("/jobs").number("items.0.id"))
		broken := &jobs.Runner{DB: w.db, Logger: slog.New(slog.DiscardHandler)}
		jobs.Handle(broken, app.JobTell, func(context.Context, *jobs.Job, struct{}) error {
			return jobs.Permanent(errors.New("the printer is on fire"))
		})
		w.must(broken.Drain(w.Context()))
		a := owner.get(path).is(200)
		same(t, "job", []any{a.text("state"), a.text("last_error"), a.number("attempts")}, []any{"dead", "the printer is on fire", 1})
		same(t, "dead", owner.get("/jobs?state=dead").is(200).at("items.0.id"), a.at("id"))
		owner.post(path+"/retry", nil).is(204)
		a = owner.get(path).is(200)
		same(t, "again", []any{a.text("state"), a.number("attempts")}, []any{"ready", 0})
		w.drain()
		owner.get(path).refused(404, "")
	})
}
