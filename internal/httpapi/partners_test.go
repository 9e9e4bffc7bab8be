package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPartners goes through the life of agreements as administrators see it.
func TestPartners(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.connect()
		owner, other := w.as("owner"), w.as("globex/owner")
		var ours, theirs string
		t.Run("S4-03 an administrator sets the connection up, and agents do not", func(t *testing.T) {
			w.as("accounts.agent").post("/partners", map[string]any{"address": "http://globex.localhost"}).is(403)
			w.as("accounts.agent").get("/partners").is(403)
			made := owner.post("/partners", map[string]any{"address": "http://globex.localhost", "name": "Globex AG"}).is(201)
			same(t, "status", made.text("status"), "draft")
			same(t, "host", made.text("host"), "globex.localhost")
			ours = fmt.Sprintf("/partners/%d", made.number("id"))
			w.drain()
			same(t, "when it has arrived", owner.get(ours).ok().text("status"), "pending")
			theirs = w.partner("globex/owner")
			got := other.get(theirs).ok()
			same(t, "there", got.text("status")+" "+got.text("direction")+" "+got.text("host")+" "+got.text("partner_name"), "pending inbound acme.localhost Acme")
			same(t, "fingerprint", got.text("fingerprint"), made.text("fingerprint"))
			w.as("globex/accounts.agent").patch(theirs, map[string]any{"status": "accepted"}).is(403)
			other.patch(theirs, map[string]any{"status": "accepted"}).ok()
			w.drain()
			same(t, "accepted here", owner.get(ours).ok().text("status"), "accepted")
			list := w.as("accounts.agent").get("/zendesk/sharing_agreements").ok()
			same(t, "agents see", list.text("sharing_agreements.0.name")+" "+list.text("sharing_agreements.0.status"), "Globex AG accepted")
		})
		t.Run("administrators are told by mail", func(t *testing.T) {
			found := w.mails("globex/owner")
			if !slices.ContainsFunc(found, func(m sentMail) bool {
				return strings.HasPrefix(m.subject, "acme.localhost wants to share") && strings.Contains(m.text, other.get(theirs).ok().text("fingerprint"))
			}) {
				t.Errorf("globex was told %+v", found)
			}
			if found := w.mails("owner"); !slices.ContainsFunc(found, func(m sentMail) bool { return m.subject == "globex.localhost has accepted your invitation" }) {
				t.Errorf("acme was told %+v", found)
			}
		})
		t.Run("both know each other, and sign", func(t *testing.T) {
			same(t, "capable", fmt.Sprint(owner.get(ours).ok().at("capable"), other.get(theirs).ok().at("capable")), "true true")
			tested := owner.post(ours+"/test", nil).is(200)
			same(t, "test", fmt.Sprint(tested.at("ok"), " ", tested.at("status_code")), "true 200")
			same(t, "signs", fmt.Sprint(other.get(theirs).ok().at("signs")), "true")
		})
		t.Run("a new key reaches the other desk, and both go on", func(t *testing.T) {
			before := owner.get(ours).ok().text("fingerprint")
			owner.post(ours+"/rotate-key", nil).is(200)
			owner.post(ours+"/rotate-key", nil).is(409).reason("partner_rotating")
			w.drain()
			after := owner.get(ours).ok()
			if after.text("fingerprint") == before || after.text("fingerprint") != other.get(theirs).ok().text("fingerprint") {
				t.Errorf("the fingerprint was %s, is %s here and %s there", before, after.text("fingerprint"), other.get(theirs).ok().text("fingerprint"))
			}
			same(t, "test", fmt.Sprint(owner.post(ours+"/test", nil).is(200).at("ok")), "true")
			same(t, "from there", fmt.Sprint(other.post(theirs+"/test", nil).is(200).at("ok")), "true")
			other.post(theirs+"/rotate-key", nil).is(200)
			w.drain()
			same(t, "test", fmt.Sprint(owner.post(ours+"/test", nil).is(200).at("ok")), "true")
		})
		t.Run("a change of an older version is refused", func(t *testing.T) {
			version := owner.get(ours).ok().number("version")
			owner.patch(ours, map[string]any{"name": "Globex", "version": version - 1}).is(409).reason("version")
			same(t, "name", owner.patch(ours, map[string]any{"name": "Globex", "version": version}).ok().text("name"), "Globex")
		})
		t.Run("nothing is tried while it is paused", func(t *testing.T) {
			owner.patch(ours, map[string]any{"paused": true}).ok()
			owner.post(ours+"/retry", nil).is(409).reason("partner_paused")
			owner.patch(ours, map[string]any{"paused": false}).ok()
			owner.post(ours+"/retry", nil).is(200)
		})
		t.Run("either side ends it, and it does not come back", func(t *testing.T) {
			other.patch(theirs, map[string]any{"status": "inactive"}).ok()
			w.drain()
			got := owner.get(ours).ok()
			same(t, "here", got.text("status")+" by "+got.text("deactivated_by"), "inactive by receiver")
			for _, status := range []string{"accepted", "declined", "inactive"} {
				if status != "inactive" {
					other.patch(theirs, map[string]any{"status": status}).is(409).reason("partner_status")
				}
			}
			owner.patch(ours, map[string]any{"status": "accepted"}).is(409)
			if found := w.mails("owner"); !slices.ContainsFunc(found, func(m sentMail) bool { return m.subject == "globex.localhost has ended the agreement" }) {
				t.Errorf("acme was told %+v", found)
			}
		})
		t.Run("the log of administrators names what was done", func(t *testing.T) {
			for action, who := range map[string]*client{"partner.invited": owner, "partner.accepted": owner, "partner.received": other, "partner.ended": other, "partner.key_rotated": other} {
				if n := len(who.get("/audit?action=" + action).ok().list("items")); n == 0 {
					t.Errorf("nothing of %s", action)
				}
			}
		})
		t.Run("an invitation is declined, and one is withdrawn", func(t *testing.T) {
			declined := fmt.Sprintf("/partners/%d", owner.post("/partners", map[string]any{"address": "http://globex.localhost"}).is(201).number("id"))
			w.drain()
			other.patch(w.partner("globex/owner"), map[string]any{"status": "declined"}).ok()
			w.drain()
			same(t, "declined", owner.get(declined).ok().text("status"), "declined")
			withdrawn := fmt.Sprintf("/partners/%d", owner.post("/partners", map[string]any{"address": "http://globex.localhost"}).is(201).number("id"))
			w.drain()
			owner.post("/partners", map[string]any{"address": "http://globex.localhost"}).is(409).reason("partner_exists")
			owner.patch(withdrawn, map[string]any{"status": "inactive"}).ok()
			w.drain()
			same(t, "withdrawn", other.get(w.partner("globex/owner")).ok().text("status"), "inactive")
		})
		t.Run("terms go whole between desks that read them", func(t *testing.T) {
			terms := map[string]any{"public_comments": true, "private_comments": false, "status": false, "tags": true, "attachments": false, "fields": []string{"Colour"}, "history": "from_now", "only_marked": true}
			owner.post("/partners", map[string]any{"address": "http://globex.localhost", "terms": terms}).is(201)
			w.drain()
			got := other.get(w.partner("globex/owner")).ok()
			same(t, "terms", fmt.Sprint(got.at("terms")), fmt.Sprint(owner.get(w.partner("owner")).ok().at("terms")))
			same(t, "history", got.text("terms.history"), "from_now")
			same(t, "private", fmt.Sprint(got.at("terms.private_comments"), got.at("terms.fields")), "false [Colour]")
		})
	})
}

