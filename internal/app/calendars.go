package app

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Limits of calendars and policies.
const (
	maxCalendars   = 50
	maxPolicies    = 50
	maxHoursName   = 100
	maxHoursText   = 500
	maxHoursOfWeek = 7 * dm.MaxDayHours
)

// Weekdays are the names of the days in CalendarHours, as in time.Weekday.
var Weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// CalendarHours is a part of a day as people give it: times as 09:00, and 24:00
// for the end of the day.
type CalendarHours struct{ Day, From, To string }

// CalendarPatch sets a calendar's properties; nil leaves a value as it is.
type CalendarPatch struct {
	Name           *string
	Description    *string
	TimeZone       *string
	AroundTheClock *bool
	Hours          *[]CalendarHours
	Holidays       *[]dm.Holiday
	Default        *bool  // true alone: the one before is not any more
	Version        *int64 // that was looked at
}

// CalendarView is a calendar with what it stands at.
type CalendarView struct {
	dm.Calendar
	Open     bool
	ChangeAt dm.Time        // when it opens or closes next; 0 never
	UsedBy   []dm.SLAPolicy // that name it, or mean it as the default
	Rules    int            // that do so
}

// Calendars lists the account's calendars by name. It needs settings.manage.
func (a *App) Calendars(ctx context.Context, v *access.Viewer) ([]CalendarView, error) {
	if err := require(v, dm.SettingsManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]CalendarView, error) {
		list, err := tx.Calendars(v.Account())
		if err != nil {
			return nil, err
		}
		policies, err := tx.SLAPolicies(v.Account())
		if err != nil {
			return nil, err
		}
		rules, err := tx.Rules(v.Account(), "")
		views := make([]CalendarView, len(list))
		for i, c := range list {
			views[i] = CalendarView{Calendar: c, Open: c.Open(tx.Now()), ChangeAt: c.NextChange(tx.Now()), UsedBy: usersOf(&c, policies), Rules: len(rulesBy(&c, rules))}
		}
		return views, err
	})
}

// Calendar reads one calendar. It needs settings.manage.
func (a *App) Calendar(ctx context.Context, v *access.Viewer, id int64) (*CalendarView, error) {
	list, err := a.Calendars(ctx, v)
	for i := range list {
		if list[i].ID == id {
			return &list[i], nil
		}
	}
	return nil, cmp.Or(err, error(dm.Missing("calendar")))
}

func usersOf(c *dm.Calendar, policies []dm.SLAPolicy) (list []dm.SLAPolicy) {
	for _, p := range policies {
		if p.CalendarID == c.ID || p.CalendarID == 0 && c.Default {
			list = append(list, p)
		}
	}
	return list
}

// rulesBy lists the rules that count by a calendar, and those that name it though
// they count at any time.
func rulesBy(c *dm.Calendar, all []dm.Rule) (list []*dm.Rule) {
	for i := range all {
		if r := &all[i]; r.CalendarID == c.ID || r.CalendarID == 0 && c.Default && r.Hours != dm.HoursAny {
			list = append(list, r)
		}
	}
	return list
}

// CreateCalendar makes a calendar; the first one is the account's default. It
// needs settings.manage. Conflict where another has the name.
func (a *App) CreateCalendar(ctx context.Context, v *access.Viewer, p CalendarPatch) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		all, err := t.tx.Calendars(t.account)
		if err != nil {
			return err
		}
		if len(all) >= maxCalendars {
			return dm.Errorf(dm.Conflict, "An account has at most %d calendars.", maxCalendars).With("cap")
		}
		c := &dm.Calendar{TimeZone: "UTC"}
		p.Name = cmp.Or(p.Name, &c.Name)
		if p.Hours == nil && p.AroundTheClock == nil {
			t.faults.add("hours", "Say when people work: hours, or around_the_clock.")
		}
		if err := t.patchCalendar(c, &p); err != nil {
			return err
		}
		id, err := t.tx.CreateCalendar(t.account, c)
		if err != nil {
			return err
		}
		if len(all) == 0 || isTrue(p.Default) {
			if err := t.tx.SetDefaultCalendar(t.account, id); err != nil {
				return err
			}
			if err := t.recount(); err != nil {
				return err
			}
		}
		return t.log("calendar.created", "calendar", id)
	})
}

