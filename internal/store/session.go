package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// CreateSession keeps a session, opened with a password, by the hash of its secret.
func (tx *Tx) CreateSession(account, person int64, hash string, expires dm.Time) error {
	return tx.CreateSessionBy(dm.ByPassword, account, person, hash, expires)
}

// CreateSessionBy is CreateSession for a session that was opened in any way.
func (tx *Tx) CreateSessionBy(method dm.SignInMethod, account, person int64, hash string, expires dm.Time) error {
	_, err := tx.exec(`INSERT INTO sessions (token_hash, account_id, person_id, created_at, expires_at, method) VALUES (?, ?, ?, ?, ?, ?)`,
		hash, account, person, tx.now, expires, method)
	return err
}

// DeleteSession ends one session; none is no error.
func (tx *Tx) DeleteSession(account int64, hash string) error {
	people, err := tx.ids(`DELETE FROM sessions WHERE token_hash = ? AND account_id = ? RETURNING person_id`, hash, account)
	for _, p := range people {
		tx.poke(Poke{Kind: PokeSigned, Account: account, Person: p})
	}
	return err
}

// DeleteSessions ends a person's sessions, but for the one whose hash is given;
// "" ends all.
func (tx *Tx) DeleteSessions(account, person int64, but string) error {
	tx.poke(Poke{Kind: PokeSigned, Account: account, Person: person})
	_, err := tx.exec(`DELETE FROM sessions WHERE account_id = ? AND person_id = ? AND token_hash <> ?`, account, person, but)
	return err
}

// Client is from where a session is used: what the browser calls itself, and the
// network that it is in.
type Client struct {
	UserAgent string // at most 300 characters
	Network   string // at most 60
}

// TouchSession notes that a session is used, unless that was noted after the
// given moment.
func (tx *Tx) TouchSession(account int64, hash string, c Client, since dm.Time) error {
	_, err := tx.exec(`UPDATE sessions SET used_at = ?, user_agent = ?, network = ? WHERE token_hash = ? AND account_id = ? AND used_at <= ?`,
		int64(tx.now), c.UserAgent, c.Network, hash, account, int64(since))
	return err
}

// SessionRow is a session as its person sees it.
type SessionRow struct {
	Client
	Hash      string
	Method    dm.SignInMethod
	CreatedAt dm.Time
	UsedAt    dm.Time // 0 for one that was not used yet
	ExpiresAt dm.Time
}

// Sessions lists up to limit open sessions of a person, the one used last first.
func (tx *Tx) Sessions(account, person int64, limit int) (list []SessionRow, err error) {
	err = tx.query(`SELECT token_hash, method, user_agent, network, created_at, used_at, expires_at FROM sessions
WHERE account_id = ? AND person_id = ? AND expires_at > ? ORDER BY used_at DESC, created_at DESC, token_hash LIMIT ?`, func(rows *sql.Rows) error {
		var s SessionRow
		err := rows.Scan(&s.Hash, &s.Method, &s.UserAgent, &s.Network, &s.CreatedAt, &s.UsedAt, &s.ExpiresAt)
		list = append(list, s)
		return err
	}, account, person, int64(tx.now), limit)
	return list, err
}

// DropExpiredSessions removes at most limit sessions past their end, of every
// account, and gives their number.
func (tx *Tx) DropExpiredSessions(limit int) (int64, error) {
	return tx.exec(`DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`, tx.now, limit)
}

// SignIn is what is kept about somebody who may sign in with a password.
type SignIn struct {
	Person       dm.PersonRef
	PasswordHash string // "" when no password was set
}

// SignInByAddress finds who signs in with a primary address, active or not; for
// an unknown address it is the zero value.
func (tx *Tx) SignInByAddress(account int64, address string) (SignIn, error) {
	if !storable(address) {
		address = ""
	}
	return tx.signIn(`JOIN addresses a ON a.account_id = p.account_id AND a.person_id = p.id AND a.is_primary = 1 WHERE p.account_id = ? AND a.folded = ?`,
		account, Fold(address))
}

// SignInOf is SignInByAddress for a person known by id.
func (tx *Tx) SignInOf(account, person int64) (SignIn, error) {
	return tx.signIn(`WHERE p.account_id = ? AND p.id = ?`, account, person)
}

func (tx *Tx) signIn(rest string, args ...any) (SignIn, error) {
	var s SignIn
	p := &s.Person
	err := tx.row(`SELECT p.id, p.name, p.address, p.kind, p.active, p.password_hash FROM people p `+rest, args...).
		Scan(&p.ID, &p.Name, &p.Address, &p.Kind, flag{&p.Active}, &s.PasswordHash)
	if isNoRows(err) {
		return SignIn{}, nil
	}
	return s, err
}

// SetPasswordHash keeps a person's password, hashed.
func (tx *Tx) SetPasswordHash(account, person int64, hash string) error {
	n, err := tx.exec(`UPDATE people SET password_hash = ?, updated_at = ? WHERE account_id = ? AND id = ? AND erased = 0`, hash, tx.now, account, person)
	return one(n, err, "person")
}
