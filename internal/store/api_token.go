package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// APIToken is a program's way in: a person's rights within Scopes.
type APIToken struct {
	ID        int64
	PersonID  int64
	Name      string
	Scopes    dm.PermissionSet
	CreatedAt dm.Time
	ExpiresAt dm.Time // 0 never
	RevokedAt dm.Time // 0 while it works
}

// CreateAPIToken keeps a token by the hash of its secret and gives its id.
func (tx *Tx) CreateAPIToken(account int64, t *APIToken, hash string) (int64, error) {
	scopes, err := permissionsText(t.Scopes)
	if err != nil {
		return 0, err
	}
	return tx.insert(`INSERT INTO api_tokens (account_id, person_id, name, token_hash, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		account, t.PersonID, t.Name, hash, scopes, tx.now, none(t.ExpiresAt))
}

const tokenColumns = `id, person_id, name, scopes, created_at, expires_at, revoked_at`

func tokenDest(t *APIToken) []any {
	return []any{&t.ID, &t.PersonID, &t.Name, permissionSet{&t.Scopes}, &t.CreatedAt, opt(&t.ExpiresAt), opt(&t.RevokedAt)}
}

// APIToken reads a token, also one that was revoked; NotFound when there is none.
func (tx *Tx) APIToken(account, id int64) (*APIToken, error) {
	t := &APIToken{}
	err := tx.row(`SELECT `+tokenColumns+` FROM api_tokens WHERE account_id = ? AND id = ?`, account, id).Scan(tokenDest(t)...)
	if isNoRows(err) {
		return nil, dm.Missing("token")
	}
	return t, err
}

// APITokens gives one page of a person's tokens by id, without the revoked
// ones; Page.Query is not read.
func (tx *Tx) APITokens(account, person int64, p Page) (list []APIToken, next string, err error) {
	after, err := readMark(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	list = []APIToken{}
	size := p.size()
	err = tx.query(`SELECT `+tokenColumns+` FROM api_tokens WHERE account_id = ? AND person_id = ? AND id > ? AND revoked_at IS NULL ORDER BY id LIMIT ?`,
		func(rows *sql.Rows) error {
			if len(list) == size {
				next = nameMark{ID: list[size-1].ID}.cursor()
				return nil
			}
			var t APIToken
			if err := rows.Scan(tokenDest(&t)...); err != nil {
				return err
			}
			list = append(list, t)
			return nil
		}, account, person, after.ID, size+1)
	return list, next, err
}

// RevokeAPIToken ends a token; NotFound when there is none or it was revoked.
func (tx *Tx) RevokeAPIToken(account, id int64) error {
	people, err := tx.ids(`UPDATE api_tokens SET revoked_at = ? WHERE account_id = ? AND id = ? AND revoked_at IS NULL RETURNING person_id`, tx.now, account, id)
	if err == nil && len(people) == 1 {
		tx.poke(Poke{Kind: PokeSigned, Account: account, Person: people[0]})
	}
	return one(int64(len(people)), err, "token")
}
