package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

// shareRules are about shares and their history.
func shareRules() []Rule {
	return []Rule{
		{Name: "share_twice", Means: "is a second live share of its ticket with the same target",
			find: rowsOf("shares", `SELECT s.account_id, MAX(s.id), s.ticket_id FROM shares s WHERE s.ended_at IS NULL
GROUP BY s.account_id, s.ticket_id, s.target_kind, s.target_id HAVING COUNT(*) > 1 ORDER BY 2`)},
		{Name: "share_times", Means: "ended or was opened before it was made, or ended without a cause, or has one without having ended",
			find: rowsOf("shares", `SELECT s.account_id, s.id, s.ticket_id FROM shares s
WHERE s.ended_at < s.created_at OR s.opened_at < s.created_at OR (s.ended_at IS NULL) <> (s.end_cause = '') ORDER BY s.id`)},
		{Name: "share_history", Means: "was made or has ended without a line of history", find: (*Tx).untoldShares},
		{Name: "link_times", Means: "was used, revoked or counted in a way that cannot be",
			find: rowsOf("public_links", `SELECT l.account_id, l.id, l.ticket_id FROM public_links l
WHERE l.revoked_at < l.created_at OR l.last_used_at < l.created_at OR (l.uses = 0) <> (l.last_used_at IS NULL) ORDER BY l.id`)},
		{Name: "link_message", Means: "came through a public link of another ticket",
			find: rowsOf("messages", `SELECT x.account_id, x.message_id, x.link_id FROM link_messages x JOIN messages m ON m.account_id = x.account_id AND m.id = x.message_id
JOIN public_links l ON l.account_id = x.account_id AND l.id = x.link_id WHERE m.merged_from IS NULL AND m.ticket_id <> l.ticket_id ORDER BY x.message_id`)},
		{Name: "share_cap", Means: "has more live shares than the settings allow now; no further one can be added", Notice: true, find: (*Tx).crowdedTickets},
	}
}

// crowdedTickets lists tickets over one of their account's caps. A cap that was
// lowered afterwards ends no share.
func (tx *Tx) crowdedTickets(each func(Fault) error) error {
	accounts, err := tx.Accounts()
	if err != nil {
		return err
	}
	for _, a := range accounts {
		settings, err := tx.Settings(a.ID)
		if err != nil {
			return err
		}
		if most := settings.MaxInternal; most > 0 {
			err := tx.faults("tickets", `SELECT s.account_id, s.ticket_id, COUNT(*) FROM shares s
LEFT JOIN people p ON p.account_id = s.account_id AND p.id = s.person_id
WHERE s.account_id = ? AND s.ended_at IS NULL AND s.target_kind <> 'requester' AND (p.id IS NULL OR p.active = 1) AND (s.expires_at IS NULL OR s.expires_at > ?)
GROUP BY s.account_id, s.ticket_id HAVING COUNT(*) > ? ORDER BY s.ticket_id`, each, a.ID, int64(tx.now), most)
			if err != nil {
				return err
			}
		}
		if most := settings.MaxExternal; most > 0 {
			err := tx.faults("tickets", `SELECT x.account_id, x.ticket_id, COUNT(*) FROM (
SELECT s.account_id, s.ticket_id FROM shares s WHERE s.account_id = ? AND s.ended_at IS NULL AND s.target_kind = 'requester' AND (s.expires_at IS NULL OR s.expires_at > ?)
UNION ALL SELECT c.account_id, c.ticket_id FROM ticket_ccs c WHERE c.account_id = ?
UNION ALL SELECT w.account_id, w.ticket_id FROM ticket_followers w WHERE w.account_id = ?) x
GROUP BY x.account_id, x.ticket_id HAVING COUNT(*) > ? ORDER BY x.ticket_id`, each, a.ID, int64(tx.now), a.ID, a.ID, most)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// toldShare is what the history has to say of a share.
type toldShare struct {
	fault              Fault
	over               bool // the share has ended
	toldMade, toldOver bool
}

// historyPage is how many shares are compared with their history at a time.
const historyPage = 200

// untoldShares lists shares whose beginning or end is in no line of history.
// What a line says is JSON, which only the program reads. The lines are read
// after the shares, so that one made in between is not missed.
func (tx *Tx) untoldShares(each func(Fault) error) error {
	for after := int64(0); ; {
		page, last, err := tx.sharePage(after)
		if err != nil || len(page) == 0 {
			return err
		}
		after = last
		if err := tx.tellShares(page); err != nil {
			return err
		}
		for _, s := range page {
			if s.toldMade && (s.toldOver || !s.over) {
				continue
			}
			if err := each(s.fault); err != nil {
				return err
			}
		}
	}
}

// sharePage reads the shares after an id.
func (tx *Tx) sharePage(after int64) (page map[int64]*toldShare, last int64, err error) {
	page = map[int64]*toldShare{}
	err = tx.query(`SELECT s.account_id, s.id, s.ticket_id, CASE WHEN s.ended_at IS NULL THEN 0 ELSE 1 END FROM shares s WHERE s.id > ? ORDER BY s.id LIMIT ?`, func(rows *sql.Rows) error {
		s := &toldShare{fault: Fault{Table: "shares"}}
		if err := rows.Scan(&s.fault.Account, &s.fault.ID, &s.fault.Other, flag{&s.over}); err != nil {
			return err
		}
		page[s.fault.ID], last = s, s.fault.ID
		return nil
	}, after, historyPage)
	return page, last, err
}

// tellShares reads the history of the tickets of a page of shares.
func (tx *Tx) tellShares(page map[int64]*toldShare) error {
	tickets := map[int64][]int64{} // by account
	for _, s := range page {
		tickets[s.fault.Account] = append(tickets[s.fault.Account], s.fault.Other)
	}
	for account, ids := range tickets {
		err := tx.query(`SELECT e.ticket_id, e.kind, e.data FROM events e WHERE e.account_id = ? AND e.ticket_id IN (`+marks(len(ids))+`)
AND e.kind IN ('ticket.share.created', 'ticket.share.revoked', 'ticket.share.expired', 'ticket.share.left')`, func(rows *sql.Rows) error {
			var ticket int64
			var kind, text string
			if err := rows.Scan(&ticket, &kind, &text); err != nil {
				return err
			}
			var data dm.EventData
			if json.Unmarshal([]byte(text), &data) != nil {
				return nil // it tells of nothing
			}
			s := page[data.ShareID]
			if s == nil || s.fault.Other != ticket {
				return nil
			}
			if dm.EventKind(kind) == dm.ShareCreated {
				s.toldMade = true
			} else {
				s.toldOver = true
			}
			return nil
		}, append([]any{account}, padded(ids)...)...)
		if err != nil {
			return err
		}
	}
	return nil
}
