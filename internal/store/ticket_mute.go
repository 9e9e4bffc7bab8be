package store

import "database/sql"

// SetMuted keeps that a person wants to hear no more of a ticket that was found
// for them, or forgets it. It gives no access and takes none.
func (tx *Tx) SetMuted(account, person int64, f *Found, on bool) error {
	query := `DELETE FROM ticket_mutes WHERE account_id = ? AND ticket_id = ? AND person_id = ?`
	if on {
		query = `INSERT INTO ticket_mutes (account_id, ticket_id, person_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`
	}
	_, err := tx.exec(query, account, f.Ticket.ID, person)
	return err
}

// MutesOf says who has muted which of some tickets.
func (tx *Tx) MutesOf(account int64, tickets []int64) (map[int64][]int64, error) {
	muted := map[int64][]int64{}
	if len(tickets) == 0 {
		return muted, nil
	}
	err := tx.query(`SELECT ticket_id, person_id FROM ticket_mutes WHERE account_id = ? AND ticket_id IN (`+marks(len(tickets))+`) ORDER BY ticket_id, person_id`, func(rows *sql.Rows) error {
		var ticket, person int64
		err := rows.Scan(&ticket, &person)
		muted[ticket] = append(muted[ticket], person)
		return err
	}, append([]any{account}, padded(tickets)...)...)
	return muted, err
}
