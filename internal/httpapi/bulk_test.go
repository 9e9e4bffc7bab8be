package httpapi_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/store"
)

// fileMany files tickets whose subjects are the name and a number.
func (w *world) fileMany(inbox, name string, n int) []int64 {
	w.Helper()
	owner := w.as("owner")
	numbers := make([]int64, n)
	for i := range numbers {
		numbers[i] = owner.post("/tickets", map[string]any{"subject": fmt.Sprintf("%s %d", name, i), "text": "x", "inbox_id": w.acme().inboxes[inbox],
			"requester_id": w.id("staff.one")}).ok().number("number")
	}
	return numbers
}

func bulkPath(id int64, rest ...string) string {
	return "/" + strings.Join(append([]string{"bulk", strconv.FormatInt(id, 10)}, rest...), "/")
}

// progress is state, total, done and failed of a bulk.
func progress(a *answer) []any {
	return []any{a.at("state"), a.at("total"), a.at("done"), a.at("failed")}
}

// failures gives number and code of each failure in an answer.
func failures(a *answer, list string) []string {
	a.Helper()
	out := []string{}
	for i := range a.list(list) {
		out = append(out, fmt.Sprintf("%v %v %v", a.at(fmt.Sprintf("%s.%d.number", list, i)), a.at(fmt.Sprintf("%s.%d.subject", list, i)), a.text(fmt.Sprintf("%s.%d.code", list, i))))
	}
	return out
}

