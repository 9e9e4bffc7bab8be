package deskmesh

import (
	"slices"
	"sync"
	"time"
)

// Calendar says when people work: around the clock, or during hours of the days
// of the week, in one time zone, but not on holidays.
//
// The zero Calendar is one that is open around the clock, in UTC; it stands for
// that of an account that has made none.
type Calendar struct {
	ID          int64
	Name        string // at most 100 characters
	Description string // at most 500
	TimeZone    string // IANA; "" is UTC
	// Hours are those of each weekday, time.Sunday first, in order and apart; nil
	// is around the clock, on every day.
	Hours    *WeekHours
	Holidays []Holiday // in order of their first days
	// Default says that it is the account's calendar where none is named.
	Default   bool
	Version   int64
	CreatedAt Time
	UpdatedAt Time
}

// WeekHours are the hours of each day of the week, as in time.Weekday.
type WeekHours [7][]Hours

// Hours is a part of a day, in minutes of its clock: from the first, without the
// second. 1440 is the end of the day.
type Hours struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// DayMinutes is the end of a day in Hours.
const DayMinutes = 24 * 60

// Limits of calendars.
const (
	MaxDayHours    = 8   // parts of one day
	MaxHolidays    = 500 // of one calendar
	MaxHolidayDays = 366 // of one holiday
)

// Holiday is some whole days on which nobody works, in the calendar's time zone.
type Holiday struct {
	From string `json:"from"` // the first day, as 2006-01-02
	To   string `json:"to"`   // the last one
	Name string `json:"name"` // at most 100 characters
}

// calendarSearch bounds how many days Add looks at: a calendar whose holidays go
// on for longer is never open again.
const calendarSearch = 3660

// zones keeps the time zones that calendars have named.
var zones sync.Map

// Zone is the calendar's time zone; UTC for one that is not known.
func (c *Calendar) Zone() *time.Location {
	if c.TimeZone == "" {
		return time.UTC
	}
	if got, ok := zones.Load(c.TimeZone); ok {
		return got.(*time.Location)
	}
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return time.UTC
	}
	zones.Store(c.TimeZone, zone)
	return zone
}

// Open says whether people work at the moment.
func (c *Calendar) Open(at Time) bool {
	for _, s := range c.spans(noon(at.Std().In(c.Zone()))) {
		if at >= s.from && at < s.to {
			return true
		}
	}
	return false
}

// Add gives the moment at which people have worked so long since start; zero
// where they never will have, within ten years. Nothing added is start itself.
func (c *Calendar) Add(start Time, work time.Duration) Time {
	left := Time(work.Microseconds())
	if left <= 0 {
		return start
	}
	if c.Hours == nil && len(c.Holidays) == 0 {
		return start + left
	}
	day := noon(start.Std().In(c.Zone()))
	for range calendarSearch {
		for _, s := range c.spans(day) {
			from := max(s.from, start)
			if s.to-from >= left {
				return from + left
			}
			left -= max(s.to-from, 0)
		}
		day = nextDay(day)
	}
	return 0
}

// Between gives how long people work from a to b; zero where b is not later.
func (c *Calendar) Between(a, b Time) time.Duration {
	if b <= a {
		return 0
	}
	if c.Hours == nil && len(c.Holidays) == 0 {
		return b.Sub(a)
	}
	var sum Time
	day, last := noon(a.Std().In(c.Zone())), noon(b.Std().In(c.Zone()))
	for ; !day.After(last); day = nextDay(day) {
		for _, s := range c.spans(day) {
			sum += max(min(s.to, b)-max(s.from, a), 0)
		}
	}
	return time.Duration(sum) * time.Microsecond
}

// NextChange gives the moment after at which the calendar opens or closes next;
// zero where it does not within ten years.
func (c *Calendar) NextChange(at Time) Time {
	if !c.Open(at) {
		if next := c.Add(at, time.Microsecond); next != 0 {
			return next - 1
		}
		return 0
	}
	day, end := noon(at.Std().In(c.Zone())), at
	for range calendarSearch {
		for _, s := range c.spans(day) {
			if s.to <= at {
				continue
			}
			if end != at && s.from > end {
				return end
			}
			end = s.to
		}
		if day = nextDay(day); end < TimeOf(startOf(day)) {
			return end
		}
	}
	return 0
}

// span is a stretch of time: from the first moment, without the second.
type span struct{ from, to Time }

// spans gives when people work on a day, in order and apart. Where clocks are put
// forward over the beginning or the end of hours, that is the moment of the
// change; where they are put back, hours begin at the first of two equal times
// and end at the second.
func (c *Calendar) spans(day time.Time) []span {
	if c.holiday(day) {
		return nil
	}
	if c.Hours == nil {
		return []span{{TimeOf(startOf(day)), TimeOf(startOf(nextDay(day)))}}
	}
	var list []span
	for _, h := range c.Hours[day.Weekday()] {
		s := span{TimeOf(clockTime(day, h.From, false)), 0}
		if h.To == DayMinutes {
			s.to = TimeOf(startOf(nextDay(day)))
		} else {
			s.to = TimeOf(clockTime(day, h.To, true))
		}
		if n := len(list); n > 0 {
			s.from = max(s.from, list[n-1].to)
		}
		if s.from < s.to {
			list = append(list, s)
		}
	}
	return list
}

func (c *Calendar) holiday(day time.Time) bool {
	if len(c.Holidays) == 0 {
		return false
	}
	text := day.Format(time.DateOnly)
	return slices.ContainsFunc(c.Holidays, func(h Holiday) bool { return h.From <= text && text <= h.To })
}

// noon gives the middle of a moment's day, which no change of clocks touches.
func noon(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, t.Location())
}

func nextDay(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+1, 12, 0, 0, 0, day.Location())
}

// startOf gives the first moment of a day.
func startOf(day time.Time) time.Time { return clockTime(day, 0, false) }
