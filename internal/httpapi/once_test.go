package httpapi_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestIdempotency: a POST that is sent again with its key is done once, and
// answered as the first time, as far as the sender may still see it.
func TestIdempotency(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Repeated")
		c := w.as("accounts.agent")
		for i, request := range []struct {
			path string
			body any
		}{
			{"/tickets", map[string]any{"subject": "Once", "text": "x", "inbox_id": w.acme().inboxes["accounts"]}},
			{at(number, "messages"), map[string]any{"kind": "note", "text": "Once"}},
			{at(number, "shares"), terms([]map[string]any{w.agent("hr.agent"), w.group("HR")})},
			{at(number, "shares"), terms([]map[string]any{w.agent("hr.agent"), w.group("HR")})},
			{at(number, "linked-tickets"), map[string]any{"kind": "related", "number": w.file("accounts", "Other")}},
			{at(number, "spam"), nil},
			{at(number, "not-spam"), nil},
			{"/attachments?name=a.txt", "some bytes"},
			{"/notifications/read", map[string]any{"up_to": 1}},
		} {
			keyed := c.with("Idempotency-Key", fmt.Sprint("key-", i))
			first := keyed.post(request.path, request.body).ok()
			before := w.fingerprint()
			again := keyed.post(request.path, request.body)
			if again.status != first.status || again.raw != first.raw {
				t.Errorf("%s again answers %d %s\nnot %d %s", again.request, again.status, again.raw, first.status, first.raw)
			}
			if again.header.Get("Idempotent-Replay") != "true" || first.header.Get("Idempotent-Replay") != "" {
				t.Errorf("%s: the header is %q, then %q", again.request, first.header.Get("Idempotent-Replay"), again.header.Get("Idempotent-Replay"))
			}
			if after := w.fingerprint(); after != before {
				t.Errorf("%s again changed something", again.request)
			}
		}
	})
}

func TestIdempotencyKeysBelongToOneRequest(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Keys")
		c := w.as("accounts.agent").with("Idempotency-Key", "k")
		note := map[string]any{"kind": "note", "text": "First"}
		c.post(at(number, "messages"), note).is(201)
		c.post(at(number, "messages"), map[string]any{"kind": "note", "text": "Second"}).refused(422, "Idempotency-Key").reason("key_reused")
		c.post(at(w.file("accounts", "Another"), "messages"), note).refused(422, "Idempotency-Key").reason("key_reused")
		c.post(at(number, "spam"), nil).refused(422, "Idempotency-Key").reason("key_reused")
		// Another person's key is another key, and so is the same one a day later.
		w.as("accounts.second").with("Idempotency-Key", "k").post(at(number, "messages"), note).is(201)
		w.advance(24*time.Hour + time.Second)
		c.post(at(number, "messages"), note).is(201)
		if got := len(c.get(at(number, "messages")).ok().list("items")); got != 4 {
			t.Errorf("the ticket has %d messages", got)
		}
	})
}

// TestFailedRequestsKeepNoKey: what was refused can be sent again, mended.
func TestFailedRequestsKeepNoKey(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Mended")
		c := w.as("accounts.agent").with("Idempotency-Key", "k")
		c.post(at(number, "messages"), map[string]any{"kind": "note", "text": " "}).refused(422, "text")
		c.post(at(number, "messages"), map[string]any{"kind": "note", "text": "Mended"}).is(201)
		for _, key := range []string{"", strings.Repeat("k", 201), "a b", "ä", "a\x7f"} {
			w.as("accounts.agent").with("Idempotency-Key", key).post(at(number, "messages"), map[string]any{"kind": "note", "text": "x"}).refused(422, "Idempotency-Key")
		}
	})
}

// TestReplaysGoThroughTheScope: a repeat shows nothing that was taken away
// meanwhile.
func TestReplaysGoThroughTheScope(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Taken away")
		share := w.share(number, w.agent("hr.agent")).number("items.0.id")
		c := w.as("hr.agent").with("Idempotency-Key", "k")
		note := map[string]any{"kind": "note", "text": "Mine"}
		c.post(at(number, "messages"), note).is(201)
		w.as("owner").delete(at(number, "shares", fmt.Sprint(share))).is(204)
		before := w.fingerprint()
		a := c.post(at(number, "messages"), note).refused(404, "")
		if strings.Contains(a.raw, "Mine") || w.fingerprint() != before {
			t.Errorf("the repeat answers %s", a.raw)
		}
	})
}

// TestReplaysMayNoteThings: a repeat that notes on its way that a share was
// opened is still only a repeat.
func TestReplaysMayNoteThings(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Opened by a repeat")
		c := w.as("manager").with("Idempotency-Key", "k")
		first := c.post(at(number, "not-spam"), nil).is(200)
		w.share(number, w.agent("manager"))
		again := c.post(at(number, "not-spam"), nil).is(200)
		if again.header.Get("Idempotent-Replay") != "true" || again.number("version") != first.number("version") {
			t.Errorf("the repeat answers %s", again.raw)
		}
		if w.as("owner").get(at(number, "shares")).ok().at("items.0.opened_at") == nil {
			t.Error("the share is not marked as opened")
		}
	})
}

// TestSameKeyAtOnce: of many requests with one key at the same time one is done.
func TestSameKeyAtOnce(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "At once")
		c := w.as("accounts.agent").with("Idempotency-Key", "k")
		var all sync.WaitGroup
		answers := make([]*answer, 12)
		for i := range answers {
			all.Go(func() { answers[i] = c.post(at(number, "messages"), map[string]any{"kind": "note", "text": "x"}) })
		}
		all.Wait()
		for _, a := range answers {
			if a.status != 201 || a.raw != answers[0].raw {
				t.Errorf("one answers %d %s, another %s", a.status, a.raw, answers[0].raw)
			}
		}
		if got := len(c.get(at(number, "messages")).ok().list("items")); got != 2 {
			t.Errorf("the ticket has %d messages", got)
		}
	})
}
