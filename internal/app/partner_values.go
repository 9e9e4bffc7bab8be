package app

import (
	"encoding/json"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
)

// A ticket that is shared with a partner has the same subject, status, tags and
// fields on both desks, as far as the terms say. Each value of a link is kept with
// what the other desk is known to have, and with a clock that rises with every
// change on either side. Between two Deskmesh desks the clock decides: whichever
// change is newer wins on both, and of two at the same time the sender's, whatever
// was lost, repeated or came out of order. A desk of another maker has no clock; what
// it says counts where it differs from what it is known to have, so that a whole
// ticket sent again undoes nothing (protocol, ordering and idempotency).

// The names of values; a field has partnerField and its folded title.
const (
	partnerSubject = "subject"
	partnerStatus  = "status"
	partnerTags    = "tags"
	partnerField   = "field:"
)

// PartnerClock says which change of a value is meant. Sender tells which side made
// it.
type PartnerClock struct {
	N      int64 `json:"n"`
	Sender bool  `json:"s,omitempty"`
}

// after says whether a change is newer than another.
func (c PartnerClock) after(o PartnerClock) bool {
	return c.N > o.N || c.N == o.N && c.Sender && !o.Sender
}

// partnerValue is one value of a link.
type partnerValue struct {
	Value string       `json:"v"`
	Clock PartnerClock `json:"c"`
	Told  string       `json:"t"`           // what the other desk is known to have
	At    PartnerClock `json:"a"`           // and of which change: the same value may have come and gone
	Known bool         `json:"k,omitempty"` // whether anything is known
}

// waits says whether the other desk is still to be told.
func (v *partnerValue) waits() bool { return !v.Known || v.Told != v.Value || v.At != v.Clock }

// partnerBase is what a link keeps between messages.
type partnerBase struct {
	Values map[string]*partnerValue `json:"values,omitempty"`
	// Requester is the id of the PartnerPerson who asked, of a ticket received.
	Requester int64 `json:"requester,omitempty"`
	// Digest is that of the message that made the link, to know it again.
	Digest string `json:"digest,omitempty"`
	// Started says that the words for a ticket without earlier messages went out.
	Started bool `json:"started,omitempty"`
}

func readPartnerBase(k *dm.PartnerLink) (*partnerBase, error) {
	b := &partnerBase{}
	if err := json.Unmarshal([]byte(k.Base), b); err != nil {
		return nil, err
	}
	if b.Values == nil {
		b.Values = map[string]*partnerValue{}
	}
	return b, nil
}

func (b *partnerBase) text() string {
	raw, err := json.Marshal(b)
	if err != nil {
		return "{}"
	}
	return string(raw)
}

// ours notes a value as it is here, and says whether it is another one.
func (b *partnerBase) ours(name, value string, sender bool) bool {
	v := b.Values[name]
	switch {
	case v == nil:
		b.Values[name] = &partnerValue{Value: value, Clock: PartnerClock{1, sender}}
	case v.Value == value:
		return false
	default:
		v.Value, v.Clock = value, PartnerClock{v.Clock.N + 1, sender}
	}
	return true
}

// theirs notes a value as the other desk has it, and says whether it is to be
// taken here. Without a clock it is the word of a desk of another maker.
func (b *partnerBase) theirs(name, value string, clock *PartnerClock, sender bool) bool {
	v := b.Values[name]
	if v == nil {
		v = &partnerValue{}
		b.Values[name] = v
	}
	switch {
	case clock != nil && *clock == v.Clock && v.Clock.N > 0:
		v.Told, v.At, v.Known = v.Value, v.Clock, true // it is the one we have
		return false
	case clock != nil && !clock.after(v.Clock):
		return false // overtaken; what is newer here goes to them
	case clock == nil && v.Known && value == v.Told:
		return false // they say again what they had
	case clock == nil && v.Clock.N > 0 && value == v.Value:
		v.Told, v.At, v.Known = value, v.Clock, true
		return false
	case clock == nil:
		v.Clock = PartnerClock{v.Clock.N + 1, sender}
	default:
		v.Clock = *clock
	}
	v.Value, v.Told, v.At, v.Known = value, value, v.Clock, true
	return true
}

// told notes that the other desk has taken a value.
func (b *partnerBase) told(name, value string, clock PartnerClock) {
	v := b.Values[name]
	switch {
	case v == nil:
		v = &partnerValue{Value: value, Clock: clock}
		b.Values[name] = v
	case v.Clock.after(clock) && v.Clock.Sender != clock.Sender:
		return // they have changed it since
	case clock.after(v.Clock):
		v.Value, v.Clock = value, clock
	}
	if v.At.after(clock) {
		return // they are known to have a newer one
	}
	v.Told, v.At, v.Known = value, clock, true
}

// partnerWord is the status as both desks mean it: words that other makers do not
// know are said only between Deskmesh desks, and new is open on the other side.
func partnerWord(s dm.Status, capable bool) dm.Status {
	switch {
	case s == dm.StatusNew:
		return dm.StatusOpen
	case s == dm.StatusOnHold && !capable:
		return dm.StatusOpen
	case s == dm.StatusClosed:
		return dm.StatusSolved
	}
	return s
}

func joinTags(tags []string) string {
	tags = slices.Clone(tags)
	slices.Sort(tags)
	return strings.Join(slices.Compact(tags), "\n")
}

func splitTags(text string) []string {
	if text == "" {
		return []string{}
	}
	return strings.Split(text, "\n")
}

// partnerValuesOf gives what of a ticket the terms let cross, by name. The ticket
// has its tags and fields.
func partnerValuesOf(t *dm.Ticket, fields map[int64]dm.TicketField, p *dm.Partner, statusFrozen bool) map[string]string {
	values := map[string]string{partnerSubject: t.Subject}
	if p.Terms.Status && !statusFrozen {
		values[partnerStatus] = string(partnerWord(t.Status, p.Capable))
	}
	if p.Terms.Tags {
		values[partnerTags] = joinTags(t.Tags)
	}
	set := map[int64]string{}
	for _, f := range t.Fields {
		set[f.FieldID] = f.Value
	}
	for id, def := range fields {
		if def.Active && p.Terms.AllowsField(def.Name) {
			values[partnerField+dm.Fold(def.Name)] = set[id]
		}
	}
	return values
}

// note compares the link's values with the ticket's and says whether anything is
// new. A field that was never set says nothing.
func (b *partnerBase) note(values map[string]string, sender bool) bool {
	fresh := false
	for name, value := range values {
		if value == "" && b.Values[name] == nil && name != partnerSubject {
			continue
		}
		fresh = b.ours(name, value, sender) || fresh
	}
	return fresh
}
