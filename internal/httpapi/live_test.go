package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// lines compares what a stream told of one name.
func (l *listener) lines(all []liveEvent, name string, want ...string) {
	l.Helper()
	if want == nil {
		want = []string{}
	}
	if diff := cmp.Diff(want, told(all, name)); diff != "" {
		l.Errorf("lines %q (-want +got):\n%s\nof %+v", name, diff, all)
	}
}

// TestLive: a stream tells those who see a ticket what happened to it, by number
// and kind.
func TestLive(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Invoice")
		n := fmt.Sprint(number)
		agent, requester, other := w.listen("accounts.agent"), w.listen("staff.one"), w.listen("hr.agent")
		foreign := w.listen("globex/owner")
		for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "private, no-store, no-transform", "X-Accel-Buffering": "no"} {
			if got := agent.header.Get(name); got != want {
				t.Errorf("%s is %q, not %q", name, got, want)
			}
		}
		owner := w.as("owner")
		owner.post(at(number, "messages"), map[string]any{"kind": "reply", "text": "The papers are on their way"}).ok()
		owner.post(at(number, "messages"), map[string]any{"kind": "note", "text": "secret toucan"}).ok()
		owner.patch(at(number), map[string]any{"subject": "Invoice 7"}).ok()
		all := agent.heard()
		got := told(all, "ticket")
		for _, want := range []string{"ticket.message " + n, "ticket.updated " + n} {
			if !slices.Contains(got, want) {
				t.Errorf("the agent hears %v, not %s", got, want)
			}
		}
		if len(told(all, "counts")) == 0 {
			t.Error("the agent's counts are not told of")
		}
		for _, e := range all {
			if strings.Contains(e.raw, "Invoice") || strings.Contains(e.raw, "toucan") || strings.Contains(e.raw, "papers") {
				t.Errorf("a line holds content: %s", e.raw)
			}
		}
		other.lines(other.heard(), "ticket")
		foreign.lines(foreign.heard(), "ticket")
		if got := told(requester.heard(), "ticket"); !slices.Contains(got, "ticket.message "+n) {
			t.Errorf("the requester hears %v", got)
		}
		owner.post(at(number, "messages"), map[string]any{"kind": "note", "text": "secret toucan"}).ok()
		owner.patch(at(number), map[string]any{"priority": "high"}).ok()
		if got := requester.heard(); len(got) != 0 {
			t.Errorf("the requester hears of what is internal: %+v", got)
		}
		created := w.file("accounts", "Another")
		all = agent.heard()
		if !slices.Contains(told(all, "ticket"), fmt.Sprintf("ticket.created %d", created)) {
			t.Errorf("the agent hears %+v of a new ticket", all)
		}
	})
}

// TestLiveNotes: whoever sees a ticket without what is internal in it hears
// nothing of notes.
func TestLiveNotes(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Half seen")
		n := fmt.Sprint(number)
		w.as("owner").post(at(number, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "see_internal", false)).ok()
		w.share(number, w.agent("hr.second"))
		half, whole := w.listen("hr.agent"), w.listen("hr.second")
		token := w.listenAs(w.nobody().with("Authorization", "Bearer "+w.newToken(w.viewer("owner"), nil)))
		w.as("owner").post(at(number, "messages"), map[string]any{"kind": "note", "text": "secret"}).ok()
		w.as("owner").patch(at(number), map[string]any{"priority": "high"}).ok()
		whole.lines(whole.heard(), "ticket", "ticket.message "+n, "ticket.updated "+n)
		for name, l := range map[string]*listener{"an agent without notes": half, "a token without scopes": token} {
			if got := l.heard(); len(got) != 0 {
				t.Errorf("%s hears %+v", name, got)
			}
		}
		w.as("owner").post(at(number, "messages"), map[string]any{"kind": "reply", "text": "public"}).ok()
		for _, l := range []*listener{half, whole, token} {
			if got := told(l.heard(), "ticket"); !slices.Contains(got, "ticket.message "+n) {
				t.Errorf("a reply is told as %v", got)
			}
		}
	})
}

