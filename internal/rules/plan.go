package rules

import (
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

// Leaves are the leaves of many conditions, each different one once: a thousand
// rules ask the same of a ticket over and over. Its zero value is ready. It is not
// changed any more once it is asked.
//
// All that is read of them lies together, in the order in which it is asked: what
// comes from memory one piece after the other takes twice as long.
type Leaves struct {
	list   []dm.Condition
	byText map[string]int32
	values slab[dm.ConditionValue]
	parts  slab[Plan]
}

// slab gives pieces of larger slices.
type slab[T any] struct{ rest []T }

func (s *slab[T]) take(n int) []T {
	if n > len(s.rest) {
		s.rest = make([]T, max(n, slabSize))
	}
	piece := s.rest[:n:n]
	s.rest = s.rest[n:]
	return piece
}

const slabSize = 128

// Plan is a condition whose leaves stand among Leaves. It is small, since what is
// read of a thousand rules at every change comes from memory.
type Plan struct {
	parts []Plan // of a list
	leaf  int32  // its number
	kind  planKind
}

type planKind int8

const (
	planAll planKind = iota
	planAny
	planLeaf
)

// TextsOf gives the text of each leaf of a condition, in order; leaves that ask the
// same have the same.
func TextsOf(c *dm.Condition) []string {
	var list []string
	for _, leaf := range leaves(c) {
		text, _ := json.Marshal(leaf) // of parts that always have a JSON
		list = append(list, string(text))
	}
	return list
}

// Plan takes in a condition with its texts from TextsOf.
func (l *Leaves) Plan(c *dm.Condition, texts []string) Plan {
	p, _ := l.plan(c, texts)
	return p
}

// plan also gives the texts that come after the condition's.
func (l *Leaves) plan(c *dm.Condition, texts []string) (Plan, []string) {
	if c.Leaf() {
		return Plan{kind: planLeaf, leaf: l.number(c, texts[0])}, texts[1:]
	}
	p, list := Plan{kind: planAll}, c.All
	if len(c.Any) > 0 {
		p.kind, list = planAny, c.Any
	}
	p.parts = l.parts.take(len(list))
	for i := range list {
		p.parts[i], texts = l.plan(&list[i], texts)
	}
	return p, texts
}

func (l *Leaves) number(leaf *dm.Condition, text string) int32 {
	n, known := l.byText[text]
	if known {
		return n
	}
	if l.byText == nil {
		l.byText = map[string]int32{}
	}
	n = int32(len(l.list))
	own := *leaf
	own.Values = l.values.take(len(leaf.Values))
	copy(own.Values, leaf.Values)
	l.byText[text], l.list = n, append(l.list, own)
	return n
}

// Answers are what Leaves came to for one reader and one ticket as it is at one
// moment: each is decided once, when it is first asked.
type Answers struct {
	leaves *Leaves
	known  []answer
}

type answer int8

const (
	unknown answer = iota
	no
	yes
)

// Ask begins anew, with nothing decided.
func (l *Leaves) Ask() *Answers { return &Answers{l, make([]answer, len(l.list))} }

// Forget is for when the ticket, or the change that is asked about, is another.
func (a *Answers) Forget() { clear(a.known) }

// Match is the function Match for a plan made by the same Leaves.
func (a *Answers) Match(p *Plan, s *Snapshot, r *Reader) bool {
	if p.kind == planLeaf {
		return a.leaf(p.leaf, s, r)
	}
	for i := range p.parts {
		if a.Match(&p.parts[i], s, r) != (p.kind == planAll) {
			return p.kind == planAny
		}
	}
	return p.kind == planAll
}

func (a *Answers) leaf(n int32, s *Snapshot, r *Reader) bool {
	if a.known[n] == unknown {
		a.known[n] = no
		if leafHolds(&a.leaves.list[n], s, r) {
			a.known[n] = yes
		}
	}
	return a.known[n] == yes
}
