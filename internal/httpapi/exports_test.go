package httpapi_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/blob"
)

// mayExport gives somebody the permission to export.
func (w *world) mayExport(who string) {
	w.Helper()
	w.give(who, dm.TicketsExport)
}

// give gives somebody a permission, beside those of the roles they have.
func (w *world) give(who string, permission dm.Permission) {
	w.Helper()
	desk, _ := w.split(who)
	v, name := w.system(slugOf(who)), string(permission)
	if desk.roles[name] == 0 {
		id, err := w.app.CreateRole(w.Context(), v, app.RolePatch{Name: &name, Permissions: &[]dm.Permission{permission}})
		w.must(err)
		desk.roles[name] = id
	}
	p, err := w.app.Person(w.Context(), v, w.id(who))
	w.must(err)
	roles := append(slices.Clone(p.Roles), desk.roles[name])
	w.must(w.app.UpdatePerson(w.Context(), v, w.id(who), app.PersonPatch{Roles: &roles}))
}

func slugOf(who string) string {
	if slug, _, ok := strings.Cut(who, "/"); ok {
		return slug
	}
	return "acme"
}

// export has a list written and gives the export's path.
func (w *world) export(who string, body map[string]any) string {
	w.Helper()
	id := w.as(who).post("/exports", body).is(202).number("id")
	w.drain()
	path := fmt.Sprintf("/exports/%d", id)
	if a := w.as(who).get(path).ok(); a.text("state") != "done" {
		w.Fatalf("the export is not done: %s", a.raw)
	}
	return path
}

// table gives the lines of an export's file without the first.
func (w *world) table(who, path string) [][]string {
	w.Helper()
	lines, err := csv.NewReader(strings.NewReader(w.as(who).get(path + "/file").ok().raw)).ReadAll()
	w.must(err)
	if len(lines) == 0 {
		w.Fatal("a file without its first line")
	}
	return lines[1:]
}

// exported gives the numbers in a file, whose first column they are.
func (w *world) exported(who, path string) []int64 {
	w.Helper()
	numbers := []int64{}
	for _, line := range w.table(who, path) {
		n, err := strconv.ParseInt(line[0], 10, 64)
		w.must(err)
		numbers = append(numbers, n)
	}
	return numbers
}

// kept counts the files of the blob store.
func (w *world) kept() int {
	w.Helper()
	n := 0
	w.must(w.app.Blobs.Walk(w.Context(), func(string, int64, time.Time) error { n++; return nil }))
	return n
}

