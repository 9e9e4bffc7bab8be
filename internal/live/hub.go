package live

import (
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"sync"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

const (
	// gatherTime is how long pokes come together before they are delivered, and
	// before they are sent to the other nodes.
	gatherTime = 20 * time.Millisecond
	// tickTime is how often presences run out and nodes give a sign of life.
	tickTime = 5 * time.Second
	// recheckTicks is after how many ticks every session, token and viewer is
	// looked at again, whatever the pokes said.
	recheckTicks = 6
	// MaxPerPerson is how many streams one person may have open on a node.
	MaxPerPerson = 20
	// defaultStreams is how many streams a node has where no number is given.
	defaultStreams = 5000
)

// Hub holds the open streams of one node. Set the fields before Start; the
// other methods may be called by any goroutine.
type Hub struct {
	DB *store.DB
	// MaxStreams is how many streams may be open at once; 0 means 5,000.
	MaxStreams int
	// Log is told of what fails; nil drops it.
	Log *slog.Logger

	node   string // a name that no other run of the program has
	wake   chan struct{}
	send   chan struct{}
	hears  chan struct{} // closed when the other nodes are heard for the first time
	unhook func()
	stop   context.CancelFunc
	done   sync.WaitGroup

	mu       sync.Mutex
	rooms    map[int64]*room
	streams  int
	draining bool
	incoming batch // to be delivered here
	outgoing batch // to be sent to the other nodes
	peers    map[string]*peer
}

// room is one account with open streams or people present.
type room struct {
	streams map[*Stream]struct{}
	people  map[int64]int // streams of each person
	present present
	unsure  bool // something could not be read: look at everybody again
}

var (
	errTooMany = dm.Errorf(dm.RateLimited, "You have %d live streams open, and more are not allowed. Close one, or let your tabs share one.", MaxPerPerson).With("too_many_streams")
	errFull    = dm.Errorf(dm.Unavailable, "This server has as many live streams open as it may. Please try again later.").With("streams_full")
	errEnding  = dm.Errorf(dm.Unavailable, "This server is about to restart. Please try again in a moment.").With("restarting")
)

// startTime is how long Start waits for the line to the other nodes. Without it
// the first streams would begin with a second reset.
const startTime = 2 * time.Second

// Start begins to work until Stop.
func (h *Hub) Start(ctx context.Context) {
	if h.Log == nil {
		h.Log = slog.New(slog.DiscardHandler)
	}
	if h.MaxStreams <= 0 {
		h.MaxStreams = defaultStreams
	}
	h.node = rand.Text()
	h.rooms, h.peers = map[int64]*room{}, map[string]*peer{}
	h.hears = make(chan struct{})
	h.wake, h.send = make(chan struct{}, 1), make(chan struct{}, 1)
	ctx, h.stop = context.WithCancel(ctx)
	h.unhook = h.DB.OnPokes(h.poked)
	h.done.Go(func() { h.deliverAll(ctx) })
	if h.DB.ManyNodes() {
		h.done.Go(func() { h.sendAll(ctx) })
		h.done.Go(func() { h.DB.Listen(ctx, h.heard, h.listening) })
		timer := time.NewTimer(startTime)
		defer timer.Stop()
		select {
		case <-h.hears:
		case <-timer.C:
			h.Log.Warn("live: the other nodes cannot be heard yet")
		}
	}
}

// Stop ends every stream, tells the other nodes what they have not heard yet,
// and returns when nothing runs any more.
func (h *Hub) Stop() {
	h.Drain()
	h.unhook()
	h.stop()
	h.done.Wait()
}

// Drain ends every stream and opens no more: the first thing to do when the
// server is to end, for it waits until every answer has been given.
func (h *Hub) Drain() {
	h.mu.Lock()
	h.draining = true
	var all []*Stream
	for _, r := range h.rooms {
		all = append(all, r.list()...)
	}
	h.mu.Unlock()
	for _, s := range all {
		s.end(endRestarting)
	}
}

// Count is how many streams are open.
func (h *Hub) Count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.streams
}

