package oracle

// ByLink gives what the holder of a public link may do to a ticket: of the ticket
// linked, made by the person maker with a level, View or Comment. The link itself
// is neither revoked nor over (docs/public-links.md).
func ByLink(w *World, accountID, maker, linked int64, level string, ticketID int64) map[string]bool {
	rights := map[string]bool{}
	account, person, ticket := find(w, accountID, maker, ticketID)
	// What it shows: one ticket, and nothing else. A maker who is deactivated could
	// not make it again.
	if ticket == nil || ticketID != linked {
		return rights
	}
	// It sleeps while links are off, or sharing is suspended (C10) ...
	if !account.Settings.Links || !account.Settings.SharingEnabled && account.Settings.OnDisable == Suspend {
		return rights
	}
	// ... while the ticket is private, spam, deleted or merged (Q10, Q16) ...
	if ticket.Private || ticket.Spam || ticket.Deleted || ticket.MergedInto != 0 {
		return rights
	}
	// ... while its brand is inactive (Q15) ...
	if inbox := account.Inbox(ticket.Inbox); inbox == nil || !activeBrand(account, inbox.Brand) {
		return rights
	}
	// ... and while its maker could not make it again: an agent shares and forwards
	// (C13), a requester lets people in to their own ticket, by links.
	makes := Rights(w, accountID, maker, ticketID)
	if person.Kind == Agent && !(makes[ShareOn] && makes[ForwardOut]) {
		return rights
	}
	if person.Kind == Requester && !(makes[LetIn] && account.Settings.PortalLinks) {
		return rights
	}
	rights[See] = true
	if level == Comment && makes[AddReply] {
		rights[AddReply] = true
	}
	return rights
}

// MessagesByLink gives the ids of the messages that the holder of a public link
// reads: the replies.
func MessagesByLink(w *World, accountID, maker, linked int64, level string, ticketID int64) []int64 {
	ids := []int64{}
	if !ByLink(w, accountID, maker, linked, level, ticketID)[See] {
		return ids
	}
	for _, m := range w.Account(accountID).Ticket(ticketID).Messages {
		if m.Kind == Reply {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

func activeBrand(account *Account, id int64) bool {
	for _, b := range account.Brands {
		if b.ID == id {
			return b.Active
		}
	}
	return false
}
