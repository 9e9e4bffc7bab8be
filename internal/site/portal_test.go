package site_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/seed"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// portalDesk is a desk of a test's own with the demo data, since these tests
// change settings.
func portalDesk(t *testing.T) *desk { t.Helper(); return portalDeskOn(t, "sqlite") }

func portalDeskOn(t *testing.T, engine string) *desk {
	t.Helper()
	dir := t.TempDir()
	dsn := "sqlite:" + filepath.Join(dir, "desk.db")
	if engine == "postgres" {
		dsn = pgtest.New(t, func(dsn string) error {
			db, err := store.Open(context.Background(), dsn, store.Options{Relaxed: true})
			if err != nil {
				return err
			}
			defer db.Close()
			return db.Migrate(context.Background())
		})
	}
	d, err := newDeskAt(dsn, dir, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.db.Close(); err != nil {
			t.Error(err)
		}
	})
	d.set(t, map[string]any{"portal.share_scope": "anyone", "portal.cc": true, "portal.links": true, "portal.share_level": "comment", "portal.people_search": "exact"})
	return d
}

func (d *desk) set(t *testing.T, values map[string]any) {
	t.Helper()
	_, owner := d.person(t, "owner@acme.example")
	if _, err := d.app.SetSettings(t.Context(), owner, values); err != nil {
		t.Fatal(err)
	}
}

// enter is a visitor of the desk acme who has signed in.
func (d *desk) enter(t *testing.T, local string) *visitor {
	t.Helper()
	v := d.visitor(t, "acme.localhost")
	v.post("/sign-in", "address", local+"@acme.example", "password", seed.Password).want(http.StatusSeeOther)
	return v
}

// file files a ticket in the portal and gives its path.
func (v *visitor) file(pairs ...string) string {
	v.Helper()
	p := v.post("/portal/new", pairs...).want(http.StatusSeeOther)
	path, _, _ := strings.Cut(p.header.Get("Location"), "?")
	return path
}

// inbox gives the first inbox that the form for a new ticket offers.
func (v *visitor) inbox() string {
	v.Helper()
	m := regexp.MustCompile(`<option value="(\d+)"`).FindStringSubmatch(v.get("/portal/new").want(http.StatusOK).body)
	if m == nil {
		v.Fatal("no inbox is offered")
	}
	return m[1]
}

// upload posts a form with a file.
func (v *visitor) upload(path, name, content string, pairs ...string) *page {
	v.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			v.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("files", name)
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		v.Fatal(err)
	}
	r := httptest.NewRequestWithContext(v.Context(), http.MethodPost, path, &body)
	r.Host = v.host
	r.Header.Set("Content-Type", w.FormDataContentType())
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	v.desk.handler.ServeHTTP(rec, r)
	p := &page{T: v.T, what: "POST " + path, status: rec.Code, header: rec.Header(), body: rec.Body.String()}
	p.checkForm()
	return p
}

func TestPortalList(t *testing.T) {
	t.Parallel()
	d := portalDesk(t)
	v := d.enter(t, "staff.one")
	v.get("/").leadsTo("/portal")
	v.get("/portal").want(http.StatusOK, "Payslip for last month", "Asked by me", "Shared with me", "New ticket", `href="/portal/tickets/`).
		without("Mileage rate", "My department", "Cost centre", ">payroll<", "High")
	v.get("/portal?view=requested&state=done").want(http.StatusOK)
	v.get("/portal?view=unassigned").want(http.StatusOK).without("Mileage rate")
	v.get("/portal?q=payslip").want(http.StatusOK, "Payslip for last month", "End search")
	v.get("/portal?q=mileage").want(http.StatusOK, "Nothing fits")
	v.get("/portal?q=%22planner+shows%22").want(http.StatusOK).without("Payslip for last month") // only a note has the word
	v.get("/portal?cursor=nonsense").leadsTo("/portal")
	d.visitor(t, "acme.localhost").get("/portal?view=requested").leadsTo("/sign-in?next=%2Fportal%3Fview%3Drequested")
	t.Run("an agent is a requester there", func(t *testing.T) {
		d.enter(t, "owner").get("/portal").want(http.StatusOK, "You have no open tickets").without("Payslip", "Mileage")
	})
}

