package httpapi_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/webhook"
)

// onlyCreated makes a webhook hear of new tickets alone: one event for each.
var onlyCreated = []any{"events", []string{"ticket.created"}}

func TestWebhookTriesAgain(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		path, secret := w.hook(r.url, onlyCreated...)
		r.answers(http.StatusInternalServerError)
		w.file("accounts", "One")
		first := r.take(w)
		same(t, "the first try", len(first), 1)
		id := w.as("owner").get(path + "/deliveries").number("items.0.id")
		one := fmt.Sprintf("%s/deliveries/%d", path, id)
		for n, wait := range []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 6 * time.Hour} {
			a := w.as("owner").get(one).ok()
			next, err := time.Parse(time.RFC3339, a.text("next_at"))
			w.must(err)
			same(t, "log", []any{a.text("state"), a.number("attempts"), a.number("status"), a.text("error")}, []any{"waiting", n + 1, 500, "The receiver answers 500."})
			if pause := next.Sub(w.clock.now()); pause < wait-time.Second || pause > wait+wait/10+time.Second {
				t.Errorf("after try %d it waits %v, not %v", n+1, pause, wait)
			}
			w.advance(wait - time.Second)
			same(t, "too early", len(r.take(w)), 0)
			if n == 6 {
				r.answers(http.StatusOK)
			}
			w.advance(wait/10 + 12*time.Second)
			got := r.take(w)
			if len(got) != 1 || got[0].id() != first[0].id() || !got[0].signedBy(secret) || got[0].header.Get("Webhook-Timestamp") == first[0].header.Get("Webhook-Timestamp") {
				t.Fatalf("try %d: %+v", n+2, got)
			}
		}
		a := w.as("owner").get(one).ok()
		sum := sha256.Sum256([]byte(first[0].raw))
		same(t, "log", []any{a.text("state"), a.number("attempts"), a.number("status"), a.text("error"), a.at("next_at"), a.text("digest"), a.number("size")},
			[]any{"delivered", webhook.Tries, 200, "", nil, hex.EncodeToString(sum[:]), len(first[0].raw)})
		same(t, "failures are forgotten", w.as("owner").get(path).at("failures"), 0)
		w.advance(72 * time.Hour)
		same(t, "afterwards", len(r.take(w)), 0)
	})
}

func TestWebhookGivesUp(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		path, _ := w.hook(r.url, onlyCreated...)
		r.status = func(g received) int { // one ticket is taken by nobody
			if strings.Contains(g.raw, "Bad") {
				return http.StatusBadRequest
			}
			return http.StatusOK
		}
		w.file("accounts", "Bad")
		tries := len(r.take(w))
		for range 60 {
			w.file("accounts", "Good") // so that the webhook is not taken for dead
			w.advance(time.Hour)
			for _, g := range r.take(w) {
				if strings.Contains(g.raw, "Bad") {
					tries++
				}
			}
		}
		failed := w.as("owner").get(path + "/deliveries?state=failed").ok()
		same(t, "tries", []any{tries, len(failed.list("items")), failed.number("items.0.attempts"), failed.at("items.0.next_at")}, []any{webhook.Tries, 1, webhook.Tries, nil})
		same(t, "active", w.as("owner").get(path).at("active"), true)

		// A person can send it once more, and it is told anew.
		r.answers(http.StatusOK)
		one := fmt.Sprintf("%s/deliveries/%d", path, failed.number("items.0.id"))
		same(t, "again", w.as("owner").post(one+"/retry", nil).is(200).text("state"), "waiting")
		same(t, "sent", len(r.take(w)), 1)
		same(t, "log", w.as("owner").get(one).text("state"), "delivered")
		same(t, "logged", w.as("owner").get("/audit?limit=1").text("items.0.action"), "webhook.retried")
	})
}

func TestWebhookGone(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		path, _ := w.hook(r.url, onlyCreated...)
		r.answers(http.StatusGone)
		w.file("accounts", "One")
		r.take(w)
		a := w.as("owner").get(path).ok()
		same(t, "paused", []any{a.at("active"), a.text("pause.reason"), w.log(path)}, []any{false, "gone", "[failed]"})
		log := w.as("owner").get("/audit?limit=1").ok()
		same(t, "logged", []any{log.text("items.0.action"), log.at("items.0.actor_id"), log.text("items.0.cause.kind")}, []any{"webhook.paused", nil, "system"})
		w.file("accounts", "While it is off")
		same(t, "while it is off", len(r.take(w)), 0)
		w.as("owner").post(fmt.Sprintf("%s/deliveries/%d/retry", path, w.as("owner").get(path+"/deliveries").number("items.0.id")), nil).refused(409, "").reason("webhook_inactive")
		r.answers(http.StatusOK)
		a = w.as("owner").patch(path, map[string]any{"active": true}).is(200)
		same(t, "on again", []any{a.at("active"), a.at("pause"), a.at("failures")}, []any{true, nil, 0})
		w.file("accounts", "Two")
		same(t, "on again", len(r.take(w)), 1)
	})
}

