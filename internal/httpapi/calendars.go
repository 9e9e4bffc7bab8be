package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// calendarJSON is when people work.
type calendarJSON struct {
	ID             int64               `json:"id"`
	Name           string              `json:"name"`
	Description    string              `json:"description"`
	TimeZone       string              `json:"time_zone" doc:"IANA, such as Europe/Berlin."`
	AroundTheClock bool                `json:"around_the_clock" doc:"Every day, all day; hours is then empty."`
	Hours          []calendarHoursJSON `json:"hours" doc:"By day, Sunday first, and time."`
	Holidays       []holidayJSON       `json:"holidays" doc:"By their first days."`
	Default        bool                `json:"default" doc:"The account's calendar, which counts where none is named."`
	OpenNow        bool                `json:"open_now"`
	ChangeAt       orNull[time.Time]   `json:"change_at" doc:"When it opens or closes next; null where it never does."`
	UsedBy         []nameJSON          `json:"used_by" doc:"Policies of service levels that count by it."`
	UsedByRules    int                 `json:"used_by_rules" doc:"How many rules count by it."`
	Version        int64               `json:"version" doc:"Sent back with a change."`
	UpdatedAt      time.Time           `json:"updated_at"`
}

type calendarHoursJSON struct {
	Day  string `json:"day" enum:"sunday,monday,tuesday,wednesday,thursday,friday,saturday"`
	From string `json:"from" maxLength:"5" doc:"Such as 09:00."`
	To   string `json:"to" maxLength:"5" doc:"Such as 17:30; 24:00 is the end of the day."`
}

type holidayJSON struct {
	From string `json:"from" maxLength:"10" doc:"The first day, such as 2026-12-24."`
	To   string `json:"to,omitempty" maxLength:"10" doc:"The last day; left out, it is the first one."`
	Name string `json:"name" maxLength:"100"`
}

type newCalendarJSON struct {
	Name     string `json:"name" maxLength:"100"`
	TimeZone string `json:"time_zone" maxLength:"100" doc:"IANA, such as Europe/Berlin."`
	CalendarParts
}

type calendarPatchJSON struct {
	Name     maybe[string] `json:"name,omitempty" maxLength:"100"`
	TimeZone maybe[string] `json:"time_zone,omitempty" maxLength:"100"`
	CalendarParts
	Version maybe[int64] `json:"version,omitempty" minimum:"1" doc:"The version the change was made on. Another one is refused with 409."`
}

// CalendarParts is what may be left out of any calendar.
type CalendarParts struct {
	Description    maybe[string]              `json:"description,omitempty" maxLength:"500"`
	AroundTheClock maybe[bool]                `json:"around_the_clock,omitempty" doc:"Instead of hours."`
	Hours          maybe[[]calendarHoursJSON] `json:"hours,omitempty" maxItems:"56" doc:"All hours of the week; those of a day do not overlap."`
	Holidays       maybe[[]holidayJSON]       `json:"holidays,omitempty" maxItems:"500" doc:"All holidays: whole days in the calendar's time zone."`
	Default        maybe[bool]                `json:"default,omitempty" doc:"True makes it the account's calendar, in place of the one before."`
}

func (p *CalendarParts) patch() app.CalendarPatch {
	out := app.CalendarPatch{Description: p.Description.pointer(), AroundTheClock: p.AroundTheClock.pointer(), Default: p.Default.pointer()}
	if p.Hours.given {
		list := each(p.Hours.value, func(h *calendarHoursJSON) app.CalendarHours { return app.CalendarHours(*h) })
		out.Hours = &list
	}
	if p.Holidays.given {
		list := each(p.Holidays.value, func(h *holidayJSON) dm.Holiday { return dm.Holiday(*h) })
		out.Holidays = &list
	}
	return out
}

func calendarOf(c *app.CalendarView) calendarJSON {
	out := calendarJSON{ID: c.ID, Name: c.Name, Description: c.Description, TimeZone: c.TimeZone, AroundTheClock: c.Calendar.Hours == nil, Hours: []calendarHoursJSON{},
		Holidays: each(c.Holidays, func(h *dm.Holiday) holidayJSON { return holidayJSON(*h) }), Default: c.Default, OpenNow: c.Open, ChangeAt: moment(c.ChangeAt),
		UsedBy: each(c.UsedBy, func(p *dm.SLAPolicy) nameJSON { return nameJSON{p.ID, p.Name} }), UsedByRules: c.Rules, Version: c.Version, UpdatedAt: c.UpdatedAt.Std()}
	if c.Calendar.Hours != nil {
		for day, list := range c.Calendar.Hours {
			for _, h := range list {
				out.Hours = append(out.Hours, calendarHoursJSON{Day: app.Weekdays[day], From: app.ClockText(h.From), To: app.ClockText(h.To)})
			}
		}
	}
	return out
}

type holidayFileInput struct{ Body holidayFileJSON }

type holidayFileJSON struct {
	ICS string `json:"ics" maxLength:"262144" doc:"The text of an iCalendar file."`
}

type holidayFileOutput struct{ Body holidaysReadJSON }

type holidaysReadJSON struct {
	Holidays []holidayJSON `json:"holidays"`
	LeftOut  int           `json:"left_out" doc:"Events that are no whole days, are over for more than a year, repeat in other ways than by the year, or are too many."`
}

// calendarRoutes are when people work.
func calendarRoutes(a *API) {
	who := permission(dm.SettingsManage)
	n := &noun[app.CalendarView, calendarJSON]{path: "/calendars", name: "calendar", find: a.app.Calendar, say: calendarOf}
	n.whole(a, who, "Calendars of business hours, by name", a.app.Calendars)
	n.one(a, who)
	creates(a, n, who, "Make a calendar; the first one is the account's default", func(ctx context.Context, c *caller, b *newCalendarJSON) error {
		p := b.patch()
		p.Name, p.TimeZone = &b.Name, &b.TimeZone
		return a.app.CreateCalendar(ctx, c.Viewer, p)
	})
	changes(a, n, who, "Change a calendar, or make it the default one; clocks of open tickets follow", func(ctx context.Context, c *caller, id int64, b *calendarPatchJSON) error {
		p := b.patch()
		p.Name, p.TimeZone, p.Version = b.Name.pointer(), b.TimeZone.pointer(), b.Version.pointer()
		return a.app.UpdateCalendar(ctx, c.Viewer, id, p)
	})
	n.deletes(a, who, "Delete a calendar that nothing uses", a.app.DeleteCalendar)
	read := costly(operation(http.MethodPost, "/calendars/read-holidays", "read-holidays", "The holidays that a calendar file (.ics) holds; nothing is kept", "calendars"), costSearch)
	read.DefaultStatus = http.StatusOK
	post(a, read, who,
		func(context.Context, *caller, *holidayFileInput) error { return nil },
		func(ctx context.Context, c *caller, in *holidayFileInput, _ []int64) (*holidayFileOutput, error) {
			file, err := a.app.ReadHolidays(ctx, c.Viewer, in.Body.ICS)
			if err != nil {
				return nil, err
			}
			return &holidayFileOutput{holidaysReadJSON{each(file.Holidays, func(h *dm.Holiday) holidayJSON { return holidayJSON(*h) }), file.LeftOut}}, nil
		})
}
