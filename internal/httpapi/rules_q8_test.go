package httpapi_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// Merging, decision Q8: nobody gains sight of anything without somebody having
// seen the list of who would. docs/statements.md has its words.

// merging is the body of a merge; more is further properties in pairs.
func merging(into int64, more ...any) map[string]any {
	body := map[string]any{"into": into}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return body
}

// gain gives the names in the refusal of a merge, and checks that it is one.
func (a *answer) gain() []string {
	a.Helper()
	a.refused(422, "into").reason("would_widen")
	list := []string{}
	if a.status == 422 {
		for _, name := range a.list("gain") {
			list = append(list, name.(string))
		}
	}
	return list
}

func TestRuleMergeRights(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		try := func(w *world, who string, from, into int64) *answer {
			w.Helper()
			return w.as(who).post(at(from, "merge"), merging(into, "accept_widening", true))
		}
		t.Run("Q8 merging needs to edit both tickets, which no share gives for it", func(t *testing.T) {
			w := w.in(t)
			foreign, own, other := w.file("accounts", "Foreign"), w.file("hr", "Own"), w.file("hr", "Other")
			try(w, "hr.agent", own, foreign).refused(422, "into")
			try(w, "hr.agent", foreign, own).is(404)
			w.as("owner").post(at(foreign, "shares"), terms(whom(w.agent("hr.agent")), "can_reshare", true)).is(201)
			try(w, "hr.agent", own, foreign).is(403)
			try(w, "hr.agent", foreign, own).is(403)
			try(w, "hr.agent", own, 987654321).refused(422, "into")
			try(w, "hr.agent", own, own).refused(422, "into")
			try(w, "staff.one", own, other).is(403)
			same(t, "nothing happened", []any{w.as("owner").get(at(own)).ok().text("status"), len(w.texts("owner", foreign))}, []any{"new", 1})
			try(w, "hr.agent", own, other).is(200)
		})
		t.Run("Q8 and the permissions to merge and to edit", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("accounts", "Into")
			for _, p := range []dm.Permission{dm.TicketsMerge, dm.TicketsEdit} {
				who := w.lacking(p)
				w.as("owner").patch(fmt.Sprint("/people/", w.id(who)), map[string]any{"scope": "global"}).is(200)
				try(w, who, from, into).is(403)
			}
		})
		t.Run("Q8 where somebody gains access it needs the permission to share as well", func(t *testing.T) {
			w := w.in(t)
			from, into, free := w.file("accounts", "From"), w.file("accounts", "Into"), w.file("accounts", "Free")
			w.share(into, w.agent("hr.agent"))
			try(w, "noshare.agent", from, into).is(403).reason("would_widen")
			w.as("noshare.agent").post(at(from, "merge"), merging(into)).is(403).reason("would_widen")
			same(t, "nothing happened", len(w.texts("owner", into)), 1)
			w.as("noshare.agent").post(at(from, "merge"), merging(free)).is(200)
		})
		t.Run("Q8 spam and what was merged already are left alone", func(t *testing.T) {
			w := w.in(t)
			from, into, spam := w.file("accounts", "From"), w.file("accounts", "Into"), w.file("accounts", "Spam")
			w.as("owner").post(at(spam, "spam"), nil).ok()
			try(w, "owner", from, spam).refused(422, "into")
			try(w, "owner", spam, into).refused(422, "into")
			try(w, "owner", from, into).is(200)
			try(w, "owner", from, w.file("accounts", "Third")).is(403)
			try(w, "owner", into, from).is(403)
		})
	})
}

