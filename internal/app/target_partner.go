package app

import (
	"cmp"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// partnerTargets offers other desks: agreements in force by which tickets are
// shared with them.
type partnerTargets struct{}

func (partnerTargets) Kind() dm.TargetKind { return dm.TargetPartner }

// Search finds partners by the beginning of what they are called here, of a word
// of it, or of their host. For a ticket those are left out that it cannot go to;
// one that has it already is not.
func (p partnerTargets) Search(ask *TargetAsk, q string, limit int) ([]store.TargetRow, error) {
	q = dm.Fold(strings.TrimSpace(q))
	var list []store.TargetRow
	for id := range ask.Dir.Partners {
		row, err := p.Check(ask, id, "")
		name := dm.Fold(row.Name)
		if err == nil && (strings.HasPrefix(name, q) || strings.Contains(name, " "+q) || strings.HasPrefix(row.Address, q)) {
			list = append(list, row)
		}
	}
	slices.SortFunc(list, func(a, b store.TargetRow) int {
		return cmp.Or(cmp.Compare(dm.Fold(a.Name), dm.Fold(b.Name)), cmp.Compare(a.Target.ID, b.Target.ID))
	})
	return list[:min(len(list), limit)], nil
}

func (p partnerTargets) Resolve(ask *TargetAsk, ids []int64) (map[int64]store.TargetRow, error) {
	found := map[int64]store.TargetRow{}
	for _, id := range ids {
		if row, err := p.Check(ask, id, ""); err == nil {
			found[id] = row
		}
	}
	return found, nil
}

// Check finds a partner that tickets can be shared with, and the ticket where one
// is named. One that has it already passes: nothing is made then.
func (partnerTargets) Check(ask *TargetAsk, id int64, place string) (store.TargetRow, error) {
	p, ok := ask.Dir.Partners[id]
	row := store.TargetRow{Target: dm.Target{Kind: dm.TargetPartner, ID: id}, Name: p.Label(), Address: p.Host}
	switch {
	case !PartnersOn(ask.Dir):
		return row, dm.Errorf(dm.Forbidden, "Sharing with partners is switched off for this desk.").With("partners_disabled")
	case !ok || p.DeletedAt != 0 || p.Direction != dm.PartnerOutbound:
		return row, dm.BadField(place, "There is no such partner.")
	case p.Status != dm.PartnerAccepted:
		return row, dm.BadField(place, "The agreement with this partner is not in force.").With("not_accepted")
	case ask.Ticket == nil || sentTo(ask.Links, id) != nil:
		return row, nil
	}
	return row, partnerMayHave(ask, &p, place)
}

// partnerMayHave says why a ticket cannot go to a partner.
func partnerMayHave(ask *TargetAsk, p *dm.Partner, place string) error {
	switch t := ask.Ticket; {
	case t.Status == dm.StatusClosed:
		return dm.Errorf(dm.Conflict, "A closed ticket cannot be shared with a partner.").With("closed")
	case t.MergedInto != 0:
		return dm.Errorf(dm.Conflict, "A merged ticket cannot be shared with a partner.").With("merged")
	case t.Private && !p.Terms.PrivateComments:
		return dm.BadField(place, "A private ticket can be shared only with a partner whose terms let private comments cross.").With("private")
	case p.Terms.PrivateComments && !ask.Decision.Has(access.SeeInternal):
		return &dm.Error{Code: dm.Forbidden, Reason: "more_than_held", Field: place, Public: "You cannot let others read internal notes that you may not read."}
	}
	if err := disclosed(&ask.Decision, place); err != nil {
		return err
	}
	for i := range ask.Links {
		k := &ask.Links[i]
		if k.Direction == dm.LinkReceived && k.State.Standing() && ask.Dir.Partners[k.PartnerID].Host == p.Host {
			return dm.BadField(place, "The ticket came from this partner.").With("loop")
		}
	}
	return nil
}

// sentTo gives the link by which a ticket is shared with a partner; nil where it
// is not.
func sentTo(links []dm.PartnerLink, partner int64) *dm.PartnerLink {
	for i := range links {
		if k := &links[i]; k.PartnerID == partner && k.Direction == dm.LinkSent && k.State.Standing() {
			return k
		}
	}
	return nil
}