func TestPortalTicket(t *testing.T) {
	t.Parallel()
	d := portalDesk(t)
	v := d.enter(t, "staff.one")
	payslip := "/portal" + ticketPath(d.numberOf(t, "Payslip for last month: one line is missing"))
	mileage := "/portal" + ticketPath(d.numberOf(t, "Mileage rate for electric cars"))
	t.Run("it shows the replies and nothing internal", func(t *testing.T) {
		v.get(payslip).want(http.StatusOK, "That was quick, thank you both!", "They are released now", "Who can see this", "History").
			without("the planner shows 7.5 hours", "Internal note", "Cost centre", ">payroll<", "can edit")
		v.get(mileage).want(http.StatusNotFound, "This ticket does not open")
		v.get("/portal/tickets/999999").want(http.StatusNotFound, "This ticket does not open")
		d.enter(t, "accounts.agent").get(payslip).want(http.StatusNotFound, "This ticket does not open")
	})
	path := v.file("type", "incident", "inbox", v.inbox(), "subject", "The printer <burns>", "text", "Line one\r\nLine two")
	t.Run("a new ticket, a reply with a file, solved and open again", func(t *testing.T) {
		v.get(path).want(http.StatusOK, "The printer &lt;burns&gt;", "Line one\nLine two", "This is solved")
		p := v.upload(path+"/messages", "smoke.txt", "black smoke", "text", "See the file.").want(http.StatusSeeOther)
		if at := p.header.Get("Location"); !strings.HasPrefix(at, path+"?done=sent#message-") {
			t.Errorf("it leads to %s", at)
		}
		file := regexp.MustCompile(path + `/files/\d+`).FindString(v.get(path).want(http.StatusOK, "smoke.txt", "See the file.").body)
		v.get(file).want(http.StatusOK, "black smoke")
		d.enter(t, "staff.three").get(file).want(http.StatusNotFound).without("black smoke")
		v.post(path+"/status", "status", "solved").leadsTo(path + "?done=solved")
		v.get(path).want(http.StatusOK, "Solved", "Open again", "set the status to Solved")
		v.post(path+"/status", "status", "open").leadsTo(path + "?done=reopened")
	})
	t.Run("what is refused is not lost, nor its files", func(t *testing.T) {
		v.post(path+"/messages", "text", " \r\n ").want(http.StatusUnprocessableEntity, "Please write something first.")
		v.upload(path+"/messages", "virus.exe", "x", "text", "keep <this>").want(http.StatusUnprocessableEntity, "keep &lt;this&gt;", "virus.exe", "not accepted")
		kept := v.upload("/portal/new", "plan.txt", "the plan", "subject", "", "text", "keep me", "type", "service_request").
			want(http.StatusUnprocessableEntity, "keep me", "plan.txt", `value="service_request" checked`, "Please fill this in.")
		id := regexp.MustCompile(`name="kept" value="(\d+)"`).FindStringSubmatch(kept.body)
		if id == nil {
			t.Fatal("the file is not kept")
		}
		again := v.file("type", "service_request", "inbox", v.inbox(), "subject", "With a plan", "text", "keep me", "kept", id[1])
		v.get(again).want(http.StatusOK, "plan.txt", "Service request")
		d.enter(t, "staff.two").post("/portal/new", "type", "question", "inbox", v.inbox(), "subject", "Mine now", "text", "x", "kept", id[1]).want(http.StatusSeeOther)
	})
	t.Run("everything else a requester may not set", func(t *testing.T) {
		v.post(path+"/details", "subject", "Other", "priority", "urgent").want(http.StatusForbidden)
		v.post("/portal/new", "type", "question", "inbox", "99999", "subject", "x", "text", "x").want(http.StatusUnprocessableEntity, "takes no new tickets")
	})
}

// shared lets people in by the form.
func (v *visitor) share(path, do string, who ...string) *page {
	v.Helper()
	pairs := []string{"do", do}
	for _, w := range who {
		pairs = append(pairs, "who", w)
	}
	return v.post(path+"/share", pairs...)
}

func TestPortalSharing(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			portalSharing(t, portalDeskOn(t, engine))
		})
	}
}

