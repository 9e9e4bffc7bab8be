package oracletest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/oracle"
	"github.com/deskmesh/deskmesh/internal/store"
)

// sharingFilter is a filter about shares: one leaf, and where it stands in the
// tree (C22). How all other conditions narrow a list is compared in store.
type sharingFilter struct {
	Leaf   string // one of filterLeaves
	Place  string // one of filterPlaces
	Person int64  `json:",omitempty"` // of "by" and "with"
}

var (
	filterLeaves = []string{"me", "mine", "shared", "by", "with", "with any", "not me"}
	filterPlaces = []string{"", "all", "all in all", "any"}
)

func randomFilter(rng *rand.Rand, a *oracle.Account) *sharingFilter {
	f := &sharingFilter{Leaf: one(rng, filterLeaves...), Place: one(rng, filterPlaces...)}
	if rng.IntN(2) == 0 {
		f.Place = ""
	}
	if f.Leaf == "by" || f.Leaf == "with" {
		f.Person = one(rng, a.People...).ID
	}
	return f
}

// refused is how both sides say that somebody cannot ask for something.
const refused = "refused"

// condition gives the filter with the ids of the database.
func (d *desk) condition(account int64, f *sharingFilter) dm.Condition {
	if f == nil {
		return dm.Condition{}
	}
	leaf := func(field string, op dm.ConditionOp, values ...dm.ConditionValue) dm.Condition {
		return dm.Condition{Field: field, Op: op, Values: values}
	}
	self := func(text string) dm.ConditionValue { return dm.ConditionValue{Kind: dm.SelfValue, Text: text} }
	person := dm.ConditionValue{Kind: dm.IDValue, ID: d.real[account].people[f.Person]}
	c := map[string]dm.Condition{
		"me":       leaf(dm.FieldKeySharedAgent, dm.OpIs, self("me")),
		"mine":     leaf(dm.FieldKeySharedGroup, dm.OpIs, self("mine")),
		"shared":   leaf(dm.FieldKeyIsShared, dm.OpIs, dm.ConditionValue{Kind: dm.FlagValue, Flag: true}),
		"by":       leaf(dm.FieldKeySharedBy, dm.OpIs, person),
		"with":     leaf(dm.FieldKeySharedAgent, dm.OpIs, person),
		"with any": leaf(dm.FieldKeySharedAgent, dm.OpNotEmpty),
		"not me":   leaf(dm.FieldKeySharedAgent, dm.OpIsNot, self("me")),
	}[f.Leaf]
	switch f.Place {
	case "all":
		return dm.Condition{All: []dm.Condition{c}}
	case "all in all":
		return dm.Condition{All: []dm.Condition{{All: []dm.Condition{c}}}}
	case "any":
		return dm.Condition{Any: []dm.Condition{c}}
	}
	return c
}

// mayFilter says whether somebody can filter by shares: active agents can.
func (d *desk) mayFilter(q question) bool {
	p := d.worldOf(q.As).Account(q.Account).Person(q.Person)
	return p.Kind == oracle.Agent && p.Active && !p.Deleted
}

// fits says whether a share satisfies the filter's leaf.
func (f *sharingFilter) fits(w *oracle.World, q question, s oracle.Share) bool {
	switch f.Leaf {
	case "me":
		return s.TargetKind == oracle.Agent && s.Target == q.Person
	case "mine":
		return s.TargetKind == oracle.TargetGroup && slices.ContainsFunc(w.Account(q.Account).Groups, func(g oracle.Group) bool {
			return g.ID == s.Target && !g.Deleted && slices.Contains(g.Members, q.Person)
		})
	case "by":
		return s.CreatedBy == f.Person
	case "with":
		return s.TargetKind == oracle.Agent && s.Target == f.Person
	case "with any":
		return s.TargetKind == oracle.Agent
	}
	return true
}

// passes says whether the filter lets a ticket through that its list shows.
func (f *sharingFilter) passes(w *oracle.World, q question, t *oracle.Ticket) bool {
	shares := liveShares(w, t)
	if f.Leaf == "not me" {
		return !slices.ContainsFunc(shares, func(s oracle.Share) bool { return s.TargetKind == oracle.Agent && s.Target == q.Person })
	}
	return slices.ContainsFunc(shares, func(s oracle.Share) bool { return f.fits(w, q, s) })
}

// joined gives the tickets that C22 lets into a list beside those that the view
// shows: the leaf stands at the top and a way in through a share satisfies it.
func (d *desk) joined(q question, shown []*oracle.Ticket) []*oracle.Ticket {
	f := q.Filter
	if f.Leaf == "not me" || f.Place != "" && f.Place != "all" || !slices.Contains([]store.View{store.ViewAll, store.ViewUnassigned, store.ViewSharedByMe}, q.View) {
		return nil
	}
	w := d.worldOf(q.As)
	var list []*oracle.Ticket
	a := w.Account(q.Account)
	for i := range a.Tickets {
		t := &a.Tickets[i]
		if slices.Contains(shown, t) || t.Spam || t.Deleted || q.State != "" && t.Done != (q.State == "done") ||
			q.View == store.ViewUnassigned && t.Assignee != 0 || q.View == store.ViewSharedByMe && !sharedBy(w, t, q.Person) {
			continue
		}
		if slices.ContainsFunc(oracle.Reasons(w, q.Account, q.Person, t.ID), func(why oracle.Reason) bool {
			return why.Share != 0 && f.fits(w, q, *t.Share(why.Share))
		}) {
			list = append(list, t)
		}
	}
	return list
}

// filtered narrows a view's tickets by the question's filter.
func (d *desk) filtered(q question, shown []*oracle.Ticket) []*oracle.Ticket {
	w := d.worldOf(q.As)
	joined := d.joined(q, shown)
	return append(slices.DeleteFunc(shown, func(t *oracle.Ticket) bool { return !q.Filter.passes(w, q, t) }), joined...)
}

// orRefused takes the one error that a filter asks for as an answer.
func orRefused(q question, answer string, err error) (string, error) {
	if q.Filter != nil && dm.CodeOf(err) == dm.Invalid && strings.Contains(fmt.Sprint(err), "filter") {
		return refused, nil
	}
	return answer, err
}
