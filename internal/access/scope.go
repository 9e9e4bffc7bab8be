package access

import dm "github.com/deskmesh/deskmesh"

// Where says which door asks; see the door table in docs/access.md.
type Where int

// The doors.
const (
	Open               Where = iota + 1 // one ticket: every way in
	Listed                              // lists, counts, search: every way but the shares
	SharedWithMe                        // only shares with the person
	SharedWithMyGroups                  // only shares with the person's groups
	InMyDepartment                      // a requester's: only sight of their department
)

// BranchKind is one reason to see tickets that one index serves.
type BranchKind int

// The kinds of branch.
const (
	BranchAll        BranchKind = iota + 1 // every ticket of the account
	BranchInbox                            // a whole inbox
	BranchPair                             // a group's tickets in an inbox
	BranchAssignee                         // own assignment
	BranchRequester                        // own tickets, not private
	BranchCC                               // in CC, not private
	BranchShare                            // live shares with one target
	BranchDepartment                       // a department's tickets, not private
)

// Branch is a conjunction that one index serves.
type Branch struct {
	Kind       BranchKind
	Inbox      int64
	Group      int64
	Person     int64
	Target     dm.Target
	Department int64
	Changes    Changes // of a department
	Internal   bool    // a share must also let internal content be seen
	NotPrivate bool
	// Unassigned leaves out what somebody is assigned to; of branches of reach.
	Unassigned bool
}

// Changes says whether a branch of a department has its changes among the tickets.
type Changes int

// The answers.
const (
	WithChanges Changes = iota
	WithoutChanges
	OnlyChanges
)

// Scope is what a viewer may see through one door: a union of branches inside
// one account. Its zero value admits nothing. Only package store reads it.
type Scope struct {
	account  int64
	branches []Branch
	// The same reach for one ticket, without pairs: inbox and group lists.
	reach   *ReachCondition
	trashed bool
	link    *LinkCondition
	partner *PartnerCondition
}

// ReachCondition is an agent's reach as a condition on one ticket.
type ReachCondition struct {
	Every   bool    // every inbox
	Inboxes []int64 // else these
	Grouped bool    // and only tickets of Groups
	Groups  []int64
	// NotPrivate leaves private tickets out: those of a webhook that sees public
	// content only.
	NotPrivate bool
}

// Scope gives what the viewer may see through a door. right is See,
// SeeInternal (where internal content may be read) or SeeTrashed (deleted
// tickets).
func (v *Viewer) Scope(right Right, where Where) Scope {
	if v == nil {
		return Scope{}
	}
	s := Scope{account: v.account}
	switch {
	case v.system != "":
		s.branches = []Branch{{Kind: BranchAll}}
		s.reach = &ReachCondition{Every: true}
		s.trashed = true
	case v.webhook != 0:
		v.webhookScope(&s, right, where)
	case v.link != nil:
		v.linkScope(&s, right, where)
	case v.partner != nil:
		v.partnerScope(&s, right, where)
	case v.kind == dm.Agent:
		v.agentScope(&s, right, where)
	case v.kind == dm.Requester && right == See:
		v.requesterScope(&s, where)
	}
	return s
}

func (v *Viewer) agentScope(s *Scope, right Right, where Where) {
	role := roleRights(v.perms)
	s.trashed = role.Has(SeeTrashed)
	if where == Open || where == Listed {
		if role.Has(right) {
			v.reachBranches(s)
		}
	}
	if where == Listed || right == SeeTrashed || v.rules.SharesSuspended {
		return
	}
	internal := right == SeeInternal
	if internal && (v.rules.RoleCap || v.capped) && !role.Has(SeeInternal) {
		return
	}
	if where != SharedWithMyGroups {
		s.branches = append(s.branches, Branch{Kind: BranchShare, Target: dm.Target{Kind: dm.TargetAgent, ID: v.person}, Internal: internal})
	}
	if where != SharedWithMe {
		for _, g := range v.groups {
			s.branches = append(s.branches, Branch{Kind: BranchShare, Target: dm.Target{Kind: dm.TargetGroup, ID: g}, Internal: internal})
		}
	}
}