func portalSharing(t *testing.T, d *desk) {
	one, two := d.enter(t, "staff.one"), d.enter(t, "staff.two")
	inbox := one.inbox()
	ticket := one.file("type", "question", "inbox", inbox, "subject", "A broken chair", "text", "It wobbles.")
	t.Run("S2-10 the ticket page has a Share button", func(t *testing.T) {
		one.get(ticket).want(http.StatusOK, `href="`+ticket+`/share"`, "Share")
	})
	t.Run("S2-11 it leads to a search for people", func(t *testing.T) {
		one.get(ticket+"/share").want(http.StatusOK, `name="q"`, `value="search"`)
		one.post(ticket+"/share", "do", "search", "q", "STAFF.two@acme.example").want(http.StatusOK, `value="add:staff.two@acme.example `)
		one.post(ticket+"/share", "do", "search", "q", "staff").want(http.StatusOK, "There is nobody with this address").without("staff.two@", "staff.three@")
		d.set(t, map[string]any{"portal.people_search": "directory"})
		one.post(ticket+"/share", "do", "search", "q", "staff").want(http.StatusOK, `value="add:staff.two@acme.example `, `value="add:staff.three@acme.example `)
		one.post(ticket+"/share", "do", "search", "q", "st").want(http.StatusOK).without("staff.two@")
		d.set(t, map[string]any{"portal.people_search": "exact"})
	})
	t.Run("S2-15 nothing is shared before the share button is pressed", func(t *testing.T) {
		one.post(ticket+"/share", "do", "add:staff.two@acme.example", "q", "").want(http.StatusOK, "Chosen", "Share with 1 person", `name="who" value="staff.two@acme.example"`)
		two.get(ticket).want(http.StatusNotFound)
		one.post(ticket+"/share", "do", "drop:staff.two@acme.example", "who", "staff.two@acme.example").want(http.StatusOK).without("Share with 1 person")
		one.share(ticket, "share").want(http.StatusUnprocessableEntity, "Choose somebody first.")
	})
	t.Run("S2-02 a requester shares an ordinary ticket", func(t *testing.T) {
		one.share(ticket, "share", "staff.two@acme.example").leadsTo(ticket + "?done=shared")
	})
	t.Run("S2-14 a requester can be chosen", func(t *testing.T) {
		one.get(ticket).want(http.StatusOK, d.name(t, "staff.two@acme.example"), "Remove")
	})
	t.Run("S2-17 who was let in finds the ticket in their own portal", func(t *testing.T) {
		two.get("/portal").want(http.StatusOK, "A broken chair")
	})
	t.Run("S2-25 Shared with me gathers what was shared with the person", func(t *testing.T) {
		two.get("/portal?view=shared-with-me").want(http.StatusOK, "A broken chair")
		one.get("/portal?view=shared-with-me").want(http.StatusOK).without("A broken chair")
		two.get("/portal?q=wobbles").want(http.StatusOK, "A broken chair")
	})
	t.Run("S2-26 who was let in reads the ticket and adds a note", func(t *testing.T) {
		two.get(ticket).want(http.StatusOK, "It wobbles.")
		two.post(ticket+"/messages", "text", "Mine too.").want(http.StatusSeeOther)
		one.get(ticket).want(http.StatusOK, "Mine too.")
		two.get(ticket+"/share").want(http.StatusOK, "Sharing is off").without(`name="do" value="share"`)
		two.share(ticket, "share", "staff.three@acme.example").want(http.StatusForbidden)
	})
	t.Run("S2-13 an agent can be chosen", func(t *testing.T) {
		one.post(ticket+"/share", "do", "search", "q", "hr.agent@acme.example").want(http.StatusOK, "service team")
		one.share(ticket, "share", "hr.agent@acme.example").want(http.StatusSeeOther)
		_, agent := d.person(t, "hr.agent@acme.example")
		number := d.numberOf(t, "A broken chair")
		found, err := d.app.Ticket(t.Context(), agent, number)
		if err != nil || found.Decision.Has(access.SeeInternal) || found.Decision.Has(access.Share) || found.Decision.Has(access.Note) || !found.Decision.Has(access.Reply) {
			t.Errorf("the agent's rights are %v, %v", found, err)
		}
	})
	t.Run("S2-29 a secondary address does not match", func(t *testing.T) {
		_, owner := d.person(t, "owner@acme.example")
		_, three := d.person(t, "staff.three@acme.example")
		others := []string{"third@private.example"}
		if err := d.app.UpdatePerson(t.Context(), owner, three.Person(), app.PersonPatch{Others: &others}); err != nil {
			t.Fatal(err)
		}
		one.post(ticket+"/share", "do", "search", "q", "third@private.example").want(http.StatusOK, "There is nobody with this address")
		one.share(ticket, "share", "third@private.example").want(http.StatusUnprocessableEntity, "There is nobody with this address", "third@private.example")
	})
	t.Run("S2-28 only people of the account can be chosen", func(t *testing.T) {
		one.share(ticket, "share", "staff.one@globex.example").want(http.StatusUnprocessableEntity, "There is nobody with this address")
		one.share(ticket, "share", "nobody@nowhere.example").want(http.StatusUnprocessableEntity, "There is nobody with this address")
		one.share(ticket, "share", "staff.one@acme.example").want(http.StatusUnprocessableEntity, "This is your own address.")
		d.set(t, map[string]any{"sharing.invite_unknown": true})
		one.share(ticket, "share", "third@private.example").want(http.StatusUnprocessableEntity, "There is nobody")
		one.share(ticket, "share", "new.person@partner.example").want(http.StatusSeeOther)
		d.set(t, map[string]any{"sharing.invite_unknown": false})
	})
	t.Run("S2-16 Add CC puts people in copy", func(t *testing.T) {
		one.get(ticket+"/share").want(http.StatusOK, "Add CC")
		one.share(ticket, "cc", "staff.three@acme.example").leadsTo(ticket + "?done=cc")
		one.get(ticket).want(http.StatusOK, "in copy")
		d.enter(t, "staff.three").get(ticket).want(http.StatusNotFound) // a copy is no access
	})
	t.Run("S2-12 the same place offers a public link", func(t *testing.T) {
		p := one.post(ticket+"/links", "level", "view", "days", "7", "label", "for Ann").want(http.StatusOK, "It is shown only now", "/s/dml_")
		address := regexp.MustCompile(`/s/dml_[\w-]+`).FindString(p.body)
		anybody := d.visitor(t, "acme.localhost")
		anybody.get(address).want(http.StatusOK, "It wobbles.")
		revoke := regexp.MustCompile(ticket + `/links/\d+`).FindString(one.get(ticket+"/share").want(http.StatusOK, "for Ann").body)
		two.post(revoke).want(http.StatusForbidden)
		one.post(revoke).leadsTo(ticket + "?done=revoked")
		anybody.get(address).want(http.StatusNotFound).without("wobbles")
	})
	t.Run("S2-21 Remove stands beside the name and takes the share back", func(t *testing.T) {
		share := d.shareOf(t, "A broken chair", "staff.two@acme.example")
		d.enter(t, "staff.three").post(ticket+"/people", "share", share).want(http.StatusNotFound)
		one.post(ticket+"/people", "share", share).leadsTo(ticket + "?done=removed")
		two.get(ticket).want(http.StatusNotFound)
		two.get("/portal?view=shared-with-me").want(http.StatusOK).without("A broken chair")
	})
	service := one.file("type", "service_request", "inbox", inbox, "subject", "A new laptop", "text", "Please.")
	t.Run("S2-03 a requester shares a service request", func(t *testing.T) {
		one.share(service, "share", "staff.two@acme.example").want(http.StatusSeeOther)
		two.get(service).want(http.StatusOK, "A new laptop")
	})
	t.Run("S2-22 removing works for a service request", func(t *testing.T) {
		one.post(service+"/people", "share", d.shareOf(t, "A new laptop", "staff.two@acme.example")).want(http.StatusSeeOther)
		two.get(service).want(http.StatusNotFound)
	})
	t.Run("S2-27 off refuses new sharing and keeps what is shared", func(t *testing.T) {
		one.share(service, "share", "staff.two@acme.example").want(http.StatusSeeOther)
		d.set(t, map[string]any{"portal.share_scope": "off", "portal.cc": false, "portal.links": false})
		two.get(service).want(http.StatusOK, "A new laptop")
		one.get(service).want(http.StatusOK).without(service + "/share")
		one.get(service+"/share").want(http.StatusOK, "Sharing is off")
		one.share(service, "share", "staff.three@acme.example").want(http.StatusForbidden)
		one.share(service, "cc", "staff.three@acme.example").want(http.StatusForbidden)
		one.post(service+"/links", "level", "view").want(http.StatusForbidden)
		d.enter(t, "staff.three").get(service).want(http.StatusNotFound)
	})
}

