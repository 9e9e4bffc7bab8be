package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// OpenTicketsOf counts the open tickets that are assigned to each of some people,
// for finding who has the fewest. It counts all of them, whoever asks.
func (tx *Tx) OpenTicketsOf(account int64, people []int64) (map[int64]int, error) {
	open := map[int64]int{}
	if len(people) == 0 {
		return open, nil
	}
	err := tx.query(`SELECT assignee_id, COUNT(*) FROM tickets WHERE account_id = ? AND list_state = ? AND assignee_id IN (`+marks(len(people))+`) GROUP BY assignee_id`,
		func(rows *sql.Rows) error {
			var person int64
			var n int
			err := rows.Scan(&person, &n)
			open[person] = n
			return err
		}, append([]any{account, int64(dm.ListOpen)}, padded(people)...)...)
	return open, err
}

// LastTurn gives the member of a group whom a ticket went to last in turn; 0 for
// nobody yet. With lock nobody else takes a turn before the transaction ends.
func (tx *Tx) LastTurn(account, group int64, lock bool) (int64, error) {
	if lock {
		if _, err := tx.exec(`INSERT INTO rule_turns (account_id, group_id, person_id) VALUES (?, ?, NULL) ON CONFLICT (account_id, group_id) DO UPDATE SET person_id = rule_turns.person_id`,
			account, group); err != nil {
			return 0, err
		}
	}
	last, err := tx.number(`SELECT COALESCE(person_id, 0) FROM rule_turns WHERE account_id = ? AND group_id = ?`, account, group)
	if isNoRows(err) {
		return 0, nil
	}
	return last, err
}

// SetTurn notes whom a ticket went to in turn.
func (tx *Tx) SetTurn(account, group, person int64) error {
	return tx.later(`UPDATE rule_turns SET person_id = ? WHERE account_id = ? AND group_id = ?`, person, account, group)
}

// AccountManagerOf gives the account manager of a person's company; 0 for none.
func (tx *Tx) AccountManagerOf(account, person int64) (int64, error) {
	id, err := tx.number(`SELECT COALESCE(c.manager_id, 0) FROM people p JOIN companies c ON c.account_id = p.account_id AND c.id = p.company_id
WHERE p.account_id = ? AND p.id = ? AND c.deleted_at IS NULL`, account, person)
	if isNoRows(err) {
		return 0, nil
	}
	return id, err
}
