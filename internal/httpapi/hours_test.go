package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// officeHours is a calendar from 09:00 to 17:00 UTC, Monday to Friday.
func officeHours(more ...any) map[string]any {
	hours := []any{}
	for _, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday"} {
		hours = append(hours, map[string]any{"day": day, "from": "09:00", "to": "17:00"})
	}
	body := map[string]any{"name": "Office", "time_zone": "UTC", "hours": hours}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return body
}

// promise makes a policy for every priority.
func (w *world) promise(name string, first, next, resolution int, more ...any) *answer {
	w.Helper()
	all := map[string]any{"first_reply": first, "next_reply": next, "resolution": resolution}
	body := map[string]any{"name": name, "targets": map[string]any{"urgent": all, "high": all, "normal": all, "low": all}}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	a := w.as("owner").post("/sla-policies", body).is(201)
	w.drain()
	return a
}

// dueAt gives when a ticket's next clock is due, as hh:mm of its day; "" for none.
func (w *world) dueAt(number int64) string {
	w.Helper()
	due, _ := w.as("owner").get(at(number)).ok().at("sla.due_at").(string)
	if due == "" {
		return ""
	}
	return due[8:16]
}

// missed counts the lines of a ticket's history about missed times.
func (w *world) missed(number int64) (n int) {
	w.Helper()
	for _, e := range w.as("owner").get(at(number, "events")).ok().list("items") {
		if e.(map[string]any)["kind"] == "ticket.sla.breached" {
			n++
		}
	}
	return n
}

// sweepClocks lets what runs each half minute run now.
func (w *world) sweepClocks() {
	w.Helper()
	w.must(w.app.SweepClocks(w.Context()))
	w.drain()
}

func TestCalendars(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		made := owner.post("/calendars", officeHours("holidays", []any{map[string]any{"from": "2026-03-03", "name": "Founders' day"}})).is(201)
		id := made.number("id")
		path := fmt.Sprintf("/calendars/%d", id)
		t.Run("the first one is the default, and says what it stands at", func(t *testing.T) {
			w := w.in(t)
			same(t, "default", made.at("default"), any(true))
			same(t, "open", made.at("open_now"), any(true))
			same(t, "closes", made.text("change_at"), "2026-03-02T17:00:00Z")
			same(t, "a day", made.text("holidays.0.to"), "2026-03-03")
			w.as("hr.agent").get("/calendars").is(403)
			w.as("staff.one").get(path).is(403)
		})
		t.Run("what is wrong is named and changes nothing", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			before := w.fingerprint()
			for field, body := range map[string]map[string]any{
				"name":             officeHours("name", " "),
				"time_zone":        officeHours("name", "A", "time_zone", "Mars/Base"),
				"hours":            officeHours("name", "A", "hours", []any{}),
				"hours[0].day":     officeHours("name", "A", "hours", []any{map[string]any{"day": "someday", "from": "09:00", "to": "10:00"}}),
				"hours[0].from":    officeHours("name", "A", "hours", []any{map[string]any{"day": "monday", "from": "9", "to": "10:00"}}),
				"hours[0].to":      officeHours("name", "A", "hours", []any{map[string]any{"day": "monday", "from": "12:00", "to": "09:00"}}),
				"hours[1]":         officeHours("name", "A", "hours", []any{map[string]any{"day": "monday", "from": "09:00", "to": "12:00"}, map[string]any{"day": "monday", "from": "11:00", "to": "13:00"}}),
				"holidays[0].to":   officeHours("name", "A", "holidays", []any{map[string]any{"from": "2026-03-03", "to": "2026-03-02", "name": "x"}}),
				"holidays[0].from": officeHours("name", "A", "holidays", []any{map[string]any{"from": "2026-02-30", "name": "x"}}),
			} {
				owner.post("/calendars", body).refused(422, field)
			}
			owner.post("/calendars", officeHours("name", "OFFICE")).refused(409, "name")
			owner.patch(path, map[string]any{"name": "B", "version": 99}).refused(409, "").reason("version")
			owner.patch(path, map[string]any{"default": false}).refused(422, "default")
			same(t, "data", w.fingerprint(), before)
		})
		t.Run("what is in use is not deleted", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			second := owner.post("/calendars", map[string]any{"name": "Always", "time_zone": "Asia/Tokyo", "around_the_clock": true}).is(201).number("id")
			other := fmt.Sprintf("/calendars/%d", second)
			owner.delete(path).refused(409, "").reason("in_use")
			policy := w.promise("Named", 60, 0, 0, "calendar", second).number("id")
			owner.delete(other).refused(409, "").reason("in_use")
			same(t, "users", owner.get(other).ok().text("used_by.0.name"), "Named")
			owner.delete(fmt.Sprintf("/sla-policies/%d", policy)).is(204)
			owner.patch(other, map[string]any{"default": true}).ok()
			same(t, "the one before", owner.get(path).ok().at("default"), any(false))
			owner.patch(path, map[string]any{"default": true}).ok()
			owner.delete(other).is(204)
			owner.get(other).is(404)
		})
	})
}

