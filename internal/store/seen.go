package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// FillUnread says of the tickets of a page, which went through the viewer's
// Scope, which ones they have not read: one that they opened when somebody else
// wrote since what they may read, or when they marked it so; one that they never
// opened while it is open and waits for them: it is theirs, new and nobody's, or
// shared, which the list says. It is one query, whatever the page.
func (tx *Tx) FillUnread(v *access.Viewer, rows []*TicketRow, shared bool) error {
	if len(rows) == 0 || !v.IsAgent() {
		return nil
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	unread, err := tx.unreadSince(v, ids)
	for _, r := range rows {
		if since, opened := unread[r.ID]; opened {
			r.Unread = since
			continue
		}
		waits := shared || r.AssigneeID == v.Person() || r.AssigneeID == 0 && r.Status == dm.StatusNew
		r.Unread = waits && r.ListState() == dm.ListOpen && r.CreatorID != v.Person()
	}
	return err
}

// unreadSince says of tickets that the viewer opened whether there is something
// new for them.
func (tx *Tx) unreadSince(v *access.Viewer, ids []int64) (map[int64]bool, error) {
	const newer = `(SELECT 1 FROM messages m WHERE m.account_id = z.account_id AND m.ticket_id = z.ticket_id AND m.id > z.message_id AND (m.author_id IS NULL OR m.author_id <> z.person_id) AND m.kind `
	t := &sqlText{}
	t.add(`SELECT z.ticket_id, CASE WHEN z.message_id = 0 OR ` + newer + `= 'reply' LIMIT 1) = 1 OR (` + newer + `<> 'reply' LIMIT 1) = 1 AND `)
	t.oneTicket(v.Scope(access.SeeInternal, access.Open), tx.now)
	t.add(`) THEN 1 ELSE 0 END FROM ticket_seen z JOIN tickets b ON b.account_id = z.account_id AND b.id = z.ticket_id WHERE z.account_id = ? AND z.person_id = ? AND `, v.Account(), v.Person())
	t.in(`z.ticket_id`, ids)
	found := make(map[int64]bool, len(ids))
	err := tx.query(t.String(), func(rows *sql.Rows) error {
		var id int64
		var unread bool
		err := rows.Scan(&id, flag{&unread})
		found[id] = unread
		return err
	}, t.args...)
	return found, err
}

// NewestMessage gives the id of the newest message of a ticket that its finder
// may read; 0 for none.
func (tx *Tx) NewestMessage(account int64, f *Found) (int64, error) {
	query := `SELECT COALESCE(MAX(id), 0) FROM messages WHERE account_id = ? AND ticket_id = ?`
	if !f.Decision.Has(access.SeeInternal) {
		query += ` AND kind = 'reply'`
	}
	var id int64
	err := tx.row(query, account, f.Ticket.ID).Scan(&id)
	return id, err
}

// Seen gives the newest message that the viewer has seen of a ticket that they
// found; opened is false where they never opened it.
func (tx *Tx) Seen(v *access.Viewer, f *Found) (message int64, opened bool, err error) {
	err = tx.row(`SELECT message_id FROM ticket_seen WHERE account_id = ? AND person_id = ? AND ticket_id = ?`, v.Account(), v.Person(), f.Ticket.ID).Scan(&message)
	if isNoRows(err) {
		return 0, false, nil
	}
	return message, err == nil, err
}

// SetSeen keeps how far the viewer has read a ticket that they found; 0 marks it
// as unread.
func (tx *Tx) SetSeen(v *access.Viewer, f *Found, message int64) error {
	_, err := tx.exec(`INSERT INTO ticket_seen (account_id, person_id, ticket_id, message_id, seen_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (account_id, person_id, ticket_id) DO UPDATE SET message_id = excluded.message_id, seen_at = excluded.seen_at`,
		v.Account(), v.Person(), f.Ticket.ID, message, int64(tx.now))
	return err
}

// DeleteOldSeen forgets up to limit of the tickets that people opened before the
// given moment and not since.
func (tx *Tx) DeleteOldSeen(account int64, before dm.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM ticket_seen WHERE account_id = ? AND (person_id, ticket_id) IN (SELECT person_id, ticket_id FROM ticket_seen WHERE account_id = ? AND seen_at < ? ORDER BY seen_at LIMIT ?)`,
		account, account, int64(before), limit)
}
