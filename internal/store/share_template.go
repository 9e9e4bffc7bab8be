package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

const shareTemplateColumns = `id, name, level, see_internal, reply_public, forward, can_reshare, expiry_hours, reason, note, created_at, updated_at`

const shareTemplateNameTaken = "Another share template already has this name."

// ShareTemplates lists the account's share templates by name.
func (tx *Tx) ShareTemplates(account int64) ([]dm.ShareTemplate, error) {
	return tx.shareTemplates(account, `ORDER BY name_folded, id`)
}

// ShareTemplate reads one share template; NotFound when there is none.
func (tx *Tx) ShareTemplate(account, id int64) (*dm.ShareTemplate, error) {
	list, err := tx.shareTemplates(account, `AND id = ?`, id)
	if err == nil && len(list) == 0 {
		return nil, dm.Missing("share template")
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func (tx *Tx) shareTemplates(account int64, rest string, args ...any) ([]dm.ShareTemplate, error) {
	list := []dm.ShareTemplate{}
	err := tx.query(`SELECT `+shareTemplateColumns+` FROM share_templates WHERE account_id = ? `+rest, func(rows *sql.Rows) error {
		var t dm.ShareTemplate
		var flags [4]sql.NullInt64
		err := rows.Scan(&t.ID, &t.Name, &t.Level, &flags[0], &flags[1], &flags[2], &flags[3], &t.ExpiryHours, &t.Reason, &t.Note, &t.CreatedAt, &t.UpdatedAt)
		for i, to := range templateFlags(&t) {
			if flags[i].Valid {
				*to = new(bool)
				**to = flags[i].Int64 == 1
			}
		}
		list = append(list, t)
		return err
	}, append([]any{account}, args...)...)
	if err != nil || len(list) == 0 {
		return list, err
	}
	return list, tx.templateTargets(account, list)
}

func templateFlags(t *dm.ShareTemplate) [4]**bool {
	return [4]**bool{&t.SeeInternal, &t.ReplyPublic, &t.Forward, &t.CanReshare}
}

func (tx *Tx) templateTargets(account int64, list []dm.ShareTemplate) error {
	at := make(map[int64]*dm.ShareTemplate, len(list))
	ids := make([]int64, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	return tx.query(`SELECT template_id, target_kind, coalesce(person_id, group_id, partner_id) FROM share_template_targets WHERE account_id = ? AND template_id IN (`+marks(len(ids))+`)
ORDER BY template_id, position`, func(rows *sql.Rows) error {
		var template int64
		var target dm.Target
		if err := rows.Scan(&template, &target.Kind, &target.ID); err != nil {
			return err
		}
		at[template].Targets = append(at[template].Targets, target)
		return nil
	}, append([]any{account}, padded(ids)...)...)
}

// CountShareTemplates counts the account's share templates.
func (tx *Tx) CountShareTemplates(account int64) (n int, err error) {
	err = tx.row(`SELECT COUNT(*) FROM share_templates WHERE account_id = ?`, account).Scan(&n)
	return n, err
}

// CreateShareTemplate keeps a new share template and gives its id; Conflict when
// the name is taken.
func (tx *Tx) CreateShareTemplate(account int64, t *dm.ShareTemplate) (int64, error) {
	var err error
	t.ID, err = tx.insert(`INSERT INTO share_templates (account_id, name, name_folded, level, see_internal, reply_public, forward, can_reshare, expiry_hours, reason, note, created_at,
updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(append([]any{account}, templateColumns(t)...), int64(tx.now), int64(tx.now))...)
	if err != nil {
		return 0, duplicate(err, "name", shareTemplateNameTaken)
	}
	return t.ID, tx.setTemplateTargets(account, t)
}

// SaveShareTemplate saves a share template; Conflict when the name is taken,
// NotFound when there is none.
func (tx *Tx) SaveShareTemplate(account int64, t *dm.ShareTemplate) error {
	n, err := tx.exec(`UPDATE share_templates SET name = ?, name_folded = ?, level = ?, see_internal = ?, reply_public = ?, forward = ?, can_reshare = ?, expiry_hours = ?, reason = ?,
note = ?, updated_at = ? WHERE account_id = ? AND id = ?`, append(templateColumns(t), int64(tx.now), account, t.ID)...)
	if err := one(n, duplicate(err, "name", shareTemplateNameTaken), "share template"); err != nil {
		return err
	}
	return tx.setTemplateTargets(account, t)
}

func templateColumns(t *dm.ShareTemplate) []any {
	columns := []any{t.Name, Fold(t.Name), string(t.Level)}
	for _, f := range templateFlags(t) {
		if *f == nil {
			columns = append(columns, nil)
		} else {
			columns = append(columns, bit(**f))
		}
	}
	return append(columns, t.ExpiryHours, t.Reason, t.Note)
}

func (tx *Tx) setTemplateTargets(account int64, t *dm.ShareTemplate) error {
	if _, err := tx.exec(`DELETE FROM share_template_targets WHERE account_id = ? AND template_id = ?`, account, t.ID); err != nil {
		return err
	}
	for i, target := range t.Targets {
		column := `person_id`
		switch target.Kind {
		case dm.TargetGroup:
			column = `group_id`
		case dm.TargetPartner:
			column = `partner_id`
		}
		_, err := tx.exec(`INSERT INTO share_template_targets (account_id, template_id, position, target_kind, `+column+`) VALUES (?, ?, ?, ?, ?)`,
			account, t.ID, i+1, string(target.Kind), target.ID)
		if isForeignKey(err) || isCheck(err) {
			return dm.Missing("person, group or partner").Because(err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// DeleteShareTemplate removes a share template.
func (tx *Tx) DeleteShareTemplate(account, id int64) error {
	n, err := tx.exec(`DELETE FROM share_templates WHERE account_id = ? AND id = ?`, account, id)
	return one(n, err, "share template")
}
