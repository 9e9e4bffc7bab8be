package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

const dkimColumns = `id, domain, selector, algorithm, public, state, found, checked_at, signing_at, retired_at, created_at`

func (tx *Tx) dkimKeys(where string, args ...any) ([]dm.DKIMKey, error) {
	list := []dm.DKIMKey{}
	err := tx.query(`SELECT `+dkimColumns+` FROM dkim_keys WHERE `+where, func(rows *sql.Rows) error {
		var k dm.DKIMKey
		err := rows.Scan(&k.ID, &k.Domain, &k.Selector, &k.Algorithm, &k.Public, &k.State, &k.Found, opt((*int64)(&k.CheckedAt)), opt((*int64)(&k.SigningAt)), opt((*int64)(&k.RetiredAt)), &k.CreatedAt)
		list = append(list, k)
		return err
	}, args...)
	return list, err
}

// DKIMKeys lists an account's keys, by domain and age.
func (tx *Tx) DKIMKeys(account int64) ([]dm.DKIMKey, error) {
	return tx.dkimKeys(`account_id = ? ORDER BY domain, id`, account)
}

// DKIMKey gives one key; NotFound where there is none.
func (tx *Tx) DKIMKey(account, id int64) (*dm.DKIMKey, error) {
	list, err := tx.dkimKeys(`account_id = ? AND id = ?`, account, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("key")
	}
	return &list[0], nil
}

// SigningKeys lists the keys that sign for a domain.
func (tx *Tx) SigningKeys(account int64, domain string) ([]dm.DKIMKey, error) {
	return tx.dkimKeys(`account_id = ? AND domain = ? AND state = 'signing' ORDER BY algorithm`, account, domain)
}

// DKIMSecret reads the private half of a key, sealed.
func (tx *Tx) DKIMSecret(account, id int64) (sealed string, err error) {
	err = tx.row(`SELECT secret FROM dkim_keys WHERE account_id = ? AND id = ?`, account, id).Scan(&sealed)
	if isNoRows(err) {
		return "", dm.Missing("key")
	}
	return sealed, err
}

// InsertDKIMKey keeps a new key with its private half, sealed, and sets its id.
func (tx *Tx) InsertDKIMKey(account int64, k *dm.DKIMKey, sealed string) (err error) {
	k.CreatedAt, k.State = tx.now, dm.DKIMNew
	k.ID, err = tx.insert(`INSERT INTO dkim_keys (account_id, domain, selector, algorithm, secret, public, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		account, k.Domain, k.Selector, string(k.Algorithm), sealed, k.Public, int64(tx.now))
	if isDuplicate(err) {
		return dm.Errorf(dm.Conflict, "There is a key with this selector already.").With("selector_taken")
	}
	return err
}

// DKIMChecked notes what was found where a key's record belongs.
func (tx *Tx) DKIMChecked(account, id int64, found dm.DKIMFound) error {
	n, err := tx.exec(`UPDATE dkim_keys SET found = ?, checked_at = ? WHERE account_id = ? AND id = ?`, string(found), int64(tx.now), account, id)
	return one(n, err, "key")
}

// StartDKIM lets a key sign, in the place of the one of its domain and kind that
// did.
func (tx *Tx) StartDKIM(account int64, k *dm.DKIMKey) error {
	_, err := tx.exec(`UPDATE dkim_keys SET state = 'retired', retired_at = ? WHERE account_id = ? AND domain = ? AND algorithm = ? AND state = 'signing' AND id <> ?`,
		int64(tx.now), account, k.Domain, string(k.Algorithm), k.ID)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE dkim_keys SET state = 'signing', signing_at = ?, retired_at = NULL WHERE account_id = ? AND id = ?`, int64(tx.now), account, k.ID)
	return one(n, err, "key")
}

// StopDKIM ends the signing of a key.
func (tx *Tx) StopDKIM(account, id int64) error {
	n, err := tx.exec(`UPDATE dkim_keys SET state = 'new' WHERE account_id = ? AND id = ? AND state = 'signing'`, account, id)
	return one(n, err, "key")
}

// DeleteDKIMKey deletes a key that does not sign.
func (tx *Tx) DeleteDKIMKey(account, id int64) error {
	n, err := tx.exec(`DELETE FROM dkim_keys WHERE account_id = ? AND id = ? AND state <> 'signing'`, account, id)
	return one(n, err, "key")
}