func TestBulkShare(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		mine := w.fileMany("accounts", "Invoice", 10)
		foreign := w.file("hr", "Salaries")
		trashed := w.file("accounts", "Trashed")
		w.as("owner").post(at(trashed, "spam"), nil).ok()
		w.share(mine[0], w.agent("hr.agent"))
		w.mails("")
		agent := w.as("accounts.agent")
		body := map[string]any{"tickets": append(slices.Clone(mine), foreign, trashed, 999999), "share": terms(whom(w.agent("hr.agent"), w.group("HR")), "reason", "Audit")}
		preview := map[string]any{"tickets": body["tickets"], "share": body["share"], "preview": true}
		refused := []string{fmt.Sprintf("%d <nil> not_found", foreign), fmt.Sprintf("%d Trashed trashed", trashed), "999999 <nil> not_found"}
		t.Run("S4-18 many tickets are shared at once", func(t *testing.T) {
			w := w.in(t)
			before := w.fingerprint()
			p := agent.post("/bulk", preview).is(200)
			same(t, "preview", []any{p.at("count"), p.at("more"), p.at("allowed"), p.at("same"), p.at("people")}, []any{13, false, 10, 0, 2})
			same(t, "refused", failures(p, "refused"), refused)
			same(t, "changed by a preview", w.fingerprint() != before, false)
			a := agent.with("Idempotency-Key", "many").post("/bulk", body).is(200)
			same(t, "progress", progress(a), []any{"done", 13, 10, 3})
			same(t, "failures", failures(a, "failures"), refused)
			same(t, "changed", len(a.list("changed")), 10)
			for _, n := range mine {
				if !w.sees("hr.agent", n) || !w.sees("hr.second", n) {
					t.Errorf("%d is not shared", n)
				}
			}
			shares := agent.get(at(mine[1], "shares")).ok()
			same(t, "cause", []any{shares.at("items.0.cause.kind"), shares.at("items.0.cause.id"), shares.at("items.0.cause.name"), shares.at("items.0.created_by.id")},
				[]any{"bulk", a.number("id"), "Accounts Agent", w.id("accounts.agent")})
			before = w.fingerprint()
			again := agent.with("Idempotency-Key", "many").post("/bulk", body).is(200)
			same(t, "replayed", []any{again.at("id"), again.header.Get("Idempotent-Replay")}, []any{a.number("id"), "true"})
			same(t, "changed by a repeat", w.fingerprint() != before, false)
			same(t, "as wanted already", agent.post("/bulk", preview).is(200).at("same"), 10)
		})
		t.Run("S4-18 each recipient gets one mail and one line that name all tickets", func(t *testing.T) {
			w := w.in(t)
			for who, count := range map[string]int{"hr.agent": 10, "hr.second": 10} {
				mails := w.mails(who)
				if len(mails) != 1 {
					t.Fatalf("%s has %d mails", who, len(mails))
				}
				m := mails[0]
				for _, n := range mine {
					if !strings.Contains(m.text, fmt.Sprintf("#%d:", n)) {
						t.Errorf("the mail does not name %d:\n%s", n, m.text)
					}
				}
				if strings.Contains(m.raw+m.text+m.html, "Salaries") || !strings.Contains(m.subject, fmt.Sprint(count)) || !strings.Contains(m.text, "Audit") {
					t.Errorf("the mail is %s\n%s", m.subject, m.text)
				}
				lines := w.as(who).get("/notifications?unread=true").ok()
				same(t, "line", []any{lines.at("items.0.kind"), lines.at("items.0.count"), len(lines.list("items.0.tickets"))}, []any{"share", count, count})
			}
			same(t, "mails to others", len(w.mails("")), 0)
		})
		t.Run("what one cannot open any more is not in the line", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").post(at(mine[3], "spam"), nil).ok()
			lines := w.as("hr.second").get("/notifications").ok()
			same(t, "count", lines.at("items.0.count"), 9)
			w.as("owner").post(at(mine[3], "not-spam"), nil)
		})
		t.Run("unshared again, told once", func(t *testing.T) {
			w := w.in(t)
			w.mails("")
			a := agent.post("/bulk", map[string]any{"tickets": mine[:5], "unshare": map[string]any{"targets": whom(w.group("HR"), w.agent("hr.agent"))}}).is(200)
			if a.number("failed") > 1 {
				t.Errorf("it fails: %s", a.raw)
			}
			same(t, "hr.second sees", w.sees("hr.second", mine[1]), false)
			mails := w.mails("hr.second")
			if len(mails) != 1 || !strings.Contains(mails[0].text, fmt.Sprintf("#%d", mine[1])) || strings.Contains(mails[0].text, "Invoice") {
				t.Errorf("mails: %+v", mails)
			}
		})
		t.Run("only its maker may look", func(t *testing.T) {
			w := w.in(t)
			id := agent.post("/bulk", map[string]any{"tickets": mine[6:7], "change": map[string]any{"priority": "high", "add_tags": []string{"audit"}}}).is(200).number("id")
			agent.get(bulkPath(id)).is(200)
			for _, c := range []*client{w.as("accounts.second"), w.as("owner"), w.as("globex/owner"), w.token("accounts.agent", "tickets.edit")} {
				c.get(bulkPath(id)).refused(404, "")
				c.get(bulkPath(id, "failures")).refused(404, "")
				c.post(bulkPath(id, "cancel"), nil).refused(404, "")
			}
			agent.post(bulkPath(id, "cancel"), nil).refused(409, "")
			got := agent.get(at(mine[6])).ok()
			same(t, "ticket", []any{got.at("priority"), got.at("tags")}, []any{"high", "[audit]"})
		})
	})
}

func TestBulkRefusals(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "One")
		agent := w.as("accounts.agent")
		share := terms(whom(w.agent("hr.agent")))
		tickets := []int64{n}
		for field, body := range map[string]map[string]any{
			"tickets":            {"share": share},
			"share":              {"tickets": tickets},
			"share.targets[0]":   {"tickets": tickets, "share": terms(whom(map[string]any{"kind": "agent", "id": 999999}))},
			"share.expires_at":   {"tickets": tickets, "share": terms(whom(w.agent("hr.agent")), "expires_at", "2001-01-01T00:00:00Z")},
			"share.see_internal": {"tickets": tickets, "share": terms(whom(w.agent("hr.agent")), "see_internal", nil)},
			"list.view":          {"list": map[string]any{"view": "nothing"}, "share": share},
			"change.status_id":   {"tickets": tickets, "change": map[string]any{"status_id": 999999}},
			"change.assignee_id": {"tickets": tickets, "change": map[string]any{"assignee_id": w.id("globex/hr.agent")}},
			"change.status":      {"tickets": tickets, "change": map[string]any{}},
			"change.version":     {"tickets": tickets, "change": map[string]any{"version": 1, "priority": "low"}},
		} {
			before := w.fingerprint()
			agent.post("/bulk", body).refused(422, field)
			same(t, field+" changes something", w.fingerprint() != before, false)
		}
		agent.post("/bulk", map[string]any{"tickets": tickets, "share": share, "change": map[string]any{"priority": "low"}}).refused(422, "share")
		agent.post("/bulk", map[string]any{"tickets": tickets, "list": map[string]any{}, "share": share}).refused(422, "tickets")
		w.as("noshare.agent").post("/bulk", map[string]any{"tickets": tickets, "share": share}).refused(403, "")
		w.as("staff.one").post("/bulk", map[string]any{"tickets": tickets, "share": share}).refused(403, "")
		w.set("sharing.enabled", false)
		agent.post("/bulk", map[string]any{"tickets": tickets, "share": share}).refused(403, "").reason("sharing_disabled")
	})
}