func TestPortalCircle(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			portalCircle(t, portalDeskOn(t, engine))
		})
	}
}

func portalCircle(t *testing.T, d *desk) {
	one := d.enter(t, "staff.one")
	ticket := one.file("type", "question", "inbox", one.inbox(), "subject", "A quiet room", "text", "Where?")
	t.Run("S2-06 an administrator decides about it in the settings", func(t *testing.T) {
		_, noshare := d.person(t, "noshare.agent@acme.example")
		if _, err := d.app.SetSettings(t.Context(), noshare, map[string]any{"portal.share_scope": "off"}); dm.CodeOf(err) != dm.Forbidden {
			t.Errorf("somebody else decided, %v", err)
		}
	})
	t.Run("S2-08 same_department keeps it within the sharer's department", func(t *testing.T) {
		d.set(t, map[string]any{"portal.share_scope": "same_department", "portal.people_search": "directory"})
		one.post(ticket+"/share", "do", "search", "q", "staff").want(http.StatusOK, "add:staff.two@acme.example").without("staff.three@")
		one.share(ticket, "share", "staff.three@acme.example").want(http.StatusUnprocessableEntity, "There is nobody with this address")
		one.share(ticket, "cc", "staff.three@acme.example").want(http.StatusUnprocessableEntity, "There is nobody with this address")
		one.share(ticket, "share", "hr.agent@acme.example").want(http.StatusUnprocessableEntity, "There is nobody with this address")
		one.share(ticket, "share", "staff.two@acme.example", "staff.three@acme.example").want(http.StatusUnprocessableEntity)
		d.enter(t, "staff.two").get(ticket).want(http.StatusNotFound) // all or nobody
		one.share(ticket, "share", "staff.two@acme.example").want(http.StatusSeeOther)
	})
	t.Run("S2-07 anyone allows sharing with anybody in the account", func(t *testing.T) {
		d.set(t, map[string]any{"portal.share_scope": "anyone"})
		one.share(ticket, "share", "staff.three@acme.example").want(http.StatusSeeOther)
		d.enter(t, "staff.three").get(ticket).want(http.StatusOK)
	})
	t.Run("S2-05 with the level edit they change details", func(t *testing.T) {
		two := d.enter(t, "staff.two")
		d.set(t, map[string]any{"portal.share_level": "edit"})
		one.post(ticket+"/people", "share", d.shareOf(t, "A quiet room", "staff.two@acme.example")).want(http.StatusSeeOther)
		one.post(ticket+"/share", "do", "share", "level", "edit", "who", "staff.two@acme.example").want(http.StatusSeeOther)
		two.get(ticket).want(http.StatusOK, "Change the details")
		two.post(ticket+"/details", "subject", "A very quiet room", "priority", "high").leadsTo(ticket + "?done=changed")
		two.post(ticket+"/details", "subject", "", "priority", "high").want(http.StatusUnprocessableEntity, "1 to 500 characters")
		one.get(ticket).want(http.StatusOK, "A very quiet room")
		d.set(t, map[string]any{"portal.share_level": "comment"})
		two.post(ticket+"/details", "subject", "Loud", "priority", "low").want(http.StatusForbidden)
	})
	t.Run("S2-04 neither direction is barred", func(t *testing.T) {
		two := d.enter(t, "staff.two")
		theirs := two.file("type", "question", "inbox", two.inbox(), "subject", "For the boss", "text", "Please look.")
		two.share(theirs, "share", "staff.one@acme.example").want(http.StatusSeeOther)
		one.get(theirs).want(http.StatusOK, "Please look.")
	})
	t.Run("S2-30 a ticket takes at most fifty", func(t *testing.T) {
		_, owner := d.person(t, "owner@acme.example")
		var ccs []string
		for i := range 47 { // with the shares of two it has 49 then
			ccs = append(ccs, fmt.Sprintf("copy%d@partner.example", i))
		}
		if _, err := d.app.Apply(t.Context(), owner, dm.Change{Number: d.numberOf(t, "A very quiet room"), Set: dm.TicketPatch{CCs: &ccs}}); err != nil {
			t.Fatal(err)
		}
		one.share(ticket, "cc", "staff.two@acme.example").want(http.StatusSeeOther)
		address, kind, name := "staff.four@acme.example", dm.Requester, "Four"
		if _, err := d.app.CreatePerson(t.Context(), owner, app.PersonPatch{Kind: &kind, Name: &name, Address: &address}); err != nil {
			t.Fatal(err)
		}
		one.share(ticket, "cc", "staff.four@acme.example").want(http.StatusConflict, "as many people as it takes")
		one.share(ticket, "share", "staff.four@acme.example").want(http.StatusConflict, "as many people as it takes")
	})
	t.Run("it cannot be used to send mail to many", func(t *testing.T) {
		d.set(t, map[string]any{"sharing.invite_unknown": true, "sharing.max_external": 0})
		for i := range 20 {
			one.share(ticket, "share", fmt.Sprintf("guest%d@partner.example", i)).want(http.StatusSeeOther)
		}
		var many []string
		for i := range 15 {
			many = append(many, fmt.Sprintf("more%d@partner.example", i))
		}
		one.share(ticket, "share", many...).want(http.StatusTooManyRequests, "within an hour")
	})
}

