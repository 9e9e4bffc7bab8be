package app

import (
	"context"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// PartnerDeliveryView is a line of a partner's log as its reader may see it.
// Number and subject of a ticket that they cannot open are left out.
type PartnerDeliveryView struct {
	dm.PartnerDelivery
	OfTicket bool
	Visible  bool // the reader can open the ticket
	Number   int64
	Subject  string
}

// PartnerDeliveries lists a partner's log in a state ("": in any), newest first,
// with ids below before; 0 begins at the newest. It needs partners.manage.
func (a *App) PartnerDeliveries(ctx context.Context, v *access.Viewer, partner int64, state dm.PartnerDeliveryState, before int64, limit int) ([]PartnerDeliveryView, error) {
	if err := require(v, dm.PartnersManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]PartnerDeliveryView, error) {
		if _, err := tx.Partner(v.Account(), partner); err != nil {
			return nil, err
		}
		list, err := tx.PartnerDeliveries(v.Account(), partner, state, before, limit)
		if err != nil {
			return nil, err
		}
		views := make([]PartnerDeliveryView, len(list))
		for i := range list {
			if views[i], err = viewPartnerDelivery(tx, v, list[i]); err != nil {
				return nil, err
			}
		}
		return views, nil
	})
}

// PartnerDelivery reads one line, as PartnerDeliveries does.
func (a *App) PartnerDelivery(ctx context.Context, v *access.Viewer, partner, id int64) (*PartnerDeliveryView, error) {
	if err := require(v, dm.PartnersManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*PartnerDeliveryView, error) {
		if _, err := tx.Partner(v.Account(), partner); err != nil {
			return nil, err
		}
		d, err := tx.PartnerDelivery(v.Account(), partner, id)
		if err != nil {
			return nil, err
		}
		view, err := viewPartnerDelivery(tx, v, *d)
		return &view, err
	})
}

func viewPartnerDelivery(tx *store.Tx, v *access.Viewer, d dm.PartnerDelivery) (PartnerDeliveryView, error) {
	view := PartnerDeliveryView{PartnerDelivery: d, OfTicket: d.LinkID != 0}
	if !view.OfTicket {
		return view, nil
	}
	f, err := tx.TicketOfPartnerLink(v, d.LinkID)
	if err == nil {
		view.Visible, view.Number, view.Subject = true, f.Ticket.Number, f.Ticket.Subject
	}
	return view, gone(err)
}

// RetryPartnerDelivery tries a message that failed, or waits, again at once. What
// it holds is decided anew. It needs partners.manage. Conflict for one that
// arrived, for a test, and where the agreement is paused or over.
func (a *App) RetryPartnerDelivery(ctx context.Context, v *access.Viewer, partner, id int64) error {
	return a.administer(ctx, v, dm.PartnersManage, func(t *act) error {
		if _, err := t.tx.Partner(t.account, partner); err != nil {
			return err
		}
		p, err := t.tx.LockPartner(t.account, partner)
		if err != nil {
			return err
		}
		d, err := t.tx.PartnerDelivery(t.account, partner, id)
		if err != nil {
			return err
		}
		switch {
		case d.Kind == dm.SendAgreementTest:
			return dm.Errorf(dm.Conflict, "A test is not sent again; make another one.").With("test")
		case d.State == dm.PartnerDone:
			return dm.Errorf(dm.Conflict, "This message has arrived.").With("delivered")
		case d.LinkID != 0 && p.Status != dm.PartnerAccepted:
			return dm.Errorf(dm.Conflict, "The agreement is not in force.").With("partner_status")
		case d.LinkID != 0 && p.Paused:
			return dm.Errorf(dm.Conflict, "The agreement is paused. Resume it first.").With("partner_paused")
		}
		if err := t.sendAgain(p, d); err != nil {
			return err
		}
		t.changedID("delivery", 0, id)
		return t.log("partner.retried", "partner", partner)
	})
}

