package app

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// NewAccount is what an account starts with.
type NewAccount struct {
	Name    string
	Slug    string
	Hosts   []string // names the desk answers at
	BaseURL string
	Edition string // "" takes community
	// The first person, who becomes the owner.
	OwnerName    string
	OwnerAddress string
	// The first brand and inbox. Without names they get the account's name and
	// "Support"; without an address the inbox is support@ the first host.
	BrandName    string
	InboxName    string
	InboxAddress string
}

// CreatedAccount is a new account and the one-time link with which its owner
// sets it up.
type CreatedAccount struct {
	Account dm.Account
	OwnerID int64
	BrandID int64
	InboxID int64
	Link    OneTimeLink
}

// OneTimeLink lets one person set a password, once. The secret is shown here
// and kept nowhere.
type OneTimeLink struct {
	Secret  string
	URL     string // the account's address with the secret in it
	Expires dm.Time
}

// How long one-time links work.
const (
	firstRunLinkLasts = 7 * 24 * time.Hour
	inviteLinkLasts   = 7 * 24 * time.Hour
	resetLinkLasts    = 24 * time.Hour
)

// CreateAccount makes an account with its hosts, the built-in roles, a brand,
// an inbox and an owner who reaches everything and sets a password by a
// one-time link. Sharing is off until somebody turns it on (decision C4).
// Conflict when a short name, host or inbox address is taken. Only the command
// line and the demo call this; there is no viewer who may.
func (a *App) CreateAccount(ctx context.Context, n NewAccount) (*CreatedAccount, error) {
	n, err := n.clean()
	if err != nil {
		return nil, err
	}
	var made *CreatedAccount
	err = a.write(ctx, func(tx *store.Tx) error {
		id, err := tx.CreateAccount(dm.Account{Slug: n.Slug, Name: n.Name, BaseURL: n.BaseURL, Edition: n.Edition})
		if err != nil {
			return err
		}
		made = &CreatedAccount{}
		for _, step := range []func(*store.Tx, int64, *NewAccount) error{made.addHosts, made.addPlaces, made.addOwner} {
			if err := step(tx, id, &n); err != nil {
				return err
			}
		}
		account, err := tx.Account(id)
		if err != nil {
			return err
		}
		made.Account = *account
		if made.Link, err = newLink(tx, account, made.OwnerID, store.LinkFirstRun, firstRunLinkLasts); err != nil {
			return err
		}
		return tx.Audit(id, &store.AuditLine{Action: "account.created", ObjectKind: "account", ObjectID: id, Data: store.AuditData{Cause: dm.CauseSystem}})
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// clean checks every field and fills in what was left out.
func (n NewAccount) clean() (NewAccount, error) {
	var f inputFaults
	n.Name = f.name("name", n.Name, maxNameLength)
	n.Slug = f.slug("slug", n.Slug)
	n.BaseURL = f.baseURL("base_url", n.BaseURL)
	n.OwnerName = f.name("owner_name", n.OwnerName, maxNameLength)
	n.OwnerAddress = f.address("owner_address", n.OwnerAddress)
	n.Hosts = slices.Clone(n.Hosts)
	for i, h := range n.Hosts {
		n.Hosts[i] = f.host("hosts["+strconv.Itoa(i)+"]", h)
	}
	n.Hosts = sortedSet(n.Hosts)
	if len(n.Hosts) == 0 {
		f.add("hosts", "Name a host at which the desk is reached.")
	}
	if n.Edition == "" {
		n.Edition = "community"
	}
	if _, ok := dm.Editions[n.Edition]; !ok {
		f.add("edition", "There is no such edition.")
	}
	if n.BrandName == "" {
		n.BrandName = n.Name
	} else {
		n.BrandName = f.name("brand_name", n.BrandName, maxNameLength)
	}
	if n.InboxName == "" {
		n.InboxName = "Support"
	}
	n.InboxName = f.name("inbox_name", n.InboxName, maxNameLength)
	if n.InboxAddress == "" {
		if u, err := url.Parse(n.BaseURL); err == nil {
			n.InboxAddress = "support@" + u.Hostname()
		}
	}
	n.InboxAddress = f.address("inbox_address", n.InboxAddress)
	return n, f.err()
}

func (c *CreatedAccount) addHosts(tx *store.Tx, account int64, n *NewAccount) error {
	for _, h := range n.Hosts {
		if err := tx.AddHost(dm.Host{Name: h, AccountID: account}); err != nil {
			return err
		}
	}
	return nil
}

func (c *CreatedAccount) addPlaces(tx *store.Tx, account int64, n *NewAccount) (err error) {
	if c.BrandID, err = tx.CreateBrand(account, n.BrandName); err != nil {
		return err
	}
	c.InboxID, err = tx.CreateInbox(account, &dm.Inbox{BrandID: c.BrandID, Name: n.InboxName, Address: n.InboxAddress})
	return err
}

func (c *CreatedAccount) addOwner(tx *store.Tx, account int64, n *NewAccount) (err error) {
	var owner int64
	for _, r := range dm.BuiltInRoles {
		id, err := tx.CreateRole(account, &r)
		if err != nil {
			return err
		}
		if r.BuiltIn == builtInOwner {
			owner = id
		}
	}
	c.OwnerID, err = tx.CreatePerson(account, &dm.Person{Kind: dm.Agent, Name: n.OwnerName, Address: n.OwnerAddress,
		Scope: dm.GlobalScope, AllBrands: true, AllInboxes: true})
	if err != nil {
		return err
	}
	return tx.SetPersonRoles(account, c.OwnerID, []int64{owner})
}

// newLink makes a one-time link for a person; earlier ones end.
func newLink(tx *store.Tx, account *dm.Account, person int64, purpose store.LinkPurpose, lasts time.Duration) (OneTimeLink, error) {
	l := OneTimeLink{Secret: credential.NewSecret(credential.SetupLink), Expires: tx.Now().Add(lasts)}
	l.URL = account.BaseURL + "/setup/" + l.Secret
	return l, tx.CreateSetupLink(account.ID, store.SetupLink{PersonID: person, Purpose: purpose, ExpiresAt: l.Expires}, credential.HashSecret(l.Secret))
}

// Account reads the viewer's own account.
func (a *App) Account(ctx context.Context, v *access.Viewer) (*dm.Account, error) {
	if v == nil {
		return nil, dm.ErrForbidden
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Account, error) { return tx.Account(v.Account()) })
}

// AccountAt finds the account that answers at a host name, for a request that
// nobody has signed in to yet. A name nobody has belongs to the only account of
// the server, or in the demo to the first one; else it is NotFound.
func (a *App) AccountAt(ctx context.Context, host string) (*dm.Account, dm.Host, error) {
	var account *dm.Account
	var found dm.Host
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		var err error
		found, err = tx.Host(host)
		if dm.CodeOf(err) == dm.NotFound {
			found = dm.Host{Name: host}
			found.AccountID, err = a.accountOfUnknown(tx)
		}
		if err != nil {
			return err
		}
		account, err = tx.Account(found.AccountID)
		return err
	})
	return account, found, err
}