func TestRuleMerge(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		t.Run("Q8 where nobody gains anything, nobody is asked", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("accounts", "Into")
			file := w.as("owner").post("/attachments?name=a.txt", "the file").ok().number("id")
			w.as("owner").post(at(from, "messages"), map[string]any{"kind": "note", "text": "A note.", "attachments": []int64{file}}).is(201)
			a := w.as("accounts.agent").post(at(from, "merge"), merging(into)).is(200)
			same(t, "the answer is the other ticket", a.number("number"), into)
			same(t, "messages", w.texts("accounts.agent", into), []string{"reply: Text of Into", "reply: Text of From", "note: A note."})
			list := w.as("accounts.agent").get(at(into, "messages")).ok()
			same(t, "marked", []any{list.at("items.0.merged"), list.at("items.1.merged")}, []any{false, true})
			w.as("accounts.agent").get(fmt.Sprint("/attachments/", list.number("items.2.attachments.0.id"))).is(200)
			old := w.as("accounts.agent").get(at(from)).ok()
			same(t, "the old one", []any{old.text("status"), old.number("merged_into")}, []any{"closed", into})
			same(t, "is read-only", w.rights("accounts.agent", from), []string{"see", "see_internal", "share"})
			w.as("accounts.agent").post(at(from, "messages"), map[string]any{"kind": "note", "text": "Late."}).is(403)
			for _, n := range []int64{from, into} {
				same(t, "history", slices.Contains(w.kinds("owner", n), "ticket.merged"), true)
			}
			same(t, "the requester reads it all there", w.texts("staff.one", into), []string{"reply: Text of Into", "reply: Text of From"})
		})
		t.Run("Q8 one share with the same people on both sides widens nothing", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("accounts", "Into")
			w.share(from, w.agent("hr.agent"), w.group("HR"))
			w.share(into, w.agent("hr.agent"), w.group("HR"))
			w.as("accounts.agent").post(at(from, "merge"), merging(into)).is(200)
		})
		t.Run("Q8 a share with somebody who has the other ticket anyway widens nothing", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("accounts", "Into")
			w.share(into, w.agent("accounts.second"))
			w.as("accounts.agent").post(at(from, "merge"), merging(into)).is(200)
		})
		t.Run("Q8 who would gain what is listed, and nothing is done before it is accepted", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("accounts", "Into")
			w.share(into, w.agent("support.agent"), w.group("HR"))
			refused := w.as("accounts.agent").post(at(from, "merge"), merging(into))
			same(t, "names", refused.gain(), []string{"HR", "Hr Agent", "Hr Second", "Support Agent"})
			same(t, "nothing happened", []any{w.as("owner").get(at(from)).ok().text("status"), len(w.texts("owner", into))}, []any{"new", 1})
			w.as("accounts.agent").post(at(from, "merge"), merging(into, "accept_widening", true)).is(200)
			same(t, "read", w.texts("hr.second", into)[1], "reply: Text of From")
			same(t, "the old one stays closed to them", []bool{w.sees("support.agent", from), w.sees("hr.second", from)}, []bool{false, false})
		})
		t.Run("Q8 people who have the other ticket by reach or assignment are listed too", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("support", "From"), w.file("accounts", "Into")
			same(t, "another inbox", w.as("owner").post(at(from, "merge"), merging(into)).gain(), []string{"Accounts Agent", "Accounts Second", "Noshare Agent"})
			from = w.file("accounts", "From")
			w.as("owner").patch(at(into), map[string]any{"assignee_id": w.id("restricted.agent")}).is(200)
			same(t, "the assignee", w.as("owner").post(at(from, "merge"), merging(into)).gain(), []string{"Restricted Agent"})
		})
		t.Run("Q8 notes count: who reads them there and not here gains them", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("accounts", "Into")
			w.as("owner").post(at(from, "messages"), map[string]any{"kind": "note", "text": "Toucan."}).is(201)
			w.as("owner").post(at(from, "shares"), terms(whom(w.agent("hr.agent")), "see_internal", false)).is(201)
			w.share(into, w.agent("hr.agent"))
			same(t, "notes", w.as("owner").post(at(from, "merge"), merging(into)).gain(), []string{"Hr Agent"})
		})
		t.Run("Q8 Q16 requesters count: a private ticket is not opened by merging it away", func(t *testing.T) {
			w := w.in(t)
			w.set("cc_grants_access", "view")
			from, into := w.file("accounts", "From", map[string]any{"private": true}), w.file("accounts", "Into")
			same(t, "the requester", w.as("owner").post(at(from, "merge"), merging(into)).gain(), []string{"Staff One"})
			same(t, "sees nothing yet", w.texts("staff.one", into), []string{"reply: Text of Into"})
			copied := w.file("accounts", "Copied", map[string]any{"ccs": []string{w.address("staff.three")}})
			from = w.file("accounts", "From")
			same(t, "those in CC", w.as("owner").post(at(from, "merge"), merging(copied)).gain(), []string{"Staff Three"})
			w.set("cc_grants_access", "none")
			w.as("owner").post(at(from, "merge"), merging(copied)).is(200)
		})
	})
}

