package httpapi

import (
	"context"
	"fmt"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// noticeCellJSON is one kind of notice by one channel.
type noticeCellJSON struct {
	On     bool `json:"on" doc:"Of the account: for everybody who has not chosen otherwise. Of oneself: what holds."`
	Locked bool `json:"locked" doc:"Nobody chooses for themselves: all get it, or nobody does."`
}

type noticeRowJSON struct {
	Kind  dm.NoticeKind  `json:"kind"`
	Mail  noticeCellJSON `json:"mail"`
	InApp noticeCellJSON `json:"in_app" doc:"The list of notifications in the workspace."`
}

type noticeMatrixJSON struct {
	Rows []noticeRowJSON `json:"rows"`
}

type noticeMatrixInput struct{ Body noticeMatrixPatchJSON }

type noticeMatrixPatchJSON struct {
	Rows []noticeRowPatchJSON `json:"rows" maxItems:"100" doc:"What is not named stays as it is."`
}

type noticeRowPatchJSON struct {
	Kind  string                `json:"kind" maxLength:"60"`
	Mail  maybe[noticeCellJSON] `json:"mail,omitempty"`
	InApp maybe[noticeCellJSON] `json:"in_app,omitempty"`
}

type quietHoursJSON struct {
	On   bool     `json:"on"`
	From string   `json:"from" doc:"The local time at which they begin, such as 20:00."`
	To   string   `json:"to" doc:"The local time at which they end, on the next day where it is not later than from."`
	Days []string `json:"days" enum:"mon,tue,wed,thu,fri,sat,sun" doc:"The days on which they begin."`
}

type ownNoticesJSON struct {
	Rows       []noticeRowJSON `json:"rows"`
	Digest     dm.Digest       `json:"digest" enum:"instant,hourly,daily,off" doc:"How mail comes: each at once, together each hour, together once a day, or none but what is locked. Replies to those who asked come at once in any case."`
	DigestHour int             `json:"digest_hour" doc:"The local hour of the daily digest."`
	QuietHours quietHoursJSON  `json:"quiet_hours" doc:"Mail waits until they are over and is then decided again."`
	TimeZone   string          `json:"time_zone" doc:"In which these times are meant: that of the preferences, or else of the device they were chosen on, or else UTC."`
}

type ownNoticesInput struct{ Body ownNoticesPatchJSON }

type ownNoticesPatchJSON struct {
	Rows       maybe[[]ownNoticeRowPatchJSON] `json:"rows,omitempty" maxItems:"100" doc:"What is not named stays as it is. What is locked is refused."`
	Digest     maybe[dm.Digest]               `json:"digest,omitempty" enum:"instant,hourly,daily,off"`
	DigestHour maybe[int]                     `json:"digest_hour,omitempty" minimum:"0" maximum:"23"`
	QuietHours maybe[quietHoursPatchJSON]     `json:"quiet_hours,omitempty"`
	Device     maybe[string]                  `json:"device_time_zone,omitempty" maxLength:"100" doc:"The time zone of the device, an IANA name; counts while the preferences name none."`
}

type ownNoticeRowPatchJSON struct {
	Kind  string      `json:"kind" maxLength:"60"`
	Mail  maybe[bool] `json:"mail,omitempty"`
	InApp maybe[bool] `json:"in_app,omitempty"`
}

type quietHoursPatchJSON struct {
	On   maybe[bool]     `json:"on,omitempty"`
	From maybe[string]   `json:"from,omitempty" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
	To   maybe[string]   `json:"to,omitempty" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
	Days maybe[[]string] `json:"days,omitempty" maxItems:"7" enum:"mon,tue,wed,thu,fri,sat,sun"`
}

// noticeMatrixRoutes are what the account tells by which channel, and what oneself
// wants to hear, and when.
func noticeMatrixRoutes(a *API) {
	route(a, operation(http.MethodGet, "/settings/notice-matrix", "show-notice-matrix", "What the account tells by which channel, and what people may choose", "settings"), agents,
		func(ctx context.Context, c *caller, _ *struct{}) (*answerOf[noticeMatrixJSON], error) {
			rows, err := a.app.NoticeMatrix(ctx, c.Viewer)
			return &answerOf[noticeMatrixJSON]{noticeMatrixJSON{each(rows, noticeRowOf)}}, err
		})
	route(a, operation(http.MethodPatch, "/settings/notice-matrix", "change-notice-matrix", "Change what the account tells by which channel, and what people may choose", "settings"), permission(dm.SettingsManage),
		func(ctx context.Context, c *caller, in *noticeMatrixInput) (*answerOf[noticeMatrixJSON], error) {
			wishes := each(in.Body.Rows, func(r *noticeRowPatchJSON) app.NoticeWish {
				return wishOf(r.Kind, cellOf(r.Mail.pointer()), cellOf(r.InApp.pointer()))
			})
			if err := a.app.SetNoticeMatrix(ctx, c.Viewer, wishes); err != nil {
				return nil, err
			}
			rows, err := a.app.NoticeMatrix(ctx, c.Viewer)
			return &answerOf[noticeMatrixJSON]{noticeMatrixJSON{each(rows, noticeRowOf)}}, err
		})
	route(a, operation(http.MethodGet, "/me/notice-settings", "show-own-notice-settings", "What one wants to hear, by which channel and when", "me"), signedIn,
		func(ctx context.Context, c *caller, _ *struct{}) (*answerOf[ownNoticesJSON], error) {
			return a.ownNotices(ctx, c)
		})
	route(a, operation(http.MethodPatch, "/me/notice-settings", "change-own-notice-settings", "Change what one wants to hear, by which channel and when", "me"), signedIn,
		func(ctx context.Context, c *caller, in *ownNoticesInput) (*answerOf[ownNoticesJSON], error) {
			if err := a.app.SetOwnNoticeSettings(ctx, c.Viewer, in.Body.wishes(), in.Body.times()); err != nil {
				return nil, err
			}
			return a.ownNotices(ctx, c)
		})
}

func (a *API) ownNotices(ctx context.Context, c *caller) (*answerOf[ownNoticesJSON], error) {
	s, err := a.app.OwnNoticeSettings(ctx, c.Viewer)
	if err != nil {
		return nil, err
	}
	n := &s.Times
	return &answerOf[ownNoticesJSON]{ownNoticesJSON{Rows: each(s.Rows, noticeRowOf), Digest: n.Digest, DigestHour: n.Hour, TimeZone: s.Zone,
		QuietHours: quietHoursJSON{On: n.Quiet, From: clockText(n.From), To: clockText(n.To), Days: app.DayNames(n.Days)}}}, nil
}

func noticeRowOf(r *app.NoticeRow) noticeRowJSON {
	cell := func(by dm.NoticeChannel) noticeCellJSON { return noticeCellJSON(r.By[by]) }
	return noticeRowJSON{Kind: r.Kind, Mail: cell(dm.NoticeMail), InApp: cell(dm.NoticeInApp)}
}

func cellOf(c *noticeCellJSON) *dm.NoticeCell { return (*dm.NoticeCell)(c) }

// onCell is a wish of somebody's own, which locks nothing.
func onCell(on *bool) *dm.NoticeCell {
	if on == nil {
		return nil
	}
	return &dm.NoticeCell{On: *on}
}

func wishOf(kind string, mail, inApp *dm.NoticeCell) app.NoticeWish {
	return app.NoticeWish{Kind: dm.NoticeKind(kind), By: map[dm.NoticeChannel]*dm.NoticeCell{dm.NoticeMail: mail, dm.NoticeInApp: inApp}}
}

func (b *ownNoticesPatchJSON) wishes() []app.NoticeWish {
	return each(b.Rows.value, func(r *ownNoticeRowPatchJSON) app.NoticeWish {
		return wishOf(r.Kind, onCell(r.Mail.pointer()), onCell(r.InApp.pointer()))
	})
}

func (b *ownNoticesPatchJSON) times() app.NoticeTimesPatch {
	q := &b.QuietHours.value
	p := app.NoticeTimesPatch{Digest: b.Digest.pointer(), Hour: b.DigestHour.pointer(), Quiet: q.On.pointer(), From: minutesOf(q.From.pointer()), To: minutesOf(q.To.pointer()), Device: b.Device.pointer()}
	if q.Days.given {
		days := app.DaysOf(q.Days.value)
		p.Days = &days
	}
	return p
}

// minutesOf reads a time of day, whose form was checked.
func minutesOf(text *string) *int {
	if text == nil {
		return nil
	}
	var h, m int
	if _, err := fmt.Sscanf(*text, "%02d:%02d", &h, &m); err != nil {
		h = -1 // refused as no time of day
	}
	minutes := h*60 + m
	return &minutes
}

func clockText(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// muteRoutes let an agent hear no more of a ticket that they can open.
func muteRoutes(a *API) {
	post(a, operation(http.MethodPost, "/tickets/{number}/mute", "mute-ticket", "Hear no more of what happens on a ticket, but for mentions and what is meant for oneself alone", "tickets"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) error {
			return a.app.Mute(ctx, c.Viewer, in.Number, true)
		},
		func(ctx context.Context, c *caller, in *NumberInput, _ []int64) (*ticketOutput, error) {
			return a.showChanged(ctx, c, in.Number)
		})
	route(a, operation(http.MethodDelete, "/tickets/{number}/mute", "unmute-ticket", "Hear of what happens on a ticket again", "tickets"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) (*struct{}, error) {
			return nil, a.app.Mute(ctx, c.Viewer, in.Number, false)
		})
}
