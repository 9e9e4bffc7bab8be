package live_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/live"
	"github.com/deskmesh/deskmesh/internal/store"
)

// soon lets what was changed arrive.
func soon() {
	time.Sleep(100 * time.Millisecond) // of the bubble's time
	synctest.Wait()
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// TestGather: what changes within 20 ms comes together, each kind once.
func TestGather(t *testing.T) {
	inBubble(t, func(r *rig) {
		ticket := r.file()
		soon()
		s := r.stream(r.session(r.owner, time.Hour))
		defer s.Close()
		for range 5 {
			r.note(ticket.Number)
		}
		soon()
		lines, open := heard(s)
		same(t, "lines", lines, []string{fmt.Sprintf(`ticket {"number":%d,"kind":"ticket.message","version":%d}`, ticket.Number, ticket.Version)})
		same(t, "open", open, true)
	})
}

// TestRecheck: a node that is told of nothing finds out by itself, after at most
// half a minute, that a session has ended.
func TestRecheck(t *testing.T) {
	inBubble(t, func(r *rig) {
		other := r.open() // its commits poke nobody here
		ended, running, kept := r.session(r.owner, time.Hour), r.session(r.owner, time.Minute), r.session(r.owner, time.Hour)
		a, b, c := r.stream(ended), r.stream(running), r.stream(kept)
		defer c.Close()
		r.must(other.Write(r.Context(), store.Urgent, func(tx *store.Tx) error { return tx.DeleteSession(r.account, ended.Proof.Hash) }))
		time.Sleep(31 * time.Second)
		lines, open := heard(a)
		same(t, "the ended session's lines", lines, []string{`end {"reason":"signed_out"}`})
		same(t, "the ended session's stream is open", open, false)
		if _, open := heard(b); !open {
			t.Error("a session ends before its time")
		}
		time.Sleep(time.Minute)
		if _, open := heard(b); open {
			t.Error("a session that ran out goes on")
		}
		if _, open := heard(c); !open {
			t.Error("another session ends with it")
		}
		same(t, "open streams", r.hub.Count(), 1)
	})
}

// TestLateRights: rights that another process took away count for the next line,
// although this one was not told.
func TestLateRights(t *testing.T) {
	inBubble(t, func(r *rig) {
		ann := r.agent("ann")
		ticket := r.file()
		soon()
		s := r.stream(r.session(ann, time.Hour))
		defer s.Close()
		r.note(ticket.Number)
		soon()
		if lines, _ := heard(s); len(lines) != 1 {
			t.Errorf("a member of the group hears %q", lines)
		}
		other := &app.App{DB: r.open(), Signer: r.app.Signer}
		r.must(other.UpdatePerson(r.Context(), r.system(), ann, app.PersonPatch{Groups: &[]int64{}}))
		r.note(ticket.Number)
		soon()
		lines, _ := heard(s)
		same(t, "lines after the group is gone", lines, []string{"access {}"})
	})
}

// TestSlowReader: who does not take what comes gets one reset in its place.
func TestSlowReader(t *testing.T) {
	inBubble(t, func(r *rig) {
		ticket := r.file()
		soon()
		s := r.stream(r.session(r.owner, time.Hour))
		defer s.Close()
		for range 300 {
			r.note(ticket.Number)
			soon()
		}
		lines, open := heard(s)
		same(t, "lines", lines, []string{`reset {"reason":"slow"}`})
		same(t, "open", open, true)
		r.note(ticket.Number)
		soon()
		if lines, _ := heard(s); len(lines) != 1 || !strings.HasPrefix(lines[0], "ticket ") {
			t.Errorf("after the reset it hears %q", lines)
		}
	})
}

// TestPresenceRunsOut: who says nothing more is gone after 35 seconds, and says
// it again to stay.
func TestPresenceRunsOut(t *testing.T) {
	inBubble(t, func(r *rig) {
		ann := r.agent("ann")
		ticket := r.file()
		soon()
		here := r.session(ann, time.Hour).Viewer
		s := r.stream(r.session(r.owner, time.Hour))
		defer s.Close()
		line := func(state string) string {
			return fmt.Sprintf(`presence {"number":%d,"person":%d,"state":%q}`, ticket.Number, ann, state)
		}
		for range 4 {
			r.hub.Present(here, ticket.TicketID, live.Viewing)
			time.Sleep(15 * time.Second)
		}
		r.hub.Present(here, ticket.TicketID, live.Replying)
		soon()
		lines, _ := heard(s)
		same(t, "while present", lines, []string{line("viewing"), line("replying")})
		time.Sleep(30 * time.Second)
		same(t, "present after 30 seconds", len(r.hub.PresentAt(r.account, ticket.TicketID)), 1)
		time.Sleep(11 * time.Second)
		lines, _ = heard(s)
		same(t, "after 41 seconds", lines, []string{line("gone")})
		same(t, "present after 41 seconds", len(r.hub.PresentAt(r.account, ticket.TicketID)), 0)
	})
}

// TestPresenceEverywhere: one person is present with at most twenty tickets.
func TestPresenceEverywhere(t *testing.T) {
	inBubble(t, func(r *rig) {
		v := r.session(r.owner, time.Hour).Viewer
		for ticket := range int64(25) {
			r.hub.Present(v, ticket+1, live.Viewing)
		}
		var at []int64
		for ticket := range int64(30) {
			if len(r.hub.PresentAt(r.account, ticket+1)) > 0 {
				at = append(at, ticket+1)
			}
		}
		if len(at) != 20 || at[0] != 6 || !slices.IsSorted(at) {
			t.Errorf("present at %v", at)
		}
	})
}

// TestManyStreams: streams of many people cost one look at the ticket, and a
// change of everybody's rights a handful of statements, not some for each.
func TestManyStreams(t *testing.T) {
	inBubble(t, func(r *rig) {
		ticket := r.file()
		var streams []*live.Stream
		for i := range 60 {
			s := r.stream(r.session(r.agent(fmt.Sprintf("agent%d", i)), time.Hour))
			streams = append(streams, s)
			defer s.Close()
		}
		soon()
		for _, s := range streams {
			s.Take()
		}
		r.note(ticket.Number)
		soon()
		for i, s := range streams {
			if lines, open := heard(s); !open || len(lines) != 1 {
				t.Errorf("stream %d hears %q", i, lines)
			}
		}
		off := map[string]any{"sharing.enabled": false, "sharing.on_disable": "suspend"}
		_, err := r.app.SetSettings(r.Context(), r.system(), off)
		r.must(err)
		soon()
		for i, s := range streams {
			if lines, _ := heard(s); !slices.Equal(lines, []string{"access {}"}) {
				t.Errorf("stream %d hears %q of another rule", i, lines)
			}
		}
	})
}

// TestSignedOutMeanwhile: a stream is not opened by a session that ended while
// the request was on its way.
func TestSignedOutMeanwhile(t *testing.T) {
	inBubble(t, func(r *rig) {
		who := r.session(r.owner, time.Hour)
		r.must(r.db.Write(r.Context(), store.Urgent, func(tx *store.Tx) error { return tx.DeleteSession(r.account, who.Proof.Hash) }))
		if _, err := r.hub.Open(r.Context(), who); dm.CodeOf(err) != dm.Unauthenticated {
			t.Errorf("the stream opens with %v", err)
		}
		same(t, "open streams", r.hub.Count(), 0)
	})
}
