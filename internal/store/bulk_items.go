package store

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// AddBulkItems adds what a bulk is about, in its order.
func (tx *Tx) AddBulkItems(account, bulk int64, items []dm.BulkItem) error {
	return inRows(len(items), func(from, to int) error {
		var args []any
		for _, it := range items[from:to] {
			args = append(args, account, bulk, it.Number, none(it.TicketID), none(it.ShareID))
		}
		_, err := tx.exec(`INSERT INTO bulk_items (account_id, bulk_id, number, ticket_id, share_id) VALUES `+rowMarks(to-from, 5), args...)
		return err
	})
}

// AddUndoItems makes what another bulk changed, as far as it can be taken back,
// the items of this one, and gives their number.
func (tx *Tx) AddUndoItems(account, bulk, of int64) (int64, error) {
	return tx.exec(`INSERT INTO bulk_items (account_id, bulk_id, number, undo) SELECT account_id, ?, number, undo FROM bulk_items
WHERE account_id = ? AND bulk_id = ? AND state = 'changed' AND undo <> '' ORDER BY id`, bulk, account, of)
}

// CountUndoItems counts the tickets of a bulk on which what it did can be taken
// back, up to most.
func (tx *Tx) CountUndoItems(account, bulk int64, most int) (n int, err error) {
	err = tx.row(`SELECT COUNT(*) FROM (SELECT 1 FROM bulk_items WHERE account_id = ? AND bulk_id = ? AND state = 'changed' AND undo <> '' LIMIT ?) u`,
		account, bulk, most).Scan(&n)
	return n, err
}

// HasBulkItems says whether it is settled what a bulk is about.
func (tx *Tx) HasBulkItems(account, bulk int64) (has bool, err error) {
	err = tx.row(`SELECT EXISTS (SELECT 1 FROM bulk_items WHERE account_id = ? AND bulk_id = ?)`, account, bulk).Scan(&has)
	return has, err
}

// BulkItems lists up to limit items of a bulk in a state, in their order, after
// the given id.
func (tx *Tx) BulkItems(account, bulk int64, state dm.BulkItemState, after int64, limit int) ([]dm.BulkItem, error) {
	var list []dm.BulkItem
	err := tx.query(`SELECT id, number, ticket_id, share_id, state, code, message, undo FROM bulk_items WHERE account_id = ? AND bulk_id = ? AND state = ? AND id > ? ORDER BY id LIMIT ?`,
		func(rows *sql.Rows) error {
			var it dm.BulkItem
			var undo string
			err := rows.Scan(&it.ID, &it.Number, opt(&it.TicketID), opt(&it.ShareID), &it.State, &it.Code, &it.Message, &undo)
			if err == nil && undo != "" {
				err = json.Unmarshal([]byte(undo), &it.Undo)
			}
			list = append(list, it)
			return err
		}, account, bulk, string(state), after, limit)
	return list, err
}

// maxUndo bounds the text of what takes back one change, in bytes. What is
// longer is not kept, and cannot be undone.
const maxUndo = 60_000

// SaveBulkItem stores what became of an item that waited.
func (tx *Tx) SaveBulkItem(account int64, it *dm.BulkItem) error {
	undo := ""
	if !it.Undo.Empty() {
		text, err := json.Marshal(it.Undo)
		if err != nil {
			return err
		}
		if len(text) <= maxUndo {
			undo = string(text)
		}
	}
	_, err := tx.exec(`UPDATE bulk_items SET state = ?, code = ?, message = ?, undo = ? WHERE account_id = ? AND id = ? AND state = 'waiting'`,
		string(it.State), it.Code, it.Message, undo, account, it.ID)
	return err
}

// FailBulkItems gives up every item of a bulk that waits, for one reason, and
// gives their number.
func (tx *Tx) FailBulkItems(account, bulk int64, code, message string) (int64, error) {
	return tx.exec(`UPDATE bulk_items SET state = 'failed', code = ?, message = ? WHERE account_id = ? AND bulk_id = ? AND state = 'waiting'`,
		code, message, account, bulk)
}

