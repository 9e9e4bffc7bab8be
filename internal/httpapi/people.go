package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// wholePersonJSON is everything about a person. Reach and roles are an agent's,
// and null to those who may not know them.
type wholePersonJSON struct {
	ID           int64                  `json:"id"`
	Name         string                 `json:"name"`
	Address      string                 `json:"address"`
	Kind         dm.PersonKind          `json:"kind" enum:"agent,requester"`
	Active       bool                   `json:"active"`
	Others       []string               `json:"others" doc:"Further addresses."`
	Language     string                 `json:"language"`
	Groups       []int64                `json:"groups"`
	DepartmentID orNull[int64]          `json:"department_id"`
	SeesTickets  dm.Sight               `json:"department_tickets" enum:"none,read,write" doc:"What a requester sees of the department's tickets beyond their own; write lets them answer."`
	SeesChanges  dm.Sight               `json:"department_changes" enum:"none,read,write" doc:"The same for its changes, which are tickets of that type."`
	CompanyID    orNull[int64]          `json:"company_id"`
	Scope        orNull[dm.TicketScope] `json:"scope" doc:"global, group or restricted. Like the properties after it, it is null for requesters, and to those without people.manage."`
	AllBrands    orNull[bool]           `json:"all_brands"`
	Brands       orNull[[]int64]        `json:"brands"`
	AllInboxes   orNull[bool]           `json:"all_inboxes"`
	Inboxes      orNull[[]int64]        `json:"inboxes"`
	Roles        orNull[[]int64]        `json:"roles"`
	HasPassword  orNull[bool]           `json:"has_password"`
	HasTOTP      orNull[bool]           `json:"has_totp" doc:"Signing in with a password takes a code."`
	CreatedAt    time.Time              `json:"created_at"`

	Undeliverable orNull[undeliverableJSON] `json:"undeliverable" doc:"Mail to the address came back for good, and nobody is notified there. Null where nothing is known of that, and in lists."`
}

type undeliverableJSON struct {
	Since  time.Time `json:"since"`
	Status string    `json:"status" doc:"Such as 5.1.1 (RFC 3463)."`
	Detail string    `json:"detail" doc:"What the mail server there said."`
}

func wholePersonOf(p *dm.Person) wholePersonJSON {
	j := wholePersonJSON{
		ID: p.ID, Name: p.Name, Address: p.Address, Kind: p.Kind, Active: p.Active,
		Others: filled(p.Others), Language: p.Language, Groups: filled(p.Groups),
		DepartmentID: idOrNull(p.DepartmentID), SeesTickets: cmp.Or(p.Sight.Tickets, dm.SightNone), SeesChanges: cmp.Or(p.Sight.Changes, dm.SightNone),
		CompanyID: idOrNull(p.CompanyID), CreatedAt: p.CreatedAt.Std(),
	}
	if u := p.Undeliverable; u != nil {
		j.Undeliverable = some(undeliverableJSON{Since: u.Since.Std(), Status: u.Status, Detail: u.Detail})
	}
	if p.Scope == "" {
		return j // reach is not for this reader
	}
	j.HasPassword, j.HasTOTP = some(p.HasPassword), some(p.HasTOTP)
	if p.Kind == dm.Agent {
		j.Scope, j.Roles = some(p.Scope), some(filled(p.Roles))
		j.AllBrands, j.Brands = some(p.AllBrands), some(filled(p.Brands))
		j.AllInboxes, j.Inboxes = some(p.AllInboxes), some(filled(p.Inboxes))
	}
	return j
}

type newPersonJSON struct {
	Kind    dm.PersonKind `json:"kind" enum:"agent,requester"`
	Name    string        `json:"name" maxLength:"200"`
	Address string        `json:"address" maxLength:"320" doc:"The primary address, which the person signs in with."`
	PersonParts
}

type personPatchJSON struct {
	Kind    maybe[dm.PersonKind] `json:"kind,omitempty" enum:"agent,requester" doc:"A requester can become an agent, not the other way round."`
	Name    maybe[string]        `json:"name,omitempty" maxLength:"200"`
	Address maybe[string]        `json:"address,omitempty" maxLength:"320" doc:"The primary address; the one until now becomes a further one."`
	PersonParts
}