func (a *App) accountOfUnknown(tx *store.Tx) (int64, error) {
	if !a.Demo {
		return tx.OnlyAccount()
	}
	all, err := tx.Accounts()
	if err != nil {
		return 0, err
	}
	if len(all) == 0 {
		return 0, dm.Missing("account")
	}
	return all[0].ID, nil
}

// RenameAccount gives the account another name. It needs settings.manage.
func (a *App) RenameAccount(ctx context.Context, v *access.Viewer, name string) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error { return t.renameAccount(name) })
}

func (t *act) renameAccount(name string) error {
	account, err := t.tx.Account(t.account)
	if err != nil {
		return err
	}
	name = t.faults.name("name", name, maxNameLength)
	if err := t.faults.err(); err != nil {
		return err
	}
	t.changed("name", account.Name, name)
	if len(t.changes) == 0 {
		return nil
	}
	account.Name = name
	if err := t.tx.SetAccount(account); err != nil {
		return err
	}
	return t.log("account.updated", "account", t.account)
}

// Entitled says whether the edition of the viewer's account includes e.
func (a *App) Entitled(ctx context.Context, v *access.Viewer, e dm.Entitlement) (bool, error) {
	account, err := a.Account(ctx, v)
	return err == nil && account.Entitled(e), err
}

// SetEdition gives an account another edition. Only the command line calls
// this. NotFound for an unknown account, Invalid for an unknown edition.
func (a *App) SetEdition(ctx context.Context, slug, edition string) error {
	if _, ok := dm.Editions[edition]; !ok {
		return dm.BadField("edition", "There is no such edition.")
	}
	return a.write(ctx, func(tx *store.Tx) error {
		account, err := tx.AccountBySlug(slug)
		if err != nil {
			return err
		}
		if err := tx.SetEdition(account.ID, edition); err != nil {
			return err
		}
		return tx.Audit(account.ID, &store.AuditLine{Action: "account.updated", ObjectKind: "account", ObjectID: account.ID,
			Data: store.AuditData{Cause: dm.CauseSystem, Changes: []dm.FieldChange{{Field: "edition", Old: account.Edition, New: edition}}}})
	})
}
