package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/rules"
)

// partnerLinkColumns are those of links of one ticket that was found or is locked,
// or of the one link that a partner names by its own id.
const partnerLinkColumns = `k.id, k.ticket_id, k.partner_id, k.uuid, k.direction, k.state, k.reason, k.remote_number, k.base, k.from_message, k.flips, k.flips_since, k.status_frozen,
k.actor_id, k.cause_kind, k.cause_id, k.cause_name, k.synced_at, k.ended_at, k.created_at, k.updated_at FROM partner_links k `

func (tx *Tx) partnerLinks(where string, args ...any) ([]dm.PartnerLink, error) {
	list := []dm.PartnerLink{}
	err := tx.query(`SELECT `+partnerLinkColumns+where, func(rows *sql.Rows) error {
		var k dm.PartnerLink
		err := rows.Scan(&k.ID, &k.TicketID, &k.PartnerID, &k.UUID, &k.Direction, &k.State, &k.Reason, &k.RemoteNumber, &k.Base, &k.FromMessage, &k.Flips, opt(&k.FlipsSince), flag{&k.StatusFrozen},
			opt(&k.ActorID), &k.Cause.Kind, opt(&k.Cause.ID), &k.Cause.Name, opt(&k.SyncedAt), opt(&k.EndedAt), &k.CreatedAt, &k.UpdatedAt)
		list = append(list, k)
		return err
	}, args...)
	return list, err
}

// PartnerLinks lists a ticket's links, those that are over too, the oldest first.
// The ticket was found through a Scope.
func (tx *Tx) PartnerLinks(account int64, f *Found) ([]dm.PartnerLink, error) {
	return tx.partnerLinks(`WHERE k.account_id = ? AND k.ticket_id = ? ORDER BY k.id LIMIT 500`, account, f.Ticket.ID)
}

// LockPartnerLinks locks the links of a locked ticket and lists them, the oldest
// first.
func (tx *Tx) LockPartnerLinks(account, ticket int64) ([]dm.PartnerLink, error) {
	return tx.partnerLinks(`WHERE k.account_id = ? AND k.ticket_id = ? ORDER BY k.id`+tx.db.dialect.forUpdate, account, ticket)
}

// PartnerLink reads one link for the program; NotFound when there is none.
func (tx *Tx) PartnerLink(account, id int64) (*dm.PartnerLink, error) {
	return onePartnerLink(tx.partnerLinks(`WHERE k.account_id = ? AND k.id = ?`, account, id))
}

// LockPartnerLink is PartnerLink for a transaction that changes it.
func (tx *Tx) LockPartnerLink(account, id int64) (*dm.PartnerLink, error) {
	return onePartnerLink(tx.partnerLinks(`WHERE k.account_id = ? AND k.id = ?`+tx.db.dialect.forUpdate, account, id))
}

// PartnerLinkByUUID finds the link that a partner means by the id of a ticket. A
// ticket of another agreement is NotFound like one that does not exist.
func (tx *Tx) PartnerLinkByUUID(account, partner int64, uuid string) (*dm.PartnerLink, error) {
	return onePartnerLink(tx.partnerLinks(`WHERE k.account_id = ? AND k.partner_id = ? AND k.uuid = ?`, account, partner, uuid))
}

// KnowsPartnerTicket says whether a ticket with this id crossed any agreement.
func (tx *Tx) KnowsPartnerTicket(account int64, uuid string) (bool, error) {
	var n int
	err := tx.row(`SELECT COUNT(*) FROM partner_links WHERE account_id = ? AND uuid = ?`, account, uuid).Scan(&n)
	return n > 0, err
}

func onePartnerLink(list []dm.PartnerLink, err error) (*dm.PartnerLink, error) {
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("ticket")
	}
	return &list[0], nil
}