// TestPartnerInput is what administrators may get wrong.
func TestPartnerInput(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		owner.post("/partners", map[string]any{"address": "http://globex.localhost"}).is(409).reason("partners_disabled")
		owner.post("/partner-invitations", map[string]any{}).is(409).reason("partners_disabled")
		w.connect()
		for _, address := range []string{"", "x y", "ftp://desk.example", "https://", "https://user:secret@desk.example", "https://desk.example/?a=1", "https://desk.example/#x", "http://acme.localhost",
			"https://169.254.169.254/sharing", "https://desk.example:22/sharing"} {
			owner.post("/partners", map[string]any{"address": address}).refused(422, "address")
		}
		owner.post("/partners", map[string]any{"address": "desk.example", "terms": map[string]any{"public_comments": true, "private_comments": true, "status": true, "tags": true, "attachments": true,
			"fields": []string{""}, "history": "all", "only_marked": false}}).is(422)
		owner.post("/partners", map[string]any{"address": "desk.example", "inbox_id": 99999}).refused(422, "inbox_id")
		ours, theirs := w.agreed(nil)
		owner.patch(ours, map[string]any{"status": "pending"}).is(422)
		owner.patch(ours, map[string]any{"name": " "}).refused(422, "name")
		w.as("globex/owner").get(ours).is(404)
		other := w.as("globex/owner")
		other.get(theirs + "/people").ok()
		other.get(theirs + "/fields").ok()
		other.put(theirs+"/people/1", map[string]any{"person_id": nil}).is(404)
		other.delete(theirs).is(204)
		other.get(theirs).is(404)
		w.drain()
		same(t, "the other desk", owner.get(ours).ok().text("status"), "inactive")
	})
}