// TestLiveRevocation: each way of losing a ticket is told once, by its number,
// and then there is silence.
func TestLiveRevocation(t *testing.T) {
	system := func(w *world, who string, p app.PersonPatch) {
		w.must(w.app.UpdatePerson(w.Context(), w.system("acme"), w.id(who), p))
	}
	ways := map[string]struct {
		who   string
		lose  func(w *world, number int64)
		whole bool // one's own rights change, not those in one ticket
	}{
		"unshare": {who: "hr.agent", lose: func(w *world, number int64) {
			w.as("owner").delete(at(number, "shares", w.shareID(number, "Hr Agent"))).ok()
		}},
		"leave":         {who: "hr.agent", lose: func(w *world, number int64) { w.as("hr.agent").post(at(number, "leave"), nil).ok() }},
		"group's share": {who: "hr.second", lose: func(w *world, number int64) { w.as("owner").delete(at(number, "shares", w.shareID(number, "HR"))).ok() }},
		"expiry, swept": {who: "hr.agent", lose: func(w *world, number int64) {
			// The new terms are told before their time is over, or both moments tell of a loss.
			before := w.listen("owner")
			until := w.clock.now().Add(time.Hour).Format(time.RFC3339)
			w.as("owner").patch(at(number, "shares", w.shareID(number, "Hr Agent")), map[string]any{"expires_at": until}).ok()
			before.heard()
			w.advance(2 * time.Hour)
			w.must(w.app.SweepShares(w.Context()))
		}},
		"another inbox": {who: "accounts.agent", lose: func(w *world, number int64) {
			w.as("owner").patch(at(number), map[string]any{"inbox_id": w.acme().inboxes["hr"]}).ok()
		}},
		"another group": {who: "accounts.agent", lose: func(w *world, number int64) {
			w.as("owner").patch(at(number), map[string]any{"group_id": w.acme().groups["Support"]}).ok()
		}},
		"another agent": {who: "restricted.agent", lose: func(w *world, number int64) { w.as("owner").patch(at(number), map[string]any{"assignee_id": nil}).ok() }},
		"private":       {who: "staff.one", lose: func(w *world, number int64) { w.as("owner").patch(at(number), map[string]any{"private": true}).ok() }},
		"spam":          {who: "staff.one", lose: func(w *world, number int64) { w.as("owner").post(at(number, "spam"), nil).ok() }},
		"deleted":       {who: "accounts.agent", lose: func(w *world, number int64) { w.as("owner").delete(at(number)).ok() }},
		"a group's end": {who: "hr.second", whole: true, lose: func(w *world, _ int64) {
			w.must(w.app.UpdateInbox(w.Context(), w.system("acme"), w.acme().inboxes["hr"], app.InboxPatch{DefaultGroupID: ptr(w.acme().groups["Legal"])}))
			w.must(w.app.DeleteGroup(w.Context(), w.system("acme"), w.acme().groups["HR"]))
		}},
		"out of a group":  {who: "hr.second", whole: true, lose: func(w *world, _ int64) { system(w, "hr.second", app.PersonPatch{Groups: &[]int64{}}) }},
		"out of an inbox": {who: "accounts.agent", whole: true, lose: func(w *world, _ int64) { system(w, "accounts.agent", app.PersonPatch{Inboxes: &[]int64{}}) }},
		"less scope":      {who: "accounts.agent", whole: true, lose: func(w *world, _ int64) { system(w, "accounts.agent", app.PersonPatch{Scope: ptr(dm.RestrictedScope)}) }},
		"sharing is off": {who: "hr.agent", whole: true, lose: func(w *world, _ int64) {
			w.set("sharing.on_disable", "suspend")
			w.set("sharing.enabled", false)
		}},
	}
	lose := func(t *testing.T, w *world, name string) {
		way := ways[name]
		number := w.file("accounts", "Lost", map[string]any{"assignee_id": w.id("restricted.agent")})
		w.share(number, w.agent("hr.agent"), w.group("HR"))
		if way.who == "hr.agent" { // the group's share must not keep it
			w.must(w.app.UpdatePerson(w.Context(), w.system("acme"), w.id("hr.agent"), app.PersonPatch{Groups: &[]int64{}}))
		}
		l := w.listen(way.who)
		way.lose(w, number)
		all := l.heard()
		if way.whole {
			if got := told(all, "access"); !slices.Contains(got, "") {
				t.Errorf("nothing tells that one's rights changed: %+v", all)
			}
		} else {
			l.lines(all, "access", fmt.Sprint(number))
		}
		if got := told(all, "ticket"); len(got) != 0 && way.who != "hr.agent" {
			t.Errorf("what took the ticket away is told: %v", got)
		}
		w.as("owner").post(at(number, "messages"), map[string]any{"kind": "reply", "text": "after"})
		w.as("owner").post(at(number, "messages"), map[string]any{"kind": "note", "text": "after"})
		if got := l.heard(); len(got) != 0 {
			t.Errorf("after that the stream tells %+v", got)
		}
	}
	onEngines(t, func(t *testing.T, w *world) {
		for name, way := range ways {
			if !way.whole {
				t.Run(name, func(t *testing.T) { lose(t, w.reporting(t), name) })
			}
		}
	})
	for name, way := range ways {
		if way.whole {
			t.Run(name, func(t *testing.T) {
				onEngines(t, func(t *testing.T, w *world) { lose(t, w, name) })
			})
		}
	}
}