// UpdateCalendar changes a calendar, or makes it the account's default. It needs
// settings.manage. Conflict for another version than the one looked at.
func (a *App) UpdateCalendar(ctx context.Context, v *access.Viewer, id int64, p CalendarPatch) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		c, err := t.calendar(id)
		if err != nil {
			return err
		}
		if err := seenVersion(p.Version, c.Version, "calendar"); err != nil {
			return err
		}
		if p.Default != nil && !*p.Default && c.Default {
			t.faults.add("default", "Make another calendar the default one instead.")
		}
		if err := t.patchCalendar(c, &p); err != nil || len(t.changes) == 0 {
			return err
		}
		if err := t.tx.SaveCalendar(t.account, c); err != nil {
			return err
		}
		if isTrue(p.Default) && !c.Default {
			if err := t.tx.SetDefaultCalendar(t.account, id); err != nil {
				return err
			}
		}
		if err := t.recount(); err != nil {
			return err
		}
		return t.log("calendar.updated", "calendar", id)
	})
}

// DeleteCalendar deletes a calendar that nothing uses. It needs settings.manage.
// Conflict where it is in use, or the default of several.
func (a *App) DeleteCalendar(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		c, err := t.calendar(id)
		if err != nil {
			return err
		}
		calendars, err := t.tx.Calendars(t.account)
		if err != nil {
			return err
		}
		policies, err := t.tx.SLAPolicies(t.account)
		if err != nil {
			return err
		}
		all, err := t.tx.Rules(t.account, "")
		if err != nil {
			return err
		}
		switch users, rules := usersOf(c, policies), rulesBy(c, all); {
		case len(rules) > 0 && t.viewer.Can(dm.RulesManage):
			return dm.Errorf(dm.Conflict, "The rule %s counts by this calendar. Choose another one there first.", rules[0].Name).With("in_use")
		case len(rules) > 0:
			return dm.Errorf(dm.Conflict, "A rule counts by this calendar. Choose another one there first.").With("in_use")
		case len(users) > 0:
			return dm.Errorf(dm.Conflict, "The policy %s counts by this calendar. Choose another one there first.", users[0].Name).With("in_use")
		case c.Default && len(calendars) > 1:
			return dm.Errorf(dm.Conflict, "This is the default calendar. Make another one the default first.").With("in_use")
		}
		if err := t.tx.DeleteCalendar(t.account, id); err != nil {
			return err
		}
		t.changed("name", c.Name, "")
		return t.log("calendar.deleted", "calendar", id)
	})
}

func (t *act) calendar(id int64) (*dm.Calendar, error) {
	list, err := t.tx.Calendars(t.account)
	for i := range list {
		if list[i].ID == id {
			return &list[i], nil
		}
	}
	return nil, cmp.Or(err, error(dm.Missing("calendar")))
}

// seenVersion refuses a change that was made on another version.
func seenVersion(seen *int64, now int64, noun string) error {
	if seen == nil || *seen == now {
		return nil
	}
	return dm.Errorf(dm.Conflict, "Somebody else changed this %s meanwhile. Load it again and look at what changed.", noun).With("version")
}

// recount has the clocks of open tickets set anew, where anything is promised or
// was until now.
func (t *act) recount() error {
	policies, err := t.tx.SLAPolicies(t.account)
	if err != nil || len(policies) == 0 {
		return err
	}
	return recountLater(t.tx, t.account)
}

// patchCalendar checks a patch and puts it into the calendar.
func (t *act) patchCalendar(c *dm.Calendar, p *CalendarPatch) error {
	old := *c
	if p.Name != nil {
		c.Name = t.faults.name("name", *p.Name, maxHoursName)
	}
	if p.Description != nil {
		c.Description = t.faults.text("description", *p.Description, maxHoursText)
	}
	if p.TimeZone != nil {
		if c.TimeZone = t.faults.timeZone("time_zone", *p.TimeZone); c.TimeZone == "" {
			t.faults.add("time_zone", "This is the name of a time zone such as Europe/Berlin.")
		}
	}
	switch {
	case isTrue(p.AroundTheClock) && p.Hours != nil && len(*p.Hours) > 0:
		t.faults.add("hours", "Give hours, or around_the_clock, not both.")
	case isTrue(p.AroundTheClock):
		c.Hours = nil
	case p.Hours != nil:
		c.Hours = t.faults.weekHours("hours", *p.Hours)
	case p.AroundTheClock != nil && c.Hours == nil:
		t.faults.add("hours", "Say when people work: hours, or around_the_clock.")
	}
	if p.Holidays != nil {
		c.Holidays = t.faults.holidays("holidays", *p.Holidays)
	}
	t.changed("name", old.Name, c.Name)
	t.changed("time_zone", old.TimeZone, c.TimeZone)
	for _, x := range []struct {
		field   string
		differs bool
	}{{"description", old.Description != c.Description}, {"hours", !reflect.DeepEqual(old.Hours, c.Hours)},
		{"holidays", !slices.Equal(old.Holidays, c.Holidays)}, {"default", isTrue(p.Default) && !c.Default}} {
		if x.differs {
			t.touched(x.field)
		}
	}
	return t.faults.err()
}