// sendAgain puts a message back in its line, due at once, as if it was new.
func (t *act) sendAgain(p *dm.Partner, d *dm.PartnerDelivery) error {
	if d.Kind == dm.SendAgreement && !p.Over() {
		if p.Status != dm.PartnerPending {
			p.Status = dm.PartnerDraft
		}
		p.Reason = ""
		if err := t.tx.SavePartner(t.account, p); err != nil {
			return err
		}
	}
	d.State, d.Attempts, d.NextAt = dm.PartnerWaiting, 0, t.tx.Now()
	if err := t.tx.SavePartnerDelivery(t.account, d); err != nil {
		return err
	}
	return enqueuePartner(t.tx, t.account, partnerArgs{p.ID, d.LinkID})
}

// RetryPartner tries everything that waits for a partner at once, and sends an
// invitation that did not arrive again. What has failed for good stays as it is:
// RetryPartnerDelivery tries one of those. It needs partners.manage. Conflict
// while the agreement is paused.
func (a *App) RetryPartner(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.PartnersManage, func(t *act) error {
		if _, err := t.tx.Partner(t.account, id); err != nil {
			return err
		}
		p, err := t.tx.LockPartner(t.account, id)
		switch {
		case err != nil:
			return err
		case p.Paused:
			return dm.Errorf(dm.Conflict, "The agreement is paused. Resume it first.").With("partner_paused")
		}
		if p.Status == dm.PartnerFailed || p.Status == dm.PartnerTLSError || p.Status == dm.PartnerConfigError {
			failed, err := t.tx.PartnerDeliveries(t.account, id, dm.PartnerLost, 0, maxFailedInvitations)
			if err != nil {
				return err
			}
			if at := slices.IndexFunc(failed, func(d dm.PartnerDelivery) bool { return d.Kind == dm.SendAgreement }); at >= 0 {
				if err := t.sendAgain(p, &failed[at]); err != nil {
					return err
				}
			}
		}
		if err := t.releasePartner(id); err != nil {
			return err
		}
		return t.log("partner.retried", "partner", id)
	})
}

// maxFailedInvitations is how many of the newest failed messages are looked at for
// the invitation: an agreement that has not been accepted has sent little else.
const maxFailedInvitations = 50

// TestPartner asks the other desk for the agreement, now, and gives what came of
// it, which stands in the log as well. It needs partners.manage. Conflict before
// an invitation is accepted: nothing is asked of a desk that nobody has decided
// on. Unavailable where this desk sends nothing.
func (a *App) TestPartner(ctx context.Context, v *access.Viewer, id int64) (*dm.PartnerDelivery, error) {
	if err := require(v, dm.PartnersManage); err != nil {
		return nil, err
	}
	d := &dm.PartnerDelivery{PartnerID: id, Kind: dm.SendAgreementTest, State: dm.PartnerLost, Error: notFinished}
	err := a.administer(ctx, v, dm.PartnersManage, func(t *act) error {
		p, err := t.tx.Partner(t.account, id)
		if err != nil {
			return err
		}
		if p.Direction == dm.PartnerInbound && p.Status == dm.PartnerPending {
			return dm.Errorf(dm.Conflict, "Nothing is sent to a desk whose invitation nobody has accepted.").With("partner_status")
		}
		if a.Partners == nil {
			return dm.Errorf(dm.Unavailable, "This desk sends nothing to other desks.")
		}
		if err := t.tx.InsertPartnerDelivery(t.account, d); err != nil {
			return err
		}
		t.once.note(d.ID)
		return nil
	})
	if err != nil {
		return nil, err
	}
	m, err := a.testMessage(ctx, v.Account(), d)
	if err != nil {
		return nil, err
	}
	answer := a.sendPartner(ctx, m)
	if answer.Status == 404 || answer.Status == 405 {
		answer.Problem = "" // it answers, but shows agreements to nobody
	}
	return d, a.DB.Write(context.WithoutCancel(ctx), store.Urgent, func(tx *store.Tx) error {
		noteTry(d, &answer, tx.Now())
		d.Attempts, d.State = 1, dm.PartnerLost
		if answer.OK() {
			d.State = dm.PartnerDone
		}
		return gone(tx.SavePartnerDelivery(v.Account(), d))
	})
}

func (a *App) testMessage(ctx context.Context, account int64, d *dm.PartnerDelivery) (m *PartnerMessage, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		m, err = a.beginPartnerMessage(tx, account, d)
		return err
	})
	return m, err
}