func TestRuleMergeShares(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		t.Run("Q8 shares stay behind unless carried: their targets keep the merged ticket's own messages, read-only", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("accounts", "Into")
			w.share(from, w.agent("hr.agent"), w.group("HR"))
			w.as("accounts.agent").post(at(from, "merge"), merging(into)).is(200)
			for _, who := range []string{"hr.agent", "hr.second"} {
				same(t, who, []bool{w.sees(who, from), w.sees(who, into)}, []bool{true, false})
				same(t, who+" reads", w.texts(who, from), []string{"reply: Text of From"})
				w.as(who).post(at(from, "messages"), map[string]any{"kind": "note", "text": "Late."}).is(403)
				w.as(who).patch(at(from), map[string]any{"priority": "high"}).is(403)
				old := w.as(who).get(at(from)).ok()
				same(t, who+" is not told where to", []any{old.at("merged"), old.at("merged_into")}, []any{true, nil})
			}
			same(t, "shares there", w.shared(into), []string{})
			same(t, "shares here", w.shared(from), []string{"Hr Agent", "HR"})
		})
		t.Run("Q8 carried along, they let their targets in to the other ticket", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("accounts", "Into")
			w.as("owner").post(at(from, "shares"), terms(whom(w.agent("hr.agent")), "level", "comment", "expires_at", w.from(time.Hour))).is(201)
			w.share(from, w.agent("accounts.second"))
			w.mails("")
			refused := w.as("accounts.agent").post(at(from, "merge"), merging(into, "carry_shares", true))
			same(t, "names", refused.gain(), []string{"Hr Agent"})
			same(t, "nothing happened", w.shared(into), []string{})
			w.as("accounts.agent").post(at(from, "merge"), merging(into, "carry_shares", true, "accept_widening", true)).is(200)
			same(t, "shares there", w.shared(into), []string{"Hr Agent", "Accounts Second"})
			a := w.as("owner").get(at(into, "shares")).ok()
			same(t, "terms and cause", []any{a.text("items.0.level"), a.text("items.0.cause.kind"), a.text("items.0.created_by.name"), a.at("items.0.expires_at") != nil}, []any{"comment", "merge", "Accounts Agent", true})
			same(t, "reads both", w.texts("hr.agent", into), []string{"reply: Text of Into", "reply: Text of From"})
			same(t, "history", w.history(into, "ticket.share.created", "share.target.name"), []any{"Hr Agent", "Accounts Second"})
			same(t, "told", slices.Contains(w.audience(), "hr.agent@acme.example"), true)
		})
		t.Run("Q8 a share that the other ticket has already stays as it is there", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("accounts", "Into")
			w.share(from, w.agent("hr.agent"))
			w.as("owner").post(at(into, "shares"), terms(whom(w.agent("hr.agent")), "level", "view")).is(201)
			w.as("accounts.agent").post(at(from, "merge"), merging(into, "carry_shares", true)).is(200)
			same(t, "level", w.as("owner").get(at(into, "shares")).ok().text("items.0.level"), "view")
			same(t, "shares", w.shared(into), []string{"Hr Agent"})
		})
		t.Run("Q8 C17 they are carried up to the limit, and the history names the rest", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("accounts", "Into")
			w.set("sharing.max_internal", 2)
			w.share(into, w.agent("support.agent"))
			w.share(from, w.agent("hr.agent"), w.group("HR"))
			w.as("owner").post(at(from, "merge"), merging(into, "carry_shares", true, "accept_widening", true)).is(200)
			same(t, "shares", w.shared(into), []string{"Support Agent", "Hr Agent"})
			same(t, "left out", w.history(into, "ticket.share.declined_cap", "share.target.name"), []any{"HR"})
			same(t, "sees", w.sees("hr.second", into), false)
			w.set("sharing.max_internal", 25)
		})
		t.Run("Q8 an expired share that no job has swept does not stand in the way", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("accounts", "Into")
			w.as("owner").post(at(into, "shares"), terms(whom(w.agent("hr.agent")), "expires_at", w.from(time.Hour))).is(201)
			w.share(from, w.agent("hr.agent"))
			w.advance(2 * time.Hour)
			same(t, "names", w.as("owner").post(at(from, "merge"), merging(into, "carry_shares", true)).gain(), []string{"Hr Agent"})
			w.as("owner").post(at(from, "merge"), merging(into, "carry_shares", true, "accept_widening", true)).is(200)
			same(t, "sees", w.sees("hr.agent", into), true)
			same(t, "history", len(w.history(into, "ticket.share.expired", "kind")), 1)
		})
		t.Run("Q8 Q15 nothing is carried into an inactive brand", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("hr", "Into")
			w.share(from, w.agent("support.agent"))
			w.brand("People", false)
			w.as("owner").post(at(from, "merge"), merging(into, "carry_shares", true, "accept_widening", true)).is(409).reason("brand_inactive")
			same(t, "status", w.as("owner").get(at(from)).ok().text("status"), "new")
			w.brand("People", true)
			w.brand("Company", false)
			w.as("owner").post(at(from, "merge"), merging(into, "carry_shares", true, "accept_widening", true)).is(200)
			same(t, "out of one", w.sees("support.agent", into), true)
			w.brand("Company", true)
		})
		t.Run("Q8 nothing is carried while sharing is off", func(t *testing.T) {
			w := w.in(t)
			from, into := w.file("accounts", "From"), w.file("accounts", "Into")
			w.share(from, w.agent("hr.agent"))
			w.set("sharing.enabled", false)
			w.as("owner").post(at(from, "merge"), merging(into, "carry_shares", true, "accept_widening", true)).is(403).reason("sharing_disabled")
			same(t, "status", w.as("owner").get(at(from)).ok().text("status"), "new")
			w.as("owner").post(at(from, "merge"), merging(into)).is(200)
			w.set("sharing.enabled", true)
		})
	})
}

