package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

const importColumns = `id, person_id, token_id, kind, state, problem, columns, total, done, created, updated, same, faulty, created_at, finished_at`

func scanImport(rows *sql.Rows) (dm.PeopleImport, error) {
	var i dm.PeopleImport
	var columns string
	err := rows.Scan(&i.ID, &i.PersonID, opt(&i.TokenID), &i.Kind, &i.State, &i.Problem, &columns, &i.Total, &i.Done, &i.Created, &i.Updated, &i.Same, &i.Faulty,
		&i.CreatedAt, opt(&i.FinishedAt))
	if err != nil {
		return i, err
	}
	return i, json.Unmarshal([]byte(columns), &i.Columns)
}

// CreatePeopleImport keeps an import that waits, with the text it is made from,
// and gives its id.
func (tx *Tx) CreatePeopleImport(account int64, i *dm.PeopleImport, source string) (int64, error) {
	columns, err := json.Marshal(i.Columns)
	if err != nil {
		return 0, err
	}
	return tx.insert(`INSERT INTO people_imports (account_id, person_id, token_id, kind, state, columns, source, total, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, i.PersonID, none(i.TokenID), i.Kind, dm.ImportWaiting, string(columns), source, i.Total, tx.now)
}

// PeopleImport reads an import; NotFound when there is none.
func (tx *Tx) PeopleImport(account, id int64) (*dm.PeopleImport, error) {
	list, err := tx.imports(`SELECT `+importColumns+` FROM people_imports WHERE account_id = ? AND id = ?`, account, id)
	if err == nil && len(list) == 0 {
		return nil, dm.Missing("import")
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// PeopleImports gives a page of imports before an id, newest first; 0 is the
// first page.
func (tx *Tx) PeopleImports(account, before int64, limit int) ([]dm.PeopleImport, error) {
	if before == 0 {
		before = 1 << 62
	}
	return tx.imports(`SELECT `+importColumns+` FROM people_imports WHERE account_id = ? AND id < ? ORDER BY id DESC LIMIT ?`, account, before, limit)
}

func (tx *Tx) imports(query string, args ...any) ([]dm.PeopleImport, error) {
	list := []dm.PeopleImport{}
	err := tx.query(query, func(rows *sql.Rows) error {
		i, err := scanImport(rows)
		list = append(list, i)
		return err
	}, args...)
	return list, err
}

// ImportSource reads the text that an import is made from; "" when it is at its end.
func (tx *Tx) ImportSource(account, id int64) (source string, err error) {
	err = tx.row(`SELECT source FROM people_imports WHERE account_id = ? AND id = ?`, account, id).Scan(&source)
	if isNoRows(err) {
		return "", dm.Missing("import")
	}
	return source, err
}

// SaveImport keeps how far an import is. At its end the text it was made from is
// dropped.
func (tx *Tx) SaveImport(account int64, i *dm.PeopleImport) error {
	ended, keep := any(nil), 1
	if i.State == dm.ImportDone || i.State == dm.ImportFailed {
		ended, keep = int64(tx.now), 0
	}
	n, err := tx.exec(`UPDATE people_imports SET state = ?, problem = ?, done = ?, created = ?, updated = ?, same = ?, faulty = ?, finished_at = ?,
source = CASE WHEN ? = 1 THEN source ELSE '' END WHERE account_id = ? AND id = ?`,
		i.State, i.Problem, i.Done, i.Created, i.Updated, i.Same, i.Faulty, ended, keep, account, i.ID)
	return one(n, err, "import")
}

// AddImportFaults keeps lines that were left out. One that is kept already stays.
func (tx *Tx) AddImportFaults(account, id int64, list []dm.ImportFault) error {
	for i := range list {
		cells, err := json.Marshal(list[i].Cells)
		if err != nil {
			return err
		}
		problems, err := json.Marshal(list[i].Problems)
		if err != nil {
			return err
		}
		_, err = tx.exec(`INSERT INTO people_import_faults (account_id, import_id, line, cells, problems) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			account, id, list[i].Line, string(cells), string(problems))
		if err != nil {
			return err
		}
	}
	return nil
}

// ImportFaults gives a page of the lines that were left out, after a line.
func (tx *Tx) ImportFaults(account, id, after int64, limit int) ([]dm.ImportFault, error) {
	list := []dm.ImportFault{}
	err := tx.query(`SELECT line, cells, problems FROM people_import_faults WHERE account_id = ? AND import_id = ? AND line > ? ORDER BY line LIMIT ?`, func(rows *sql.Rows) error {
		var f dm.ImportFault
		var cells, problems string
		if err := rows.Scan(&f.Line, &cells, &problems); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(cells), &f.Cells); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(problems), &f.Problems); err != nil {
			return err
		}
		list = append(list, f)
		return nil
	}, account, id, after, limit)
	return list, err
}

// CountWaitingImports counts the imports of an account that were asked for since
// the given moment and are not at their end.
func (tx *Tx) CountWaitingImports(account int64, since dm.Time) (n int, err error) {
	err = tx.row(`SELECT COUNT(*) FROM people_imports WHERE account_id = ? AND created_at > ? AND state IN ('waiting', 'running')`, account, int64(since)).Scan(&n)
	return n, err
}

// DropOldImports removes at most limit imports, with their faulty lines, that
// were asked for before a moment, and gives their number.
func (tx *Tx) DropOldImports(account int64, before dm.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM people_imports WHERE account_id = ? AND id IN (SELECT id FROM people_imports WHERE account_id = ? AND created_at < ? ORDER BY created_at LIMIT ?)`,
		account, account, int64(before), limit)
}

// ImportViewer resolves whom an import is made for, as they are now: its person,
// within the scopes of its token.
func (tx *Tx) ImportViewer(account int64, i *dm.PeopleImport) (*access.Viewer, error) {
	return tx.ExportViewer(account, &dm.Export{PersonID: i.PersonID, TokenID: i.TokenID})
}

// PeopleByAddresses finds whom some addresses belong to, primary and secondary
// ones, by their folded forms. There may be at most a few hundred.
func (tx *Tx) PeopleByAddresses(account int64, folded []string) (map[string]int64, error) {
	found := make(map[string]int64, len(folded))
	if len(folded) == 0 {
		return found, nil
	}
	args := []any{account}
	for i := range paddedLen(len(folded)) {
		args = append(args, folded[min(i, len(folded)-1)])
	}
	err := tx.query(`SELECT folded, person_id FROM addresses WHERE account_id = ? AND folded IN (`+marks(len(folded))+`)`, func(rows *sql.Rows) error {
		var address string
		var person int64
		err := rows.Scan(&address, &person)
		found[address] = person
		return err
	}, args...)
	return found, err
}

// PeopleByID reads several people; ids of none are left out.
func (tx *Tx) PeopleByID(account int64, ids []int64) (map[int64]*dm.Person, error) {
	return tx.people(account, ids)
}