// Open opens a stream for somebody who is signed in. Its first line is a reset:
// whatever was fetched before may be out of date, and what is fetched after it
// is not. RateLimited where the person has too many open, Unavailable where the
// node has, Unauthenticated where they were signed out meanwhile.
func (h *Hub) Open(ctx context.Context, who *store.Signed) (*Stream, error) {
	v := who.Viewer
	s := &Stream{hub: h, account: v.Account(), person: v.Person(), proof: who.Proof, expires: who.Expires,
		viewer: v, version: who.Directory.Account.AccessVersion, ready: make(chan struct{}, 1)}
	s.reset(resetOpened)
	s.mu.Lock()
	s.behind = false // what comes from here on is to be told
	s.mu.Unlock()
	if err := h.admit(s); err != nil {
		return nil, err
	}
	// From here on a poke ends the stream; what happened before shows now.
	held := map[store.Proof]bool{}
	err := h.DB.Read(ctx, func(tx *store.Tx) (err error) {
		held, err = tx.StillSigned(s.account, []store.Proof{s.proof})
		return err
	})
	if err == nil && !held[s.proof] {
		err = dm.Errorf(dm.Unauthenticated, "Sign in to do this.")
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// admit takes a stream in, if there is room.
func (h *Hub) admit(s *Stream) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.draining:
		return errEnding
	case h.streams >= h.MaxStreams:
		return errFull
	}
	r := h.room(s.account)
	if r.people[s.person] >= MaxPerPerson {
		return errTooMany
	}
	r.streams[s] = struct{}{}
	r.people[s.person]++
	h.streams++
	return nil
}

// forget takes a stream out.
func (h *Hub) forget(s *Stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[s.account]
	if r == nil {
		return
	}
	if _, there := r.streams[s]; !there {
		return
	}
	delete(r.streams, s)
	if r.people[s.person]--; r.people[s.person] == 0 {
		delete(r.people, s.person)
	}
	h.streams--
	h.tidy(s.account)
}

// room gives an account's room, made where there is none. The caller holds mu.
func (h *Hub) room(account int64) *room {
	r := h.rooms[account]
	if r == nil {
		r = &room{streams: map[*Stream]struct{}{}, people: map[int64]int{}, present: newPresent()}
		h.rooms[account] = r
	}
	return r
}

// tidy drops a room that nobody is in. The caller holds mu.
func (h *Hub) tidy(account int64) {
	if r := h.rooms[account]; r != nil && len(r.streams) == 0 && len(r.present.tickets) == 0 {
		delete(h.rooms, account)
	}
}

func (r *room) list() []*Stream {
	all := make([]*Stream, 0, len(r.streams))
	for s := range r.streams {
		all = append(all, s)
	}
	return all
}

// poked takes what a transaction of this node has changed.
func (h *Hub) poked(pokes []store.Poke) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if slices.ContainsFunc(pokes, func(p store.Poke) bool { return h.rooms[p.Account] != nil }) {
		h.incoming.add(pokes...)
		signal(h.wake)
	}
	if h.DB.ManyNodes() {
		h.outgoing.add(pokes...)
		signal(h.send)
	}
}

// deliverAll delivers what comes in until ctx ends.
func (h *Hub) deliverAll(ctx context.Context) {
	tick := time.NewTicker(tickTime)
	defer tick.Stop()
	for ticks := 1; ; {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
			if gather(ctx) {
				h.deliver(ctx, h.takeIncoming())
			}
		case <-tick.C:
			h.tick(ctx, ticks%recheckTicks == 0)
			ticks++
		}
	}
}

// gather waits until more has come together; false when ctx ended.
func gather(ctx context.Context) bool {
	timer := time.NewTimer(gatherTime)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func (h *Hub) takeIncoming() batch {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := h.incoming
	h.incoming = batch{}
	return b
}

// tick ends what has run out, and now and then looks at everybody again.
func (h *Hub) tick(ctx context.Context, everybody bool) {
	h.mu.Lock()
	now := h.DB.Now()
	again := map[int64]*news{}
	var over []Presence
	for account, r := range h.rooms {
		over = append(over, r.present.over(now)...)
		if len(r.streams) > 0 && (everybody || r.unsure) {
			r.unsure = false
			again[account] = &news{everybody: true}
		}
	}
	for _, x := range over {
		h.takePresence(x)
	}
	h.tickPeers()
	h.mu.Unlock()
	h.deliverTo(ctx, again)
}
