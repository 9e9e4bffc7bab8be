package store

import (
	"database/sql"
	"encoding/json"
)

// JobArgs gives the arguments of those of an account's jobs that are still
// there, by id, to whoever knows the kinds. They hold ids, never content.
func (tx *Tx) JobArgs(account int64, ids []int64) (map[int64]json.RawMessage, error) {
	found := make(map[int64]json.RawMessage, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	err := tx.query(`SELECT id, args FROM jobs WHERE account_id = ? AND id IN (`+marks(len(ids))+`)`, func(rows *sql.Rows) error {
		var id int64
		var args string
		if err := rows.Scan(&id, &args); err != nil {
			return err
		}
		found[id] = json.RawMessage(args)
		return nil
	}, append([]any{account}, padded(ids)...)...)
	return found, err
}
