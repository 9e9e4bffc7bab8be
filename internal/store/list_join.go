package store

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// join opens a listed query for shares (C22). Where a positive sharing condition
// stands in the filter's top-level "all", rows join that satisfy it through a
// share with the viewer or with a group of theirs; the rest of the filter holds
// for them too. Anywhere else a sharing condition only narrows what is listed.
func (tx *Tx) join(p *listPlan, v *access.Viewer, q ListQuery) error {
	r := p.scope.Reach()
	if p.filter == nil || !v.IsAgent() || r != nil && r.Every && !r.Grouped {
		return nil
	}
	switch q.View {
	case "", ViewAll, ViewUnassigned, ViewSharedByMe:
	default:
		return nil
	}
	mine := targets(v.Scope(access.See, access.SharedWithMe))
	groups := targets(v.Scope(access.See, access.SharedWithMyGroups))
	var agents, teams []int64
	for _, leaf := range joining(&p.filter.cond) {
		j := jointOf(leaf, p.filter.reader.IDs(leaf), mine, groups)
		if len(j.agents)+len(j.groups) == 0 {
			continue
		}
		p.joined = append(p.joined, j)
		agents, teams = append(agents, j.agents...), append(teams, j.groups...)
	}
	if len(p.joined) == 0 {
		return nil
	}
	p.branches = slices.Clone(p.branches)
	for _, t := range []struct {
		kind dm.TargetKind
		ids  []int64
	}{{dm.TargetAgent, agents}, {dm.TargetGroup, teams}} {
		slices.Sort(t.ids)
		for _, id := range slices.Compact(t.ids) {
			p.branches = append(p.branches, access.Branch{Kind: access.BranchShare, Target: dm.Target{Kind: t.kind, ID: id}})
		}
	}
	if p.order.Key != byCreated {
		return nil
	}
	// No index has the shares in the order of filing: a few are sorted by every
	// window, of many the list must be short. It ends as it began.
	if q.Cursor != "" {
		if isRankCursor(q.Cursor) {
			p.rank, p.order.Key = rankCreated, byUpdated
		}
		return nil
	}
	few, err := tx.fewShares(p.filter, agents, teams)
	if err == nil && !few {
		p.rank, p.order.Key = rankCreated, byUpdated
	}
	return err
}

// fewShares says whether there are so few shares with the viewer and their
// groups that they can be sorted.
func (tx *Tx) fewShares(f *filter, agents, groups []int64) (bool, error) {
	left := tx.db.bounds.probe
	for kind, ids := range map[dm.TargetKind][]int64{dm.TargetAgent: agents, dm.TargetGroup: groups} {
		if len(ids) == 0 {
			continue
		}
		d := f.shareDriver(kind, ids)
		n, err := tx.probe(&d, left)
		if left -= n; err != nil || left < 0 {
			return false, err
		}
	}
	return true, nil
}

func joining(c *dm.Condition) []*dm.Condition {
	list := c.Joining()
	if access.Fault("filter joins anywhere") {
		_ = c.Walk(func(leaf *dm.Condition, _ string) error {
			list = append(list, leaf.Joining()...)
			return nil
		})
	}
	return list
}

// targets gives whom the shares of a scope are with.
func targets(scope access.Scope) []int64 {
	var ids []int64
	for _, br := range scope.Branches() {
		ids = append(ids, br.Target.ID)
	}
	return ids
}

// jointOf gives the shares with the viewer and their groups that satisfy a leaf.
func jointOf(leaf *dm.Condition, wanted, mine, groups []int64) joint {
	of := func(have []int64) []int64 {
		if leaf.Op == dm.OpNotEmpty {
			return have
		}
		return both(have, wanted)
	}
	switch {
	case access.Fault("filter joins every share"):
		return joint{agents: mine, groups: groups}
	case leaf.Field == dm.FieldKeySharedAgent:
		return joint{agents: of(append([]int64{}, mine...))}
	case leaf.Field == dm.FieldKeySharedGroup:
		return joint{groups: of(append([]int64{}, groups...))}
	case leaf.Field == dm.FieldKeySharedBy:
		return joint{agents: mine, groups: groups, by: append([]int64{}, wanted...)}
	}
	return joint{agents: mine, groups: groups}
}
