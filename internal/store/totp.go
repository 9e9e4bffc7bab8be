package store

import dm "github.com/deskmesh/deskmesh"

// TOTP is a person's second factor as it is kept.
type TOTP struct {
	Secret    string // sealed
	Confirmed bool   // it counts
	LastStep  int64  // of the last code that was accepted; none up to it is again
}

// TOTP reads a person's second factor; nil when there is none.
func (tx *Tx) TOTP(account, person int64) (*TOTP, error) {
	t := &TOTP{}
	err := tx.row(`SELECT secret, last_step, CASE WHEN confirmed_at IS NULL THEN 0 ELSE 1 END FROM totp WHERE account_id = ? AND person_id = ?`, account, person).
		Scan(&t.Secret, &t.LastStep, flag{&t.Confirmed})
	if isNoRows(err) {
		return nil, nil
	}
	return t, err
}

// HasTOTP says whether a person's second factor is on.
func (tx *Tx) HasTOTP(account, person int64) (bool, error) {
	t, err := tx.TOTP(account, person)
	return t != nil && t.Confirmed, err
}

// BeginTOTP keeps a sealed secret that does not count yet, in place of an
// earlier one that did not either. Conflict when the second factor is on.
func (tx *Tx) BeginTOTP(account, person int64, secret string) error {
	n, err := tx.exec(`INSERT INTO totp (account_id, person_id, secret, created_at) VALUES (?, ?, ?, ?)
ON CONFLICT (account_id, person_id) DO UPDATE SET secret = excluded.secret, last_step = 0, created_at = excluded.created_at WHERE totp.confirmed_at IS NULL`,
		account, person, secret, tx.now)
	if err == nil && n == 0 {
		return dm.Errorf(dm.Conflict, "The second factor is on already.").With("totp_on")
	}
	return err
}

// ConfirmTOTP turns a person's second factor on.
func (tx *Tx) ConfirmTOTP(account, person int64) error {
	n, err := tx.exec(`UPDATE totp SET confirmed_at = ? WHERE account_id = ? AND person_id = ? AND confirmed_at IS NULL`, tx.now, account, person)
	return one(n, err, "second factor")
}

// TakeTOTPStep notes that the code of a step was accepted: false when that one,
// or a later one, was before.
func (tx *Tx) TakeTOTPStep(account, person, step int64) (bool, error) {
	n, err := tx.exec(`UPDATE totp SET last_step = ? WHERE account_id = ? AND person_id = ? AND last_step < ?`, step, account, person, step)
	return n == 1, err
}

// DeleteTOTP turns a person's second factor off, with its recovery codes; false
// when there was none.
func (tx *Tx) DeleteTOTP(account, person int64) (bool, error) {
	n, err := tx.exec(`DELETE FROM totp WHERE account_id = ? AND person_id = ?`, account, person)
	return n == 1, err
}

// SetRecoveryCodes replaces a person's recovery codes, given hashed.
func (tx *Tx) SetRecoveryCodes(account, person int64, hashes []string) error {
	if _, err := tx.exec(`DELETE FROM recovery_codes WHERE account_id = ? AND person_id = ?`, account, person); err != nil {
		return err
	}
	for _, hash := range hashes {
		if _, err := tx.exec(`INSERT INTO recovery_codes (account_id, person_id, code_hash) VALUES (?, ?, ?)`, account, person, hash); err != nil {
			return err
		}
	}
	return nil
}

// UseRecoveryCode uses a recovery code up, given hashed: false when there is none.
func (tx *Tx) UseRecoveryCode(account, person int64, hash string) (bool, error) {
	n, err := tx.exec(`DELETE FROM recovery_codes WHERE account_id = ? AND person_id = ? AND code_hash = ?`, account, person, hash)
	return n == 1, err
}

// CountRecoveryCodes gives how many recovery codes a person has left.
func (tx *Tx) CountRecoveryCodes(account, person int64) (n int, err error) {
	err = tx.row(`SELECT COUNT(*) FROM recovery_codes WHERE account_id = ? AND person_id = ?`, account, person).Scan(&n)
	return n, err
}
