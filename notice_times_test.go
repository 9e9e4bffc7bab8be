package deskmesh

import (
	"testing"
	"time"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func liking(change func(*NoticeTimes)) *Preferences {
	p := DefaultPreferences()
	p.TimeZone = "Europe/Berlin"
	change(&p.Notices)
	return &p
}

func TestQuietUntil(t *testing.T) {
	t.Parallel()
	night := func(n *NoticeTimes) { n.Quiet, n.From, n.To = true, 22*60, 7*60 }
	workNights := func(n *NoticeTimes) { night(n); n.Days = AllDays &^ (1<<time.Saturday | 1<<time.Sunday) }
	weekend := func(n *NoticeTimes) {
		n.Quiet, n.From, n.To, n.Days = true, 0, 0, DaySet(0).With(time.Saturday).With(time.Sunday)
	}
	lunch := func(n *NoticeTimes) { n.Quiet, n.From, n.To = true, 12*60, 13*60 }
	gap := func(n *NoticeTimes) { n.Quiet, n.From, n.To = true, 60, 2*60+30 }
	always := func(n *NoticeTimes) { n.Quiet, n.From, n.To = true, 0, 0 }
	for _, c := range []struct {
		name      string
		like      func(*NoticeTimes)
		now, want string
	}{
		{"off", func(n *NoticeTimes) { night(n); n.Quiet = false }, "2026-01-10T02:00:00Z", "2026-01-10T02:00:00Z"},
		{"no day", func(n *NoticeTimes) { night(n); n.Days = 0 }, "2026-01-10T02:00:00Z", "2026-01-10T02:00:00Z"},
		{"before it begins", night, "2026-01-10T20:59:59Z", "2026-01-10T20:59:59Z"},
		{"as it begins", night, "2026-01-10T21:00:00Z", "2026-01-11T06:00:00Z"},
		{"after midnight", night, "2026-01-10T02:00:00Z", "2026-01-10T06:00:00Z"},
		{"as it ends", night, "2026-01-10T06:00:00Z", "2026-01-10T06:00:00Z"},
		{"within a day", lunch, "2026-07-10T10:30:00Z", "2026-07-10T11:00:00Z"},
		{"the night of Friday lasts into Saturday", workNights, "2026-01-10T02:00:00Z", "2026-01-10T06:00:00Z"},
		{"Saturday has none", workNights, "2026-01-10T22:30:00Z", "2026-01-10T22:30:00Z"},
		{"whole days are one", weekend, "2026-01-10T09:00:00Z", "2026-01-11T23:00:00Z"},
		{"clocks put forward in the night", night, "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"},
		{"clocks put back in the night", night, "2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z"},
		{"an end that clocks pass over", gap, "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"},
		{"an end that comes twice", gap, "2026-10-25T00:45:00Z", "2026-10-25T01:30:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := liking(c.like).QuietUntil(at(t, c.now)); !got.Equal(at(t, c.want)) {
				t.Errorf("%s, not %s", got.UTC().Format(time.RFC3339), c.want)
			}
		})
	}
	if got, now := liking(always).QuietUntil(at(t, "2026-01-10T09:00:00Z")), at(t, "2026-01-10T09:00:00Z"); !got.After(now) || got.Sub(now) > 9*24*time.Hour {
		t.Errorf("quiet for ever ends at %s", got)
	}
}

func TestNextDigest(t *testing.T) {
	t.Parallel()
	hourly := func(n *NoticeTimes) { n.Digest = DigestHourly }
	daily := func(n *NoticeTimes) { n.Digest, n.Hour = DigestDaily, 8 }
	early := func(n *NoticeTimes) { n.Digest, n.Hour = DigestDaily, 2 }
	for _, c := range []struct {
		name      string
		like      func(*NoticeTimes)
		now, want string
	}{
		{"the next full hour", hourly, "2026-01-10T09:20:30.5Z", "2026-01-10T10:00:00Z"},
		{"on the hour the next one", hourly, "2026-01-10T09:00:00Z", "2026-01-10T10:00:00Z"},
		{"not in quiet hours", func(n *NoticeTimes) { hourly(n); n.Quiet, n.From, n.To = true, 22*60, 7*60 }, "2026-01-10T20:20:00Z", "2026-01-11T06:00:00Z"},
		{"today", daily, "2026-01-10T06:59:00Z", "2026-01-10T07:00:00Z"},
		{"tomorrow", daily, "2026-01-10T07:00:00Z", "2026-01-11T07:00:00Z"},
		{"clocks are put forward before tomorrow", daily, "2026-03-28T12:00:00Z", "2026-03-29T06:00:00Z"},
		{"clocks are put back before tomorrow", daily, "2026-10-24T12:00:00Z", "2026-10-25T07:00:00Z"},
		{"an hour that clocks pass over", early, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"an hour that comes twice", early, "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z"},
		{"the second of the two is not another day", early, "2026-10-25T00:30:00Z", "2026-10-26T01:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := liking(c.like).NextDigest(at(t, c.now)); !got.Equal(at(t, c.want)) {
				t.Errorf("%s, not %s", got.UTC().Format(time.RFC3339), c.want)
			}
		})
	}
	p := DefaultPreferences()
	p.Notices.Device = "Asia/Tokyo"
	if p.Zone().String() != "Asia/Tokyo" {
		t.Error("the zone of the device is not used")
	}
	p.TimeZone = "Europe/Paris"
	if p.Zone().String() != "Europe/Paris" {
		t.Error("the zone of the preferences does not go first")
	}
}

func TestNoticeCell(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, c := range []struct {
		cell NoticeCell
		wish *bool
		want bool
	}{
		{NoticeCell{On: true}, nil, true}, {NoticeCell{On: true}, &no, false}, {NoticeCell{}, nil, false}, {NoticeCell{}, &yes, true},
		{NoticeCell{On: true, Locked: true}, &no, true}, {NoticeCell{Locked: true}, &yes, false},
	} {
		if got := c.cell.For(c.wish); got != c.want {
			t.Errorf("%+v gives %v", c.cell, got)
		}
	}
}
