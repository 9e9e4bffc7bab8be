package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// Limits of reading holidays from a file.
const (
	MaxHolidayFile    = 256 << 10 // bytes
	maxRepeatedEvents = 100       // of one file
	holidayYears      = 5         // for which events that repeat are read
)

// HolidayFile is what a file of holidays holds.
type HolidayFile struct {
	Holidays []dm.Holiday
	// LeftOut counts the events that are no whole days, are over since more than a
	// year, repeat in other ways than by the year, or are too many.
	LeftOut int
}

// ReadHolidays reads the whole days of an iCalendar file (RFC 5545) as holidays,
// for a preview: it keeps nothing. It needs settings.manage. Invalid for a file
// that cannot be read.
func (a *App) ReadHolidays(_ context.Context, v *access.Viewer, file string) (*HolidayFile, error) {
	if err := require(v, dm.SettingsManage); err != nil {
		return nil, err
	}
	if len(file) > MaxHolidayFile {
		return nil, dm.BadField("ics", "The file has at most %d bytes.", MaxHolidayFile)
	}
	cal, err := ical.NewDecoder(strings.NewReader(file)).Decode()
	if err != nil {
		return nil, dm.BadField("ics", "This is no calendar file (.ics), or it is damaged.")
	}
	r := &holidayReader{now: a.DB.Now().Std()}
	for _, e := range cal.Events() {
		if !r.read(&e) {
			r.out.LeftOut++
		}
	}
	var faults inputFaults
	r.out.LeftOut += max(len(r.out.Holidays)-dm.MaxHolidays, 0)
	r.out.Holidays = faults.holidays("ics", r.out.Holidays[:min(len(r.out.Holidays), dm.MaxHolidays)])
	return &r.out, nil
}

// holidayReader gathers the holidays of a file.
type holidayReader struct {
	now      time.Time
	repeated int
	out      HolidayFile
}

// read takes one event; false leaves it out.
func (r *holidayReader) read(e *ical.Event) bool {
	start := e.Props.Get(ical.PropDateTimeStart)
	if start == nil || start.ValueType() != ical.ValueDate && len(start.Value) != len("20060102") {
		return false
	}
	from, err := time.Parse("20060102", start.Value)
	if err != nil {
		return false
	}
	days := 1
	if end := e.Props.Get(ical.PropDateTimeEnd); end != nil {
		to, err := time.Parse("20060102", end.Value)
		if err != nil {
			return false
		}
		days = max(int(to.Sub(from)/dm.Day), 1) // the end is the day after
	}
	name := ""
	if summary := e.Props.Get(ical.PropSummary); summary != nil {
		if text, err := summary.Text(); err == nil {
			name = strings.Join(strings.Fields(cleanText(text)), " ")
		}
	}
	if runes := []rune(name); len(runes) > maxHoursName {
		name = string(runes[:maxHoursName])
	}
	if name == "" || days > dm.MaxHolidayDays {
		return false
	}
	starts, ok := r.starts(e, from)
	taken := false
	for _, day := range starts {
		if day.Before(r.now.AddDate(-1, 0, 0)) || day.Year() > 2200 {
			continue
		}
		taken = true
		r.out.Holidays = append(r.out.Holidays, dm.Holiday{From: day.Format(time.DateOnly), To: day.AddDate(0, 0, days-1).Format(time.DateOnly), Name: name})
	}
	return ok && taken
}

// starts gives the first days of an event: its own, or those of the next years
// for one that repeats by the year.
func (r *holidayReader) starts(e *ical.Event, from time.Time) ([]time.Time, bool) {
	rule, err := e.Props.RecurrenceRule()
	if err != nil {
		return nil, false
	}
	if rule == nil {
		return []time.Time{from}, true
	}
	r.repeated++
	plain := rule.Freq == rrule.YEARLY && len(rule.Byhour)+len(rule.Byminute)+len(rule.Bysecond) == 0 && len(rule.Byweekday)+len(rule.Bymonthday)+len(rule.Byyearday) <= 31
	if !plain || r.repeated > maxRepeatedEvents {
		return nil, false
	}
	begin, end := r.now.AddDate(-1, 0, 0), r.now.AddDate(holidayYears, 0, 0)
	// Occurrences long ago are not walked through where the rule counts none.
	if rule.Count == 0 && max(rule.Interval, 1) == 1 && from.Before(begin) {
		from = time.Date(begin.Year()-1, from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
	}
	rule.Dtstart = from
	if rule.Until.IsZero() || rule.Until.After(end) {
		rule.Until = end
	}
	set, err := rrule.NewRRule(*rule)
	if err != nil {
		return nil, false
	}
	return slices.DeleteFunc(set.Between(begin, end, true), func(day time.Time) bool { return day.Before(begin) }), true
}
