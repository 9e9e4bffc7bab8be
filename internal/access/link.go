package access

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// LinkProfile is everything about a public link that the rule needs; the store
// reads it. The link itself is open: neither revoked nor over.
type LinkProfile struct {
	Account int64
	Link    int64
	Ticket  int64
	Level   dm.Level
	Maker   *Viewer // who made it, as they are now
	Inboxes []int64 // those of active brands
	Rules   Rules
}

// linkViewer is what makes a viewer a public link.
type linkViewer struct {
	id, ticket int64
	level      dm.Level
	maker      *Viewer
	inboxes    []int64
}

// LinkCondition is what a public link's viewer sees, as a condition on one
// ticket. It may hold where Decide gives nothing, never the other way round:
// whether the maker may still give access away is decided with the ticket's
// facts.
type LinkCondition struct {
	Ticket  int64
	Inboxes []int64
	Maker   Scope
}

// ForLink resolves a public link: a viewer that is no person. It sees one
// ticket's public content, while its maker could make it again: they see the
// ticket and may share and forward it. It answers only where its level and its
// maker's rights both let it. No list, count or search admits it.
func ForLink(p LinkProfile) *Viewer {
	return &Viewer{account: p.Account, rules: p.Rules,
		link: &linkViewer{id: p.Link, ticket: p.Ticket, level: p.Level, maker: p.Maker, inboxes: p.Inboxes}}
}

// Link is the id of the public link that the viewer is; 0 for everybody else.
func (v *Viewer) Link() int64 {
	if v.link == nil {
		return 0
	}
	return v.link.id
}

// MayGiveLinks says whether the viewer may let the holders of a public link in,
// given what was decided for them: a link is a share, and it discloses the
// ticket beyond those who are named in it (contradictions C13 and C15). Requesters
// may where the account lets them, in their own tickets.
func (v *Viewer) MayGiveLinks(d *Decision) bool {
	return v.MaySetShares(d) && d.Has(Forward) || v.IsRequester() && d.Has(LetIn) && v.rules.PortalLinks
}

// linkWays gives a public link's rights.
func (v *Viewer) linkWays(d *Decision, f *Facts, now dm.Time) {
	l := v.link
	switch {
	case !v.rules.Links, v.rules.SharesSuspended:
		return
	case f.TicketID != l.ticket, f.Private, f.Spam, f.Deleted:
		return
	case !slices.Contains(l.inboxes, f.InboxID):
		return
	}
	maker := Decide(l.maker, f, now)
	if !l.maker.MayGiveLinks(&maker) && !Fault("link maker") {
		return
	}
	rights := See
	if l.level.Rank() >= dm.LevelComment.Rank() && maker.Has(Reply) {
		rights |= Reply
	}
	d.add(Reason{Way: WayLink, Rights: rights, Level: l.level})
}

// linkScope is a condition on one ticket; it has no branches to list.
func (v *Viewer) linkScope(s *Scope, right Right, where Where) {
	if where != Open || right != See || !v.rules.Links || v.rules.SharesSuspended {
		return
	}
	s.link = &LinkCondition{Ticket: v.link.ticket, Inboxes: v.link.inboxes, Maker: v.link.maker.Scope(See, Open)}
}