// TestLiveGain: getting sight of a ticket is told by its number alone.
func TestLiveGain(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Gained")
		n := fmt.Sprint(number)
		direct, group, stranger := w.listen("hr.agent"), w.listen("hr.second"), w.listen("support.agent")
		w.as("owner").post(at(number, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "see_internal", false)).ok()
		all := direct.heard()
		direct.lines(all, "access", n)
		direct.lines(all, "ticket")
		direct.lines(all, "counts", "")
		w.as("owner").patch(at(number, "shares", w.shareID(number, "Hr Agent")), map[string]any{"see_internal": true}).ok()
		all = direct.heard()
		direct.lines(all, "access", n)
		direct.lines(all, "ticket", "ticket.share.updated "+n)
		w.share(number, w.group("HR"))
		group.lines(group.heard(), "access", n)
		if got := stranger.heard(); len(got) != 0 {
			t.Errorf("a stranger hears %+v", got)
		}
	})
}

// TestLiveEnds: a stream ends at once with what it was opened by.
func TestLiveEnds(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Ends")
		ends := map[string]func() (*listener, func()){
			"sign-out": func() (*listener, func()) {
				c := w.as("accounts.agent")
				return w.listenAs(c), func() { c.delete("/sessions").ok() }
			},
			"deactivation": func() (*listener, func()) {
				return w.listen("accounts.second"), func() { w.must(w.app.DeactivatePerson(w.Context(), w.system("acme"), w.id("accounts.second"))) }
			},
			"a revoked token": func() (*listener, func()) {
				secret, token, err := w.app.CreateToken(w.Context(), w.viewer("owner"), app.NewToken{Name: "Script"})
				w.must(err)
				return w.listenAs(w.nobody().with("Authorization", "Bearer "+secret)), func() { w.must(w.app.RevokeToken(w.Context(), w.viewer("owner"), token.ID)) }
			},
			"an expired token": func() (*listener, func()) {
				secret, _, err := w.app.CreateToken(w.Context(), w.viewer("owner"), app.NewToken{Name: "Script", ExpiresAt: dm.TimeOf(w.clock.now().Add(time.Hour))})
				w.must(err)
				return w.listenAs(w.nobody().with("Authorization", "Bearer "+secret)), func() {
					w.advance(2 * time.Hour)
					w.as("owner").post(at(number, "messages"), map[string]any{"kind": "reply", "text": "now"}).ok()
				}
			},
			"an expired session": func() (*listener, func()) {
				return w.listen("staff.two"), func() {
					w.advance(15 * 24 * time.Hour)
					w.as("owner").post(at(number, "messages"), map[string]any{"kind": "reply", "text": "now"}).ok()
				}
			},
		}
		for _, name := range []string{"sign-out", "deactivation", "a revoked token", "an expired token", "an expired session"} {
			l, end := ends[name]()
			end()
			all := l.ended()
			if len(all) != 1 || all[0].name != "end" || all[0].Reason != "signed_out" {
				t.Errorf("%s: the stream tells %+v", name, all)
			}
		}
		other := w.listen("owner")
		w.as("owner").delete("/sessions").ok()
		other.heard() // another session of the same person goes on
		w.app.Live.Drain()
		if all := other.ended(); len(all) != 1 || all[0].Reason != "restarting" {
			t.Errorf("at the end of the server a stream tells %+v", all)
		}
		if a := w.as("owner").send("GET", "/live", nil); a.status != 503 || a.header.Get("Retry-After") == "" {
			t.Errorf("a server that ends answers %d: %s", a.status, a.raw)
		}
	})
}

