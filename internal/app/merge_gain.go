package app

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// mergeWidening lists who would gain sight of what, and refuses until that is
// confirmed and the viewer may share.
func (w *work) mergeWidening(into *store.Found, m *dm.Merge) error {
	names, err := w.gainByMerge(into, m.CarryShares)
	if err != nil || len(names) == 0 {
		return err
	}
	if !w.decision.Has(access.Share) || !into.Decision.Has(access.Share) {
		return &dm.Error{Code: dm.Forbidden, Reason: "would_widen", Public: "Merging would let others read messages they cannot see now, and you may not share these tickets."}
	}
	if m.AcceptWidening {
		return nil
	}
	return (&dm.Error{Code: dm.Invalid, Reason: "would_widen", Field: "into",
		Public: "Merging lets others read messages they cannot see now. Look at the list and confirm."}).Showing(map[string]any{"gain": names})
}

// maxWideningNames bounds the list of names in a refusal.
const maxWideningNames = 50

// gaining finds out who reads more after a merge than before.
type gaining struct {
	*work
	here, there access.Facts // of this ticket and of the other one
	after       access.Facts // of the other one, with the shares carried along
	public      bool         // replies arrive as replies: both tickets have one requester
	names       []string
}

// gainByMerge names everybody who would read a message of either ticket that
// they cannot read now, and the groups through which they would.
func (w *work) gainByMerge(into *store.Found, carry bool) ([]string, error) {
	g := &gaining{work: w, here: w.facts(), there: store.FactsOf(w.account, &into.Ticket, into.Shares), public: into.Ticket.RequesterID == w.t.RequesterID}
	g.after = g.there
	if carry {
		joined := slices.Clone(into.Shares)
		for i := range w.shares {
			if findShare(into.Shares, w.shares[i].Target) == nil {
				joined = append(joined, w.shares[i])
			}
		}
		g.after = store.FactsOf(w.account, &into.Ticket, joined)
	}
	agents, err := g.agents()
	if err != nil {
		return nil, err
	}
	if err := g.look(agents, false); err != nil {
		return nil, err
	}
	if err := g.look(g.outsiders(), true); err != nil {
		return nil, err
	}
	slices.Sort(g.names)
	return g.names, nil
}

// agents lists the agents who can gain anything. Between tickets of one place
// reach makes no difference: only shares and the assignment do.
func (g *gaining) agents() ([]int64, error) {
	if g.here.InboxID != g.there.InboxID || g.here.GroupID != g.there.GroupID {
		return g.everyAgent()
	}
	ids := []int64{g.there.AssigneeID}
	for _, s := range g.after.Shares {
		switch s.Target.Kind {
		case dm.TargetAgent:
			ids = append(ids, s.Target.ID)
		case dm.TargetGroup:
			members, err := g.tx.ActiveMembers(g.account, s.Target.ID)
			if err != nil {
				return nil, err
			}
			ids = append(ids, members...)
		}
	}
	return distinct(ids), nil
}

func (g *gaining) everyAgent() ([]int64, error) {
	const page = 500
	var all []int64
	var after int64
	for {
		ids, err := g.tx.ActiveAgents(g.account, after, page)
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
		if len(ids) < page {
			return all, nil
		}
		after = ids[len(ids)-1]
	}
}

// outsiders lists those who have the other ticket as requesters.
func (g *gaining) outsiders() []int64 {
	ids := append([]int64{g.there.RequesterID}, g.there.CCs...)
	for _, s := range g.after.Shares {
		if s.Target.Kind == dm.TargetRequester {
			ids = append(ids, s.Target.ID)
		}
	}
	return distinct(ids)
}

// look decides for each person before and after, and notes those who gain.
func (g *gaining) look(people []int64, outside bool) error {
	for _, id := range people {
		if len(g.names) >= maxWideningNames {
			return nil
		}
		v, err := g.tx.ViewerIn(g.dir, id)
		if err != nil {
			return err
		}
		if outside {
			v = v.AsRequester()
		}
		now := g.tx.Now()
		here, there, after := access.Decide(v, &g.here, now), access.Decide(v, &g.there, now), access.Decide(v, &g.after, now)
		ofThis := g.public && after.Has(access.See) && !here.Has(access.See) || after.Has(access.SeeInternal) && !here.Has(access.SeeInternal)
		ofOther := after.Has(access.See) && !there.Has(access.See) || after.Has(access.SeeInternal) && !there.Has(access.SeeInternal)
		if !ofThis && !ofOther {
			continue
		}
		g.add(v.Name())
		for _, r := range after.Reasons {
			if r.Way == access.WayGroup {
				g.add(g.dir.GroupName(r.GroupID))
			}
		}
	}
	return nil
}

func (g *gaining) add(name string) {
	if !slices.Contains(g.names, name) {
		g.names = append(g.names, name)
	}
}
