package store

import (
	"database/sql"
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// InsertNotifications adds lines to people's in-app lists, all of them about
// different people or events. It gives those that were added: an event stands
// in a person's list once, also where it is not shown.
func (tx *Tx) InsertNotifications(account int64, lines []dm.Notification) (added []dm.Notification, err error) {
	type key struct{ person, event int64 }
	fresh := map[key]bool{}
	for part := range slices.Chunk(lines, linesPerInsert) {
		n := paddedLen(len(part))
		args := make([]any, 0, 8*n)
		for i := range n {
			l := &part[min(i, len(part)-1)] // what comes twice is left out
			var read any
			if l.Unlisted {
				read = int64(tx.now)
			}
			args = append(args, account, l.PersonID, l.TicketID, l.EventID, l.Kind, int64(tx.now), read, bit(!l.Unlisted))
		}
		err := tx.query(`INSERT INTO notifications (account_id, person_id, ticket_id, event_id, kind, created_at, read_at, listed) VALUES `+rowMarks(n, 8)+`
ON CONFLICT DO NOTHING RETURNING person_id, event_id`, func(rows *sql.Rows) error {
			var k key
			err := rows.Scan(&k.person, &k.event)
			fresh[k] = true
			return err
		}, args...)
		if err != nil {
			return nil, err
		}
	}
	for _, n := range lines {
		if fresh[key{n.PersonID, n.EventID}] {
			added = append(added, n)
			if n.Unlisted {
				continue
			}
			tx.poke(Poke{Kind: PokeNotice, Account: account, Person: n.PersonID})
		}
	}
	return added, nil
}

// linesPerInsert bounds the lines of one statement.
const linesPerInsert = 64

// Notifications lists a person's in-app list, newest first, before the given
// id (0: from the newest).
func (tx *Tx) Notifications(account, person, before int64, unread bool, limit int) ([]dm.Notification, error) {
	query := `SELECT id, person_id, ticket_id, event_id, kind, created_at, read_at FROM notifications WHERE account_id = ? AND person_id = ? AND listed = 1`
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
