package store

import (
	"cmp"
	"database/sql"
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// PeopleQuery asks for one page of people. Those whose name begins with
// Page.Query come first, by name; then those one of whose addresses does, by
// address. Erased people are never listed.
type PeopleQuery struct {
	Kind   dm.PersonKind // "" both
	Active *bool         // nil both

	// Only those with the role, in the group, the department, the company; 0 all.
	Role, Group, Department, Company int64
	Page
}

// narrowed is the rest of a WHERE that keeps those the query asks for, of the
// table or alias p.
func (q *PeopleQuery) narrowed(p string) (where string, args []any) {
	for _, by := range []struct {
		id        int64
		condition string
	}{
		{q.Role, ` AND EXISTS (SELECT 1 FROM person_roles x WHERE x.account_id = ` + p + `.account_id AND x.person_id = ` + p + `.id AND x.role_id = ?)`},
		{q.Group, ` AND EXISTS (SELECT 1 FROM group_members x WHERE x.account_id = ` + p + `.account_id AND x.person_id = ` + p + `.id AND x.group_id = ?)`},
		{q.Department, ` AND ` + p + `.department_id = ?`},
		{q.Company, ` AND ` + p + `.company_id = ?`},
	} {
		if by.id != 0 {
			where += by.condition
			args = append(args, by.id)
		}
	}
	return where, args
}

// The parts of a list of people.
const (
	partName    = ""
	partAddress = "a"
)

func (q *PeopleQuery) kinds() []dm.PersonKind {
	if q.Kind != "" {
		return []dm.PersonKind{q.Kind}
	}
	return []dm.PersonKind{dm.Agent, dm.Requester}
}

func (q *PeopleQuery) states() []int64 {
	if q.Active != nil {
		return []int64{bit(*q.Active)}
	}
	return []int64{1, 0}
}

// People gives one page of people and the cursor of the next one, "" at the end.
func (tx *Tx) People(account int64, q PeopleQuery) (list []dm.Person, next string, err error) {
	after, err := readMark(q.Cursor)
	if err != nil {
		return nil, "", err
	}
	prefix, err := q.prefix()
	if err != nil {
		return nil, "", err
	}
	want := q.size() + 1
	var found []nameMark
	if after.Part == partName {
		if found, err = tx.peopleByName(account, &q, prefix, after, want); err != nil {
			return nil, "", err
		}
		after = nameMark{}
	}
	if len(found) < want && q.Query != "" {
		more, err := tx.peopleByAddress(account, &q, prefix, after.Key, want-len(found))
		if err != nil {
			return nil, "", err
		}
		found = append(found, more...)
	}
	if len(found) == want {
		found = found[:want-1]
		next = found[len(found)-1].cursor()
	}
	ids := make([]int64, len(found))
	for i, m := range found {
		ids[i] = m.ID
	}
	byID, err := tx.people(account, ids)
	if err != nil {
		return nil, "", err
	}
	list = make([]dm.Person, 0, len(ids))
	for _, id := range ids {
		if p := byID[id]; p != nil {
			list = append(list, *p)
		}
	}
	return list, next, nil
}

// peopleByName walks the name index once for each kind and state, so that no
// row is read only to be sorted or thrown away.
func (tx *Tx) peopleByName(account int64, q *PeopleQuery, prefix string, after nameMark, want int) ([]nameMark, error) {
	name := "name_folded"
	from, to := prefixRange(prefix)
	where, only := q.narrowed("people")
	var found []nameMark
	for _, kind := range q.kinds() {
		for _, active := range q.states() {
			err := tx.query(`SELECT name_folded, id FROM people WHERE account_id = ? AND kind = ? AND active = ? AND erased = 0
AND `+name+` >= ? AND `+name+` < ? AND (`+name+`, id) > (?, ?)`+where+` ORDER BY `+name+`, id LIMIT ?`, func(rows *sql.Rows) error {
				m := nameMark{Part: partName}
				if err := rows.Scan(&m.Key, &m.ID); err != nil {
					return err
				}
				found = append(found, m)
				return nil
			}, slices.Concat([]any{account, kind, active, from, to, after.Key, after.ID}, only, []any{want})...)
			if err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(found, func(a, b nameMark) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID)) })
	return found[:min(want, len(found))], nil
}

// peopleByAddress finds those by an address whom the name did not find. Who has
// several fitting addresses stands at the first of them.
func (tx *Tx) peopleByAddress(account int64, q *PeopleQuery, prefix, after string, want int) ([]nameMark, error) {
	kinds, states := q.kinds(), q.states()
	address, earlier, name := "a.folded", "b.folded", "p.name_folded"
	from, to := prefixRange(prefix)
	where, only := q.narrowed("p")
	var found []nameMark
	err := tx.query(`SELECT a.folded, a.person_id FROM addresses a JOIN people p ON p.account_id = a.account_id AND p.id = a.person_id
WHERE a.account_id = ? AND `+address+` >= ? AND `+address+` < ? AND `+address+` > ?
AND p.kind IN (?, ?) AND p.active IN (?, ?) AND NOT (`+name+` >= ? AND `+name+` < ?)
AND NOT EXISTS (SELECT 1 FROM addresses b WHERE b.account_id = a.account_id AND b.person_id = a.person_id AND `+earlier+` >= ? AND `+earlier+` < `+address+`)`+where+`
ORDER BY `+address+` LIMIT ?`, func(rows *sql.Rows) error {
		m := nameMark{Part: partAddress}
		if err := rows.Scan(&m.Key, &m.ID); err != nil {
			return err
		}
		found = append(found, m)
		return nil
	}, slices.Concat([]any{account, from, to, after, kinds[0], kinds[len(kinds)-1], states[0], states[len(states)-1], from, to, from}, only, []any{want})...)
	return found, err
}