// InsertPartnerLink stores a link of a locked ticket and sets its id and times.
func (tx *Tx) InsertPartnerLink(account int64, k *dm.PartnerLink) (err error) {
	k.CreatedAt, k.UpdatedAt = tx.now, tx.now
	if k.Base == "" {
		k.Base = "{}"
	}
	k.ID, err = tx.insert(`INSERT INTO partner_links (account_id, ticket_id, partner_id, uuid, direction, state, reason, remote_number, base, from_message, actor_id, cause_kind, cause_id, cause_name, synced_at, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, account, k.TicketID, k.PartnerID, k.UUID, k.Direction, k.State, clip(k.Reason, 500), clip(k.RemoteNumber, 64), k.Base, k.FromMessage,
		none(k.ActorID), k.Cause.Kind, none(k.Cause.ID), clip(k.Cause.Name, 200), none(k.SyncedAt), int64(tx.now), int64(tx.now))
	return err
}

// SavePartnerLink stores what changes of a link.
func (tx *Tx) SavePartnerLink(account int64, k *dm.PartnerLink) error {
	k.UpdatedAt = tx.now
	n, err := tx.exec(`UPDATE partner_links SET state = ?, reason = ?, remote_number = ?, base = ?, from_message = ?, flips = ?, flips_since = ?, status_frozen = ?, synced_at = ?, ended_at = ?, updated_at = ?
WHERE account_id = ? AND id = ?`, k.State, clip(k.Reason, 500), clip(k.RemoteNumber, 64), k.Base, k.FromMessage, k.Flips, none(k.FlipsSince), bit(k.StatusFrozen), none(k.SyncedAt), none(k.EndedAt),
		int64(tx.now), account, k.ID)
	return one(n, err, "ticket")
}

// PartnerViewer resolves a partner as the viewer of one ticket.
func PartnerViewer(d *Directory, p *dm.Partner, ticket int64) *access.Viewer {
	return access.ForPartner(access.PartnerProfile{Account: d.Account.ID, Partner: p.ID, Name: p.Label(), Ticket: ticket, Internal: p.Terms.PrivateComments,
		Rules: access.RulesOf(&d.Settings)})
}

// WaitingOnPartnerLink counts the messages that wait on a link and will bring
// whatever has changed by then.
func (tx *Tx) WaitingOnPartnerLink(account, partner, link int64) (n int, err error) {
	err = tx.row(`SELECT COUNT(*) FROM partner_deliveries WHERE account_id = ? AND partner_id = ? AND link_id = ? AND state IN ('waiting', 'paused') AND kind <> 'ticket.unshare'`, account, partner, link).Scan(&n)
	return n, err
}

// PartnerLinksByUUID lists the links of a ticket's id in the protocol, whatever
// the agreement. Only a signed address of a file asks, which is compared with each.
func (tx *Tx) PartnerLinksByUUID(account int64, uuid string) ([]dm.PartnerLink, error) {
	return tx.partnerLinks(`WHERE k.account_id = ? AND k.uuid = ? ORDER BY k.id LIMIT 50`, account, uuid)
}

// countedPartner is the condition that a link k counts for conditions on tickets:
// from whom one came stays true, to whom one goes holds while it does.
const countedPartner = `(k.direction = 'received' OR k.state IN ('sending', 'synced', 'delayed', 'frozen'))`

func (tx *Tx) fillPartners(set *snapshotSet, _ rules.Needs) error {
	return set.read(tx, `SELECT k.ticket_id, k.partner_id, CASE WHEN k.direction = 'received' THEN 1 ELSE 0 END, CASE WHEN k.state = 'orphaned' THEN 1 ELSE 0 END
FROM partner_links k WHERE k.account_id = ? AND k.ticket_id`, ` AND `+countedPartner+` ORDER BY k.id`, func(rows *sql.Rows) error {
		var ticket int64
		var p rules.Partner
		if err := rows.Scan(&ticket, &p.ID, flag{&p.Received}, flag{&p.Orphaned}); err != nil {
			return err
		}
		s := set.byID[ticket]
		s.Partners = append(s.Partners, p)
		return nil
	})
}

// partnerLeaf renders a leaf about the ticket's links with partners.
func (t *sqlText) partnerLeaf(f *filter, leaf *dm.Condition) {
	t.add(`coalesce((SELECT 1 FROM partner_links k WHERE k.account_id = b.account_id AND k.ticket_id = b.id AND `)
	want := `1`
	switch leaf.Field {
	case dm.FieldKeyOrphaned:
		t.add(`k.state = 'orphaned'`)
		want = digit(leaf.Values[0].Flag)
	case dm.FieldKeyPartnerFrom:
		t.add(`k.direction = 'received'`)
	default:
		t.add(`k.direction = 'sent' AND ` + countedPartner)
	}
	if leaf.Field != dm.FieldKeyOrphaned && leaf.Op != dm.OpNotEmpty {
		t.add(` AND `)
		t.in(`k.partner_id + 0`, nonZero(f.reader.IDs(leaf)))
	}
	t.add(` LIMIT 1), 0) = ` + want)
}

// partnerDriver begins a list at the links of partners.
func (f *filter) partnerDriver(leaf *dm.Condition) (driver, bool) {
	where := `k.direction = 'received'`
	switch {
	case leaf.Field == dm.FieldKeyOrphaned && leaf.Values[0].Flag:
		where = `k.state = 'orphaned'`
	case leaf.Field == dm.FieldKeyPartnerTo:
		where = `k.direction = 'sent' AND ` + countedPartner
	case leaf.Field == dm.FieldKeyOrphaned:
		return driver{}, false
	}
	ids := f.reader.IDs(leaf)
	if leaf.Field != dm.FieldKeyOrphaned && leaf.Op != dm.OpIs && leaf.Op != dm.OpIn && leaf.Op != dm.OpNotEmpty {
		return driver{}, false
	}
	return driver{rows: func(t *sqlText) {
		t.add(`SELECT DISTINCT k.ticket_id AS id FROM partner_links k WHERE k.account_id = ? AND `+where, f.dir.Account.ID)
		if leaf.Field != dm.FieldKeyOrphaned && leaf.Op != dm.OpNotEmpty {
			t.add(` AND `)
			t.in(`k.partner_id`, nonZero(ids))
		}
	}}, true
}
