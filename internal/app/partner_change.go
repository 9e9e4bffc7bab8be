package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// UpdatePartner accepts, declines, withdraws or ends an agreement, pauses it, or
// changes what is our own about it. What is decided stands at once; the message
// to the other desk is tried until it arrives. It needs partners.manage. Conflict
// for a step that the state does not allow, and for another version.
func (a *App) UpdatePartner(ctx context.Context, v *access.Viewer, id int64, patch PartnerPatch) error {
	return a.administer(ctx, v, dm.PartnersManage, func(t *act) error {
		if _, err := t.tx.Partner(t.account, id); err != nil {
			return err
		}
		p, err := t.tx.LockPartner(t.account, id)
		if err != nil {
			return err
		}
		if patch.Version != nil && *patch.Version != p.Version {
			return dm.Errorf(dm.Conflict, "The agreement was changed meanwhile. Look at it again.").With("version").Showing(map[string]any{"version": p.Version})
		}
		dir, err := t.tx.Directory(t.account)
		if err != nil {
			return err
		}
		c := &partnerChange{act: t, dir: dir, patch: &patch, old: *p, next: p}
		return c.apply()
	})
}

// partnerChange is one change of an agreement.
type partnerChange struct {
	*act
	dir   *store.Directory
	patch *PartnerPatch
	old   dm.Partner
	next  *dm.Partner
}

func (c *partnerChange) apply() error {
	p, patch := c.next, c.patch
	if patch.Name != nil {
		p.Name = c.faults.name("name", *patch.Name, dm.MaxPartnerName)
	}
	if patch.InboxID != nil {
		c.partnerInbox(c.dir, p, *patch.InboxID)
	}
	if patch.Status != nil {
		oneOf(&c.faults, "status", *patch.Status, dm.PartnerAccepted, dm.PartnerDeclined, dm.PartnerInactive)
	}
	if err := c.faults.err(); err != nil {
		return err
	}
	if patch.Status != nil && *patch.Status != p.Status {
		if err := c.step(*patch.Status); err != nil {
			return err
		}
	}
	if patch.Paused != nil && *patch.Paused != p.Paused {
		if err := c.pause(*patch.Paused); err != nil {
			return err
		}
	}
	c.changed("name", c.old.Name, p.Name)
	c.changedID("inbox", c.old.InboxID, p.InboxID)
	c.changedFlag("paused", c.old.Paused, p.Paused)
	if !partnerChanged(&c.old, p) {
		return nil
	}
	if err := c.tx.SavePartner(c.account, p); err != nil {
		return err
	}
	return c.log(partnerAction(&c.old, p), "partner", p.ID)
}

// partnerAction names what was done, for the log.
func partnerAction(old, next *dm.Partner) string {
	switch {
	case old.Status != next.Status && next.Status == dm.PartnerInactive && old.Status != dm.PartnerAccepted:
		return "partner.withdrawn"
	case old.Status != next.Status && next.Status == dm.PartnerInactive:
		return "partner.ended"
	case old.Status != next.Status:
		return "partner." + string(next.Status)
	case old.Paused != next.Paused && next.Paused:
		return "partner.paused"
	case old.Paused != next.Paused:
		return "partner.resumed"
	}
	return "partner.updated"
}

// step goes to another state, where that may be done here and now.
func (c *partnerChange) step(next dm.PartnerStatus) error {
	p := c.next
	if !p.May(next, true) {
		return dm.Errorf(dm.Conflict, "%s", stepRefusal(p, next)).With("partner_status").Showing(map[string]any{"status": p.Status})
	}
	if next == dm.PartnerInactive {
		return c.endAgreement(p)
	}
	if next == dm.PartnerAccepted {
		if err := requirePartners(c.dir); err != nil {
			return err
		}
		// Nothing was dialled before; from now on it will be.
		if u, ok := sharingURL(p.PartnerURL); !ok || c.app.Partners != nil && c.app.Partners.Check(u) != nil {
			return dm.Errorf(dm.Conflict, "The other desk gives an address that this server may not send to. %s Ask them to invite you again from an address that others reach.", partnerBlocked).
				With("partner_address")
		}
		if p.Name == "" {
			if p.Name = p.PartnerName; p.Name == "" {
				p.Name = p.Host
			}
		}
	}
	return c.decide(p, next)
}

