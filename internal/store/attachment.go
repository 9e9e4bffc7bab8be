package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

const attachmentColumns = `id, uploader_id, ticket_id, message_id, name, content_type, size, digest, blob_key, content_id, created_at`

func scanAttachment(rows *sql.Rows) (dm.Attachment, error) {
	var a dm.Attachment
	err := rows.Scan(&a.ID, opt(&a.UploaderID), opt(&a.TicketID), opt(&a.MessageID), &a.Name, &a.ContentType, &a.Size, &a.Digest, &a.BlobKey, &a.ContentID, &a.CreatedAt)
	return a, err
}

// InsertAttachment stores a file's row; its bytes are in the blob store already.
func (tx *Tx) InsertAttachment(account int64, a *dm.Attachment) error {
	a.CreatedAt = tx.now
	var err error
	a.ID, err = tx.insert(`INSERT INTO attachments (account_id, uploader_id, ticket_id, message_id, name, content_type, size, digest, blob_key, content_id, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, account, none(a.UploaderID), none(a.TicketID), none(a.MessageID), a.Name, a.ContentType, a.Size, a.Digest, a.BlobKey, a.ContentID, int64(tx.now))
	return err
}

// TakeAttachment gives a file to a message. Only a file that the uploader
// uploaded and that no message took yet can be taken; anything else is reported
// as false.
func (tx *Tx) TakeAttachment(account, file, uploader, ticket, message int64) (bool, error) {
	n, err := tx.exec(`UPDATE attachments SET ticket_id = ?, message_id = ? WHERE account_id = ? AND id = ? AND uploader_id = ? AND message_id IS NULL`,
		ticket, message, account, file, uploader)
	return n == 1, err
}

// Attachment finds a file by id if the viewer may have it: their own upload
// that no message took yet, or a file of a message they may read.
func (tx *Tx) Attachment(v *access.Viewer, id int64) (*dm.Attachment, error) {
	missing := dm.Missing("file")
	var found *dm.Attachment
	var kind sql.NullString
	err := tx.query(`SELECT `+attachmentColumns+`, (SELECT m.kind FROM messages m WHERE m.account_id = attachments.account_id AND m.id = attachments.message_id)
FROM attachments WHERE account_id = ? AND id = ?`, func(rows *sql.Rows) error {
		var a dm.Attachment
		found = &a
		return rows.Scan(&a.ID, opt(&a.UploaderID), opt(&a.TicketID), opt(&a.MessageID), &a.Name, &a.ContentType, &a.Size, &a.Digest, &a.BlobKey, &a.ContentID, &a.CreatedAt, &kind)
	}, v.Account(), id)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, missing
	}
	if found.MessageID == 0 {
		active := v.IsAgent() || v.IsRequester()
		if found.UploaderID != v.Person() || v.Person() == 0 || !active {
			return nil, missing
		}
		return found, nil
	}
	f, err := tx.TicketByID(v, found.TicketID)
	if err == dm.ErrTicketNotFound {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	if kind.String != string(dm.Reply) && !f.Decision.Has(access.SeeInternal) {
		return nil, missing
	}
	return found, nil
}

// LooseAttachments lists up to limit files, of any account, that were uploaded
// before the given moment and that neither a message nor a draft nor a
// message that is sent later has.
func (tx *Tx) LooseAttachments(before dm.Time, limit int) ([]dm.Attachment, error) {
	var list []dm.Attachment
	err := tx.query(`SELECT `+attachmentColumns+` FROM attachments WHERE message_id IS NULL AND created_at < ?
 AND NOT EXISTS (SELECT 1 FROM draft_files d WHERE d.account_id = attachments.account_id AND d.attachment_id = attachments.id)
 AND NOT EXISTS (SELECT 1 FROM scheduled_files s WHERE s.account_id = attachments.account_id AND s.attachment_id = attachments.id) ORDER BY created_at LIMIT ?`, func(rows *sql.Rows) error {
		a, err := scanAttachment(rows)
		list = append(list, a)
		return err
	}, int64(before), limit)
	return list, err
}

// DeleteLooseAttachment removes a file's row unless a message took it, or a draft
// or a message that is sent later has it.
func (tx *Tx) DeleteLooseAttachment(id int64) (bool, error) {
	n, err := tx.exec(`DELETE FROM attachments WHERE id = ? AND message_id IS NULL
 AND NOT EXISTS (SELECT 1 FROM draft_files d WHERE d.account_id = attachments.account_id AND d.attachment_id = attachments.id)
 AND NOT EXISTS (SELECT 1 FROM scheduled_files s WHERE s.account_id = attachments.account_id AND s.attachment_id = attachments.id)`, id)
	return n == 1, err
}

// BlobInUse says whether any row, of any account, names a blob.
func (tx *Tx) BlobInUse(key string) (bool, error) {
	var n int
	err := tx.row(`SELECT (SELECT COUNT(*) FROM attachments WHERE blob_key = ?) + (SELECT COUNT(*) FROM raw_mails WHERE blob_key = ?)
 + (SELECT COUNT(*) FROM exports WHERE blob_key = ? AND blob_key <> '')`, key, key, key).Scan(&n)
	return n > 0, err
}
