package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// viewerKey names a cached viewer.
type viewerKey struct{ account, person int64 }

type cachedViewer struct {
	version int64
	viewer  *access.Viewer
}

// maxViewers bounds the cache; when it is full it is emptied.
const maxViewers = 20000

// Signed is the answer of a session or token lookup: the viewer it stands for
// and the directory of its account, both of one access version.
type Signed struct {
	Viewer    *access.Viewer
	Directory *Directory
	Session   bool
	Expires   dm.Time
}

// BySession resolves a session's secret, given hashed. Unknown, expired and
// deactivated all answer Unauthenticated.
func (tx *Tx) BySession(hash string, account int64) (*Signed, error) {
	var person, version int64
	var expires dm.Time
	var active bool
	err := tx.row(`SELECT s.person_id, s.expires_at, a.access_version, p.active FROM sessions s
JOIN accounts a ON a.id = s.account_id JOIN people p ON p.account_id = s.account_id AND p.id = s.person_id
WHERE s.token_hash = ? AND s.account_id = ?`, hash, account).Scan(&person, &expires, &version, flag{&active})
	if err != nil && !isNoRows(err) {
		return nil, err
	}
	if isNoRows(err) || expires <= tx.now || !active {
		return nil, errSignedOut
	}
	v, d, err := tx.viewerAt(account, person, version)
	if err != nil {
		return nil, err
	}
	return &Signed{Viewer: v, Directory: d, Session: true, Expires: expires}, nil
}

var errSignedOut = dm.Errorf(dm.Unauthenticated, "Sign in to do this.")

// ByToken resolves an API token's secret, given hashed.
func (tx *Tx) ByToken(hash string, account int64) (*Signed, error) {
	var id, person, version int64
	var name, scopes string
	var expires, revoked dm.Time
	var active bool
	err := tx.row(`SELECT t.id, t.name, t.scopes, t.person_id, t.expires_at, t.revoked_at, a.access_version, p.active FROM api_tokens t
JOIN accounts a ON a.id = t.account_id JOIN people p ON p.account_id = t.account_id AND p.id = t.person_id
WHERE t.token_hash = ? AND t.account_id = ?`, hash, account).
		Scan(&id, &name, &scopes, &person, opt(&expires), opt(&revoked), &version, flag{&active})
	if err != nil && !isNoRows(err) {
		return nil, err
	}
	if isNoRows(err) || revoked != 0 || (expires != 0 && expires <= tx.now) || !active {
		return nil, errSignedOut
	}
	v, d, err := tx.viewerAt(account, person, version)
	if err != nil {
		return nil, err
	}
	var list []dm.Permission
	if err := json.Unmarshal([]byte(scopes), &list); err != nil {
		return nil, err
	}
	return &Signed{Viewer: v.WithToken(id, name, dm.PermissionsOf(list...)), Directory: d}, nil
}

// Viewer resolves a person of the account, as they are now. A person who does
// not exist or is not active gets a viewer that sees nothing.
func (tx *Tx) Viewer(account, person int64) (*access.Viewer, error) {
	var version int64
	err := tx.row(`SELECT access_version FROM accounts WHERE id = ?`, account).Scan(&version)
	if isNoRows(err) {
		return nil, dm.Missing("account")
	}
	if err != nil {
		return nil, err
	}
	v, _, err := tx.viewerAt(account, person, version)
	return v, err
}

// ViewerIn is Viewer for a caller that has the account's directory and asks
// about many people.
func (tx *Tx) ViewerIn(d *Directory, person int64) (*access.Viewer, error) {
	return tx.viewerOf(d, person)
}

// Refresh resolves the viewer again inside a transaction, so that a change of
// rights that was committed meanwhile counts. Tokens and the system keep what
// they are.
func (tx *Tx) Refresh(v *access.Viewer) (*access.Viewer, *Directory, error) {
	d, err := tx.Directory(v.Account())
	if err != nil {
		return nil, nil, err
	}
	if v.IsSystem() {
		return v, d, nil
	}
	fresh, _, err := tx.viewerAt(v.Account(), v.Person(), d.Account.AccessVersion)
	if err != nil {
		return nil, nil, err
	}
	return v.Renewed(fresh), d, nil
}

func (tx *Tx) viewerAt(account, person, version int64) (*access.Viewer, *Directory, error) {
	d, err := tx.directoryAt(account, version)
	if err != nil {
		return nil, nil, err
	}
	v, err := tx.viewerOf(d, person)
	return v, d, err
}

// viewerOf resolves a person with a directory, from the node's cache where it
// holds them at the same access version.
func (tx *Tx) viewerOf(d *Directory, person int64) (*access.Viewer, error) {
	key, version := viewerKey{d.Account.ID, person}, d.Account.AccessVersion
	if got, ok := tx.db.viewers.Load(key); ok {
		if c := got.(*cachedViewer); c.version == version {
			return c.viewer, nil
		}
	}
	p, err := tx.profile(d, person)
	if err != nil {
		return nil, err
	}
	v := access.NewViewer(*p)
	if !tx.writes {
		if _, had := tx.db.viewers.Swap(key, &cachedViewer{version, v}); !had && tx.db.viewerCount.Add(1) > maxViewers {
			tx.db.viewers.Clear()
			tx.db.viewerCount.Store(0)
		}
	}
	return v, nil
}

// profile reads what the access rule needs to know of a person.
func (tx *Tx) profile(d *Directory, person int64) (*access.Profile, error) {
	account := d.Account.ID
	p := &access.Profile{Account: account, Person: person, Rules: access.RulesOf(&d.Settings), Directory: d.reach, Pairs: d.pairs}
	err := tx.row(`SELECT name, kind, active, scope, all_brands, all_inboxes FROM people WHERE account_id = ? AND id = ?`, account, person).
		Scan(&p.Name, &p.Kind, flag{&p.Active}, &p.Scope, flag{&p.AllBrands}, flag{&p.AllInboxes})
	if isNoRows(err) {
		return p, nil
	}
	if err != nil || p.Kind != dm.Agent {
		return p, err
	}
	if p.Brands, err = tx.ids(`SELECT brand_id FROM person_brands WHERE account_id = ? AND person_id = ?`, account, person); err != nil {
		return nil, err
	}
	if p.Inboxes, err = tx.ids(`SELECT inbox_id FROM person_inboxes WHERE account_id = ? AND person_id = ?`, account, person); err != nil {
		return nil, err
	}
	live := ` AND g.deleted_at IS NULL`
	if access.Fault("sql deleted group") {
		live = ``
	}
	if p.Groups, err = tx.ids(`SELECT m.group_id FROM group_members m JOIN groups g ON g.account_id = m.account_id AND g.id = m.group_id
WHERE m.account_id = ? AND m.person_id = ?`+live, account, person); err != nil {
		return nil, err
	}
	err = tx.query(`SELECT r.permissions FROM person_roles pr JOIN roles r ON r.account_id = pr.account_id AND r.id = pr.role_id
WHERE pr.account_id = ? AND pr.person_id = ?`, func(rows *sql.Rows) error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		var list []dm.Permission
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			return err
		}
		p.Permissions |= dm.PermissionsOf(list...)
		return nil
	}, account, person)
	return p, err
}
