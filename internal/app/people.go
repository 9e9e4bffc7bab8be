package app

import (
	"context"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// PeopleQuery asks for one page of people.
type PeopleQuery = store.PeopleQuery

// PersonPatch sets what is known about a person; nil leaves a value as it is.
// For ids, 0 means none.
type PersonPatch struct {
	Kind         *dm.PersonKind // a requester can become an agent, not the other way round
	Name         *string
	Address      *string   // the primary one; the one until now becomes secondary
	Others       *[]string // every secondary address
	Scope        *dm.TicketScope
	AllBrands    *bool
	Brands       *[]int64
	AllInboxes   *bool
	Inboxes      *[]int64
	Roles        *[]int64
	Groups       *[]int64
	DepartmentID *int64
	SeesTickets  *dm.Sight // of the department; requesters only
	SeesChanges  *dm.Sight
	CompanyID    *int64
	Language     *string
	Active       *bool
	Preferences  *PreferencesPatch // one's own alone
}

// PreferencesPatch sets what somebody likes on screens; nil leaves a value as it
// is.
type PreferencesPatch struct {
	Theme     *dm.Theme
	Density   *dm.Density
	Shortcuts *bool
	TimeZone  *string // an IANA name; "" as the device has it
	AfterSend *dm.AfterSend
}

const builtInOwner = "owner"

// People gives one page of people. Every agent may read names and addresses;
// roles and reach are shown to those with people.manage, and who has a role is
// for them and for those with roles.manage.
func (a *App) People(ctx context.Context, v *access.Viewer, q PeopleQuery) ([]dm.Person, string, error) {
	if err := requireAgent(v); err != nil {
		return nil, "", err
	}
	if q.Role != 0 && !v.Can(dm.PeopleManage) && !v.Can(dm.RolesManage) {
		return nil, "", dm.ErrForbidden
	}
	list, next, err := fetchPage(ctx, a, func(tx *store.Tx) ([]dm.Person, string, error) { return tx.People(v.Account(), q) })
	for i := range list {
		hideReach(v, &list[i])
	}
	return list, next, err
}

// Person reads one person, as People does. Everybody may read themselves.
func (a *App) Person(ctx context.Context, v *access.Viewer, id int64) (*dm.Person, error) {
	if v == nil {
		return nil, dm.ErrForbidden
	}
	if err := requireAgent(v); err != nil && (id != v.Person() || id == 0) {
		return nil, err
	}
	p, err := fetch(ctx, a, func(tx *store.Tx) (*dm.Person, error) {
		p, err := tx.Person(v.Account(), id)
		if err == nil && v.IsAgent() && p.Address != "" {
			p.Undeliverable, err = tx.Undeliverable(v.Account(), p.Address)
		}
		return p, err
	})
	if err != nil {
		return nil, err
	}
	hideReach(v, p)
	return p, nil
}

func hideReach(v *access.Viewer, p *dm.Person) {
	if v.Can(dm.PeopleManage) || p.ID == v.Person() {
		return
	}
	p.Scope, p.AllBrands, p.AllInboxes, p.HasPassword, p.HasTOTP = "", false, false, false, false
	p.Brands, p.Inboxes, p.Roles = nil, nil, nil
}

// CreatePerson makes an agent or a requester and gives the id. It needs
// people.manage, roles.manage where roles are given, and groups.manage where
// groups are. Nobody gives a role with permissions they lack. Conflict when an
// address is taken.
func (a *App) CreatePerson(ctx context.Context, v *access.Viewer, p PersonPatch) (int64, error) {
	return a.createPerson(ctx, store.Urgent, v, p)
}

func (a *App) createPerson(ctx context.Context, u store.Urgency, v *access.Viewer, p PersonPatch) (int64, error) {
	var id int64
	err := a.administerAs(ctx, u, v, dm.PeopleManage, func(t *act) error {
		c := &personChange{act: t, patch: &p, created: true, next: dm.Person{Scope: dm.RestrictedScope, Active: true}}
		err := c.run()
		id = c.next.ID
		return err
	})
	return id, err
}

// UpdatePerson changes a person. It needs what CreatePerson needs, and every
// permission that the person has, so that nobody takes over somebody stronger.
// Nobody changes their own roles or reach but an owner, and nobody turns
// themselves off. An account keeps an active owner. Everybody may change their
// own name, language and preferences.
func (a *App) UpdatePerson(ctx context.Context, v *access.Viewer, id int64, p PersonPatch) error {
	return a.updatePerson(ctx, store.Urgent, v, id, p)
}

func (a *App) updatePerson(ctx context.Context, u store.Urgency, v *access.Viewer, id int64, p PersonPatch) error {
	need := dm.PeopleManage
	if v != nil && id != 0 && id == v.Person() && !v.ByToken() && p.ownOnly() {
		need = ""
	}
	return a.administerAs(ctx, u, v, need, func(t *act) error {
		old, err := t.manageable(id, need != "")
		if err != nil {
			return err
		}
		c := &personChange{act: t, patch: &p, old: *old, next: *old}
		return c.run()
	})
}

// ownOnly says whether the patch holds nothing but what people may change about
// themselves.
func (p *PersonPatch) ownOnly() bool {
	rest := *p
	rest.Name, rest.Language, rest.Preferences = nil, nil, nil
	return rest == PersonPatch{}
}

// DeactivatePerson turns a person off: they see nothing from the next request
// on, and sessions, tokens and links end for good. Shares stay, without effect
// (decision Q2). UpdatePerson says what it needs.
func (a *App) DeactivatePerson(ctx context.Context, v *access.Viewer, id int64) error {
	off := false
	return a.UpdatePerson(ctx, v, id, PersonPatch{Active: &off})
}

// ReactivatePerson turns a person on again, with the same roles and reach.
func (a *App) ReactivatePerson(ctx context.Context, v *access.Viewer, id int64) error {
	on := true
	return a.UpdatePerson(ctx, v, id, PersonPatch{Active: &on})
}

// manageable reads a person whom the viewer may manage: somebody not erased,
// with no permission that the viewer lacks.
func (t *act) manageable(id int64, ranked bool) (*dm.Person, error) {
	p, err := t.tx.Person(t.account, id)
	if err != nil {
		return nil, err
	}
	erased, err := t.tx.PersonErased(t.account, id)
	if err != nil {
		return nil, err
	}
	if erased {
		return nil, dm.Errorf(dm.Conflict, "This person was erased.").With("erased")
	}
	if !ranked {
		return p, nil
	}
	theirs, err := t.tx.PermissionsOf(t.account, id)
	if err != nil {
		return nil, err
	}
	return p, t.mayGive(theirs)
}

// mayGive refuses permissions that the viewer lacks.
func (t *act) mayGive(set dm.PermissionSet) error {
	if set&^t.viewer.Permissions() != 0 {
		return dm.Errorf(dm.Forbidden, "This takes permissions that you do not have yourself.").With("more_than_own")
	}
	return nil
}

// isOwner says whether the viewer is an owner of the account, or the system.
func (t *act) isOwner() (bool, error) {
	if t.viewer.IsSystem() {
		return true, nil
	}
	owners, err := t.tx.ActiveOwners(t.account)
	return slices.Contains(owners, t.viewer.Person()), err
}

// keepOwner refuses a change after which nobody active is owner any more.
func (t *act) keepOwner() error {
	owners, err := t.tx.ActiveOwners(t.account)
	if err == nil && len(owners) == 0 {
		return dm.Errorf(dm.Conflict, "This is the last active owner. Make somebody else owner first.").With("last_owner")
	}
	return err
}