func TestExport(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		field := owner.post("/ticket-fields", map[string]any{"name": "=Colour", "kind": "text"}).ok().number("id")
		a := w.file("accounts", `=HYPERLINK("http://evil.example","click")`, map[string]any{"tags": []string{"b", "a"}})
		b := w.file("hr", "Größe, \"mit\" Komma", map[string]any{"priority": "urgent"})
		owner.patch(at(a), map[string]any{"fields": map[string]any{fmt.Sprint(field): "+49 30"}}).ok()
		columns := []string{"number", "subject", "status", "priority", "inbox", "requester_address", "tags", "created_at", "solved_at", fmt.Sprintf("field:%d", field)}
		asked := owner.post("/exports", map[string]any{"view": "all", "sort": "number", "columns": columns}).is(202)
		path := fmt.Sprintf("/exports/%d", asked.number("id"))
		t.Run("it is written by a job", func(t *testing.T) {
			same(t, "state", []any{asked.text("state"), asked.number("rows"), asked.at("finished_at")}, []any{"waiting", 0, nil})
			owner.get(path+"/file").refused(409, "").reason("not_ready")
			w.drain()
			done := owner.get(path).ok()
			same(t, "state", []any{done.text("state"), done.number("rows"), done.at("cut_off"), done.text("view")}, []any{"done", 2, false, "all"})
		})
		t.Run("it is CSV that no spreadsheet calculates with", func(t *testing.T) {
			file := owner.get(path + "/file").is(200)
			created := w.clock.now().Format("2006-01-02T15:04")
			lines := strings.Split(file.raw, "\r\n")
			same(t, "first line", lines[0], "number,subject,status,priority,inbox,requester_address,tags,created_at,solved_at,'=Colour")
			if !strings.HasPrefix(lines[1], fmt.Sprintf(`%d,"'=HYPERLINK(""http://evil.example"",""click"")",new,normal,Accounts,staff.one@acme.example,"a, b",`, a)) || !strings.HasSuffix(lines[1], ",,'+49 30") {
				t.Errorf("second line: %s", lines[1])
			}
			if !strings.HasPrefix(lines[2], fmt.Sprintf("%d,\"Größe, \"\"mit\"\" Komma\",new,urgent,HR,", b)) || !strings.Contains(lines[2], created[:10]+"T") {
				t.Errorf("third line: %s", lines[2])
			}
			for name, want := range map[string]string{"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff", "Content-Type": "text/csv; charset=utf-8; header=present"} {
				same(t, name, file.header.Get(name), want)
			}
			if !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") {
				t.Error("the file is not an attachment")
			}
		})
		t.Run("a byte order mark where it is asked for", func(t *testing.T) {
			marked := w.export("owner", map[string]any{"bom": true, "columns": []string{"number"}, "sort": "number"})
			same(t, "file", owner.get(marked+"/file").ok().raw, fmt.Sprintf("\ufeffnumber\r\n%d\r\n%d\r\n", a, b))
		})
		t.Run("a filter, a view and a search", func(t *testing.T) {
			urgent := map[string]any{"field": "priority", "op": "is", "value": "urgent"}
			same(t, "filter", w.exported("owner", w.export("owner", map[string]any{"filter": urgent})), []int64{b})
			view := owner.post("/views", map[string]any{"name": "Urgent", "filter": urgent, "columns": []string{"number", "tags"}}).ok().text("key")
			mine := w.export("owner", map[string]any{"view": view})
			same(t, "view", w.table("owner", mine), [][]string{{fmt.Sprint(b), ""}})
			same(t, "search", w.exported("owner", w.export("owner", map[string]any{"q": "größe"})), []int64{b})
		})
		t.Run("what no list can be is refused at once", func(t *testing.T) {
			for field, body := range map[string]map[string]any{
				"view":       {"view": "nothing"},
				"state":      {"state": "lost"},
				"sort":       {"sort": "taste"},
				"filter":     {"filter": map[string]any{"field": "inbox", "op": "is", "value": 999999}},
				"columns[1]": {"columns": []string{"number", "text"}},
			} {
				owner.post("/exports", body).refused(422, field)
			}
			owner.post("/exports", map[string]any{"q": "x", "sort": "created"}).refused(422, "sort")
		})
		t.Run("it is its owner's alone", func(t *testing.T) {
			for _, who := range []string{"admin", "globex/owner"} {
				c := w.as(who)
				for _, a := range []*answer{c.get(path), c.get(path + "/file"), c.delete(path)} {
					a.refused(404, "")
				}
				same(t, "list of "+who, len(c.get("/exports").ok().list("items")), 0)
			}
		})
		t.Run("it needs tickets.export", func(t *testing.T) {
			c := w.as("accounts.agent")
			for _, a := range []*answer{c.post("/exports", map[string]any{}), c.get("/exports"), c.get(path), c.get(path + "/file"), c.delete(path), w.as("staff.one").get("/exports")} {
				a.refused(403, "")
			}
		})
		t.Run("a token fetches what it asked for itself", func(t *testing.T) {
			token := func(scopes ...string) *client {
				return w.nobody().with("Authorization", "Bearer "+w.newToken(w.viewer("owner"), scopes))
			}
			token().get("/exports").refused(403, "")
			one, two := token("tickets.export"), token("tickets.export")
			one.get(path+"/file").refused(404, "")
			own := fmt.Sprintf("/exports/%d", one.post("/exports", map[string]any{"columns": []string{"number"}}).is(202).number("id"))
			w.drain()
			one.get(own + "/file").is(200)
			two.get(own+"/file").refused(404, "")
			owner.get(own + "/file").is(200)
		})
		t.Run("it can be deleted", func(t *testing.T) {
			before := w.kept()
			owner.delete(path).is(204)
			owner.get(path+"/file").refused(404, "")
			same(t, "files", w.kept(), before-1)
		})
		t.Run("the log tells of it", func(t *testing.T) {
			same(t, "log", strings.Contains(owner.get("/audit?limit=200").ok().raw, "export.created"), true)
		})
	})
}

