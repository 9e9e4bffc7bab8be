package httpapi_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Forwarding to addresses outside, which begins a side conversation, and
// following.

// forward forwards in somebody's name.
func (w *world) forward(who string, number int64, body map[string]any) *answer {
	w.Helper()
	if body["to"] == nil {
		body["to"] = []string{"eva@vendor.example"}
	}
	return w.as(who).post(at(number, "forwards"), body)
}

func TestForwarding(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing", map[string]any{"ccs": []string{"cc@elsewhere.example"}})
		owner := w.as("owner")
		file := owner.post("/attachments?name=proof.txt", "a proof").ok().number("id")
		first := owner.post(at(n, "messages"), map[string]any{"html": "<p>Here is <b>proof</b></p>", "attachments": []int64{file}}).is(201).number("id")
		note := owner.post(at(n, "messages"), map[string]any{"kind": "note", "text": "Secret toucan"}).is(201).number("id")
		local := owner.post(at(n, "messages"), map[string]any{"kind": "local_note", "text": "Ours alone"}).is(201).number("id")
		w.mails("")
		t.Run("a message goes outside with its files, to each address by a mail of its own", func(t *testing.T) {
			w := w.in(t)
			a := w.forward("accounts.agent", n, map[string]any{"to": []string{"Eva@vendor.example", "bo@vendor.example", "eva@vendor.example"}, "text": "Can you look?", "messages": []int64{first}, "files": true, "subject": "Your part"}).is(201)
			same(t, "shown", []any{a.text("kind"), a.text("side.subject"), a.list("side.to"), a.text("side.from"), a.text("attachments.0.name")},
				[]any{"note", "Your part", []any{"Eva@vendor.example", "bo@vendor.example"}, "", "proof.txt"})
			mails := map[string]sentMail{}
			for _, m := range w.mails("") {
				mails[m.to] = m
			}
			eva, bo := mails["Eva@vendor.example"], mails["bo@vendor.example"]
			for _, m := range []sentMail{eva, bo} {
				same(t, "subject", m.subject, "Your part")
				for _, want := range []string{"Can you look?", "Forwarded message from Olga Owner", "proof"} {
					if !strings.Contains(m.text, want) {
						t.Errorf("%q is not in %q", want, m.text)
					}
				}
				if strings.Contains(m.raw, "toucan") || strings.Contains(m.raw, w.address("staff.one")) || !strings.Contains(m.raw, base64.StdEncoding.EncodeToString([]byte("a proof"))) {
					t.Errorf("it holds too much, or not the file: %s", m.raw)
				}
			}
			same(t, "each has an address of its own", w.replyTo(eva) != w.replyTo(bo), true)
			_, toRequester := mails[w.address("staff.one")]
			same(t, "the requester gets nothing", toRequester, false)
		})
		t.Run("what waits when its ticket is deleted is not sent", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Soon deleted")
			w.mails("")
			w.app.Mail = noMail{}
			w.forward("accounts.agent", m, map[string]any{"text": "Too late"}).is(201)
			w.drain()
			w.as("owner").delete(at(m)).ok()
			w.app.Mail = w.outbox
			w.advance(time.Hour)
			for _, mail := range w.mails("") {
				if strings.Contains(mail.raw, "Too late") {
					t.Errorf("%s is sent %q", mail.to, mail.subject)
				}
			}
		})
		t.Run("an answer comes back as a note of the conversation, whoever is in CC stays", func(t *testing.T) {
			w := w.in(t)
			w.forward("accounts.agent", n, map[string]any{"text": "And this?"}).is(201)
			to := w.replyTo(w.mails("")[0])
			before := len(w.said("owner", n))
			w.arrive("eva@vendor.example", to, "Re: anything", "We will deliver.\n\nOn Monday somebody wrote:\n> And this?")
			a := w.as("owner").get(at(n, "messages") + "?limit=200").ok()
			last := fmt.Sprintf("items.%d.", len(a.list("items"))-1)
			same(t, "arrived", []any{len(w.said("owner", n)) - before, a.text(last + "kind"), a.text(last + "text"), a.text(last + "side.from"), a.at(last + "author")}, []any{1, "note", "We will deliver.", "eva@vendor.example", nil})
			same(t, "CC", len(w.as("owner").get(at(n)).ok().list("ccs")), 1)
			if raw := w.as("staff.one").get(at(n, "messages")).ok().raw + w.as("staff.one").get(at(n, "events")).ok().raw; strings.Contains(raw, "deliver") || strings.Contains(raw, "vendor") {
				t.Errorf("a requester reads it: %s", raw)
			}
			id := w.as("owner").get(at(n, "side-conversations")).ok().number("items.0.id")
			w.mails("")
			w.as("accounts.agent").post(at(n, "side-conversations", fmt.Sprint(id), "messages"), map[string]any{"text": "Thank you."}).is(201)
			same(t, "an answer to it", w.audience(), []string{"eva@vendor.example"})
			same(t, "no person came to be", w.countOf(`SELECT COUNT(*) FROM addresses WHERE address LIKE '%vendor%'`), "0")
			// Somebody else's mail to that address is held: knowing it is no right.
			held := len(w.said("owner", n))
			w.arrive("stranger@elsewhere.example", to, "Re: anything", "Let me in")
			w.arrive(w.address("staff.one"), to, "Re: anything", "Let me in, too")
			same(t, "said", len(w.said("owner", n)), held)
			same(t, "held", w.countOf(`SELECT COUNT(*) FROM raw_mails WHERE state = 'held'`), "2")
			w.advance(time.Second)
			// A merge takes the conversation along.
			into := w.file("accounts", "Merged into")
			m := w.file("accounts", "Merged away")
			w.forward("owner", m, map[string]any{"text": "Before the merge"}).is(201)
			var moved string
			for _, sent := range w.mails("") {
				if sent.to == "eva@vendor.example" {
					moved = w.replyTo(sent)
				}
			}
			w.as("owner").post(at(m, "merge"), map[string]any{"into": into, "accept_widening": true}).ok()
			w.arrive("eva@vendor.example", moved, "Re", "After the merge")
			said := w.said("owner", into)
			same(t, "arrives there", said[len(said)-1], "After the merge")
		})
		t.Run("the thread is its public messages; a note goes only when it is named, a local one never", func(t *testing.T) {
			w := w.in(t)
			w.mails("")
			w.forward("owner", n, map[string]any{"thread": true}).is(201)
			m := w.mails("")[0]
			same(t, "notes", strings.Contains(m.raw, "toucan") || strings.Contains(m.raw, "Ours alone") || !strings.Contains(m.text, "Text of Invoice missing"), false)
			w.forward("owner", n, map[string]any{"messages": []int64{note}}).is(201)
			same(t, "named", strings.Contains(w.mails("")[0].text, "Secret toucan"), true)
			w.forward("owner", n, map[string]any{"messages": []int64{note, local}}).refused(422, "messages[1]")
			w.forward("owner", n, map[string]any{"messages": []int64{w.as("owner").get(at(w.file("accounts", "Another"), "messages")).ok().number("items.0.id")}}).refused(422, "messages[0]")
			w.forward("owner", n, map[string]any{"text": "x", "to": []string{}}).refused(422, "to")
			w.forward("owner", n, map[string]any{"text": "x", "to": []string{"eva@vendor.example", "nobody"}}).refused(422, "to[1]")
			w.forward("owner", n, map[string]any{"text": "x", "to": []string{"hr@acme.example"}}).refused(422, "to[0]")
			w.forward("owner", n, map[string]any{"text": "x", "subject": strings.Repeat("x", 501)}).is(422)
			w.forward("owner", n, map[string]any{"text": ""}).refused(422, "text")
			same(t, "nothing goes", len(w.mails("")), 0)
		})
		t.Run("S1-16 C13 whoever has the ticket by a share alone cannot forward it", func(t *testing.T) {
			w := w.in(t)
			w.share(n, w.agent("hr.agent"), w.group("Legal"))
			w.mails("")
			c := w.as("hr.agent")
			same(t, "rights", strings.Contains(c.get(at(n)).ok().raw, `"forward"`) && strings.Contains(fmt.Sprint(c.get(at(n)).ok().list("rights")), "forward"), false)
			w.forward("hr.agent", n, map[string]any{"thread": true}).is(403).reason("disclosure")
			side := w.as("owner").get(at(n, "side-conversations")).ok().number("items.0.id")
			c.post(at(n, "side-conversations", fmt.Sprint(side), "messages"), map[string]any{"text": "x"}).is(403).reason("disclosure")
			for _, who := range []string{"staff.one", "support.agent"} {
				status := map[string]int{"staff.one": 403, "support.agent": 404}[who]
				w.forward(who, n, map[string]any{"thread": true}).is(status)
				w.as(who).get(at(n, "side-conversations")).is(status)
			}
			same(t, "nothing goes", len(w.mails("")), 0)
			// The other ways of telling new people are closed alike.
			for field, body := range map[string]map[string]any{"ccs": {"ccs": []string{"cc@elsewhere.example", "new@elsewhere.example"}}, "requester_id": {"requester_id": w.id("staff.two")}} {
				c.patch(at(n), body).refused(403, field).reason("disclosure")
			}
			w.set("sharing.forward_on_shared", true)
			w.as("owner").patch(at(n, "shares", w.shareID(n, "Hr Agent")), map[string]any{"forward": true}).is(200)
			w.forward("hr.agent", n, map[string]any{"thread": true}).is(201)
			w.set("sharing.forward_on_shared", false)
			w.forward("hr.agent", n, map[string]any{"thread": true}).is(403).reason("disclosure")
		})
	})
}

