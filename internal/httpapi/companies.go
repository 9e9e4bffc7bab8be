package httpapi

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

type companyJSON struct {
	ID        int64         `json:"id"`
	Name      string        `json:"name"`
	ManagerID orNull[int64] `json:"manager_id" doc:"The agent who looks after the company."`
}

type newCompanyJSON struct {
	Name      string        `json:"name" maxLength:"200"`
	ManagerID orNull[int64] `json:"manager_id,omitempty" minimum:"1"`
}

type companyPatchJSON struct {
	Name      maybe[string] `json:"name,omitempty" maxLength:"200"`
	ManagerID orNull[int64] `json:"manager_id,omitempty" minimum:"1"`
}

// companyRoutes are the customers that requesters belong to.
func companyRoutes(a *API) {
	companies := &noun[dm.Company, companyJSON]{path: "/companies", name: "company", find: a.app.Company,
		say: func(c *dm.Company) companyJSON {
			return companyJSON{ID: c.ID, Name: c.Name, ManagerID: idOrNull(c.ManagerID)}
		}}
	companies.pages(a, agents, "Companies by name", a.app.Companies)
	companies.one(a, agents)
	creates(a, companies, permission(dm.PeopleManage), "Make a company", func(ctx context.Context, c *caller, b *newCompanyJSON) error {
		_, err := a.app.CreateCompany(ctx, c.Viewer, app.CompanyPatch{Name: &b.Name, ManagerID: b.ManagerID.id()})
		return err
	})
	changes(a, companies, permission(dm.PeopleManage), "Change a company", func(ctx context.Context, c *caller, id int64, b *companyPatchJSON) error {
		return a.app.UpdateCompany(ctx, c.Viewer, id, app.CompanyPatch{Name: b.Name.pointer(), ManagerID: b.ManagerID.id()})
	})
	companies.deletes(a, permission(dm.PeopleManage), "Delete a company; its people then belong to none", a.app.DeleteCompany)
}
