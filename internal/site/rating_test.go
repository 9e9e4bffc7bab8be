package site_test

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func numberIn(t *testing.T, path string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(path[strings.LastIndexByte(path, '/')+1:], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRating(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			testRating(t, portalDeskOn(t, engine))
		})
	}
}

func testRating(t *testing.T, d *desk) {
	v := d.enter(t, "staff.one")
	inbox := v.inbox()
	path := v.file("type", "question", "inbox", inbox, "subject", "Rate me", "text", "x")
	number := numberIn(t, path)
	v.post(path+"/status", "status", "solved").want(http.StatusSeeOther)
	v.get(path).want(http.StatusOK).without("How did we do?")
	v.post(path+"/rating", "answer", "good").want(http.StatusGone)
	v.post(path+"/status", "status", "open").want(http.StatusSeeOther)

	d.set(t, map[string]any{"satisfaction.ask": true})
	v.get(path).want(http.StatusOK).without("How did we do?")
	v.post(path+"/status", "status", "solved").want(http.StatusSeeOther)
	v.get(path).want(http.StatusOK, "How did we do?", "Send answer")
	account, requester := d.person(t, "staff.one@acme.example")
	_, owner := d.person(t, "owner@acme.example")
	f, err := d.app.Ticket(t.Context(), owner, number)
	if err != nil {
		t.Fatal(err)
	}
	// The job waits for an hour; one that is due asks in its place.
	ask := func(ticket int64, solved dm.Time) []sentMail {
		t.Helper()
		box := &sentMails{}
		d.app.Mail = box
		if err := d.db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
			_, _, err := tx.Enqueue(store.NewJob{Account: account.ID, Kind: app.JobSatisfaction, Args: map[string]int64{"ticket": ticket, "solved": int64(solved)}, Urgency: store.Urgent})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		d.runJobs(t)
		return slices.DeleteFunc(box.mails, func(m sentMail) bool { return !strings.Contains(m.text, app.SatisfactionPath) })
	}
	if mails := ask(f.Ticket.ID, f.Ticket.SolvedAt-1); len(mails) != 0 {
		t.Fatalf("of an earlier time, these mails ask: %+v", mails)
	}
	mails := ask(f.Ticket.ID, f.Ticket.SolvedAt)
	if len(mails) != 1 || mails[0].to != "staff.one@acme.example" || !strings.Contains(mails[0].text, "Rate me") {
		t.Fatalf("these mails ask: %+v", mails)
	}
	t.Run("an answer to the mail leads to the ticket, and quotes nothing of the link", func(t *testing.T) {
		in, token := mails[0].in, regexp.MustCompile(app.SatisfactionPath + `([a-z2-7]+)`).FindStringSubmatch(mails[0].text)[1]
		if _, _, ok := d.app.Signer.ParseMessageID(in.MessageID); !ok || strings.Contains(in.MessageID, token[len(token)-20:]) {
			t.Errorf("the Message-ID is %s", in.MessageID)
		}
		if len(in.ReplyTo) != 1 {
			t.Fatalf("answers go to %v", in.ReplyTo)
		}
		if _, r, ok := d.app.Signer.Parse(in.ReplyTo[0].Email); !ok || r.Ticket != f.Ticket.ID || r.Person != requester.Person() {
			t.Errorf("answers go to %v", in.ReplyTo)
		}
	})
	v.post(path+"/rating", "words", "kept <b>").want(http.StatusUnprocessableEntity, "kept &lt;b&gt;", "Please choose")
	v.post(path+"/rating", "answer", "bad", "words", "Too slow").leadsTo(path + "?done=rated")
	v.get(path).want(http.StatusOK, "Too slow", "Change answer", `value="bad" checked`)
	v.post(path+"/share", "do", "share", "who", "staff.three@acme.example").want(http.StatusSeeOther)
	other := d.enter(t, "staff.three")
	other.get(path).want(http.StatusOK).without("How did we do?", "Too slow")
	other.post(path+"/rating", "answer", "good").want(http.StatusForbidden)
	d.enter(t, "staff.two").post(path+"/rating", "answer", "good").want(http.StatusNotFound)

	if mails := ask(f.Ticket.ID, f.Ticket.SolvedAt); len(mails) != 0 {
		t.Errorf("whoever has answered is asked again: %+v", mails)
	}
	t.Run("nobody is asked about what a program filed", func(t *testing.T) {
		box, err := strconv.ParseInt(inbox, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		solved := dm.StatusSolved
		res, err := d.app.Apply(t.Context(), access.System(account.ID, "mail"), dm.Change{Via: dm.ViaMail, Create: &dm.NewTicket{Subject: "Out of office", RequesterID: requester.Person(), InboxID: box, Automatic: true},
			Messages: []dm.NewMessage{{Kind: dm.Reply, Text: "I am away.", AuthorID: requester.Person()}}})
		if err == nil {
			_, err = d.app.Apply(t.Context(), owner, dm.Change{Number: res.Number, Set: dm.TicketPatch{Status: &solved}})
		}
		if err != nil {
			t.Fatal(err)
		}
		f, err := d.app.Ticket(t.Context(), owner, res.Number)
		if err != nil {
			t.Fatal(err)
		}
		v.get("/portal"+ticketPath(res.Number)).want(http.StatusOK, "Out of office").without("How did we do?")
		if mails := ask(f.Ticket.ID, f.Ticket.SolvedAt); len(mails) != 0 {
			t.Errorf("these mails ask: %+v", mails)
		}
	})
	asked := mail.Asked{Account: account.ID, Person: requester.Person(), Ticket: f.Ticket.ID, Solved: int64(f.Ticket.SolvedAt)}
	token := app.SatisfactionPath + d.app.Signer.SatisfactionToken(asked)
	stranger := d.visitor(t, "acme.localhost")
	t.Run("opening the link of the mail answers nothing, and posting does", func(t *testing.T) {
		stranger.get(token).want(http.StatusOK, "Rate me", "Too slow", "Change answer")
		stranger.post(token, "words", "only words").want(http.StatusUnprocessableEntity, "only words")
		stranger.post(token, "answer", "good", "words", "Better now").want(http.StatusSeeOther)
		stranger.get(token+"?done=1").want(http.StatusOK, "Thank you", "Better now")
		v.get(path).want(http.StatusOK, "Better now", `value="good" checked`)
	})
	t.Run("agents read it in the history, and requesters do not", func(t *testing.T) {
		history := func(address string) string {
			_, who := d.person(t, address)
			events, err := d.app.Events(t.Context(), who, number, 0, 200)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for i := range events {
				for _, c := range events[i].Data.Changes {
					b.WriteString(c.Field + "=" + c.New + ";")
				}
			}
			return b.String()
		}
		if got := history("owner@acme.example"); !strings.Contains(got, "satisfaction=bad;satisfaction_text=Too slow;satisfaction=good;satisfaction_text=Better now;") {
			t.Error(got)
		}
		if got := history("staff.three@acme.example"); strings.Contains(got, "satisfaction") {
			t.Error(got)
		}
	})
	t.Run("a link is for its person, its ticket and its time alone", func(t *testing.T) {
		wrong := []mail.Asked{asked, asked, asked, asked}
		_, two := d.person(t, "staff.two@acme.example")
		wrong[0].Person, wrong[1].Ticket, wrong[2].Solved, wrong[3].Account = two.Person(), asked.Ticket+1, asked.Solved+1, asked.Account+1
		for _, w := range wrong {
			stranger.get(app.SatisfactionPath+d.app.Signer.SatisfactionToken(w)).want(http.StatusGone, "This is over").without("Rate me")
		}
		stranger.get(app.SatisfactionPath + "aaaa").want(http.StatusGone)
		stranger.get(token[:len(token)-1]).want(http.StatusGone)
	})
	t.Run("Q15 an inactive brand asks nobody", func(t *testing.T) {
		brands, _, err := d.app.Brands(t.Context(), owner, app.Page{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		set := func(active bool) {
			for i := range brands {
				if err := d.app.UpdateBrand(t.Context(), owner, brands[i].ID, app.BrandPatch{Active: &active}); err != nil {
					t.Fatal(err)
				}
			}
		}
		set(false)
		stranger.get(token).want(http.StatusGone).without("Rate me")
		stranger.post(token, "answer", "bad").want(http.StatusGone)
		v.get(path).want(http.StatusOK).without("How did we do?")
		v.post(path+"/rating", "answer", "bad").want(http.StatusGone)
		if mails := ask(f.Ticket.ID, f.Ticket.SolvedAt); len(mails) != 0 {
			t.Errorf("these mails ask: %+v", mails)
		}
		set(true)
		stranger.get(token).want(http.StatusOK, "Rate me")
	})
	t.Run("who is not the requester any more, or has a private ticket, is not asked", func(t *testing.T) {
		private := true
		if _, err := d.app.Apply(t.Context(), owner, dm.Change{Number: number, Set: dm.TicketPatch{Private: &private}}); err != nil {
			t.Fatal(err)
		}
		stranger.get(token).want(http.StatusGone).without("Rate me")
		stranger.post(token, "answer", "bad").want(http.StatusGone)
		private = false
		if _, err := d.app.Apply(t.Context(), owner, dm.Change{Number: number, Set: dm.TicketPatch{Private: &private}}); err != nil {
			t.Fatal(err)
		}
	})
	v.post(path+"/status", "status", "open").want(http.StatusSeeOther)
	stranger.get(token).want(http.StatusGone)
	v.post(path+"/status", "status", "solved").want(http.StatusSeeOther)
	v.get(path).want(http.StatusOK, "Send answer").without("Better now")
	stranger.get(token).want(http.StatusGone)
	if !regexp.MustCompile(`^/satisfaction/[a-z2-7]+$`).MatchString(token) {
		t.Error(token)
	}
}

func TestPortalFields(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			testPortalFields(t, portalDeskOn(t, engine))
		})
	}
}

