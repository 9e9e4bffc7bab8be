package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// NoticeRow is what holds for one kind of notice, by each channel.
type NoticeRow struct {
	Kind dm.NoticeKind
	By   map[dm.NoticeChannel]dm.NoticeCell
}

// NoticeWish changes one kind of notice; nil leaves a channel as it is.
type NoticeWish struct {
	Kind dm.NoticeKind
	By   map[dm.NoticeChannel]*dm.NoticeCell
}

// OwnNoticeSettings are what the viewer wants to hear, and when. A cell says what
// holds for them; a locked one they cannot change.
type OwnNoticeSettings struct {
	Rows  []NoticeRow
	Times dm.NoticeTimes
	Zone  string // in which the times are meant
}

// NoticeTimesPatch sets when mail goes out; nil leaves a value as it is.
type NoticeTimesPatch struct {
	Digest *dm.Digest
	Hour   *int
	Quiet  *bool
	From   *int
	To     *int
	Days   *dm.DaySet
	Device *string
}

// forRequesters are the kinds of notice that somebody who is no agent can get.
var forRequesters = []dm.NoticeKind{dm.NoticeShared, dm.NoticeUnshared, dm.NoticeLevel, dm.NoticeShareExpired, dm.NoticeReply}

// NoticeMatrix reads what the account sends: for each kind and channel whether it
// is on for those who have not chosen, and whether they may. Every agent may read
// this.
func (a *App) NoticeMatrix(ctx context.Context, v *access.Viewer) ([]NoticeRow, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]NoticeRow, error) {
		rules, err := tx.NoticeRules(v.Account(), 0, nil)
		if err != nil {
			return nil, err
		}
		return rowsOf(dm.NoticeKinds, rules.Cell), nil
	})
}

func rowsOf(kinds []dm.NoticeKind, cell func(dm.NoticeKind, dm.NoticeChannel) dm.NoticeCell) []NoticeRow {
	rows := make([]NoticeRow, len(kinds))
	for i, kind := range kinds {
		rows[i] = NoticeRow{Kind: kind, By: map[dm.NoticeChannel]dm.NoticeCell{}}
		for _, by := range dm.NoticeChannels {
			rows[i].By[by] = cell(kind, by)
		}
	}
	return rows
}

// SetNoticeMatrix changes what the account sends. It needs settings.manage.
func (a *App) SetNoticeMatrix(ctx context.Context, v *access.Viewer, wishes []NoticeWish) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		rules, err := t.tx.NoticeRules(t.account, 0, nil)
		if err != nil {
			return err
		}
		if err := t.eachWish("rows", wishes, func(_ string, kind dm.NoticeKind, by dm.NoticeChannel, want dm.NoticeCell) error {
			old := rules.Cell(kind, by)
			if want == old {
				return nil
			}
			t.changed(string(kind)+"."+string(by), cellText(old), cellText(want))
			return t.tx.SetNoticeCell(t.account, kind, by, want)
		}); err != nil || len(t.changes) == 0 {
			return err
		}
		return t.log("notices.updated", "account", 0)
	})
}

// cellText says what a cell holds, for the log.
func cellText(c dm.NoticeCell) string {
	text := strconv.FormatBool(c.On)
	if c.Locked {
		text += " (locked)"
	}
	return text
}

// eachWish checks wishes and gives each cell that one names, with its place.
func (t *act) eachWish(field string, wishes []NoticeWish, f func(at string, kind dm.NoticeKind, by dm.NoticeChannel, want dm.NoticeCell) error) error {
	for i, w := range wishes {
		at := fmt.Sprintf("%s[%d]", field, i)
		if !dm.KnownNotice(w.Kind) {
			t.faults.add(at+".kind", "There is no such kind of notice.")
			continue
		}
		for _, by := range dm.NoticeChannels {
			if want := w.By[by]; want != nil {
				if err := f(at+"."+string(by), w.Kind, by, *want); err != nil {
					return err
				}
			}
		}
	}
	return t.faults.err()
}