// A line leaves the file when its ticket is no longer open to the reader:
// nothing that was taken away is handed out on any address.
func TestExportAfterRevocation(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.mayExport("hr.agent")
		w.mayExport("accounts.agent")
		owner := w.as("owner")
		shared, expiring, grouped := w.file("accounts", "Shared"), w.file("accounts", "Expiring"), w.file("accounts", "Grouped")
		id := w.share(shared, w.agent("hr.agent")).number("items.0.id")
		owner.post(at(expiring, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "expires_at", w.clock.now().Add(time.Hour).Format(time.RFC3339))).ok()
		w.share(grouped, w.group("HR"))
		me := w.export("hr.agent", map[string]any{"view": "shared-with-me"})
		groups := w.export("hr.agent", map[string]any{"view": "shared-with-my-groups"})
		reach := w.export("accounts.agent", map[string]any{"view": "all"})
		t.Run("S0-37 an export of all tickets has none of what one has only through a share", func(t *testing.T) {
			same(t, "all", w.exported("hr.agent", w.export("hr.agent", map[string]any{"view": "all"})), []int64{})
		})
		same(t, "me", sorted(w.exported("hr.agent", me)), []int64{shared, expiring})
		same(t, "groups", w.exported("hr.agent", groups), []int64{grouped})
		same(t, "reach", len(w.exported("accounts.agent", reach)), 3)
		owner.delete(at(shared, "shares", fmt.Sprint(id))).ok()
		same(t, "a share taken back", w.exported("hr.agent", me), []int64{expiring})
		w.advance(2 * time.Hour)
		same(t, "a share that ran out", w.exported("hr.agent", me), []int64{})
		w.set("sharing.on_disable", "suspend")
		w.set("sharing.enabled", false)
		same(t, "sharing switched off", w.exported("hr.agent", groups), []int64{})
		w.set("sharing.enabled", true)
		w.must(w.app.UpdatePerson(t.Context(), w.system("acme"), w.id("hr.agent"), app.PersonPatch{Groups: &[]int64{}}))
		same(t, "out of the group", w.exported("hr.agent", groups), []int64{})
		owner.patch(at(shared), map[string]any{"inbox_id": w.acme().inboxes["hr"]}).ok()
		owner.delete(at(expiring)).ok()
		same(t, "moved and deleted", w.exported("accounts.agent", reach), []int64{grouped})
	})
}

// whileReading does something once, after the first bytes of a file were read.
type whileReading struct {
	blob.Store
	do func()
}

func (s *whileReading) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, string, error) {
	return s.Store.Put(ctx, &interrupted{Reader: r, do: s.do}, limit)
}

type interrupted struct {
	io.Reader
	do func()
}

func (i *interrupted) Read(p []byte) (int, error) {
	n, err := i.Reader.Read(p[:min(len(p), 200)])
	if i.do != nil {
		i.do()
		i.do = nil
	}
	return n, err
}

