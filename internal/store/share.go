package store

import (
	"database/sql"
	"strings"

	dm "github.com/deskmesh/deskmesh"
)

const shareColumns = `s.id, s.ticket_id, s.target_kind, s.target_id, coalesce(p.name, g.name, ''), coalesce(p.active, CASE WHEN g.deleted_at IS NULL THEN 1 ELSE 0 END),
s.level, s.see_internal, s.reply_public, s.forward, s.can_reshare, s.reason, s.cause_kind, s.cause_id, s.cause_name, s.created_by, s.created_at, s.expires_at, s.opened_at,
s.ended_at, s.ended_by, s.end_cause FROM shares s
LEFT JOIN people p ON p.account_id = s.account_id AND p.id = s.person_id
LEFT JOIN groups g ON g.account_id = s.account_id AND g.id = s.group_id `

func scanShare(rows *sql.Rows) (dm.Share, error) {
	var s dm.Share
	err := rows.Scan(&s.ID, &s.TicketID, &s.Target.Kind, &s.Target.ID, &s.TargetName, flag{&s.TargetLive},
		&s.Level, flag{&s.SeeInternal}, flag{&s.ReplyPublic}, flag{&s.Forward}, flag{&s.CanReshare}, &s.Reason,
		&s.Cause.Kind, opt(&s.Cause.ID), &s.Cause.Name, opt(&s.CreatedBy), &s.CreatedAt, opt(&s.ExpiresAt), opt(&s.OpenedAt),
		opt(&s.EndedAt), opt(&s.EndedBy), &s.EndCause)
	return s, err
}

func (tx *Tx) shares(where string, args ...any) ([]dm.Share, error) {
	var list []dm.Share
	err := tx.query(`SELECT `+shareColumns+where, func(rows *sql.Rows) error {
		s, err := scanShare(rows)
		list = append(list, s)
		return err
	}, args...)
	return list, err
}

// liveShares lists the shares of one ticket that admit now. The caller has
// found the ticket through a Scope.
func (tx *Tx) liveShares(account, ticket int64) ([]dm.Share, error) {
	return tx.shares(`WHERE s.account_id = ? AND s.ticket_id = ? AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) ORDER BY s.id`,
		account, ticket, int64(tx.now))
}

// SharesOf lists the live shares of a ticket that was locked in this
// transaction.
func (tx *Tx) SharesOf(account, ticket int64) ([]dm.Share, error) {
	return tx.liveShares(account, ticket)
}

