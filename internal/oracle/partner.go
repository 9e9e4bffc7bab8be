package oracle

// ByPartner gives what a partner may do to a ticket: of the ticket linked, which is
// shared over an agreement that is in force, and internal says whether the terms
// let private comments cross (docs/access.md, docs/partners.md).
func ByPartner(w *World, accountID, linked int64, internal bool, ticketID int64) map[string]bool {
	rights := map[string]bool{}
	account := w.Account(accountID)
	ticket := account.Ticket(ticketID)
	// A partner sees one ticket, and nothing else ...
	if ticket == nil || ticketID != linked {
		return rights
	}
	// ... nothing while sharing is suspended (C10) ...
	if !account.Settings.SharingEnabled && account.Settings.OnDisable == Suspend {
		return rights
	}
	// ... nothing of spam and deleted tickets (Q10) ...
	if ticket.Spam || ticket.Deleted {
		return rights
	}
	// ... and of a private one only with private comments (Q16).
	if ticket.Private && !internal {
		return rights
	}
	rights[See] = true
	if internal {
		rights[SeeInternal] = true
	}
	return rights
}

// MessagesByPartner gives the ids of the messages that a partner may be told:
// replies, notes where private comments cross, and no local note.
func MessagesByPartner(w *World, accountID, linked int64, internal bool, ticketID int64) []int64 {
	ids := []int64{}
	rights := ByPartner(w, accountID, linked, internal, ticketID)
	if !rights[See] {
		return ids
	}
	for _, m := range w.Account(accountID).Ticket(ticketID).Messages {
		if m.Kind == Reply || m.Kind == Note && rights[SeeInternal] {
			ids = append(ids, m.ID)
		}
	}
	return ids
}
