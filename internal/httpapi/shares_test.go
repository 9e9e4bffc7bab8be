package httpapi_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// keeper makes an agent who keeps all shares and sees no ticket.
func (w *world) keeper() *client {
	w.Helper()
	w.addAgent("acme", worldAgent{name: "keeper", role: "agent", scope: "restricted"})
	role := w.role("Keeper", "shares.manage")
	w.as("owner").patch(w.person("keeper"), map[string]any{"roles": []int64{role}}).is(200)
	return w.as("keeper")
}

// lines gives target and state of each line of the list of all shares.
func lines(a *answer) []string {
	a.Helper()
	out := []string{}
	for i := range a.ok().list("items") {
		at := fmt.Sprintf("items.%d.", i)
		out = append(out, a.text(at+"target.name")+" "+a.text(at+"state"))
	}
	return out
}

func TestAllShares(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		keeper := w.keeper()
		one, two := w.file("accounts", "Salaries one"), w.file("hr", "Salaries two")
		owner := w.as("owner")
		owner.post(at(one, "shares"), terms(whom(w.agent("hr.agent")), "reason", "about the salaries")).ok()
		owner.post(at(one, "shares"), terms(whom(w.group("HR")), "expires_at", w.from(time.Hour))).ok()
		ended := owner.post(at(two, "shares"), terms(whom(w.agent("hr.agent")))).ok().number("items.0.id")
		owner.delete(at(two, "shares", fmt.Sprint(ended))).ok()
		w.as("hr.agent").post(at(two, "shares"), terms(whom(w.agent("support.agent")))).ok()
		w.advance(2 * time.Hour)
		all := []string{"Support Agent live", "Hr Agent ended", "HR expired", "Hr Agent live"}
		t.Run("every share is listed, newest first", func(t *testing.T) {
			w := w.in(t)
			a := keeper.get("/shares")
			same(t, "lines", lines(a), all)
			var paged []string
			for path, i := "/shares?limit=1", 0; i < 10; i++ {
				page := keeper.get(path)
				paged = append(paged, lines(page)...)
				if page.at("next") == nil {
					break
				}
				path = "/shares?limit=1&cursor=" + page.text("next")
			}
			same(t, "pages", paged, all)
			same(t, "owner", lines(w.as("owner").get("/shares")), all)
			same(t, "globex", lines(w.as("globex/owner").get("/shares")), []string{})
		})
		t.Run("a line tells of a ticket no more than its reader may open", func(t *testing.T) {
			w := w.in(t)
			if raw := keeper.get("/shares").ok().raw; strings.Contains(raw, "alaries") {
				t.Errorf("it tells too much: %s", raw)
			}
			a := keeper.get("/shares").ok()
			same(t, "ticket", []any{a.at("items.3.ticket.visible"), a.at("items.3.ticket.number"), a.at("items.3.reason")}, []any{false, nil, ""})
			b := owner.get("/shares").ok()
			same(t, "ticket", []any{b.at("items.3.ticket.visible"), b.at("items.3.ticket.number"), b.at("items.3.ticket.subject"), b.at("items.3.reason")},
				[]any{true, one, "Salaries one", "about the salaries"})
			w.as("hr.agent").get("/shares").refused(403, "")
			w.as("staff.one").get("/shares").refused(403, "")
		})
		t.Run("it is narrowed", func(t *testing.T) {
			w := w.in(t)
			for query, want := range map[string][]int{
				"state=live": {0, 3}, "state=expired": {2}, "state=ended": {1}, "q=supp": {0}, "q=h": {1, 2, 3}, "q=nobody": {},
				fmt.Sprintf("target_kind=agent&target_id=%d", w.id("hr.agent")):        {1, 3},
				fmt.Sprintf("target_kind=group&target_id=%d", w.acme().groups["HR"]):   {2},
				fmt.Sprintf("target_kind=agent&target_id=%d&q=supp", w.id("hr.agent")): {},
				"target_kind=group":                                 {2},
				fmt.Sprintf("created_by=%d", w.id("hr.agent")):      {0},
				fmt.Sprintf("created_by=%d&q=hr", w.id("hr.agent")): {},
				"cause=bulk":                     {},
				"cause=person":                   {0, 1, 2, 3},
				"expires_before=" + w.from(0):    {2},
				"since=" + w.from(0):             {},
				"since=" + w.from(-3*time.Hour):  {0, 1, 2, 3},
				"before=" + w.from(-3*time.Hour): {},
				"state=live&target_kind=agent&before=" + w.from(time.Hour): {0, 3},
			} {
				var lineWant []string
				for _, i := range want {
					lineWant = append(lineWant, all[i])
				}
				same(t, query, lines(keeper.get("/shares?"+query)), lineWant)
			}
			keeper.get("/shares?target_id=1").refused(422, "target_kind")
			keeper.get("/shares?state=dead").refused(422, "state")
			keeper.get("/shares?cursor=x").refused(422, "cursor")
		})
	})
}