// TestBulkJob: a thousand tickets go through a job that is killed in the middle.
func TestBulkJob(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		const many = 1000
		numbers := w.fileMany("accounts", "Case", many)
		shared := numbers[10:12] // with as many as a ticket can have
		w.set("sharing.max_internal", 1)
		for _, n := range shared {
			w.share(n, w.agent("support.agent"))
		}
		w.mails("")
		stream := w.listen("global.agent")
		agent := w.as("global.agent")
		a := agent.post("/bulk", map[string]any{"list": map[string]any{"view": "all", "q": "", "filter": cond("subject", "contains", "Case")},
			"share": terms(whom(w.group("HR")))}).is(202)
		id := a.number("id")
		same(t, "asked", progress(a), []any{"waiting", many, 0, 0})
		p := agent.post("/bulk", map[string]any{"tickets": numbers[:60], "share": terms(whom(w.group("HR"))), "preview": true}).is(200)
		same(t, "preview", []any{p.at("count"), p.at("more"), p.at("allowed"), p.at("people")}, []any{60, false, 58, 2})
		late := w.file("accounts", "Case of somebody later")

		// The process dies after some batches.
		ctx, kill := context.WithCancel(w.Context())
		defer kill()
		var batches atomic.Int32
		stop := w.db.OnPokes(func(list []store.Poke) {
			if slices.ContainsFunc(list, func(p store.Poke) bool { return p.Kind == store.PokeBulk }) && batches.Add(1) == 5 {
				kill()
			}
		})
		r := &jobs.Runner{DB: w.db, Workers: 1}
		w.app.Jobs(r)
		w.must(r.Start(ctx))
		<-ctx.Done()
		stop()
		_ = r.Stop(w.Context())
		half := agent.get(bulkPath(id)).ok()
		if n := half.number("done"); half.text("state") != "running" || n == 0 || n >= many {
			t.Fatalf("it is not in the middle: %s", half.raw)
		}
		w.advance(5 * time.Minute)
		t.Run("S4-18 a thousand tickets are shared by a job, each once, though it was killed", func(t *testing.T) {
			w := w.in(t)
			w.drain()
			done := agent.get(bulkPath(id)).ok()
			same(t, "progress", progress(done), []any{"done", many + 1, many - 1, 2})
			var want []string
			for _, n := range shared {
				want = append(want, fmt.Sprintf("%d Case %d cap", n, slices.Index(numbers, n)))
			}
			same(t, "failures", failures(done, "failures"), want)
			page := agent.get(bulkPath(id, "failures") + "?limit=1").ok()
			same(t, "page", failures(page, "items"), want[:1])
			same(t, "next page", failures(agent.get(bulkPath(id, "failures")+"?limit=1&cursor="+page.text("next")).ok(), "items"), want[1:])
			for _, n := range []int64{numbers[0], numbers[many/2], numbers[many-1], late} {
				same(t, fmt.Sprint(n), slices.Index(w.kinds("owner", n), "ticket.share.created") >= 0, true)
				if got := strings.Count(strings.Join(w.kinds("owner", n), " "), "ticket.share.created"); got != 1 {
					t.Errorf("%d was shared %d times", n, got)
				}
			}
		})
		t.Run("S4-18 one mail names the thousand", func(t *testing.T) {
			w := w.in(t)
			for _, who := range []string{"hr.agent", "hr.second"} {
				mails := w.mails(who)
				if len(mails) != 1 {
					t.Fatalf("%s has %d mails", who, len(mails))
				}
				for i, n := range append(slices.Clone(numbers), late) {
					if named := strings.Contains(mails[0].text, fmt.Sprintf("#%d:", n)); named == slices.Contains(shared, n) {
						t.Errorf("%s: ticket %d, the %dth, is named: %v", who, n, i, named)
					}
				}
				same(t, "count", w.as(who).get("/notifications?limit=1").ok().at("items.0.count"), many-1)
			}
			same(t, "mails", len(w.mails("")), 0)
		})
		if heard := told(stream.heard(), "bulk"); len(heard) < 2 {
			t.Errorf("the maker heard %v", heard)
		}
		t.Run("one that waits is cancelled", func(t *testing.T) {
			id := agent.post("/bulk", map[string]any{"tickets": numbers, "change": map[string]any{"priority": "low"}}).is(202).number("id")
			same(t, "cancelled", progress(agent.post(bulkPath(id, "cancel"), nil).is(200)), []any{"cancelled", many, 0, 0})
			w.drain()
			same(t, "after", progress(agent.get(bulkPath(id)).ok()), []any{"cancelled", many, 0, 0})
		})
	})
}

