package httpapi_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/store"
)

// undoable says whether a bulk can be undone now.
func undoable(a *answer) bool { return a.at("undo_until") != nil }

func TestBulkMore(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		agent := w.as("accounts.agent")
		bulk := func(numbers []int64, work map[string]any) *answer {
			t.Helper()
			body := map[string]any{"tickets": numbers}
			for k, v := range work {
				body[k] = v
			}
			return agent.post("/bulk", body).is(200)
		}
		undo := func(a *answer) *answer { return agent.post(bulkPath(a.number("id"), "undo"), nil) }
		t.Run("a reply to each, filled in, in its own mail", func(t *testing.T) {
			w := w.in(t)
			numbers := w.fileMany("accounts", "Outage", 3)
			agent.put(at(numbers[0], "draft"), map[string]any{"kind": "reply", "text": "half a", "html": "<p>half a</p>"}).ok()
			w.mails("")
			a := bulk(numbers, map[string]any{"message": map[string]any{"kind": "reply", "html": "<p>{{requester.first_name}}: #{{ticket.number}} is solved<script>x</script></p>", "status": "solved"}})
			same(t, "progress", append(progress(a), a.at("action"), a.at("sent"), undoable(a)), []any{"done", 3, 3, 0, "message", true, true})
			mails := w.mails("staff.one")
			same(t, "mails", len(mails), 3)
			for _, n := range numbers {
				if !slices.ContainsFunc(mails, func(m sentMail) bool { return strings.Contains(m.text, fmt.Sprintf("Staff: #%d is solved", n)) }) {
					t.Errorf("no mail is about %d", n)
				}
				same(t, "status", agent.get(at(n)).ok().at("status"), "solved")
			}
			same(t, "the draft stays", agent.get(at(numbers[0], "draft")).ok().text("text"), "half a")
			same(t, "undone", progress(undo(a).is(200)), []any{"done", 3, 3, 0})
			same(t, "status again", agent.get(at(numbers[1])).ok().at("status"), "new")
			same(t, "what was sent stays", len(agent.get(at(numbers[1], "messages")).ok().list("items")), 2)
			n := bulk(numbers, map[string]any{"message": map[string]any{"kind": "note", "html": "x"}})
			same(t, "a note alone is not undone", undoable(n), false)
			undo(n).refused(409, "").reason("nothing")
			for field, message := range map[string]map[string]any{"message.html": {"kind": "reply", "html": "{{x}}"}, "message.kind": {"kind": "mail", "html": "x"}, "message.status": {"kind": "note", "html": "x", "status": "gone"}} {
				agent.post("/bulk", map[string]any{"tickets": numbers, "message": message}).refused(422, field)
			}
		})
		t.Run("spam, trash and back", func(t *testing.T) {
			w := w.in(t)
			numbers := w.fileMany("accounts", "Junk", 2)
			same(t, "spam", progress(bulk(numbers, map[string]any{"move": "spam"})), []any{"done", 2, 2, 0})
			same(t, "is spam", agent.get(at(numbers[0])).ok().at("spam"), true)
			same(t, "not spam", progress(bulk(numbers, map[string]any{"move": "not_spam"})), []any{"done", 2, 2, 0})
			agent.post("/bulk", map[string]any{"tickets": numbers, "move": "delete"}).is(403)
			owner := w.as("owner")
			a := owner.post("/bulk", map[string]any{"tickets": numbers, "move": "delete"}).is(200)
			same(t, "deleted", progress(a), []any{"done", 2, 2, 0})
			same(t, "in the trash", owner.get("/tickets?view=deleted").ok().numbers(), []int64{numbers[1], numbers[0]})
			same(t, "undone", progress(owner.post(bulkPath(a.number("id"), "undo"), nil).is(200)), []any{"done", 2, 2, 0})
			same(t, "the trash", owner.get("/tickets?view=deleted").ok().numbers(), []int64{})
			agent.get(at(numbers[0])).is(200)
			agent.post("/bulk", map[string]any{"tickets": numbers, "move": "burn"}).refused(422, "move")
			agent.post("/bulk", map[string]any{"tickets": numbers, "move": "spam", "change": map[string]any{"priority": "low"}}).refused(422, "share")
		})
		t.Run("S4-19 the bulk editor shares by a macro, too", func(t *testing.T) {
			w := w.in(t)
			numbers := append(w.fileMany("accounts", "Merger", 3), w.file("hr", "Foreign"))
			m := w.macro("accounts.agent", "Legal please", act{"do": "share", "targets": []act{w.group("HR")}}, act{"do": "set", "field": "priority", "value": "high"})
			p := agent.post("/bulk", map[string]any{"tickets": numbers, "macro_id": m, "preview": true}).is(200)
			same(t, "preview", []any{p.at("count"), p.at("allowed"), p.at("people")}, []any{4, 3, 2})
			a := bulk(numbers, map[string]any{"macro_id": m})
			same(t, "progress", append(progress(a), a.at("action")), []any{"done", 4, 3, 1, "macro"})
			same(t, "failures", failures(a, "failures"), []string{fmt.Sprintf("%d <nil> not_found", numbers[3])})
			same(t, "hr.agent sees", w.sees("hr.agent", numbers[1]), true)
			same(t, "mails", len(w.mails("hr.agent")), 1)
			same(t, "undone", progress(undo(a).is(200)), []any{"done", 3, 3, 0})
			same(t, "hr.agent sees again", w.sees("hr.agent", numbers[1]), false)
			w.as("accounts.second").post("/bulk", map[string]any{"tickets": numbers, "macro_id": m}).refused(422, "macro_id")
		})
		t.Run("undo puts back what nobody changed since", func(t *testing.T) {
			w := w.in(t)
			numbers := w.fileMany("accounts", "Case", 4)
			w.share(numbers[0], w.agent("hr.agent"))
			own := w.as("owner").post("/ticket-fields", map[string]any{"name": "Cause", "kind": "text"}).is(201).number("id")
			agent.patch(at(numbers[0]), map[string]any{"tags": []string{"old", "kept"}}).ok()
			before := agent.get(at(numbers[0])).ok()
			a := bulk(numbers, map[string]any{"change": map[string]any{"priority": "urgent", "status": "pending", "assignee_id": w.id("accounts.second"), "add_tags": []string{"new"}, "remove_tags": []string{"old"},
				"fields": map[string]any{fmt.Sprint(own): "wire"}}})
			ended := bulk(numbers[:1], map[string]any{"unshare": map[string]any{"targets": whom(w.agent("hr.agent"))}})
			same(t, "ended", w.sees("hr.agent", numbers[0]), false)
			w.as("accounts.second").patch(at(numbers[1]), map[string]any{"priority": "low"}).ok()
			w.as("owner").patch(at(numbers[2]), map[string]any{"group_id": w.acme().groups["HR"], "assignee_id": nil, "inbox_id": w.acme().inboxes["hr"]}).ok()
			u := undo(a).is(200)
			same(t, "progress", append(progress(u), u.at("action")), []any{"done", 4, 2, 2, "undo"})
			same(t, "failures", failures(u, "failures"), []string{fmt.Sprintf("%d Case 1 changed_since", numbers[1]), fmt.Sprintf("%d <nil> not_found", numbers[2])})
			after := agent.get(at(numbers[0])).ok()
			for _, key := range []string{"priority", "status", "assignee", "tags", "fields"} {
				same(t, key, fmt.Sprint(after.at(key)), fmt.Sprint(before.at(key)))
			}
			same(t, "changed since stays", agent.get(at(numbers[1])).ok().at("status"), "pending")
			same(t, "shared again", progress(undo(ended).is(200)), []any{"done", 1, 1, 0})
			same(t, "hr.agent sees", w.sees("hr.agent", numbers[0]), true)
			same(t, "an undo is not undone", undoable(u), false)
			undo(u).refused(409, "").reason("nothing")
			shown := agent.get(bulkPath(a.number("id"))).ok()
			same(t, "undone by", []any{shown.number("undone_by"), undoable(shown)}, []any{u.number("id"), false})
			late := bulk(numbers[:1], map[string]any{"change": map[string]any{"priority": "high"}})
			w.advance(11 * time.Minute)
			undo(late).refused(409, "").reason("too_late")
		})
	})
}