// OwnNoticeSettings reads what the viewer wants to hear, and when.
func (a *App) OwnNoticeSettings(ctx context.Context, v *access.Viewer) (*OwnNoticeSettings, error) {
	if v == nil || v.Person() == 0 {
		return nil, dm.ErrForbidden
	}
	return fetch(ctx, a, func(tx *store.Tx) (*OwnNoticeSettings, error) {
		rules, err := tx.NoticeRules(v.Account(), 0, []int64{v.Person()})
		if err != nil {
			return nil, err
		}
		kinds := dm.NoticeKinds
		if !v.IsAgent() {
			kinds = forRequesters
		}
		likes := rules.Likes(v.Person())
		return &OwnNoticeSettings{Times: likes.Notices, Zone: likes.Zone().String(), Rows: rowsOf(kinds, func(kind dm.NoticeKind, by dm.NoticeChannel) dm.NoticeCell {
			cell := rules.Cell(kind, by)
			return dm.NoticeCell{On: cell.For(rules.Wish(v.Person(), kind, by)), Locked: cell.Locked}
		})}, nil
	})
}

// SetOwnNoticeSettings says what the viewer wants to hear, and when. Nobody does
// this for somebody else. What the account has locked is refused.
func (a *App) SetOwnNoticeSettings(ctx context.Context, v *access.Viewer, wishes []NoticeWish, times NoticeTimesPatch) error {
	if v == nil || v.Person() == 0 || v.ByToken() {
		return dm.ErrForbidden
	}
	return a.write(ctx, func(tx *store.Tx) error {
		t := &act{tx: tx, viewer: v, account: v.Account()}
		rules, err := tx.NoticeRules(t.account, 0, []int64{v.Person()})
		if err != nil {
			return err
		}
		likes := rules.Likes(v.Person())
		times.apply(&t.faults, &likes.Notices)
		if err := t.eachWish("rows", wishes, func(at string, kind dm.NoticeKind, by dm.NoticeChannel, want dm.NoticeCell) error {
			switch cell := rules.Cell(kind, by); {
			case cell.Locked && want.On != cell.On:
				t.faults.add(at, "Your administrators decide this for everybody.")
				return nil
			case cell.Locked:
				return nil
			}
			return tx.SetNoticeSwitch(t.account, 0, v.Person(), kind, by, want.On)
		}); err != nil || times == (NoticeTimesPatch{}) {
			return err
		}
		return tx.SetPreferences(t.account, v.Person(), *likes)
	})
}

// apply checks the patch and puts it on the times.
func (p *NoticeTimesPatch) apply(f *inputFaults, n *dm.NoticeTimes) {
	if p.Digest != nil {
		n.Digest = oneOf(f, "digest", *p.Digest, dm.Digests...)
	}
	minutes := func(field string, given *int, most int, to *int) {
		if given == nil {
			return
		}
		if *given < 0 || *given > most {
			f.add(field, "This is not a time of day.")
		}
		*to = *given
	}
	minutes("digest_hour", p.Hour, 23, &n.Hour)
	minutes("quiet_hours.from", p.From, 24*60-1, &n.From)
	minutes("quiet_hours.to", p.To, 24*60-1, &n.To)
	if p.Quiet != nil {
		n.Quiet = *p.Quiet
	}
	if p.Days != nil {
		n.Days = *p.Days
	}
	if p.Device != nil {
		n.Device = f.timeZone("device_time_zone", *p.Device)
	}
	if n.Quiet && n.Days == 0 {
		f.add("quiet_hours.days", "Choose at least one day.")
	}
}

// weekdays are the days as the API names them, from Sunday on.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// DayNames gives the days of a set, from Monday on.
func DayNames(s dm.DaySet) []string {
	names := []string{}
	for i := range weekdays {
		if day := (i + 1) % 7; s&(1<<day) != 0 {
			names = append(names, weekdays[day])
		}
	}
	return names
}

// DaysOf reads names of days; unknown ones are left out.
func DaysOf(names []string) dm.DaySet {
	var s dm.DaySet
	for _, name := range names {
		if day := slices.Index(weekdays, name); day >= 0 {
			s |= 1 << day
		}
	}
	return s
}
