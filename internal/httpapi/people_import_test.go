package httpapi_test

import (
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// importing sends a file and gives what came of it when the jobs have run.
func (w *world) importing(who, kind, text string) *answer {
	w.Helper()
	id := w.as(who).post("/people/import", map[string]any{"kind": kind, "csv": text}).is(202).number("id")
	w.drain()
	return w.as(who).get(fmt.Sprint("/people/imports/", id)).ok()
}

func counts(a *answer) string {
	a.Helper()
	return fmt.Sprintf("%s %d: %d created, %d updated, %d same, %d faulty", a.text("state"), a.number("rows"), a.number("create"), a.number("update"), a.number("same"), a.number("faulty"))
}

const requesters = "Name;E-Mail;Weitere Adressen;Abteilung;Firma;Sprache;Notiz\r\n" +
	"Ada Lindqvist;ada@customer.example;\"a.l@customer.example, ada@old.example\";;;de;x\r\n" +
	";Bo@customer.example;;Sales;;;\r\n" +
	"Cy;cy@customer.example;;Nowhere;;;\r\n" +
	"Dan;not an address;;;;;\r\n" +
	"Ada again;ADA@customer.example;;;;;\r\n" +
	"Hr;hr.agent@acme.example;;;;;\r\n" +
	"\r\n" +
	"=Eve;eve@customer.example;staff.one@acme.example;;;;\r\n" +
	"Staff One;staff.one@acme.example;;;;;\r\n"

func TestImportRequesters(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		before := w.fingerprint()
		dry := owner.post("/people/import", map[string]any{"kind": "requester", "csv": requesters, "dry_run": true}).is(200)
		if got := counts(dry); got != "checked 8: 2 created, 0 updated, 1 same, 5 faulty" && got != "checked 8: 2 created, 1 updated, 0 same, 5 faulty" {
			t.Errorf("the dry run says %s: %s", got, dry.raw)
		}
		if w.fingerprint() != before {
			t.Error("the dry run changes something")
		}
		if dry.at("columns.6.field") != nil || dry.text("columns.1.field") != "address" || dry.text("columns.2.field") != "others" {
			t.Errorf("the columns are %v", dry.at("columns"))
		}
		if dry.number("lines.3.line") != 5 || dry.text("lines.3.action") != "faulty" || len(dry.list("lines.3.problems")) == 0 {
			t.Errorf("the lines are %v", dry.at("lines"))
		}

		real := w.importing("owner", "requester", requesters)
		same(t, "what came of it", strings.TrimPrefix(counts(real), "done"), strings.TrimPrefix(counts(dry), "checked"))
		ada := owner.get("/people?q=ada@customer.example").ok()
		if ada.text("items.0.name") != "Ada Lindqvist" || len(ada.list("items.0.others")) != 2 || ada.text("items.0.language") != "de" {
			t.Errorf("Ada is %s", ada.raw)
		}
		if bo := owner.get("/people?q=bo@customer.example").ok(); bo.text("items.0.name") != "Bo@customer.example" || bo.number("items.0.department_id") == 0 {
			t.Errorf("Bo is %s", bo.raw)
		}

		again := w.importing("owner", "requester", requesters)
		same(t, "again", counts(again), "done 8: 0 created, 0 updated, 3 same, 5 faulty")
		same(t, "changed line", counts(w.importing("owner", "requester", "Name,Email\nAda L.,ada@customer.example\n")), "done 1: 0 created, 1 updated, 0 same, 0 faulty")

		faults := owner.get(fmt.Sprintf("/people/imports/%d/faulty?limit=2", again.number("id"))).ok()
		if len(faults.list("items")) != 2 || faults.at("next") == nil {
			t.Errorf("the faulty lines are %s", faults.raw)
		}
		file := owner.get(fmt.Sprintf("/people/imports/%d/faulty.csv", again.number("id"))).ok()
		table, err := csv.NewReader(strings.NewReader(file.raw)).ReadAll()
		if err != nil || len(table) != 6 || table[0][7] != "reason" || table[5][0] != "'=Eve" || table[5][7] == "" {
			t.Errorf("the file is %v, %v", table, err)
		}
		same(t, "the file again", counts(w.importing("owner", "requester", file.raw)), "done 5: 0 created, 1 updated, 0 same, 4 faulty") // Ada stands in it once
		if list := owner.get("/people/imports?limit=2").ok(); len(list.list("items")) != 2 || list.at("next") == nil {
			t.Errorf("the imports are %s", list.raw)
		}
	})
}

func TestImportAgents(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		text := "address\tfull name\troles\tgroups\nnew.agent@acme.example\tNew Agent\tAgent\tHR; Legal\nhr.agent@acme.example\tHr Agent\tOwner\t\nstaff.one@acme.example\tx\t\t\nx@acme.example\tx\tNo such role\tNone\n"
		same(t, "by the owner", counts(w.importing("owner", "agent", text)), "done 4: 1 created, 1 updated, 0 same, 2 faulty")
		p := w.as("owner").get("/people?q=new.agent@acme.example").ok()
		if p.text("items.0.kind") != "agent" || p.text("items.0.scope") != "restricted" || len(p.list("items.0.groups")) != 2 || len(p.list("items.0.roles")) != 1 {
			t.Errorf("the new agent is %s", p.raw)
		}
		// An administrator lacks permissions of an owner, and gives nobody more.
		body := map[string]any{"kind": "agent", "csv": "address,roles\nnew.agent@acme.example,Owner\nowner@acme.example,Agent\n", "dry_run": true}
		if got := counts(w.as("admin").post("/people/import", body).is(200)); got != "checked 2: 0 created, 0 updated, 0 same, 2 faulty" {
			t.Errorf("an administrator is told %s", got)
		}
		keeper := w.role("Keeper of people", "people.manage")
		w.as("owner").patch(w.person("hr.second"), map[string]any{"roles": []int64{keeper}}).is(200)
		w.as("hr.second").post("/people/import", body).refused(403, "")
		for _, who := range []string{"manager", "hr.agent", "staff.one"} {
			if who == "hr.agent" {
				continue // became an owner
			}
			w.as(who).post("/people/import", body).refused(403, "")
			w.as(who).get("/people/imports").refused(403, "")
		}
		w.as("globex/owner").get("/people/imports/1").refused(404, "")
		w.as("globex/owner").get("/people/imports/1/faulty").refused(404, "")
		w.as("globex/owner").get("/people/imports/1/faulty.csv").refused(404, "")
	})
}