// TestBulkMaker: a job asks again who its maker is.
func TestBulkMaker(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		numbers := w.fileMany("accounts", "Plan", 120)
		agent, d := w.as("accounts.agent"), w.acme()
		share := terms(whom(w.agent("hr.agent")))
		ask := func() int64 {
			return agent.post("/bulk", map[string]any{"tickets": numbers, "share": share}).is(202).number("id")
		}
		listed := func() int64 {
			return agent.post("/bulk", map[string]any{"list": map[string]any{"q": "Plan"}, "share": share}).is(202).number("id")
		}
		named, byList := ask(), listed()
		w.as("owner").patch(w.person("accounts.agent"), map[string]any{"roles": []int64{d.roles["no share"]}}).ok()
		w.drain()
		for _, id := range []int64{named, byList} {
			a := agent.get(bulkPath(id)).ok()
			same(t, "without the role", append(progress(a), failures(a, "failures")[0]), []any{"done", 120, 0, 120, fmt.Sprintf("%d Plan 0 forbidden", numbers[0])})
		}
		same(t, "pages of failures", len(agent.get(bulkPath(named, "failures")+"?limit=200").ok().list("items")), 120)
		w.as("owner").patch(w.person("accounts.agent"), map[string]any{"roles": []int64{d.roles["agent"]}}).ok()
		named, byList = ask(), listed()
		w.as("owner").patch(w.person("accounts.agent"), map[string]any{"groups": []int64{}}).ok()
		w.drain()
		a := agent.get(bulkPath(named)).ok()
		same(t, "out of reach", append(progress(a), failures(a, "failures")[0]), []any{"done", 120, 0, 120, fmt.Sprintf("%d <nil> not_found", numbers[0])})
		same(t, "a list that is empty now", progress(agent.get(bulkPath(byList)).ok()), []any{"done", 0, 0, 0})
		same(t, "mails", len(w.mails("hr.agent")), 0)
		for range 10 {
			listedNone := agent.post("/bulk", map[string]any{"tickets": numbers, "share": share}).is(202)
			same(t, "waits", listedNone.text("state"), "waiting")
		}
		agent.post("/bulk", map[string]any{"tickets": numbers, "share": share}).refused(409, "").reason("cap")
	})
}

// TestBulkOutside: a requester hears of many tickets without the workspace's
// address.
func TestBulkOutside(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.set("sharing.agents_may_share_with_requesters", true)
		numbers := w.fileMany("accounts", "Plan", 3)
		w.mails("")
		target := whom(map[string]any{"kind": "requester", "id": w.id("staff.two")})
		w.as("owner").post("/bulk", map[string]any{"tickets": numbers, "share": terms(target)}).is(200)
		mails := w.mails("staff.two")
		if len(mails) != 1 || !strings.Contains(mails[0].text, "Plan 2") || strings.Contains(mails[0].text, "acme.localhost") || !strings.Contains(mails[0].text, "Company") {
			t.Errorf("mails: %+v", mails)
		}
		same(t, "line", w.as("staff.two").get("/notifications").ok().at("items.0.count"), 3)
		w.as("owner").post("/bulk", map[string]any{"tickets": numbers, "unshare": map[string]any{"targets": target}}).is(200)
		if mails = w.mails("staff.two"); len(mails) != 1 || strings.Contains(mails[0].text, "Plan") {
			t.Errorf("mails: %+v", mails)
		}
	})
}

