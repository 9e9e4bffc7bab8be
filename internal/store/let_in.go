package store

import (
	"database/sql"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// Guest is somebody whom a requester may want to let in to a ticket.
type Guest struct {
	dm.PersonRef
	DepartmentID int64
	CompanyID    int64
}

const guestColumns = `SELECT p.id, p.name, p.address, p.kind, p.active, p.department_id, p.company_id FROM people p `

func (tx *Tx) guests(rest string, args ...any) (list []Guest, err error) {
	err = tx.query(guestColumns+rest, func(rows *sql.Rows) error {
		var g Guest
		err := rows.Scan(&g.ID, &g.Name, &g.Address, &g.Kind, flag{&g.Active}, opt(&g.DepartmentID), opt(&g.CompanyID))
		list = append(list, g)
		return err
	}, args...)
	return list, err
}

// GuestByAddress finds the person with this primary address (S2-29); NotFound
// when nobody has it, or only as a further one.
func (tx *Tx) GuestByAddress(account int64, address string) (*Guest, error) {
	if !storable(address) {
		return nil, dm.Missing("person")
	}
	list, err := tx.guests(`JOIN addresses a ON a.account_id = p.account_id AND a.person_id = p.id AND a.is_primary = 1 WHERE p.account_id = ? AND a.folded = ?`, account, Fold(address))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("person")
	}
	return &list[0], nil
}

// GuestByID is GuestByAddress for a person known by id.
func (tx *Tx) GuestByID(account, id int64) (*Guest, error) {
	list, err := tx.guests(`WHERE p.account_id = ? AND p.id = ?`, account, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("person")
	}
	return &list[0], nil
}

// GuestsNamed finds active people by the beginning of their name or primary
// address: those of a department or a company where one is given, else
// everybody, agents included.
func (tx *Tx) GuestsNamed(account int64, q string, department, company int64, limit int) ([]Guest, error) {
	if !storable(q) {
		return nil, nil
	}
	from, to := prefixRange(Fold(q))
	where, args := `WHERE p.account_id = ?`, []any{account}
	switch {
	case department != 0:
		where, args = where+` AND p.department_id = ?`, append(args, department)
	case company != 0:
		where, args = where+` AND p.company_id = ?`, append(args, company)
	default:
		where += ` AND p.kind IN ('agent', 'requester')`
	}
	return tx.guests(where+` AND p.active = 1 AND (p.name_folded >= ? AND p.name_folded < ?
OR p.id IN (SELECT a.person_id FROM addresses a WHERE a.account_id = p.account_id AND a.is_primary = 1 AND a.folded >= ? AND a.folded < ?)) ORDER BY p.name_folded, p.id LIMIT ?`,
		append(args, from, to, from, to, limit)...)
}

// NoteLetIns counts people whom a requester lets in to a ticket.
func (tx *Tx) NoteLetIns(account, person, ticket int64, count int) error {
	for range count {
		if _, err := tx.exec(`INSERT INTO let_ins (account_id, person_id, ticket_id, created_at) VALUES (?, ?, ?, ?)`, account, person, ticket, int64(tx.now)); err != nil {
			return err
		}
	}
	return nil
}

// LetIns counts whom a requester, and whom anybody in one ticket, let in since a
// moment.
func (tx *Tx) LetIns(account, person, ticket int64, since dm.Time) (byPerson, inTicket int, err error) {
	err = tx.row(`SELECT (SELECT COUNT(*) FROM let_ins WHERE account_id = ? AND person_id = ? AND created_at > ?),
(SELECT COUNT(*) FROM let_ins WHERE account_id = ? AND ticket_id = ? AND created_at > ?)`,
		account, person, int64(since), account, ticket, int64(since)).Scan(&byPerson, &inTicket)
	return byPerson, inTicket, err
}

// DropOldLetIns deletes up to limit lines that no limit counts any more.
func (tx *Tx) DropOldLetIns(limit int) (int64, error) {
	return tx.exec(`DELETE FROM let_ins WHERE id IN (SELECT id FROM let_ins WHERE created_at < ? ORDER BY id LIMIT ?)`, int64(tx.now.Add(-24*time.Hour)), limit)
}