// PersonParts is what may be left out of any person.
type PersonParts struct {
	Others       maybe[[]string]       `json:"others,omitempty" maxItems:"50" doc:"All further addresses."`
	Language     maybe[string]         `json:"language,omitempty" maxLength:"20" doc:"A language tag such as en or pt-BR; empty for the account's."`
	Scope        maybe[dm.TicketScope] `json:"scope,omitempty" enum:"global,group,restricted" doc:"How far an agent sees inside their brands and inboxes."`
	AllBrands    maybe[bool]           `json:"all_brands,omitempty"`
	Brands       maybe[[]int64]        `json:"brands,omitempty" maxItems:"1000"`
	AllInboxes   maybe[bool]           `json:"all_inboxes,omitempty"`
	Inboxes      maybe[[]int64]        `json:"inboxes,omitempty" maxItems:"1000"`
	Roles        maybe[[]int64]        `json:"roles,omitempty" maxItems:"1000"`
	Groups       maybe[[]int64]        `json:"groups,omitempty" maxItems:"1000"`
	DepartmentID orNull[int64]         `json:"department_id,omitempty" minimum:"1"`
	SeesTickets  maybe[dm.Sight]       `json:"department_tickets,omitempty" enum:"none,read,write" doc:"Sight of the department's tickets; requesters only. It ends when they leave the department."`
	SeesChanges  maybe[dm.Sight]       `json:"department_changes,omitempty" enum:"none,read,write" doc:"Sight of its changes."`
	CompanyID    orNull[int64]         `json:"company_id,omitempty" minimum:"1"`
}

func (p *PersonParts) patch() app.PersonPatch {
	return app.PersonPatch{Others: p.Others.pointer(), Language: p.Language.pointer(), Scope: p.Scope.pointer(),
		AllBrands: p.AllBrands.pointer(), Brands: p.Brands.pointer(), AllInboxes: p.AllInboxes.pointer(), Inboxes: p.Inboxes.pointer(),
		Roles: p.Roles.pointer(), Groups: p.Groups.pointer(), DepartmentID: p.DepartmentID.id(), SeesTickets: p.SeesTickets.pointer(), SeesChanges: p.SeesChanges.pointer(),
		CompanyID: p.CompanyID.id()}
}

type peopleInput struct {
	NamesInput
	Kind    dm.PersonKind `query:"kind" enum:"agent,requester"`
	Active  string        `query:"active" enum:"true,false" doc:"Only active people, or only deactivated ones."`
	RoleID  int64         `query:"role_id" minimum:"1" doc:"Only who has the role; with people.manage or roles.manage."`
	GroupID int64         `query:"group_id" minimum:"1" doc:"Only members of the group."`

	DepartmentID int64 `query:"department_id" minimum:"1" doc:"Only people of the department."`
	CompanyID    int64 `query:"company_id" minimum:"1" doc:"Only people of the company."`
}

func (in *peopleInput) query() app.PeopleQuery {
	q := app.PeopleQuery{Kind: in.Kind, Role: in.RoleID, Group: in.GroupID, Department: in.DepartmentID, Company: in.CompanyID, Page: in.page()}
	if in.Active != "" {
		active := in.Active == "true"
		q.Active = &active
	}
	return q
}

// peopleRoutes are agents and requesters.
func peopleRoutes(a *API) {
	people := &noun[dm.Person, wholePersonJSON]{path: "/people", name: "person", find: a.app.Person, say: wholePersonOf}
	route(a, operation(http.MethodGet, "/people", "list-people", "People by name, then those found by an address", "people"), agents,
		func(ctx context.Context, c *caller, in *peopleInput) (*pageAnswer[wholePersonJSON], error) {
			list, next, err := a.app.People(ctx, c.Viewer, in.query())
			if err != nil {
				return nil, err
			}
			return &pageAnswer[wholePersonJSON]{pageOf(each(list, wholePersonOf), next)}, nil
		})
	people.one(a, agents)
	manage := permission(dm.PeopleManage)
	creates(a, people, manage, "Make an agent or a requester", func(ctx context.Context, c *caller, b *newPersonJSON) error {
		p := b.patch()
		p.Kind, p.Name, p.Address = &b.Kind, &b.Name, &b.Address
		_, err := a.app.CreatePerson(ctx, c.Viewer, p)
		return err
	})
	changes(a, people, manage, "Change a person", func(ctx context.Context, c *caller, id int64, b *personPatchJSON) error {
		p := b.patch()
		p.Kind, p.Name, p.Address = b.Kind.pointer(), b.Name.pointer(), b.Address.pointer()
		return a.app.UpdatePerson(ctx, c.Viewer, id, p)
	})
	people.acts(a, manage, "deactivate", "Turn a person off; sessions and tokens end", a.app.DeactivatePerson)
	people.acts(a, manage, "reactivate", "Turn a person on again", a.app.ReactivatePerson)
	people.acts(a, permission(dm.PeopleErase), "erase", "Blank a person for good", a.app.ErasePerson)
	people.acts(a, agents, "deliverable", "Let mail go to a person's addresses again; needs people.manage, or tickets.reply", a.app.ForgetUndeliverable)
	importRoutes(a)
	invitationRoutes(a, people)
	signInOfRoutes(a, people, manage)
}
