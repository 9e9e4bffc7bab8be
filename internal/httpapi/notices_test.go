package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/app"
)

// like sets what somebody wants to hear, and when.
func (w *world) like(who string, settings map[string]any) *answer {
	w.Helper()
	return w.as(who).patch("/me/notice-settings", settings).is(200)
}

// row finds what an answer says of one kind of notice.
func row(a *answer, kind string) map[string]any {
	for _, r := range a.list("rows") {
		if r := r.(map[string]any); r["kind"] == kind {
			return r
		}
	}
	return nil
}

func cell(on, locked bool) map[string]any { return map[string]any{"on": on, "locked": locked} }

// lock sets one cell of the account's matrix.
func (w *world) lock(kind, channel string, on, locked bool) {
	w.Helper()
	w.as("owner").patch("/settings/notice-matrix", map[string]any{"rows": []any{map[string]any{"kind": kind, channel: cell(on, locked)}}}).is(200)
}

// lines gives the kinds in somebody's own list, the newest first.
func (w *world) lines(who string) []string {
	w.Helper()
	w.drain()
	kinds := []string{}
	for _, i := range w.as(who).get("/notifications").ok().list("items") {
		kinds = append(kinds, i.(map[string]any)["kind"].(string))
	}
	return kinds
}

// write adds a message by the owner.
func (w *world) write(number int64, kind, text string, more ...any) *answer {
	w.Helper()
	body := map[string]any{"kind": kind, "text": text}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return w.as("owner").post(at(number, "messages"), body).is(201)
}

func TestNoticeMatrix(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		t.Run("at first everything is on but what a group is assigned", func(t *testing.T) {
			w := w.in(t)
			a := w.as("hr.agent").get("/me/notice-settings").ok()
			same(t, "share", row(a, "share")["mail"], any(cell(true, false)))
			same(t, "group", row(a, "group_assigned"), map[string]any{"kind": "group_assigned", "mail": any(cell(false, false)), "in_app": any(cell(false, false))})
			same(t, "digest", a.text("digest"), "instant")
			same(t, "zone", a.text("time_zone"), "UTC")
			same(t, "rows of a requester", len(w.as("staff.one").get("/me/notice-settings").ok().list("rows")), 5)
		})
		t.Run("mail and list are chosen apart", func(t *testing.T) {
			w := w.in(t)
			w.like("hr.agent", map[string]any{"rows": []any{map[string]any{"kind": "share", "in_app": false}}})
			w.like("hr.second", map[string]any{"rows": []any{map[string]any{"kind": "share", "mail": false}}})
			w.mails("")
			before, second := w.lines("hr.agent"), w.lines("hr.second")
			w.share(w.file("accounts", "Apart"), w.group("HR"))
			same(t, "mails", w.audience(), []string{w.address("hr.agent")})
			same(t, "no line for the one", w.lines("hr.agent"), before)
			same(t, "a line for the other", w.lines("hr.second"), append([]string{"share"}, second...))
			same(t, "unread of the one", len(w.as("hr.agent").get("/notifications?unread=true").ok().list("items")), len(before))
			for _, who := range []string{"hr.agent", "hr.second"} {
				w.like(who, map[string]any{"rows": []any{map[string]any{"kind": "share", "mail": true, "in_app": true}}})
			}
		})
		t.Run("what the account has off is off until somebody turns it on", func(t *testing.T) {
			w := w.in(t)
			w.lock("share", "mail", false, false)
			w.mails("")
			w.like("hr.second", map[string]any{"rows": []any{map[string]any{"kind": "share", "mail": true}}})
			w.share(w.file("accounts", "Default"), w.agent("support.agent"), w.agent("hr.second"))
			same(t, "mails", w.audience(), []string{w.address("hr.second")})
			w.lock("share", "mail", true, false)
		})
		t.Run("what is locked on reaches whoever turned it off, and cannot be changed", func(t *testing.T) {
			w := w.in(t)
			w.like("hr.agent", map[string]any{"rows": []any{map[string]any{"kind": "share", "mail": false}}})
			w.lock("share", "mail", true, true)
			w.mails("")
			w.share(w.file("accounts", "Locked"), w.agent("hr.agent"))
			mails := w.mails("")
			same(t, "mails", len(mails), 1)
			if strings.Contains(mails[0].raw, "List-Unsubscribe") {
				t.Error("the mail offers to be turned off, which it cannot be")
			}
			a := w.as("hr.agent").get("/me/notice-settings").ok()
			same(t, "shown as locked", row(a, "share")["mail"], any(cell(true, true)))
			before := w.fingerprint()
			w.as("hr.agent").patch("/me/notice-settings", map[string]any{"digest": "daily", "rows": []any{map[string]any{"kind": "share", "mail": false}}}).refused(422, "rows[0].mail")
			same(t, "changed by what was refused", w.fingerprint() != before, false)
			w.lock("share", "mail", true, false)
			w.like("hr.agent", map[string]any{"rows": []any{map[string]any{"kind": "share", "mail": true}}})
		})
		t.Run("bad input is named and changes nothing", func(t *testing.T) {
			w := w.in(t)
			before := w.fingerprint()
			c := w.as("hr.agent")
			for field, body := range map[string]map[string]any{
				"rows[0].kind": {"rows": []any{map[string]any{"kind": "gossip", "mail": true}}}, "digest": {"digest": "weekly"}, "digest_hour": {"digest_hour": 24},
				"quiet_hours.from": {"quiet_hours": map[string]any{"from": "24:00"}}, "quiet_hours.days[0]": {"quiet_hours": map[string]any{"days": []any{"monday"}}},
				"quiet_hours.days": {"quiet_hours": map[string]any{"on": true, "days": []any{}}}, "device_time_zone": {"device_time_zone": "Mars/Olympus"},
			} {
				c.patch("/me/notice-settings", body).refused(422, field)
			}
			c.patch("/settings/notice-matrix", map[string]any{"rows": []any{}}).refused(403, "")
			w.as("staff.one").get("/settings/notice-matrix").refused(403, "")
			w.as("owner").patch("/settings/notice-matrix", map[string]any{"rows": []any{map[string]any{"kind": "gossip", "mail": cell(true, true)}}}).refused(422, "rows[0].kind")
			w.nobody().get("/me/notice-settings").refused(401, "")
			same(t, "changed by what was refused", w.fingerprint() != before, false)
		})
	})
}

