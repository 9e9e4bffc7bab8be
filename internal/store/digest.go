package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// DigestLine is a notice that waits to be sent together with others. Args are
// those of the job that would send it by itself.
type DigestLine struct {
	ID       int64
	PersonID int64
	EventID  int64
	Args     string
	DueAt    dm.Time
}

// InsertDigestLines keeps lines until they are due.
func (tx *Tx) InsertDigestLines(account int64, lines []DigestLine) error {
	return inRows(len(lines), func(from, to int) error {
		var values []any
		for _, l := range lines[from:to] {
			values = append(values, account, l.PersonID, l.EventID, l.Args, int64(l.DueAt))
		}
		return tx.later(`INSERT INTO digest_lines (account_id, person_id, event_id, args, due_at) VALUES `+rowMarks(to-from, 5), values...)
	})
}

// DigestLines gives up to limit lines of a person that are due, oldest first.
func (tx *Tx) DigestLines(account, person int64, limit int) ([]DigestLine, error) {
	var list []DigestLine
	err := tx.query(`SELECT id, event_id, args, due_at FROM digest_lines WHERE account_id = ? AND person_id = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?`, func(rows *sql.Rows) error {
		l := DigestLine{PersonID: person}
		err := rows.Scan(&l.ID, &l.EventID, &l.Args, &l.DueAt)
		list = append(list, l)
		return err
	}, account, person, int64(tx.now), limit)
	return list, err
}

// DeleteDigestLines forgets lines that were sent.
func (tx *Tx) DeleteDigestLines(account int64, ids []int64) error {
	_, err := tx.exec(`DELETE FROM digest_lines WHERE account_id = ? AND id IN (`+marks(len(ids))+`)`, append([]any{account}, padded(ids)...)...)
	return err
}

// OverdueDigests lists up to limit people with lines that were due before the
// given moment.
func (tx *Tx) OverdueDigests(account int64, before dm.Time, limit int) ([]int64, error) {
	return tx.ids(`SELECT DISTINCT person_id FROM digest_lines WHERE account_id = ? AND due_at < ? ORDER BY person_id LIMIT ?`, account, int64(before), limit)
}

// DeleteOldDigestLines forgets up to limit lines that were due before the given
// moment and never sent.
func (tx *Tx) DeleteOldDigestLines(account int64, before dm.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM digest_lines WHERE id IN (SELECT id FROM digest_lines WHERE account_id = ? AND due_at < ? ORDER BY due_at LIMIT ?)`, account, int64(before), limit)
}
