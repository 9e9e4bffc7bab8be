package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// CreateAccount keeps a new account and gives its id. The id, the access
// version and the time of the argument are not read. Conflict when the short
// name is taken.
func (tx *Tx) CreateAccount(a dm.Account) (int64, error) {
	id, err := tx.insert(`INSERT INTO accounts (slug, name, base_url, edition, created_at) VALUES (?, ?, ?, ?, ?)`,
		a.Slug, a.Name, a.BaseURL, a.Edition, tx.now)
	return id, duplicate(err, "slug", "Another account already has this short name.")
}

const accountColumns = `id, slug, name, base_url, edition, access_version, created_at`

func accountDest(a *dm.Account) []any {
	return []any{&a.ID, &a.Slug, &a.Name, &a.BaseURL, &a.Edition, &a.AccessVersion, &a.CreatedAt}
}

// Account reads an account; NotFound when there is none.
func (tx *Tx) Account(id int64) (*dm.Account, error) {
	return tx.accountWhere(`id = ?`, id)
}

// AccountBySlug finds an account by its short name; NotFound when there is none.
func (tx *Tx) AccountBySlug(slug string) (*dm.Account, error) {
	return tx.accountWhere(`slug = ?`, slug)
}

func (tx *Tx) accountWhere(condition string, arg any) (*dm.Account, error) {
	a := &dm.Account{}
	err := tx.row(`SELECT `+accountColumns+` FROM accounts WHERE `+condition, arg).Scan(accountDest(a)...)
	if isNoRows(err) {
		return nil, dm.Missing("account")
	}
	return a, err
}

// Accounts lists every account of this server by id.
func (tx *Tx) Accounts() ([]dm.Account, error) {
	list := []dm.Account{}
	err := tx.query(`SELECT `+accountColumns+` FROM accounts ORDER BY id`, func(rows *sql.Rows) error {
		var a dm.Account
		if err := rows.Scan(accountDest(&a)...); err != nil {
			return err
		}
		list = append(list, a)
		return nil
	})
	return list, err
}

// OnlyAccount gives the id of the server's account when it has exactly one;
// NotFound otherwise.
func (tx *Tx) OnlyAccount() (int64, error) {
	ids, err := tx.ids(`SELECT id FROM accounts ORDER BY id LIMIT 2`)
	if err != nil {
		return 0, err
	}
	if len(ids) != 1 {
		return 0, dm.Missing("account")
	}
	return ids[0], nil
}

// SetAccount saves name and base address.
func (tx *Tx) SetAccount(a *dm.Account) error {
	n, err := tx.exec(`UPDATE accounts SET name = ?, base_url = ? WHERE id = ?`, a.Name, a.BaseURL, a.ID)
	if err := one(n, err, "account"); err != nil {
		return err
	}
	return tx.bumpAccess(a.ID)
}

// SetEdition gives the account another edition, a key of deskmesh.Editions.
func (tx *Tx) SetEdition(account int64, edition string) error {
	n, err := tx.exec(`UPDATE accounts SET edition = ? WHERE id = ?`, edition, account)
	if err := one(n, err, "account"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// LockAccount makes administrators' changes of one account come one after the
// other: what the transaction reads afterwards stays true until it ends. It
// does not hinder reading, nor new rows of the account.
func (tx *Tx) LockAccount(account int64) error {
	tx.seen = nil // what others changed while this waited counts
	n, err := tx.exec(`UPDATE accounts SET access_version = access_version WHERE id = ?`, account)
	return one(n, err, "account")
}

// bumpAccess raises the account's access version: every viewer and directory
// kept from before is out of date once the transaction commits.
func (tx *Tx) bumpAccess(account int64) error {
	tx.seen = nil
	n, err := tx.exec(`UPDATE accounts SET access_version = access_version + 1 WHERE id = ?`, account)
	if err := one(n, err, "account"); err != nil {
		return err
	}
	tx.poke(Poke{Kind: PokeAccess, Account: account})
	return nil
}
