package store

import (
	"cmp"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
)

const (
	// shareWindow is how many shares one page looks at for those that fit.
	shareWindow = 2000
	// shareNames is how many recipients a name may stand for.
	shareNames = 20
)

// SharePlace is a share's place in the list of all, newest first.
type SharePlace struct {
	ID, TicketID int64
	CreatedAt    dm.Time
}

// SharePlaces gives a page of the shares of the account that fit a filter, in
// any state, newest first, and the cursor of the next page: "" after the last.
// A page looks at a bounded number of shares, so that it may have fewer than
// limit although there is a next one. What of a share's ticket may be shown is
// for the caller to decide.
func (tx *Tx) SharePlaces(account int64, f *dm.ShareFilter, cursor string, limit int) (list []SharePlace, next string, err error) {
	after, err := readShareMark(cursor)
	if err != nil {
		return nil, "", err
	}
	targets, some, err := tx.shareTargetsOf(account, f)
	if err != nil || !some {
		return nil, "", err
	}
	for _, window := range []int{2*limit + 1, shareWindow} {
		list, next, err = tx.shareWindowOf(sharePage(account, f, targets, after, window, tx.now), limit, window)
		if err != nil || len(list) == limit || next == "" {
			break // else few of those looked at fit: look further
		}
	}
	return list, next, err
}

// shareWindowOf reads what fits of a window, at most limit, and the cursor of
// what follows it.
func (tx *Tx) shareWindowOf(t *sqlText, limit, window int) (list []SharePlace, next string, err error) {
	seen := 0
	var last SharePlace
	err = tx.query(t.String(), func(rows *sql.Rows) error {
		var p SharePlace
		var fits bool
		if err := rows.Scan(&p.ID, &p.TicketID, &p.CreatedAt, flag{&fits}); err != nil {
			return err
		}
		if len(list) == limit {
			next = shareMark(last)
			return nil
		}
		if seen, last = seen+1, p; fits {
			list = append(list, p)
		}
		return nil
	}, t.args...)
	if seen == window {
		next = shareMark(last)
	}
	return list, next, err
}

// sharePage renders the window of one page, over the shares with the targets.
func sharePage(account int64, f *dm.ShareFilter, targets []dm.Target, after *SharePlace, window int, now dm.Time) *sqlText {
	t := &sqlText{}
	t.add(`SELECT id, ticket_id, created_at, fits FROM (`)
	for i, target := range targets {
		if i > 0 {
			t.add(` UNION ALL `)
		}
		t.add(`SELECT * FROM (`)
		t.shareArm(account, f, target, after, window, now)
		t.add(`) a` + strconv.Itoa(i))
	}
	t.add(`) u ORDER BY created_at DESC, id DESC LIMIT ` + strconv.Itoa(window))
	return t
}

// shareArm renders a window over the shares with one target, or over all.
func (t *sqlText) shareArm(account int64, f *dm.ShareFilter, target dm.Target, after *SharePlace, window int, now dm.Time) {
	t.add(`SELECT s.id, s.ticket_id, s.created_at, CASE WHEN `)
	t.fitsShares(f, target, now)
	t.add(` THEN 1 ELSE 0 END AS fits FROM shares s WHERE s.account_id = ?`, account)
	switch {
	case target.ID != 0:
		column := `person_id`
		if target.Kind == dm.TargetGroup {
			column = `group_id`
		}
		t.add(` AND s.`+column+` = ?`, target.ID)
	case f.CreatedBy != 0:
		t.add(` AND s.created_by = ?`, f.CreatedBy)
	}
	if after != nil {
		t.add(` AND (s.created_at, s.id) < (?, ?)`, int64(after.CreatedAt), after.ID)
	}
	if f.Since != 0 {
		t.add(` AND s.created_at >= ?`, int64(f.Since))
	}
	if f.Before != 0 {
		t.add(` AND s.created_at < ?`, int64(f.Before))
	}
	t.add(` ORDER BY s.created_at DESC, s.id DESC LIMIT ` + strconv.Itoa(window))
}

// kindWord is a kind of target as a literal; what is none finds nothing.
func kindWord(k dm.TargetKind) string {
	if slices.Contains([]dm.TargetKind{dm.TargetAgent, dm.TargetGroup, dm.TargetRequester}, k) {
		return string(k)
	}
	return "none"
}