const holidayFile = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" +
	"BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas\\, all of it\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20100101\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:New Year\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:3\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260601T090000Z\r\nSUMMARY:A meeting\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:4\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=SECONDLY\r\nSUMMARY:Never ending\r\nEND:VEVENT\r\n" +
	"END:VCALENDAR\r\n"

func TestReadHolidays(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		before := w.fingerprint()
		a := owner.post("/calendars/read-holidays", map[string]any{"ics": holidayFile}).is(200)
		same(t, "left out", a.number("left_out"), int64(2))
		same(t, "holidays", len(a.list("holidays")), 7) // New Year of 2026 to 2031, and Christmas
		found := false
		for _, h := range a.list("holidays") {
			h := h.(map[string]any)
			found = found || h["name"] == "Christmas, all of it" && h["from"] == "2026-12-24" && h["to"] == "2026-12-26"
		}
		same(t, "three days", found, true)
		owner.post("/calendars/read-holidays", map[string]any{"ics": "a picture"}).refused(422, "ics")
		owner.post("/calendars/read-holidays", map[string]any{"ics": strings.Repeat("x", 300_000)}).refused(422, "ics")
		w.as("hr.agent").post("/calendars/read-holidays", map[string]any{"ics": holidayFile}).is(403)
		same(t, "data", w.fingerprint(), before)
	})
}

