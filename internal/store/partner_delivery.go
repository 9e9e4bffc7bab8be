package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

const partnerDeliveryColumns = `id, partner_id, link_id, kind, data, state, attempts, status, millis, error, size, digest, next_at, tried_at, created_at FROM partner_deliveries `

func (tx *Tx) partnerDeliveries(where string, args ...any) ([]dm.PartnerDelivery, error) {
	list := []dm.PartnerDelivery{}
	err := tx.query(`SELECT `+partnerDeliveryColumns+where, func(rows *sql.Rows) error {
		var d dm.PartnerDelivery
		err := rows.Scan(&d.ID, &d.PartnerID, opt(&d.LinkID), &d.Kind, &d.Data, &d.State, &d.Attempts, &d.Status, &d.Millis, &d.Error, &d.Size, &d.Digest,
			opt(&d.NextAt), opt(&d.TriedAt), &d.CreatedAt)
		list = append(list, d)
		return err
	}, args...)
	return list, err
}

// InsertPartnerDelivery puts a message at the end of its line and sets its id and
// time. Who calls it puts the job in line that sends it.
func (tx *Tx) InsertPartnerDelivery(account int64, d *dm.PartnerDelivery) (err error) {
	d.CreatedAt = tx.now
	if d.Data == "" {
		d.Data = "{}"
	}
	d.ID, err = tx.insert(`INSERT INTO partner_deliveries (account_id, partner_id, link_id, kind, data, state, error, next_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, d.PartnerID, none(d.LinkID), d.Kind, d.Data, d.State, d.Error, none(d.NextAt), int64(tx.now))
	return err
}

// HeadOfPartnerLine gives the oldest message that waits for a partner on a link,
// 0 for the agreement's own line, whether its time has come or not; nil for none.
func (tx *Tx) HeadOfPartnerLine(account, partner, link int64) (*dm.PartnerDelivery, error) {
	where := `WHERE account_id = ? AND partner_id = ? AND link_id = ? AND state = 'waiting' ORDER BY id LIMIT 1`
	args := []any{account, partner, link}
	if link == 0 {
		where, args = `WHERE account_id = ? AND partner_id = ? AND link_id IS NULL AND state = 'waiting' ORDER BY id LIMIT 1`, args[:2]
	}
	list, err := tx.partnerDeliveries(where, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// PartnerDeliveries lists a partner's messages in a state ("": in any), newest
// first, with ids below before; 0 begins at the newest.
func (tx *Tx) PartnerDeliveries(account, partner int64, state dm.PartnerDeliveryState, before int64, limit int) ([]dm.PartnerDelivery, error) {
	if before == 0 {
		before = 1 << 62
	}
	if state == "" {
		return tx.partnerDeliveries(`WHERE account_id = ? AND partner_id = ? AND id < ? ORDER BY id DESC LIMIT ?`, account, partner, before, limit)
	}
	return tx.partnerDeliveries(`WHERE account_id = ? AND partner_id = ? AND state = ? AND id < ? ORDER BY id DESC LIMIT ?`, account, partner, state, before, limit)
}

// PartnerDelivery reads one message of a partner; NotFound when there is none.
func (tx *Tx) PartnerDelivery(account, partner, id int64) (*dm.PartnerDelivery, error) {
	list, err := tx.partnerDeliveries(`WHERE account_id = ? AND partner_id = ? AND id = ?`, account, partner, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("delivery")
	}
	return &list[0], nil
}

// SavePartnerDelivery keeps what came of a try.
func (tx *Tx) SavePartnerDelivery(account int64, d *dm.PartnerDelivery) error {
	n, err := tx.exec(`UPDATE partner_deliveries SET state = ?, attempts = ?, status = ?, millis = ?, error = ?, size = ?, digest = ?, next_at = ?, tried_at = ? WHERE account_id = ? AND id = ?`,
		d.State, d.Attempts, d.Status, d.Millis, clip(d.Error, 500), d.Size, d.Digest, none(d.NextAt), none(d.TriedAt), account, d.ID)
	return one(n, err, "delivery")
}

// WaitingForPartners counts what waits for each partner, held back or not.
func (tx *Tx) WaitingForPartners(account int64) (map[int64]int, error) {
	return tx.countByPartner(`SELECT partner_id, COUNT(*) FROM partner_deliveries WHERE account_id = ? AND state IN ('waiting', 'paused') GROUP BY partner_id`, account)
}

// LateForPartners says for each partner why what waits for it has not arrived, in
// the words of the latest try. Who is not in it has nothing that was tried in vain.
func (tx *Tx) LateForPartners(account int64) (map[int64]string, error) {
	late := map[int64]string{}
	err := tx.query(`SELECT partner_id, error FROM partner_deliveries WHERE account_id = ? AND state = 'waiting' AND attempts > 0 ORDER BY tried_at, id`, func(rows *sql.Rows) error {
		var id int64
		var why string
		err := rows.Scan(&id, &why)
		late[id] = why
		return err
	}, account)
	return late, err
}

func (tx *Tx) countByPartner(query string, args ...any) (map[int64]int, error) {
	counts := map[int64]int{}
	err := tx.query(query, func(rows *sql.Rows) error {
		var id int64
		var n int
		err := rows.Scan(&id, &n)
		counts[id] = n
		return err
	}, args...)
	return counts, err
}

// HoldPartner holds back what waits for a partner. The agreement's own line goes
// on, so that an end is told all the same.
func (tx *Tx) HoldPartner(account, partner int64) error {
	_, err := tx.exec(`UPDATE partner_deliveries SET state = 'paused', next_at = NULL WHERE account_id = ? AND partner_id = ? AND state = 'waiting' AND link_id IS NOT NULL`, account, partner)
	return err
}

// ReleasePartner makes what was held back, and what waits for its next try, due
// at once, and gives the links that it concerns, 0 for the agreement itself.
func (tx *Tx) ReleasePartner(account, partner int64) ([]int64, error) {
	_, err := tx.exec(`UPDATE partner_deliveries SET state = 'waiting', next_at = ? WHERE account_id = ? AND partner_id = ? AND state IN ('paused', 'waiting')`, int64(tx.now), account, partner)
	if err != nil {
		return nil, err
	}
	return tx.ids(`SELECT DISTINCT COALESCE(link_id, 0) FROM partner_deliveries WHERE account_id = ? AND partner_id = ? AND state = 'waiting' ORDER BY 1`, account, partner)
}

// DropPartnerDeliveries gives up what waits for the tickets of a partner whose
// agreement has ended.
func (tx *Tx) DropPartnerDeliveries(account, partner int64, why string) error {
	_, err := tx.exec(`UPDATE partner_deliveries SET state = 'failed', next_at = NULL, error = ? WHERE account_id = ? AND partner_id = ? AND state IN ('paused', 'waiting') AND link_id IS NOT NULL`,
		clip(why, 500), account, partner)
	return err
}

// DeleteOldPartnerDeliveries removes up to limit lines of the log that were made
// before a moment; those that still wait stay.
func (tx *Tx) DeleteOldPartnerDeliveries(account int64, before dm.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM partner_deliveries WHERE id IN (SELECT id FROM partner_deliveries WHERE account_id = ? AND created_at < ? AND state IN ('done', 'failed')
ORDER BY created_at LIMIT ?)`, account, int64(before), limit)
}
