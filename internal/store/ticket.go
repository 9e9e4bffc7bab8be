package store

import (
	"cmp"
	"database/sql"
	"math/rand/v2"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// Found is one ticket with what the access rule said about it.
type Found struct {
	Ticket   dm.Ticket
	Shares   []dm.Share // live ones
	Unswept  bool       // others have expired and were not ended yet
	Facts    access.Facts
	Decision access.Decision
}

var ticketColumns = strings.ReplaceAll(rowColumns, "t.", "b.")

// Ticket finds the ticket with the given number if the viewer may open it, and
// decides their rights; else dm.ErrTicketNotFound.
func (tx *Tx) Ticket(v *access.Viewer, number int64) (*Found, error) {
	return tx.findTicket(v, `b.number = ?`, number, false)
}

// LockTicket is Ticket for a transaction that will change it: nobody else does
// so until it ends.
func (tx *Tx) LockTicket(v *access.Viewer, number int64) (*Found, error) {
	return tx.findTicket(v, `b.number = ?`, number, true)
}

// TicketByID is Ticket by the database's id, for jobs and links.
func (tx *Tx) TicketByID(v *access.Viewer, id int64) (*Found, error) {
	return tx.findTicket(v, `b.id = ?`, id, false)
}

// LockTicketByID is LockTicket by the database's id.
func (tx *Tx) LockTicketByID(v *access.Viewer, id int64) (*Found, error) {
	return tx.findTicket(v, `b.id = ?`, id, true)
}

func (tx *Tx) findTicket(v *access.Viewer, key string, value int64, lock bool) (*Found, error) {
	scope := v.Scope(access.See, access.Open)
	if !scope.Admits() {
		return nil, dm.ErrTicketNotFound
	}
	var t sqlText
	t.add(`SELECT `+ticketColumns+`, b.share_count, `+hasLink(`b`)+` FROM tickets b WHERE `, int64(tx.now))
	if access.Fault("sql account") {
		t.add(key+` AND `, value)
	} else {
		t.add(`b.account_id = ? AND `+key+` AND `, v.Account(), value)
	}
	t.oneTicket(scope, tx.now)
	if lock {
		t.add(strings.Replace(tx.db.dialect.forUpdate, "UPDATE", "UPDATE OF b", 1))
	}
	f := &Found{}
	var priority int64
	err := tx.row(t.String(), t.args...).Scan(append(ticketDest(&f.Ticket, &priority), &f.Ticket.Shares, flag{&f.Ticket.HasLink})...)
	if isNoRows(err) {
		return nil, dm.ErrTicketNotFound
	}
	if err != nil {
		return nil, err
	}
	f.Ticket.Priority = dm.Priorities[priority-1]
	if f.Ticket.Shares > 0 {
		if f.Shares, err = tx.liveShares(v.Account(), f.Ticket.ID); err != nil {
			return nil, err
		}
	}
	if !v.IsAgent() && !v.IsSystem() {
		if f.Ticket.CCs, err = tx.ids(`SELECT person_id FROM ticket_ccs WHERE account_id = ? AND ticket_id = ? ORDER BY person_id`, v.Account(), f.Ticket.ID); err != nil {
			return nil, err
		}
	}
	f.Facts = factsOf(v.Account(), &f.Ticket, f.Shares)
	f.Decision = access.Decide(v, &f.Facts, tx.now)
	if !f.Decision.Has(access.See) {
		return nil, dm.ErrTicketNotFound
	}
	f.Unswept, f.Ticket.Shares = f.Ticket.Shares > len(f.Shares), len(f.Shares)
	if lock {
		tx.noteBefore(f.Ticket.ID, f.Facts)
	}
	return f, nil
}

func factsOf(account int64, t *dm.Ticket, shares []dm.Share) access.Facts {
	f := access.Facts{
		Account: account, TicketID: t.ID, InboxID: t.InboxID, GroupID: t.GroupID, AssigneeID: t.AssigneeID, RequesterID: t.RequesterID,
		Private: t.Private, Spam: t.Spam, Deleted: t.Deleted, Merged: t.MergedInto != 0, CCs: t.CCs,
		Department: t.DepartmentID, IsChange: t.Type == dm.TypeChange,
	}
	for i := range shares {
		f.Shares = append(f.Shares, ShareFact(&shares[i]))
	}
	return f
}

// FactsOf gives the facts of a ticket as it would be with the given shares: for
// decisions about a change that is not stored yet.
func FactsOf(account int64, t *dm.Ticket, shares []dm.Share) access.Facts {
	return factsOf(account, t, shares)
}

// ShareFact gives the part of a share that the access rule reads.
func ShareFact(s *dm.Share) access.ShareFact {
	return access.ShareFact{ID: s.ID, Target: s.Target, Terms: s.Terms(), ByRequester: s.Cause.Kind == dm.CauseRequester, ExpiresAt: s.ExpiresAt, Ended: s.EndedAt != 0}
}

// ticketDetails asks for no order: for one, SQLite goes through all tags of the account.
const ticketDetails = `SELECT 'tag', g.id, g.name FROM ticket_tags tt JOIN tags g ON g.account_id = tt.account_id AND g.id = tt.tag_id WHERE tt.account_id = ? AND tt.ticket_id = ?
UNION ALL SELECT 'cc', person_id, '' FROM ticket_ccs WHERE account_id = ? AND ticket_id = ?
UNION ALL SELECT 'follower', person_id, '' FROM ticket_followers WHERE account_id = ? AND ticket_id = ?
UNION ALL SELECT 'mute', person_id, '' FROM ticket_mutes WHERE account_id = ? AND ticket_id = ?
UNION ALL SELECT 'field', field_id, value FROM ticket_field_values WHERE account_id = ? AND ticket_id = ?`

// LoadDetails fills in tags, CCs, followers, who has muted it and own fields, in
// one query.
func (tx *Tx) LoadDetails(account int64, t *dm.Ticket) error {
	t.Tags, t.CCs, t.Followers, t.Mutes, t.Fields = nil, nil, nil, nil, nil
	err := tx.query(ticketDetails, func(rows *sql.Rows) error {
		var kind, text string
		var id int64
		if err := rows.Scan(&kind, &id, &text); err != nil {
			return err
		}
		switch kind {
		case "tag":
			t.Tags = append(t.Tags, text)
		case "cc":
			t.CCs = append(t.CCs, id)
		case "follower":
			t.Followers = append(t.Followers, id)
		case "mute":
			t.Mutes = append(t.Mutes, id)
		case "field":
			t.Fields = append(t.Fields, dm.FieldValue{FieldID: id, Value: text})
		}
		return nil
	}, account, t.ID, account, t.ID, account, t.ID, account, t.ID, account, t.ID)
	for _, list := range [][]int64{t.CCs, t.Followers, t.Mutes} {
		slices.Sort(list)
	}
	slices.Sort(t.Tags)
	slices.SortFunc(t.Fields, func(a, b dm.FieldValue) int { return cmp.Compare(a.FieldID, b.FieldID) })
	tx.noteCCs(t.ID, t.CCs)
	return err
}

// Followers lists who follows a ticket that is locked.
func (tx *Tx) Followers(account, ticket int64) ([]int64, error) {
	return tx.ids(`SELECT person_id FROM ticket_followers WHERE account_id = ? AND ticket_id = ? ORDER BY person_id`, account, ticket)
}

// InsertTicket stores a new ticket under a provisional number; NumberTicket,
// called last, gives it the real one. It sets ID, Version and the times.
func (tx *Tx) InsertTicket(account int64, t *dm.Ticket) error {
	t.Version, t.CreatedAt, t.UpdatedAt = 1, tx.now, tx.now
	t.Number = -rand.Int64()
	id, err := tx.insert(`INSERT INTO tickets (account_id, number, subject, status, status_id, list_state, priority, type, private, spam, deleted,
inbox_id, group_id, assignee_id, requester_id, creator_id, department_id, via, created_at, updated_at, solved_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, t.Number, t.Subject, t.Status, none(t.StatusID), int64(t.ListState()), priorityNumber(t.Priority), t.Type, bit(t.Private),
		t.InboxID, none(t.GroupID), none(t.AssigneeID), t.RequesterID, none(t.CreatorID), none(t.DepartmentID), t.Via, int64(tx.now), int64(tx.now), none(t.SolvedAt))
	if err != nil {
		return err
	}
	t.ID = id
	return tx.notePair(account, t.InboxID, t.GroupID)
}

// NumberTicket takes the account's next number for a new ticket. It is the last
// act of a transaction, because it holds the account's counter until the commit.
func (tx *Tx) NumberTicket(account int64, t *dm.Ticket) error {
	var err error
	if t.Number, err = tx.number(`UPDATE accounts SET last_number = last_number + 1 WHERE id = ? RETURNING last_number`, account); err != nil {
		return err
	}
	return tx.later(`UPDATE tickets SET number = ? WHERE account_id = ? AND id = ?`, t.Number, account, t.ID)
}

func priorityNumber(p dm.Priority) int64 { return int64(slices.Index(dm.Priorities, p)) + 1 }

// SaveTicket stores the ticket's own columns as given, moves its updated time on
// (never back), and carries its list keys to its shares and CCs. The ticket must have been locked in this transaction.
func (tx *Tx) SaveTicket(account int64, t *dm.Ticket) error {
	t.UpdatedAt = max(tx.now, t.UpdatedAt)
	state := int64(t.ListState())
	err := tx.later(`UPDATE tickets SET version = ?, subject = ?, status = ?, status_id = ?, list_state = ?, priority = ?, type = ?, private = ?, spam = ?, deleted = ?,
inbox_id = ?, group_id = ?, assignee_id = ?, requester_id = ?, department_id = ?, merged_into = ?, updated_at = ?, solved_at = ?, message_count = ?, preview = ?, preview_by = ?
WHERE account_id = ? AND id = ?`,
		t.Version, t.Subject, t.Status, none(t.StatusID), state, priorityNumber(t.Priority), t.Type, bit(t.Private), bit(t.Spam), bit(t.Deleted),
		t.InboxID, none(t.GroupID), none(t.AssigneeID), t.RequesterID, none(t.DepartmentID), none(t.MergedInto), int64(t.UpdatedAt), none(t.SolvedAt), t.Messages, t.Preview, none(t.PreviewBy),
		account, t.ID)
	if err != nil {
		return err
	}
	if err := tx.saveListKeys(account, t); err != nil || access.Fault("sql stale pairs") {
		return err
	}
	return tx.notePair(account, t.InboxID, t.GroupID)
}

// TouchTicket is SaveTicket for a ticket that stays in the same place: its
// inbox, group, people, department, visibility and list state are as they were
// in old. It spares the indexes that hold only these. Where the place differs it
// is SaveTicket.
func (tx *Tx) TouchTicket(account int64, old, t *dm.Ticket) error {
	if placeOf(old) != placeOf(t) {
		return tx.SaveTicket(account, t)
	}
	t.UpdatedAt = max(tx.now, t.UpdatedAt)
	err := tx.later(`UPDATE tickets SET version = ?, subject = ?, status = ?, status_id = ?, priority = ?, type = ?, updated_at = ?, solved_at = ?, message_count = ?, preview = ?, preview_by = ? WHERE account_id = ? AND id = ?`,
		t.Version, t.Subject, t.Status, none(t.StatusID), priorityNumber(t.Priority), t.Type, int64(t.UpdatedAt), none(t.SolvedAt), t.Messages, t.Preview, none(t.PreviewBy), account, t.ID)
	if err != nil {
		return err
	}
	return tx.saveListKeys(account, t)
}

// ticketPlace is what decides in which lists a ticket stands.
type ticketPlace struct {
	state                                                dm.ListState
	private, spam, deleted                               bool
	inbox, group, assignee, requester, department, merge int64
}

func placeOf(t *dm.Ticket) ticketPlace {
	return ticketPlace{t.ListState(), t.Private, t.Spam, t.Deleted, t.InboxID, t.GroupID, t.AssigneeID, t.RequesterID, t.DepartmentID, t.MergedInto}
}

// saveListKeys carries the ticket's list keys to its shares and CCs.
func (tx *Tx) saveListKeys(account int64, t *dm.Ticket) error {
	if access.Fault("sql list keys") {
		return nil
	}
	state := int64(t.ListState())
	if err := tx.later(`UPDATE shares SET ticket_list_state = ?, ticket_updated_at = ? WHERE account_id = ? AND ticket_id = ? AND ended_at IS NULL`,
		state, int64(t.UpdatedAt), account, t.ID); err != nil {
		return err
	}
	return tx.later(`UPDATE ticket_ccs SET ticket_list_state = ?, ticket_updated_at = ? WHERE account_id = ? AND ticket_id = ?`,
		state, int64(t.UpdatedAt), account, t.ID)
}

// SetTags replaces the ticket's tags; names not yet known are made.
func (tx *Tx) SetTags(account, ticket int64, names []string) error {
	if err := tx.later(`DELETE FROM ticket_tags WHERE account_id = ? AND ticket_id = ?`, account, ticket); err != nil {
		return err
	}
	for _, name := range names {
		id, err := tx.tagID(account, name)
		if err != nil {
			return err
		}
		if err := tx.later(`INSERT INTO ticket_tags (account_id, tag_id, ticket_id) VALUES (?, ?, ?)`, account, id, ticket); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) tagID(account int64, name string) (int64, error) {
	if err := tx.later(`INSERT INTO tags (account_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING`, account, name); err != nil {
		return 0, err
	}
	return tx.number(`SELECT id FROM tags WHERE account_id = ? AND name = ?`, account, name)
}

// SetCCs replaces the people in CC.
func (tx *Tx) SetCCs(account int64, t *dm.Ticket, people []int64) error {
	if err := tx.later(`DELETE FROM ticket_ccs WHERE account_id = ? AND ticket_id = ?`, account, t.ID); err != nil {
		return err
	}
	for _, p := range people {
		if err := tx.later(`INSERT INTO ticket_ccs (account_id, ticket_id, person_id, ticket_list_state, ticket_updated_at) VALUES (?, ?, ?, ?, ?)`,
			account, t.ID, p, int64(t.ListState()), int64(t.UpdatedAt)); err != nil {
			return err
		}
	}
	t.CCs = people
	return nil
}

// SetFollowers replaces the agents who follow the ticket.
func (tx *Tx) SetFollowers(account int64, t *dm.Ticket, people []int64) error {
	if err := tx.later(`DELETE FROM ticket_followers WHERE account_id = ? AND ticket_id = ?`, account, t.ID); err != nil {
		return err
	}
	for _, p := range people {
		if err := tx.later(`INSERT INTO ticket_followers (account_id, ticket_id, person_id) VALUES (?, ?, ?)`, account, t.ID, p); err != nil {
			return err
		}
	}
	t.Followers = people
	return nil
}

// SetField stores the value of an own field; nil clears it.
func (tx *Tx) SetField(account, ticket, field int64, value *string) error {
	if value == nil {
		return tx.later(`DELETE FROM ticket_field_values WHERE account_id = ? AND ticket_id = ? AND field_id = ?`, account, ticket, field)
	}
	return tx.later(`INSERT INTO ticket_field_values (account_id, ticket_id, field_id, value) VALUES (?, ?, ?, ?)
ON CONFLICT (account_id, ticket_id, field_id) DO UPDATE SET value = excluded.value`, account, ticket, field, *value)
}

// InsertLink joins two tickets; an existing link between them is a Conflict.
func (tx *Tx) InsertLink(account, ticket, other int64, kind dm.LinkKind) (int64, error) {
	var have int64
	err := tx.row(`SELECT id FROM ticket_links WHERE account_id = ? AND ((ticket_id = ? AND other_id = ?) OR (ticket_id = ? AND other_id = ?))`,
		account, ticket, other, other, ticket).Scan(&have)
	if err == nil {
		return 0, dm.Errorf(dm.Conflict, "These tickets are linked already.")
	}
	if !isNoRows(err) {
		return 0, err
	}
	return tx.insert(`INSERT INTO ticket_links (account_id, ticket_id, other_id, kind, created_at) VALUES (?, ?, ?, ?, ?)`, account, ticket, other, kind, int64(tx.now))
}

// DeleteLink removes a link of the ticket and gives the other ticket's id.
func (tx *Tx) DeleteLink(account, ticket, link int64) (other int64, kind dm.LinkKind, err error) {
	links, err := tx.ticketLinks(account, ticket)
	if err != nil {
		return 0, "", err
	}
	for _, l := range links {
		if l.ID == link {
			_, err := tx.exec(`DELETE FROM ticket_links WHERE account_id = ? AND id = ?`, account, link)
			return l.OtherID, l.Kind, err
		}
	}
	return 0, "", dm.Missing("link")
}

// TicketLinks lists a ticket's links. Number and subject of the other ticket
// are filled in only where the viewer may open it.
func (tx *Tx) TicketLinks(v *access.Viewer, ticket int64) ([]dm.TicketLink, error) {
	links, err := tx.ticketLinks(v.Account(), ticket)
	if err != nil {
		return nil, err
	}
	for i := range links {
		f, err := tx.TicketByID(v, links[i].OtherID)
		if err == dm.ErrTicketNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		links[i].Number, links[i].Subject = f.Ticket.Number, f.Ticket.Subject
	}
	return links, nil
}

func (tx *Tx) ticketLinks(account, ticket int64) ([]dm.TicketLink, error) {
	var links []dm.TicketLink
	err := tx.query(`SELECT id, ticket_id, other_id, kind FROM ticket_links WHERE account_id = ? AND (ticket_id = ? OR other_id = ?) ORDER BY id`, func(rows *sql.Rows) error {
		var l dm.TicketLink
		var from int64
		if err := rows.Scan(&l.ID, &from, &l.OtherID, &l.Kind); err != nil {
			return err
		}
		if from != ticket {
			l.OtherID = from
			l.Kind = opposite(l.Kind)
		}
		links = append(links, l)
		return nil
	}, account, ticket, ticket)
	return links, err
}

func opposite(k dm.LinkKind) dm.LinkKind {
	switch k {
	case dm.LinkParent:
		return dm.LinkChild
	case dm.LinkChild:
		return dm.LinkParent
	}
	return k
}

// SetMessages stores how many messages a new ticket has, and its preview.
func (tx *Tx) SetMessages(account int64, t *dm.Ticket) error {
	return tx.later(`UPDATE tickets SET message_count = ?, preview = ?, preview_by = ? WHERE account_id = ? AND id = ?`, t.Messages, t.Preview, none(t.PreviewBy), account, t.ID)
}
