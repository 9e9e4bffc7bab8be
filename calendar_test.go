package deskmesh_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	dm "github.com/deskmesh/deskmesh"
)

// office works from 09:00 to 12:30 and from 13:00 to 17:30, Monday to Friday.
func office(zone string, holidays ...dm.Holiday) *dm.Calendar {
	c := &dm.Calendar{TimeZone: zone, Hours: &dm.WeekHours{}, Holidays: holidays}
	for day := time.Monday; day <= time.Friday; day++ {
		c.Hours[day] = []dm.Hours{{From: 540, To: 750}, {From: 780, To: 1050}}
	}
	return c
}

func at(t *testing.T, text string) dm.Time {
	t.Helper()
	var m dm.Time
	if err := m.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestCalendarDays(t *testing.T) {
	t.Parallel()
	berlin := office("Europe/Berlin", dm.Holiday{From: "2026-12-24", To: "2026-12-26", Name: "Christmas"})
	for _, x := range []struct {
		name, from, to string
		work           time.Duration
	}{
		{"within a morning", "2026-11-23T09:00:00+01:00", "2026-11-23T11:00:00+01:00", 2 * time.Hour},
		{"over lunch", "2026-11-23T12:00:00+01:00", "2026-11-23T13:30:00+01:00", time.Hour},
		{"over the night", "2026-11-23T17:00:00+01:00", "2026-11-24T09:30:00+01:00", time.Hour},
		{"over the weekend", "2026-11-27T17:00:00+01:00", "2026-11-30T09:30:00+01:00", time.Hour},
		{"over holidays and the weekend", "2026-12-23T17:00:00+01:00", "2026-12-28T09:30:00+01:00", time.Hour},
		{"a filing at night waits for the morning", "2026-11-23T03:00:00+01:00", "2026-11-23T10:00:00+01:00", time.Hour},
		{"clocks are put forward on a Sunday", "2026-03-27T16:30:00+01:00", "2026-03-30T10:00:00+02:00", 2 * time.Hour},
		{"clocks are put back on a Sunday", "2026-10-23T16:30:00+02:00", "2026-10-26T10:00:00+01:00", 2 * time.Hour},
	} {
		from, to := at(t, x.from), at(t, x.to)
		if got := berlin.Between(from, to); got != x.work {
			t.Errorf("%s: %v between, not %v", x.name, got, x.work)
		}
		if got := berlin.Add(from, x.work); got != to {
			t.Errorf("%s: added to %v, not %v", x.name, got.Std(), to.Std())
		}
	}
}

// TestCalendarClockChanges looks at hours that lie on a change of clocks.
func TestCalendarClockChanges(t *testing.T) {
	t.Parallel()
	nights := &dm.Calendar{TimeZone: "Europe/Berlin", Hours: &dm.WeekHours{{{From: 0, To: 150}, {From: 150, To: 240}}}} // Sundays, 00:00 to 02:30 and on to 04:00
	for _, x := range []struct {
		name, from, to string
		work           time.Duration
	}{
		{"a usual night", "2026-03-22T00:00:00+01:00", "2026-03-22T04:00:00+01:00", 4 * time.Hour},
		{"an hour is passed over", "2026-03-29T00:00:00+01:00", "2026-03-29T04:00:00+02:00", 3 * time.Hour},
		{"an hour comes twice", "2026-10-25T00:00:00+02:00", "2026-10-25T04:00:00+01:00", 5 * time.Hour},
	} {
		if got := nights.Between(at(t, x.from), at(t, x.to)); got != x.work {
			t.Errorf("%s: %v, not %v", x.name, got, x.work)
		}
		if got := nights.Add(at(t, x.from), x.work); got != at(t, x.to) {
			t.Errorf("%s: added to %v", x.name, got.Std())
		}
	}
	always := &dm.Calendar{TimeZone: "America/Sao_Paulo", Holidays: []dm.Holiday{{From: "2018-11-04", To: "2018-11-04", Name: "x"}}} // its midnight was passed over
	if got := always.Between(at(t, "2018-11-03T23:00:00-03:00"), at(t, "2018-11-05T01:00:00-02:00")); got != 2*time.Hour {
		t.Errorf("around a holiday without a midnight: %v", got)
	}
}

func TestCalendarNeverOpen(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-23T10:00:00Z")
	closed := &dm.Calendar{Hours: &dm.WeekHours{}}
	if closed.Open(now) || closed.Add(now, time.Minute) != 0 || closed.NextChange(now) != 0 || closed.Between(now, now.Add(1000*time.Hour)) != 0 {
		t.Error("a calendar without hours is open")
	}
	var always dm.Calendar
	if !always.Open(now) || always.NextChange(now) != 0 || always.Add(now, time.Hour) != now.Add(time.Hour) {
		t.Error("the zero calendar is not open around the clock")
	}
	c := office("UTC")
	if got := c.NextChange(now); got != at(t, "2026-11-23T12:30:00Z") {
		t.Errorf("closes at %v", got.Std())
	}
	if got := c.NextChange(at(t, "2026-11-27T18:00:00Z")); got != at(t, "2026-11-30T09:00:00Z") {
		t.Errorf("opens at %v", got.Std())
	}
}

// TestCalendarProperties holds that adding and measuring fit each other, in any
// zone and over any change of clocks, and that both agree with Open.
func TestCalendarProperties(t *testing.T) {
	t.Parallel()
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia"}
	rapid.Check(t, func(t *rapid.T) {
		c := &dm.Calendar{TimeZone: rapid.SampledFrom(zones).Draw(t, "zone")}
		if rapid.IntRange(0, 5).Draw(t, "kind") > 0 {
			c.Hours = &dm.WeekHours{}
			for day := range c.Hours {
				edges := rapid.SliceOfNDistinct(rapid.IntRange(0, 96), 0, 6, rapid.ID).Draw(t, "edges")
				slices.Sort(edges)
				for i := 0; i+1 < len(edges); i += 2 {
					c.Hours[day] = append(c.Hours[day], dm.Hours{From: edges[i] * 15, To: edges[i+1] * 15})
				}
			}
		}
		start := dm.TimeOf(time.Date(rapid.IntRange(2005, 2030).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"), 0,
			rapid.IntRange(0, 1439).Draw(t, "minute"), 0, 0, time.UTC))
		if rapid.Bool().Draw(t, "holiday") {
			first := start.Std().AddDate(0, 0, rapid.IntRange(-3, 10).Draw(t, "first"))
			c.Holidays = []dm.Holiday{{From: first.Format(time.DateOnly), To: first.AddDate(0, 0, rapid.IntRange(0, 5).Draw(t, "days")).Format(time.DateOnly), Name: "x"}}
		}
		work := time.Duration(rapid.IntRange(1, 60*80).Draw(t, "work")) * time.Minute
		end := c.Add(start, work)
		if end == 0 {
			return // it is never open long enough
		}
		if got := c.Between(start, end); got != work {
			t.Fatalf("%v after %v is %v, but %v lie between", work, start.Std(), end.Std(), got)
		}
		if c.Open(end-1) == false {
			t.Fatalf("the last moment before %v is not open", end.Std())
		}
		middle := start + dm.Time(rapid.Int64Range(0, int64(end-start)).Draw(t, "middle"))
		if a, b := c.Between(start, middle), c.Between(middle, end); a+b != work {
			t.Fatalf("%v and %v are not %v", a, b, work)
		}
		if next := c.NextChange(middle); next != 0 && (next <= middle || c.Open(next) == c.Open(middle) || c.Open(next-1) != c.Open(middle)) {
			t.Fatalf("after %v it does not change at %v", middle.Std(), next.Std())
		}
	})
}