func TestQuietHours(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		// It is nine in the morning of a Monday, UTC: ten in Berlin.
		quiet := map[string]any{"device_time_zone": "Europe/Berlin", "quiet_hours": map[string]any{"on": true, "from": "09:30", "to": "11:00", "days": []any{"mon"}}}
		a := w.like("hr.agent", quiet)
		same(t, "said again", a.at("quiet_hours"), any(map[string]any{"on": true, "from": "09:30", "to": "11:00", "days": []any{"mon"}}))
		same(t, "zone", a.text("time_zone"), "Europe/Berlin")
		w.mails("")
		n, lost := w.file("accounts", "Patience"), w.file("accounts", "Gone by then")
		w.share(n, w.agent("hr.agent"))
		id := w.share(lost, w.agent("hr.agent")).number("items.0.id")
		same(t, "mail in quiet hours", w.audience(), []string(nil))
		same(t, "lines", w.lines("hr.agent")[:2], []string{"share", "share"})
		w.as("owner").delete(at(lost, "shares", fmt.Sprint(id))).is(204)
		w.advance(59 * time.Minute)
		same(t, "still none", w.audience(), []string(nil))
		w.advance(time.Minute)
		mails := w.mails("hr.agent")
		same(t, "mails afterwards", len(mails), 2)
		for _, m := range mails {
			if strings.Contains(m.raw, "Gone by then") {
				t.Errorf("a mail about what was lost meanwhile holds its subject: %s", m.text)
			}
		}
		t.Run("hours that begin while a mail waits hold it back", func(t *testing.T) {
			w := w.in(t)
			w.like("hr.agent", map[string]any{"quiet_hours": map[string]any{"on": false}})
			w.share(w.file("accounts", "Too late"), w.agent("hr.agent"))
			w.like("hr.agent", map[string]any{"quiet_hours": map[string]any{"on": true, "from": "11:00", "to": "12:00"}})
			same(t, "mails", w.audience(), []string(nil))
			w.advance(time.Hour)
			same(t, "mails afterwards", w.audience(), []string{w.address("hr.agent")})
		})
	})
}

