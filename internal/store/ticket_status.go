package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

const statusNameTaken = "Another status already has this name."

// CreateTicketStatus keeps a new own status and gives its id; Conflict when the
// name is taken.
func (tx *Tx) CreateTicketStatus(account int64, s *dm.TicketStatus) (int64, error) {
	id, err := tx.insert(`INSERT INTO ticket_statuses (account_id, name, name_folded, status, created_at) VALUES (?, ?, ?, ?, ?)`,
		account, s.Name, Fold(s.Name), s.Status, tx.now)
	if err != nil {
		return 0, duplicate(err, "name", statusNameTaken)
	}
	return id, tx.bumpAccess(account)
}

// SaveTicketStatus saves an own status's name. The built-in status it stands
// for stays, since tickets that have it are listed by that.
func (tx *Tx) SaveTicketStatus(account int64, s *dm.TicketStatus) error {
	n, err := tx.exec(`UPDATE ticket_statuses SET name = ?, name_folded = ? WHERE account_id = ? AND id = ? AND deleted_at IS NULL`,
		s.Name, Fold(s.Name), account, s.ID)
	if err := one(n, duplicate(err, "name", statusNameTaken), "status"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// DeleteTicketStatus deletes an own status softly. Tickets that have it keep
// the built-in status it stood for.
func (tx *Tx) DeleteTicketStatus(account, id int64) error {
	n, err := tx.exec(`UPDATE ticket_statuses SET deleted_at = ? WHERE account_id = ? AND id = ? AND deleted_at IS NULL`, tx.now, account, id)
	if err := one(n, err, "status"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// TicketStatus reads an own status; NotFound when there is none or it was deleted.
func (tx *Tx) TicketStatus(account, id int64) (*dm.TicketStatus, error) {
	s := &dm.TicketStatus{}
	err := tx.row(`SELECT id, name, status FROM ticket_statuses WHERE account_id = ? AND id = ? AND deleted_at IS NULL`, account, id).
		Scan(&s.ID, &s.Name, &s.Status)
	if isNoRows(err) {
		return nil, dm.Missing("status")
	}
	return s, err
}

// TicketStatuses lists the account's own statuses that have not been deleted.
func (tx *Tx) TicketStatuses(account int64) ([]dm.TicketStatus, error) {
	list := []dm.TicketStatus{}
	err := tx.query(`SELECT id, name, status FROM ticket_statuses WHERE account_id = ? AND deleted_at IS NULL ORDER BY id`, func(rows *sql.Rows) error {
		var s dm.TicketStatus
		if err := rows.Scan(&s.ID, &s.Name, &s.Status); err != nil {
			return err
		}
		list = append(list, s)
		return nil
	}, account)
	return list, err
}
