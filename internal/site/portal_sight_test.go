package site_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// TestPortalSight is what the portal offers, and takes, with each kind of sight
// of a department, for tickets and for changes.
func TestPortalSight(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			portalSight(t, portalDeskOn(t, engine))
		})
	}
}

func portalSight(t *testing.T, d *desk) {
	one, two := d.enter(t, "staff.one"), d.enter(t, "staff.two")
	_, owner := d.person(t, "owner@acme.example")
	_, sees := d.person(t, "staff.two@acme.example")
	inbox := one.inbox()
	ticket := one.file("type", "question", "inbox", inbox, "subject", "Where is the ladder", "text", "It was in the hall.")
	change := one.file("type", "question", "inbox", inbox, "subject", "Move the shelves", "text", "To the hall.")
	kind := dm.TypeChange
	if _, err := d.app.Apply(t.Context(), owner, dm.Change{Number: d.numberOf(t, "Move the shelves"), Set: dm.TicketPatch{Type: &kind}}); err != nil {
		t.Fatal(err)
	}
	one.upload(ticket+"/messages", "ladder.txt", "a ladder", "text", "Here.").want(http.StatusSeeOther)
	one.upload(change+"/messages", "ladder.txt", "a shelf", "text", "Here.").want(http.StatusSeeOther)
	one.share(ticket, "share", "staff.three@acme.example").want(http.StatusSeeOther)
	one.share(change, "share", "staff.three@acme.example").want(http.StatusSeeOther)
	note := dm.NewMessage{Kind: dm.Note, Text: "SECRET LADDER"}
	for _, subject := range []string{"Where is the ladder", "Move the shelves"} {
		if _, err := d.app.Apply(t.Context(), owner, dm.Change{Number: d.numberOf(t, subject), Messages: []dm.NewMessage{note}}); err != nil {
			t.Fatal(err)
		}
	}
	files := map[string]string{}
	for _, path := range []string{ticket, change} {
		files[path] = regexp.MustCompile(path + `/files/\d+`).FindString(one.get(path).want(http.StatusOK).body)
	}
	for _, tickets := range []dm.Sight{dm.SightNone, dm.SightRead, dm.SightWrite} {
		for _, changes := range []dm.Sight{dm.SightNone, dm.SightRead, dm.SightWrite} {
			t.Run(fmt.Sprintf("S2-18 S2-19 tickets %s, changes %s", tickets, changes), func(t *testing.T) {
				v := *two
				v.T = t
				if err := d.app.UpdatePerson(t.Context(), owner, sees.Person(), app.PersonPatch{SeesTickets: &tickets, SeesChanges: &changes}); err != nil {
					t.Fatal(err)
				}
				v.sightOf(ticket, files[ticket], "Where is the ladder", tickets)
				v.sightOf(change, files[change], "Move the shelves", changes)
				tab := v.get("/portal").want(http.StatusOK)
				if tickets.Sees() || changes.Sees() {
					tab.want(http.StatusOK, "My department")
				} else {
					tab.without("My department")
				}
			})
		}
	}
}

// sightOf checks what a ticket of the department offers and takes at a sight.
func (v *visitor) sightOf(path, file, subject string, sight dm.Sight) {
	v.Helper()
	lists := []string{"/portal", "/portal?view=department", "/portal?q=hall"}
	forms := []string{path + "/status", path + "/share", path + "/people", path + "/links", path + "/details"}
	fields := []string{"status", "solved", "do", "share", "who", "staff.three@acme.example", "level", "view", "subject", "x", "priority", "low", "share", v.desk.shareOf(v.T, subject, "staff.three@acme.example")}
	if !sight.Sees() {
		for _, list := range lists {
			v.get(list).want(http.StatusOK).without(subject)
		}
		unknown := v.get("/portal/tickets/999999").want(http.StatusNotFound)
		for _, p := range []*page{v.get(path), v.get(path + "/share"), v.post(path+"/messages", "text", "let me in")} {
			p.want(http.StatusNotFound).without(subject, "ladder.txt")
			if p.body != unknown.body {
				v.Errorf("%s is not as a ticket that does not exist", p.what)
			}
		}
		if v.get(file).want(http.StatusNotFound).body != v.get("/portal/tickets/999999/files/999999").body {
			v.Errorf("%s is not as a file that does not exist", file)
		}
		for _, form := range forms {
			v.post(form, fields...).want(http.StatusNotFound)
		}
		return
	}
	for _, list := range lists {
		v.get(list).want(http.StatusOK, subject)
	}
	for _, list := range []string{"/portal?view=requested", "/portal?view=shared-with-me"} {
		v.get(list).want(http.StatusOK).without(subject)
	}
	shown := v.get(path).want(http.StatusOK, subject, "ladder.txt").without("SECRET", path+"/status", path+"/share", path+"/people", path+"/details", path+"/links", "This is solved")
	v.get(file).want(http.StatusOK).without("SECRET")
	if sight == dm.SightWrite {
		shown.want(http.StatusOK, `action="`+path+`/messages"`)
		v.post(path+"/messages", "text", "I have it.").want(http.StatusSeeOther)
	} else {
		shown.without(path + "/messages")
		v.post(path+"/messages", "text", "I have it.").want(http.StatusForbidden)
	}
	for _, form := range forms {
		refused := http.StatusForbidden
		if form == path+"/people" {
			refused = http.StatusNotFound // it is no share of theirs
		}
		v.post(form, fields...).want(refused)
	}
	v.desk.shareOf(v.T, subject, "staff.three@acme.example") // is there still
}
