package app

import (
	"context"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// partnerInvitationLife is how long a one-time address works.
const partnerInvitationLife = 14 * 24 * time.Hour

// PartnerInvitations lists the newest one-time addresses. It needs
// partners.manage.
func (a *App) PartnerInvitations(ctx context.Context, v *access.Viewer) ([]dm.PartnerInvitation, error) {
	if err := require(v, dm.PartnersManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]dm.PartnerInvitation, error) { return tx.PartnerInvitations(v.Account()) })
}

// PartnerInvitation reads one of them. It needs partners.manage.
func (a *App) PartnerInvitation(ctx context.Context, v *access.Viewer, id int64) (*dm.PartnerInvitation, error) {
	if err := require(v, dm.PartnersManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.PartnerInvitation, error) { return tx.PartnerInvitation(v.Account(), id) })
}

// CreatePartnerInvitation makes an address that one desk can use once to invite
// this one, and gives it, which is done this once. Through it an invitation is
// taken where others are declined unseen. It needs partners.manage.
func (a *App) CreatePartnerInvitation(ctx context.Context, v *access.Viewer, note string) (address string, err error) {
	secret := credential.NewSecret(credential.PartnerPath)
	err = a.administer(ctx, v, dm.PartnersManage, func(t *act) error {
		dir, err := t.tx.Directory(t.account)
		if err != nil {
			return err
		}
		if err := requirePartners(dir); err != nil {
			return err
		}
		base := ourSharing(&dir.Account)
		if base == "" {
			return dm.Errorf(dm.Conflict, "This desk has no public address yet. Set it first.").With("no_base_url")
		}
		i := &dm.PartnerInvitation{CreatedBy: t.viewer.Person(), ExpiresAt: t.tx.Now().Add(partnerInvitationLife)}
		if note != "" {
			if i.Note = t.faults.name("note", note, dm.MaxPartnerName); t.faults.err() != nil {
				return t.faults.err()
			}
		}
		n, err := t.tx.OpenPartnerInvitations(t.account)
		if err != nil {
			return err
		}
		if n >= dm.MaxPartnerInvitations {
			return dm.Errorf(dm.Conflict, "A desk has at most %d one-time addresses that still work.", dm.MaxPartnerInvitations).With("invitation_limit")
		}
		if err := t.tx.InsertPartnerInvitation(t.account, i, credential.HashSecret(secret)); err != nil {
			return err
		}
		address = base + "/i/" + secret
		return t.log("partner_invitation.created", "partner_invitation", i.ID)
	})
	return address, err
}

// DeletePartnerInvitation takes an address back. An agreement that came through
// it stays. It needs partners.manage.
func (a *App) DeletePartnerInvitation(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.PartnersManage, func(t *act) error {
		if err := t.tx.DeletePartnerInvitation(t.account, id); err != nil {
			return err
		}
		return t.log("partner_invitation.deleted", "partner_invitation", id)
	})
}