func TestDigests(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.like("hr.agent", map[string]any{"digest": "hourly", "device_time_zone": "Europe/Berlin"})
		w.mails("")
		t.Run("Q20 a digest holds what one may see when it is sent, and of what was lost not even the number", func(t *testing.T) {
			w := w.in(t)
			kept, lost := w.file("accounts", "Stays open"), w.file("accounts", "Ocelot lost")
			w.share(kept, w.agent("hr.agent"))
			id := w.share(lost, w.agent("hr.agent")).number("items.0.id")
			w.write(kept, "note", "A word in between.")
			same(t, "mails at once", w.audience(), []string(nil))
			w.as("hr.agent").patch("/me/notice-settings", map[string]any{"rows": []any{map[string]any{"kind": "unshare", "mail": false}}}).is(200)
			w.as("owner").delete(at(lost, "shares", fmt.Sprint(id))).is(204)
			w.advance(time.Hour)
			mails := w.mails("hr.agent")
			same(t, "mails", len(mails), 1)
			m := mails[0]
			if strings.Contains(m.raw, "Ocelot") || strings.Contains(m.text, fmt.Sprint("#", lost)) {
				t.Errorf("the digest holds something of a lost ticket:\n%s", m.text)
			}
			for _, want := range []string{fmt.Sprint("#", kept), "Stays open", "shared ticket", "added a note", fmt.Sprint("/tickets/", kept)} {
				if !strings.Contains(m.text, want) {
					t.Errorf("the digest lacks %q:\n%s", want, m.text)
				}
			}
			same(t, "subject", m.subject, "Acme: 2 things happened")
			same(t, "says how it is turned off", strings.Contains(m.raw, "List-Unsubscribe-Post: List-Unsubscribe=One-Click"), true)
			same(t, "written by a program", strings.Contains(m.raw, "Auto-Submitted: auto-generated"), true)
			w.advance(2 * time.Hour)
			same(t, "nothing comes twice", w.audience(), []string(nil))
		})
		t.Run("the end of a share stands in it with the number alone", func(t *testing.T) {
			w := w.in(t)
			w.like("hr.agent", map[string]any{"rows": []any{map[string]any{"kind": "unshare", "mail": true}}})
			n := w.file("accounts", "Ocelot again")
			id := w.share(n, w.agent("hr.agent")).number("items.0.id")
			w.as("owner").delete(at(n, "shares", fmt.Sprint(id))).is(204)
			w.drain()
			w.advance(time.Hour)
			mails := w.mails("hr.agent")
			same(t, "mails", len(mails), 1)
			if m := mails[0]; strings.Contains(m.raw, "Ocelot") || !strings.Contains(m.text, fmt.Sprint("#", n)) {
				t.Errorf("the end of a share is told so:\n%s", m.text)
			}
		})
		t.Run("where all of it was lost no mail is sent", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Moot")
			w.share(n, w.agent("hr.agent"))
			w.drain()
			w.as("owner").delete(at(n)).is(204)
			w.advance(time.Hour)
			same(t, "mails", w.audience(), []string(nil))
		})
		t.Run("many tickets at once are one line", func(t *testing.T) {
			w := w.in(t)
			many := w.fileMany("accounts", "Bulk", 3)
			w.mails("")
			w.as("owner").post("/bulk", map[string]any{"tickets": many, "share": map[string]any{"targets": whom(w.agent("hr.agent")), "level": "view"}}).ok()
			same(t, "mails at once", w.audience(), []string(nil))
			w.advance(time.Hour)
			mails := w.mails("hr.agent")
			same(t, "mails", len(mails), 1)
			same(t, "one line", strings.Count(mails[0].text, "shared 3 tickets with you"), 1)
		})
		t.Run("once a day at the hour of the reader's clock", func(t *testing.T) {
			w := w.in(t)
			w.like("hr.agent", map[string]any{"digest": "daily", "digest_hour": 8})
			w.share(w.file("accounts", "Tomorrow"), w.agent("hr.agent"))
			same(t, "mails at once", w.audience(), []string(nil))
			now := w.clock.now()
			w.clock.at.Store(time.Date(now.Year(), now.Month(), now.Day()+1, 6, 59, 59, 0, time.UTC).UnixMicro())
			same(t, "a second before", w.audience(), []string(nil))
			w.advance(time.Second)
			same(t, "at eight in Berlin", w.audience(), []string{w.address("hr.agent")})
		})
		t.Run("a reply to who asked never waits", func(t *testing.T) {
			w := w.in(t)
			w.like("staff.one", map[string]any{"digest": "daily", "quiet_hours": map[string]any{"on": true, "from": "00:00", "to": "00:00"}})
			n := w.file("accounts", "Asked")
			w.mails("")
			w.write(n, "reply", "An answer.")
			mails := w.mails("staff.one")
			same(t, "mails", len(mails), 1)
			same(t, "offers to be turned off", strings.Contains(mails[0].raw, "List-Unsubscribe"), false)
		})
		t.Run("no mail but what is locked on", func(t *testing.T) {
			w := w.in(t)
			w.like("hr.agent", map[string]any{"digest": "off"})
			w.lock("mention", "mail", true, true)
			n := w.file("accounts", "Mostly silent")
			w.share(n, w.agent("hr.agent"))
			same(t, "mails about a share", w.audience(), []string(nil))
			w.write(n, "note", "Look.", "mentions", []int64{w.id("hr.agent")})
			same(t, "mails about a mention", w.audience(), []string{w.address("hr.agent")})
			w.lock("mention", "mail", true, false)
		})
	})
}

