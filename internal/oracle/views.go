package oracle

import (
	"cmp"
	"slices"
)

// Messages gives the ids of a ticket's messages that a person may read, in the
// ticket's order.
func Messages(w *World, accountID, personID, ticketID int64) []int64 {
	ids := []int64{}
	_, _, ticket := find(w, accountID, personID, ticketID)
	if ticket == nil {
		return ids
	}
	rights := Rights(w, accountID, personID, ticketID)
	for _, message := range ticket.Messages {
		// access.md 6: replies are for everybody who sees the ticket, notes and
		// local notes for those who see internal content.
		if rights[See] && (message.Kind == Reply || rights[SeeInternal]) {
			ids = append(ids, message.ID)
		}
	}
	return ids
}

// The views that Listed knows (access.md 7).
const (
	ViewOpen               = "open"   // not a list: every ticket the person can open, spam and deleted ones too
	ViewListed             = "listed" // what lists, search and counts may show: all but shares
	ViewAll                = "all"
	ViewMine               = "mine"
	ViewUnassigned         = "unassigned"
	ViewSharedWithMe       = "shared-with-me"
	ViewSharedWithMyGroups = "shared-with-my-groups"
	ViewSpam               = "spam"  // an agent's: spam that is reached or assigned
	ViewTrash              = "trash" // an agent's: deleted tickets that may be restored
)

// AllViews is every view.
var AllViews = []string{
	ViewOpen, ViewListed, ViewAll, ViewMine, ViewUnassigned, ViewSharedWithMe, ViewSharedWithMyGroups,
	ViewSpam, ViewTrash,
}

// Listed gives the ids of the tickets that a view shows to a person, the newest
// update first and of equal ones the higher id. It panics on an unknown view.
func Listed(w *World, accountID, personID int64, view string) []int64 {
	if !slices.Contains(AllViews, view) {
		panic("oracle: there is no view " + view)
	}
	account := w.Account(accountID)
	if account == nil {
		return []int64{}
	}
	shown := []Ticket{}
	for _, ticket := range account.Tickets {
		if inView(w, accountID, personID, ticket, view) {
			shown = append(shown, ticket)
		}
	}
	slices.SortFunc(shown, func(a, b Ticket) int {
		return cmp.Or(cmp.Compare(b.UpdatedAt, a.UpdatedAt), cmp.Compare(b.ID, a.ID))
	})
	ids := []int64{}
	for _, ticket := range shown {
		ids = append(ids, ticket.ID)
	}
	return ids
}

func inView(w *World, accountID, personID int64, ticket Ticket, view string) bool {
	reasons := Reasons(w, accountID, personID, ticket.ID)
	has := func(way string) bool {
		return slices.ContainsFunc(reasons, func(r Reason) bool { return r.Way == way })
	}
	if view == ViewOpen {
		return len(reasons) > 0
	}
	// access.md 7: spam and deleted tickets are in no list but their own. Who
	// has them at all has them by reach or assignment. Deleted spam is deleted.
	if view == ViewSpam {
		return len(reasons) > 0 && ticket.Spam && !ticket.Deleted
	}
	if view == ViewTrash {
		return len(reasons) > 0 && ticket.Deleted
	}
	if ticket.Spam || ticket.Deleted {
		return false
	}
	// Q6: hidden is what one has only through a share; what is also reached stays.
	listed := has(ByReach) || has(ByAssignment) || has(ByRequest) || has(ByCC) || has(ByDepartment)
	requester := w.Account(accountID).Person(personID).Kind == Requester
	switch view {
	case ViewListed:
		return listed
	case ViewAll:
		// A requester's portal shows the shares among the others.
		return listed || requester && has(ByShare)
	case ViewMine:
		return has(ByAssignment)
	case ViewUnassigned:
		return !requester && listed && ticket.Assignee == 0
	case ViewSharedWithMe:
		// Q4: also when the ticket is reached anyway.
		return has(ByShare)
	default: // ViewSharedWithMyGroups
		return has(ByGroupShare)
	}
}
