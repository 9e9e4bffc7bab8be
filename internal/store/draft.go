package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

const draftColumns = `id, person_id, ticket_id, kind, text, html, form, updated_at`

func scanDraft(rows *sql.Rows) (dm.Draft, error) {
	var d dm.Draft
	var form string
	err := rows.Scan(&d.ID, &d.PersonID, opt(&d.TicketID), &d.Kind, &d.Text, &d.HTML, &form, &d.UpdatedAt)
	if err != nil || form == "" {
		return d, err
	}
	return d, json.Unmarshal([]byte(form), &d.Form)
}

// Draft gives the viewer's draft of a kind on a ticket that they found; kind ""
// is the one saved last. nil when there is none.
func (tx *Tx) Draft(v *access.Viewer, f *Found, kind dm.MessageKind) (*dm.Draft, error) {
	query, args := ``, []any{f.Ticket.ID}
	if kind != "" {
		query, args = ` AND kind = ?`, append(args, string(kind))
	}
	return tx.draft(v, `ticket_id = ?`+query, args...)
}

// NewTicketDraft gives the viewer's draft of a ticket that is not filed yet; nil
// when there is none.
func (tx *Tx) NewTicketDraft(v *access.Viewer) (*dm.Draft, error) {
	return tx.draft(v, `ticket_id IS NULL`)
}

func (tx *Tx) draft(v *access.Viewer, condition string, args ...any) (*dm.Draft, error) {
	var found *dm.Draft
	err := tx.query(`SELECT `+draftColumns+` FROM drafts WHERE account_id = ? AND person_id = ? AND `+condition+` ORDER BY updated_at DESC, id DESC LIMIT 1`,
		func(rows *sql.Rows) error {
			d, err := scanDraft(rows)
			found = &d
			return err
		}, append([]any{v.Account(), v.Person()}, args...)...)
	if err != nil || found == nil {
		return nil, err
	}
	found.Files, err = tx.draftFiles(v, found.ID)
	return found, err
}

// draftFiles are the files of a draft of the viewer's, without those that a
// message took meanwhile.
func (tx *Tx) draftFiles(v *access.Viewer, draft int64) ([]dm.Attachment, error) {
	var list []dm.Attachment
	err := tx.query(`SELECT a.id, a.name, a.content_type, a.size, a.content_id, a.created_at FROM draft_files d
JOIN attachments a ON a.account_id = d.account_id AND a.id = d.attachment_id
WHERE d.account_id = ? AND d.draft_id = ? AND a.uploader_id = ? AND a.message_id IS NULL ORDER BY d.position`, func(rows *sql.Rows) error {
		var a dm.Attachment
		err := rows.Scan(&a.ID, &a.Name, &a.ContentType, &a.Size, &a.ContentID, &a.CreatedAt)
		list = append(list, a)
		return err
	}, v.Account(), draft, v.Person())
	return list, err
}

// LooseFiles says which of the files the viewer uploaded and no message took.
func (tx *Tx) LooseFiles(v *access.Viewer, ids []int64) (map[int64]bool, error) {
	found := map[int64]bool{}
	if len(ids) == 0 {
		return found, nil
	}
	list, err := tx.ids(`SELECT id FROM attachments WHERE account_id = ? AND uploader_id = ? AND message_id IS NULL AND id IN (`+marks(len(ids))+`)`,
		append([]any{v.Account(), v.Person()}, padded(ids)...)...)
	for _, id := range list {
		found[id] = true
	}
	return found, err
}

