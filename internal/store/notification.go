package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// InsertNotification adds a line to a person's in-app list. It reports false
// when the event has one there already.
func (tx *Tx) InsertNotification(account int64, n *dm.Notification) (bool, error) {
	added, err := tx.exec(`INSERT INTO notifications (account_id, person_id, ticket_id, event_id, kind, created_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		account, n.PersonID, n.TicketID, n.EventID, n.Kind, int64(tx.now))
	if added == 1 {
		tx.poke(Poke{Kind: PokeNotice, Account: account, Person: n.PersonID})
	}
	return added == 1, err
}

// Notifications lists a person's in-app list, newest first, before the given
// id (0: from the newest).
func (tx *Tx) Notifications(account, person, before int64, unread bool, limit int) ([]dm.Notification, error) {
	query := `SELECT id, person_id, ticket_id, event_id, kind, created_at, read_at FROM notifications WHERE account_id = ? AND person_id = ?`
	args := []any{account, person}
	if before > 0 {
		query += ` AND id < ?`
		args = append(args, before)
	}
	if unread {
		query += ` AND read_at IS NULL`
	}
	var list []dm.Notification
	err := tx.query(query+` ORDER BY id DESC LIMIT ?`, func(rows *sql.Rows) error {
		var n dm.Notification
		err := rows.Scan(&n.ID, &n.PersonID, &n.TicketID, &n.EventID, &n.Kind, &n.CreatedAt, opt(&n.ReadAt))
		list = append(list, n)
		return err
	}, append(args, limit)...)
	return list, err
}

// ReadNotifications marks lines of a person as read: the given ids, or with an
// empty list every line up to the given one. The person's streams hear of it.
func (tx *Tx) ReadNotifications(account, person int64, ids []int64, upTo int64) error {
	tx.poke(Poke{Kind: PokeNotice, Account: account, Person: person})
	if len(ids) == 0 {
		_, err := tx.exec(`UPDATE notifications SET read_at = ? WHERE account_id = ? AND person_id = ? AND id <= ? AND read_at IS NULL`, int64(tx.now), account, person, upTo)
		return err
	}
	args := append([]any{int64(tx.now), account, person}, padded(ids)...)
	_, err := tx.exec(`UPDATE notifications SET read_at = ? WHERE account_id = ? AND person_id = ? AND id IN (`+marks(len(ids))+`) AND read_at IS NULL`, args...)
	return err
}

// DeleteNotifications removes up to limit lines older than the given moment.
func (tx *Tx) DeleteNotifications(account int64, before dm.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM notifications WHERE id IN (SELECT id FROM notifications WHERE account_id = ? AND created_at < ? LIMIT ?)`, account, int64(before), limit)
}
