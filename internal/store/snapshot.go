package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/rules"
)

// TicketSnapshot reads a ticket as conditions ask about it, for the program's
// own decisions: whether a webhook or a rule applies. Nothing of it is for
// anybody to see; what they may see is decided again. NotFound when there is
// no such ticket.
func (tx *Tx) TicketSnapshot(account, ticket int64, needs rules.Needs) (*rules.Snapshot, error) {
	s := &rules.Snapshot{}
	var priority int64
	err := tx.row(`SELECT `+ticketColumns+` FROM tickets b WHERE b.account_id = ? AND b.id = ?`, account, ticket).Scan(ticketDest(&s.Ticket, &priority)...)
	if isNoRows(err) {
		return nil, dm.ErrTicketNotFound
	}
	if err != nil {
		return nil, err
	}
	s.Ticket.Priority = dm.Priorities[priority-1]
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	return s, tx.fillSnapshots(dir, []*rules.Snapshot{s}, needs)
}

// FillSnapshot reads the parts of one snapshot that needs names, where the
// ticket's own columns are there already.
func (tx *Tx) FillSnapshot(d *Directory, s *rules.Snapshot, needs rules.Needs) error {
	return tx.fillSnapshots(d, []*rules.Snapshot{s}, needs)
}

// snapshotSet is some snapshots that are filled together, by ticket.
type snapshotSet struct {
	account int64
	ids     []int64
	byID    map[int64]*rules.Snapshot
}

// fillSnapshots reads the parts that needs names, each in one query. The
// tickets' own columns are there already.
func (tx *Tx) fillSnapshots(dir *Directory, list []*rules.Snapshot, needs rules.Needs) error {
	set := &snapshotSet{account: dir.Account.ID, byID: map[int64]*rules.Snapshot{}}
	for _, s := range list {
		s.BrandID = dir.BrandOf(s.Ticket.InboxID).ID
		set.ids, set.byID[s.Ticket.ID] = append(set.ids, s.Ticket.ID), s
	}
	if len(list) == 0 {
		return nil
	}
	for _, part := range []struct {
		need rules.Needs
		fill func(*snapshotSet, rules.Needs) error
	}{
		{rules.Tags, tx.fillTags}, {rules.CCs | rules.Followers, tx.fillPeople}, {rules.Fields, tx.fillFields},
		{rules.People, tx.fillRequesters}, {rules.Shares, tx.fillShares}, {rules.Messages | rules.Texts, tx.fillMessages},
		{rules.Links, tx.fillLinks}, {rules.Clocks, tx.fillClocks}, {rules.Partners, tx.fillPartners},
	} {
		if needs.Has(part.need) {
			if err := part.fill(set, needs); err != nil {
				return err
			}
		}
	}
	return nil
}

// read runs a query whose marks are the account and then the tickets.
func (set *snapshotSet) read(tx *Tx, query, rest string, scan func(*sql.Rows) error) error {
	return tx.query(query+` IN (`+marks(len(set.ids))+`)`+rest, scan, append([]any{set.account}, padded(set.ids)...)...)
}

func (tx *Tx) fillTags(set *snapshotSet, _ rules.Needs) error {
	return set.read(tx, `SELECT tt.ticket_id, g.name FROM ticket_tags tt JOIN tags g ON g.account_id = tt.account_id AND g.id = tt.tag_id
WHERE tt.account_id = ? AND tt.ticket_id`, ` ORDER BY g.name`, func(rows *sql.Rows) error {
		var ticket int64
		var name string
		if err := rows.Scan(&ticket, &name); err != nil {
			return err
		}
		t := &set.byID[ticket].Ticket
		t.Tags = append(t.Tags, name)
		return nil
	})
}

func (tx *Tx) fillPeople(set *snapshotSet, needs rules.Needs) error {
	add := func(to func(*dm.Ticket) *[]int64) func(*sql.Rows) error {
		return func(rows *sql.Rows) error {
			var ticket, person int64
			if err := rows.Scan(&ticket, &person); err != nil {
				return err
			}
			list := to(&set.byID[ticket].Ticket)
			*list = append(*list, person)
			return nil
		}
	}
	if needs.Has(rules.CCs) {
		if err := set.read(tx, `SELECT ticket_id, person_id FROM ticket_ccs WHERE account_id = ? AND ticket_id`, ``,
			add(func(t *dm.Ticket) *[]int64 { return &t.CCs })); err != nil {
			return err
		}
	}
	if !needs.Has(rules.Followers) {
		return nil
	}
	return set.read(tx, `SELECT ticket_id, person_id FROM ticket_followers WHERE account_id = ? AND ticket_id`, ``,
		add(func(t *dm.Ticket) *[]int64 { return &t.Followers }))
}

