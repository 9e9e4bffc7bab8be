package app

import (
	"context"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// TicketPartner is a ticket's link with a partner, as agents see it.
type TicketPartner struct {
	dm.PartnerLink
	Partner   dm.Partner
	SharedBy  dm.PersonRef
	Requester *dm.PartnerPerson // who asked, of a ticket that was received
	NextTryAt dm.Time
}

// TicketPartners are a ticket's links, and with whom the viewer may share it.
type TicketPartners struct {
	Links   []TicketPartner
	Choices []dm.Partner
}

// TicketPartners lists the links of a ticket with partners, the newest first, and
// the partners that the viewer may share it with. Agents who can open the ticket
// see them; to requesters it is Forbidden.
func (a *App) TicketPartners(ctx context.Context, v *access.Viewer, number int64) (*TicketPartners, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*TicketPartners, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if err := requireAgent(v); err != nil {
			return nil, err
		}
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return nil, err
		}
		links, err := tx.PartnerLinks(v.Account(), f)
		if err != nil {
			return nil, err
		}
		out := &TicketPartners{}
		if out.Links, err = viewPartnerLinks(tx, dir, links); err != nil {
			return nil, err
		}
		out.Choices, err = a.partnerChoices(tx, dir, v, f, links)
		return out, err
	})
}

func viewPartnerLinks(tx *store.Tx, dir *store.Directory, links []dm.PartnerLink) ([]TicketPartner, error) {
	var ids []int64
	for i := range links {
		ids = append(ids, links[i].ActorID)
	}
	refs, err := tx.PeopleRefs(dir.Account.ID, distinct(ids))
	if err != nil {
		return nil, err
	}
	list := make([]TicketPartner, 0, len(links))
	for i := range slices.Backward(links) {
		k := TicketPartner{PartnerLink: links[i], Partner: dir.Partners[links[i].PartnerID], SharedBy: refs[links[i].ActorID]}
		if k.State == dm.PartnerDelayed || k.State == dm.PartnerSending {
			head, err := tx.HeadOfPartnerLine(dir.Account.ID, k.PartnerID, k.ID)
			if err != nil {
				return nil, err
			}
			if head != nil {
				k.NextTryAt = head.NextAt
			}
		}
		base, err := readPartnerBase(&links[i])
		if err != nil {
			return nil, err
		}
		if base.Requester != 0 {
			people, err := tx.PartnerPeopleByID(dir.Account.ID, []int64{base.Requester})
			if err != nil {
				return nil, err
			}
			if len(people) == 1 {
				k.Requester = &people[0]
			}
		}
		list = append(list, k)
	}
	return list, nil
}

// partnerChoices lists the partners that the viewer may share the ticket with now.
func (a *App) partnerChoices(tx *store.Tx, dir *store.Directory, v *access.Viewer, f *store.Found, links []dm.PartnerLink) ([]dm.Partner, error) {
	if !v.MaySetShares(&f.Decision) || !PartnersOn(dir) {
		return nil, nil
	}
	w := &work{app: a, tx: tx, viewer: v, dir: dir, account: v.Account(), ch: &dm.Change{}, t: &f.Ticket, shares: f.Shares, decision: f.Decision, partners: links, res: &Result{}}
	if w.partners == nil {
		w.partners = []dm.PartnerLink{}
	}
	var list []dm.Partner
	for _, id := range sortedKeys(dir.Partners) {
		if slices.ContainsFunc(links, func(k dm.PartnerLink) bool {
			return k.PartnerID == id && k.Direction == dm.LinkSent && k.State.Standing()
		}) {
			continue
		}
		p, err := w.mayShareWith(id, "partner_ids")
		if _, refused := asRefusal(err); err != nil && !refused {
			return nil, err
		}
		if err == nil {
			list = append(list, *p)
		}
	}
	return list, nil
}

// SharePartners shares a ticket with partners, or gives the links that stand.
func (a *App) SharePartners(ctx context.Context, v *access.Viewer, number int64, partners []int64, fromNow *bool) (*Result, error) {
	ch := dm.Change{Number: number}
	for _, id := range partners {
		ch.Partners = append(ch.Partners, dm.PartnerChange{Do: dm.ShareWithPartner, PartnerID: id, FromNow: fromNow})
	}
	return a.Apply(ctx, v, ch)
}

// ChangeTicketPartner ends, detaches or resumes one link of a ticket.
func (a *App) ChangeTicketPartner(ctx context.Context, v *access.Viewer, number, link int64, do dm.PartnerAct) (*Result, error) {
	return a.Apply(ctx, v, dm.Change{Number: number, Partners: []dm.PartnerChange{{Do: do, LinkID: link}}})
}

