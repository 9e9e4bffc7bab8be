package live

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

const (
	// sendTime bounds one try to tell the other nodes.
	sendTime = 5 * time.Second
	// maxUnsent is how many letters wait while the database does not answer. The
	// others notice the gap where older ones were dropped.
	maxUnsent = 200
	// silentTicks is after how many ticks without a sign of life a node counts as
	// dead: what it had changed last may be missing.
	silentTicks = 3
)

// peer is another node.
type peer struct {
	seq    int64 // of its last letter
	silent int   // ticks since
}

// letter is what a node tells the others: pokes, presences, or that it lives.
// The numbers of a node's letters leave nothing out.
type letter struct {
	Node   string            `json:"n"`
	Seq    int64             `json:"s"`
	Pokes  []json.RawMessage `json:"p,omitempty"`
	Here   []json.RawMessage `json:"h,omitempty"`
	Resets []int64           `json:"r,omitempty"`
	Bye    bool              `json:"bye,omitempty"`
}

// letterRoom is what is left for a letter's items, beside its own names and
// numbers.
const letterRoom = store.MaxNotice - 200

// post writes letters.
type post struct {
	node   string
	seq    int64
	unsent []string
	open   letter
	size   int
}

// write puts a batch into as many letters as it takes; an empty one still gives
// one, as a sign of life.
func (p *post) write(b *batch) {
	resets := maps.Clone(b.resets)
	told := map[*access.Facts]bool{}
	for i := range b.pokes {
		poke := b.pokes[i]
		if told[poke.Before] {
			poke.Before = nil // one of the transaction's lines carries it for all
		}
		told[poke.Before] = true
		if text, ok := p.item(&poke); ok {
			p.open.Pokes = append(p.open.Pokes, text)
			continue
		}
		if resets == nil {
			resets = map[int64]bool{}
		}
		resets[b.pokes[i].Account] = true
	}
	for i := range b.here {
		if text, ok := p.item(&b.here[i]); ok {
			p.open.Here = append(p.open.Here, text)
		}
	}
	for account := range maps.Keys(resets) {
		p.fit(21)
		p.open.Resets = append(p.open.Resets, account)
	}
	p.finish()
}

// item renders one item and makes room for it; false where no letter can hold
// it.
func (p *post) item(x any) (json.RawMessage, bool) {
	text, err := json.Marshal(x)
	if err != nil || len(text) > letterRoom {
		return nil, false
	}
	p.fit(len(text) + 1)
	return text, true
}

func (p *post) fit(bytes int) {
	if p.size+bytes > letterRoom {
		p.finish()
	}
	p.size += bytes
}

func (p *post) finish() {
	p.seq++
	p.open.Node, p.open.Seq = p.node, p.seq
	text, err := json.Marshal(&p.open)
	if err != nil {
		panic("live: " + err.Error()) // it is made of numbers and of JSON
	}
	p.unsent = append(p.unsent, string(text))
	if len(p.unsent) > maxUnsent {
		p.unsent = slices.Clone(p.unsent[len(p.unsent)-maxUnsent:])
	}
	p.open, p.size = letter{}, 0
}

// sendAll tells the other nodes of what this one did until ctx ends, and then
// of the rest.
func (h *Hub) sendAll(ctx context.Context) {
	p := &post{node: h.node}
	p.write(&batch{}) // the others are to miss this node when it dies
	tick := time.NewTicker(tickTime)
	defer tick.Stop()
	for {
		h.sendSome(ctx, p)
		select {
		case <-ctx.Done():
			h.sendRest(context.WithoutCancel(ctx), p)
			return
		case <-tick.C:
		case <-h.send:
			gather(ctx)
		}
		b := h.takeOutgoing()
		p.write(&b)
	}
}

func (h *Hub) takeOutgoing() batch {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := h.outgoing
	h.outgoing = batch{}
	return b
}

// sendSome sends what waits. What cannot be sent waits for the next time.
func (h *Hub) sendSome(ctx context.Context, p *post) {
	if len(p.unsent) == 0 {
		return
	}
	sending, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	err := h.DB.Notify(sending, p.unsent)
	if err == nil {
		p.unsent = nil
		return
	}
	if ctx.Err() == nil {
		h.Log.Warn("live: the other nodes cannot be told; trying again", "letters", len(p.unsent), "error", err)
	}
}

// sendRest is the last thing a node tells: it is not missed afterwards.
func (h *Hub) sendRest(ctx context.Context, p *post) {
	b := h.takeOutgoing()
	p.write(&b)
	p.open.Bye = true
	p.finish()
	h.sendSome(ctx, p)
}

// heard takes a letter of any node.
func (h *Hub) heard(payload string) {
	var l letter
	if err := json.Unmarshal([]byte(payload), &l); err != nil || l.Node == "" {
		h.Log.Warn("live: a notification cannot be read; is a node of another version running?")
		h.mu.Lock()
		defer h.mu.Unlock()
		h.resetRooms()
		return
	}
	if l.Node == h.node {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	known := h.peers[l.Node]
	switch {
	case known == nil:
		known = &peer{seq: l.Seq}
		h.peers[l.Node] = known
	case l.Seq <= known.seq:
		return // sent twice
	case l.Seq > known.seq+1:
		h.resetRooms()
	}
	known.seq, known.silent = l.Seq, 0
	if l.Bye {
		delete(h.peers, l.Node)
	}
	h.takeLetter(&l)
	if !h.incoming.empty() {
		signal(h.wake)
	}
}

// takeLetter keeps what concerns somebody here. The caller holds mu.
func (h *Hub) takeLetter(l *letter) {
	for _, text := range l.Pokes {
		var p store.Poke
		if err := json.Unmarshal(text, &p); err != nil {
			h.resetRooms()
			return
		}
		if h.rooms[p.Account] != nil {
			h.incoming.add(p)
		}
	}
	for _, text := range l.Here {
		var x Presence
		if err := json.Unmarshal(text, &x); err == nil {
			h.takePresence(x)
		}
	}
	for _, account := range l.Resets {
		h.incoming.reset(account)
	}
}

// listening is called when this node hears the others from now on: what they
// said before may be missing.
func (h *Hub) listening() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.peers)
	h.resetRooms()
	select {
	case <-h.hears:
	default:
		close(h.hears)
	}
}

// resetRooms has every stream that is open now fetch anew. The caller holds mu.
func (h *Hub) resetRooms() {
	for account, r := range h.rooms {
		if len(r.streams) > 0 {
			h.incoming.reset(account)
			signal(h.wake)
		}
	}
}

// tickPeers misses the nodes that have fallen silent. The caller holds mu.
func (h *Hub) tickPeers() {
	for name, p := range h.peers {
		if p.silent++; p.silent > silentTicks {
			delete(h.peers, name)
			h.resetRooms()
		}
	}
}
