package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

// CreateMacro keeps a new macro, as the last one, and gives its id; NotFound for
// an owner or a group the account does not have.
func (tx *Tx) CreateMacro(account int64, m *dm.Macro) (int64, error) {
	actions, err := json.Marshal(m.Actions)
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(`INSERT INTO macros (account_id, owner_id, scope, group_id, name, name_folded, description, actions, enabled, position, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(position), 0) + 1 FROM macros WHERE account_id = ?), ?, ?)`,
		account, m.OwnerID, string(m.Scope), none(m.GroupID), m.Name, foldedName(m.Name), m.Description, string(actions), bit(m.Enabled), account, int64(tx.now), int64(tx.now))
	if isForeignKey(err) {
		return 0, dm.Missing("person or group").Because(err)
	}
	return id, err
}

// SaveMacro saves what can change in a macro but its position; NotFound as
// CreateMacro, or when there is none.
func (tx *Tx) SaveMacro(account int64, m *dm.Macro) error {
	actions, err := json.Marshal(m.Actions)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE macros SET scope = ?, group_id = ?, name = ?, name_folded = ?, description = ?, actions = ?, enabled = ?, updated_at = ? WHERE account_id = ? AND id = ?`,
		string(m.Scope), none(m.GroupID), m.Name, foldedName(m.Name), m.Description, string(actions), bit(m.Enabled), int64(tx.now), account, m.ID)
	if isForeignKey(err) {
		return dm.Missing("group").Because(err)
	}
	return one(n, err, "macro")
}

// PlaceMacro gives a macro its position.
func (tx *Tx) PlaceMacro(account, id int64, position int) error {
	n, err := tx.exec(`UPDATE macros SET position = ? WHERE account_id = ? AND id = ?`, position, account, id)
	return one(n, err, "macro")
}

// DeleteMacro removes a macro.
func (tx *Tx) DeleteMacro(account, id int64) error {
	n, err := tx.exec(`DELETE FROM macros WHERE account_id = ? AND id = ?`, account, id)
	return one(n, err, "macro")
}

// Macro reads a macro, whoever may use it; NotFound when there is none.
func (tx *Tx) Macro(account, id int64) (*dm.Macro, error) {
	list, err := tx.Macros(account, []int64{id})
	if err == nil && len(list) == 0 {
		return nil, dm.Missing("macro")
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// Macros reads the macros with the given ids, in their order.
func (tx *Tx) Macros(account int64, ids []int64) (list []dm.Macro, err error) {
	err = tx.query(`SELECT id, owner_id, scope, group_id, name, description, actions, enabled, position, created_at, updated_at FROM macros WHERE account_id = ? AND id IN (`+
		marks(len(ids))+`) ORDER BY position, id`,
		func(rows *sql.Rows) error {
			var m dm.Macro
			var actions string
			err := rows.Scan(&m.ID, &m.OwnerID, &m.Scope, opt(&m.GroupID), &m.Name, &m.Description, &actions, flag{&m.Enabled}, &m.Position, &m.CreatedAt, &m.UpdatedAt)
			if err == nil {
				err = json.Unmarshal([]byte(actions), &m.Actions)
			}
			list = append(list, m)
			return err
		}, append([]any{account}, padded(ids)...)...)
	return list, err
}

// MacroName is a macro as a list is put together of them.
type MacroName struct {
	ID      int64
	Folded  string
	Enabled bool
}

// MacroNames gives the macros that somebody can use, in their order: their own,
// those for everyone, and those of the groups given, or of all groups.
func (tx *Tx) MacroNames(account, person int64, groups []int64, everyGroup bool) (list []MacroName, err error) {
	err = tx.query(`SELECT id, name_folded, enabled FROM macros WHERE account_id = ? AND ((scope = 'private' AND owner_id = ?) OR scope = 'everyone'
 OR (scope = 'group' AND (? = 1 OR group_id IN (`+marks(len(groups))+`)))) ORDER BY position, id`, func(rows *sql.Rows) error {
		var m MacroName
		err := rows.Scan(&m.ID, &m.Folded, flag{&m.Enabled})
		list = append(list, m)
		return err
	}, append([]any{account, person, bit(everyGroup)}, padded(groups)...)...)
	return list, err
}

// CountMacros counts the macros of the account that are not private, and the
// private ones of one owner.
func (tx *Tx) CountMacros(account, owner int64) (shared, private int, err error) {
	err = tx.row(`SELECT COUNT(CASE WHEN scope <> 'private' THEN 1 END), COUNT(CASE WHEN scope = 'private' AND owner_id = ? THEN 1 END) FROM macros WHERE account_id = ?`,
		owner, account).Scan(&shared, &private)
	return shared, private, err
}