func TestRevokeShares(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		keeper := w.keeper()
		var mine []int64
		for _, n := range w.fileMany("accounts", "Secret", 5) {
			w.share(n, w.agent("hr.agent"), w.group("Legal"))
			mine = append(mine, n)
		}
		other := w.share(mine[0], w.agent("support.agent")).number("items.0.id")
		w.mails("")
		filter := map[string]any{"target_kind": "agent", "target_id": w.id("hr.agent")}
		t.Run("nobody else revokes", func(t *testing.T) {
			w := w.in(t)
			w.as("accounts.agent").post("/shares/revoke", map[string]any{"filter": filter}).refused(403, "")
			keeper.post("/shares/revoke", map[string]any{}).refused(422, "ids")
			keeper.post("/shares/revoke", map[string]any{"filter": map[string]any{}}).refused(422, "filter")
			keeper.post("/shares/revoke", map[string]any{"filter": map[string]any{"state": "live"}}).refused(422, "filter")
			keeper.post("/shares/revoke", map[string]any{"filter": map[string]any{"target_id": 1}}).refused(422, "filter.target_kind")
			keeper.post("/shares/revoke", map[string]any{"filter": map[string]any{"target_kind": "agent", "target_id": nil}}).refused(422, "filter.target_id")
			keeper.post("/shares/revoke", map[string]any{"filter": map[string]any{"state": "ended", "cause": "bulk"}}).refused(422, "filter.state")
		})
		t.Run("all shares with somebody are ended, also of tickets that one cannot open", func(t *testing.T) {
			w := w.in(t)
			before := w.fingerprint()
			p := keeper.post("/shares/revoke", map[string]any{"filter": filter, "preview": true}).is(200)
			same(t, "preview", []any{p.at("count"), p.at("allowed"), len(p.list("refused"))}, []any{5, 5, 0})
			same(t, "changed by a preview", w.fingerprint() != before, false)
			a := keeper.post("/shares/revoke", map[string]any{"filter": filter}).is(200)
			same(t, "progress", append(progress(a), a.at("action"), len(a.list("changed"))), []any{"done", 5, 5, 0, "revoke", 0})
			for _, n := range mine {
				if w.sees("hr.agent", n) {
					t.Errorf("hr.agent still sees %d", n)
				}
				same(t, "history", slices.Contains(w.kinds("owner", n), "ticket.share.revoked"), true)
				same(t, "others stay", len(w.as("owner").get(at(n, "shares")).ok().list("items")) > 0, true)
			}
			mails := w.mails("hr.agent")
			if len(mails) != 1 || strings.Contains(mails[0].text, "Secret") || !strings.Contains(mails[0].text, fmt.Sprintf("#%d, #%d", mine[0], mine[1])) {
				t.Errorf("mails: %+v", mails)
			}
			log := w.as("owner").get("/audit?limit=1").ok()
			same(t, "log", []any{log.at("items.0.action"), log.at("items.0.actor_id"), log.at("items.0.object.id")}, []any{"shares.revoked", w.id("keeper"), a.number("id")})
			same(t, "shares", lines(keeper.get("/shares?state=live&target_kind=agent")), []string{"Support Agent live"})
		})
		t.Run("single ones, and one that is not there", func(t *testing.T) {
			w := w.in(t)
			theirs := w.as("globex/owner")
			n := theirs.post("/tickets", map[string]any{"subject": "x", "text": "x", "inbox_id": w.desks["globex"].inboxes["hr"]}).ok().number("number")
			foreign := theirs.post(at(n, "shares"), terms(whom(map[string]any{"kind": "agent", "id": w.id("globex/support.agent")}))).ok().number("items.0.id")
			a := keeper.post("/shares/revoke", map[string]any{"ids": []int64{other, foreign, 999999}}).is(200)
			same(t, "progress", progress(a), []any{"done", 3, 1, 2})
			same(t, "failure", []any{a.at("failures.0.share"), a.at("failures.0.number"), a.at("failures.0.code")}, []any{foreign, nil, "not_found"})
			same(t, "globex", len(theirs.get(at(n, "shares")).ok().list("items")), 1)
			again := keeper.post("/shares/revoke", map[string]any{"ids": []int64{other}}).is(200)
			same(t, "again", progress(again), []any{"done", 1, 1, 0})
		})
	})
}

