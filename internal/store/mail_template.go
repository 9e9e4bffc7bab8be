package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

const mailTemplateColumns = `id, brand_id, kind, language, subject, opening, closing, version, updated_at`

func (tx *Tx) mailTemplates(where string, args ...any) (list []dm.MailTemplate, err error) {
	err = tx.query(`SELECT `+mailTemplateColumns+` FROM mail_templates WHERE `+where, func(rows *sql.Rows) error {
		var m dm.MailTemplate
		err := rows.Scan(&m.ID, opt(&m.BrandID), &m.Kind, &m.Language, &m.Subject, &m.Opening, &m.Closing, &m.Version, &m.UpdatedAt)
		list = append(list, m)
		return err
	}, args...)
	return list, err
}

// MailTemplates reads the templates for every brand and, with brand given, those
// of that brand.
func (tx *Tx) MailTemplates(account, brand int64) ([]dm.MailTemplate, error) {
	return tx.mailTemplates(`account_id = ? AND (brand_id IS NULL OR brand_id = ?) ORDER BY id`, account, brand)
}

// MailTemplatesFor reads the templates that a mail of one kind in one language
// may have its words from: for every brand first, then those of the brand.
func (tx *Tx) MailTemplatesFor(account, brand int64, kind dm.MailKind, language string) ([]dm.MailTemplate, error) {
	return tx.mailTemplates(`account_id = ? AND (brand_id IS NULL OR brand_id = ?) AND kind IN (?, ?) AND language = ? ORDER BY coalesce(brand_id, 0)`,
		account, brand, string(kind), string(dm.MailSignature), language)
}

// MailTemplate reads the template of a brand, or with brand 0 the one for every
// brand; nil when there is none.
func (tx *Tx) MailTemplate(account, brand int64, kind dm.MailKind, language string) (*dm.MailTemplate, error) {
	list, err := tx.mailTemplates(`account_id = ? AND coalesce(brand_id, 0) = ? AND kind = ? AND language = ?`, account, brand, string(kind), language)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// SaveMailTemplate keeps a template: a new one with ID 0, else the texts of the
// one with that id, whose version rises. NotFound for a brand that the account
// does not have. Whoever calls it holds the account's lock.
func (tx *Tx) SaveMailTemplate(account int64, m *dm.MailTemplate) error {
	if m.ID != 0 {
		n, err := tx.exec(`UPDATE mail_templates SET subject = ?, opening = ?, closing = ?, version = version + 1, updated_at = ? WHERE account_id = ? AND id = ?`,
			m.Subject, m.Opening, m.Closing, int64(tx.now), account, m.ID)
		return one(n, err, "mail template")
	}
	var err error
	m.ID, err = tx.insert(`INSERT INTO mail_templates (account_id, brand_id, kind, language, subject, opening, closing, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, none(m.BrandID), string(m.Kind), m.Language, m.Subject, m.Opening, m.Closing, int64(tx.now), int64(tx.now))
	if isForeignKey(err) {
		return dm.Missing("brand").Because(err)
	}
	return err
}

// DeleteMailTemplate removes a template.
func (tx *Tx) DeleteMailTemplate(account, id int64) error {
	n, err := tx.exec(`DELETE FROM mail_templates WHERE account_id = ? AND id = ?`, account, id)
	return one(n, err, "mail template")
}
