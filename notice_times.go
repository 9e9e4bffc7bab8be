package deskmesh

import (
	"slices"
	"time"
)

// Digest says how often a person gets mail about what happened.
type Digest string

// The rhythms. None of them holds back replies to requesters and people in copy.
const (
	DigestInstant Digest = "instant" // each by itself, at once
	DigestHourly  Digest = "hourly"  // together, each full hour
	DigestDaily   Digest = "daily"   // together, at an hour of the day
	DigestOff     Digest = "off"     // no mail but what the account always sends
)

// Digests is every rhythm, in the order of the preferences page.
var Digests = []Digest{DigestInstant, DigestHourly, DigestDaily, DigestOff}

// NoticeTimes say when mail to a person goes out. What a person sees in the
// workspace knows no times. The value is comparable.
type NoticeTimes struct {
	Digest Digest `json:"digest,omitempty"`
	Hour   int    `json:"hour"` // of the daily digest, local, 0 to 23
	// Quiet hours begin at From on each of the Days and end at the next To, both
	// in minutes of the local day. Where the two are the same they last a day.
	Quiet bool   `json:"quiet,omitempty"`
	From  int    `json:"from"`
	To    int    `json:"to"`
	Days  DaySet `json:"days"`
	// Device is the time zone of the device on which all this was chosen. It
	// counts where the preferences name none.
	Device string `json:"device,omitempty"`
}

// DaySet is a set of days of the week: bit 0 is Sunday, as in time.Weekday.
type DaySet uint8

// AllDays is the whole week.
const AllDays DaySet = 1<<7 - 1

// Has says whether a day is in the set.
func (s DaySet) Has(d time.Weekday) bool { return s&(1<<d) != 0 }

// With adds a day.
func (s DaySet) With(d time.Weekday) DaySet { return s | 1<<d }

// DefaultNoticeTimes are those of somebody who has chosen nothing: all mail at
// once, and, once quiet hours are turned on, nights.
func DefaultNoticeTimes() NoticeTimes {
	return NoticeTimes{Digest: DigestInstant, Hour: 8, From: 20 * 60, To: 7 * 60, Days: AllDays}
}

// Zone is the time zone in which a person's notice times are meant.
func (p *Preferences) Zone() *time.Location {
	for _, name := range []string{p.TimeZone, p.Notices.Device} {
		if name == "" {
			continue
		}
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	return time.UTC
}

// QuietUntil gives the moment at which the quiet hours that hold now are over;
// now itself where none do. Hours that follow each other without a gap are one.
func (p *Preferences) QuietUntil(now time.Time) time.Time {
	n := &p.Notices
	if !n.Quiet || n.Days == 0 {
		return now
	}
	until := now
	for range 8 { // a week of whole days, and one more
		end, quiet := n.window(until.In(p.Zone()))
		if !quiet {
			break
		}
		until = end
	}
	return until
}

// window gives the end of the quiet hours that a moment lies in.
func (n *NoticeTimes) window(at time.Time) (end time.Time, quiet bool) {
	for _, back := range []int{1, 0} {
		day := at.AddDate(0, 0, -back)
		day = time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, at.Location())
		if !n.Days.Has(day.Weekday()) {
			continue
		}
		last := day
		if n.To <= n.From {
			last = day.AddDate(0, 0, 1)
		}
		from, to := clockTime(day, n.From, false), clockTime(last, n.To, true)
		if !at.Before(from) && at.Before(to) {
			return to, true
		}
	}
	return at, false
}

// NextDigest gives the moment at which what is told now goes out together with
// what else there is by then: never in quiet hours.
func (p *Preferences) NextDigest(now time.Time) time.Time {
	local := now.In(p.Zone())
	var next time.Time
	if p.Notices.Digest == DigestDaily {
		next = clockTime(local, p.Notices.Hour*60, false)
		if !next.After(now) {
			next = clockTime(time.Date(local.Year(), local.Month(), local.Day()+1, 12, 0, 0, 0, local.Location()), p.Notices.Hour*60, false)
		}
	} else {
		into := time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
		next = local.Add(time.Hour - into)
	}
	return p.QuietUntil(next)
}

// clockTime gives the moment at which clocks show so many minutes of a day. A
// time that clocks pass over when they are put forward is the moment of that. Of
// a time that comes twice when they are put back it is the first, or the last.
func clockTime(day time.Time, minutes int, last bool) time.Time {
	t := time.Date(day.Year(), day.Month(), day.Day(), 0, minutes, 0, 0, day.Location())
	begin, end := t.ZoneBounds()
	switch shown := t.Hour()*60 + t.Minute(); {
	case shown > minutes && t.Day() == day.Day():
		return begin // was put after the gap
	case shown != minutes:
		return end // was put before it
	}
	same := []time.Time{t}
	for _, edge := range []time.Time{begin, end} {
		if edge.IsZero() {
			continue
		}
		// The same reading of the clock on the other side of the change.
		_, before := edge.Add(-time.Nanosecond).Zone()
		_, after := edge.Zone()
		shift := time.Duration(before-after) * time.Second
		if edge.Equal(begin) {
			shift = -shift
		}
		if other := t.Add(shift); other.Hour() == t.Hour() && other.Minute() == t.Minute() && other.Day() == t.Day() {
			same = append(same, other)
		}
	}
	slices.SortFunc(same, time.Time.Compare)
	if last {
		return same[len(same)-1]
	}
	return same[0]
}
