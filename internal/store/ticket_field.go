package store

import (
	"database/sql"
	"encoding/json"
	"fmt"

	dm "github.com/deskmesh/deskmesh"
)

const fieldNameTaken = "Another active field already has this name."

const fieldColumns = `id, name, kind, options, required, active, position, portal, types`

// textList scans a stored JSON list of texts.
type textList struct{ to *[]string }

func (l textList) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("cannot read %T as a list", v)
	}
	return json.Unmarshal([]byte(text), l.to)
}

// typeList scans a stored JSON list of ticket types.
type typeList struct{ to *[]dm.TicketType }

func (l typeList) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("cannot read %T as a list", v)
	}
	return json.Unmarshal([]byte(text), l.to)
}

func textOf[T ~string](list []T) (string, error) {
	if list == nil {
		list = []T{}
	}
	raw, err := json.Marshal(list)
	return string(raw), err
}

func fieldDest(f *dm.TicketField) []any {
	return []any{&f.ID, &f.Name, &f.Kind, textList{&f.Options}, flag{&f.Required}, flag{&f.Active}, &f.Position, &f.Portal, typeList{&f.Types}}
}

// CreateTicketField keeps a new, active field and gives its id; Conflict when
// an active field has the name.
func (tx *Tx) CreateTicketField(account int64, f *dm.TicketField) (int64, error) {
	options, types, err := fieldLists(f)
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(`INSERT INTO ticket_fields (account_id, name, name_folded, kind, options, required, position, portal, types, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, f.Name, Fold(f.Name), f.Kind, options, bit(f.Required), f.Position, portalUse(f), types, tx.now)
	if err != nil {
		return 0, duplicate(err, "name", fieldNameTaken)
	}
	return id, tx.bumpAccess(account)
}

// fieldLists writes a field's lists as they are stored.
func fieldLists(f *dm.TicketField) (options, types string, err error) {
	if options, err = textOf(f.Options); err != nil {
		return "", "", err
	}
	types, err = textOf(f.Types)
	return options, types, err
}

// portalUse is what requesters may do with a field; nothing where that was not said.
func portalUse(f *dm.TicketField) dm.FieldUse {
	if f.Portal == "" {
		return dm.FieldHidden
	}
	return f.Portal
}

// SaveTicketField saves everything of a field but its kind, which values on
// tickets depend on.
func (tx *Tx) SaveTicketField(account int64, f *dm.TicketField) error {
	options, types, err := fieldLists(f)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE ticket_fields SET name = ?, name_folded = ?, options = ?, required = ?, active = ?, position = ?, portal = ?, types = ? WHERE account_id = ? AND id = ?`,
		f.Name, Fold(f.Name), options, bit(f.Required), bit(f.Active), f.Position, portalUse(f), types, account, f.ID)
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
