package site_test

import (
	"fmt"
	"net/http"
	"testing"
)

// TestPortalGuessing tries to learn who has an address, by every button of the page
// for sharing.
func TestPortalGuessing(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			portalGuessing(t, portalDeskOn(t, engine))
		})
	}
}

func portalGuessing(t *testing.T, d *desk) {
	one := d.enter(t, "staff.one")
	ticket := one.file("type", "question", "inbox", one.inbox(), "subject", "Who is there?", "text", "x")
	name := d.name(t, "staff.two@acme.example")
	t.Run("who is chosen is not looked up", func(t *testing.T) {
		for _, do := range []string{"add:staff.two@acme.example", "drop:staff.three@acme.example", "", "search", "anything"} {
			one.post(ticket+"/share", "do", do, "who", "staff.two@acme.example", "who", "nobody.here@acme.example").want(http.StatusOK, "staff.two@acme.example").without(name)
		}
		one.post(ticket+"/share", "do", "add:staff.two@acme.example Some <b>Name", "who", "other@acme.example Their Name").
			want(http.StatusOK, "Some &lt;b&gt;Name", "Their Name", `name="who" value="staff.two@acme.example Some`, "Share with 2 people")
	})
	t.Run("a refused try counts as a search, and one that lets somebody in does not", func(t *testing.T) {
		slow := "You have looked for many people"
		for range 10 {
			one.share(ticket, "share", "staff.two@acme.example").want(http.StatusSeeOther)
		}
		for i := range 15 {
			one.share(ticket, "share", fmt.Sprintf("guess%d@acme.example", i)).want(http.StatusUnprocessableEntity, "There is nobody with this address").without(slow)
			one.share(ticket, "cc", fmt.Sprintf("guess%d@acme.example", i)).want(http.StatusUnprocessableEntity).without(slow)
		}
		one.share(ticket, "share", "guess@acme.example").want(http.StatusTooManyRequests, slow, "guess@acme.example")
		one.share(ticket, "share", "staff.three@acme.example").want(http.StatusTooManyRequests, slow, "staff.three@acme.example")
		one.share(ticket, "cc", "staff.three@acme.example").want(http.StatusTooManyRequests, slow)
		one.post(ticket+"/share", "do", "search", "q", "staff.three@acme.example").want(http.StatusOK, slow).without(d.name(t, "staff.three@acme.example"))
		d.enter(t, "staff.three").get(ticket).want(http.StatusNotFound)
	})
	t.Run("what was typed of a link stays when it is refused", func(t *testing.T) {
		one.post(ticket+"/links", "level", "comment", "days", "30", "label", "for <Ann>", "password", "short").
			want(http.StatusUnprocessableEntity, `value="comment" checked`, `<option value="30" selected>`, `value="for &lt;Ann&gt;"`, "at least 6 characters").without("short")
	})
}
