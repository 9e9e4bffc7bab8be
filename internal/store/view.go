package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

const viewColumns = `id, owner_id, audience, group_id, name, base, state, filter, columns, sort, position, created_at, updated_at`

// scanView reads an own view. A filter that this program cannot read, as after
// going back to an older one, is a problem of the view and not an error.
func scanView(rows *sql.Rows) (dm.OwnView, error) {
	var v dm.OwnView
	var filter, columns string
	err := rows.Scan(&v.ID, &v.OwnerID, &v.Audience, opt(&v.GroupID), &v.Name, &v.Base, &v.State, &filter, &columns, &v.Sort, &v.Position, &v.CreatedAt, &v.UpdatedAt)
	if err != nil {
		return v, err
	}
	if v.Filter, err = readFilter(filter); err != nil {
		v.Problem = "The filter cannot be read."
	}
	return v, json.Unmarshal([]byte(columns), &v.Columns)
}

// filterText writes a filter as it is stored; "" is none.
func filterText(c dm.Condition) (string, error) {
	if c.Empty() {
		return "", nil
	}
	raw, err := json.Marshal(c)
	return string(raw), err
}

func readFilter(text string) (dm.Condition, error) {
	if text == "" {
		return dm.Condition{}, nil
	}
	return dm.ParseCondition([]byte(text))
}

// viewValues are the values of what can change in a view, in the order of
// CreateView and SaveView.
func viewValues(v *dm.OwnView) ([]any, error) {
	filter, err := filterText(v.Filter)
	if err != nil {
		return nil, err
	}
	columns, err := json.Marshal(v.Columns)
	if err != nil {
		return nil, err
	}
	return []any{v.OwnerID, string(v.Audience), none(v.GroupID), v.Name, Fold(v.Name), v.Base, v.State, filter, string(columns), v.Sort, v.Position}, nil
}

// CreateView keeps a new own view and gives its id; NotFound for an owner or a
// group the account does not have.
func (tx *Tx) CreateView(account int64, v *dm.OwnView) (int64, error) {
	values, err := viewValues(v)
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(`INSERT INTO views (owner_id, audience, group_id, name, name_folded, base, state, filter, columns, sort, position, account_id, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(values, account, tx.now, tx.now)...)
	if isForeignKey(err) {
		return 0, dm.Missing("person or group").Because(err)
	}
	return id, err
}

// SaveView saves an own view; NotFound as CreateView, or when there is none.
func (tx *Tx) SaveView(account int64, v *dm.OwnView) error {
	values, err := viewValues(v)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE views SET owner_id = ?, audience = ?, group_id = ?, name = ?, name_folded = ?, base = ?, state = ?, filter = ?, columns = ?, sort = ?, position = ?,
updated_at = ? WHERE account_id = ? AND id = ?`, append(values, tx.now, account, v.ID)...)
	if isForeignKey(err) {
		return dm.Missing("person or group").Because(err)
	}
	return one(n, err, "view")
}

// DeleteView removes an own view.
func (tx *Tx) DeleteView(account, id int64) error {
	n, err := tx.exec(`DELETE FROM views WHERE account_id = ? AND id = ?`, account, id)
	return one(n, err, "view")
}

// OwnView reads an own view, whoever has it; NotFound when there is none.
func (tx *Tx) OwnView(account, id int64) (*dm.OwnView, error) {
	list, err := tx.viewsWhere(`id = ?`, account, id)
	if err == nil && len(list) == 0 {
		return nil, dm.Missing("view")
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// OwnViews gives the own views that a person has: their own, those of the
// groups given, and those for everyone.
func (tx *Tx) OwnViews(account, person int64, groups []int64) ([]dm.OwnView, error) {
	return tx.viewsWhere(`(owner_id = ? OR audience = 'everyone' OR (audience = 'group' AND group_id IN (`+marks(len(groups))+`)))`,
		account, append([]any{person}, padded(groups)...)...)
}

// AllViews gives every own view of the account.
func (tx *Tx) AllViews(account int64) ([]dm.OwnView, error) { return tx.viewsWhere(`1 = 1`, account) }

func (tx *Tx) viewsWhere(condition string, account int64, args ...any) ([]dm.OwnView, error) {
	list := []dm.OwnView{}
	err := tx.query(`SELECT `+viewColumns+` FROM views WHERE account_id = ? AND `+condition+` ORDER BY position, name_folded, id`, func(rows *sql.Rows) error {
		v, err := scanView(rows)
		list = append(list, v)
		return err
	}, append([]any{account}, args...)...)
	return list, err
}

// CountViews counts the own views of the account, and those with one owner.
func (tx *Tx) CountViews(account, owner int64) (all, owned int, err error) {
	err = tx.row(`SELECT COUNT(*), COUNT(CASE WHEN owner_id = ? THEN 1 END) FROM views WHERE account_id = ?`, owner, account).Scan(&all, &owned)
	return all, owned, err
}

// InactiveViews gives the keys of the system views that are deactivated.
func (tx *Tx) InactiveViews(account int64) (map[string]bool, error) {
	keys := map[string]bool{}
	err := tx.query(`SELECT view FROM inactive_views WHERE account_id = ?`, func(rows *sql.Rows) error {
		var key string
		err := rows.Scan(&key)
		keys[key] = true
		return err
	}, account)
	return keys, err
}

// SetViewActive activates or deactivates a system view.
func (tx *Tx) SetViewActive(account int64, key string, active bool) error {
	if active {
		_, err := tx.exec(`DELETE FROM inactive_views WHERE account_id = ? AND view = ?`, account, key)
		return err
	}
	_, err := tx.exec(`INSERT INTO inactive_views (account_id, view, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, account, key, tx.now)
	return err
}

// ViewOrder gives the keys of views in the order that a person has given them;
// none when they never have.
func (tx *Tx) ViewOrder(account, person int64) (keys []string, err error) {
	var text string
	err = tx.row(`SELECT views FROM view_orders WHERE account_id = ? AND person_id = ?`, account, person).Scan(&text)
	if isNoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return keys, json.Unmarshal([]byte(text), &keys)
}

// SetViewOrder keeps the order of a person's views; none forgets it.
func (tx *Tx) SetViewOrder(account, person int64, keys []string) error {
	if len(keys) == 0 {
		_, err := tx.exec(`DELETE FROM view_orders WHERE account_id = ? AND person_id = ?`, account, person)
		return err
	}
	text, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	_, err = tx.exec(`INSERT INTO view_orders (account_id, person_id, views) VALUES (?, ?, ?)
ON CONFLICT (account_id, person_id) DO UPDATE SET views = excluded.views`, account, person, string(text))
	return err
}