func stepRefusal(p *dm.Partner, next dm.PartnerStatus) string {
	switch {
	case p.Over():
		return "This agreement has ended. What has ended does not come back: make a new invitation."
	case p.Direction == dm.PartnerOutbound && next != dm.PartnerInactive:
		return "Only the desk that was invited can accept or decline."
	case p.Status == dm.PartnerPending:
		return "This invitation waits for an answer. Accept or decline it."
	}
	return "This agreement is not in a state in which that can be done."
}

// decide accepts or declines, and has the other desk told.
func (t *act) decide(p *dm.Partner, next dm.PartnerStatus) error {
	t.changed("status", string(p.Status), string(next))
	p.Status, p.Reason, p.DecidedBy, p.DecidedAt = next, "", t.viewer.Person(), t.tx.Now()
	return t.app.tellPartner(t.tx, t.account, p, 0, dm.SendAgreementStatus, statusData{next, t.viewer.Person()})
}

// endAgreement withdraws an invitation or ends an agreement, and has the other
// desk told. One that could not be reached at all is not told.
func (t *act) endAgreement(p *dm.Partner) error {
	known := p.Status != dm.PartnerConfigError && p.Status != dm.PartnerTLSError
	t.changed("status", string(p.Status), string(dm.PartnerInactive))
	if err := endPartner(t.tx, t.account, p, p.OurSide()); err != nil || !known {
		return err
	}
	return t.app.tellPartner(t.tx, t.account, p, 0, dm.SendAgreementStatus, statusData{dm.PartnerInactive, t.viewer.Person()})
}

// pause holds back what is for a partner, or sends what was held back.
func (c *partnerChange) pause(on bool) error {
	p := c.next
	if p.Status != dm.PartnerAccepted {
		return dm.Errorf(dm.Conflict, "Only an agreement in force can be paused and resumed.").With("partner_status")
	}
	if p.Paused = on; on {
		return c.tx.HoldPartner(c.account, p.ID)
	}
	return c.releasePartner(p.ID)
}

// releasePartner sends at once what was held back for a partner or waits for its
// next try.
func (t *act) releasePartner(id int64) error {
	links, err := t.tx.ReleasePartner(t.account, id)
	if err != nil {
		return err
	}
	for _, link := range links {
		if err := enqueuePartner(t.tx, t.account, partnerArgs{id, link}); err != nil {
			return err
		}
	}
	return nil
}

// RotatePartnerKey makes a new key and tells the other desk of it under the
// present one, which stays good for a day. It needs partners.manage. Conflict
// where the other desk cannot take one, and while one is under way.
func (a *App) RotatePartnerKey(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.PartnersManage, func(t *act) error {
		if _, err := t.tx.Partner(t.account, id); err != nil {
			return err
		}
		p, err := t.tx.LockPartner(t.account, id)
		if err != nil {
			return err
		}
		s, err := t.tx.SealedPartner(t.account, id)
		switch {
		case err != nil:
			return err
		case p.Status != dm.PartnerAccepted:
			return dm.Errorf(dm.Conflict, "Only an agreement in force gets a new key.").With("partner_status")
		case !p.Capable:
			return dm.Errorf(dm.Conflict, "The other desk cannot take a new key. End the agreement and make a new one.").With("partner_not_capable")
		case s.NextSecret != "":
			return dm.Errorf(dm.Conflict, "A new key is under way already.").With("partner_rotating")
		}
		keys, err := keysOf(t.tx, t.account, p.UUID)
		if err != nil {
			return err
		}
		s.NextSecret, s.NextHash = keys.seal(randomHex())
		if err := t.tx.SetSealedPartner(t.account, id, s); err != nil {
			return err
		}
		if err := t.app.tellPartner(t.tx, t.account, p, 0, dm.SendAgreementKey, nil); err != nil {
			return err
		}
		t.touched("key")
		return t.log("partner.key_rotated", "partner", id)
	})
}