// TestLiveLimits: one person has a bounded number of streams, and a node too.
func TestLiveLimits(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.startLive()
		w.app.Live.MaxStreams = 22
		c := w.as("hr.agent")
		var open []*listener
		for range 20 {
			open = append(open, w.listenAs(c))
		}
		if a := c.get("/live"); a.status != 429 || a.header.Get("Retry-After") == "" || a.text("reason") != "too_many_streams" {
			t.Errorf("the 21st stream answers %d: %s", a.status, a.raw)
		}
		open = append(open, w.listen("owner"), w.listen("owner"))
		if a := w.as("manager").send("GET", "/live", nil); a.status != 503 || a.header.Get("Retry-After") == "" || a.text("reason") != "streams_full" {
			t.Errorf("a full node answers %d: %s", a.status, a.raw)
		}
		if got := w.app.Live.Count(); got != len(open) {
			t.Errorf("%d streams are counted, %d are open", got, len(open))
		}
		c.delete("/sessions").ok()
		for _, l := range open[:20] {
			l.ended()
		}
		same(t, "open streams", w.app.Live.Count(), 2)
	})
}

// TestPresence: agents who may see a ticket see who has it open, and nobody else.
func TestPresence(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.startLive()
		number := w.file("accounts", "Open")
		n := fmt.Sprint(number)
		presence := at(number, "presence")
		second, requester, stranger := w.listen("accounts.second"), w.listen("staff.one"), w.listen("hr.agent")
		agent := w.as("accounts.agent")
		a := agent.do("PUT", presence, map[string]any{"state": "viewing"}).is(200)
		if len(a.list("items")) != 1 || a.number("items.0.person.id") != w.id("accounts.agent") || a.text("items.0.person.name") != "Accounts Agent" || a.text("items.0.state") != "viewing" {
			t.Errorf("present is %s", a.raw)
		}
		agent.do("PUT", presence, map[string]any{"state": "viewing"}).is(200)
		agent.do("PUT", presence, map[string]any{"state": "replying"}).is(200)
		all := second.heard()
		second.lines(all, "presence", "viewing "+n, "replying "+n)
		for _, e := range all {
			if e.name == "presence" && e.Person != w.id("accounts.agent") {
				t.Errorf("the presence is of %d", e.Person)
			}
		}
		for _, l := range []*listener{requester, stranger} {
			if got := l.heard(); len(got) != 0 {
				t.Errorf("presence is told to somebody who may not know: %+v", got)
			}
		}
		w.as("staff.one").get(presence).refused(403, "")
		w.as("staff.one").do("PUT", presence, map[string]any{"state": "viewing"}).refused(403, "")
		for _, c := range []*client{w.as("hr.agent"), w.as("globex/owner"), w.as("staff.two")} {
			for _, a := range []*answer{c.get(presence), c.do("PUT", presence, map[string]any{"state": "viewing"}), c.delete(presence)} {
				unknown := c.get(at(987654321, "presence"))
				if a.status != 404 || a.text("detail") != unknown.text("detail") {
					t.Errorf("%s answers %d: %s", a.request, a.status, a.raw)
				}
			}
		}
		agent.do("PUT", presence, map[string]any{"state": "sleeping"}).refused(422, "state")
		if a := w.as("owner").get(presence).ok(); len(a.list("items")) != 1 {
			t.Errorf("who may not see it left a trace: %s", a.raw)
		}
		agent.delete(presence).is(204)
		second.lines(second.heard(), "presence", "gone "+n)
		same(t, "present after leaving", len(agent.get(presence).ok().list("items")), 0)

		agent.do("PUT", presence, map[string]any{"state": "viewing"}).is(200)
		w.advance(40 * time.Second)
		same(t, "present after 40 seconds", len(agent.get(presence).ok().list("items")), 0)
	})
}

