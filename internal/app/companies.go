package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// CompanyPatch sets a company's properties; nil leaves a value as it is.
type CompanyPatch struct {
	Name      *string
	ManagerID *int64 // an active agent; 0 none
}

// Companies gives one page of the account's companies. Every agent may read
// them.
func (a *App) Companies(ctx context.Context, v *access.Viewer, p Page) ([]dm.Company, string, error) {
	if err := requireAgent(v); err != nil {
		return nil, "", err
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]dm.Company, string, error) { return tx.Companies(v.Account(), p) })
}

// Company reads one company. Every agent may.
func (a *App) Company(ctx context.Context, v *access.Viewer, id int64) (*dm.Company, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Company, error) { return tx.Company(v.Account(), id) })
}

// CreateCompany makes a company and gives its id. It needs people.manage.
// Conflict when the name is taken.
func (a *App) CreateCompany(ctx context.Context, v *access.Viewer, p CompanyPatch) (int64, error) {
	var id int64
	err := a.administer(ctx, v, dm.PeopleManage, func(t *act) error {
		c := &dm.Company{}
		if p.Name == nil {
			p.Name = &c.Name
		}
		if err := t.patchCompany(c, &p); err != nil {
			return err
		}
		var err error
		if id, err = t.tx.CreateCompany(t.account, c); err != nil {
			return err
		}
		return t.log("company.created", "company", id)
	})
	return id, err
}

// UpdateCompany changes a company. It needs people.manage.
func (a *App) UpdateCompany(ctx context.Context, v *access.Viewer, id int64, p CompanyPatch) error {
	return a.administer(ctx, v, dm.PeopleManage, func(t *act) error {
		c, err := t.tx.Company(t.account, id)
		if err != nil {
			return err
		}
		if err := t.patchCompany(c, &p); err != nil || len(t.changes) == 0 {
			return err
		}
		if err := t.tx.SaveCompany(t.account, c); err != nil {
			return err
		}
		return t.log("company.updated", "company", id)
	})
}

// DeleteCompany deletes a company; its people then belong to none. It needs
// people.manage.
func (a *App) DeleteCompany(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.PeopleManage, func(t *act) error {
		if err := t.tx.DeleteCompany(t.account, id); err != nil {
			return err
		}
		return t.log("company.deleted", "company", id)
	})
}

func (t *act) patchCompany(c *dm.Company, p *CompanyPatch) error {
	old := *c
	if p.Name != nil {
		c.Name = t.faults.name("name", *p.Name, maxNameLength)
	}
	if p.ManagerID != nil && *p.ManagerID != old.ManagerID {
		c.ManagerID = *p.ManagerID
		if err := t.activeAgents("manager_id", nonZeroIDs(c.ManagerID), nil); err != nil {
			return err
		}
	}
	t.changed("name", old.Name, c.Name)
	t.changedID("manager_id", old.ManagerID, c.ManagerID)
	return t.faults.err()
}