func TestMailSignIn(t *testing.T) {
	t.Parallel()
	d := portalDesk(t)
	sent := &sentMails{}
	d.app.Mail = sent
	v := d.visitor(t, "acme.localhost")
	v.get("/sign-in?next=/portal/me").want(http.StatusOK, `href="/sign-in/mail?next=%2Fportal%2Fme"`)
	known := v.post("/sign-in/mail", "address", "staff.one@acme.example", "next", "/portal/me").want(http.StatusOK, "Look into your mail")
	for _, address := range []string{"nobody@acme.example", "hr.agent@acme.example"} {
		p := v.post("/sign-in/mail", "address", address, "next", "/portal/me").want(http.StatusOK)
		if strings.ReplaceAll(p.body, address, "") != strings.ReplaceAll(known.body, "staff.one@acme.example", "") {
			t.Errorf("the answer for %s differs", address)
		}
	}
	v.post("/sign-in/mail", "address", "no address").want(http.StatusUnprocessableEntity, "not an e-mail address")
	d.runJobs(t)
	if len(sent.mails) != 1 || sent.mails[0].to != "staff.one@acme.example" {
		t.Fatalf("%d mails were sent", len(sent.mails))
	}
	path := regexp.MustCompile(`/sign-in/mail/dmi_[\w-]+`).FindString(sent.mails[0].text)
	for range 2 { // looking uses nothing up
		v.get(path).want(http.StatusOK, "you are signed in to the help desk")
	}
	v.post(path).leadsTo("/portal/me")
	v.get("/portal/me").want(http.StatusOK, "My profile", "staff.one@acme.example")
	late := d.visitor(t, "acme.localhost")
	late.post(path).want(http.StatusGone, "This link does not work any more")
	late.get(path).want(http.StatusGone)
	late.get("/sign-in/mail/dmi_" + strings.Repeat("A", 43)).want(http.StatusGone)
	other := d.visitor(t, "globex.localhost")
	other.get(path).want(http.StatusGone)
	t.Run("mails are few", func(t *testing.T) {
		for range 3 {
			late.post("/sign-in/mail", "address", "staff.two@acme.example").want(http.StatusOK)
		}
		late.post("/sign-in/mail", "address", "Staff.Two@acme.example").want(http.StatusTooManyRequests, "Several links")
	})
}