// InsertShare stores a share of a locked ticket and sets its id. The caller has
// ended shares of the ticket that have expired, which would stand in the way.
func (tx *Tx) InsertShare(account int64, t *dm.Ticket, s *dm.Share) error {
	s.TicketID, s.CreatedAt = t.ID, tx.now
	var person, group int64
	if s.Target.Kind == dm.TargetGroup {
		group = s.Target.ID
	} else {
		person = s.Target.ID
	}
	id, err := tx.insert(`INSERT INTO shares (account_id, ticket_id, target_kind, target_id, person_id, group_id, level, see_internal, reply_public, forward, can_reshare,
by_requester, reason, cause_kind, cause_id, cause_name, created_by, created_at, expires_at, ticket_list_state, ticket_updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, t.ID, s.Target.Kind, s.Target.ID, none(person), none(group), s.Level, bit(s.SeeInternal), bit(s.ReplyPublic), bit(s.Forward), bit(s.CanReshare),
		bit(s.Cause.Kind == dm.CauseRequester), s.Reason, s.Cause.Kind, none(s.Cause.ID), s.Cause.Name, none(s.CreatedBy), int64(tx.now), none(s.ExpiresAt),
		int64(t.ListState()), int64(t.UpdatedAt))
	if err != nil {
		return err
	}
	s.ID = id
	return tx.addShareCount(account, t.ID, 1)
}

func (tx *Tx) addShareCount(account, ticket, by int64) error {
	return tx.later(`UPDATE tickets SET share_count = share_count + ? WHERE account_id = ? AND id = ?`, by, account, ticket)
}

// UnsweptShares lists the shares of a locked ticket that have expired and were
// not ended yet.
func (tx *Tx) UnsweptShares(account, ticket int64) ([]dm.Share, error) {
	return tx.shares(`WHERE s.account_id = ? AND s.ticket_id = ? AND s.ended_at IS NULL AND s.expires_at IS NOT NULL AND s.expires_at <= ? ORDER BY s.id`,
		account, ticket, int64(tx.now))
}

// EndShare ends a live or expired share of a locked ticket. It reports false
// when it had ended before.
func (tx *Tx) EndShare(account int64, s *dm.Share, by int64, cause string) (bool, error) {
	n, err := tx.exec(`UPDATE shares SET ended_at = ?, ended_by = ?, end_cause = ? WHERE account_id = ? AND id = ? AND ended_at IS NULL`,
		int64(tx.now), none(by), cause, account, s.ID)
	if err != nil || n == 0 {
		return false, err
	}
	tx.noteEnded(s)
	s.EndedAt, s.EndedBy, s.EndCause = tx.now, by, cause
	return true, tx.addShareCount(account, s.TicketID, -1)
}

// UpdateShare stores the terms and expiry of a live share.
func (tx *Tx) UpdateShare(account int64, s *dm.Share) error {
	return tx.later(`UPDATE shares SET level = ?, see_internal = ?, reply_public = ?, forward = ?, can_reshare = ?, expires_at = ? WHERE account_id = ? AND id = ? AND ended_at IS NULL`,
		s.Level, bit(s.SeeInternal), bit(s.ReplyPublic), bit(s.Forward), bit(s.CanReshare), none(s.ExpiresAt), account, s.ID)
}

// OpenShares marks the viewer's shares of a ticket as opened, once; it gives
// the ids of those opened now for the first time.
func (tx *Tx) OpenShares(account int64, ids []int64) ([]int64, error) {
	args := append([]any{int64(tx.now), account}, padded(ids)...)
	return tx.ids(`UPDATE shares SET opened_at = ? WHERE account_id = ? AND id IN (`+marks(len(ids))+`) AND opened_at IS NULL AND ended_at IS NULL RETURNING id`, args...)
}

// SweepItem names a share to sweep.
type SweepItem struct{ Account, Ticket, Share int64 }

// ExpiredShares lists up to limit shares, of any account, whose time is over
// and which were not ended yet. Sweeping only tidies: they admit nobody.
func (tx *Tx) ExpiredShares(limit int) ([]SweepItem, error) {
	return tx.sweepItems(`SELECT s.account_id, s.ticket_id, s.id FROM shares s WHERE s.ended_at IS NULL AND s.expires_at IS NOT NULL AND s.expires_at <= ? ORDER BY s.expires_at LIMIT ?`,
		int64(tx.now), limit)
}

// SharesOfClosed lists up to limit live shares of one account on tickets that
// were solved before the given moment (setting sharing.end_after_closed_days).
func (tx *Tx) SharesOfClosed(account int64, before dm.Time, limit int) ([]SweepItem, error) {
	return tx.sweepItems(`SELECT s.account_id, s.ticket_id, s.id FROM shares s JOIN tickets t ON t.account_id = s.account_id AND t.id = s.ticket_id
WHERE s.account_id = ? AND s.ended_at IS NULL AND s.ticket_list_state = 0 AND t.solved_at IS NOT NULL AND t.solved_at <= ? ORDER BY s.id LIMIT ?`,
		account, int64(before), limit)
}

// SharesOfGroup lists up to limit live shares with a group.
func (tx *Tx) SharesOfGroup(account, group int64, limit int) ([]SweepItem, error) {
	return tx.sweepItems(`SELECT s.account_id, s.ticket_id, s.id FROM shares s WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = ? AND s.ended_at IS NULL ORDER BY s.id LIMIT ?`,
		account, group, limit)
}

func (tx *Tx) sweepItems(query string, args ...any) ([]SweepItem, error) {
	var list []SweepItem
	err := tx.query(query, func(rows *sql.Rows) error {
		var it SweepItem
		if err := rows.Scan(&it.Account, &it.Ticket, &it.Share); err != nil {
			return err
		}
		list = append(list, it)
		return nil
	}, args...)
	return list, err
}

// TargetRow is somebody a ticket can be shared with, as the picker shows them.
type TargetRow struct {
	Target  dm.Target
	Name    string
	Address string // of a person; of a partner their host
	Members int    // of a group
}

// GroupsNamed finds groups by the beginning of their name or of a word of it.
func (tx *Tx) GroupsNamed(account int64, q string, limit int) (list []TargetRow, err error) {
	folded := Fold(strings.TrimSpace(q))
	err = tx.query(`SELECT g.id, g.name, '', (SELECT COUNT(*) FROM group_members m JOIN people p ON p.account_id = m.account_id AND p.id = m.person_id
WHERE m.account_id = g.account_id AND m.group_id = g.id AND p.active = 1) FROM groups g
WHERE g.account_id = ? AND g.deleted_at IS NULL AND (g.name_folded LIKE ? ESCAPE '!' OR g.name_folded LIKE ? ESCAPE '!') ORDER BY g.name_folded LIMIT ?`,
		targetsInto(&list, dm.TargetGroup), account, likePrefix(folded), likeWord(folded), limit)
	return list, err
}

// RequestersNamed finds active requesters by the beginning of their name or of an
// address.
func (tx *Tx) RequestersNamed(account int64, q string, limit int) (list []TargetRow, err error) {
	err = tx.targetPeople(account, dm.Requester, Fold(strings.TrimSpace(q)), limit, targetsInto(&list, dm.TargetRequester))
	return list, err
}

// AgentsNamed finds active agents by the beginning of their name, of a word of it,
// or of an address.
func (tx *Tx) AgentsNamed(account int64, q string, limit int) (list []TargetRow, err error) {
	err = tx.targetPeople(account, dm.Agent, Fold(strings.TrimSpace(q)), limit, targetsInto(&list, dm.TargetAgent))
	return list, err
}

// targetsInto adds what it scans to a list.
func targetsInto(list *[]TargetRow, kind dm.TargetKind) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		r := TargetRow{Target: dm.Target{Kind: kind}}
		err := rows.Scan(&r.Target.ID, &r.Name, &r.Address, &r.Members)
		*list = append(*list, r)
		return err
	}
}

func (tx *Tx) targetPeople(account int64, kind dm.PersonKind, folded string, limit int, scan func(*sql.Rows) error) error {
	// Agents are few: their names are searched by every word. Requesters are
	// many: only prefixes that an index serves.
	cond := `(p.name_folded >= ? AND p.name_folded < ?) OR p.id IN (SELECT a.person_id FROM addresses a WHERE a.account_id = p.account_id AND a.folded >= ? AND a.folded < ?)`
	args := []any{account, kind, folded, folded + "\U0010FFFF", folded, folded + "\U0010FFFF"}
	if kind == dm.Agent {
		cond += ` OR p.name_folded LIKE ? ESCAPE '!'`
		args = append(args, likeWord(folded))
	}
	return tx.query(`SELECT p.id, p.name, p.address, 0 FROM people p WHERE p.account_id = ? AND p.kind = ? AND p.active = 1 AND (`+cond+`) ORDER BY p.name_folded, p.id LIMIT ?`,
		scan, append(args, limit)...)
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func likePrefix(folded string) string { return likeEscaper.Replace(folded) + "%" }
func likeWord(folded string) string   { return "% " + likeEscaper.Replace(folded) + "%" }

// AnyGroupName gives the name of a group, deleted or not; "" when unknown.
func (tx *Tx) AnyGroupName(account, id int64) (string, error) {
	var name string
	err := tx.row(`SELECT name FROM groups WHERE account_id = ? AND id = ?`, account, id).Scan(&name)
	if isNoRows(err) {
		return "", nil
	}
	return name, err
}