// fitsShares renders the conditions that no index decides.
func (t *sqlText) fitsShares(f *dm.ShareFilter, target dm.Target, now dm.Time) {
	t.add(`1 = 1`)
	if kind := cmp.Or(target.Kind, f.TargetKind); kind != "" {
		t.add(` AND s.target_kind = '` + kindWord(kind) + `'`)
	}
	if f.CreatedBy != 0 && target.ID != 0 {
		t.add(` AND s.created_by + 0 = ?`, f.CreatedBy)
	}
	if f.Cause != "" {
		t.add(` AND s.cause_kind = ?`, string(f.Cause))
	}
	if f.ExpiresBefore != 0 {
		t.add(` AND s.expires_at < ?`, int64(f.ExpiresBefore))
	}
	switch f.State {
	case dm.ShareIsLive:
		t.add(` AND s.ended_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?)`, int64(now))
	case dm.ShareIsExpired:
		t.add(` AND (s.ended_at IS NULL AND s.expires_at <= ? OR s.ended_at IS NOT NULL AND s.end_cause = 'expired')`, int64(now))
	case dm.ShareIsEnded:
		t.add(` AND s.ended_at IS NOT NULL AND s.end_cause <> 'expired'`)
	}
}

// shareTargetsOf gives the targets whose shares are walked: one without an id
// stands for all. some is false where nothing can fit.
func (tx *Tx) shareTargetsOf(account int64, f *dm.ShareFilter) (targets []dm.Target, some bool, err error) {
	one := dm.Target{Kind: f.TargetKind, ID: f.TargetID}
	if strings.TrimSpace(f.Query) == "" {
		return []dm.Target{one}, true, nil
	}
	if !storable(f.Query) {
		return nil, false, dm.BadField("q", "This is not valid text.")
	}
	named, err := tx.targetsNamed(account, Fold(strings.TrimSpace(f.Query)))
	if err != nil {
		return nil, false, err
	}
	named = slices.DeleteFunc(named, func(t dm.Target) bool {
		return f.TargetKind != "" && t.Kind != f.TargetKind || f.TargetID != 0 && t != one
	})
	return named, len(named) > 0, nil
}

// targetsNamed finds people and groups, active or not, a word of whose name
// begins with a folded text.
func (tx *Tx) targetsNamed(account int64, folded string) ([]dm.Target, error) {
	var list []dm.Target
	scan := func(rows *sql.Rows) error {
		var t dm.Target
		err := rows.Scan(&t.Kind, &t.ID)
		list = append(list, t)
		return err
	}
	people, err := tx.PeopleByWords(account, "", folded, shareNames)
	if err != nil {
		return nil, err
	}
	if len(people) > 0 {
		if err := tx.query(`SELECT kind, id FROM people WHERE account_id = ? AND id IN (`+marks(len(people))+`) ORDER BY id`, scan, append([]any{account}, padded(people)...)...); err != nil {
			return nil, err
		}
	}
	err = tx.query(`SELECT 'group', id FROM groups WHERE account_id = ? AND (name_folded LIKE ? ESCAPE '!' OR name_folded LIKE ? ESCAPE '!') ORDER BY id LIMIT ?`,
		scan, account, likePrefix(folded), likeWord(folded), shareNames)
	return list, err
}

// SharesByID reads shares of the account, in any state and in the order of the
// ids. What of their tickets may be shown is for the caller to decide.
func (tx *Tx) SharesByID(account int64, ids []int64) ([]dm.Share, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := tx.shares(`WHERE s.account_id = ? AND s.id IN (`+marks(len(ids))+`)`, append([]any{account}, padded(ids)...)...)
	slices.SortFunc(list, func(a, b dm.Share) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return list, err
}

func shareMark(p SharePlace) string {
	return strconv.FormatInt(int64(p.CreatedAt), 10) + "." + strconv.FormatInt(p.ID, 10)
}

func readShareMark(cursor string) (*SharePlace, error) {
	if cursor == "" {
		return nil, nil
	}
	at, id, _ := strings.Cut(cursor, ".")
	created, err := strconv.ParseInt(at, 10, 64)
	n, err2 := strconv.ParseInt(id, 10, 64)
	if err != nil || err2 != nil || created < 1 || n < 1 {
		return nil, dm.BadField("cursor", "The cursor does not belong to this list.")
	}
	return &SharePlace{ID: n, CreatedAt: dm.Time(created)}, nil
}
