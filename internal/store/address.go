package store

import dm "github.com/deskmesh/deskmesh"

const addressTaken = "Somebody already has this address."

func (tx *Tx) insertAddress(account, person int64, address string, primary bool) error {
	_, err := tx.exec(`INSERT INTO addresses (account_id, person_id, address, folded, is_primary) VALUES (?, ?, ?, ?, ?)`,
		account, person, address, Fold(address), bit(primary))
	if isForeignKey(err) {
		return dm.Missing("person").Because(err)
	}
	return duplicate(err, "address", addressTaken)
}

// AddAddress gives a person a secondary address. Conflict when it belongs to
// somebody already, also to this person.
func (tx *Tx) AddAddress(account, person int64, address string) error {
	if err := tx.insertAddress(account, person, address, false); err != nil {
		return err
	}
	if err := tx.indexPerson(account, person); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// RemoveAddress takes a secondary address away; NotFound when the person has no
// such address, or has it as the primary one.
func (tx *Tx) RemoveAddress(account, person int64, address string) error {
	n, err := tx.exec(`DELETE FROM addresses WHERE account_id = ? AND person_id = ? AND folded = ? AND is_primary = 0`, account, person, Fold(address))
	if err := one(n, err, "address"); err != nil {
		return err
	}
	if err := tx.indexPerson(account, person); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// SetPrimaryAddress makes an address the person's primary one, whether it is
// new or was a secondary one. The primary address until now stays as a
// secondary one, unless the two differ in case only. Conflict when the address
// belongs to somebody else.
func (tx *Tx) SetPrimaryAddress(account, person int64, address string) error {
	folded := Fold(address)
	if _, err := tx.exec(`DELETE FROM addresses WHERE account_id = ? AND person_id = ? AND folded = ?`, account, person, folded); err != nil {
		return err
	}
	if _, err := tx.exec(`UPDATE addresses SET is_primary = 0 WHERE account_id = ? AND person_id = ? AND is_primary = 1`, account, person); err != nil {
		return err
	}
	if err := tx.insertAddress(account, person, address, true); err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE people SET address = ?, updated_at = ? WHERE account_id = ? AND id = ? AND erased = 0`, address, tx.now, account, person)
	if err := one(n, err, "person"); err != nil {
		return err
	}
	if err := tx.indexPerson(account, person); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// PersonIDByAddress finds who has an address, agent or requester, primary or
// secondary, active or not; NotFound when nobody does.
func (tx *Tx) PersonIDByAddress(account int64, address string) (int64, error) {
	var id int64
	err := tx.row(`SELECT person_id FROM addresses WHERE account_id = ? AND folded = ?`, account, Fold(address)).Scan(&id)
	if isNoRows(err) {
		return 0, dm.Missing("person")
	}
	return id, err
}

// InsertRequester keeps a requester with an address that nobody has and gives
// the id. When another transaction was faster with the same address, it is that
// one's person. The caller has checked the address; without a name the person
// goes by it.
func (tx *Tx) InsertRequester(account int64, address, name string) (int64, error) {
	if name == "" {
		name = address
	}
	name = clip(name, 200)
	id, err := tx.insert(`INSERT INTO people (account_id, kind, name, name_folded, address, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		account, dm.Requester, name, foldedName(name), address, tx.now, tx.now)
	if err != nil {
		return 0, err
	}
	n, err := tx.exec(`INSERT INTO addresses (account_id, person_id, address, folded, is_primary) VALUES (?, ?, ?, ?, 1) ON CONFLICT (account_id, folded) DO NOTHING`,
		account, id, address, Fold(address))
	if err != nil {
		return 0, err
	}
	if n > 0 {
		return id, tx.indexPerson(account, id)
	}
	if _, err := tx.exec(`DELETE FROM people WHERE account_id = ? AND id = ?`, account, id); err != nil {
		return 0, err
	}
	return tx.PersonIDByAddress(account, address)
}
