package store

import (
	"database/sql"
	"encoding/json"
	"slices"

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
	Expires   dm.Time // 0 never
	Used      dm.Time // when the use of a session was noted last
	Proof     Proof
	// NeedsTOTP: the account asks for a second factor that the person does not
	// have, so that they may do nothing but set it up.
	NeedsTOTP bool
}

// Proof is by what somebody signed in: the hash of the secret of a session, or
// of an API token.
type Proof struct {
	Hash  string
	Token bool
}

// BySession resolves a session's secret, given hashed. Unknown, expired and
// deactivated all answer Unauthenticated.
func (tx *Tx) BySession(hash string, account int64) (*Signed, error) {
	var person, version int64
	var expires, used dm.Time
	var active bool
	var method dm.SignInMethod
	err := tx.row(`SELECT s.person_id, s.expires_at, s.used_at, s.method, a.access_version, p.active FROM sessions s
JOIN accounts a ON a.id = s.account_id JOIN people p ON p.account_id = s.account_id AND p.id = s.person_id
WHERE s.token_hash = ? AND s.account_id = ?`, hash, account).Scan(&person, &expires, &used, &method, &version, flag{&active})
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
	signed := &Signed{Viewer: v, Directory: d, Session: true, Expires: expires, Used: used, Proof: Proof{Hash: hash}}
	// A provider asks for what it wants itself.
	if method != dm.ByProvider && d.Settings.RequireTOTP.Demands(v.IsAgent(), v.Permissions()) {
		has, err := tx.HasTOTP(account, person)
		if err != nil {
			return nil, err
		}
		signed.NeedsTOTP = !has
	}
	return signed, nil
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
	return &Signed{Viewer: v.WithToken(id, name, dm.PermissionsOf(list...)), Directory: d, Expires: expires, Proof: Proof{Hash: hash, Token: true}}, nil
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
	tx.seen = nil
	d, err := tx.Directory(v.Account())
	if err != nil {
		return nil, nil, err
	}
	if v.IsSystem() {
		return v, d, nil
	}
	if v.Link() != 0 {
		fresh, err := tx.refreshLink(d, v)
		return fresh, d, err
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
	found, err := tx.ViewersIn(d, []int64{person})
	return found[person], err
}

// ViewersIn is ViewerIn for many people, with a handful of statements for those
// who are not in the node's cache.
func (tx *Tx) ViewersIn(d *Directory, people []int64) (map[int64]*access.Viewer, error) {
	found := make(map[int64]*access.Viewer, len(people))
	var missing []int64
	for _, person := range people {
		got, ok := tx.db.viewers.Load(viewerKey{d.Account.ID, person})
		if ok && got.(*cachedViewer).version == d.Account.AccessVersion {
			found[person] = got.(*cachedViewer).viewer
		} else {
			missing = append(missing, person)
		}
	}
	for some := range slices.Chunk(missing, maxProfiles) {
		profiles, err := tx.profiles(d, some)
		if err != nil {
			return nil, err
		}
		for person, p := range profiles {
			found[person] = access.NewViewer(*p)
			tx.keepViewer(d, person, found[person])
		}
	}
	return found, nil
}

// keepViewer puts a viewer into the node's cache. Inside a write the version may
// not be committed yet.
func (tx *Tx) keepViewer(d *Directory, person int64, v *access.Viewer) {
	if tx.writes {
		return
	}
	kept := &cachedViewer{d.Account.AccessVersion, v}
	if _, had := tx.db.viewers.Swap(viewerKey{d.Account.ID, person}, kept); !had && tx.db.viewerCount.Add(1) > maxViewers {
		tx.db.viewers.Clear()
		tx.db.viewerCount.Store(0)
	}
}

// maxProfiles bounds the people whose profiles one statement reads.
const maxProfiles = 256

// profiles reads what the access rule needs to know of some people.
func (tx *Tx) profiles(d *Directory, people []int64) (map[int64]*access.Profile, error) {
	account := d.Account.ID
	all := make(map[int64]*access.Profile, len(people))
	for _, person := range people {
		all[person] = &access.Profile{Account: account, Person: person, Rules: access.RulesOf(&d.Settings), Directory: d.reach, Pairs: d.pairs}
	}
	var agents []int64
	err := tx.query(`SELECT id, name, kind, active, scope, all_brands, all_inboxes, department_id, department_tickets, department_changes FROM people WHERE account_id = ? AND id IN (`+marks(len(people))+`)`, func(rows *sql.Rows) error {
		var id int64
		var row access.Profile
		if err := rows.Scan(&id, &row.Name, &row.Kind, flag{&row.Active}, &row.Scope, flag{&row.AllBrands}, flag{&row.AllInboxes},
			opt(&row.Department), &row.Sight.Tickets, &row.Sight.Changes); err != nil {
			return err
		}
		p := all[id]
		p.Name, p.Kind, p.Active, p.Scope, p.AllBrands, p.AllInboxes = row.Name, row.Kind, row.Active, row.Scope, row.AllBrands, row.AllInboxes
		p.Department, p.Sight = row.Department, row.Sight
		if p.Kind == dm.Agent {
			agents = append(agents, id)
		}
		return nil
	}, append([]any{account}, padded(people)...)...)
	if err != nil || len(agents) == 0 {
		return all, err
	}
	return all, tx.agentProfiles(all, account, agents)
}

// agentProfiles adds what agents have beyond requesters: lists and permissions.
func (tx *Tx) agentProfiles(all map[int64]*access.Profile, account int64, agents []int64) error {
	live := ` AND g.deleted_at IS NULL`
	if access.Fault("sql deleted group") {
		live = ``
	}
	args, in := append([]any{account}, padded(agents)...), ` IN (`+marks(len(agents))+`)`
	for _, list := range []struct {
		query string
		of    func(*access.Profile) *[]int64
	}{
		{`SELECT person_id, brand_id FROM person_brands WHERE account_id = ? AND person_id` + in, func(p *access.Profile) *[]int64 { return &p.Brands }},
		{`SELECT person_id, inbox_id FROM person_inboxes WHERE account_id = ? AND person_id` + in, func(p *access.Profile) *[]int64 { return &p.Inboxes }},
		{`SELECT m.person_id, m.group_id FROM group_members m JOIN groups g ON g.account_id = m.account_id AND g.id = m.group_id
WHERE m.account_id = ? AND m.person_id` + in + live, func(p *access.Profile) *[]int64 { return &p.Groups }},
	} {
		err := tx.query(list.query, func(rows *sql.Rows) error {
			var person, id int64
			err := rows.Scan(&person, &id)
			if err == nil {
				to := list.of(all[person])
				*to = append(*to, id)
			}
			return err
		}, args...)
		if err != nil {
			return err
		}
	}
	return tx.query(`SELECT pr.person_id, r.permissions FROM person_roles pr JOIN roles r ON r.account_id = pr.account_id AND r.id = pr.role_id
WHERE pr.account_id = ? AND pr.person_id`+in, func(rows *sql.Rows) error {
		var person int64
		var text string
		if err := rows.Scan(&person, &text); err != nil {
			return err
		}
		var list []dm.Permission
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			return err
		}
		all[person].Permissions |= dm.PermissionsOf(list...)
		return nil
	}, args...)
}