func TestFollowing(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent")), "level", "view")).is(201)
		c := w.as("hr.agent")
		c.post(at(n, "follow"), nil).ok()
		w.as("accounts.second").post(at(n, "follow"), nil).ok()
		w.as("accounts.second").post(at(n, "follow"), nil).ok()
		same(t, "followers", len(w.as("owner").get(at(n)).ok().list("followers")), 2)
		w.mails("")
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Look"}).is(201)
		same(t, "who hears", w.audience(), []string{w.address("accounts.second"), w.address("hr.agent")})
		w.as("accounts.second").delete(at(n, "follow")).is(204)
		w.as("owner").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(204)
		w.mails("")
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Look again"}).is(201)
		same(t, "following gives no access, and nobody else follows", w.audience(), []string(nil))
		c.post(at(n, "follow"), nil).is(404)
		w.as("staff.one").post(at(n, "follow"), nil).is(403)
	})
}

// TestCopiesSurvive: mails from others leave the list of copies as it is, and
// somebody taken off it cannot answer any more.
func TestCopiesSurvive(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing", map[string]any{"ccs": []string{"cc@elsewhere.example", "other@elsewhere.example"}})
		w.mails("")
		w.as("owner").post(at(n, "messages"), map[string]any{"text": "Hello"}).is(201)
		own := map[string]string{}
		for _, m := range w.mails("") {
			own[m.to] = w.replyTo(m)
		}
		t.Run("Q19 an address in CC answers through its own address, and CC survives", func(t *testing.T) {
			w := w.in(t)
			w.arrive("cc@elsewhere.example", own["cc@elsewhere.example"], "Re", "From the copy")
			w.arrive(w.address("staff.one"), own[w.address("staff.one")], "Re", "From the requester")
			same(t, "said", w.said("owner", n), []string{"Hello", "From the copy", "From the requester"})
			same(t, "CC", len(w.as("owner").get(at(n)).ok().list("ccs")), 2)
		})
		t.Run("Q19 taking it off the list kills that address", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").patch(at(n), map[string]any{"ccs": []string{"other@elsewhere.example"}}).ok()
			w.arrive("cc@elsewhere.example", own["cc@elsewhere.example"], "Re", "Too late")
			same(t, "said", len(w.said("owner", n)), 3)
		})
	})
}