func TestExportWhileItIsWritten(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.mayExport("accounts.agent")
		const many = 205 // more than a page
		var last int64
		for i := range many {
			last = w.file("accounts", fmt.Sprintf("Ticket %d", i))
		}
		folder := w.app.Blobs
		asked := func(sort string, do func()) string {
			w.app.Blobs = &whileReading{folder, do}
			defer func() { w.app.Blobs = folder }()
			id := w.as("accounts.agent").post("/exports", map[string]any{"view": "all", "sort": sort, "columns": []string{"number", "subject"}}).is(202).number("id")
			w.drain()
			return fmt.Sprintf("/exports/%d", id)
		}
		agent := w.as("accounts.agent")
		t.Run("a ticket that changes meanwhile is there, and once", func(t *testing.T) {
			path := asked("-updated", func() { w.as("owner").patch(at(last-many+1), map[string]any{"priority": "high"}).ok() })
			numbers := sorted(w.exported("accounts.agent", path))
			same(t, "tickets", []int{len(numbers), len(slices.Compact(numbers))}, []int{many, many})
		})
		t.Run("rows after a revocation are not written", func(t *testing.T) {
			path := asked("-number", func() {
				w.as("owner").patch(at(last-many+1), map[string]any{"inbox_id": w.acme().inboxes["hr"]}).ok()
			})
			same(t, "rows", agent.get(path).ok().number("rows"), int64(many-1))
		})
		t.Run("who may not export any more gets no file", func(t *testing.T) {
			p, err := w.app.Person(t.Context(), w.system("acme"), w.id("accounts.agent"))
			w.must(err)
			files := w.kept()
			path := asked("number", func() {
				w.must(w.app.UpdatePerson(t.Context(), w.system("acme"), p.ID, app.PersonPatch{Roles: &[]int64{w.acme().roles["agent"]}}))
			})
			agent.get(path+"/file").refused(403, "")
			w.must(w.app.UpdatePerson(t.Context(), w.system("acme"), p.ID, app.PersonPatch{Roles: &p.Roles}))
			a := agent.get(path).ok()
			same(t, "state", a.text("state"), "failed")
			agent.get(path+"/file").refused(409, "").reason("failed")
			same(t, "files", w.kept(), files)
		})
	})
}

func TestExportEnds(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.file("accounts", "One")
		for _, who := range []string{"accounts.agent", "accounts.second", "hr.agent"} {
			w.mayExport(who)
		}
		var paths []string
		for _, who := range []string{"accounts.agent", "accounts.second", "hr.agent"} {
			paths = append(paths, w.export(who, map[string]any{}))
		}
		same(t, "files", w.kept(), 3)
		sweep := func() { w.Helper(); w.must(w.app.SweepOld(t.Context())) }
		t.Run("with its owner", func(t *testing.T) {
			w.must(w.app.DeactivatePerson(t.Context(), w.system("acme"), w.id("accounts.agent")))
			w.as("accounts.agent").get(paths[0]+"/file").refused(401, "")
			sweep()
			same(t, "files", w.kept(), 2)
		})
		t.Run("with the permission", func(t *testing.T) {
			w.must(w.app.UpdatePerson(t.Context(), w.system("acme"), w.id("accounts.second"), app.PersonPatch{Roles: &[]int64{w.acme().roles["agent"]}}))
			w.as("accounts.second").get(paths[1]+"/file").refused(403, "")
			sweep()
			same(t, "files", w.kept(), 1)
			w.mayExport("accounts.second")
			w.as("accounts.second").get(paths[1]).refused(404, "")
		})
		t.Run("after its days", func(t *testing.T) {
			c := w.as("hr.agent")
			w.advance(7*24*time.Hour - time.Minute)
			c.get(paths[2] + "/file").is(200)
			sweep()
			w.advance(time.Minute)
			c.get(paths[2]+"/file").refused(410, "")
			sweep()
			c.get(paths[2]).refused(404, "")
			same(t, "files", w.kept(), 0)
		})
		t.Run("three at once, twenty in all", func(t *testing.T) {
			c := w.as("manager")
			for range 3 {
				c.post("/exports", map[string]any{}).is(202)
			}
			c.post("/exports", map[string]any{}).refused(409, "").reason("cap")
			w.as("admin").post("/exports", map[string]any{}).is(202)
			w.drain()
			for range 17 {
				c.post("/exports", map[string]any{}).is(202)
				w.drain()
			}
			c.post("/exports", map[string]any{}).refused(409, "").reason("cap")
			first := c.get("/exports?limit=15").ok()
			same(t, "pages", len(first.list("items"))+len(c.get("/exports?limit=15&cursor="+first.text("next")).ok().list("items")), 20)
			c.delete(fmt.Sprintf("/exports/%d", first.number("items.0.id"))).is(204)
			c.post("/exports", map[string]any{}).is(202)
		})
		t.Run("a repeated request asks once", func(t *testing.T) {
			c := w.as("admin").with("Idempotency-Key", "e1")
			same(t, "id", c.post("/exports", map[string]any{}).is(202).number("id"), c.post("/exports", map[string]any{}).is(202).number("id"))
		})
	})
}
