package rules

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// changeFits decides a leaf about what the change did to a field. Where nothing
// was before, nothing changed.
func changeFits(leaf *dm.Condition, s *Snapshot, r *Reader) bool {
	u := s.Update
	if u == nil || u.Created {
		return false
	}
	before := *s
	before.Ticket, before.BrandID = u.Before, u.BrandBefore
	if leaf.Op == dm.OpChanged {
		return valueText(leaf, s) != valueText(leaf, &before)
	}
	is := *leaf
	is.Op = dm.OpIs
	now, was := fits(&is, s, r), fits(&is, &before, r)
	if leaf.Op == dm.OpChangedTo {
		return now && !was
	}
	return was && !now
}

// valueText writes the value of a field so that two that are the same are written
// alike.
func valueText(leaf *dm.Condition, s *Snapshot) string {
	if id := leaf.OwnField(); id != 0 {
		return ownValue(&s.Ticket, id)
	}
	switch leaf.Field {
	case dm.FieldKeySubject:
		return s.Ticket.Subject
	case dm.FieldKeyTags:
		return strings.Join(slices.Sorted(slices.Values(s.Ticket.Tags)), "\n")
	case dm.FieldKeyPrivate:
		return strconv.FormatBool(s.Ticket.Private)
	}
	if f := dm.ConditionFieldOf(leaf.Field); f != nil && f.Type.Reference() {
		var b strings.Builder
		for _, id := range slices.Sorted(slices.Values(ids(leaf.Field, s))) {
			b.WriteString(strconv.FormatInt(id, 10) + " ")
		}
		return b.String()
	}
	return choice(leaf.Field, &s.Ticket)
}

// ruleFits decides a leaf about a field that only rules have. Hours since
// something that never was fit nothing.
func ruleFits(leaf *dm.Condition, s *Snapshot, r *Reader) bool {
	switch leaf.Field {
	case dm.FieldKeyPerformer:
		return s.Update != nil && slices.Contains(wanted(leaf), string(s.Update.Performer))
	case dm.FieldKeyUpdateVia:
		return s.Update != nil && slices.Contains(wanted(leaf), string(s.Update.Via))
	case dm.FieldKeyViaSharing:
		return leaf.Values[0].Flag == (s.Update != nil && s.Update.ViaSharing)
	case dm.FieldKeyShareCount:
		return numberFits(leaf, float64(len(s.Shares)))
	case dm.FieldKeySharedByRule:
		return leaf.Values[0].Flag == slices.ContainsFunc(s.Shares, func(x dm.Share) bool { return x.Cause.Kind == dm.CauseRule })
	case dm.FieldKeyOpened:
		return leaf.Values[0].Flag == slices.ContainsFunc(s.Shares, func(x dm.Share) bool { return x.OpenedAt != 0 })
	case dm.FieldKeyRequesterReplies:
		return numberFits(leaf, float64(replies(s, dm.ByRequester)))
	case dm.FieldKeyAgentReplies:
		return numberFits(leaf, float64(replies(s, dm.ByAgent)))
	}
	since, known := sinceOf(leaf.Field, s)
	if !known || since == 0 {
		return false
	}
	return numberFits(leaf, math.Floor(float64(r.Now-since)/float64(time.Hour/time.Microsecond)))
}

// replies counts the public messages of a performer after the ticket's first
// message, which is the request itself.
func replies(s *Snapshot, by dm.Performer) (n int) {
	for i := 1; i < len(s.Messages); i++ {
		if m := &s.Messages[i]; !m.Internal && m.By == by {
			n++
		}
	}
	return n
}

// sinceOf gives the moment that a field counts hours from; 0 where it never was.
func sinceOf(key string, s *Snapshot) (at dm.Time, known bool) {
	var by dm.Performer
	switch key {
	case dm.FieldKeyHoursCreated:
		return s.Ticket.CreatedAt, true
	case dm.FieldKeyHoursUpdated:
		return s.Ticket.UpdatedAt, true
	case dm.FieldKeyHoursReply:
	case dm.FieldKeyHoursRequester:
		by = dm.ByRequester
	case dm.FieldKeyHoursAgent:
		by = dm.ByAgent
	default:
		return 0, false
	}
	for i := range s.Messages {
		if m := &s.Messages[i]; !m.Internal && (by == "" || m.By == by) {
			at = m.At
		}
	}
	return at, true
}
