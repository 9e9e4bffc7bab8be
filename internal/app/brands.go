package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// BrandPatch sets a brand's properties; nil leaves a value as it is.
type BrandPatch struct {
	Name   *string
	Active *bool
	Accent *string // a colour such as "#0b6e4f"; "" for the program's own
	Host   *string // where its portal answers; "" for the account's addresses alone
	// LogoFile is a picture that the actor uploaded; 0 takes the logo away.
	LogoFile *int64
}

// Brands gives one page of the account's brands. Every agent may read them.
func (a *App) Brands(ctx context.Context, v *access.Viewer, p Page) ([]dm.Brand, string, error) {
	if err := requireAgent(v); err != nil {
		return nil, "", err
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]dm.Brand, string, error) { return tx.Brands(v.Account(), p) })
}

// Brand reads one brand. Every agent may.
func (a *App) Brand(ctx context.Context, v *access.Viewer, id int64) (*dm.Brand, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Brand, error) { return tx.Brand(v.Account(), id) })
}

// CreateBrand makes an active brand and gives its id. It needs inboxes.manage.
// Conflict when the name is taken.
func (a *App) CreateBrand(ctx context.Context, v *access.Viewer, name string) (int64, error) {
	var id int64
	err := a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		name := t.faults.name("name", name, maxNameLength)
		if err := t.faults.err(); err != nil {
			return err
		}
		var err error
		if id, err = t.tx.CreateBrand(t.account, name); err != nil {
			return err
		}
		t.changed("name", "", name)
		return t.log("brand.created", "brand", id)
	})
	return id, err
}

// UpdateBrand changes a brand's name, look and address, or turns it off and on
// (decision Q15). It needs inboxes.manage. Conflict when the name or the address
// is taken.
func (a *App) UpdateBrand(ctx context.Context, v *access.Viewer, id int64, p BrandPatch) error {
	if err := require(v, dm.InboxesManage); err != nil {
		return err
	}
	logo, err := a.newLogo(ctx, v, p.LogoFile)
	if err != nil {
		return err
	}
	return a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		b, err := t.tx.Brand(t.account, id)
		if err != nil {
			return err
		}
		old := *b
		if p.Name != nil {
			b.Name = t.faults.name("name", *p.Name, maxNameLength)
		}
		if p.Active != nil {
			b.Active = *p.Active
		}
		t.patchLook(b, &p)
		if err := t.faults.err(); err != nil {
			return err
		}
		t.changed("name", old.Name, b.Name)
		t.changedFlag("active", old.Active, b.Active)
		t.changed("accent", old.Accent, b.Accent)
		t.changed("host", old.Host, b.Host)
		if logo != nil {
			t.changed("logo", old.Logo.Hash, logo.Hash)
		}
		if len(t.changes) == 0 {
			return nil
		}
		if err := t.saveLook(&old, b, logo); err != nil {
			return err
		}
		if err := t.tx.SaveBrand(t.account, b); err != nil {
			return err
		}
		return t.log("brand.updated", "brand", id)
	})
}
