package storetest

import (
	"slices"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

func testCalendars(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	office := dm.Calendar{Name: "Büro", TimeZone: "Europe/Berlin", Hours: &dm.WeekHours{1: {{From: 540, To: 1020}}}, Holidays: []dm.Holiday{{From: "2026-12-24", To: "2026-12-26", Name: "Weihnachten"}}}
	first := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateCalendar(account, &office) })
	second := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateCalendar(account, &dm.Calendar{Name: "Always", TimeZone: "UTC"})
	})
	refused(t, db, dm.Conflict, func(tx *store.Tx) error {
		_, err := tx.CreateCalendar(account, &dm.Calendar{Name: "BÜRO", TimeZone: "UTC"})
		return err
	})
	for _, id := range []int64{first, second} {
		write(t, db, func(tx *store.Tx) error { return tx.SetDefaultCalendar(account, id) })
	}
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.SetDefaultCalendar(other, first) })
	dir := read(t, db, func(tx *store.Tx) (*store.Directory, error) { return tx.Directory(account) })
	if got := dir.DefaultCalendar().ID; got != second {
		t.Errorf("the default is %d, not %d", got, second)
	}
	if got := dir.Calendar(first); got.Default || got.Hours == nil || !slices.Equal(got.Hours[1], office.Hours[1]) || !slices.Equal(got.Holidays, office.Holidays) || got.TimeZone != office.TimeZone {
		t.Errorf("read back: %+v", got)
	}
	policy := dm.SLAPolicy{Name: "All", Active: true, CalendarID: first, Targets: dm.Targets{dm.PriorityLow: {dm.ClockResolution: 60}}, Pause: []dm.Status{dm.StatusPending}}
	policy.ID = made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateSLAPolicy(account, &policy) })
	refused(t, db, dm.Conflict, func(tx *store.Tx) error { return tx.DeleteCalendar(account, first) })
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.DeleteSLAPolicy(other, policy.ID) })
	write(t, db, func(tx *store.Tx) error { return tx.DeleteSLAPolicy(account, policy.ID) })
	made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateSLAPolicy(account, &dm.SLAPolicy{Name: "ALL", Targets: policy.Targets})
	})
	write(t, db, func(tx *store.Tx) error { return tx.DeleteCalendar(account, first) })
	dir = read(t, db, func(tx *store.Tx) (*store.Directory, error) { return tx.Directory(account) })
	if len(dir.Policies) != 0 || len(dir.Calendars) != 1 {
		t.Errorf("%d active policies, %d calendars", len(dir.Policies), len(dir.Calendars))
	}
}

func testClocks(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ticket := newTicket(t, db, account, newPerson(t, db, account, dm.Requester, "Rob", "rob@acme.example"))
	now := read(t, db, func(tx *store.Tx) (dm.Time, error) { return tx.Now(), nil })
	clocks := []dm.Clock{
		{Kind: dm.ClockFirstReply, StartedAt: now, Target: time.Hour, Spent: 5 * time.Minute, Since: now, DueAt: now - 1},
		{Kind: dm.ClockResolution, StartedAt: now, EndedAt: now, Late: true, BreachedAt: now},
	}
	save := func() {
		t.Helper()
		write(t, db, func(tx *store.Tx) error { return tx.SaveClocks(account, ticket.ID, clocks) })
		if got := read(t, db, func(tx *store.Tx) ([]dm.Clock, error) { return tx.Clocks(account, ticket.ID) }); !slices.Equal(got, clocks) {
			t.Errorf("got %+v, not %+v", got, clocks)
		}
	}
	missed := func(account int64) []int64 {
		t.Helper()
		return read(t, db, func(tx *store.Tx) ([]int64, error) { return tx.MissedClocks(account, 10) })
	}
	save()
	if got := missed(account); !slices.Equal(got, []int64{ticket.ID}) {
		t.Errorf("missed: %v", got)
	}
	if got := missed(other); len(got) != 0 {
		t.Errorf("another account has missed %v", got)
	}
	clocks[0].Late, clocks[0].BreachedAt = true, clocks[0].DueAt
	save()
	if got := missed(account); len(got) != 0 {
		t.Errorf("noted already: %v", got)
	}
	if got := read(t, db, func(tx *store.Tx) ([]int64, error) { return tx.OpenTicketsAfter(account, 0, 10) }); !slices.Equal(got, []int64{ticket.ID}) {
		t.Errorf("open: %v", got)
	}
}
