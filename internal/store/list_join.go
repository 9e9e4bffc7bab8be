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
func (p *listPlan) join(v *access.Viewer, q ListQuery) {
	if p.filter == nil || !v.IsAgent() {
		return
	}
	switch q.View {
	case "", ViewAll, ViewUnassigned, ViewSharedByMe:
	default:
		return
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
		return
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
	// No index has the shares in the order of filing.
	if p.order.Key == byCreated {
		p.rank, p.order.Key = rankCreated, byUpdated
	}
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