func isTrue(b *bool) bool { return b != nil && *b }

// text cleans a text of several lines that people read; it may be empty.
func (f *inputFaults) text(field, text string, most int) string {
	text = strings.TrimSpace(cleanText(text))
	if len([]rune(text)) > most {
		f.add(field, "This may have at most %d characters.", most)
	}
	return text
}

// weekHours reads hours, and refuses those that overlap.
func (f *inputFaults) weekHours(field string, list []CalendarHours) *dm.WeekHours {
	if len(list) == 0 || len(list) > maxHoursOfWeek {
		f.add(field, "A week has 1 to %d parts of days.", maxHoursOfWeek)
		return nil
	}
	week := &dm.WeekHours{}
	for i, h := range list {
		at := field + "[" + strconv.Itoa(i) + "]"
		day := slices.Index(Weekdays, h.Day)
		if day < 0 {
			f.add(at+".day", "This is one of %s.", strings.Join(Weekdays, ", "))
			continue
		}
		from, to := f.clock(at+".from", h.From), f.clock(at+".to", h.To)
		switch {
		case from < 0 || to < 0:
		case from >= to:
			f.add(at+".to", "Hours end after they begin; those that go on after midnight are two.")
		case slices.ContainsFunc(week[day], func(o dm.Hours) bool { return from < o.To && o.From < to }):
			f.add(at, "These hours overlap with others of the day.")
		case len(week[day]) == dm.MaxDayHours:
			f.add(at, "A day has at most %d parts.", dm.MaxDayHours)
		default:
			week[day] = append(week[day], dm.Hours{From: from, To: to})
			slices.SortFunc(week[day], func(a, b dm.Hours) int { return cmp.Compare(a.From, b.From) })
		}
	}
	return week
}

// clock reads a time of the day in minutes; -1 where it is none.
func (f *inputFaults) clock(field, text string) int {
	if text == "24:00" {
		return dm.DayMinutes
	}
	at, err := time.Parse("15:04", text)
	if err != nil || len(text) != 5 {
		f.add(field, "This is a time of the day such as 09:00, or 24:00 for its end.")
		return -1
	}
	return at.Hour()*60 + at.Minute()
}

// ClockText gives minutes of a day as people give them.
func ClockText(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// holidays checks holidays, puts them in order and leaves out what stands there
// twice.
func (f *inputFaults) holidays(field string, list []dm.Holiday) []dm.Holiday {
	if len(list) > dm.MaxHolidays {
		f.add(field, "A calendar has at most %d holidays.", dm.MaxHolidays)
		return nil
	}
	var out []dm.Holiday
	for i, h := range list {
		at := field + "[" + strconv.Itoa(i) + "]"
		h.Name = f.name(at+".name", h.Name, maxHoursName)
		if h.To == "" {
			h.To = h.From
		}
		from, to := f.day(at+".from", h.From), f.day(at+".to", h.To)
		switch {
		case from.IsZero() || to.IsZero():
			continue
		case to.Before(from):
			f.add(at+".to", "A holiday ends on its first day or later.")
		case to.Sub(from) >= dm.MaxHolidayDays*dm.Day:
			f.add(at+".to", "A holiday has at most %d days.", dm.MaxHolidayDays)
		}
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b dm.Holiday) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(out)
}

// day reads a day; the zero time where it is none.
func (f *inputFaults) day(field, text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 1970 || day.Year() > 2200 {
		f.add(field, "This is a day such as 2026-12-24.")
		return time.Time{}
	}
	return day
}