// TestBulkChangeTold: what a bulk changes is told once to each person whom it
// concerns, of the tickets that they may hear of.
func TestBulkChangeTold(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		mine := w.fileMany("accounts", "Invoice", 5)
		hr := w.file("hr", "Salaries")
		for _, n := range mine[:3] {
			w.share(n, w.group("HR"))
		}
		w.as("owner").post(at(mine[3], "shares"), terms([]map[string]any{w.agent("hr.agent")}, "see_internal", false)).ok()
		w.as("owner").patch(at(mine[0]), map[string]any{"followers": []int64{w.id("accounts.second")}}).ok()
		w.as("owner").patch(at(hr), map[string]any{"assignee_id": w.id("hr.second")}).ok()
		w.mails("")
		body := map[string]any{"tickets": append(slices.Clone(mine), hr), "change": map[string]any{"priority": "high", "assignee_id": w.id("accounts.second"), "add_tags": []string{"audit"}}}
		before := w.fingerprint()
		a := w.as("accounts.agent").post("/bulk", body).is(200)
		same(t, "progress", progress(a), []any{"done", 6, 5, 1})
		again := w.fingerprint()
		t.Run("one mail to each", func(t *testing.T) {
			w := w.in(t)
			same(t, "changed", before != again, true)
			for who, want := range map[string][]int64{"accounts.second": mine, "hr.agent": mine[:3], "hr.second": mine[:3]} {
				mails := w.mails(who)
				if len(mails) != 1 {
					t.Fatalf("%s has %d mails: %+v", who, len(mails), mails)
				}
				m := mails[0]
				for _, n := range append(slices.Clone(mine), hr) {
					if named := strings.Contains(m.text, fmt.Sprintf("#%d:", n)); named != slices.Contains(want, n) {
						t.Errorf("%s hears of %d: %v\n%s", who, n, named, m.text)
					}
				}
				if !strings.Contains(m.subject, fmt.Sprint(len(want))) || !strings.Contains(m.text, "Priority: High") || strings.Contains(m.text, "audit") {
					t.Errorf("the mail is %s\n%s", m.subject, m.text)
				}
				line := w.as(who).get("/notifications?unread=true").ok()
				kind := map[bool]string{true: "assigned", false: "update"}[who == "accounts.second"]
				same(t, "line", []any{line.at("items.0.kind"), line.at("items.0.count")}, []any{kind, len(want)})
			}
			same(t, "mails to others", w.audience(), []string(nil))
		})
		t.Run("of one ticket alone the mail of a single act", func(t *testing.T) {
			w := w.in(t)
			w.as("accounts.agent").post("/bulk", map[string]any{"tickets": mine[4:], "change": map[string]any{"priority": "low"}}).is(200)
			mails := w.mails("")
			if len(mails) != 1 || !strings.Contains(mails[0].subject, fmt.Sprintf("#%d", mine[4])) {
				t.Errorf("mails: %+v", mails)
			}
		})
		t.Run("a share that ended tells nothing more of it", func(t *testing.T) {
			w := w.in(t)
			w.as("accounts.agent").post("/bulk", map[string]any{"tickets": mine[:3], "change": map[string]any{"status": "pending"}}).is(200)
			share := w.as("owner").get(at(mine[1], "shares")).ok().number("items.0.id")
			w.as("hr.agent").get(at(mine[1])).is(200)
			w.as("owner").delete(at(mine[1], "shares") + fmt.Sprintf("/%d", share)).ok()
			for _, m := range w.mails("hr.second") {
				if strings.Contains(m.subject, "changed") && strings.Contains(m.text, fmt.Sprintf("#%d:", mine[1])) {
					t.Errorf("hr.second hears of it: %s", m.text)
				}
			}
		})
	})
}