// TestPartnerZendesk goes the ways that scripts for Zendesk go.
func TestPartnerZendesk(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.connect()
		secret := w.newToken(w.viewer("globex/owner"), []string{"partners.manage"})
		w.as("owner").post("/partners", map[string]any{"address": "http://globex.localhost"}).is(201)
		w.drain()
		do := func(method, path, body string) said {
			return w.through(w.api.Zendesk(), "globex", method, path, body, "owner@globex.example/token", secret)
		}
		got := do("GET", "/api/v2/sharing_agreements.json", "")
		if got.status != 200 || !strings.Contains(got.body, `"remote_subdomain":"acme.localhost"`) || !strings.Contains(got.body, `"status":"pending"`) || !strings.Contains(got.body, `"type":"inbound"`) {
			t.Fatalf("the list is %d %s", got.status, got.body)
		}
		at := "/api/v2/sharing_agreements/" + strings.TrimPrefix(w.partner("globex/owner"), "/partners/") + ".json"
		if got = do("PUT", at, `{"sharing_agreement":{"status":"accepted"}}`); got.status != 200 || !strings.Contains(got.body, `"status":"accepted"`) {
			t.Fatalf("accepting answers %d %s", got.status, got.body)
		}
		w.drain()
		same(t, "there", w.as("owner").get(w.partner("owner")).ok().text("status"), "accepted")
		if got = do("POST", "/api/v2/sharing_agreements.json", `{"sharing_agreement":{"remote_subdomain":"http://acme.localhost"}}`); got.status != 201 || !strings.Contains(got.body, `"type":"outbound"`) {
			t.Fatalf("inviting answers %d %s", got.status, got.body)
		}
		if got = do("DELETE", at, ""); got.status != 204 {
			t.Fatalf("deleting answers %d %s", got.status, got.body)
		}
		w.drain()
		ended := w.as("owner").get("/partners?direction=outbound").ok()
		same(t, "ended there", ended.text("items.0.status"), "inactive")
	})
}

