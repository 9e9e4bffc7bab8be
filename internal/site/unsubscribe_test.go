package site_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/mail"
)

func TestUnsubscribe(t *testing.T) {
	t.Parallel()
	d, made := emptyDesk(t, "https://desk.example.com")
	day := d.now.Unix() / 86400
	account, person := made.Account.ID, made.OwnerID
	address := func(what string, u mail.Unsubscribe) string {
		return app.UnsubscribePath + d.app.Signer.UnsubscribeToken(what, u)
	}
	good := address("share", mail.Unsubscribe{Account: account, Person: person, Day: day})
	v := d.visitor(t, "desk.example.com")
	off := func() bool {
		t.Helper()
		on, err := d.app.OwnNotices(t.Context(), access.NewViewer(access.Profile{Account: account, Person: person, Kind: "agent", Active: true}))
		if err != nil {
			t.Fatal(err)
		}
		return !on["share"]
	}
	t.Run("reading the page changes nothing, and it says nothing of whose mail it is", func(t *testing.T) {
		for range 2 {
			p := v.get(good)
			p.want(http.StatusOK)
			if !strings.Contains(p.body, "Stop these mails?") || strings.Contains(p.body, "owner@example.com") || strings.Contains(p.body, "Somebody") {
				t.Errorf("the page: %s", p.body)
			}
		}
		if off() {
			t.Error("reading the page turned the mails off")
		}
	})
	t.Run("a program of mail turns it off in one step, without cookies", func(t *testing.T) {
		bare := d.visitor(t, "desk.example.com")
		p := bare.post(good, "List-Unsubscribe", "One-Click")
		p.want(http.StatusOK)
		if !strings.Contains(p.body, "These mails are off") || !off() {
			t.Errorf("the mails are not off: %s", p.body)
		}
		bare.post(good, "List-Unsubscribe", "One-Click").want(http.StatusOK)
	})
	t.Run("the page turns it on again", func(t *testing.T) {
		v.post(good, "again", "1").want(http.StatusOK)
		if off() {
			t.Error("the mails are still off")
		}
	})
	t.Run("a form of another site is refused", func(t *testing.T) {
		evil := d.visitor(t, "desk.example.com")
		evil.headers["Origin"], evil.headers["Sec-Fetch-Site"] = "https://evil.example", "cross-site"
		evil.post(good).want(http.StatusForbidden)
		if off() {
			t.Error("a form of another site turned the mails off")
		}
	})
	for name, c := range map[string]struct {
		path   string
		status int
		says   string
	}{
		"forged":              {app.UnsubscribePath + "share.aaaaaaaaaaaaaaaaaaaaaaaaaaaa", http.StatusNotFound, "stops nothing"},
		"cut short":           {good[:len(good)-3], http.StatusNotFound, "stops nothing"},
		"of another account":  {address("share", mail.Unsubscribe{Account: account + 1, Person: person, Day: day}), http.StatusNotFound, "stops nothing"},
		"of nobody":           {address("share", mail.Unsubscribe{Account: account, Person: 999999, Day: day}), http.StatusNotFound, "stops nothing"},
		"of replies":          {address("reply", mail.Unsubscribe{Account: account, Person: person, Day: day}), http.StatusNotFound, "stops nothing"},
		"of a ticket of none": {address("copies", mail.Unsubscribe{Account: account, Person: person, Ticket: 999999, Day: day}), http.StatusNotFound, "stops nothing"},
		"too old":             {address("share", mail.Unsubscribe{Account: account, Person: person, Day: day - 366}), http.StatusGone, "too old"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range []*page{v.get(c.path), v.post(c.path, "List-Unsubscribe", "One-Click")} {
				p.want(c.status)
				if !strings.Contains(p.body, c.says) {
					t.Errorf("%s says: %s", p.what, p.body)
				}
			}
			if off() {
				t.Error("it turned the mails off")
			}
		})
	}
}
