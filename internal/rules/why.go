package rules

import (
	dm "github.com/deskmesh/deskmesh"
)

// maxWhy bounds what Why tells.
const maxWhy = dm.MaxConditionLeaves

// Why says of each leaf of a condition, by its place such as "all[1].any[0]",
// whether it holds for the ticket. The place of a leaf that stands alone is
// "condition".
func Why(c *dm.Condition, s *Snapshot, r *Reader) (list []dm.RuleWhy) {
	_ = c.Walk(func(leaf *dm.Condition, place string) error {
		if place == "" {
			place = "condition"
		}
		if len(list) < maxWhy {
			list = append(list, dm.RuleWhy{Place: place, Holds: leafHolds(leaf, s, r)})
		}
		return nil
	})
	return list
}

// Happened says whether one of the events that a rule waits for is among what a
// change did. No events are any change. kinds are the messages and shares that
// were added, as "reply", "note" and "share"; changes are those of properties.
func Happened(events []dm.RuleEvent, kinds []string, changes []dm.FieldChange) bool {
	if len(events) == 0 {
		return true
	}
	for i := range events {
		e := &events[i]
		for _, kind := range kinds {
			if e.Event == kind {
				return true
			}
		}
		for j := range changes {
			if c := &changes[j]; c.Field == e.Event && (e.From == nil || *e.From == c.Old) && (e.To == nil || *e.To == c.New) {
				return true
			}
		}
	}
	return false
}

// eventField says whether an event is about an own field.
func eventField(event string) bool {
	leaf := dm.Condition{Field: event}
	return leaf.OwnField() != 0
}

// KnownEvent says whether an update rule can wait for the event.
func KnownEvent(event string) bool {
	for _, e := range dm.RuleEvents {
		if e == event {
			return true
		}
	}
	return eventField(event)
}
