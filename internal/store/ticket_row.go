package store

import (
	"database/sql"
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// TicketRow is a ticket as lists show it.
type TicketRow struct {
	dm.Ticket
	Requester dm.PersonRef
	Assignee  dm.PersonRef
	Unread    bool       // for the reader of the list; see FillUnread
	Clocks    []dm.Clock // of its service level; empty where the account promises nothing
}

const rowColumns = `t.id, t.number, t.version, t.subject, t.status, t.status_id, t.priority, t.type, t.private, t.spam, t.deleted,
t.inbox_id, t.group_id, t.assignee_id, t.requester_id, t.creator_id, t.department_id, t.merged_into, t.via, t.message_count, t.preview, t.preview_by, t.created_at, t.updated_at, t.solved_at`

// ticketDest gives the scan destinations of rowColumns.
func ticketDest(t *dm.Ticket, priority *int64) []any {
	return []any{&t.ID, &t.Number, &t.Version, &t.Subject, &t.Status, opt(&t.StatusID), priority, &t.Type, flag{&t.Private}, flag{&t.Spam}, flag{&t.Deleted},
		&t.InboxID, opt(&t.GroupID), opt(&t.AssigneeID), &t.RequesterID, opt(&t.CreatorID), opt(&t.DepartmentID), opt(&t.MergedInto), &t.Via,
		&t.Messages, &t.Preview, opt(&t.PreviewBy), &t.CreatedAt, &t.UpdatedAt, opt(&t.SolvedAt)}
}

// liveShareCount counts the live shares of ticket t; its one mark is now.
const liveShareCount = `CASE WHEN t.share_count > 0 THEN (SELECT COUNT(*) FROM shares c WHERE c.account_id = t.account_id AND c.ticket_id = t.id
AND c.ended_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > ?)) ELSE 0 END`

// rowShares is what a row says of the shares and links of ticket t; its two marks
// are now.
var rowShares = liveShareCount + `, ` + hasLink(`t`)

// scanTicketRow reads the columns of a row and then those that more names.
func scanTicketRow(rows *sql.Rows, more ...any) (*TicketRow, error) {
	var row TicketRow
	var priority int64
	var name, address sql.NullString
	var active sql.NullInt64
	dest := append(ticketDest(&row.Ticket, &priority), &row.Shares, flag{&row.HasLink}, &row.Requester.Name, &row.Requester.Address, flag{&row.Requester.Active},
		&name, &address, &active)
	if err := rows.Scan(append(dest, more...)...); err != nil {
		return nil, err
	}
	row.Priority = dm.Priorities[priority-1]
	row.Requester.ID = row.RequesterID
	if row.AssigneeID != 0 {
		row.Assignee = dm.PersonRef{ID: row.AssigneeID, Name: name.String, Address: address.String, Kind: dm.Agent, Active: active.Int64 == 1}
	}
	return &row, nil
}

// listParts fills in the tags and clocks of a page.
func (tx *Tx) listParts(account int64, list []TicketRow) error {
	if err := tx.listTags(account, list); err != nil {
		return err
	}
	return tx.listClocks(account, list)
}

// listTags fills in the tags of a page in one query.
func (tx *Tx) listTags(account int64, list []TicketRow) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]int64, len(list))
	at := make(map[int64]int, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, i
	}
	slices.Sort(ids)
	return tx.query(`SELECT tt.ticket_id, g.name FROM ticket_tags tt JOIN tags g ON g.account_id = tt.account_id AND g.id = tt.tag_id
WHERE tt.account_id = ? AND tt.ticket_id IN (`+marks(len(ids))+`) ORDER BY g.name`, func(rows *sql.Rows) error {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return err
		}
		list[at[id]].Tags = append(list[at[id]].Tags, name)
		return nil
	}, append([]any{account}, padded(ids)...)...)
}
