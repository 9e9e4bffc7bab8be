package live

import (
	"encoding/json"
	"log/slog"
	"slices"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// listener gives a hub that hears letters, with one stream in account 1, and
// what it would deliver.
func listener() (*Hub, *Stream) {
	h := &Hub{node: "me", Log: slog.New(slog.DiscardHandler), rooms: map[int64]*room{}, peers: map[string]*peer{}, wake: make(chan struct{}, 1), hears: make(chan struct{})}
	s := &Stream{hub: h, account: 1, person: 1, ready: make(chan struct{}, 1)}
	r := h.room(1)
	r.streams[s], r.people[1] = struct{}{}, 1
	return h, s
}

func pokes(n int, before *access.Facts) (list []store.Poke) {
	for i := range n {
		list = append(list, store.Poke{Kind: store.PokeTicket, Account: 1, Ticket: int64(i + 1), Event: dm.TicketUpdated, Before: before})
	}
	return list
}

// TestLetters: a batch of any size goes over in letters that PostgreSQL takes,
// whole and in order.
func TestLetters(t *testing.T) {
	t.Parallel()
	facts := &access.Facts{Account: 1, InboxID: 2, CCs: []int64{1 << 52, 1 << 51}}
	for range 25 {
		facts.Shares = append(facts.Shares, access.ShareFact{ID: 1 << 52, Target: dm.Target{Kind: dm.TargetRequester, ID: 1 << 52}, Terms: dm.Terms{Level: dm.LevelComment}, ExpiresAt: 1 << 52})
	}
	b := batch{pokes: pokes(500, nil), here: []Presence{{Account: 1, Ticket: 9, Person: 3, State: Viewing, Until: 1 << 52}}}
	for i := range 10 {
		own := *facts
		b.pokes[i*7].Before = &own
	}
	for account := range int64(900) {
		b.reset(account + 2)
	}
	p := &post{node: "another"}
	p.write(&b)
	h, _ := listener()
	for _, text := range p.unsent {
		if len(text) > store.MaxNotice {
			t.Errorf("a letter has %d bytes", len(text))
		}
		h.heard(text)
	}
	if len(h.incoming.pokes) != 500 || len(h.incoming.resets) != 900 || h.incoming.resets[1] || len(h.incoming.here) != 1 {
		t.Errorf("%d pokes, %d resets and %d presences arrive", len(h.incoming.pokes), len(h.incoming.resets), len(h.incoming.here))
	}
	for i, x := range h.incoming.pokes {
		if x.Ticket != int64(i+1) || (x.Before != nil) != (b.pokes[i].Before != nil) {
			t.Fatalf("poke %d is of ticket %d", i, x.Ticket)
		}
	}
	if got := h.incoming.pokes[0].Before; len(got.Shares) != 25 || got.Shares[24] != facts.Shares[24] {
		t.Errorf("facts arrive as %+v", got)
	}
}

// TestLargePoke: what no letter holds becomes a reset of its account.
func TestLargePoke(t *testing.T) {
	t.Parallel()
	p := &post{node: "another"}
	p.write(&batch{pokes: pokes(1, &access.Facts{CCs: make([]int64, 10_000)})})
	h, _ := listener()
	h.heard(p.unsent[0])
	if !h.incoming.resets[1] || len(h.incoming.pokes) != 0 {
		t.Errorf("it arrives as %+v", h.incoming)
	}
}

// TestBeforeOnce: the lines of one transaction carry its facts once.
func TestBeforeOnce(t *testing.T) {
	t.Parallel()
	p := &post{node: "another"}
	p.write(&batch{pokes: pokes(2, &access.Facts{Account: 1})})
	h, _ := listener()
	h.heard(p.unsent[0])
	if got := h.incoming.pokes; len(got) != 2 || got[0].Before == nil || got[1].Before != nil {
		t.Errorf("the pokes arrive as %+v", got)
	}
}

// TestGaps: where a letter may be missing, everybody fetches anew; a letter that
// comes twice counts once.
func TestGaps(t *testing.T) {
	t.Parallel()
	text := func(node string, seq int64, bye bool) string {
		raw, err := json.Marshal(letter{Node: node, Seq: seq, Bye: bye})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	h, _ := listener()
	reset := func(what string, want bool) {
		t.Helper()
		if h.incoming.resets[1] != want {
			t.Errorf("%s: reset %v", what, h.incoming.resets[1])
		}
		h.incoming = batch{}
	}
	h.heard(text("a", 7, false))
	h.heard(text("a", 8, false))
	h.heard(text("a", 8, false))
	h.heard(text("me", 80, false))
	reset("letters in order, one twice, and own ones", false)
	h.heard(text("a", 10, false))
	reset("the ninth is missing", true)
	h.heard(text("b", 1, false))
	h.heard(text("b", 2, true))
	for range silentTicks {
		h.tickPeers()
	}
	reset("nodes that are silent for a while, and one that said goodbye", false)
	h.tickPeers()
	reset("a node that died", true)
	h.tickPeers()
	reset("a node that died is missed once", false)
	h.heard("nonsense")
	reset("what cannot be read", true)
	h.listening()
	reset("a line that was cut", true)
}

// TestUnsent: while the database does not answer, old letters are dropped and
// the others notice.
func TestUnsent(t *testing.T) {
	t.Parallel()
	p := &post{node: "another"}
	h, _ := listener()
	p.write(&batch{})
	h.heard(p.unsent[0])
	for range 3 * maxUnsent {
		p.write(&batch{})
	}
	if len(p.unsent) != maxUnsent {
		t.Errorf("%d letters wait", len(p.unsent))
	}
	for _, text := range p.unsent {
		h.heard(text)
	}
	if !h.incoming.resets[1] {
		t.Error("nobody notices that letters were dropped")
	}
}

// TestFlood: more pokes than fit become resets.
func TestFlood(t *testing.T) {
	t.Parallel()
	var b batch
	b.add(pokes(maxPending, nil)...)
	if len(b.pokes) != maxPending || len(b.resets) != 0 {
		t.Errorf("%d pokes and %d resets wait", len(b.pokes), len(b.resets))
	}
	b.add(store.Poke{Kind: store.PokeNotice, Account: 2})
	if len(b.pokes) != 0 || !b.resets[1] || !b.resets[2] {
		t.Errorf("%d pokes and the resets %v wait", len(b.pokes), b.resets)
	}
	b.addHere(slices.Repeat([]Presence{{}}, maxPending+1)...)
	if len(b.here) != 0 {
		t.Errorf("%d presences wait", len(b.here))
	}
}
