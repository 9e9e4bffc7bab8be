package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// InboxPatch sets an inbox's properties; nil leaves a value as it is. The brand
// is chosen when the inbox is made and stays.
type InboxPatch struct {
	BrandID        *int64
	Name           *string
	Address        *string
	DefaultGroupID *int64 // 0 none
	Active         *bool
}

// Inboxes gives one page of the account's inboxes. Every agent may read them.
func (a *App) Inboxes(ctx context.Context, v *access.Viewer, p Page) ([]dm.Inbox, string, error) {
	if err := requireAgent(v); err != nil {
		return nil, "", err
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]dm.Inbox, string, error) { return tx.Inboxes(v.Account(), p) })
}

// Inbox reads one inbox. Every agent may.
func (a *App) Inbox(ctx context.Context, v *access.Viewer, id int64) (*dm.Inbox, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Inbox, error) { return tx.Inbox(v.Account(), id) })
}

// CreateInbox makes an inbox and gives its id. It needs inboxes.manage.
// Conflict when another inbox of this server has the address.
func (a *App) CreateInbox(ctx context.Context, v *access.Viewer, p InboxPatch) (int64, error) {
	var id int64
	err := a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		b := &dm.Inbox{Active: true}
		none := ""
		if p.Name == nil {
			p.Name = &none
		}
		if p.Address == nil {
			p.Address = &none
		}
		if err := t.newInboxBrand(b, p.BrandID); err != nil {
			return err
		}
		if p.Active != nil && !*p.Active {
			t.faults.add("active", "A new inbox is active.")
		}
		if err := t.patchInbox(b, &p); err != nil {
			return err
		}
		var err error
		if id, err = t.tx.CreateInbox(t.account, b); err != nil {
			return err
		}
		return t.log("inbox.created", "inbox", id)
	})
	return id, err
}

func (t *act) newInboxBrand(b *dm.Inbox, brand *int64) error {
	if brand == nil {
		t.faults.add("brand_id", "Say which brand the inbox belongs to.")
		return nil
	}
	b.BrandID = *brand
	_, err := t.tx.Brand(t.account, b.BrandID)
	if dm.CodeOf(err) == dm.NotFound {
		t.faults.add("brand_id", "There is no such brand.")
		return nil
	}
	t.changedID("brand_id", 0, b.BrandID)
	return err
}

// UpdateInbox changes an inbox, or turns it off and on. It needs
// inboxes.manage. An inbox that is off takes no new tickets; those it has stay.
func (a *App) UpdateInbox(ctx context.Context, v *access.Viewer, id int64, p InboxPatch) error {
	return a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		b, err := t.tx.Inbox(t.account, id)
		if err != nil {
			return err
		}
		if p.BrandID != nil && *p.BrandID != b.BrandID {
			t.faults.add("brand_id", "An inbox stays in its brand.")
		}
		if err := t.patchInbox(b, &p); err != nil || len(t.changes) == 0 {
			return err
		}
		if err := t.tx.SaveInbox(t.account, b); err != nil {
			return err
		}
		return t.log("inbox.updated", "inbox", id)
	})
}

func (t *act) patchInbox(b *dm.Inbox, p *InboxPatch) error {
	old := *b
	if p.Name != nil {
		b.Name = t.faults.name("name", *p.Name, maxNameLength)
	}
	if p.Address != nil {
		b.Address = t.faults.address("address", *p.Address)
	}
	if p.DefaultGroupID != nil {
		b.DefaultGroupID = *p.DefaultGroupID
		if b.DefaultGroupID != 0 {
			_, err := t.tx.Group(t.account, b.DefaultGroupID)
			if dm.CodeOf(err) == dm.NotFound {
				t.faults.add("default_group_id", "There is no such group.")
			} else if err != nil {
				return err
			}
		}
	}
	if p.Active != nil {
		b.Active = *p.Active
	}
	t.changed("name", old.Name, b.Name)
	t.changed("address", old.Address, b.Address)
	t.changedID("default_group_id", old.DefaultGroupID, b.DefaultGroupID)
	t.changedFlag("active", old.Active, b.Active)
	return t.faults.err()
}