func TestMutedTickets(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Loud")
		w.share(n, w.agent("hr.agent"))
		hr := w.as("hr.agent")
		same(t, "at first", hr.get(at(n)).ok().at("muted"), false)
		same(t, "muted", hr.post(at(n, "mute"), nil).ok().at("muted"), true)
		hr.post(at(n, "mute"), nil).ok()
		same(t, "of others", w.as("owner").get(at(n)).ok().at("muted"), false)
		same(t, "the history says nothing", slices.ContainsFunc(w.as("owner").get(at(n, "events")).ok().list("items"), func(e any) bool { return strings.Contains(fmt.Sprint(e), "mute") }), false)
		w.mails("")
		before := w.lines("hr.agent")
		t.Run("what happens is told no more", func(t *testing.T) {
			w := w.in(t)
			w.write(n, "note", "Louder.")
			same(t, "mails", w.audience(), []string(nil))
			same(t, "lines", w.lines("hr.agent"), before)
		})
		t.Run("a mention comes all the same", func(t *testing.T) {
			w := w.in(t)
			w.write(n, "note", "You, please.", "mentions", []int64{w.id("hr.agent")})
			same(t, "mails", w.audience(), []string{w.address("hr.agent")})
			same(t, "lines", w.lines("hr.agent"), append([]string{"mention"}, before...))
		})
		t.Run("it sleeps and wakes with access", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").delete(at(n, "shares", w.shareID(n, w.nameOf("hr.agent")))).is(204)
			hr := w.as("hr.agent")
			hr.post(at(n, "mute"), nil).is(404)
			hr.delete(at(n, "mute")).is(404)
			w.share(n, w.agent("hr.agent"))
			w.mails("")
			w.write(n, "note", "Still loud.")
			same(t, "mails", w.audience(), []string(nil))
			same(t, "muted", hr.get(at(n)).ok().at("muted"), true)
		})
		t.Run("one who muted a mail in the queue does not get it", func(t *testing.T) {
			w := w.in(t)
			hr := w.as("hr.agent")
			hr.delete(at(n, "mute")).is(204)
			hr.post(at(n, "mute"), nil).ok()
			w.write(n, "note", "On its way.")
			same(t, "mails", w.audience(), []string(nil))
		})
		t.Run("unmuted it is told again", func(t *testing.T) {
			w := w.in(t)
			w.as("hr.agent").delete(at(n, "mute")).is(204)
			w.write(n, "note", "Hello.")
			same(t, "mails", w.audience(), []string{w.address("hr.agent")})
		})
		t.Run("a bulk change leaves it out", func(t *testing.T) {
			w := w.in(t)
			other := w.file("accounts", "Other")
			w.share(other, w.agent("hr.agent"))
			w.as("hr.agent").post(at(n, "mute"), nil).ok()
			w.mails("")
			w.as("owner").post("/bulk", map[string]any{"tickets": []int64{n, other}, "change": map[string]any{"priority": "high"}}).ok()
			mails := w.mails("hr.agent")
			same(t, "mails", len(mails), 1)
			if strings.Contains(mails[0].text, "Loud") || !strings.Contains(mails[0].text, "Other") {
				t.Errorf("the mail about a bulk: %s", mails[0].text)
			}
		})
		t.Run("requesters have nothing to mute", func(t *testing.T) {
			w := w.in(t)
			w.as("staff.one").post(at(n, "mute"), nil).is(403)
		})
	})
}

