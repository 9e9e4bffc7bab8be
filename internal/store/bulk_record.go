package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// bulkText is how the row of a bulk keeps what is to be done, and to what.
type bulkText struct {
	Work   dm.BulkWork     `json:"work"`
	List   *dm.BulkList    `json:"list,omitempty"`
	Shares *dm.ShareFilter `json:"shares,omitempty"`
}

// maxBulkWork bounds the text of what is to be done, in bytes.
const maxBulkWork = 4_000_000

const bulkColumns = `id, person_id, token_id, action, state, work, total, done, failed, created_at, finished_at, undone_by`

// CreateBulk keeps what is to be done and sets the id. Its items are added by
// AddBulkItems. TooLarge where there is more to do than can be kept.
func (tx *Tx) CreateBulk(account int64, b *dm.Bulk) error {
	work, err := json.Marshal(bulkText{b.Work, b.List, b.Shares})
	if err != nil {
		return err
	}
	if len(work) > maxBulkWork {
		return dm.Errorf(dm.TooLarge, "This is too much for one bulk change. Leave something out.")
	}
	b.CreatedAt = tx.now
	b.ID, err = tx.insert(`INSERT INTO bulks (account_id, person_id, token_id, action, state, work, total, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		account, b.PersonID, none(b.TokenID), string(b.Action), string(b.State), string(work), b.Total, int64(tx.now))
	return err
}

// Bulk reads a bulk; NotFound when there is none.
func (tx *Tx) Bulk(account, id int64) (*dm.Bulk, error) { return tx.findBulk(account, id, "") }

// LockBulk is Bulk for a transaction that goes on with it: nobody else does so
// until it ends.
func (tx *Tx) LockBulk(account, id int64) (*dm.Bulk, error) {
	return tx.findBulk(account, id, tx.db.dialect.forUpdate)
}

func (tx *Tx) findBulk(account, id int64, lock string) (*dm.Bulk, error) {
	var found *dm.Bulk
	err := tx.query(`SELECT `+bulkColumns+` FROM bulks WHERE account_id = ? AND id = ?`+lock, func(rows *sql.Rows) error {
		var b dm.Bulk
		var text string
		err := rows.Scan(&b.ID, &b.PersonID, opt(&b.TokenID), &b.Action, &b.State, &text, &b.Total, &b.Done, &b.Failed, &b.CreatedAt, opt(&b.FinishedAt), opt(&b.UndoneBy))
		if err != nil {
			return err
		}
		var t bulkText
		if err := json.Unmarshal([]byte(text), &t); err != nil {
			return err
		}
		b.Work, b.List, b.Shares = t.Work, t.List, t.Shares
		found = &b
		return nil
	}, account, id)
	if err == nil && found == nil {
		return nil, dm.Missing("bulk")
	}
	return found, err
}

// SaveBulk stores how far a locked bulk has come. Its maker's streams hear of
// it.
func (tx *Tx) SaveBulk(account int64, b *dm.Bulk) error {
	if b.State.Ended() && b.FinishedAt == 0 {
		b.FinishedAt = tx.now
	}
	_, err := tx.exec(`UPDATE bulks SET state = ?, total = ?, done = ?, failed = ?, finished_at = ?, undone_by = ? WHERE account_id = ? AND id = ?`,
		string(b.State), b.Total, b.Done, b.Failed, none(b.FinishedAt), none(b.UndoneBy), account, b.ID)
	tx.poke(Poke{Kind: PokeBulk, Account: account, Person: b.PersonID, Bulk: b.ID})
	return err
}

// CountBulks counts a person's bulks that have not ended.
func (tx *Tx) CountBulks(account, person int64) (n int, err error) {
	err = tx.row(`SELECT COUNT(*) FROM bulks WHERE account_id = ? AND person_id = ? AND finished_at IS NULL`, account, person).Scan(&n)
	return n, err
}

// DeleteOldBulks removes up to limit bulks that ended before the given moment.
func (tx *Tx) DeleteOldBulks(account int64, before dm.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM bulks WHERE id IN (SELECT id FROM bulks WHERE account_id = ? AND created_at < ? AND finished_at IS NOT NULL ORDER BY created_at LIMIT ?)`,
		account, int64(before), limit)
}

// BulkViewer resolves whom a bulk is done for, as they are now, within the
// scopes of its token; a viewer that sees nothing where that is over.
func (tx *Tx) BulkViewer(account int64, b *dm.Bulk) (*access.Viewer, error) {
	return tx.ExportViewer(account, &dm.Export{PersonID: b.PersonID, TokenID: b.TokenID})
}

// Try runs f and takes back what it wrote, and that alone, when it fails.
func (tx *Tx) Try(f func() error) error {
	if err := tx.later(`SAVEPOINT part`); err != nil {
		return err
	}
	after, pokes := len(tx.after), len(tx.pokes)
	failed := f()
	if failed != nil {
		tx.after, tx.pokes = tx.after[:after], tx.pokes[:pokes]
		if _, err := tx.exec(`ROLLBACK TO SAVEPOINT part`); err != nil {
			return err
		}
	}
	if err := tx.later(`RELEASE SAVEPOINT part`); err != nil {
		return err
	}
	return failed
}

// FactsBefore gives the facts of a ticket that was locked in this transaction,
// as they were before anything changed; nil for any other.
func (tx *Tx) FactsBefore(ticket int64) *access.Facts { return tx.before[ticket] }
