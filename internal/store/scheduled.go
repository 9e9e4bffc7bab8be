package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

const scheduledColumns = `r.id, r.ticket_id, r.person_id, r.token_id, r.kind, r.text, r.html, r.mentions, r.set_status, r.set_status_id, r.send_at, r.time_zone, r.hold, r.undo, r.after,
r.state, r.reason, r.message_id, r.created_at, r.updated_at, r.ended_at`

func scheduledDest(r *dm.ScheduledReply, mentions *string) []any {
	return []any{&r.ID, &r.TicketID, &r.PersonID, opt(&r.TokenID), &r.Kind, &r.Text, &r.HTML, mentions, &r.Status, &r.StatusID, &r.SendAt, &r.TimeZone,
		flag{&r.Hold}, flag{&r.Undo}, &r.After, &r.State, &r.Reason, opt(&r.MessageID), &r.CreatedAt, &r.UpdatedAt, opt(&r.EndedAt)}
}

// ScheduledRow is a message that is sent later, as a list shows it.
type ScheduledRow struct {
	dm.ScheduledReply
	Number  int64
	Subject string
	Author  dm.PersonRef
}

// scheduledRows reads what a condition finds of messages on tickets that the
// scope lets open. Where somebody may not see what is internal, only what they
// wrote themselves is theirs to see.
func (tx *Tx) scheduledRows(v *access.Viewer, order string, limit int, condition string, args ...any) ([]ScheduledRow, error) {
	t := &sqlText{}
	t.add(`SELECT `+scheduledColumns+`, b.number, b.subject, p.name, p.address, p.kind, p.active FROM scheduled_replies r
JOIN tickets b ON b.account_id = r.account_id AND b.id = r.ticket_id JOIN people p ON p.account_id = r.account_id AND p.id = r.person_id
WHERE r.account_id = ? AND `, v.Account())
	t.add(condition, args...)
	t.add(` AND `)
	t.oneTicket(v.Scope(access.See, access.Open), tx.now)
	t.add(` AND (r.person_id = ? OR `, v.Person())
	t.oneTicket(v.Scope(access.SeeInternal, access.Open), tx.now)
	t.add(`) ORDER BY `+order+` LIMIT ?`, limit)
	var list []ScheduledRow
	err := tx.query(t.String(), func(rows *sql.Rows) error {
		var r ScheduledRow
		var mentions string
		if err := rows.Scan(append(scheduledDest(&r.ScheduledReply, &mentions), &r.Number, &r.Subject, &r.Author.Name, &r.Author.Address, &r.Author.Kind, flag{&r.Author.Active})...); err != nil {
			return err
		}
		r.Author.ID = r.PersonID
		list = append(list, r)
		return json.Unmarshal([]byte(mentions), &list[len(list)-1].Mentions)
	}, t.args...)
	if err != nil {
		return nil, err
	}
	return list, tx.scheduledFiles(v, list)
}

// scheduledFiles fills in the files of messages that the viewer was let see.
func (tx *Tx) scheduledFiles(v *access.Viewer, list []ScheduledRow) error {
	if len(list) == 0 {
		return nil
	}
	ids, at := make([]int64, len(list)), map[int64]int{}
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, i
	}
	return tx.query(`SELECT d.scheduled_id, a.id, a.name, a.content_type, a.size, a.content_id, a.created_at FROM scheduled_files d
JOIN attachments a ON a.account_id = d.account_id AND a.id = d.attachment_id
WHERE d.account_id = ? AND d.scheduled_id IN (`+marks(len(ids))+`) ORDER BY d.scheduled_id, d.position`, func(rows *sql.Rows) error {
		var a dm.Attachment
		var of int64
		if err := rows.Scan(&of, &a.ID, &a.Name, &a.ContentType, &a.Size, &a.ContentID, &a.CreatedAt); err != nil {
			return err
		}
		r := &list[at[of]]
		r.Files = append(r.Files, a)
		return nil
	}, append([]any{v.Account()}, padded(ids)...)...)
}

// ScheduledReply gives one message that is sent later: to its author and to
// agents who see what is internal, as long as they can open its ticket.
func (tx *Tx) ScheduledReply(v *access.Viewer, id int64) (*ScheduledRow, error) {
	list, err := tx.scheduledRows(v, `r.id`, 1, `r.id = ?`, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("scheduled reply")
	}
	return &list[0], nil
}

// ScheduledOn lists what waits, is held or failed on a ticket that was found,
// the next one first.
func (tx *Tx) ScheduledOn(v *access.Viewer, f *Found, limit int) ([]ScheduledRow, error) {
	return tx.scheduledRows(v, `r.send_at, r.id`, limit, `r.ticket_id = ? AND r.ended_at IS NULL`, f.Ticket.ID)
}

