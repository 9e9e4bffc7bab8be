package store

import (
	"database/sql"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// PartnerMessage says which comment of a link a message is.
type PartnerMessage struct {
	UUID      string
	MessageID int64 // 0: the comment is known, and was not taken
	Theirs    bool
	AuthorID  int64   // of the partner's person
	At        dm.Time // when it was written there, as they say; 0 unknown
}

// InsertPartnerMessage notes that a comment of a link is known.
func (tx *Tx) InsertPartnerMessage(account, link int64, m *PartnerMessage) error {
	origin := "ours"
	if m.Theirs {
		origin = "theirs"
	}
	_, err := tx.exec(`INSERT INTO partner_messages (account_id, link_id, uuid, message_id, origin, author_id, authored_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		account, link, m.UUID, none(m.MessageID), origin, none(m.AuthorID), none(int64(m.At)), int64(tx.now))
	return err
}

// KnownPartnerComments says which of some comments of a link are known.
func (tx *Tx) KnownPartnerComments(account, link int64, uuids []string) (map[string]bool, error) {
	known := map[string]bool{}
	for start := 0; start < len(uuids); start += 500 {
		part := uuids[start:min(start+500, len(uuids))]
		args := []any{account, link}
		for _, u := range part {
			args = append(args, u)
		}
		err := tx.query(`SELECT uuid FROM partner_messages WHERE account_id = ? AND link_id = ? AND uuid IN (`+strings.TrimSuffix(strings.Repeat("?, ", len(part)), ", ")+`)`, func(rows *sql.Rows) error {
			var u string
			err := rows.Scan(&u)
			known[u] = true
			return err
		}, args...)
		if err != nil {
			return nil, err
		}
	}
	return known, nil
}

// CommentIDs gives the id of the protocol that messages of a ticket have already,
// on any link, and of those that came from a partner the link.
func (tx *Tx) CommentIDs(account int64, f *Found) (uuids map[int64]string, from map[int64]int64, authors map[int64]int64, err error) {
	uuids, from, authors = map[int64]string{}, map[int64]int64{}, map[int64]int64{}
	err = tx.query(`SELECT x.message_id, x.uuid, x.origin, x.link_id, x.author_id FROM partner_messages x JOIN messages m ON m.account_id = x.account_id AND m.id = x.message_id
WHERE x.account_id = ? AND m.ticket_id = ? ORDER BY x.message_id, x.link_id`, func(rows *sql.Rows) error {
		var message, link, author int64
		var uuid, origin string
		if err := rows.Scan(&message, &uuid, &origin, &link, opt(&author)); err != nil {
			return err
		}
		if origin == "theirs" || uuids[message] == "" {
			uuids[message] = uuid
		}
		if origin == "theirs" {
			from[message], authors[message] = link, author
		}
		return nil
	}, account, f.Ticket.ID)
	return uuids, from, authors, err
}

// UnsentMessages lists the messages of a ticket, found as a partner sees it, that
// are no comment of the link yet: from an id on, the oldest first. Local notes and
// messages of side conversations are none for partners.
func (tx *Tx) UnsentMessages(account int64, f *Found, link, from int64, marked bool, limit int) ([]MessageRow, error) {
	query := `SELECT ` + messageColumns + `WHERE m.account_id = ? AND m.ticket_id = ? AND m.id >= ? AND m.kind <> 'local_note'
AND NOT EXISTS (SELECT 1 FROM partner_messages x WHERE x.account_id = m.account_id AND x.link_id = ? AND x.message_id = m.id)
AND NOT EXISTS (SELECT 1 FROM side_messages y WHERE y.account_id = m.account_id AND y.message_id = m.id)`
	args := []any{account, f.Ticket.ID, from, link}
	if !f.Decision.Has(access.SeeInternal) {
		query += ` AND m.kind = 'reply'`
	}
	if marked {
		query += ` AND EXISTS (SELECT 1 FROM partner_marks z WHERE z.account_id = m.account_id AND z.message_id = m.id)`
	}
	var list []MessageRow
	err := tx.query(query+` ORDER BY m.id LIMIT ?`, func(rows *sql.Rows) error {
		m, err := scanMessage(rows)
		list = append(list, m)
		return err
	}, append(args, limit)...)
	if err != nil {
		return nil, err
	}
	return list, tx.messageFiles(account, list)
}

// MarkForPartners marks a message of a locked ticket for partners that are sent
// marked messages alone.
func (tx *Tx) MarkForPartners(account, message int64) error {
	_, err := tx.exec(`INSERT INTO partner_marks (account_id, message_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, account, message)
	return err
}

// LastMessageID gives the id of the newest message of a locked ticket.
func (tx *Tx) LastMessageID(account, ticket int64) (id int64, err error) {
	err = tx.row(`SELECT COALESCE(MAX(id), 0) FROM messages WHERE account_id = ? AND ticket_id = ?`, account, ticket).Scan(&id)
	return id, err
}

// InsertPartnerFile notes a file that is to be fetched from a partner.
func (tx *Tx) InsertPartnerFile(account int64, f *dm.PartnerFile) (err error) {
	f.CreatedAt = tx.now
	f.ID, err = tx.insert(`INSERT INTO partner_files (account_id, link_id, message_id, url, name, type, state, error, next_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, f.LinkID, f.MessageID, f.URL, clip(f.Name, 255), clip(f.Type, 200), f.State, clip(f.Error, 500), none(f.NextAt), int64(tx.now))
	return err
}

// PartnerFile reads a file for the job that fetches it; NotFound when it is gone.
func (tx *Tx) PartnerFile(account, id int64) (*dm.PartnerFile, error) {
	list, err := tx.partnerFiles(`WHERE account_id = ? AND id = ?`, account, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("file")
	}
	return &list[0], nil
}

// FilesOnTheWay names the messages of a ticket whose files are still being fetched
// from a partner, and have not failed most times.
func (tx *Tx) FilesOnTheWay(account int64, f *Found, most int) (map[int64]bool, error) {
	waiting := map[int64]bool{}
	ids, err := tx.ids(`SELECT DISTINCT x.message_id FROM partner_links k JOIN partner_files x ON x.account_id = k.account_id AND x.link_id = k.id AND x.state = 'waiting'
WHERE k.account_id = ? AND k.ticket_id = ? AND x.attempts < ?`, account, f.Ticket.ID, most)
	for _, id := range ids {
		waiting[id] = true
	}
	return waiting, err
}

// missingFiles adds to messages of partners the files that are not here, or not yet.
func (tx *Tx) missingFiles(account int64, list []MessageRow, at map[int64]int) error {
	var ids []int64
	for i := range list {
		if list[i].Foreign != nil {
			ids = append(ids, list[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	files, err := tx.partnerFiles(`WHERE account_id = ? AND state <> 'done' AND message_id IN (`+marks(len(ids))+`) ORDER BY id`, append([]any{account}, padded(ids)...)...)
	for i := range files {
		m := &list[at[files[i].MessageID]]
		m.Missing = append(m.Missing, files[i])
	}
	return err
}

func (tx *Tx) partnerFiles(where string, args ...any) ([]dm.PartnerFile, error) {
	var list []dm.PartnerFile
	err := tx.query(`SELECT `+partnerFileColumns+where, func(rows *sql.Rows) error {
		var f dm.PartnerFile
		err := rows.Scan(&f.ID, &f.LinkID, &f.MessageID, &f.URL, &f.Name, &f.Type, &f.State, &f.Attempts, &f.Error, opt(&f.AttachmentID), opt(&f.NextAt), &f.CreatedAt)
		list = append(list, f)
		return err
	}, args...)
	return list, err
}

const partnerFileColumns = `id, link_id, message_id, url, name, type, state, attempts, error, attachment_id, next_at, created_at FROM partner_files `

// SavePartnerFile keeps what came of a try.
func (tx *Tx) SavePartnerFile(account int64, f *dm.PartnerFile) error {
	n, err := tx.exec(`UPDATE partner_files SET state = ?, attempts = ?, error = ?, attachment_id = ?, next_at = ? WHERE account_id = ? AND id = ?`,
		f.State, f.Attempts, clip(f.Error, 500), none(f.AttachmentID), none(f.NextAt), account, f.ID)
	return one(n, err, "file")
}