func TestGroupMail(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		hr := fmt.Sprint("/groups/", w.acme().groups["HR"])
		team := "hr-team@lists.example"
		set := func(w *world, body map[string]any) *answer { return w.as("owner").patch(hr, body) }
		set(w, map[string]any{"mail": "address"}).refused(422, "mail_address")
		set(w, map[string]any{"mail": "address", "mail_address": "nothing"}).refused(422, "mail_address")
		set(w, map[string]any{"mail": "address", "mail_address": "HR@acme.example"}).refused(422, "mail_address")
		w.as("hr.agent").patch(hr, map[string]any{"mail": "none"}).refused(403, "")
		same(t, "at first", w.as("owner").get(hr).ok().text("mail"), "members")
		same(t, "set", set(w, map[string]any{"mail": "address", "mail_address": team}).ok().text("mail_address"), team)

		t.Run("a share is told to the address, with a link and nothing written", func(t *testing.T) {
			w := w.in(t)
			w.mails("")
			n := w.file("accounts", "Ocelot files")
			w.share(n, w.group("HR"))
			mails := w.mails("")
			same(t, "mails", len(mails), 1)
			m := mails[0]
			same(t, "to", m.to, team)
			if strings.Contains(m.raw, "Ocelot") || strings.Contains(m.raw, "+r") || strings.Contains(m.raw, "List-Unsubscribe") {
				t.Errorf("the mail holds too much:\n%s", m.raw)
			}
			if !strings.Contains(m.text, fmt.Sprint("/tickets/", n)) || !strings.Contains(m.text, "your group HR") {
				t.Errorf("the mail says too little:\n%s", m.text)
			}
			same(t, "members see it", w.lines("hr.agent")[0], "share")
			w.write(n, "reply", "Stays inside.")
			got := []string{}
			for _, m := range w.mails("") {
				if m.to != w.address("staff.one") {
					got = append(got, m.to)
				}
				if m.to == team && strings.Contains(m.raw, "Stays inside") {
					t.Error("the mail to the group holds the message")
				}
			}
			same(t, "told of a message", got, []string{team})
		})
		t.Run("a note is told where the share lets every member read notes", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Notes")
			w.as("owner").post(at(n, "shares"), terms(whom(w.group("HR")), "see_internal", false)).is(201)
			w.mails("")
			w.write(n, "note", "Not for all.")
			same(t, "without", w.audience(), []string(nil))
			w.as("owner").patch(at(n, "shares", w.shareID(n, "HR")), map[string]any{"see_internal": true}).ok()
			w.mails("")
			w.write(n, "note", "For all.")
			same(t, "with", w.audience(), []string{team})
		})
		t.Run("what ends before the mail goes is not told", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Short")
			w.mails("")
			w.share(n, w.group("HR"))
			w.as("owner").delete(at(n, "shares", w.shareID(n, "HR"))).is(204)
			mails := w.mails("")
			same(t, "mails", len(mails), 1)
			if strings.Contains(mails[0].text, "/tickets/") || !strings.Contains(mails[0].text, "no longer") && !strings.Contains(mails[0].text, "stopped") {
				t.Errorf("the mail about the end: %s", mails[0].text)
			}
		})
		t.Run("an assignment to the group is told", func(t *testing.T) {
			w := w.in(t)
			w.mails("")
			n := w.file("hr", "Assigned to us")
			mails := w.mails("")
			same(t, "mails", len(mails), 1)
			same(t, "to", mails[0].to, team)
			if !strings.Contains(mails[0].text, fmt.Sprint("#", n)) || strings.Contains(mails[0].raw, "Assigned to us") {
				t.Errorf("the mail about an assignment: %s", mails[0].text)
			}
		})
		t.Run("many tickets at once are one mail", func(t *testing.T) {
			w := w.in(t)
			many := w.fileMany("accounts", "Crowd", 3)
			w.mails("")
			w.as("owner").post("/bulk", map[string]any{"tickets": many, "share": map[string]any{"targets": whom(w.group("HR")), "level": "view"}}).ok()
			mails := w.mails("")
			same(t, "mails", len(mails), 1)
			same(t, "to", mails[0].to, team)
			if strings.Contains(mails[0].raw, "Crowd") || !strings.Contains(mails[0].text, "3 tickets") {
				t.Errorf("the mail about many: %s", mails[0].text)
			}
		})
		t.Run("the account's switch counts for groups too", func(t *testing.T) {
			w := w.in(t)
			w.lock("share", "mail", false, true)
			w.mails("")
			w.share(w.file("accounts", "Switched off"), w.group("HR"))
			same(t, "mails", w.audience(), []string(nil))
			w.lock("share", "mail", true, false)
		})
		t.Run("to nobody", func(t *testing.T) {
			w := w.in(t)
			set(w, map[string]any{"mail": "none"}).ok()
			n := w.file("accounts", "Nobody")
			w.mails("")
			w.share(n, w.group("HR"))
			same(t, "mails", w.audience(), []string(nil))
			same(t, "members see it", w.lines("hr.second")[0], "share")
			w.share(n, w.agent("hr.agent"))
			same(t, "to one of them directly", w.audience(), []string{w.address("hr.agent")})
		})
		t.Run("to each member who wants to hear of assignments", func(t *testing.T) {
			w := w.in(t)
			set(w, map[string]any{"mail": "members"}).ok()
			w.like("hr.second", map[string]any{"rows": []any{map[string]any{"kind": "group_assigned", "mail": true}}})
			w.mails("")
			n := w.file("hr", "For whoever wants")
			mails := w.mails("")
			same(t, "mails", len(mails), 1)
			same(t, "to", mails[0].to, w.address("hr.second"))
			if !strings.Contains(mails[0].subject, fmt.Sprintf("ticket #%d", n)) || !strings.Contains(mails[0].text, "your group HR") {
				t.Errorf("the mail: %s\n%s", mails[0].subject, mails[0].text)
			}
			w.write(n, "note", "x")
			w.as("owner").patch(at(n), map[string]any{"group_id": nil}).ok()
			w.mails("")
			w.as("owner").patch(at(n), map[string]any{"group_id": w.acme().groups["HR"]}).ok()
			same(t, "moved there", w.audience(), []string{w.address("hr.second")})
		})
	})
}

