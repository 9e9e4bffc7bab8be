package store

import (
	"database/sql"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// CountAsk counts that somebody asks for access on a day, and gives how often
// they have by now. Whoever asks at the same time waits for the other.
func (tx *Tx) CountAsk(account, person, day int64) (asked int64, err error) {
	err = tx.row(`INSERT INTO access_asks (account_id, person_id, day, asked) VALUES (?, ?, ?, 1)
ON CONFLICT (account_id, person_id) DO UPDATE SET asked = CASE WHEN access_asks.day = excluded.day THEN access_asks.asked + 1 ELSE 1 END, day = excluded.day
RETURNING asked`, account, person, day).Scan(&asked)
	return asked, err
}

// AccessWish is what somebody asked for, before anybody has looked whether there
// is such a ticket.
type AccessWish struct {
	PersonID int64
	Number   int64 // of a ticket, or of none
	Level    dm.Level
	Reason   string
}

// AddAccessWish keeps a wish and gives its id.
func (tx *Tx) AddAccessWish(account int64, w *AccessWish) (int64, error) {
	return tx.insert(`INSERT INTO access_wishes (account_id, person_id, number, level, reason, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
		account, w.PersonID, w.Number, string(w.Level), w.Reason, int64(tx.now))
}

// TakeAccessWish gives a wish and forgets it; nil when it is gone.
func (tx *Tx) TakeAccessWish(account, id int64) (*AccessWish, error) {
	w := &AccessWish{}
	err := tx.row(`DELETE FROM access_wishes WHERE account_id = ? AND id = ? RETURNING person_id, number, level, reason`, account, id).
		Scan(&w.PersonID, &w.Number, &w.Level, &w.Reason)
	if isNoRows(err) {
		return nil, nil
	}
	return w, err
}

// PutAccessRequest keeps a request for a ticket that is locked in this
// transaction, and sets its id and time. Where one of the same person waits
// already, that one takes the level and the reason, and fresh is false.
func (tx *Tx) PutAccessRequest(account int64, r *dm.AccessRequest) (fresh bool, err error) {
	n, err := tx.exec(`UPDATE access_requests SET level = ?, reason = ? WHERE account_id = ? AND ticket_id = ? AND person_id = ? AND state = 'waiting'`,
		string(r.Level), r.Reason, account, r.TicketID, r.PersonID)
	if err != nil || n > 0 {
		return false, err
	}
	r.State, r.CreatedAt = dm.AccessWaiting, tx.now
	r.ID, err = tx.insert(`INSERT INTO access_requests (account_id, ticket_id, person_id, level, reason, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
		account, r.TicketID, r.PersonID, string(r.Level), r.Reason, int64(tx.now))
	return true, err
}

// DecideAccessRequest ends the waiting of a request. False when it does not wait
// any more.
func (tx *Tx) DecideAccessRequest(account, id int64, state dm.AccessState, by int64) (bool, error) {
	n, err := tx.exec(`UPDATE access_requests SET state = ?, decided_by = ?, decided_at = ? WHERE account_id = ? AND id = ? AND state = 'waiting'`,
		string(state), none(by), int64(tx.now), account, id)
	return n == 1, err
}

// FulfilAccessRequest notes that somebody who waits for at most this level on a
// ticket has it now.
func (tx *Tx) FulfilAccessRequest(account, ticket, person int64, level dm.Level, by int64) error {
	args := []any{none(by), int64(tx.now), account, ticket, person}
	var levels []string
	for _, l := range dm.Levels {
		if l.Rank() <= level.Rank() {
			levels = append(levels, `'`+string(l)+`'`)
		}
	}
	return tx.later(`UPDATE access_requests SET state = 'granted', decided_by = ?, decided_at = ? WHERE account_id = ? AND ticket_id = ? AND person_id = ?
AND state = 'waiting' AND level IN (`+strings.Join(levels, ", ")+`)`, args...)
}

// AccessQuery asks for requests, newest first.
type AccessQuery struct {
	ID     int64 // this one alone; 0 any
	Ticket int64 // of this ticket alone, by the database's id; 0 any
	State  dm.AccessState
	Before int64 // with ids below; 0 begins at the newest
	Limit  int
}

// AccessRow is a request with its ticket's name to people.
type AccessRow struct {
	dm.AccessRequest
	Number  int64
	Subject string
}

// AccessRequests lists requests of others on tickets that the viewer can open.
// Those of somebody who cannot be let in any more do not wait.
// Whether the viewer may decide on one is for the caller to ask.
func (tx *Tx) AccessRequests(v *access.Viewer, q AccessQuery) (list []AccessRow, err error) {
	t := q.statement(v, tx.now)
	err = tx.query(t.String(), func(rows *sql.Rows) error {
		var r AccessRow
		err := rows.Scan(&r.ID, &r.TicketID, &r.PersonID, &r.Level, &r.Reason, &r.State, &r.CreatedAt, opt(&r.DecidedBy), opt(&r.DecidedAt), &r.Number, &r.Subject)
		list = append(list, r)
		return err
	}, t.args...)
	return list, err
}

// statement starts from the requests, which are few, and looks at the ticket of
// each.
func (q *AccessQuery) statement(v *access.Viewer, now dm.Time) *sqlText {
	t := &sqlText{}
	t.add(`SELECT r.id, r.ticket_id, r.person_id, r.level, r.reason, r.state, r.created_at, r.decided_by, r.decided_at, b.number, b.subject
FROM access_requests r JOIN tickets b ON b.account_id = r.account_id AND b.id = r.ticket_id JOIN people p ON p.account_id = r.account_id AND p.id = r.person_id
WHERE r.account_id = ? AND r.person_id <> ? AND (r.state <> 'waiting' OR p.active = 1 AND p.kind = 'agent')`, v.Account(), v.Person())
	for _, part := range []struct {
		given     bool
		condition string
		arg       any
	}{
		{q.ID != 0, ` AND r.id = ?`, q.ID}, {q.Ticket != 0, ` AND r.ticket_id = ?`, q.Ticket}, {q.Before != 0, ` AND r.id < ?`, q.Before},
		{q.State != "", ` AND r.state = ?`, string(q.State)},
	} {
		if part.given {
			t.add(part.condition, part.arg)
		}
	}
	t.add(` AND `)
	t.oneTicket(v.Scope(access.See, access.Open), now)
	t.add(` ORDER BY r.id DESC LIMIT ?`, q.Limit)
	return t
}

// AccessStillWaits says whether a request waits for a decision.
func (tx *Tx) AccessStillWaits(v *access.Viewer, id int64) (bool, error) {
	list, err := tx.AccessRequests(v, AccessQuery{ID: id, State: dm.AccessWaiting, Limit: 1})
	return len(list) == 1, err
}