// TestBulkLetters: a letter about many tickets names what its reader can open
// when it is written, and nothing that has been taken back.
func TestBulkLetters(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		numbers := w.fileMany("accounts", "Letter", 4)
		owner := w.as("owner")
		w.mails("")
		owner.post("/bulk", map[string]any{"tickets": numbers, "share": terms(whom(w.agent("hr.agent"), w.group("HR")))}).is(200)
		taken := owner.get(at(numbers[0], "shares")).ok()
		for i := range taken.list("items") {
			owner.delete(at(numbers[0], "shares", fmt.Sprint(taken.number(fmt.Sprintf("items.%d.id", i))))).ok()
		}
		owner.post(at(numbers[1], "spam"), nil).ok()
		w.must(w.app.SetOwnNotices(w.Context(), w.viewer("hr.second"), map[dm.NoticeKind]bool{dm.NoticeShared: false}))
		many := 0
		for _, m := range w.mails("hr.agent") {
			if !strings.Contains(m.subject, "tickets") {
				continue // of the share that was taken back
			}
			many++
			for i, n := range numbers {
				if got := strings.Contains(m.text, fmt.Sprintf("#%d:", n)) || strings.Contains(m.raw, fmt.Sprintf("Letter %d", i)); got != (i > 1) {
					t.Errorf("the letter names ticket %d: %v\n%s", i, got, m.text)
				}
			}
			if strings.Contains(m.raw, "Reply-To") {
				t.Errorf("an answer to many tickets has nowhere to go: %s", m.raw)
			}
		}
		same(t, "letters", many, 1)
		for _, m := range w.mails("hr.second") {
			if strings.Contains(m.subject, "tickets") {
				t.Errorf("somebody who wants no mail about shares gets %s", m.subject)
			}
		}
	})
}

// TestBulkBroken: one ticket that breaks its transaction stops no other, and is
// named.
func TestBulkBroken(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		numbers := w.fileMany("accounts", "Case", 60)
		bad := numbers[30]
		if w.db.Engine() == "sqlite" {
			w.exec(fmt.Sprintf(`CREATE TRIGGER broken BEFORE INSERT ON shares WHEN NEW.ticket_id = (SELECT id FROM tickets WHERE account_id = %d AND number = %d)
BEGIN SELECT RAISE(ABORT, 'broken'); END`, w.acme().id, bad))
		} else {
			w.exec(fmt.Sprintf(`CREATE FUNCTION broken() RETURNS trigger AS $$ BEGIN
IF NEW.ticket_id = (SELECT id FROM tickets WHERE account_id = %d AND number = %d) THEN RAISE EXCEPTION 'broken'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql`, w.acme().id, bad))
			w.exec(`CREATE TRIGGER broken BEFORE INSERT ON shares FOR EACH ROW EXECUTE FUNCTION broken()`)
		}
		a := w.as("owner").post("/bulk", map[string]any{"tickets": numbers, "share": terms(whom(w.agent("hr.agent")))}).is(200)
		same(t, "progress", progress(a), []any{"done", 60, 59, 1})
		same(t, "failures", failures(a, "failures"), []string{fmt.Sprintf("%d Case 30 internal", bad)})
		for i, n := range numbers {
			if w.sees("hr.agent", n) != (i != 30) {
				t.Errorf("ticket %d", i)
			}
		}
	})
}

// exec changes the database behind the program's back.
func (w *world) exec(statement string) {
	w.Helper()
	driver, dsn := "pgx", w.dsn
	if path, ok := strings.CutPrefix(w.dsn, "sqlite:"); ok {
		driver, dsn = "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, dsn)
	w.must(err)
	defer db.Close()
	_, err = db.ExecContext(w.Context(), statement)
	w.must(err)
}
