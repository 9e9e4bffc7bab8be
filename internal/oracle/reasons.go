package oracle

// The ways in, as Reason.Way.
const (
	ByReach      = "reach"       // an agent's; Group is set when the scope is group
	ByAssignment = "assignment"  // an agent's
	ByShare      = "share"       // to this agent or requester; Share is set
	ByGroupShare = "group_share" // to a group of the agent's; Share and Group are set
	ByRequest    = "requester"   // a requester's own ticket
	ByCC         = "cc"          // a requester's
	ByDepartment = "department"  // a requester's
)

// Reason is one way in to a ticket.
type Reason struct {
	Way   string
	Group int64
	Share int64
}

// Reasons gives every way by which a person can open a ticket: reach and
// assignment (or own ticket and CC) first, then shares in the ticket's order.
// It is empty exactly when the person cannot open it.
func Reasons(w *World, accountID, personID, ticketID int64) []Reason {
	reasons := []Reason{}
	account, person, ticket := find(w, accountID, personID, ticketID)
	if ticket == nil || !CanOpen(w, accountID, personID, ticketID) {
		return reasons
	}
	switch person.Kind {
	case Agent:
		if reached(account, person, ticket) {
			reason := Reason{Way: ByReach}
			if person.Scope == GroupScope {
				reason.Group = ticket.Group
			}
			reasons = append(reasons, reason)
		}
		if assigned(person, ticket) {
			reasons = append(reasons, Reason{Way: ByAssignment})
		}
	case Requester:
		if ticket.Requester == person.ID {
			reasons = append(reasons, Reason{Way: ByRequest})
		}
		if copied(account, person, ticket) {
			reasons = append(reasons, Reason{Way: ByCC})
		}
		if departmentSight(person, ticket) != "" {
			reasons = append(reasons, Reason{Way: ByDepartment})
		}
	}
	for _, share := range ticket.Shares {
		if !admits(w, account, person, ticket, share) {
			continue
		}
		if share.TargetKind == TargetGroup {
			reasons = append(reasons, Reason{Way: ByGroupShare, Share: share.ID, Group: share.Target})
		} else {
			reasons = append(reasons, Reason{Way: ByShare, Share: share.ID})
		}
	}
	return reasons
}