// TestPresenceEndsWithAccess: who loses a ticket is present there no more.
func TestPresenceEndsWithAccess(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Open")
		n := fmt.Sprint(number)
		presence := at(number, "presence")
		w.share(number, w.agent("hr.agent"))
		watcher := w.listen("accounts.agent")
		enter := func() {
			t.Helper()
			w.as("hr.agent").do("PUT", presence, map[string]any{"state": "viewing"}).is(200)
			watcher.lines(watcher.heard(), "presence", "viewing "+n)
		}
		enter()
		w.as("owner").delete(at(number, "shares", w.shareID(number, "Hr Agent"))).ok()
		same(t, "present at once after the share", len(w.as("owner").get(presence).ok().list("items")), 0)
		if e := watcher.until("presence"); e.State != "gone" {
			t.Errorf("the end of a share is told as %+v", e)
		}
		w.share(number, w.agent("hr.agent"))
		w.listen("hr.agent")
		watcher.heard()
		enter()
		w.must(w.app.DeactivatePerson(w.Context(), w.system("acme"), w.id("hr.agent")))
		same(t, "present at once after deactivation", len(w.as("owner").get(presence).ok().list("items")), 0)
		if e := watcher.until("presence"); e.State != "gone" {
			t.Errorf("a deactivation is told as %+v", e)
		}
	})
}

// until waits for the next line of a name.
func (l *listener) until(name string) liveEvent {
	l.Helper()
	for {
		e := l.next()
		if e.name == name {
			return e
		}
		if e.name == "" {
			l.Fatalf("the stream ended before a line %q", name)
		}
	}
}

// TestLiveNotifications: a new line of one's own list, and that one was read
// elsewhere.
func TestLiveNotifications(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Told")
		l, other := w.listen("hr.agent"), w.listen("hr.second")
		w.share(number, w.agent("hr.agent"))
		w.drain()
		if e := l.until("notification"); e.raw != "{}" {
			t.Errorf("the line holds %s", e.raw)
		}
		if got := other.heard(); len(got) != 0 {
			t.Errorf("somebody else hears %+v", got)
		}
	})
}

// TestLiveBeats: a stream that says nothing gives a sign of life, and says at
// its beginning when to come back.
func TestLiveBeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "sqlite")
		w.startLive()
		ctx, cancel := context.WithCancel(t.Context())
		r := httptest.NewRequestWithContext(ctx, "GET", "/api/v1/live", nil)
		r.Host = w.acme().host
		r.AddCookie(&http.Cookie{Name: "deskmesh", Value: w.as("owner").cookie})
		rec := httptest.NewRecorder()
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.handler.ServeHTTP(rec, r)
		}()
		time.Sleep(65 * time.Second) // of the bubble's time
		cancel()
		<-done
		lines := strings.Split(rec.Body.String(), "\n")
		if !strings.HasPrefix(lines[0], "retry: ") || strings.Count(rec.Body.String(), "\n: still here\n") != 3 {
			t.Errorf("in 65 seconds the stream sends %q", rec.Body)
		}
		same(t, "open streams", w.app.Live.Count(), 0)
	})
}