// TestPartnerOutbox is what becomes of messages that do not arrive.
func TestPartnerOutbox(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		desk := w.connect()
		owner := w.as("owner")
		p := w.peer(desk)
		t.Run("401, 403, 404, 410 and 422 are final", func(t *testing.T) {
			for _, status := range []int{401, 403, 404, 405, 410, 422, 400, 301} {
				p.answers(status)
				path := fmt.Sprintf("/partners/%d", owner.post("/partners", map[string]any{"address": fmt.Sprintf("%s/%d", p.url, status)}).is(201).number("id"))
				same(t, fmt.Sprint("requests after ", status), fmt.Sprint(len(p.take())), "1")
				got := owner.get(path).ok()
				same(t, fmt.Sprint(status), got.text("status"), "failed")
				if got.text("reason") == "" {
					t.Errorf("%d has no reason", status)
				}
			}
		})
		t.Run("everything else is tried again, until somebody ends it", func(t *testing.T) {
			for _, status := range []int{408, 429, 500, 503} {
				p.answers(status)
				path := fmt.Sprintf("/partners/%d", owner.post("/partners", map[string]any{"address": fmt.Sprintf("%s/%d", p.url, status)}).is(201).number("id"))
				same(t, fmt.Sprint("requests after ", status), fmt.Sprint(len(p.take())), "1")
				same(t, "waits", owner.get(path).ok().text("status"), "draft")
				w.advance(3 * time.Second)
				p.answers(201)
				same(t, "again", fmt.Sprint(len(p.take())), "1")
				same(t, "arrived", owner.get(path).ok().text("status"), "pending")
				line := owner.get(path + "/deliveries").ok()
				same(t, "log", line.text("items.0.state")+" "+fmt.Sprint(line.at("items.0.attempts")), "done 2")
			}
		})
		t.Run("what failed is tried again by hand", func(t *testing.T) {
			p.answers(422)
			path, _, _ := p.invited()
			same(t, "failed", owner.get(path).ok().text("status"), "failed")
			p.answers(200)
			line := owner.get(path + "/deliveries").ok().number("items.0.id")
			owner.post(fmt.Sprintf("%s/deliveries/%d/retry", path, line), nil).is(200)
			p.take()
			same(t, "arrived", owner.get(path).ok().text("status"), "pending")
			owner.post(fmt.Sprintf("%s/deliveries/%d/retry", path, line), nil).is(409).reason("delivered")
			p.answers(422)
			path = fmt.Sprintf("/partners/%d", owner.post("/partners", map[string]any{"address": p.url + "/again"}).is(201).number("id"))
			p.take()
			p.answers(200)
			same(t, "on its way again", owner.post(path+"/retry", nil).is(200).text("status"), "draft")
			p.take()
			same(t, "arrived as well", owner.get(path).ok().text("status"), "pending")
		})
		t.Run("what waits says why, and is tried at once by hand", func(t *testing.T) {
			p.answers(503)
			path := fmt.Sprintf("/partners/%d", owner.post("/partners", map[string]any{"address": p.url + "/late"}).is(201).number("id"))
			p.take()
			if late := owner.get(path).ok().text("late"); !strings.Contains(late, "503") {
				t.Errorf("it is late: %q", late)
			}
			p.answers(200)
			owner.post(path+"/retry", nil).is(200)
			same(t, "requests", fmt.Sprint(len(p.take())), "1")
			got := owner.get(path).ok()
			same(t, "late", got.text("status")+got.text("late"), "pending")
			w.as("noshare").post(path+"/retry", nil).is(403)
			w.as("globex/owner").post(path+"/retry", nil).is(404)
		})
		t.Run("section 9 row 4: a redirect is never followed, and the token goes nowhere", func(t *testing.T) {
			elsewhere := w.peer(desk)
			p.answers(307)
			p.header.Set("Location", elsewhere.url)
			owner.post("/partners", map[string]any{"address": p.url + "/away"}).is(201)
			p.take()
			if n := len(elsewhere.take()); n != 0 {
				t.Errorf("%d requests followed", n)
			}
			p.header.Del("Location")
		})
		t.Run("a certificate and an address that cannot be are states of their own", func(t *testing.T) {
			tls := fmt.Sprintf("/partners/%d", owner.post("/partners", map[string]any{"address": strings.Replace(p.url, "http://", "https://", 1)}).is(201).number("id"))
			w.drain()
			same(t, "no TLS", owner.get(tls).ok().text("status"), "ssl_error")
		})
	})
}

// TestPartnerTwoDesks is what sharing between desks is for.
func TestPartnerTwoDesks(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		p := w.pair(allTerms())
		n := p.ticket("owner", "The printer burns", "requester_id", w.id("staff.one"))
		var there int64
		t.Run("S4-01 a ticket goes to another organisation's desk", func(t *testing.T) {
			there = p.share(n)
			same(t, "subject there", w.as("globex/owner").get(fmt.Sprintf("/tickets/%d", there)).ok().text("subject"), "The printer burns")
		})
		t.Run("S4-02 both desks answer on the ticket, and the customer hears both", func(t *testing.T) {
			w.mails("staff.one")
			p.say("owner", n, "reply", "We have asked the maker.")
			p.say("globex/owner", there, "reply", "Please pull the plug.")
			heard := ""
			for _, m := range w.mails("staff.one") {
				heard += m.text
			}
			if !strings.Contains(heard, "asked the maker") || !strings.Contains(heard, "pull the plug") {
				t.Errorf("the customer hears %q", heard)
			}
		})
	})
}
