package store

import (
	"encoding/json"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// KeepIdempotencyKeys is how long a repeated request is recognised.
const KeepIdempotencyKeys = 24 * time.Hour

// IdempotencyKey remembers a request by the key its sender chose, and what came
// of it: a status and ids, never a body.
type IdempotencyKey struct {
	PersonID int64
	Key      string
	Route    string
	Digest   string // SHA-256 of the request, hex
	Status   int    // 0 until the request is done
	IDs      []int64
}

// ClaimIdempotencyKey takes a key for a request and gives nil, or gives what is
// remembered of the request that had the key within the last 24 hours. Of two
// requests at once one gets the key. Used in the transaction that also does the
// work, key and work stand or fall together.
func (tx *Tx) ClaimIdempotencyKey(account int64, k *IdempotencyKey) (earlier *IdempotencyKey, err error) {
	n, err := tx.exec(`INSERT INTO idempotency_keys (account_id, person_id, idempotency_key, route, request_digest, status, ids, created_at) VALUES (?, ?, ?, ?, ?, 0, '[]', ?)
ON CONFLICT (account_id, person_id, idempotency_key) DO UPDATE SET route = excluded.route, request_digest = excluded.request_digest,
status = 0, ids = '[]', created_at = excluded.created_at WHERE idempotency_keys.created_at <= ?`,
		account, k.PersonID, k.Key, k.Route, k.Digest, tx.now, tx.now.Add(-KeepIdempotencyKeys))
	if isForeignKey(err) {
		return nil, dm.Missing("person").Because(err)
	}
	if err != nil || n > 0 {
		return nil, err
	}
	return tx.IdempotencyKey(account, k.PersonID, k.Key)
}

// IdempotencyKey reads what is remembered of a request; nil when nothing is.
func (tx *Tx) IdempotencyKey(account, person int64, key string) (*IdempotencyKey, error) {
	k := &IdempotencyKey{PersonID: person, Key: key}
	var ids string
	err := tx.row(`SELECT route, request_digest, status, ids FROM idempotency_keys WHERE account_id = ? AND person_id = ? AND idempotency_key = ? AND created_at > ?`,
		account, person, key, tx.now.Add(-KeepIdempotencyKeys)).Scan(&k.Route, &k.Digest, &k.Status, &ids)
	if isNoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return k, json.Unmarshal([]byte(ids), &k.IDs)
}

// FinishIdempotencyKey keeps what came of the request that has the key.
func (tx *Tx) FinishIdempotencyKey(account int64, k *IdempotencyKey) error {
	ids, err := json.Marshal(append([]int64{}, k.IDs...))
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE idempotency_keys SET status = ?, ids = ? WHERE account_id = ? AND person_id = ? AND idempotency_key = ?`,
		k.Status, string(ids), account, k.PersonID, k.Key)
	return one(n, err, "key")
}

// DropOldIdempotencyKeys removes at most limit keys past their time, of every
// account, and gives their number.
func (tx *Tx) DropOldIdempotencyKeys(limit int) (int64, error) {
	return tx.exec(`DELETE FROM idempotency_keys WHERE (account_id, person_id, idempotency_key) IN
(SELECT account_id, person_id, idempotency_key FROM idempotency_keys WHERE created_at <= ? ORDER BY created_at LIMIT ?)`,
		tx.now.Add(-KeepIdempotencyKeys), limit)
}