func TestRuleMergeRequesters(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		from := w.file("accounts", "From")
		w.as("owner").post(at(from, "messages"), map[string]any{"kind": "reply", "text": "An answer to one."}).is(201)
		first := func() sentMail {
			for _, m := range w.mails("staff.one") {
				return m
			}
			t.Fatal("the requester got no mail")
			return sentMail{}
		}()
		into := w.file("accounts", "Into", map[string]any{"requester_address": w.address("staff.two")})
		w.as("accounts.agent").post(at(from, "merge"), merging(into)).is(200)
		t.Run("Q8 messages of another requester's ticket arrive as notes", func(t *testing.T) {
			w := w.in(t)
			same(t, "agents", w.texts("accounts.agent", into), []string{"reply: Text of Into", "note: Text of From", "note: An answer to one."})
			same(t, "the other requester", w.texts("staff.two", into), []string{"reply: Text of Into"})
		})
		t.Run("Q8 the first requester keeps the old ticket and gets nothing of the other", func(t *testing.T) {
			w := w.in(t)
			same(t, "reads", w.texts("staff.one", from), []string{"reply: Text of From", "reply: An answer to one."})
			same(t, "the other", w.sees("staff.one", into), false)
			w.as("staff.one").post(at(from, "messages"), map[string]any{"kind": "reply", "text": "Hello?"}).is(403)
			before := w.texts("owner", into)
			w.arrive(w.address("staff.one"), w.replyTo(first), "Re", "Hello?")
			same(t, "by mail", w.texts("owner", into), before)
		})
		t.Run("Q8 with one requester the conversation stays public", func(t *testing.T) {
			w := w.in(t)
			third := w.file("accounts", "Third", map[string]any{"requester_address": w.address("staff.two")})
			w.as("accounts.agent").post(at(third, "merge"), merging(into)).is(200)
			same(t, "the requester", w.texts("staff.two", into), []string{"reply: Text of Into", "reply: Text of Third"})
		})
	})
}
