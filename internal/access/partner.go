package access

// PartnerProfile is everything about a ticket that is shared with a partner that
// the rule needs; the store reads it. The agreement is in force, and the link
// live.
type PartnerProfile struct {
	Account int64
	Partner int64
	Name    string
	Ticket  int64
	// Internal says that the agreement lets private comments cross.
	Internal bool
	Rules    Rules
}

// partnerViewer is what makes a viewer a partner.
type partnerViewer struct {
	id, ticket int64
	internal   bool
}

// PartnerCondition is what a partner's viewer sees, as a condition on one ticket.
type PartnerCondition struct {
	Ticket     int64
	NotPrivate bool
}

// ForPartner resolves a partner as the viewer of one ticket that is shared with
// them: a viewer that is no person. Without private comments it sees neither
// internal content nor a private ticket. It changes nothing, and no list, count
// or search admits it. Local notes are never for it, whatever the terms.
func ForPartner(p PartnerProfile) *Viewer {
	return &Viewer{account: p.Account, name: p.Name, rules: p.Rules, partner: &partnerViewer{id: p.Partner, ticket: p.Ticket, internal: p.Internal}}
}

// Partner is the id of the agreement that the viewer is; 0 for everybody else.
func (v *Viewer) Partner() int64 {
	if v.partner == nil {
		return 0
	}
	return v.partner.id
}

// partnerWays gives a partner's rights.
func (v *Viewer) partnerWays(d *Decision, f *Facts) {
	p := v.partner
	if v.rules.SharesSuspended || f.TicketID != p.ticket || f.Spam || f.Deleted || f.Private && !p.internal {
		return
	}
	rights := See
	if p.internal {
		rights |= SeeInternal
	}
	d.add(Reason{Way: WayPartner, Rights: rights})
}

// partnerScope is a condition on one ticket; it has no branches to list.
func (v *Viewer) partnerScope(s *Scope, right Right, where Where) {
	if where != Open || v.rules.SharesSuspended || right != See && !(right == SeeInternal && v.partner.internal) {
		return
	}
	s.partner = &PartnerCondition{Ticket: v.partner.ticket, NotPrivate: !v.partner.internal}
}