func TestImportIsDecidedAgain(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		keeper := w.role("Keeper of people", "people.manage")
		w.as("owner").patch(w.person("hr.second"), map[string]any{"roles": []int64{keeper}}).is(200)
		body := map[string]any{"kind": "requester", "csv": "address\nlate@customer.example\n"}
		id := w.as("hr.second").with("Idempotency-Key", "once").post("/people/import", body).is(202).number("id")
		same(t, "again", w.as("hr.second").with("Idempotency-Key", "once").post("/people/import", body).is(202).number("id"), id)
		for range 2 {
			w.as("owner").post("/people/import", body).is(202)
		}
		w.as("owner").post("/people/import", body).refused(409, "").reason("cap")
		w.as("owner").patch(w.person("hr.second"), map[string]any{"roles": []int64{}}).is(200)
		w.drain()
		a := w.as("owner").get(fmt.Sprint("/people/imports/", id)).ok()
		if a.text("state") != "failed" || a.number("create") != 0 || a.text("problem") == "" {
			t.Errorf("whoever lost the right still imports: %s", a.raw)
		}
		w.advance(8 * 24 * time.Hour)
		w.must(w.app.SweepOld(t.Context()))
		w.as("owner").get(fmt.Sprint("/people/imports/", id)).refused(404, "")
	})
}

func TestImportFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	owner := w.as("owner")
	utf16le := func(text string) []byte {
		data := []byte{0xff, 0xfe}
		for _, u := range utf16.Encode([]rune(text)) {
			data = append(data, byte(u), byte(u>>8))
		}
		return data
	}
	for name, data := range map[string][]byte{
		"UTF-8":                       []byte("name,address\nJörg,j@x.example\n"),
		"UTF-8 with a mark":           []byte("\xef\xbb\xbfname;address\nJörg;j@x.example\n"),
		"Latin-1":                     []byte("name;address\nJ\xf6rg;j@x.example\n"),
		"UTF-16":                      utf16le("name\taddress\r\nJörg\tj@x.example\r\n"),
		"UTF-16 without a mark":       utf16le("name\taddress\r\nJörg\tj@x.example\r\n")[2:],
		"with a separator's line":     []byte("sep=;\r\nname;address\r\nJörg;j@x.example\r\n"),
		"first and last name apart":   []byte("address;Vorname\nj@x.example;Jörg\n"),
		"separators inside of quotes": []byte("\"name;;;\",address\nJörg,j@x.example\n"),
	} {
		body := map[string]any{"kind": "requester", "data": base64.StdEncoding.EncodeToString(data), "dry_run": true}
		if name == "separators inside of quotes" {
			body["columns"] = map[string]string{"name;;;": "name"}
		}
		a := owner.post("/people/import", body).is(200)
		if a.text("lines.0.name") != "Jörg" || a.text("lines.0.address") != "j@x.example" || a.text("lines.0.action") != "create" {
			t.Errorf("%s: %s", name, a.raw)
		}
	}
	for name, try := range map[string]struct {
		body  map[string]any
		field string
	}{
		"no address":        {map[string]any{"csv": "name\nx\n"}, "columns"},
		"nothing":           {map[string]any{"csv": ""}, "csv"},
		"both":              {map[string]any{"csv": "address\n", "data": "YQ=="}, "csv"},
		"neither":           {map[string]any{}, "csv"},
		"a picture":         {map[string]any{"data": base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00"))}, "csv"},
		"an unknown field":  {map[string]any{"csv": "address,x\n", "columns": map[string]string{"x": "password"}}, "columns"},
		"an unknown column": {map[string]any{"csv": "address\n", "columns": map[string]string{"x": "name"}}, "columns"},
		"an agent's field":  {map[string]any{"csv": "address,x\n", "columns": map[string]string{"x": "roles"}}, "columns"},
		"twice":             {map[string]any{"csv": "address,x\n", "columns": map[string]string{"x": "address"}}, "columns"},
		"too many lines":    {map[string]any{"csv": "address\n" + strings.Repeat("a@x.example\n", 20001)}, "csv"},
		"too large":         {map[string]any{"data": base64.StdEncoding.EncodeToString(make([]byte, 5<<20+1))}, "csv"},
	} {
		try.body["kind"] = "requester"
		if a := owner.post("/people/import", try.body); a.status != 422 {
			t.Errorf("%s answers %s", name, a.raw)
		} else {
			a.refused(422, try.field)
		}
	}
	broken := owner.post("/people/import", map[string]any{"kind": "requester", "csv": "address,name\na@x.example,\"a\"b\nb@x.example,B\n", "dry_run": true}).is(200)
	same(t, "a broken line", counts(broken), "checked 2: 1 created, 0 updated, 0 same, 1 faulty")
}