// SetTicketAgreements shares a ticket by these agreements and by no others: with
// those that are new, and unshares it from those that are missing. The one that it
// came by stays, whether it is named or not. Its errors are those of Apply, at the
// place and the index of the agreement.
func (a *App) SetTicketAgreements(ctx context.Context, v *access.Viewer, number int64, agreements []int64, place string) error {
	return a.write(ctx, func(tx *store.Tx) error {
		f, err := tx.LockTicket(v, number)
		if err != nil {
			return err
		}
		if !v.IsAgent() || !v.MaySetShares(&f.Decision) {
			return dm.ErrForbidden
		}
		links, err := tx.PartnerLinks(v.Account(), f)
		if err != nil {
			return err
		}
		ch := dm.Change{Number: number}
		for i, id := range agreements {
			there := slices.ContainsFunc(links, func(k dm.PartnerLink) bool { return k.PartnerID == id && k.State.Standing() })
			if !there && slices.Index(agreements, id) == i {
				ch.Partners = append(ch.Partners, dm.PartnerChange{Do: dm.ShareWithPartner, PartnerID: id, Place: place + "[" + strconv.Itoa(i) + "]"})
			}
		}
		for i := range links {
			if k := &links[i]; k.Direction == dm.LinkSent && k.State.Standing() && !slices.Contains(agreements, k.PartnerID) {
				ch.Partners = append(ch.Partners, dm.PartnerChange{Do: dm.UnsharePartner, LinkID: k.ID})
			}
		}
		if len(ch.Partners) == 0 {
			return nil
		}
		_, err = a.ApplyIn(tx, v, ch)
		return err
	})
}

// Why something stays here.
const (
	leftEarlier  = "earlier"
	leftLocal    = "local_note"
	leftSide     = "side_conversation"
	leftMerged   = "merged"
	leftUnmarked = "unmarked"
	leftPrivate  = "private"
	leftOther    = "other_partner"
	leftTerms    = "terms"
)

// PartnerLeftOut is something of a ticket that a partner is not told, with the
// reason and how many there are.
type PartnerLeftOut struct {
	What  string // message, file, status, tags, field, priority, people
	Why   string
	Count int
}

// PartnerPreview is what a partner would be told of a ticket.
type PartnerPreview struct {
	Partner dm.Partner
	Ticket  *PartnerTicket
	LeftOut []PartnerLeftOut
}

// PreviewPartners says what partners would see of a ticket, exactly: it is written
// as what is sent. Nothing is shared.
func (a *App) PreviewPartners(ctx context.Context, v *access.Viewer, number int64, partners []int64, fromNow *bool) ([]PartnerPreview, error) {
	return fetch(ctx, a, func(tx *store.Tx) ([]PartnerPreview, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if !v.IsAgent() || !v.MaySetShares(&f.Decision) {
			return nil, dm.ErrForbidden
		}
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return nil, err
		}
		links, err := tx.PartnerLinks(v.Account(), f)
		if err != nil {
			return nil, err
		}
		w := &work{app: a, tx: tx, viewer: v, dir: dir, account: v.Account(), ch: &dm.Change{}, t: &f.Ticket, shares: f.Shares, decision: f.Decision, partners: links, res: &Result{}}
		list := make([]PartnerPreview, len(partners))
		for i, id := range partners {
			p, err := w.mayShareWith(id, "partner_ids["+strconv.Itoa(i)+"]")
			if err != nil {
				return nil, err
			}
			if list[i], err = previewPartner(tx, dir, f, p, fromNow); err != nil {
				return nil, err
			}
		}
		return list, nil
	})
}

func previewPartner(tx *store.Tx, dir *store.Directory, f *store.Found, p *dm.Partner, fromNow *bool) (PartnerPreview, error) {
	k := &dm.PartnerLink{TicketID: f.Ticket.ID, PartnerID: p.ID, UUID: "preview", Direction: dm.LinkSent, State: dm.PartnerSending, Base: "{}", CreatedAt: tx.Now()}
	if p.Terms.History == dm.HistoryFromNow || fromNow != nil && *fromNow {
		last, err := tx.LastMessageID(dir.Account.ID, f.Ticket.ID)
		if err != nil {
			return PartnerPreview{}, err
		}
		k.FromMessage = last + 1
	}
	out := PartnerPreview{Partner: *p}
	var err error
	if out.Ticket, err = partnerTicket(tx, dir, p, k, true); err != nil {
		return out, err
	}
	out.LeftOut, err = leftOut(tx, dir, f, p, k)
	return out, err
}

// leftOut counts what stays here, of what the viewer sees.
func leftOut(tx *store.Tx, dir *store.Directory, f *store.Found, p *dm.Partner, k *dm.PartnerLink) ([]PartnerLeftOut, error) {
	r, err := readAsPartner(tx, dir, p, k)
	if err != nil {
		return nil, err
	}
	var list []PartnerLeftOut
	add := func(what, why string) {
		at := slices.IndexFunc(list, func(l PartnerLeftOut) bool { return l.What == what && l.Why == why })
		if at < 0 {
			list, at = append(list, PartnerLeftOut{What: what, Why: why}), len(list)
		}
		list[at].Count++
	}
	for after := int64(0); ; {
		page, err := tx.Messages(dir.Account.ID, f, after, 200)
		if err != nil {
			return nil, err
		}
		for i := range page {
			m := &page[i]
			yes, why := r.crosses(m)
			if !yes && why != "" {
				add("message", why)
			}
			if yes && !p.Terms.Attachments {
				for range m.Attachments {
					add("file", leftTerms)
				}
			}
		}
		if len(page) < 200 {
			break
		}
		after = page[len(page)-1].ID
	}
	if !p.Terms.Status {
		add("status", leftTerms)
	}
	if !p.Terms.Tags && len(r.found.Ticket.Tags) > 0 {
		add("tags", leftTerms)
	}
	for _, set := range r.found.Ticket.Fields {
		if def, ok := dir.Fields[set.FieldID]; ok && !p.Terms.AllowsField(def.Name) {
			add("field", leftTerms)
		}
	}
	return list, nil
}
