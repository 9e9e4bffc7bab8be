package httpapi_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// askingHappens lets a request for access be declined, and another be granted.
func (w *world) askingHappens(n int64) {
	w.Helper()
	for _, verb := range []string{"decline", "grant"} {
		w.ask("hr.second", n, "view", "Reason to "+verb)
		w.as("owner").post(w.waiting(n)+"/"+verb, map[string]any{}).is(200)
	}
}

// schedulingHappens lets one message each be cancelled, held, failed and removed,
// and cancels a local note.
func (w *world) schedulingHappens(n int64) {
	w.Helper()
	owner := w.as("owner")
	w.share(n, w.agent("hr.agent"))
	share := at(n, "shares", w.shareID(n, "Hr Agent"))
	owner.delete(reply(w.later("hr.agent", n, time.Hour))).is(204)
	owner.delete(reply(w.later("hr.agent", n, time.Hour, map[string]any{"kind": "local_note", "text": "local word"}))).is(204)
	w.later("hr.agent", n, time.Hour, map[string]any{"hold": true})
	w.as("staff.one").post(at(n, "messages"), map[string]any{"text": "answer first"}).is(201)
	w.advance(2 * time.Hour)
	w.drain()
	w.later("hr.agent", n, time.Hour)
	owner.patch(share, map[string]any{"level": "comment"}).ok()
	w.advance(2 * time.Hour)
	w.drain()
	owner.delete(share).is(204)
}

// mailHappens lets three mails of a stranger wait on a ticket, and adds, moves
// and discards them. It gives the ticket.
func (w *world) mailHappens() int64 {
	w.Helper()
	w.take("staff.one@acme.example", "accounts@acme.example", "By mail", "Where is it?")
	n := w.newest()
	w.mails("")
	w.as("owner").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "Here it is."}).is(201)
	to := w.replyTo(w.mails("staff.one")[0])
	for _, word := range []string{"added", "moved", "discarded"} {
		w.take("eve@elsewhere.example", to, "Re", "Mail to be "+word)
	}
	next := func() string {
		return at(n, "suggested-mails", fmt.Sprint(w.as("owner").get(at(n, "suggested-mails")).ok().number("items.0.id")))
	}
	w.as("owner").post(next()+"/accept", nil).is(200)
	w.as("owner").post(next()+"/move", nil).is(200)
	w.as("owner").delete(next()).is(204)
	return n
}

// sharingWithPartnersHappens shares a ticket with another desk, which lets go of it, and one
// that is unshared.
func (w *world) sharingWithPartnersHappens() {
	w.Helper()
	p := w.pair(allTerms())
	left := p.ticket("owner", "Let go")
	w.as("globex/owner").delete(at(p.share(left))).ok()
	p.say("owner", left, dm.Reply, "Is anybody there?")
	w.drain()
	ended := p.ticket("owner", "Unshared")
	p.share(ended)
	w.as("owner").delete(at(ended, "partners", fmt.Sprint(p.link("owner", ended).number("items.0.id")))).ok()
	w.drain()
}

// Every event there is reaches a webhook that may hear of it.
func TestWebhookHearsEveryEvent(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		_, secret := w.hook(r.url, "see_internal", true)
		owner := w.as("owner")
		n := w.file("accounts", "Salaries")
		owner.patch(at(n), map[string]any{"subject": "Wages", "priority": "high"}).ok()
		owner.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "public word"}).ok()
		owner.post(at(n, "messages"), map[string]any{"kind": "note", "text": "inner word"}).ok()
		owner.post(at(n, "messages"), map[string]any{"kind": "local_note", "text": "local word"}).ok()
		share := w.share(n, w.agent("hr.agent")).number("items.0.id")
		w.as("hr.agent").get(at(n)).ok()
		owner.patch(at(n, "shares", fmt.Sprint(share)), map[string]any{"level": "view"}).ok()
		w.as("hr.agent").post(at(n, "leave"), nil).ok()
		share = w.share(n, w.agent("hr.agent")).number("items.0.id")
		owner.delete(at(n, "shares", fmt.Sprint(share))).ok()
		owner.post(at(n, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "expires_at", w.clock.now().Add(time.Hour).Format(time.RFC3339))).ok()
		other := w.file("accounts", "Other")
		link := owner.post(at(n, "linked-tickets"), map[string]any{"kind": "related", "number": other}).ok().number("id")
		owner.delete(at(n, "linked-tickets", fmt.Sprint(link))).ok()
		w.set("links.enabled", true)
		made := owner.post(at(n, "links"), map[string]any{}).is(201)
		path := at(n, "links", fmt.Sprint(made.number("id")))
		owner.patch(path, map[string]any{"label": "For the auditor"}).ok()
		w.holding(made.text("address")).reads()
		owner.delete(path).ok()
		w.advance(2 * time.Hour)
		w.drain()
		w.askingHappens(n)
		w.schedulingHappens(w.file("accounts", "Scheduled"))
		w.mailHappens()
		w.sharingWithPartnersHappens()
		w.promise("Soon", 1, 1, 1)
		w.file("accounts", "Too late")
		w.advance(2 * time.Minute)
		w.sweepClocks()
		// A merge takes shares over as far as there is room.
		w.share(other, w.agent("hr.agent"))
		w.share(n, w.agent("hr.second"))
		w.set("sharing.max_internal", 1)
		owner.post(at(other, "merge"), map[string]any{"into": n, "carry_shares": true, "accept_widening": true}).ok()
		owner.delete(at(n)).ok()
		owner.post(at(n, "restore"), nil).ok()
		got := r.take(w)
		for _, g := range got {
			if !g.signedBy(secret) || strings.Contains(g.raw, "local word") || strings.Contains(g.raw, "Later word") || g.at("api_version") != "1" || g.at("data.account.slug") != "acme" {
				t.Errorf("%s: %s", g.at("type"), g.raw)
			}
			if !strings.HasPrefix(fmt.Sprint(g.at("timestamp")), "2026-03-02T") {
				t.Errorf("%s happened at %v", g.at("type"), g.at("timestamp"))
			}
		}
		arrived := types(got)
		for _, kind := range dm.WebhookEvents {
			if !slices.Contains(arrived, string(kind)) {
				t.Errorf("%s did not arrive", kind)
			}
		}
		var replies, notes []any
		for _, g := range got {
			if ticket := fmt.Sprint(g.at("data.ticket.number")); ticket != fmt.Sprint(n) && ticket != fmt.Sprint(other) {
				continue
			}
			if kind := g.at("data.message.kind"); kind == "reply" {
				replies = append(replies, g.at("data.message.text"))
			} else if kind != nil {
				notes = append(notes, kind, g.at("data.message.text"))
			}
			if g.at("type") == "ticket.deleted" {
				same(t, "of a deleted ticket", g.at("data.ticket"), map[string]any{"number": fmt.Sprint(n), "deleted": true})
			}
		}
		same(t, "replies and notes", []any{replies, notes}, []any{"[Text of Salaries public word Text of Other]", "[note inner word]"})
	})
}