func testPortalFields(t *testing.T, d *desk) {
	_, owner := d.person(t, "owner@acme.example")
	field := func(name string, kind dm.FieldKind, use dm.FieldUse, required bool, types ...dm.TicketType) int64 {
		t.Helper()
		p := app.FieldPatch{Name: &name, Kind: &kind, Portal: &use, Required: &required, Types: &types}
		if kind == dm.FieldChoice {
			p.Options = &[]string{"Small", "Large"}
		}
		id, err := d.app.CreateField(t.Context(), owner, p)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	size := field("Size of it", dm.FieldChoice, dm.FieldEdited, true, dm.TypeServiceRequest)
	day := field("Needed on", dm.FieldDate, dm.FieldFilled, false)
	seen := field("Order code", dm.FieldText, dm.FieldSeen, false)
	hidden := field("Secret price", dm.FieldNumber, dm.FieldHidden, false)
	v := d.enter(t, "staff.one")
	inbox := v.inbox()
	at := func(id int64) string { return "field-" + itoa(id) }
	v.get("/portal/new").want(http.StatusOK, "Size of it", `data-types="service_request "`, "Needed on", `type="date"`, "<option>Small</option>").without("Order code", "Secret price")
	v.post("/portal/new", "type", "service_request", "inbox", inbox, "subject", "A laptop", "text", "kept", at(day), "soon").
		want(http.StatusUnprocessableEntity, "A laptop", "soon")
	v.post("/portal/new", "type", "service_request", "inbox", inbox, "subject", "A laptop", "text", "kept", at(size), "Giant").
		want(http.StatusUnprocessableEntity, "Please choose one of the list.")
	v.file("type", "question", "inbox", inbox, "subject", "No laptop", "text", "x", at(size), "")
	path := v.file("type", "service_request", "inbox", inbox, "subject", "A laptop", "text", "x", at(size), "Small", at(day), "2027-02-03", at(seen), "forged", at(hidden), "7")
	v.get(path).want(http.StatusOK, "Size of it", "Small", "Needed on", "3 February 2027").without("forged", "Secret price", "Order code", "<option selected>")
	number := numberIn(t, path)
	order, price := "A-17", "900"
	if _, err := d.app.Apply(t.Context(), owner, dm.Change{Number: number, Set: dm.TicketPatch{Fields: map[int64]*string{seen: &order, hidden: &price}}}); err != nil {
		t.Fatal(err)
	}
	v.get(path).want(http.StatusOK, "A-17").without("900")
	_, requester := d.person(t, "staff.one@acme.example")
	set := func(id int64, value string) error {
		_, err := d.app.Apply(t.Context(), requester, dm.Change{Number: number, Via: dm.ViaPortal, Set: dm.TicketPatch{Fields: map[int64]*string{id: &value}}})
		return err
	}
	if err := set(size, "Large"); dm.CodeOf(err) != dm.Forbidden {
		t.Errorf("without the level edit: %v", err)
	}
	d.set(t, map[string]any{"portal.share_level": "edit"})
	for id, want := range map[int64]dm.Code{day: dm.Invalid, seen: dm.Invalid, hidden: dm.Invalid} {
		if err := set(id, "1"); dm.CodeOf(err) != want {
			t.Errorf("field %d: %v", id, err)
		}
	}
	v.get(path).want(http.StatusOK, "<option selected>Small</option>")
	v.post(path+"/details", "subject", "A laptop", "priority", "normal", at(size), "Huge").want(http.StatusUnprocessableEntity, "Please choose one of the list.")
	v.post(path+"/details", "subject", "A laptop", "priority", "normal", at(size), "Large", at(hidden), "1").leadsTo(path + "?done=changed")
	v.get(path).want(http.StatusOK, "<option selected>Large</option>", `id="facts"`).without("900")
	empty := v.file("type", "service_request", "inbox", inbox, "subject", "Without words", "text", "x", at(size), "Small")
	v.post(empty+"/details", "subject", "Without words", "priority", "normal", at(size), "").want(http.StatusUnprocessableEntity, "Please fill")
	v.get(v.file("type", "question", "inbox", inbox, "subject", "Without facts", "text", "x")).want(http.StatusOK).without(`id="facts"`)
}