// OwnScheduled lists the viewer's own that wait, are held or failed, the next
// one first, after the given moment and id.
func (tx *Tx) OwnScheduled(v *access.Viewer, at dm.Time, after int64, limit int) ([]ScheduledRow, error) {
	return tx.scheduledRows(v, `r.send_at, r.id`, limit, `r.person_id = ? AND r.ended_at IS NULL AND (r.send_at > ? OR r.send_at = ? AND r.id > ?)`,
		v.Person(), int64(at), int64(at), after)
}

// CountScheduled counts what waits of the viewer's own, and on one ticket.
func (tx *Tx) CountScheduled(v *access.Viewer, f *Found) (own, here int, err error) {
	err = tx.row(`SELECT (SELECT COUNT(*) FROM scheduled_replies WHERE account_id = ? AND person_id = ? AND ended_at IS NULL),
(SELECT COUNT(*) FROM scheduled_replies WHERE account_id = ? AND ticket_id = ? AND ended_at IS NULL)`, v.Account(), v.Person(), v.Account(), f.Ticket.ID).Scan(&own, &here)
	return own, here, err
}

// InsertScheduled keeps a message that is sent later, with its files, and sets
// its id and times. The ticket was found, and the files, for its author.
func (tx *Tx) InsertScheduled(account int64, r *dm.ScheduledReply) error {
	mentions, err := mentionText(r)
	if err != nil {
		return err
	}
	r.State, r.CreatedAt, r.UpdatedAt = dm.ScheduledWaiting, tx.now, tx.now
	r.ID, err = tx.insert(`INSERT INTO scheduled_replies (account_id, ticket_id, person_id, token_id, kind, text, html, mentions, set_status, set_status_id, send_at, time_zone, hold, undo, after, reviewed, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT access_version FROM accounts WHERE id = ?), ?, ?)`,
		account, r.TicketID, r.PersonID, none(r.TokenID), string(r.Kind), r.Text, r.HTML, mentions, string(r.Status), r.StatusID, int64(r.SendAt), r.TimeZone,
		bit(r.Hold), bit(r.Undo), r.After, account, int64(tx.now), int64(tx.now))
	if err != nil {
		return err
	}
	return tx.putScheduledFiles(account, r)
}

func mentionText(r *dm.ScheduledReply) (string, error) {
	if len(r.Mentions) == 0 {
		return "[]", nil
	}
	raw, err := json.Marshal(r.Mentions)
	return string(raw), err
}