// What agents without a look at internal content are not shown is not told to a
// webhook without it either, and to one with it as the history shows it.
func TestWebhookInnerEvents(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		inner := []string{"ticket.access.", "scheduled_reply.", "ticket.mail."}
		public, whole := w.receiver(), w.receiver()
		w.hook(public.url)
		w.hook(whole.url, "see_internal", true)
		asked, scheduled := w.file("accounts", "Asked for"), w.file("accounts", "Scheduled")
		w.askingHappens(asked)
		w.schedulingHappens(scheduled)
		mailed := w.mailHappens()
		for _, g := range public.take(w) {
			kind := fmt.Sprint(g.at("type"))
			if slices.ContainsFunc(inner, func(family string) bool { return strings.HasPrefix(kind, family) }) {
				t.Errorf("a webhook without internal content hears of %s", kind)
			}
			for _, word := range []string{"Reason to decline", "Mail to be discarded", "Later word", "local word"} {
				if strings.Contains(g.raw, word) {
					t.Errorf("a webhook without internal content is told %q by %s", word, g.raw)
				}
			}
		}
		told := map[string][]received{}
		for _, g := range whole.take(w) {
			kind := fmt.Sprint(g.at("type"))
			told[kind] = append(told[kind], g)
		}
		for kind, want := range map[string]int{"ticket.access.requested": 2, "ticket.access.refused": 1, "ticket.access.granted": 1, "scheduled_reply.cancelled": 1, "scheduled_reply.held": 1,
			"scheduled_reply.failed": 1, "scheduled_reply.removed": 2, "ticket.mail.suggested": 3, "ticket.mail.accepted": 1, "ticket.mail.moved": 1, "ticket.mail.discarded": 1} {
			same(t, kind, len(told[kind]), want)
		}
		if t.Failed() {
			return
		}
		wish, grant := told["ticket.access.requested"][0], told["ticket.access.granted"][0]
		same(t, "who asks", []any{wish.at("data.event.actor.name"), wish.at("data.event.share.target.name"), wish.at("data.event.share.new.level"), wish.at("data.event.share.reason"), wish.at("data.ticket.number")},
			[]any{"Hr Second", "Hr Second", "view", "Reason to decline", asked})
		same(t, "who grants", []any{grant.at("data.event.actor.name"), grant.at("data.event.share.target.name")}, []any{"Olga Owner", "Hr Second"})
		same(t, "its version is the ticket's", grant.at("data.event.version"), w.as("owner").get(at(asked)).ok().number("version"))
		held := told["scheduled_reply.held"][0]
		same(t, "what is held", []any{held.at("data.event.scheduled.author.name"), held.at("data.event.scheduled.reason"), held.at("data.message")}, []any{"Hr Agent", "customer_answered", nil})
		same(t, "what was added", told["ticket.mail.accepted"][0].at("data.message.text"), "Mail to be added")
		same(t, "what was moved", []any{told["ticket.mail.moved"][0].at("data.event.other.visible"), told["ticket.mail.moved"][0].at("data.ticket.number")}, []any{true, mailed})
		for _, g := range slices.Concat(told["ticket.mail.suggested"], told["ticket.mail.discarded"]) {
			if strings.Contains(g.raw, "Mail to be moved") || strings.Contains(g.raw, "Mail to be discarded") {
				t.Errorf("the text of a mail that waits, or was discarded, is told by %s", g.raw)
			}
		}
	})
}

// The screen offers every event by its name, in both languages.
func TestWebhookEventsHaveNames(t *testing.T) {
	web := filepath.Join("..", "..", "web", "src", "desk", "webhookForm.tsx")
	for path, form := range map[string]string{web: `"%s"`, "en": `"desk.webhooks.event.%s": "`, "de": `"desk.webhooks.event.%s": "`} {
		if path != web {
			path = filepath.Join("..", "..", "locales", "web", path, "desk.json")
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range dm.WebhookEvents {
			if !strings.Contains(string(text), fmt.Sprintf(form, kind)) {
				t.Errorf("%s lacks %s", path, kind)
			}
		}
	}
}
