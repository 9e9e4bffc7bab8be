package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// AddDelivery makes the delivery of one event to one webhook, due at once. One
// that is there already stays as it is, and added is false. Of a test, which is
// about no event, it keeps how it ended.
func (tx *Tx) AddDelivery(account int64, d *dm.Delivery) (added bool, err error) {
	d.CreatedAt = tx.now
	err = tx.row(`INSERT INTO webhook_deliveries (account_id, webhook_id, event_id, kind, state, next_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, event_id, webhook_id) WHERE event_id IS NOT NULL DO NOTHING RETURNING id`,
		account, d.WebhookID, none(d.EventID), d.Kind, d.State, none(d.NextAt), int64(tx.now)).Scan(&d.ID)
	if isNoRows(err) {
		return false, nil
	}
	return err == nil, err
}

const deliveryColumns = `id, webhook_id, event_id, kind, state, attempts, status, millis, error, size, digest, next_at, tried_at, created_at`

func scanDelivery(rows *sql.Rows) (dm.Delivery, error) {
	var d dm.Delivery
	err := rows.Scan(&d.ID, &d.WebhookID, opt(&d.EventID), &d.Kind, &d.State, &d.Attempts, &d.Status, &d.Millis, &d.Error, &d.Size, &d.Digest,
		opt(&d.NextAt), opt(&d.TriedAt), &d.CreatedAt)
	return d, err
}

func (tx *Tx) deliveries(where string, args ...any) ([]dm.Delivery, error) {
	var list []dm.Delivery
	err := tx.query(`SELECT `+deliveryColumns+` FROM webhook_deliveries `+where, func(rows *sql.Rows) error {
		d, err := scanDelivery(rows)
		list = append(list, d)
		return err
	}, args...)
	return list, err
}

// DueDeliveries lists deliveries of a webhook whose time has come, oldest first.
func (tx *Tx) DueDeliveries(account, webhook int64, limit int) ([]dm.Delivery, error) {
	return tx.deliveries(`WHERE account_id = ? AND webhook_id = ? AND state = 'waiting' AND next_at <= ? ORDER BY next_at, id LIMIT ?`,
		account, webhook, int64(tx.now), limit)
}

// Deliveries lists a webhook's deliveries in a state ("": in any), newest first,
// with ids below before; 0 begins at the newest.
func (tx *Tx) Deliveries(account, webhook int64, state dm.DeliveryState, before int64, limit int) ([]dm.Delivery, error) {
	if before == 0 {
		before = 1 << 62
	}
	if state == "" {
		return tx.deliveries(`WHERE account_id = ? AND webhook_id = ? AND id < ? ORDER BY id DESC LIMIT ?`, account, webhook, before, limit)
	}
	return tx.deliveries(`WHERE account_id = ? AND webhook_id = ? AND state = ? AND id < ? ORDER BY id DESC LIMIT ?`, account, webhook, state, before, limit)
}

// Delivery reads one delivery of a webhook; NotFound when there is none.
func (tx *Tx) Delivery(account, webhook, id int64) (*dm.Delivery, error) {
	list, err := tx.deliveries(`WHERE account_id = ? AND webhook_id = ? AND id = ?`, account, webhook, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("delivery")
	}
	return &list[0], nil
}

// SaveDelivery keeps what came of a try, and is NotFound where the delivery was
// deleted with its webhook meanwhile.
func (tx *Tx) SaveDelivery(account int64, d *dm.Delivery) error {
	n, err := tx.exec(`UPDATE webhook_deliveries SET state = ?, attempts = ?, status = ?, millis = ?, error = ?, size = ?, digest = ?, next_at = ?, tried_at = ?
WHERE account_id = ? AND id = ?`, d.State, d.Attempts, d.Status, d.Millis, clip(d.Error, 500), d.Size, d.Digest, none(d.NextAt), none(d.TriedAt), account, d.ID)
	return one(n, err, "delivery")
}

// NextDelivery gives when the first waiting delivery of a webhook is due; 0 for
// none.
func (tx *Tx) NextDelivery(account, webhook int64) (at dm.Time, err error) {
	err = tx.row(`SELECT next_at FROM webhook_deliveries WHERE account_id = ? AND webhook_id = ? AND state = 'waiting' ORDER BY next_at, id LIMIT 1`,
		account, webhook).Scan(opt(&at))
	if isNoRows(err) {
		return 0, nil
	}
	return at, err
}

// NoteDelivered counts a try that succeeded.
func (tx *Tx) NoteDelivered(account, webhook int64) error {
	_, err := tx.exec(`UPDATE webhooks SET failures = 0, failing_from = NULL, hold_until = NULL, delivered_at = ? WHERE account_id = ? AND id = ?`, int64(tx.now), account, webhook)
	return err
}

// NoteFailed counts a try that failed; until 0 leaves the rest that the receiver
// asked for as it is.
func (tx *Tx) NoteFailed(account, webhook int64, until dm.Time) error {
	_, err := tx.exec(`UPDATE webhooks SET failures = failures + 1, failing_from = coalesce(failing_from, CAST(? AS BIGINT)),
hold_until = coalesce(CAST(? AS BIGINT), hold_until) WHERE account_id = ? AND id = ?`, int64(tx.now), none(until), account, webhook)
	return err
}

// WakeDeliveries makes everything that waits for a webhook due at once.
func (tx *Tx) WakeDeliveries(account, webhook int64) (int64, error) {
	return tx.exec(`UPDATE webhook_deliveries SET next_at = ? WHERE account_id = ? AND webhook_id = ? AND state = 'waiting'`, int64(tx.now), account, webhook)
}

// ExpireDeliveries gives up to limit deliveries up that have waited since before
// a moment. The column is hidden from the planner, which must look at what waits
// and not at the whole log.
func (tx *Tx) ExpireDeliveries(account int64, before dm.Time, why string, limit int) (int64, error) {
	return tx.exec(`UPDATE webhook_deliveries SET state = 'failed', next_at = NULL, error = ? WHERE id IN (SELECT id FROM webhook_deliveries
WHERE account_id = ? AND created_at + 0 < ? AND state = 'waiting' LIMIT ?)`, why, account, int64(before), limit)
}

// DeleteOldDeliveries removes up to limit lines of the log that were made before
// a moment; those that still wait for a try stay.
func (tx *Tx) DeleteOldDeliveries(account int64, before dm.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE account_id = ? AND created_at < ? AND state <> 'waiting'
ORDER BY created_at LIMIT ?)`, account, int64(before), limit)
}
