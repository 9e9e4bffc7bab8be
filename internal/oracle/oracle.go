package oracle

import "slices"

// The rights that Rights speaks of.
const (
	See         = "see"          // open the ticket, its public messages, files and history
	SeeInternal = "see_internal" // read its notes
	AddNote     = "note"
	AddReply    = "reply"
	EditTicket  = "edit"
	SetStatus   = "status"
	Assign      = "assign"
	ForwardOut  = "forward"
	ShareOn     = "share"
	Leave       = "leave"
	Delete      = "delete"
	Merge       = "merge"
	SeeTrashed  = "see_trashed" // see a deleted ticket, to restore it
	LetIn       = "let_in"      // a requester's: let people in to the own ticket
	Resolve     = "resolve"     // a requester's: solve it, and open it again
	Details     = "details"     // a requester's: change subject and priority
)

// AllRights is every right, in the order of the table in docs/access.md.
var AllRights = []string{
	See, SeeInternal, AddNote, AddReply, EditTicket, SetStatus, Assign, ForwardOut, ShareOn, Leave, Delete, Merge,
	SeeTrashed, LetIn, Resolve, Details,
}

// Rights gives what a person may do to a ticket; a right that is missing from
// the map is not given. Everything unknown answers an empty map.
func Rights(w *World, accountID, personID, ticketID int64) map[string]bool {
	account, person, ticket := find(w, accountID, personID, ticketID)
	if ticket == nil {
		return map[string]bool{}
	}
	if person.Kind == Agent {
		return agentRights(w, account, person, ticket)
	}
	return requesterRights(w, account, person, ticket)
}

// CanOpen says whether a person may open a ticket at all, by whatever way in.
func CanOpen(w *World, accountID, personID, ticketID int64) bool {
	return Rights(w, accountID, personID, ticketID)[See]
}