// BulkEvent is something that a bulk did to one ticket, of which people are told
// in one letter.
type BulkEvent struct {
	EventID  int64
	TicketID int64
	ShareID  int64 // 0 of a change that concerns somebody who works on the ticket or follows it
	Notice   dm.NoticeKind
	Target   dm.Target
	Gone     []int64 // those who lost access by it
	Internal bool    // told only to those who see internal matters
}

// ChangesTicket says whether the event changed properties of the ticket.
func (e *BulkEvent) ChangesTicket() bool {
	return e.Notice == dm.NoticeAssigned || e.Notice == dm.NoticeGroup || e.Notice == dm.NoticeUpdate
}

// AddBulkEvent notes an event of a bulk to be told later. gone are those who
// lost access by it.
func (tx *Tx) AddBulkEvent(account, bulk int64, e *dm.Event, gone []int64) error {
	notice, text := dm.NoticeShared, ""
	if e.Kind != dm.ShareCreated {
		notice, text = dm.NoticeUnshared, idsText(gone)
	}
	_, err := tx.exec(`INSERT INTO bulk_events (account_id, bulk_id, event_id, ticket_id, share_id, notice, target_kind, target_id, gone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, bulk, e.ID, e.TicketID, e.Data.ShareID, string(notice), string(e.Data.Target.Kind), e.Data.Target.ID, text)
	return err
}

// AddBulkChange notes a change by a bulk to be told later, to one target: a
// person, a group with which the ticket is shared, or the group it was assigned to.
func (tx *Tx) AddBulkChange(account, bulk int64, e *dm.Event, notice dm.NoticeKind, share int64, target dm.Target) error {
	_, err := tx.exec(`INSERT INTO bulk_events (account_id, bulk_id, event_id, ticket_id, share_id, notice, target_kind, target_id, internal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, bulk, e.ID, e.TicketID, share, string(notice), string(target.Kind), target.ID, bit(e.Internal))
	return err
}

// BulkEvents lists up to limit of what a bulk did, in its order, after the given
// line; the zero value begins. People stand before groups. Of shares that are
// over by now nothing is told but their end.
func (tx *Tx) BulkEvents(account, bulk int64, after BulkEvent, limit int) ([]BulkEvent, error) {
	return tx.bulkEvents(`WHERE e.account_id = ? AND e.bulk_id = ? AND (e.event_id, e.target_kind, e.target_id) > (?, ?, ?)`, limit,
		account, bulk, after.EventID, string(after.Target.Kind), after.Target.ID)
}

// BulkEventsOf lists up to limit events of one kind that concern a person: by
// themselves or as a member of the groups, of ends because they lost access.
// Where a bulk made somebody the assignee, no more is told of that change; whoever
// hears of it in another way is not told that it was assigned to their group.
func (tx *Tx) BulkEventsOf(account, bulk int64, notice dm.NoticeKind, person int64, groups []int64, limit int) ([]BulkEvent, error) {
	if notice == dm.NoticeUnshared {
		return tx.bulkEvents(`WHERE e.account_id = ? AND e.bulk_id = ? AND e.notice = 'unshare' AND e.gone LIKE ?`, limit,
			account, bulk, `%,`+strconv.FormatInt(person, 10)+`,%`)
	}
	theirs := func(row string) string {
		return `(` + row + `.target_kind <> 'group' AND ` + row + `.target_id = ? OR ` + row + `.target_kind = 'group' AND ` + row + `.target_id IN (` + marks(len(groups)) + `))`
	}
	other := `x.account_id = e.account_id AND x.bulk_id = e.bulk_id AND x.event_id = e.event_id AND x.notice `
	me := append([]any{person}, padded(groups)...)
	args := slices.Concat([]any{account, bulk, string(notice)}, me, []any{person}, me)
	return tx.bulkEvents(`WHERE e.account_id = ? AND e.bulk_id = ? AND e.notice = ? AND `+theirs("e")+`
AND NOT (e.notice = 'update' AND EXISTS (SELECT 1 FROM bulk_events x WHERE `+other+`= 'assigned' AND x.target_id = ?))
AND NOT (e.notice = 'group_assigned' AND EXISTS (SELECT 1 FROM bulk_events x WHERE `+other+`IN ('assigned', 'update') AND `+theirs("x")+`))`, limit, args...)
}

func (tx *Tx) bulkEvents(where string, limit int, args ...any) ([]BulkEvent, error) {
	var list []BulkEvent
	err := tx.query(`SELECT e.event_id, e.ticket_id, e.share_id, e.notice, e.target_kind, e.target_id, e.gone, e.internal FROM bulk_events e `+where+`
AND (e.notice = 'unshare' OR e.share_id = 0 OR (SELECT 1 FROM shares s WHERE s.account_id = e.account_id AND s.id = e.share_id AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?)) = 1)
ORDER BY e.event_id, e.target_kind, e.target_id LIMIT ?`, func(rows *sql.Rows) error {
		var e BulkEvent
		var gone string
		err := rows.Scan(&e.EventID, &e.TicketID, &e.ShareID, &e.Notice, &e.Target.Kind, &e.Target.ID, &gone, flag{&e.Internal})
		e.Gone = idsOf(gone)
		list = append(list, e)
		return err
	}, append(args, int64(tx.now), limit)...)
	return list, err
}

// idsText writes ids as ",7,9,", in which one of them is found as ",9,".
func idsText(ids []int64) string {
	text := ","
	for _, id := range ids {
		text += strconv.FormatInt(id, 10) + ","
	}
	return text
}

// idsOf reads what idsText wrote.
func idsOf(text string) []int64 {
	var ids []int64
	for part := range strings.SplitSeq(text, ",") {
		if id, err := strconv.ParseInt(part, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// TellBulk says once, of all who ask, that people are to be told of a bulk.
func (tx *Tx) TellBulk(account, id int64) (bool, error) {
	n, err := tx.exec(`UPDATE bulks SET told = 1 WHERE account_id = ? AND id = ? AND told = 0`, account, id)
	return n == 1, err
}

// TicketName is what names a ticket to those who may open it.
type TicketName struct {
	ID      int64
	Number  int64
	Subject string
	InboxID int64
	GroupID int64
	Trashed bool // spam or deleted
}

// TicketNames gives the names of those of the tickets that the scope admits now.
func (tx *Tx) TicketNames(scope access.Scope, ids []int64) (map[int64]TicketName, error) {
	return tx.namedBy(scope, `b.id`, ids)
}

// TicketNamesByNumber is TicketNames by the numbers of tickets.
func (tx *Tx) TicketNamesByNumber(scope access.Scope, numbers []int64) (map[int64]TicketName, error) {
	return tx.namedBy(scope, `b.number`, numbers)
}

func (tx *Tx) namedBy(scope access.Scope, column string, keys []int64) (map[int64]TicketName, error) {
	names := make(map[int64]TicketName, len(keys))
	for len(keys) > 0 && scope.Admits() {
		some := keys[:min(len(keys), maxLive)]
		keys = keys[len(some):]
		var t sqlText
		t.add(`SELECT `+column+`, b.id, b.number, b.subject, b.inbox_id, b.group_id, b.spam = 1 OR b.deleted = 1 FROM tickets b WHERE b.account_id = ? AND `, scope.Account())
		t.in(column, some)
		t.add(` AND `)
		t.oneTicket(scope, tx.now)
		err := tx.query(t.String(), func(rows *sql.Rows) error {
			var key int64
			var n TicketName
			err := rows.Scan(&key, &n.ID, &n.Number, &n.Subject, &n.InboxID, opt(&n.GroupID), &n.Trashed)
			names[key] = n
			return err
		}, t.args...)
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}