// unsubscribeToken takes the token of a mail.
func unsubscribeToken(t *testing.T, m sentMail) string {
	t.Helper()
	raw := strings.ReplaceAll(m.raw, "\r\n ", " ") // unfolded
	_, rest, ok := strings.Cut(raw, "List-Unsubscribe: <")
	if !ok || !strings.Contains(raw, "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") {
		t.Fatalf("the mail has no address to turn it off:\n%s", m.raw)
	}
	address, _, _ := strings.Cut(rest, ">")
	_, token, ok := strings.Cut(address, app.UnsubscribePath)
	if !ok || !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		t.Fatalf("%q is no such address", address)
	}
	return token
}

func TestUnsubscribe(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		account := w.acme().id
		off := func(w *world, token string) { w.must(w.app.Unsubscribe(w.Context(), account, token, true)) }
		t.Run("a kind of notice", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Turn me off")
			w.mails("")
			w.share(n, w.group("HR"))
			token := unsubscribeToken(t, w.mails("hr.agent")[0])
			off(w, token)
			off(w, token)
			a := w.as("hr.agent").get("/me/notice-settings").ok()
			same(t, "that kind", row(a, "share")["mail"], any(cell(false, false)))
			same(t, "in the list", row(a, "share")["in_app"], any(cell(true, false)))
			same(t, "another kind", row(a, "update")["mail"], any(cell(true, false)))
			same(t, "somebody else", row(w.as("hr.second").get("/me/notice-settings").ok(), "share")["mail"], any(cell(true, false)))
			w.must(w.app.Unsubscribe(w.Context(), account, token, false))
			same(t, "on again", row(w.as("hr.agent").get("/me/notice-settings").ok(), "share")["mail"], any(cell(true, false)))
		})
		t.Run("copies of one ticket", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "In copy")
			other := w.file("accounts", "In copy too")
			for _, number := range []int64{n, other} {
				w.as("owner").patch(at(number), map[string]any{"ccs": []any{w.address("staff.three")}}).ok()
			}
			w.mails("")
			w.write(n, "reply", "One.")
			off(w, unsubscribeToken(t, w.mails("staff.three")[0]))
			w.mails("")
			w.write(n, "reply", "Two.")
			w.write(other, "reply", "Three.")
			mails := w.mails("staff.three")
			same(t, "mails", len(mails), 1)
			same(t, "about the other", strings.Contains(mails[0].text, "Three."), true)
			same(t, "still in copy", len(w.as("owner").get(at(n)).ok().list("ccs")), 1)
		})
		t.Run("what was forged, cut or made for another desk turns nothing off", func(t *testing.T) {
			w := w.in(t)
			w.share(w.file("accounts", "Forged"), w.agent("hr.agent"))
			token := unsubscribeToken(t, w.mails("hr.agent")[0])
			before := w.fingerprint()
			_, sealed, _ := strings.Cut(token, ".")
			for _, bad := range []string{"", ".", "share", "share.", "update." + sealed, "reply." + sealed, token[:len(token)-1], token + "a", strings.ToUpper(token), strings.Repeat("x", 5000), "share." + strings.Repeat("a", 64)} {
				_, err := w.app.Unsubscribing(w.Context(), account, bad)
				same(t, "reads", err != nil && strings.Contains(err.Error(), "unsubscribe_token"), true)
				same(t, "turns off", w.app.Unsubscribe(w.Context(), account, bad, true) != nil, true)
			}
			same(t, "of another desk", w.app.Unsubscribe(w.Context(), w.desks["globex"].id, token, true) != nil, true)
			w.advance(366 * 24 * time.Hour)
			err := w.app.Unsubscribe(w.Context(), account, token, true)
			same(t, "too old", err != nil && strings.Contains(err.Error(), "unsubscribe_expired"), true)
			same(t, "changed by what was refused", w.fingerprint() != before, false)
		})
		t.Run("what was locked meanwhile stays on", func(t *testing.T) {
			w := w.in(t)
			w.share(w.file("accounts", "Locked since"), w.agent("hr.agent"))
			token := unsubscribeToken(t, w.mails("hr.agent")[0])
			w.lock("share", "mail", true, true)
			err := w.app.Unsubscribe(w.Context(), account, token, true)
			same(t, "refused", err != nil && strings.Contains(err.Error(), "unsubscribe_locked"), true)
		})
	})
}
