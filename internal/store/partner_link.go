package store

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// liveLinkStates are those in which changes still cross.
const liveLinkStates = `('sending', 'synced', 'delayed')`

// TicketsOfPartners counts the tickets that cross with each partner, and those that
// did when the agreement ended.
func (tx *Tx) TicketsOfPartners(account int64) (map[int64]int, error) {
	return tx.countByPartner(`SELECT partner_id, COUNT(*) FROM partner_links WHERE account_id = ? AND (state IN `+liveLinkStates+` OR state = 'frozen') GROUP BY partner_id`, account)
}

// RotatingPartners tells for which partners a new key is under way.
func (tx *Tx) RotatingPartners(account int64) (map[int64]int, error) {
	return tx.countByPartner(`SELECT id, 1 FROM partners WHERE account_id = ? AND next_secret <> ''`, account)
}

// FreezePartnerLinks stops what crosses with a partner whose agreement has ended.
func (tx *Tx) FreezePartnerLinks(account, partner int64, why string) error {
	_, err := tx.exec(`UPDATE partner_links SET state = 'frozen', reason = ?, ended_at = ?, updated_at = ? WHERE account_id = ? AND partner_id = ? AND state IN `+liveLinkStates,
		clip(why, 500), int64(tx.now), int64(tx.now), account, partner)
	return err
}

// TicketOfPartnerLink finds a shared ticket through the viewer; NotFound where
// they cannot open it.
func (tx *Tx) TicketOfPartnerLink(v *access.Viewer, link int64) (*Found, error) {
	ticket, err := tx.number(`SELECT ticket_id FROM partner_links WHERE account_id = ? AND id = ?`, v.Account(), link)
	if isNoRows(err) {
		return nil, dm.ErrTicketNotFound
	}
	if err != nil {
		return nil, err
	}
	return tx.TicketByID(v, ticket)
}
