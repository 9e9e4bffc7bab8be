package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

const exportColumns = `id, person_id, token_id, state, view, list_state, filter, query, sort, columns, bom, row_count, cut_off, problem, blob_key, created_at, finished_at`

func scanExport(rows *sql.Rows) (dm.Export, error) {
	var e dm.Export
	var filter, columns string
	err := rows.Scan(&e.ID, &e.PersonID, opt(&e.TokenID), &e.State, &e.View, &e.ListState, &filter, &e.Query, &e.Sort, &columns, flag{&e.BOM}, &e.Rows, flag{&e.CutOff},
		&e.Problem, &e.BlobKey, &e.CreatedAt, opt(&e.FinishedAt))
	if err != nil {
		return e, err
	}
	if e.Filter, err = readFilter(filter); err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(columns), &e.Columns)
}

// CreateExport keeps what is to be exported and gives its id.
func (tx *Tx) CreateExport(account int64, e *dm.Export) (int64, error) {
	filter, err := filterText(e.Filter)
	if err != nil {
		return 0, err
	}
	columns, err := json.Marshal(e.Columns)
	if err != nil {
		return 0, err
	}
	return tx.insert(`INSERT INTO exports (account_id, person_id, token_id, view, list_state, filter, query, sort, columns, bom, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, e.PersonID, none(e.TokenID), e.View, e.ListState, filter, e.Query, e.Sort, string(columns), bit(e.BOM), tx.now)
}

// FinishExport notes how an export ended, once: false when it is not waiting
// any more, or gone.
func (tx *Tx) FinishExport(account int64, e *dm.Export) (bool, error) {
	n, err := tx.exec(`UPDATE exports SET state = ?, row_count = ?, cut_off = ?, problem = ?, blob_key = ?, finished_at = ? WHERE account_id = ? AND id = ? AND state = 'waiting'`,
		string(e.State), e.Rows, bit(e.CutOff), e.Problem, e.BlobKey, tx.now, account, e.ID)
	return n == 1, err
}

// Export reads an export; NotFound when there is none.
func (tx *Tx) Export(account, id int64) (*dm.Export, error) {
	var found *dm.Export
	err := tx.query(`SELECT `+exportColumns+` FROM exports WHERE account_id = ? AND id = ?`, func(rows *sql.Rows) error {
		e, err := scanExport(rows)
		found = &e
		return err
	}, account, id)
	if err == nil && found == nil {
		return nil, dm.Missing("export")
	}
	return found, err
}

// Exports gives a page of a person's exports before an id, newest first; 0 is
// the first page. With a token given, only those that the token asked for.
func (tx *Tx) Exports(account, person, token, before int64, limit int) ([]dm.Export, error) {
	list := []dm.Export{}
	args := []any{account, person}
	query := `SELECT ` + exportColumns + ` FROM exports WHERE account_id = ? AND person_id = ?`
	if token != 0 {
		query += ` AND token_id = ?`
		args = append(args, token)
	}
	if before != 0 {
		query += ` AND id < ?`
		args = append(args, before)
	}
	err := tx.query(query+` ORDER BY id DESC LIMIT ?`, func(rows *sql.Rows) error {
		e, err := scanExport(rows)
		list = append(list, e)
		return err
	}, append(args, limit)...)
	return list, err
}

// CountExports counts a person's exports, and those that were asked for since
// the given moment and still wait.
func (tx *Tx) CountExports(account, person int64, since dm.Time) (all, waiting int, err error) {
	err = tx.row(`SELECT COUNT(*), COUNT(CASE WHEN state = 'waiting' AND created_at > ? THEN 1 END) FROM exports WHERE account_id = ? AND person_id = ?`,
		int64(since), account, person).Scan(&all, &waiting)
	return all, waiting, err
}

// DeleteExport removes an export's row and gives the key of its file, which may
// be "".
func (tx *Tx) DeleteExport(account, id int64) (blobKey string, err error) {
	err = tx.row(`DELETE FROM exports WHERE account_id = ? AND id = ? RETURNING blob_key`, account, id).Scan(&blobKey)
	if isNoRows(err) {
		return "", dm.Missing("export")
	}
	return blobKey, err
}

// OldExports gives the ids of up to limit exports of the account that are older
// than the given moment.
func (tx *Tx) OldExports(account int64, before dm.Time, limit int) ([]int64, error) {
	return tx.ids(`SELECT id FROM exports WHERE account_id = ? AND created_at < ? ORDER BY created_at LIMIT ?`, account, int64(before), limit)
}

// ExportOwners gives the people of the account who have exports.
func (tx *Tx) ExportOwners(account int64) ([]int64, error) {
	return tx.ids(`SELECT DISTINCT person_id FROM exports WHERE account_id = ?`, account)
}

// ExportViewer resolves whom an export is written and read for, as they are
// now: its person, within the scopes of its token. Where the person is not
// active, or the token does not work any more, that is a viewer that sees
// nothing.
func (tx *Tx) ExportViewer(account int64, e *dm.Export) (*access.Viewer, error) {
	v, err := tx.Viewer(account, e.PersonID)
	if err != nil || e.TokenID == 0 {
		return v, err
	}
	t, err := tx.APIToken(account, e.TokenID)
	if err != nil {
		return nil, err
	}
	if t.PersonID != e.PersonID || t.RevokedAt != 0 || (t.ExpiresAt != 0 && t.ExpiresAt <= tx.now) {
		return access.NewViewer(access.Profile{Account: account, Person: e.PersonID}), nil
	}
	return v.WithToken(t.ID, t.Name, t.Scopes), nil
}

// StillOpen gives those of the tickets that the scope admits now.
func (tx *Tx) StillOpen(scope access.Scope, ids []int64) (map[int64]bool, error) {
	open := make(map[int64]bool, len(ids))
	if !scope.Admits() || len(ids) == 0 {
		return open, nil
	}
	var t sqlText
	t.add(`SELECT b.id FROM tickets b WHERE b.account_id = ? AND `, scope.Account())
	t.in(`b.id`, ids)
	t.add(` AND `)
	t.oneTicket(scope, tx.now)
	found, err := tx.ids(t.String(), t.args...)
	for _, id := range found {
		open[id] = true
	}
	return open, err
}

// ListFields fills in the values of own fields in the rows of a page.
func (tx *Tx) ListFields(account int64, list []TicketRow, fields []int64) error {
	if len(list) == 0 || len(fields) == 0 {
		return nil
	}
	ids := make([]int64, len(list))
	at := make(map[int64]int, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, i
	}
	var t sqlText
	t.add(`SELECT f.ticket_id, f.field_id, f.value FROM ticket_field_values f WHERE f.account_id = ? AND `, account)
	t.in(`f.ticket_id`, ids)
	t.add(` AND `)
	t.in(`f.field_id + 0`, fields)
	return tx.query(t.String(), func(rows *sql.Rows) error {
		var id int64
		var v dm.FieldValue
		if err := rows.Scan(&id, &v.FieldID, &v.Value); err != nil {
			return err
		}
		list[at[id]].Fields = append(list[at[id]].Fields, v)
		return nil
	}, t.args...)
}