// TestBulkPause: a job rests where it is and goes on, and each ticket is changed
// once.
func TestBulkPause(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		const many = 260
		numbers := w.fileMany("accounts", "Row", many)
		agent := w.as("global.agent")
		id := agent.post("/bulk", map[string]any{"list": map[string]any{"view": "all", "filter": cond("subject", "contains", "Row")}, "change": map[string]any{"add_tags": []string{"x"}}}).is(202).number("id")
		same(t, "waits", progress(agent.post(bulkPath(id, "pause"), nil).is(200)), []any{"paused", many, 0, 0})
		w.drain()
		same(t, "rests", progress(agent.get(bulkPath(id)).ok()), []any{"paused", many, 0, 0})
		agent.post(bulkPath(id, "undo"), nil).refused(409, "").reason("running")
		agent.post(bulkPath(id, "resume"), nil).is(200)

		// It is paused again in the middle, by the first word of progress.
		ctx, kill := context.WithCancel(w.Context())
		defer kill()
		var batches atomic.Int32
		stop := w.db.OnPokes(func(list []store.Poke) {
			if slices.ContainsFunc(list, func(p store.Poke) bool { return p.Kind == store.PokeBulk }) && batches.Add(1) == 3 {
				kill()
			}
		})
		r := &jobs.Runner{DB: w.db, Workers: 1}
		w.app.Jobs(r)
		w.must(r.Start(ctx))
		<-ctx.Done()
		stop()
		_ = r.Stop(w.Context())
		half := agent.post(bulkPath(id, "pause"), nil).is(200)
		if n := half.number("done"); half.text("state") != "paused" || n == 0 || n >= many {
			t.Fatalf("it is not in the middle: %s", half.raw)
		}
		w.advance(5 * time.Minute)
		w.drain()
		same(t, "rests in the middle", agent.get(bulkPath(id)).ok().number("done"), half.number("done"))
		agent.post(bulkPath(id, "resume"), nil).is(200)
		w.drain()
		done := agent.get(bulkPath(id)).ok()
		same(t, "progress", progress(done), []any{"done", many, many, 0})
		for _, n := range []int64{numbers[0], numbers[many/2], numbers[many-1]} {
			same(t, fmt.Sprint(n), strings.Count(strings.Join(w.kinds("owner", n), " "), "ticket.updated"), 1)
		}
		agent.post(bulkPath(id, "pause"), nil).refused(409, "").reason("done")
		agent.post(bulkPath(id, "resume"), nil).refused(409, "").reason("done")
		w.as("owner").post(bulkPath(id, "pause"), nil).is(404)
		w.as("owner").post(bulkPath(id, "resume"), nil).is(404)
		undo := agent.post(bulkPath(id, "undo"), nil).is(202).number("id")
		w.drain()
		same(t, "undone by a job", progress(agent.get(bulkPath(undo)).ok()), []any{"done", many, many, 0})
		same(t, "tags", agent.get(at(numbers[7])).ok().at("tags"), "[]")
	})
}