// reachBranches adds reach and own assignment.
func (v *Viewer) reachBranches(s *Scope) {
	switch {
	case v.scope == dm.GlobalScope && v.everyInbox:
		s.reach = &ReachCondition{Every: true}
		s.branches = append(s.branches, Branch{Kind: BranchAll})
		return
	case v.scope == dm.GlobalScope:
		s.reach = &ReachCondition{Inboxes: v.inboxes}
		for _, inbox := range v.inboxes {
			s.branches = append(s.branches, Branch{Kind: BranchInbox, Inbox: inbox})
		}
	case v.scope == dm.GroupScope:
		s.reach = &ReachCondition{Every: v.everyInbox, Inboxes: v.inboxes, Grouped: true, Groups: v.groups}
		for _, p := range v.pairs {
			s.branches = append(s.branches, Branch{Kind: BranchPair, Inbox: p.Inbox, Group: p.Group})
		}
	}
	s.branches = append(s.branches, Branch{Kind: BranchAssignee, Person: v.person})
}

func (v *Viewer) requesterScope(s *Scope, where Where) {
	if where == Open || where == Listed {
		s.branches = append(s.branches, Branch{Kind: BranchRequester, Person: v.person, NotPrivate: true})
		if v.rules.CCGrants == "view" || v.rules.CCGrants == "comment" {
			s.branches = append(s.branches, Branch{Kind: BranchCC, Person: v.person, NotPrivate: true})
		}
	}
	if (where == Open || where == Listed || where == InMyDepartment) && v.SeesDepartment() {
		br := Branch{Kind: BranchDepartment, Department: v.department, NotPrivate: true}
		switch {
		case !v.sight.Changes.Sees():
			br.Changes = WithoutChanges
		case !v.sight.Tickets.Sees():
			br.Changes = OnlyChanges
		}
		s.branches = append(s.branches, br)
	}
	if (where == Open || where == SharedWithMe) && !v.rules.SharesSuspended {
		s.branches = append(s.branches, Branch{Kind: BranchShare, Target: dm.Target{Kind: dm.TargetRequester, ID: v.person}, NotPrivate: true})
	}
}

// Mine narrows a scope to own assignment; zero for anybody but an agent.
func (v *Viewer) Mine() Scope {
	if v.kind != dm.Agent || v.webhook != 0 {
		return Scope{}
	}
	return Scope{account: v.account, branches: []Branch{{Kind: BranchAssignee, Person: v.person}}}
}

// Requested narrows a scope to what a requester asked for; zero for an agent.
func (v *Viewer) Requested() Scope {
	if !v.IsRequester() {
		return Scope{}
	}
	return Scope{account: v.account, branches: []Branch{{Kind: BranchRequester, Person: v.person, NotPrivate: true}}}
}

// Account is the account the scope is confined to; 0 in the zero value.
func (s Scope) Account() int64 { return s.account }

// Branches lists the scope's branches, reach first.
func (s Scope) Branches() []Branch { return s.branches }

// Reach is the agent's reach as a condition on one ticket; nil for none.
func (s Scope) Reach() *ReachCondition { return s.reach }

// Trashed says whether deleted tickets are admitted through reach and
// assignment.
func (s Scope) Trashed() bool { return s.trashed }

// Admits says whether the scope can admit anything at all.
func (s Scope) Admits() bool {
	return s.account != 0 && (len(s.branches) > 0 || s.reach != nil || s.partner != nil || s.link != nil && s.link.Maker.Admits())
}

// Link is the condition of a public link's viewer; nil for everybody else.
func (s Scope) Link() *LinkCondition { return s.link }

// Partner is the condition of a partner's viewer; nil for everybody else.
func (s Scope) Partner() *PartnerCondition { return s.partner }
