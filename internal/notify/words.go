package notify

import (
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/locales"
)

// words writes one notice in one language.
type words struct {
	*locales.Catalogue
	n *Notice
}

// headline says in one sentence, without its point, what happened: the subject
// of the mail and its first line.
func (w words) headline() string {
	args := locales.Args{"number": strconv.FormatInt(w.n.Ticket.Number, 10), "group": line(w.n.GroupName, maxName)}
	switch w.n.Kind {
	case dm.NoticeShareExpired:
		if w.n.GroupName != "" {
			return w.T("headline.expired.group", args)
		}
		return w.T("headline.expired.person", args)
	case dm.NoticeUnshared:
		args["actor"] = line(w.n.EndedBy, maxName)
	default:
		args["actor"] = line(w.n.Actor, maxName)
	}
	by := ".person"
	if args["actor"] == "" {
		by = ".auto"
	}
	return w.T("headline."+w.what()+by, args)
}

// what names the happening in the keys of the headlines.
func (w words) what() string {
	name := map[dm.NoticeKind]string{
		dm.NoticeShared: "share", dm.NoticeUnshared: "unshare", dm.NoticeLevel: "level",
		dm.NoticeAssigned: "assigned", dm.NoticeReply: "reply", dm.NoticeMention: "mention", dm.NoticeRequest: "request", dm.NoticeGroup: "group_assigned", dm.NoticeSLA: "sla_breached",
	}[w.n.Kind]
	switch {
	case w.n.Kind == dm.NoticeScheduled && w.n.Scheduled != "":
		name = "scheduled_" + string(w.n.Scheduled)
	case w.n.Kind == dm.NoticeScheduled:
		name = "scheduled"
	case name == "share" || name == "unshare" || name == "level":
		if w.n.GroupName != "" {
			name += "_group"
		}
	case name != "":
	case w.n.Merged:
		name = "merge"
	case w.n.MessageKind == dm.Reply:
		name = "reply"
	case w.n.MessageKind != "":
		name = "note"
	case len(w.n.Changes) > 0:
		name = "change"
	default:
		name = "update"
	}
	return name
}

// titled adds the ticket's subject to a headline.
func (w words) titled(headline string) string {
	subject := line(w.n.Ticket.Subject, maxSubject)
	if subject == "" || w.n.ended() {
		return headline
	}
	return w.T("headline.titled", locales.Args{"line": headline, "subject": subject})
}

// can lists in words what a share lets its recipient do, by the rule of the
// access package: level and flags together.
func (w words) can() string {
	n := w.n
	comment, edit := n.Level.Rank() >= dm.LevelComment.Rank(), n.Level == dm.LevelEdit
	list := []string{w.T("can.read")}
	for _, c := range []struct {
		holds bool
		text  string
	}{
		{!n.outside() && n.SeeInternal, w.T("can.read_notes")},
		{!n.outside() && n.SeeInternal && comment, w.T("can.add_notes")},
		{!n.outside() && edit, w.T("can.edit")},
		{n.outside() && comment || edit && n.ReplyPublic, w.T("can.reply")},
		{!n.outside() && edit && n.Forward, w.T("can.forward")},
		{!n.outside() && edit && n.CanReshare, w.T("can.share")},
	} {
		if c.holds {
			list = append(list, c.text)
		}
	}
	text := strings.Join(list, ", ")
	if n.outside() {
		return text
	}
	return w.T("value.by_role", locales.Args{"list": text})
}

// level names the share's level, with the one before where it changed.
func (w words) level() string {
	now := w.T("level." + string(w.n.Level))
	if w.n.OldLevel.Rank() == 0 || w.n.OldLevel == w.n.Level {
		return now
	}
	return w.T("value.changed", locales.Args{"new": now, "old": w.T("level." + string(w.n.OldLevel))})
}

// until gives the end of the share.
func (w words) until() string {
	if w.n.ExpiresAt.IsZero() {
		return w.T("value.no_end")
	}
	return moment(w.n.ExpiresAt)
}

// moment writes a time as date and time of RFC 3339 in UTC, to the minute.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") + " UTC" }

// status, priority and other values are words of the catalogue where it has
// them, else they stay: accounts have statuses of their own.
func (w words) status(s string) string { return w.value("status."+s, s) }

func (w words) priority(s string) string { return w.value("priority."+s, s) }

func (w words) value(key, own string) string {
	if text, ok := w.Find(key); ok {
		return text
	}
	return line(own, maxValue)
}

// nobody stands in for an empty name.
func (w words) nobody(name string) string {
	if name = line(name, maxName); name != "" {
		return name
	}
	return w.T("value.nobody")
}

// label names a property in the history; fields of the account's own are named
// already.
func (w words) label(field string) string {
	if text, ok := w.Find("label." + field); ok {
		return text
	}
	return line(field, maxName)
}

// changed says how a property changed.
func (w words) changed(c Change) string {
	show := func(s string) string {
		switch c.Field {
		case "status":
			return w.status(s)
		case "priority":
			return w.priority(s)
		case "type":
			return w.value("type."+s, s)
		case "private", "spam":
			return w.value("value."+s, s)
		}
		return line(s, maxValue)
	}
	before, after := show(c.Old), show(c.New)
	switch {
	case before == "":
		return after
	case after == "":
		return w.T("value.cleared", locales.Args{"old": before})
	}
	return w.T("value.changed", locales.Args{"new": after, "old": before})
}

// why says how the event concerns the recipient.
func (w words) why() string {
	switch w.n.Why {
	case "":
		return ""
	case WhyGroup, WhyTeam:
		group := line(w.n.GroupName, maxName)
		if group == "" {
			return w.T("why.group_unnamed")
		}
		return w.T("why."+string(w.n.Why), locales.Args{"group": group})
	}
	return w.T("why." + string(w.n.Why))
}
