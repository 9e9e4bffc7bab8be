package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// InsertSide keeps a side conversation with its addresses, and sets its id and
// time. Its ticket is locked.
func (tx *Tx) InsertSide(account int64, s *dm.SideConversation) error {
	s.CreatedAt = tx.now
	var err error
	s.ID, err = tx.insert(`INSERT INTO side_conversations (account_id, ticket_id, person_id, subject, created_at) VALUES (?, ?, ?, ?, ?)`,
		account, s.TicketID, none(s.PersonID), s.Subject, int64(tx.now))
	for i := range s.Parties {
		if err != nil {
			return err
		}
		p := &s.Parties[i]
		p.ID, err = tx.insert(`INSERT INTO side_parties (account_id, side_id, address, address_folded) VALUES (?, ?, ?, ?)`, account, s.ID, p.Address, Fold(p.Address))
	}
	return err
}

// Sides lists the side conversations of a found ticket, the newest first; id 0
// is all of them. Whether the reader may see what is internal, the caller has
// decided.
func (tx *Tx) Sides(f *Found, id int64) ([]dm.SideConversation, error) {
	var list []dm.SideConversation
	query, args := ``, []any{f.Facts.Account, f.Ticket.ID}
	if id != 0 {
		query, args = ` AND s.id = ?`, append(args, id)
	}
	err := tx.query(`SELECT s.id, s.ticket_id, s.person_id, s.subject, s.created_at, p.id, p.address FROM side_conversations s
JOIN side_parties p ON p.account_id = s.account_id AND p.side_id = s.id WHERE s.account_id = ? AND s.ticket_id = ?`+query+` ORDER BY s.id DESC, p.id`, func(rows *sql.Rows) error {
		var s dm.SideConversation
		var p dm.SideParty
		if err := rows.Scan(&s.ID, &s.TicketID, opt(&s.PersonID), &s.Subject, &s.CreatedAt, &p.ID, &p.Address); err != nil {
			return err
		}
		if n := len(list); n == 0 || list[n-1].ID != s.ID {
			list = append(list, s)
		}
		last := &list[len(list)-1]
		last.Parties = append(last.Parties, p)
		return nil
	}, args...)
	return list, err
}

// SideParty gives the ticket and the address of a party, for a mail that came to
// the address signed for it; dm.NotFound when there is none.
func (tx *Tx) SideParty(account, side, party int64) (ticket int64, address string, err error) {
	err = tx.row(`SELECT s.ticket_id, p.address FROM side_parties p JOIN side_conversations s ON s.account_id = p.account_id AND s.id = p.side_id
WHERE p.account_id = ? AND p.side_id = ? AND p.id = ?`, account, side, party).Scan(&ticket, &address)
	if isNoRows(err) {
		err = dm.Missing("side conversation")
	}
	return ticket, address, err
}

// LinkSide makes a message that was just stored one of a side conversation;
// party is who wrote it from outside, 0 for an agent.
func (tx *Tx) LinkSide(account, message, side, party int64) error {
	_, err := tx.exec(`INSERT INTO side_messages (account_id, message_id, side_id, party_id) VALUES (?, ?, ?, ?)`, account, message, side, none(party))
	return err
}

// CopySide lets the copy of a message belong to the side conversation that the
// message belongs to, when its ticket is merged.
func (tx *Tx) CopySide(account, message, made int64) error {
	_, err := tx.exec(`INSERT INTO side_messages (account_id, message_id, side_id, party_id)
SELECT account_id, ?, side_id, party_id FROM side_messages WHERE account_id = ? AND message_id = ?`, made, account, message)
	return err
}

// MoveSides gives a ticket's side conversations to the one it is merged into, so
// that answers arrive there.
func (tx *Tx) MoveSides(account, from, into int64) error {
	_, err := tx.exec(`UPDATE side_conversations SET ticket_id = ? WHERE account_id = ? AND ticket_id = ?`, into, account, from)
	return err
}

// messageSides marks which messages that were read belong to side
// conversations.
func (tx *Tx) messageSides(account int64, list []MessageRow) error {
	var ids []int64
	at := map[int64]int{}
	for i := range list {
		if list[i].Kind == dm.Note {
			ids = append(ids, list[i].ID)
			at[list[i].ID] = i
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return tx.query(`SELECT l.message_id, l.side_id, s.subject, l.party_id, p.id, p.address FROM side_messages l
JOIN side_conversations s ON s.account_id = l.account_id AND s.id = l.side_id JOIN side_parties p ON p.account_id = l.account_id AND p.side_id = l.side_id
WHERE l.account_id = ? AND l.message_id IN (`+marks(len(ids))+`) ORDER BY l.message_id, p.id`, func(rows *sql.Rows) error {
		var message, side, writer, party int64
		var subject, address string
		if err := rows.Scan(&message, &side, &subject, opt(&writer), &party, &address); err != nil {
			return err
		}
		m := &list[at[message]]
		if m.Side == nil {
			m.Side = &dm.SideMark{ID: side, Subject: subject}
		}
		switch {
		case writer == party:
			m.Side.From = address
		case writer == 0:
			m.Side.To = append(m.Side.To, address)
		}
		return nil
	}, append([]any{account}, padded(ids)...)...)
}