// WhoCanOpen gives the ids of everybody in the account who can open a ticket,
// in rising order.
func WhoCanOpen(w *World, accountID, ticketID int64) []int64 {
	ids := []int64{}
	account := w.Account(accountID)
	if account == nil {
		return ids
	}
	for _, p := range account.People {
		if CanOpen(w, accountID, p.ID, ticketID) {
			ids = append(ids, p.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// find looks up person and ticket in one account, and gives nils when either
// is not there or the person has no access to anything.
func find(w *World, accountID, personID, ticketID int64) (*Account, *Person, *Ticket) {
	// access.md 1: a person only ever reaches tickets of the own account. Both
	// are looked up in the same one, whatever ids the others use.
	account := w.Account(accountID)
	if account == nil {
		return nil, nil, nil
	}
	person, ticket := account.Person(personID), account.Ticket(ticketID)
	if person == nil || ticket == nil {
		return nil, nil, nil
	}
	// access.md 1, Q2: who is deactivated or deleted has nothing.
	if !person.Active || person.Deleted {
		return nil, nil, nil
	}
	return account, person, ticket
}

func agentRights(w *World, account *Account, agent *Person, ticket *Ticket) map[string]bool {
	// access.md 2: reach and own assignment give the role's permissions. Being
	// requester, CC or follower gives an agent nothing (Q19), so it is not asked.
	normal := reached(account, agent, ticket) || assigned(agent, ticket)

	// access.md 5, Q10: a deleted ticket is nobody's but theirs who may restore it.
	if ticket.Deleted {
		return trashRights(agent, normal)
	}

	rights := map[string]bool{}
	if normal {
		unite(rights, roleRights(agent))
	}
	// access.md 3: several shares unite, and shares unite with reach.
	for _, share := range ticket.Shares {
		if admits(w, account, agent, ticket, share) {
			unite(rights, agentShareRights(account.Settings, agent, share))
		}
	}
	// access.md 3, C12: no note is written by somebody who cannot read notes,
	// by whatever way in they may.
	if !rights[SeeInternal] {
		delete(rights, AddNote)
	}
	if ticket.MergedInto != 0 {
		makeReadOnly(rights)
	}
	return rights
}

// reached says whether a ticket is in an agent's reach (access.md 2).
func reached(account *Account, agent *Person, ticket *Ticket) bool {
	// The ticket's inbox's brand is one of the agent's brands ...
	inbox := account.Inbox(ticket.Inbox)
	if inbox == nil {
		return false
	}
	if !agent.AllBrands && !slices.Contains(agent.Brands, inbox.Brand) {
		return false
	}
	// ... and the inbox is one of the agent's inboxes ...
	if !agent.AllInboxes && !slices.Contains(agent.Inboxes, inbox.ID) {
		return false
	}
	// ... whether or not the brand is active (Q15) ...
	switch agent.Scope {
	case GlobalScope:
		// ... and it is any ticket,
		return true
	case GroupScope:
		// ... or one of a group of the agent's; without a group it is nobody's,
		return member(account, agent, ticket.Group)
	default:
		// ... or, restricted, none.
		return false
	}
}

// assigned says whether the ticket is the agent's own (access.md 2): whatever
// its brand, its inbox and the agent's scope.
func assigned(agent *Person, ticket *Ticket) bool {
	return ticket.Assignee == agent.ID
}

// member says whether an agent is in a group that still exists (Q1, Q3).
func member(account *Account, agent *Person, groupID int64) bool {
	if groupID == 0 {
		return false
	}
	group := account.Group(groupID)
	return group != nil && !group.Deleted && slices.Contains(group.Members, agent.ID)
}

// admits says whether a share lets this person in to this ticket now.
func admits(w *World, account *Account, person *Person, ticket *Ticket, share Share) bool {
	// access.md 3: a share that was ended gives nothing.
	if share.Ended {
		return false
	}
	// access.md 3: nor does one whose time has come, swept or not.
	if share.ExpiresAt != 0 && share.ExpiresAt <= w.Now {
		return false
	}
	// Q10: shares of spam and of deleted tickets are dormant.
	if ticket.Spam || ticket.Deleted {
		return false
	}
	// C10: sharing switched off suspends every share, or keeps them all.
	if !account.Settings.SharingEnabled && account.Settings.OnDisable == Suspend {
		return false
	}
	switch share.TargetKind {
	case Agent:
		return person.Kind == Agent && share.Target == person.ID
	case TargetGroup:
		// Q1: membership counts at the moment of asking.
		return person.Kind == Agent && member(account, person, share.Target)
	case Requester:
		// Q16: a private ticket puts requesters' shares to sleep.
		return person.Kind == Requester && share.Target == person.ID && !ticket.Private
	default:
		return false
	}
}

// roleRights is what reach or assignment gives: the role's permissions
// (access.md 3).
func roleRights(agent *Person) map[string]bool {
	rights := map[string]bool{See: true}
	if may(agent, "notes.read") {
		rights[SeeInternal] = true
	}
	if may(agent, "tickets.note") {
		rights[AddNote] = true
	}
	if may(agent, "tickets.reply") {
		rights[AddReply] = true
	}
	if may(agent, "tickets.edit") {
		rights[EditTicket] = true
		rights[SetStatus] = true
	}
	if may(agent, "tickets.assign") {
		rights[Assign] = true
	}
	if may(agent, "tickets.forward") {
		rights[ForwardOut] = true
	}
	if may(agent, "tickets.share") {
		rights[ShareOn] = true
	}
	if may(agent, "tickets.delete") {
		rights[Delete] = true
	}
	// Q8: merging changes the ticket, so it needs the right to edit as well.
	if may(agent, "tickets.merge") && may(agent, "tickets.edit") {
		rights[Merge] = true
	}
	return rights
}

// agentShareRights is what one share gives to an agent it admits (access.md 3).
func agentShareRights(settings Settings, agent *Person, share Share) map[string]bool {
	// C5, Q12: the role caps what a share gives, unless the account says no.
	withinRole := func(permission string) bool {
		return !settings.RoleCap || may(agent, permission)
	}
	atLeastComment := share.Level == Comment || share.Level == Edit
	edit := share.Level == Edit
	// access.md 3: a requester cannot give what a requester does not have.
	internal := share.SeeInternal && !share.ByRequester

	rights := map[string]bool{See: true}
	// Leaving is for a share to oneself; a member cannot take the group out.
	if share.TargetKind == Agent {
		rights[Leave] = true
	}
	// C12: notes are read where the share says so, at every level ...
	if internal && withinRole("notes.read") {
		rights[SeeInternal] = true
	}
	// ... and written from comment on.
	if internal && atLeastComment && withinRole("tickets.note") {
		rights[AddNote] = true
	}
	// C5: what a requester gives at the level comment is to answer.
	if (edit || share.ByRequester && atLeastComment) && share.ReplyPublic && withinRole("tickets.reply") {
		rights[AddReply] = true
	}
	if edit && withinRole("tickets.edit") {
		rights[EditTicket] = true
	}
	// sharing.protect_status_assignee keeps these two from recipients.
	if edit && !settings.ProtectStatusAssignee && withinRole("tickets.edit") {
		rights[SetStatus] = true
	}
	if edit && !settings.ProtectStatusAssignee && withinRole("tickets.assign") {
		rights[Assign] = true
	}
	// C13: forwarding needs the flag, the setting and, cap or no cap, the role.
	if edit && share.Forward && !share.ByRequester && settings.ForwardOnShared && may(agent, "tickets.forward") {
		rights[ForwardOut] = true
	}
	// C15: so does sharing on, apart from the setting.
	if edit && share.CanReshare && !share.ByRequester && may(agent, "tickets.share") {
		rights[ShareOn] = true
	}
	return rights
}

// trashRights is what is left of a deleted ticket (access.md 5, Q10).
func trashRights(agent *Person, normal bool) map[string]bool {
	if !normal || !may(agent, "tickets.delete") {
		return map[string]bool{}
	}
	rights := map[string]bool{See: true, SeeTrashed: true, Delete: true}
	if may(agent, "notes.read") {
		rights[SeeInternal] = true
	}
	return rights
}

func requesterRights(w *World, account *Account, requester *Person, ticket *Ticket) map[string]bool {
	rights := map[string]bool{}
	// access.md 4, Q10, Q16: private, spam and deleted tickets are hidden from
	// every requester, their own too.
	if ticket.Private || ticket.Spam || ticket.Deleted {
		return rights
	}
	if ticket.Requester == requester.ID {
		rights[See] = true
		rights[AddReply] = true
		rights[Resolve] = true
		// The account says whether requesters let others in, in any of three ways,
		// and whether their level edit is worth more than comment (C5).
		if account.Settings.PortalShares || account.Settings.PortalCC || account.Settings.PortalLinks {
			rights[LetIn] = true
		}
		if account.Settings.PortalEdit {
			rights[Details] = true
		}
	}
	// Q17: sight follows the ticket's department and the requester's own.
	if sight := departmentSight(requester, ticket); sight != "" {
		rights[See] = true
		if sight == SightWrite {
			rights[AddReply] = true
		}
	}
	// Q19: a requester in CC sees what the account's setting says.
	if copied(account, requester, ticket) {
		rights[See] = true
		if account.Settings.CCGrantsAccess == Comment {
			rights[AddReply] = true
		}
	}
	// C5: what the portal calls a note is a public message, so comment is a reply.
	// C12: whatever its flags say, a requester's share opens nothing internal.
	for _, share := range ticket.Shares {
		if admits(w, account, requester, ticket, share) {
			rights[See] = true
			rights[Leave] = true
			if share.Level == Comment || share.Level == Edit {
				rights[AddReply] = true
			}
			if share.Level == Edit && account.Settings.PortalEdit {
				rights[Resolve] = true
				rights[Details] = true
			}
		}
	}
	if ticket.MergedInto != 0 {
		makeReadOnly(rights)
	}
	return rights
}

// departmentSight gives a requester's sight of a ticket by their department: ""
// for none (S2-18, Q17).
func departmentSight(requester *Person, ticket *Ticket) string {
	if requester.Department == 0 || ticket.Department != requester.Department {
		return ""
	}
	if ticket.Change {
		return requester.SeesChanges
	}
	return requester.SeesTickets
}

// copied says whether being in CC lets this requester in (Q19).
func copied(account *Account, requester *Person, ticket *Ticket) bool {
	setting := account.Settings.CCGrantsAccess
	return slices.Contains(ticket.CCs, requester.ID) && (setting == View || setting == Comment)
}

// makeReadOnly drops what a merged ticket no longer takes (access.md 5, Q8).
// Sharing, leaving and deleting stay.
func makeReadOnly(rights map[string]bool) {
	for _, right := range []string{AddNote, AddReply, EditTicket, SetStatus, Assign, ForwardOut, Merge, LetIn, Resolve, Details} {
		delete(rights, right)
	}
}

func may(person *Person, permission string) bool {
	return slices.Contains(person.Permissions, permission)
}

func unite(rights, more map[string]bool) {
	for right, given := range more {
		if given {
			rights[right] = true
		}
	}
}
