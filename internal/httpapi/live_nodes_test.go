package httpapi_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/app"
)

// twoNodes is a world with a second server on its database.
func twoNodes(t *testing.T, test func(t *testing.T, a, b *world)) {
	t.Helper()
	t.Parallel()
	a := newWorld(t, "postgres")
	a.startLive()
	test(t, a, a.node())
}

// TestLiveOtherNode: what one server changes is told by the streams of another.
func TestLiveOtherNode(t *testing.T) {
	twoNodes(t, func(t *testing.T, a, b *world) {
		number := a.file("accounts", "Far away")
		n := fmt.Sprint(number)
		shareID := a.share(number, a.agent("hr.agent")).number("items.0.id")
		c := a.as("accounts.second")
		agent, shared, other, leaver := b.listen("accounts.agent"), b.listen("hr.agent"), b.listen("support.agent"), b.listenAs(c)

		const rounds = 50
		owner := a.as("owner")
		var took []time.Duration
		for range rounds {
			owner.post(at(number, "messages"), map[string]any{"kind": "note", "text": "near"}).ok()
			began := time.Now()
			e := agent.until("ticket")
			for e.Kind == "ticket.created" || e.Kind == "ticket.share.created" {
				e = agent.until("ticket") // what was done before the stream began may come late
			}
			if e.Number != number || e.Kind != "ticket.message" {
				t.Fatalf("the other node tells %+v", e)
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		t.Logf("a change on one node is told by the other after %v (median), %v (99 of 100) beyond its answer", took[rounds/2], took[rounds*99/100])
		if took[rounds/2] > time.Second {
			t.Errorf("the other node hears after %v", took[rounds/2])
		}

		shared.heard() // also late news of the share's beginning
		a.as("owner").delete(at(number, "shares", fmt.Sprint(shareID))).ok()
		if e := shared.until("access"); e.Number != number {
			t.Errorf("the end of a share is told as %+v", e)
		}
		owner.post(at(number, "messages"), map[string]any{"kind": "reply", "text": "after"}).ok()
		agent.until("ticket")
		for _, l := range []*listener{shared, other} {
			if got := l.heard(); len(told(got, "ticket")) != 0 {
				t.Errorf("who may not hear of it hears %+v", got)
			}
		}

		agentHere := a.as("accounts.second")
		agentHere.do("PUT", at(number, "presence"), map[string]any{"state": "replying"}).is(200)
		if e := agent.until("presence"); e.Number != number || e.State != "replying" || e.Person != a.id("accounts.second") {
			t.Errorf("presence on the other node is told as %+v", e)
		}
		if got := b.as("owner").get(at(number, "presence")).ok(); len(got.list("items")) != 1 {
			t.Errorf("the other node has %s present on %s", got.raw, n)
		}

		c.delete("/sessions").ok()
		if all := leaver.ended(); all[len(all)-1].Reason != "signed_out" {
			t.Errorf("signing out on the other node tells %+v", all)
		}
		a.must(a.app.UpdatePerson(a.Context(), a.system("acme"), a.id("accounts.agent"), app.PersonPatch{Groups: &[]int64{}}))
		if e := agent.until("access"); e.Number != 0 {
			t.Errorf("less rights are told as %+v", e)
		}
		owner.post(at(number, "messages"), map[string]any{"kind": "reply", "text": "after"}).ok()
		if got := agent.heard(); len(told(got, "ticket")) != 0 {
			t.Errorf("who was taken out of the group hears %+v", got)
		}
	})
}

// TestLiveLostLine: when the line between the nodes is cut, streams fetch anew
// and go on.
func TestLiveLostLine(t *testing.T) {
	twoNodes(t, func(t *testing.T, a, b *world) {
		number := a.file("accounts", "Cut")
		l := b.listen("accounts.agent")
		l.heard()
		cut := a.rows(a.plain(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
		if len(cut) != 2 {
			t.Fatalf("%d lines were cut", len(cut))
		}
		if e := l.until("reset"); e.Reason != "gap" {
			t.Errorf("a cut line is told as %+v", e)
		}
		a.as("owner").post(at(number, "messages"), map[string]any{"kind": "note", "text": "again"}).ok()
		if e := l.until("ticket"); e.Number != number {
			t.Errorf("after that it tells %+v", e)
		}
	})
}

// TestLiveGoodbye: a node that ends in order tells the last it did, and is not
// missed.
func TestLiveGoodbye(t *testing.T) {
	twoNodes(t, func(t *testing.T, a, b *world) {
		number := a.file("accounts", "Last words")
		l := b.listen("accounts.agent")
		a.as("owner").post(at(number, "messages"), map[string]any{"kind": "note", "text": "last"}).ok()
		a.app.Live.Stop()
		if e := l.until("ticket"); e.Number != number {
			t.Errorf("the last change is told as %+v", e)
		}
		if got := l.heard(); len(told(got, "reset")) != 0 {
			t.Errorf("a node that said goodbye is missed: %+v", got)
		}
	})
}
