package store

import (
	"database/sql"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// LiveTicket is what the live line needs of a ticket: its name to people, and
// the facts by which it decides who hears of it. It holds no content.
type LiveTicket struct {
	Number  int64
	Version int64
	Facts   access.Facts
}

// maxLive bounds the tickets or proofs that one statement looks up.
const maxLive = 256

// LiveTickets reads the given tickets, by the database's ids; unknown ones are
// left out.
func (tx *Tx) LiveTickets(account int64, ids []int64) (map[int64]*LiveTicket, error) {
	all := make(map[int64]*LiveTicket, len(ids))
	for some := range slices.Chunk(ids, maxLive) {
		args, in := append([]any{account}, padded(some)...), ` IN (`+marks(len(some))+`)`
		for _, read := range []struct {
			query string
			scan  func(map[int64]*LiveTicket, *sql.Rows) error
		}{
			{`SELECT id, number, version, inbox_id, group_id, assignee_id, requester_id, department_id, type, private, spam, deleted, merged_into IS NOT NULL FROM tickets WHERE account_id = ? AND id` + in, scanLive},
			{`SELECT ticket_id, id, target_kind, target_id, level, see_internal, reply_public, forward, can_reshare, by_requester, expires_at FROM shares
WHERE account_id = ? AND ticket_id` + in + ` AND ended_at IS NULL`, scanLiveShare},
			{`SELECT ticket_id, person_id FROM ticket_ccs WHERE account_id = ? AND ticket_id` + in, scanLiveCC},
		} {
			if err := tx.query(read.query, func(rows *sql.Rows) error { return read.scan(all, rows) }, args...); err != nil {
				return nil, err
			}
		}
	}
	for _, t := range all {
		t.Facts.Account = account
	}
	return all, nil
}

func scanLive(all map[int64]*LiveTicket, rows *sql.Rows) error {
	t := &LiveTicket{}
	f := &t.Facts
	var id int64
	var kind dm.TicketType
	var merged any // a truth value is a number to one engine
	err := rows.Scan(&id, &t.Number, &t.Version, &f.InboxID, opt(&f.GroupID), opt(&f.AssigneeID), &f.RequesterID, opt(&f.Department), &kind, flag{&f.Private}, flag{&f.Spam}, flag{&f.Deleted}, &merged)
	f.IsChange = kind == dm.TypeChange
	f.Merged = merged == true || merged == int64(1)
	f.TicketID, all[id] = id, t
	return err
}

func scanLiveShare(all map[int64]*LiveTicket, rows *sql.Rows) error {
	var ticket int64
	var s access.ShareFact
	t := &s.Terms
	err := rows.Scan(&ticket, &s.ID, &s.Target.Kind, &s.Target.ID, &t.Level, flag{&t.SeeInternal}, flag{&t.ReplyPublic}, flag{&t.Forward}, flag{&t.CanReshare}, flag{&s.ByRequester}, opt(&s.ExpiresAt))
	if to := all[ticket]; to != nil {
		to.Facts.Shares = append(to.Facts.Shares, s)
	}
	return err
}

func scanLiveCC(all map[int64]*LiveTicket, rows *sql.Rows) error {
	var ticket, person int64
	err := rows.Scan(&ticket, &person)
	if to := all[ticket]; to != nil {
		to.Facts.CCs = append(to.Facts.CCs, person)
	}
	return err
}

// StillSigned gives those of the proofs that still hold in the account: of
// active people, neither ended nor expired.
func (tx *Tx) StillSigned(account int64, proofs []Proof) (map[Proof]bool, error) {
	held := make(map[Proof]bool, len(proofs))
	for _, kind := range []struct {
		token bool
		query string
	}{
		{false, `SELECT s.token_hash FROM sessions s JOIN people p ON p.account_id = s.account_id AND p.id = s.person_id
WHERE s.account_id = ? AND s.expires_at > ? AND p.active = 1 AND s.token_hash IN (`},
		{true, `SELECT t.token_hash FROM api_tokens t JOIN people p ON p.account_id = t.account_id AND p.id = t.person_id
WHERE t.account_id = ? AND (t.expires_at IS NULL OR t.expires_at > ?) AND t.revoked_at IS NULL AND p.active = 1 AND t.token_hash IN (`},
	} {
		var hashes []string
		for _, p := range proofs {
			if p.Token == kind.token {
				hashes = append(hashes, p.Hash)
			}
		}
		for some := range slices.Chunk(hashes, maxLive) {
			args := []any{account, int64(tx.now)}
			for i := range paddedLen(len(some)) {
				args = append(args, some[min(i, len(some)-1)])
			}
			err := tx.query(kind.query+marks(len(some))+`)`, func(rows *sql.Rows) error {
				p := Proof{Token: kind.token}
				err := rows.Scan(&p.Hash)
				held[p] = true
				return err
			}, args...)
			if err != nil {
				return nil, err
			}
		}
	}
	return held, nil
}