func TestProfile(t *testing.T) {
	t.Parallel()
	d := portalDesk(t)
	v := d.enter(t, "staff.two")
	v.post("/portal/me", "name", "", "language", "de").want(http.StatusUnprocessableEntity, "Please fill this in.")
	v.post("/portal/me", "name", "Ada Neu", "language", "de").leadsTo("/portal/me?done=profile")
	v.get("/portal/me?done=profile").want(http.StatusOK, `lang="de"`, "Ada Neu", "Gespeichert.")
	v.post("/portal/me", "name", "Ada Neu", "language", "en").want(http.StatusSeeOther)
	v.post("/portal/me/notices", "on", "share").leadsTo("/portal/me?done=notices")
	v.get("/portal/me").want(http.StatusOK, `value="share" checked`).without(`value="reply" checked`, "for everybody")
	lock := dm.NoticeCell{On: true, Locked: true}
	_, owner := d.person(t, "owner@acme.example")
	if err := d.app.SetNoticeMatrix(t.Context(), owner, []app.NoticeWish{{Kind: dm.NoticeReply, By: map[dm.NoticeChannel]*dm.NoticeCell{dm.NoticeMail: &lock}}}); err != nil {
		t.Fatal(err)
	}
	v.get("/portal/me").want(http.StatusOK, `value="reply" checked disabled`, "for everybody")
	v.post("/portal/me/notices").leadsTo("/portal/me?done=notices")
	v.get("/portal/me").want(http.StatusOK, `value="reply" checked disabled`).without(`value="share" checked`)
	v.post("/portal/me/password", "old", "wrong", "password", "four words are fine").want(http.StatusUnprocessableEntity, "This is not your password.")
	v.post("/portal/me/password", "old", seed.Password, "password", "short").want(http.StatusUnprocessableEntity, "cannot be used")
	v.post("/portal/me/password", "old", seed.Password, "password", "four words are fine").leadsTo("/portal/me?done=password")
	v.get("/portal/me").want(http.StatusOK)
}

