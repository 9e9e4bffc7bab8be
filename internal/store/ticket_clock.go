package store

import (
	"cmp"
	"database/sql"
	"slices"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/rules"
)

const clockColumns = `ticket_id, kind, policy_id, started_at, target, spent, since, due_at, ended_at, late, breached_at`

// nextDue is when the next of the clocks of ticket b is due; NULL where none is.
const nextDue = `(SELECT MIN(k.due_at) FROM ticket_clocks k WHERE k.account_id = b.account_id AND k.ticket_id = b.id)`

// breached is 1 where a target of ticket b was missed, else 0; its mark is now.
const breached = `coalesce((SELECT 1 FROM ticket_clocks k WHERE k.account_id = b.account_id AND k.ticket_id = b.id AND (k.breached_at IS NOT NULL OR k.due_at <= ?) LIMIT 1), 0)`

// clocksOf reads the clocks of tickets that were found, in the order of
// dm.ClockKinds.
func (tx *Tx) clocksOf(account int64, tickets []int64) (map[int64][]dm.Clock, error) {
	byTicket := map[int64][]dm.Clock{}
	if len(tickets) == 0 {
		return byTicket, nil
	}
	err := tx.query(`SELECT `+clockColumns+` FROM ticket_clocks WHERE account_id = ? AND ticket_id IN (`+marks(len(tickets))+`)`, func(rows *sql.Rows) error {
		var ticket, target, spent int64
		var c dm.Clock
		if err := rows.Scan(&ticket, &c.Kind, opt(&c.PolicyID), &c.StartedAt, &target, &spent, opt(&c.Since), opt(&c.DueAt), opt(&c.EndedAt), flag{&c.Late}, opt(&c.BreachedAt)); err != nil {
			return err
		}
		c.Target, c.Spent = time.Duration(target)*time.Microsecond, time.Duration(spent)*time.Microsecond
		byTicket[ticket] = append(byTicket[ticket], c)
		return nil
	}, append([]any{account}, padded(tickets)...)...)
	for _, list := range byTicket {
		slices.SortFunc(list, func(a, b dm.Clock) int {
			return cmp.Compare(slices.Index(dm.ClockKinds, a.Kind), slices.Index(dm.ClockKinds, b.Kind))
		})
	}
	return byTicket, err
}

// Clocks reads the clocks of a ticket that was found or is locked.
func (tx *Tx) Clocks(account, ticket int64) ([]dm.Clock, error) {
	byTicket, err := tx.clocksOf(account, []int64{ticket})
	return byTicket[ticket], err
}

// listClocks fills in the clocks of a page in one query, and asks nothing where
// the account promises nothing.
func (tx *Tx) listClocks(account int64, list []TicketRow) error {
	dir, err := tx.Directory(account)
	if err != nil || len(dir.Policies) == 0 || len(list) == 0 {
		return err
	}
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	slices.Sort(ids)
	byTicket, err := tx.clocksOf(account, ids)
	for i := range list {
		list[i].Clocks = dm.SeenAt(byTicket[list[i].ID], tx.now)
	}
	return err
}

func (tx *Tx) fillClocks(set *snapshotSet, _ rules.Needs) error {
	byTicket, err := tx.clocksOf(set.account, set.ids)
	for ticket, list := range byTicket {
		set.byID[ticket].Clocks = list
	}
	return err
}

// SaveClocks stores the clocks of a locked ticket, new or changed. None is ever
// taken away.
func (tx *Tx) SaveClocks(account, ticket int64, list []dm.Clock) error {
	for i := range list {
		c := &list[i]
		err := tx.later(`INSERT INTO ticket_clocks (account_id, `+clockColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, ticket_id, kind) DO UPDATE SET policy_id = excluded.policy_id, started_at = excluded.started_at, target = excluded.target, spent = excluded.spent,
since = excluded.since, due_at = excluded.due_at, ended_at = excluded.ended_at, late = excluded.late, breached_at = excluded.breached_at`,
			account, ticket, string(c.Kind), none(c.PolicyID), int64(c.StartedAt), c.Target.Microseconds(), c.Spent.Microseconds(),
			none(c.Since), none(c.DueAt), none(c.EndedAt), bit(c.Late), none(c.BreachedAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// MissedClocks lists up to limit tickets of an account of which a clock's time is
// over, which no transaction has noted yet.
func (tx *Tx) MissedClocks(account int64, limit int) ([]int64, error) {
	return tx.ids(`SELECT DISTINCT ticket_id FROM ticket_clocks WHERE account_id = ? AND due_at IS NOT NULL AND late = 0 AND due_at <= ? LIMIT ?`, account, int64(tx.now), limit)
}

// OpenTicketsAfter lists up to limit open tickets of an account by id, after one,
// for a job that looks at each of them.
func (tx *Tx) OpenTicketsAfter(account, after int64, limit int) ([]int64, error) {
	return tx.ids(`SELECT id FROM tickets WHERE account_id = ? AND id > ? AND list_state = 1 ORDER BY id LIMIT ?`, account, after, limit)
}

// AnswersOf gives, of a locked ticket, when an agent other than its requester
// first answered publicly, and the first word from outside after the last such
// answer; 0 for none. The first message is the question itself, and messages of
// tickets that were merged into it do not count.
func (tx *Tx) AnswersOf(account, ticket, requester int64) (answered, asked dm.Time, err error) {
	first := true
	err = tx.query(`SELECT m.author_id, p.kind, x.link_id, m.created_at FROM messages m
LEFT JOIN people p ON p.account_id = m.account_id AND p.id = m.author_id
LEFT JOIN link_messages x ON x.account_id = m.account_id AND x.message_id = m.id
WHERE m.account_id = ? AND m.ticket_id = ? AND m.kind = 'reply' AND m.merged_from IS NULL ORDER BY m.id`, func(rows *sql.Rows) error {
		var author, link int64
		var kind sql.NullString
		var at dm.Time
		if err := rows.Scan(opt(&author), &kind, opt(&link), &at); err != nil {
			return err
		}
		question := first
		first = false
		switch {
		case question:
		case link != 0 || author != 0 && (author == requester || dm.PersonKind(kind.String) != dm.Agent):
			if asked == 0 {
				asked = at
			}
		case author != 0:
			if asked = 0; answered == 0 {
				answered = at
			}
		}
		return nil
	}, account, ticket)
	return answered, asked, err
}
