package app

import (
	"context"
	"maps"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Notices reads which kinds of notice are switched on for the account, or with
// brand given for that brand. A notice is sent when account, brand and person
// all have it on. Every agent may read this.
func (a *App) Notices(ctx context.Context, v *access.Viewer, brand int64) (map[dm.NoticeKind]bool, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (map[dm.NoticeKind]bool, error) {
		if brand != 0 {
			if _, err := tx.Brand(v.Account(), brand); err != nil {
				return nil, err
			}
		}
		return tx.NoticeSwitches(v.Account(), brand, 0)
	})
}

// SetNotices switches kinds of notice on or off for the account, or with brand
// given for that brand. It needs settings.manage.
func (a *App) SetNotices(ctx context.Context, v *access.Viewer, brand int64, on map[dm.NoticeKind]bool) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		kind := "account"
		if brand != 0 {
			kind = "brand"
			if _, err := t.tx.Brand(t.account, brand); err != nil {
				return err
			}
		}
		if err := switchNotices(t, brand, 0, on); err != nil || len(t.changes) == 0 {
			return err
		}
		return t.log("notices.updated", kind, brand)
	})
}

// OwnNotices reads which kinds of notice the viewer wants.
func (a *App) OwnNotices(ctx context.Context, v *access.Viewer) (map[dm.NoticeKind]bool, error) {
	if v == nil || v.Person() == 0 {
		return nil, dm.ErrForbidden
	}
	return fetch(ctx, a, func(tx *store.Tx) (map[dm.NoticeKind]bool, error) {
		return tx.NoticeSwitches(v.Account(), 0, v.Person())
	})
}

// SetOwnNotices says which kinds of notice the viewer wants; kinds not named
// stay as they are. Nobody does this for somebody else.
func (a *App) SetOwnNotices(ctx context.Context, v *access.Viewer, on map[dm.NoticeKind]bool) error {
	if v == nil || v.Person() == 0 || v.ByToken() {
		return dm.ErrForbidden
	}
	return a.write(ctx, func(tx *store.Tx) error {
		return switchNotices(&act{tx: tx, viewer: v, account: v.Account()}, 0, v.Person(), on)
	})
}

// switchNotices turns kinds of mail on or off, for a person, a brand or the
// account. What the account turns off nobody gets; what it turns on again people
// may turn off for themselves.
func switchNotices(t *act, brand, person int64, on map[dm.NoticeKind]bool) error {
	old, err := t.tx.NoticeSwitches(t.account, brand, person)
	if err != nil {
		return err
	}
	for _, kind := range slices.Sorted(maps.Keys(on)) {
		if !dm.KnownNotice(kind) {
			t.faults.add(string(kind), "There is no such kind of notice.")
		}
	}
	if err := t.faults.err(); err != nil {
		return err
	}
	for _, kind := range dm.NoticeKinds {
		want, given := on[kind]
		if !given || want == old[kind] {
			continue
		}
		if brand == 0 && person == 0 {
			err = t.tx.SetNoticeCell(t.account, kind, dm.NoticeMail, dm.NoticeCell{On: want, Locked: !want})
		} else {
			err = t.tx.SetNoticeSwitch(t.account, brand, person, kind, dm.NoticeMail, want)
		}
		if err != nil {
			return err
		}
		t.changedFlag(string(kind), old[kind], want)
	}
	return nil
}