func (tx *Tx) fillFields(set *snapshotSet, _ rules.Needs) error {
	return set.read(tx, `SELECT ticket_id, field_id, value FROM ticket_field_values WHERE account_id = ? AND ticket_id`, ``, func(rows *sql.Rows) error {
		var ticket int64
		var f dm.FieldValue
		if err := rows.Scan(&ticket, &f.FieldID, &f.Value); err != nil {
			return err
		}
		t := &set.byID[ticket].Ticket
		t.Fields = append(t.Fields, f)
		return nil
	})
}

func (tx *Tx) fillRequesters(set *snapshotSet, _ rules.Needs) error {
	return set.read(tx, `SELECT t.id, r.id, r.kind, r.name, r.address, r.active, r.company_id FROM tickets t
JOIN people r ON r.account_id = t.account_id AND r.id = t.requester_id WHERE t.account_id = ? AND t.id`, ``, func(rows *sql.Rows) error {
		var ticket, company int64
		var r dm.PersonRef
		if err := rows.Scan(&ticket, &r.ID, &r.Kind, &r.Name, &r.Address, flag{&r.Active}, opt(&company)); err != nil {
			return err
		}
		s := set.byID[ticket]
		s.Requester, s.CompanyID = r, company
		return nil
	})
}

func (tx *Tx) fillShares(set *snapshotSet, _ rules.Needs) error {
	args := append(append([]any{set.account}, padded(set.ids)...), int64(tx.now))
	shares, err := tx.shares(`WHERE s.account_id = ? AND s.ticket_id IN (`+marks(len(set.ids))+`) AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) ORDER BY s.id`, args...)
	for _, share := range shares {
		s := set.byID[share.TicketID]
		s.Shares = append(s.Shares, share)
	}
	return err
}

func (tx *Tx) fillLinks(set *snapshotSet, _ rules.Needs) error {
	args := append([]any{set.account, int64(tx.now)}, padded(set.ids)...)
	ids, err := tx.ids(`SELECT l.ticket_id FROM public_links l WHERE l.account_id = ? AND `+liveLink+` AND l.ticket_id IN (`+marks(len(set.ids))+`)`, args...)
	for _, id := range ids {
		set.byID[id].Ticket.HasLink = true
	}
	return err
}

// fillMessages reads the messages, in their order, with their texts and authors
// only where those are needed: texts may be long.
func (tx *Tx) fillMessages(set *snapshotSet, needs rules.Needs) error {
	text, author := `''`, `''`
	if needs.Has(rules.Texts) {
		text = `m.text`
	}
	if needs.Has(rules.Authors) {
		author = `CASE WHEN EXISTS (SELECT 1 FROM link_messages l WHERE l.account_id = m.account_id AND l.message_id = m.id) THEN 'requester'
ELSE COALESCE((SELECT p.kind FROM people p WHERE p.account_id = m.account_id AND p.id = m.author_id), '') END`
	}
	return set.read(tx, `SELECT m.ticket_id, m.kind, `+text+`, (SELECT COUNT(*) FROM attachments f WHERE f.account_id = m.account_id AND f.message_id = m.id),
m.author_id, `+author+`, m.created_at FROM messages m WHERE m.account_id = ? AND m.ticket_id`, ` ORDER BY m.id`, func(rows *sql.Rows) error {
		var ticket, writer int64
		var kind dm.MessageKind
		var m rules.Message
		if err := rows.Scan(&ticket, &kind, &m.Text, &m.Files, opt(&writer), &m.By, &m.At); err != nil {
			return err
		}
		m.Internal = kind != dm.Reply
		s := set.byID[ticket]
		if m.By != "" && writer == s.Ticket.RequesterID {
			m.By = dm.ByRequester
		}
		s.Messages = append(s.Messages, m)
		return nil
	})
}
