package httpapi_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestMessageSource(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.mailIn("staff.one@acme.example", "accounts@acme.example", "Printer", "It is on fire")
		w.drain()
		n := w.as("owner").get("/tickets?q=subject:Printer").ok().number("items.0.number")
		first := w.as("owner").get(at(n, "messages")).ok()
		same(t, "there is a source", first.at("items.0.source"), true)
		path := at(n, "messages") + "/" + fmt.Sprint(first.number("items.0.id")) + "/source"
		a := w.as("owner").get(path).is(200)
		if !strings.Contains(a.raw, "It is on fire") || !strings.Contains(a.raw, "Subject: Printer") {
			t.Errorf("the source is %s", a.raw)
		}
		for name, want := range map[string]string{"Content-Type": "message/rfc822", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
			"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'"} {
			same(t, name, a.header.Get(name), want)
		}
		if d := a.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") {
			t.Errorf("the disposition is %s", d)
		}
		t.Run("for those alone who keep inboxes and see notes", func(t *testing.T) {
			w := w.in(t)
			same(t, "offered to an agent", w.as("accounts.agent").get(at(n, "messages")).ok().at("items.0.source"), false)
			w.as("accounts.agent").get(path).refused(403, "")
			w.as("staff.one").get(path).refused(403, "")
			w.as("hr.agent").get(path).refused(404, "")
			w.as("globex/owner").get(path).refused(404, "")
			w.nobody().get(path).refused(401, "")
			if raw := w.as("staff.one").get(at(n, "messages")).ok().raw; strings.Contains(raw, "source") {
				t.Errorf("the requester is told of a source: %s", raw)
			}
		})
		t.Run("none of a message that was written here", func(t *testing.T) {
			w := w.in(t)
			own := w.as("owner").post(at(n, "messages"), map[string]any{"text": "We are coming"}).is(201)
			same(t, "source", own.at("source"), false)
			w.as("owner").get(at(n, "messages")+"/"+fmt.Sprint(own.number("id"))+"/source").refused(404, "")
			w.as("owner").get(at(n, "messages")+"/999999/source").refused(404, "")
			other := w.file("accounts", "Other")
			w.as("owner").get(strings.Replace(path, at(n), at(other), 1)).refused(404, "")
		})
		t.Run("secrets in headers: a signed address stands in it without its token", func(t *testing.T) {
			w := w.in(t)
			w.mails("")
			w.as("owner").patch(at(n), map[string]any{"assignee_id": w.id("accounts.agent")}).ok()
			var to string
			for _, m := range w.mails("accounts.agent") {
				to = regexp.MustCompile(`accounts\+r[a-z0-9]+@acme\.example`).FindString(m.raw)
			}
			if to == "" {
				t.Fatal("the mail has no reply address")
			}
			w.mailIn("accounts.agent@acme.example", to, "Re: Printer", "By mail, quoting "+to)
			w.drain()
			all := w.as("owner").get(at(n, "messages") + "?limit=200").ok()
			last := fmt.Sprint(len(all.list("items")) - 1)
			same(t, "source", all.at("items."+last+".source"), true)
			raw := w.as("owner").get(at(n, "messages") + "/" + fmt.Sprint(all.number("items."+last+".id")) + "/source").is(200).raw
			token := to[strings.Index(to, "+r")+2 : strings.Index(to, "@")]
			if strings.Contains(raw, token) || !strings.Contains(raw, "+r***") {
				t.Errorf("the source is %s", raw)
			}
		})
		t.Run("none that is no longer kept", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").post("/people/"+fmt.Sprint(w.id("staff.one"))+"/erase", nil).ok()
			w.drain()
			w.as("owner").get(path).refused(410, "")
		})
	})
}
