package store

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// unassigned narrows branches to tickets that nobody is assigned to, which
// indexes of their own hold in the order of change.
func unassigned(branches []access.Branch) []access.Branch {
	var list []access.Branch
	for _, br := range branches {
		switch br.Kind {
		case access.BranchAssignee:
			continue
		case access.BranchAll, access.BranchInbox, access.BranchPair:
			br.Unassigned = true
		}
		list = append(list, br)
	}
	return list
}

// overlaps bounds in how many branches one ticket can be.
func overlaps(branches []access.Branch) int {
	shares, kinds := 0, map[access.BranchKind]bool{}
	for _, br := range branches {
		if br.Kind == access.BranchShare {
			shares++
		} else {
			kinds[br.Kind] = true
		}
	}
	return max(1, shares+len(kinds))
}

// padBranches repeats pairs and group shares, with ids that match nothing, up
// to a power of two, so that few different statements are prepared.
func padBranches(branches []access.Branch) []access.Branch {
	var pairs, groups int
	pair := access.Branch{Kind: access.BranchPair}
	for _, br := range branches {
		switch {
		case br.Kind == access.BranchPair:
			pair.Unassigned = br.Unassigned
			pairs++
		case br.Kind == access.BranchShare && br.Target.Kind == dm.TargetGroup:
			groups++
		}
	}
	out := branches[:len(branches):len(branches)]
	for range padding(pairs) {
		out = append(out, pair)
	}
	for range padding(groups) {
		out = append(out, access.Branch{Kind: access.BranchShare, Target: dm.Target{Kind: dm.TargetGroup}})
	}
	return out
}

func padding(n int) int {
	if n == 0 {
		return 0
	}
	return paddedLen(n) - n
}

// bundleFrom is from how many branches of one form PostgreSQL counts them in one
// arm.
const bundleFrom = 5

// bundles takes the pairs, and the shares with groups, out of branches where
// there are many of them. SQLite, which plans a statement once and runs an arm in
// microseconds, keeps all.
func (d *dialect) bundles(branches []access.Branch) (many [][]access.Branch, rest []access.Branch) {
	if !d.armsOrdered {
		return nil, branches
	}
	var pairs, groups []access.Branch
	for _, br := range branches {
		switch {
		case br.Kind == access.BranchPair:
			pairs = append(pairs, br)
		case br.Kind == access.BranchShare && br.Target.Kind == dm.TargetGroup && !br.NotPrivate:
			groups = append(groups, br)
		default:
			rest = append(rest, br)
		}
	}
	for _, same := range [][]access.Branch{pairs, groups} {
		if len(same) >= bundleFrom {
			many = append(many, same)
		} else {
			rest = append(same, rest...)
		}
	}
	return many, rest
}