func TestPortalMail(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			portalMail(t, portalDeskOn(t, engine))
		})
	}
}

func portalMail(t *testing.T, d *desk) {
	sent := &sentMails{}
	d.app.Mail = sent
	one := d.enter(t, "staff.one")
	ticket := one.file("type", "question", "inbox", one.inbox(), "subject", "A cold office", "text", "It is cold.")
	d.runJobs(t)
	sent.mails = nil
	one.share(ticket, "share", "staff.two@acme.example").want(http.StatusSeeOther)
	one.share(ticket, "share", "staff.two@acme.example").want(http.StatusSeeOther)
	d.runJobs(t)
	t.Run("S2-23 the person let in is told by mail", func(t *testing.T) {
		if len(sent.mails) != 1 || sent.mails[0].to != "staff.two@acme.example" || !strings.Contains(sent.mails[0].text, ticket) {
			t.Fatalf("the mails are %+v", sent.mails)
		}
	})
	reply := func() {
		t.Helper()
		sent.mails = nil
		_, agent := d.person(t, "owner@acme.example")
		if _, err := d.app.Apply(t.Context(), agent, dm.Change{Number: d.numberOf(t, "A cold office"), Messages: []dm.NewMessage{{Kind: dm.Note, Text: "SECRET NOTE"}, {Kind: dm.Reply, Text: "We turn it up."}}}); err != nil {
			t.Fatal(err)
		}
		d.runJobs(t)
		for _, m := range sent.mails {
			if strings.Contains(m.to, "staff.") && strings.Contains(m.text, "SECRET") {
				t.Errorf("%s reads the note", m.to)
			}
		}
	}
	hears := func() bool {
		return slices.ContainsFunc(sent.mails, func(m sentMail) bool {
			return m.to == "staff.two@acme.example" && strings.Contains(m.text, "We turn it up.")
		})
	}
	t.Run("S2-24 where notifications are on they hear of later changes, too", func(t *testing.T) {
		if reply(); !hears() {
			t.Errorf("the mails are %+v", sent.mails)
		}
		d.enter(t, "staff.two").post("/portal/me/notices", "on", "share").want(http.StatusSeeOther)
		if reply(); hears() {
			t.Error("with notifications off there is a mail")
		}
	})
}

func TestPortalDepartment(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			portalDepartment(t, portalDeskOn(t, engine))
		})
	}
}

func portalDepartment(t *testing.T, d *desk) {
	one, two := d.enter(t, "staff.one"), d.enter(t, "staff.two")
	_, owner := d.person(t, "owner@acme.example")
	_, sees := d.person(t, "staff.two@acme.example")
	ticket := one.file("type", "question", "inbox", one.inbox(), "subject", "A team question", "text", "For all of us?")
	change := one.file("type", "question", "inbox", one.inbox(), "subject", "A team change", "text", "We change it.")
	kind := dm.TypeChange
	if _, err := d.app.Apply(t.Context(), owner, dm.Change{Number: d.numberOf(t, "A team change"), Set: dm.TicketPatch{Type: &kind}}); err != nil {
		t.Fatal(err)
	}
	sight := func(tickets, changes dm.Sight) {
		t.Helper()
		if err := d.app.UpdatePerson(t.Context(), owner, sees.Person(), app.PersonPatch{SeesTickets: &tickets, SeesChanges: &changes}); err != nil {
			t.Fatal(err)
		}
	}
	two.get(ticket).want(http.StatusNotFound)
	two.get("/portal").want(http.StatusOK).without("My department", "A team question")
	t.Run("S2-18 tickets and changes are given separately", func(t *testing.T) {
		sight(dm.SightRead, dm.SightNone)
		two.get("/portal?view=department").want(http.StatusOK, "My department", "A team question").without("A team change")
		two.get(change).want(http.StatusNotFound)
		sight(dm.SightNone, dm.SightWrite)
		two.get("/portal?view=department").want(http.StatusOK, "A team change").without("A team question")
		two.get(ticket).want(http.StatusNotFound)
		two.post(change+"/messages", "text", "Fine with me.").want(http.StatusSeeOther)
	})
	t.Run("S2-19 who has that sight sees the tickets of the department", func(t *testing.T) {
		sight(dm.SightRead, dm.SightRead)
		two.get("/portal").want(http.StatusOK, "A team question", "A team change")
		two.get("/portal?q=team").want(http.StatusOK, "A team question")
		two.get(ticket).want(http.StatusOK, "For all of us?").without(ticket+"/messages", "This is solved", "/share")
		two.post(ticket+"/messages", "text", "x").want(http.StatusForbidden)
		private := true
		if _, err := d.app.Apply(t.Context(), owner, dm.Change{Number: d.numberOf(t, "A team question"), Set: dm.TicketPatch{Private: &private}}); err != nil {
			t.Fatal(err)
		}
		two.get(ticket).want(http.StatusNotFound)
		d.enter(t, "staff.three").get(change).want(http.StatusNotFound)
	})
	t.Run("S2-20 agents cannot have it", func(t *testing.T) {
		_, agent := d.person(t, "hr.agent@acme.example")
		read := dm.SightRead
		if err := d.app.UpdatePerson(t.Context(), owner, agent.Person(), app.PersonPatch{SeesChanges: &read}); dm.CodeOf(err) != dm.Invalid {
			t.Errorf("an agent got it: %v", err)
		}
	})
	t.Run("Q17 leaving the department ends it", func(t *testing.T) {
		none := int64(0)
		if err := d.app.UpdatePerson(t.Context(), owner, sees.Person(), app.PersonPatch{DepartmentID: &none}); err != nil {
			t.Fatal(err)
		}
		two.get(change).want(http.StatusNotFound)
		two.get("/portal").want(http.StatusOK).without("My department")
	})
}