// PutDraft saves a draft, in place of the one of the same person, ticket and
// kind, and sets its id and time. The ticket, and the files, were found for that
// person. A file that is gone by now is Invalid.
func (tx *Tx) PutDraft(account int64, d *dm.Draft) error {
	form := ""
	if d.TicketID == 0 {
		raw, err := json.Marshal(d.Form)
		if err != nil {
			return err
		}
		form = string(raw)
	}
	d.UpdatedAt = tx.now
	same := `(account_id, person_id, ticket_id, kind) WHERE ticket_id IS NOT NULL`
	if d.TicketID == 0 {
		same = `(account_id, person_id) WHERE ticket_id IS NULL`
	}
	var err error
	d.ID, err = tx.insert(`INSERT INTO drafts (account_id, person_id, ticket_id, kind, text, html, form, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT `+same+` DO UPDATE SET kind = excluded.kind, text = excluded.text, html = excluded.html, form = excluded.form, updated_at = excluded.updated_at`,
		account, d.PersonID, none(d.TicketID), string(d.Kind), d.Text, d.HTML, form, int64(tx.now))
	if err != nil {
		return err
	}
	if _, err := tx.exec(`DELETE FROM draft_files WHERE account_id = ? AND draft_id = ?`, account, d.ID); err != nil {
		return err
	}
	for i := range d.Files {
		_, err := tx.exec(`INSERT INTO draft_files (account_id, draft_id, attachment_id, position) VALUES (?, ?, ?, ?)`, account, d.ID, d.Files[i].ID, i)
		if isForeignKey(err) {
			return dm.BadField("attachments", "One of the files is gone.").Because(err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// DeleteDraft forgets a person's draft of a kind on a ticket; kind "" is all of
// them there, and ticket 0 that of a ticket that is not filed yet.
func (tx *Tx) DeleteDraft(account, person, ticket int64, kind dm.MessageKind) error {
	query, args := `ticket_id IS NULL`, []any{account, person}
	if ticket != 0 {
		query, args = `ticket_id = ?`, append(args, ticket)
	}
	if kind != "" {
		query, args = query+` AND kind = ?`, append(args, string(kind))
	}
	return tx.later(`DELETE FROM drafts WHERE account_id = ? AND person_id = ? AND `+query, args...)
}

// CountDrafts counts a person's drafts on tickets.
func (tx *Tx) CountDrafts(v *access.Viewer) (n int, err error) {
	err = tx.row(`SELECT COUNT(*) FROM drafts WHERE account_id = ? AND person_id = ? AND ticket_id IS NOT NULL`, v.Account(), v.Person()).Scan(&n)
	return n, err
}

// DraftRow is a draft in a list, with its ticket's name to people.
type DraftRow struct {
	Kind      dm.MessageKind
	Number    int64
	Subject   string
	UpdatedAt dm.Time
}

// Drafts lists the viewer's drafts on tickets that they can open now, the one
// saved last first.
func (tx *Tx) Drafts(v *access.Viewer, limit int) (list []DraftRow, err error) {
	t := draftsOf(v, limit, tx.now)
	err = tx.query(t.String(), func(rows *sql.Rows) error {
		var r DraftRow
		err := rows.Scan(&r.Kind, &r.Number, &r.Subject, &r.UpdatedAt)
		list = append(list, r)
		return err
	}, t.args...)
	return list, err
}

// draftsOf starts from the person's drafts and looks at the ticket of each.
func draftsOf(v *access.Viewer, limit int, now dm.Time) *sqlText {
	t := &sqlText{}
	t.add(`SELECT d.kind, b.number, b.subject, d.updated_at FROM drafts d JOIN tickets b ON b.account_id = d.account_id AND b.id = d.ticket_id
WHERE d.account_id = ? AND d.person_id = ? AND `, v.Account(), v.Person())
	t.oneTicket(v.Scope(access.See, access.Open), now)
	t.add(` ORDER BY d.updated_at DESC, d.id DESC LIMIT ?`, limit)
	return t
}

// DeleteOldDrafts removes up to limit drafts that were last saved before the
// given moment.
func (tx *Tx) DeleteOldDrafts(account int64, before dm.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM drafts WHERE id IN (SELECT id FROM drafts WHERE account_id = ? AND updated_at < ? LIMIT ?)`, account, int64(before), limit)
}