func TestServiceLevels(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		owner.post("/calendars", officeHours()).is(201)
		old := w.file("accounts", "Before any promise")
		w.promise("All", 60, 30, 240)
		t.Run("clocks follow replies, pauses and the end", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Promised")
			same(t, "first reply", w.dueAt(n), "02T10:00")
			same(t, "which", w.as("owner").get(at(n)).text("sla.next"), "first_reply")
			w.write(n, "note", "not an answer")
			same(t, "after a note", w.dueAt(n), "02T10:00")
			w.write(n, "reply", "an answer")
			same(t, "the solution", w.dueAt(n), "02T13:00")
			w.as("staff.one").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "and now?"}).is(201)
			same(t, "next reply", w.dueAt(n), "02T09:30")
			w.as("owner").patch(at(n), map[string]any{"status": "pending"}).ok()
			same(t, "paused", w.dueAt(n), "")
			same(t, "says so", w.as("owner").get(at(n)).at("sla.paused"), any(true))
			w.as("owner").patch(at(n), map[string]any{"status": "solved"}).ok()
			same(t, "solved", w.dueAt(n), "")
			same(t, "nothing missed", w.missed(n), 0)
		})
		t.Run("tickets that were there before are looked at by a job", func(t *testing.T) {
			w := w.in(t)
			same(t, "due", w.dueAt(old), "02T10:00")
		})
		t.Run("a missed time is in the history, told and found once", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			n := w.file("hr", "Missed", map[string]any{"assignee_id": w.acme().people["hr.agent"]})
			unassigned := w.file("hr", "Missed by nobody", map[string]any{"group_id": w.acme().groups["HR"]})
			w.lines("hr.agent")
			w.mails("")
			w.advance(61 * time.Minute)
			same(t, "seen before any job", owner.get(at(n)).ok().at("sla.breached"), any(true))
			same(t, "found before any job", w.filtered("owner", cond("sla_breached", "is", true)), []int64{old, n, unassigned})
			w.sweepClocks()
			w.sweepClocks()
			same(t, "lines", w.missed(n), 1)
			same(t, "told", w.lines("hr.agent")[:2], []string{"sla_breached", "sla_breached"})
			same(t, "told the group alone", w.lines("hr.second")[0], "sla_breached")
			mails := w.mails("hr.second")
			same(t, "mails", len(mails), 1)
			if !strings.Contains(mails[0].text, "First reply") || !strings.Contains(mails[0].subject, fmt.Sprint(unassigned)) {
				t.Errorf("the mail says %q: %s", mails[0].subject, mails[0].text)
			}
			w.write(n, "reply", "at last")
			same(t, "still said", owner.get(at(n)).ok().at("sla.breached"), any(true))
			same(t, "one line", w.missed(n), 1)
			same(t, "due later", w.filtered("owner", cond("sla_due", "after", w.clock.now().Format(time.RFC3339))), []int64{old, n, unassigned}[1:2])
			list := owner.get("/tickets?sort=sla_due&state=open").ok().numbers()
			same(t, "what is due first comes first", slices.Index(list, unassigned) < slices.Index(list, n), true)
		})
		t.Run("requesters are told nothing", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Theirs")
			w.advance(61 * time.Minute)
			w.sweepClocks()
			for _, path := range []string{at(n), at(n, "events"), "/tickets"} {
				if raw := string(w.as("staff.one").get(path).ok().raw); strings.Contains(raw, "sla") || strings.Contains(raw, "due") {
					t.Errorf("%s: %s", path, raw)
				}
			}
			w.as("staff.one").get(w.listPath("/tickets", cond("sla_breached", "is", true))).refused(422, "filter")
			w.as("staff.one").get("/tickets?sort=sla_due").refused(422, "sort")
		})
		t.Run("the first policy that fits applies, and a change of it or its calendar counts anew without telling anybody", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			strict := w.promise("Urgent", 15, 0, 0, "condition", cond("priority", "is", "urgent")).number("id")
			path := fmt.Sprintf("/sla-policies/%d", strict)
			n := w.file("accounts", "Urgent", map[string]any{"priority": "urgent"})
			name := func() string { return owner.get(at(n)).ok().text("sla.policy.name") }
			same(t, "the first in the order", name(), "All")
			list := owner.get("/sla-policies").ok()
			owner.put("/sla-policies/order", map[string]any{"ids": []any{strict, list.number("items.0.id")}}).is(204)
			w.drain()
			same(t, "the other order", name(), "Urgent")
			before := w.lines("owner")
			owner.patch(path, map[string]any{"targets": map[string]any{"urgent": map[string]any{"first_reply": 1}}}).ok()
			w.advance(2 * time.Minute)
			w.drain()
			same(t, "late", owner.get(at(n)).ok().at("sla.breached"), any(true))
			same(t, "nobody is told", w.missed(n), 0)
			same(t, "no line", w.lines("owner"), before)
			owner.patch(path, map[string]any{"active": false}).ok()
			w.drain()
			same(t, "the next one", name(), "All")
			owner.put("/sla-policies/order", map[string]any{"ids": []any{strict}}).refused(422, "ids")
			for field, body := range map[string]map[string]any{
				"targets":   {"targets": map[string]any{}},
				"calendar":  {"calendar": 999},
				"pause":     {"pause": []any{"solved"}},
				"condition": {"condition": cond("sla_breached", "is", true)},
			} {
				owner.patch(path, body).refused(422, field)
			}
			owner.patch(path, map[string]any{"condition": cond("assignee", "is", "me")}).refused(422, "condition")
			owner.patch(path, map[string]any{"name": "x", "version": 1}).refused(409, "").reason("version")
			w.as("hr.agent").get("/sla-policies").is(403)
			w.as("hr.agent").get(path).is(403)
		})
		t.Run("a webhook that sees what is internal hears of it", func(t *testing.T) {
			w := w.in(t)
			r := w.receiver()
			w.as("owner").post("/webhooks", map[string]any{"name": "SLA", "url": r.url, "events": []string{"ticket.sla.breached"}, "see_internal": true}).is(201)
			w.file("accounts", "Heard")
			w.advance(26 * time.Hour)
			w.sweepClocks()
			if n := len(r.take(w)); n == 0 {
				t.Error("nothing arrived")
			}
		})
	})
}
