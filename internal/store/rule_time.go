package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/rules"
)

// RuleTickets reads up to limit of an account's tickets after an id, by id, for
// its time rules: those that are neither spam nor deleted nor merged into another.
// last is the id to go on from; 0 at the end. What the rules do to them is decided
// anew for each.
func (tx *Tx) RuleTickets(account, after int64, limit int, needs rules.Needs) (list []*rules.Snapshot, last int64, err error) {
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, 0, err
	}
	n := 0
	err = tx.query(`SELECT `+ticketColumns+` FROM tickets b WHERE b.account_id = ? AND b.id > ? ORDER BY b.id LIMIT ?`, func(rows *sql.Rows) error {
		s := &rules.Snapshot{}
		var priority int64
		if err := rows.Scan(ticketDest(&s.Ticket, &priority)...); err != nil {
			return err
		}
		n, last = n+1, s.Ticket.ID
		if t := &s.Ticket; !t.Spam && !t.Deleted && t.MergedInto == 0 {
			t.Priority = dm.Priorities[priority-1]
			list = append(list, s)
		}
		return nil
	}, account, after, limit)
	if err != nil {
		return nil, 0, err
	}
	if n < limit {
		last = 0
	}
	return list, last, tx.fillSnapshots(dir, list, needs)
}

// Fired is what a time rule remembers of one ticket.
type Fired struct {
	Ticket int64
	Holds  bool // its condition held when the ticket was last looked at
	Times  int64
}

// FiredOn reads what a time rule remembers of tickets.
func (tx *Tx) FiredOn(account, rule int64, tickets []int64) (map[int64]Fired, error) {
	memory := map[int64]Fired{}
	if len(tickets) == 0 {
		return memory, nil
	}
	err := tx.query(`SELECT ticket_id, holds, times FROM rule_fired WHERE account_id = ? AND rule_id = ? AND ticket_id IN (`+marks(len(tickets))+`)`, func(rows *sql.Rows) error {
		var f Fired
		err := rows.Scan(&f.Ticket, flag{&f.Holds}, &f.Times)
		memory[f.Ticket] = f
		return err
	}, append([]any{account, rule}, padded(tickets)...)...)
	return memory, err
}

// SetFired notes that a time rule has acted on a ticket, once more.
func (tx *Tx) SetFired(account, rule, ticket int64) error {
	_, err := tx.exec(`INSERT INTO rule_fired (account_id, rule_id, ticket_id, holds, times, fired_at) VALUES (?, ?, ?, 1, 1, ?)
ON CONFLICT (account_id, rule_id, ticket_id) DO UPDATE SET holds = 1, times = rule_fired.times + 1, fired_at = excluded.fired_at`, account, rule, ticket, int64(tx.now))
	return err
}

// Rearm notes that a time rule's condition does not hold for tickets any more: it
// acts again when it does.
func (tx *Tx) Rearm(account, rule int64, tickets []int64) error {
	if len(tickets) == 0 {
		return nil
	}
	_, err := tx.exec(`UPDATE rule_fired SET holds = 0 WHERE account_id = ? AND rule_id = ? AND ticket_id IN (`+marks(len(tickets))+`)`,
		append([]any{account, rule}, padded(tickets)...)...)
	return err
}
