package live

import (
	"github.com/deskmesh/deskmesh/internal/store"
)

// maxPending bounds the pokes that wait. Beyond it, resets of whole accounts
// take their place.
const maxPending = 5000

// batch is what has come together and waits to be delivered or sent.
type batch struct {
	pokes  []store.Poke
	here   []Presence
	resets map[int64]bool // accounts whose streams must fetch anew
}

func (b *batch) empty() bool {
	return len(b.pokes) == 0 && len(b.here) == 0 && len(b.resets) == 0
}

func (b *batch) add(pokes ...store.Poke) {
	b.pokes = append(b.pokes, pokes...)
	if len(b.pokes) > maxPending {
		for _, p := range b.pokes {
			b.reset(p.Account)
		}
		b.pokes = nil
	}
}

func (b *batch) addHere(list ...Presence) {
	b.here = append(b.here, list...)
	if len(b.here) > maxPending {
		b.here = nil // whoever is still there says so again
	}
}

func (b *batch) reset(account int64) {
	if b.resets == nil {
		b.resets = map[int64]bool{}
	}
	b.resets[account] = true
}

// news is what a batch holds for one account.
type news struct {
	pokes []store.Poke
	here  []Presence
	reset bool
	// everybody asks whether every session and token still holds; signed asks for
	// those of some people.
	everybody bool
	signed    map[int64]bool
}

// byAccount sorts a batch. Of accounts that are not in rooms nothing is kept:
// nobody is there to hear of them.
func (b *batch) byAccount(rooms map[int64]bool) map[int64]*news {
	all := map[int64]*news{}
	of := func(account int64) *news {
		if !rooms[account] {
			return &news{}
		}
		if all[account] == nil {
			all[account] = &news{}
		}
		return all[account]
	}
	for _, p := range b.pokes {
		n := of(p.Account)
		n.pokes = append(n.pokes, p)
	}
	for _, x := range b.here {
		n := of(x.Account)
		n.here = append(n.here, x)
	}
	for account := range b.resets {
		n := of(account)
		n.reset, n.everybody = true, true
	}
	return all
}
