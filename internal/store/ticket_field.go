package store

import (
	"database/sql"
	"encoding/json"
	"fmt"

	dm "github.com/deskmesh/deskmesh"
)

const fieldNameTaken = "Another active field already has this name."

const fieldColumns = `id, name, kind, options, required, active, position`

// textList scans a stored JSON list of texts.
type textList struct{ to *[]string }

func (l textList) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("cannot read %T as a list", v)
	}
	return json.Unmarshal([]byte(text), l.to)
}

func textOf(list []string) (string, error) {
	if list == nil {
		list = []string{}
	}
	raw, err := json.Marshal(list)
	return string(raw), err
}

func fieldDest(f *dm.TicketField) []any {
	return []any{&f.ID, &f.Name, &f.Kind, textList{&f.Options}, flag{&f.Required}, flag{&f.Active}, &f.Position}
}

// CreateTicketField keeps a new, active field and gives its id; Conflict when
// an active field has the name.
func (tx *Tx) CreateTicketField(account int64, f *dm.TicketField) (int64, error) {
	options, err := textOf(f.Options)
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(`INSERT INTO ticket_fields (account_id, name, name_folded, kind, options, required, position, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		account, f.Name, Fold(f.Name), f.Kind, options, bit(f.Required), f.Position, tx.now)
	if err != nil {
		return 0, duplicate(err, "name", fieldNameTaken)
	}
	return id, tx.bumpAccess(account)
}

// SaveTicketField saves everything of a field but its kind, which values on
// tickets depend on.
func (tx *Tx) SaveTicketField(account int64, f *dm.TicketField) error {
	options, err := textOf(f.Options)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE ticket_fields SET name = ?, name_folded = ?, options = ?, required = ?, active = ?, position = ? WHERE account_id = ? AND id = ?`,
		f.Name, Fold(f.Name), options, bit(f.Required), bit(f.Active), f.Position, account, f.ID)
	if err := one(n, duplicate(err, "name", fieldNameTaken), "field"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// TicketField reads a field, active or not; NotFound when there is none.
func (tx *Tx) TicketField(account, id int64) (*dm.TicketField, error) {
	f := &dm.TicketField{}
	err := tx.row(`SELECT `+fieldColumns+` FROM ticket_fields WHERE account_id = ? AND id = ?`, account, id).Scan(fieldDest(f)...)
	if isNoRows(err) {
		return nil, dm.Missing("field")
	}
	return f, err
}

// TicketFields lists the account's fields, active or not, by their position.
func (tx *Tx) TicketFields(account int64) ([]dm.TicketField, error) {
	list := []dm.TicketField{}
	err := tx.query(`SELECT `+fieldColumns+` FROM ticket_fields WHERE account_id = ? ORDER BY position, id`, func(rows *sql.Rows) error {
		var f dm.TicketField
		if err := rows.Scan(fieldDest(&f)...); err != nil {
			return err
		}
		list = append(list, f)
		return nil
	}, account)
	return list, err
}