// A webhook that fails all the time is paused, what waits is kept, and begins at
// once when somebody switches it on.
func TestWebhookPauses(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		path, _ := w.hook(r.url, onlyCreated...)
		r.answers(http.StatusBadGateway)
		for range 25 {
			w.file("accounts", "One")
		}
		r.take(w)
		a := w.as("owner").get(path).ok()
		if a.at("active") != true || a.number("failures") < 20 || a.at("failing_from") == nil {
			t.Errorf("a short failure of many switches it off: %s", a.raw)
		}
		w.advance(61 * time.Minute)
		r.take(w)
		a = w.as("owner").get(path).ok()
		same(t, "after an hour", []any{a.at("active"), a.text("pause.reason")}, []any{false, "failures"})
		waiting := len(w.as("owner").get(path + "/deliveries?state=waiting&limit=200").list("items"))
		same(t, "waiting", waiting, 25)
		w.advance(3 * time.Hour)
		same(t, "while it is off", len(r.take(w)), 0)
		r.answers(http.StatusNoContent)
		w.as("owner").patch(path, map[string]any{"active": true}).is(200)
		same(t, "on again", len(r.take(w)), 25)

		// However few there are, a day of failures only is enough.
		r.answers(http.StatusBadGateway)
		w.file("accounts", "Last")
		for range 30 {
			w.advance(time.Hour)
			r.take(w)
		}
		same(t, "after a day", w.as("owner").get(path).at("active"), false)
	})
}

func TestWebhookRests(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		path, _ := w.hook(r.url, onlyCreated...)
		r.answers(http.StatusTooManyRequests)
		r.header.Set("Retry-After", "600")
		w.file("accounts", "One")
		r.take(w)
		same(t, "hold", w.as("owner").get(path).at("hold_until") != nil, true)
		r.answers(http.StatusOK)
		r.header.Del("Retry-After")
		w.file("accounts", "Two")
		w.advance(9 * time.Minute)
		same(t, "while it rests", len(r.take(w)), 0)
		w.advance(time.Minute + 10*time.Second)
		same(t, "afterwards", len(r.take(w)), 2)
		same(t, "hold", w.as("owner").get(path).at("hold_until"), nil)
	})
}

// A job that is done twice makes and sends nothing twice, and an account without
// webhooks pays for none.
func TestWebhookJobs(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		kinds := func() string {
			return fmt.Sprint(w.rows(w.plain(), `SELECT kind FROM jobs WHERE state = 'ready' ORDER BY id`))
		}
		w.drain()
		w.file("accounts", "Nobody listens")
		if strings.Contains(kinds(), "webhook") {
			t.Errorf("jobs without a webhook: %s", kinds())
		}
		r := w.receiver()
		path, _ := w.hook(r.url, "events", []string{"ticket.deleted"})
		n := w.file("accounts", "Nobody hears this")
		if strings.Contains(kinds(), "webhook") {
			t.Errorf("jobs for an event that nobody hears of: %s", kinds())
		}
		w.as("owner").patch(path, map[string]any{"events": []string{"all"}}).ok()
		w.as("owner").patch(at(n), map[string]any{"subject": "Heard"}).ok()
		jobs := w.as("owner").get("/jobs").ok()
		if !strings.Contains(jobs.raw, "webhook.event") || !strings.Contains(jobs.raw, "Heard") {
			t.Errorf("the jobs are %s", jobs.raw)
		}
		same(t, "sent", len(r.take(w)), 1)
		same(t, "left", kinds(), "[]")
		w.as("owner").patch(path, map[string]any{"active": false}).ok()
		w.as("owner").patch(at(n), map[string]any{"subject": "Not heard"}).ok()
		if strings.Contains(kinds(), "webhook") {
			t.Errorf("jobs while it is off: %s", kinds())
		}
	})
}

// A payload has its bound, and says where a text was cut.
func TestWebhookPayloadIsBounded(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		w.hook(r.url, "events", []string{"ticket.message"})
		n := w.file("accounts", "Long")
		r.take(w)
		for _, text := range []string{strings.Repeat("é", 90_000), strings.Repeat("\u0001", 90_000), strings.Repeat("<", 90_000)} {
			w.as("owner").post(at(n, "messages"), map[string]any{"kind": "reply", "text": text})
		}
		got := r.take(w)
		if len(got) == 0 {
			t.Fatal("nothing came")
		}
		for _, g := range got {
			told, _ := g.at("data.message.text").(string)
			if len(g.raw) > webhook.MaxBody || g.at("data.message.cut") != true || !strings.HasSuffix(told, " […]") {
				t.Errorf("%d bytes, cut: %v", len(g.raw), g.at("data.message.cut"))
			}
		}
	})
}

// The log is kept as long as the setting says, and what has waited three days is
// given up.
func TestWebhookRetention(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		path, _ := w.hook(r.url, onlyCreated...)
		w.set("retention.delivery_days", 5)
		w.file("accounts", "Taken")
		r.take(w)
		r.answers(http.StatusBadGateway)
		w.file("accounts", "Waiting")
		r.take(w)
		w.as("owner").patch(path, map[string]any{"active": false}).is(200)
		w.advance(73 * time.Hour)
		w.drain()
		same(t, "after three days", w.log(path), "[delivered failed]")
		w.advance(48 * time.Hour)
		w.drain()
		same(t, "after five days", w.log(path), "[]")
	})
}