func (tx *Tx) putScheduledFiles(account int64, r *dm.ScheduledReply) error {
	for i := range r.Files {
		_, err := tx.exec(`INSERT INTO scheduled_files (account_id, scheduled_id, attachment_id, position) VALUES (?, ?, ?, ?)`, account, r.ID, r.Files[i].ID, i)
		if isForeignKey(err) {
			return dm.BadField("attachments", "One of the files is gone.").Because(err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// LockScheduled gives one for the job that sends it, for its author's change or
// for another change of its ticket, and holds it until the transaction ends. It
// comes without its files.
func (tx *Tx) LockScheduled(account, id int64) (*dm.ScheduledReply, error) {
	var found *dm.ScheduledReply
	err := tx.query(`SELECT `+scheduledColumns+` FROM scheduled_replies r WHERE r.account_id = ? AND r.id = ?`+tx.db.dialect.forUpdate, func(rows *sql.Rows) error {
		found = &dm.ScheduledReply{}
		var mentions string
		if err := rows.Scan(scheduledDest(found, &mentions)...); err != nil {
			return err
		}
		return json.Unmarshal([]byte(mentions), &found.Mentions)
	}, account, id)
	if err == nil && found == nil {
		err = dm.Missing("scheduled reply")
	}
	return found, err
}

// ScheduledTicket gives the ticket of a message that is sent later; 0 when it is
// gone.
func (tx *Tx) ScheduledTicket(account, id int64) (int64, error) {
	ticket, err := tx.number(`SELECT ticket_id FROM scheduled_replies WHERE account_id = ? AND id = ?`, account, id)
	if isNoRows(err) {
		return 0, nil
	}
	return ticket, err
}

// ScheduledFileIDs lists the files of one that is locked.
func (tx *Tx) ScheduledFileIDs(account int64, r *dm.ScheduledReply) ([]int64, error) {
	return tx.ids(`SELECT attachment_id FROM scheduled_files WHERE account_id = ? AND scheduled_id = ? ORDER BY position`, account, r.ID)
}

// SaveScheduled stores what its author changed of one that is locked, its files
// among it.
func (tx *Tx) SaveScheduled(account int64, r *dm.ScheduledReply) error {
	mentions, err := mentionText(r)
	if err != nil {
		return err
	}
	r.UpdatedAt = tx.now
	_, err = tx.exec(`UPDATE scheduled_replies SET text = ?, html = ?, mentions = ?, set_status = ?, set_status_id = ?, send_at = ?, time_zone = ?, hold = ?, undo = ?, after = ?, state = ?, reason = ?, updated_at = ?
WHERE account_id = ? AND id = ? AND ended_at IS NULL`, r.Text, r.HTML, mentions, string(r.Status), r.StatusID, int64(r.SendAt), r.TimeZone, bit(r.Hold), bit(r.Undo), r.After,
		string(r.State), string(r.Reason), int64(tx.now), account, r.ID)
	if err != nil {
		return err
	}
	if _, err := tx.exec(`DELETE FROM scheduled_files WHERE account_id = ? AND scheduled_id = ?`, account, r.ID); err != nil {
		return err
	}
	return tx.putScheduledFiles(account, r)
}

// MarkScheduled stores where one that is locked stands now. Of what was sent or
// removed the text goes: the one is a message, the other nobody's any more.
func (tx *Tx) MarkScheduled(account int64, r *dm.ScheduledReply) error {
	if r.State == dm.ScheduledSent || r.State == dm.ScheduledRemoved {
		r.Text, r.HTML = "", ""
		if err := tx.later(`DELETE FROM scheduled_files WHERE account_id = ? AND scheduled_id = ?`, account, r.ID); err != nil {
			return err
		}
	}
	r.UpdatedAt = tx.now
	if r.State.Ended() {
		r.EndedAt = tx.now
	}
	return tx.later(`UPDATE scheduled_replies SET text = ?, html = ?, send_at = ?, hold = ?, state = ?, reason = ?, message_id = ?, updated_at = ?, ended_at = ? WHERE account_id = ? AND id = ? AND ended_at IS NULL`,
		r.Text, r.HTML, int64(r.SendAt), bit(r.Hold), string(r.State), string(r.Reason), none(r.MessageID), int64(tx.now), none(r.EndedAt), account, r.ID)
}

// PendingOn lists the ids and authors of what is not sent yet on a ticket that
// is locked.
func (tx *Tx) PendingOn(f *Found) (list []dm.ScheduledReply, err error) {
	err = tx.query(`SELECT id, person_id, token_id, state, undo FROM scheduled_replies WHERE account_id = ? AND ticket_id = ? AND ended_at IS NULL ORDER BY send_at, id`, func(rows *sql.Rows) error {
		var r dm.ScheduledReply
		err := rows.Scan(&r.ID, &r.PersonID, opt(&r.TokenID), &r.State, flag{&r.Undo})
		list = append(list, r)
		return err
	}, f.Facts.Account, f.Ticket.ID)
	return list, err
}

// UnreviewedScheduled lists up to limit that are not sent yet and were last
// looked at before the access version of their account rose to the given one.
func (tx *Tx) UnreviewedScheduled(account, version int64, limit int) ([]int64, error) {
	return tx.ids(`SELECT id FROM scheduled_replies WHERE account_id = ? AND reviewed < ? AND ended_at IS NULL ORDER BY reviewed, id LIMIT ?`, account, version, limit)
}

// ReviewedScheduled notes that the author could see the ticket at an access
// version.
func (tx *Tx) ReviewedScheduled(account, id, version int64) error {
	_, err := tx.exec(`UPDATE scheduled_replies SET reviewed = ? WHERE account_id = ? AND id = ?`, version, account, id)
	return err
}

// CustomerAnswered says whether somebody who is no agent, or the requester, has
// written in public after a message.
func (tx *Tx) CustomerAnswered(f *Found, after int64) (bool, error) {
	var n int
	err := tx.row(`SELECT COUNT(*) FROM (SELECT 1 FROM messages m JOIN people p ON p.account_id = m.account_id AND p.id = m.author_id
WHERE m.account_id = ? AND m.ticket_id = ? AND m.id > ? AND m.kind = 'reply' AND (p.kind = 'requester' OR p.id = ?) LIMIT 1) x`,
		f.Facts.Account, f.Ticket.ID, after, f.Ticket.RequesterID).Scan(&n)
	return n > 0, err
}

// LastMessage gives the id of a found ticket's newest message; 0 for none.
func (tx *Tx) LastMessage(f *Found) (id int64, err error) {
	err = tx.row(`SELECT COALESCE(MAX(id), 0) FROM messages WHERE account_id = ? AND ticket_id = ?`, f.Facts.Account, f.Ticket.ID).Scan(&id)
	return id, err
}

// DeleteOldScheduled removes up to limit records of what was sent, cancelled or
// removed before the given moment.
func (tx *Tx) DeleteOldScheduled(account int64, before dm.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM scheduled_replies WHERE id IN (SELECT id FROM scheduled_replies WHERE account_id = ? AND ended_at < ? LIMIT ?)`, account, int64(before), limit)
}