func TestPortalBrand(t *testing.T) {
	t.Parallel()
	d := portalDesk(t)
	account, owner := d.person(t, "owner@acme.example")
	brands, _, err := d.app.Brands(t.Context(), owner, app.Page{})
	if err != nil || len(brands) < 2 {
		t.Fatalf("%d brands, %v", len(brands), err)
	}
	err = d.db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
		return tx.AddHost(dm.Host{Name: "brand.localhost", AccountID: account.ID, BrandID: brands[1].ID})
	})
	if err != nil {
		t.Fatal(err)
	}
	v := d.visitor(t, "brand.localhost")
	v.post("/sign-in", "address", "staff.one@acme.example", "password", seed.Password).want(http.StatusSeeOther)
	v.get("/portal/new").want(http.StatusOK, "Tell "+brands[1].Name).without("(" + brands[0].Name + ")")
	off := false
	if err := d.app.UpdateBrand(t.Context(), owner, brands[1].ID, app.BrandPatch{Active: &off}); err != nil {
		t.Fatal(err)
	}
	t.Run("Q15 the portal of an inactive brand answers 410", func(t *testing.T) {
		for _, path := range []string{"/portal", "/portal/new", "/portal/me"} {
			v.get(path).want(http.StatusGone, "This portal is closed")
			d.visitor(t, "brand.localhost").get(path).want(http.StatusGone, "This portal is closed").without(`class="btn" href="/sign-in"`)
		}
		d.enter(t, "staff.one").get("/portal").want(http.StatusOK)
	})
}

// name gives a person's name.
func (d *desk) name(t *testing.T, address string) string {
	t.Helper()
	_, v := d.person(t, address)
	return v.Name()
}

// shareOf gives the id of a ticket's share with somebody.
func (d *desk) shareOf(t *testing.T, subject, address string) string {
	t.Helper()
	_, owner := d.person(t, "owner@acme.example")
	_, target := d.person(t, address)
	shares, err := d.app.Shares(t.Context(), owner, d.numberOf(t, subject))
	if err != nil {
		t.Fatal(err)
	}
	for i := range shares {
		if shares[i].Target.ID == target.Person() {
			return fmt.Sprint(shares[i].ID)
		}
	}
	t.Fatalf("%s is not shared with %s", subject, address)
	return ""
}

// runJobs runs every job that is due.
func (d *desk) runJobs(t *testing.T) {
	t.Helper()
	r := &jobs.Runner{DB: d.db}
	d.app.Jobs(r)
	if err := r.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// sentMails keeps what would be sent.
type sentMails struct{ mails []sentMail }

type sentMail struct {
	to, text string
	in       *mail.Incoming
}

func (s *sentMails) Send(_ context.Context, _ int64, _ string, to []string, raw []byte) error {
	m, err := mail.Parse(raw, mail.Limits{})
	if err != nil {
		return err
	}
	s.mails = append(s.mails, sentMail{to[0], m.Text, m})
	return nil
}
