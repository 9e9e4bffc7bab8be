package store

import (
	"database/sql"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

const publicLinkColumns = `l.id, l.ticket_id, l.label, l.level, l.password_hash, l.expires_at, l.max_uses, l.uses, l.last_used_at, l.created_by, l.created_at, l.revoked_at, l.revoked_by
FROM public_links l `

func (tx *Tx) publicLinks(where string, args ...any) ([]dm.PublicLink, error) {
	var list []dm.PublicLink
	err := tx.query(`SELECT `+publicLinkColumns+where, func(rows *sql.Rows) error {
		var l dm.PublicLink
		var most int64
		err := rows.Scan(&l.ID, &l.TicketID, &l.Label, &l.Level, &l.PasswordHash, opt(&l.ExpiresAt), opt(&most), &l.Uses, opt(&l.LastUsedAt),
			&l.CreatedBy, &l.CreatedAt, opt(&l.RevokedAt), opt(&l.RevokedBy))
		l.MaxUses = int(most)
		list = append(list, l)
		return err
	}, args...)
	return list, err
}

// liveLink is the condition that a link l opens its ticket now, as far as the
// link itself goes. The mark of its moment comes last.
const liveLink = `l.revoked_at IS NULL AND (l.max_uses IS NULL OR l.uses < l.max_uses) AND (l.expires_at IS NULL OR l.expires_at > ?)`

// hasLink says whether a live link opens the ticket with this alias; its one
// mark is now.
func hasLink(ticket string) string {
	return `coalesce((SELECT 1 FROM public_links l WHERE l.account_id = ` + ticket + `.account_id AND l.ticket_id = ` + ticket + `.id AND ` + liveLink + ` LIMIT 1), 0)`
}

// maxLinksListed bounds PublicLinks.
const maxLinksListed = 200

// PublicLinks lists the newest links of a ticket found through a Scope, those
// that are over too, newest first.
func (tx *Tx) PublicLinks(account int64, f *Found) ([]dm.PublicLink, error) {
	return tx.publicLinks(`WHERE l.account_id = ? AND l.ticket_id = ? ORDER BY l.id DESC LIMIT ?`, account, f.Ticket.ID, maxLinksListed)
}

// StandingLinks lists the links of a locked ticket that are not revoked.
func (tx *Tx) StandingLinks(account, ticket int64) ([]dm.PublicLink, error) {
	return tx.publicLinks(`WHERE l.account_id = ? AND l.ticket_id = ? AND l.revoked_at IS NULL ORDER BY l.id`, account, ticket)
}

// InsertPublicLink stores a link of a locked ticket and sets its id and time.
func (tx *Tx) InsertPublicLink(account int64, l *dm.PublicLink, secretHash string) error {
	l.CreatedAt = tx.now
	var err error
	l.ID, err = tx.insert(`INSERT INTO public_links (account_id, ticket_id, label, level, secret_hash, password_hash, expires_at, max_uses, created_by, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, account, l.TicketID, l.Label, l.Level, secretHash, l.PasswordHash, none(l.ExpiresAt), none(int64(l.MaxUses)), l.CreatedBy, int64(tx.now))
	return err
}

// UpdatePublicLink stores what can be changed of a link of a locked ticket.
// Where its password is another one, its visits end.
func (tx *Tx) UpdatePublicLink(account int64, old, l *dm.PublicLink) error {
	_, err := tx.exec(`UPDATE public_links SET label = ?, level = ?, password_hash = ?, expires_at = ?, max_uses = ? WHERE account_id = ? AND id = ? AND revoked_at IS NULL`,
		l.Label, l.Level, l.PasswordHash, none(l.ExpiresAt), none(int64(l.MaxUses)), account, l.ID)
	if err != nil || old.PasswordHash == l.PasswordHash {
		return err
	}
	return tx.endVisits(account, l.ID)
}

// ResetPublicLink gives a link another secret and ends its visits.
func (tx *Tx) ResetPublicLink(account, link int64, secretHash string) error {
	if _, err := tx.exec(`UPDATE public_links SET secret_hash = ?, tries = 0 WHERE account_id = ? AND id = ? AND revoked_at IS NULL`, secretHash, account, link); err != nil {
		return err
	}
	return tx.endVisits(account, link)
}

// RevokePublicLink ends a link of a locked ticket for good.
func (tx *Tx) RevokePublicLink(account int64, l *dm.PublicLink, by int64) error {
	if _, err := tx.exec(`UPDATE public_links SET revoked_at = ?, revoked_by = ? WHERE account_id = ? AND id = ? AND revoked_at IS NULL`, int64(tx.now), none(by), account, l.ID); err != nil {
		return err
	}
	l.RevokedAt, l.RevokedBy = tx.now, by
	return tx.endVisits(account, l.ID)
}

func (tx *Tx) endVisits(account, link int64) error {
	_, err := tx.exec(`UPDATE public_link_uses SET visit_hash = '' WHERE account_id = ? AND link_id = ? AND visit_hash <> ''`, account, link)
	return err
}

// PublicLinkBySecret finds a link by the hash of its secret, whatever its state;
// nil for none.
func (tx *Tx) PublicLinkBySecret(account int64, secretHash string) (*dm.PublicLink, error) {
	return first(tx.publicLinks(`WHERE l.account_id = ? AND l.secret_hash = ?`, account, secretHash))
}

func first(list []dm.PublicLink, err error) (*dm.PublicLink, error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// LinkViewer resolves an open link. Its ticket is found through it.
func (tx *Tx) LinkViewer(d *Directory, l *dm.PublicLink) (*access.Viewer, error) {
	maker, err := tx.viewerOf(d, l.CreatedBy)
	if err != nil {
		return nil, err
	}
	var inboxes []int64
	for id := range d.Inboxes {
		if d.BrandOf(id).Active {
			inboxes = append(inboxes, id)
		}
	}
	slices.Sort(inboxes)
	return access.ForLink(access.LinkProfile{Account: d.Account.ID, Link: l.ID, Ticket: l.TicketID, Level: l.Level, Maker: maker, Inboxes: inboxes,
		Rules: access.RulesOf(&d.Settings)}), nil
}

// refreshLink resolves a link's viewer again; one that is over sees nothing.
func (tx *Tx) refreshLink(d *Directory, v *access.Viewer) (*access.Viewer, error) {
	l, err := first(tx.publicLinks(`WHERE l.account_id = ? AND l.id = ?`, v.Account(), v.Link()))
	if err != nil {
		return nil, err
	}
	if l == nil || !l.Open(tx.now) {
		return nil, dm.ErrTicketNotFound
	}
	return tx.LinkViewer(d, l)
}

// Visiting says whether a visit of the link began after the given moment under
// this hash and was not ended.
func (tx *Tx) Visiting(account, link int64, visitHash string, since dm.Time) (bool, error) {
	var n int
	err := tx.row(`SELECT COUNT(*) FROM public_link_uses WHERE account_id = ? AND visit_hash = ? AND visit_hash <> '' AND link_id = ? AND created_at > ?`,
		account, visitHash, link, int64(since)).Scan(&n)
	return n > 0, err
}

// TryLinkPassword counts a password that is about to be tried, at most most of
// them from one beginning until span later. false means one too many.
func (tx *Tx) TryLinkPassword(account, link int64, most int, since dm.Time) (bool, error) {
	n, err := tx.exec(`UPDATE public_links SET tries = CASE WHEN tries_since <= ? THEN 1 ELSE tries + 1 END, tries_since = CASE WHEN tries_since <= ? THEN ? ELSE tries_since END
WHERE account_id = ? AND id = ? AND (tries_since <= ? OR tries < ?)`, int64(since), int64(since), int64(tx.now), account, link, int64(since), most)
	return n == 1, err
}

// UseLink counts a visit that begins; tried says that its password was counted
// as a try, which is taken back. false means that the link is not what it was:
// it has another secret, is over, or is used up.
func (tx *Tx) UseLink(account int64, l *dm.PublicLink, secretHash string, tried bool) (bool, error) {
	n, err := tx.exec(`UPDATE public_links SET uses = uses + 1, last_used_at = ?, tries = CASE WHEN tries > 0 THEN tries - ? ELSE 0 END
WHERE account_id = ? AND id = ? AND secret_hash = ? AND password_hash = ? AND revoked_at IS NULL AND (max_uses IS NULL OR uses < max_uses) AND (expires_at IS NULL OR expires_at > ?)`,
		int64(tx.now), bit(tried), account, l.ID, secretHash, l.PasswordHash, int64(tx.now))
	return n == 1, err
}

// usesKept bounds the log of one link.
const usesKept = 500

// LogLinkUse adds a line to a link's log. Only the newest lines stay.
func (tx *Tx) LogLinkUse(account, link int64, outcome dm.LinkOutcome, address, visitHash string) error {
	_, err := tx.exec(`INSERT INTO public_link_uses (account_id, link_id, outcome, address, visit_hash, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
		account, link, outcome, address, visitHash, int64(tx.now))
	if err != nil {
		return err
	}
	_, err = tx.exec(`DELETE FROM public_link_uses WHERE account_id = ? AND link_id = ? AND id <= (SELECT id FROM public_link_uses WHERE account_id = ? AND link_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
		account, link, account, link, usesKept)
	return err
}

// LinkUses lists the log of a link of a ticket found through a Scope, newest
// first, before the given id (0: from the newest). NotFound where the ticket has
// no such link.
func (tx *Tx) LinkUses(account int64, f *Found, link, before int64, limit int) ([]dm.LinkUse, error) {
	l, err := first(tx.publicLinks(`WHERE l.account_id = ? AND l.ticket_id = ? AND l.id = ?`, account, f.Ticket.ID, link))
	if err != nil {
		return nil, err
	}
	if l == nil {
		return nil, dm.Missing("link")
	}
	var list []dm.LinkUse
	err = tx.query(`SELECT id, outcome, address, created_at FROM public_link_uses WHERE account_id = ? AND link_id = ? AND (id < ? OR ? = 0) ORDER BY id DESC LIMIT ?`, func(rows *sql.Rows) error {
		var u dm.LinkUse
		err := rows.Scan(&u.ID, &u.Outcome, &u.Address, &u.At)
		list = append(list, u)
		return err
	}, account, link, before, before, limit)
	return list, err
}

// DeleteOldLinkUses shortens the logs of an account's links.
func (tx *Tx) DeleteOldLinkUses(account int64, before dm.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM public_link_uses WHERE account_id = ? AND id IN (SELECT id FROM public_link_uses WHERE account_id = ? AND created_at < ? ORDER BY created_at LIMIT ?)`,
		account, account, int64(before), limit)
}

// LinkMessageBefore gives when the message that came through a link before so
// many others was written; 0 where there are not so many.
func (tx *Tx) LinkMessageBefore(account int64, v *access.Viewer, others int) (dm.Time, error) {
	var at dm.Time
	err := tx.row(`SELECT m.created_at FROM link_messages x JOIN messages m ON m.account_id = x.account_id AND m.id = x.message_id
WHERE x.account_id = ? AND x.link_id = ? ORDER BY x.message_id DESC LIMIT 1 OFFSET ?`, account, v.Link(), others).Scan(&at)
	if isNoRows(err) {
		return 0, nil
	}
	return at, err
}
