package rules

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// Snapshot is a ticket at one moment, as far as a condition asks about it.
type Snapshot struct {
	Ticket    dm.Ticket // its tags, CCs, followers and own fields as far as Needs has them
	BrandID   int64
	Requester dm.PersonRef
	CompanyID int64      // of the requester; 0 none
	Shares    []dm.Share // those that are live
	Messages  []Message
	Clocks    []dm.Clock // of its service level
	Partners  []Partner  // where Needs has Partners
	// Update is the change that a rule is asked about; nil for none.
	Update *Update
	flats  map[string]flatText // made as they are asked for
}

// flatText is a text with its flat form.
type flatText struct{ of, flat string }

// Update is a change of a ticket, as far as the condition of a rule asks about
// it.
type Update struct {
	Before      dm.Ticket // the ticket as it was, with its tags, CCs, followers and own fields
	BrandBefore int64
	Created     bool // it was filed: there is nothing before
	Performer   dm.Performer
	Via         dm.Via
	ViaSharing  bool // by somebody whose only ways in are shares
}

// Partner is what a condition asks of a link with a partner.
type Partner struct {
	ID       int64
	Received bool
	Orphaned bool
}

// Message is what a condition asks of a message.
type Message struct {
	Internal bool
	Text     string // where Needs has Texts
	Files    int
	// Where Needs has Authors.
	By dm.Performer // of a public message: an agent, a requester, or nobody
	At dm.Time
}

// Reader is who asks, and when.
type Reader struct {
	Person   int64   // "me"; 0 nobody
	Groups   []int64 // "mine"
	Internal bool    // whether notes of this ticket count
	Now      dm.Time
}

// Needs is the set of parts of a Snapshot that a condition reads.
type Needs uint

// The parts beyond the ticket's own columns.
const (
	Tags Needs = 1 << iota
	CCs
	Followers
	Fields
	People // requester and company
	Shares
	Messages // how many, which are internal, their files
	Texts    // the messages' texts
	Links    // whether a public link opens it
	Clocks   // of its service level
	Authors  // who wrote the messages, and when
	Partners // whom it came from, and whom it is shared with over there
)

// Has says whether a part is in the set.
func (n Needs) Has(part Needs) bool { return n&part != 0 }

// Everything is all parts.
const Everything = Tags | CCs | Followers | Fields | People | Shares | Messages | Texts | Links | Clocks | Authors | Partners

// NeedsOf gives what the condition reads.
func NeedsOf(c *dm.Condition) Needs {
	var needs Needs
	for _, leaf := range leaves(c) {
		needs |= needsOf(leaf)
	}
	return needs
}

func needsOf(leaf *dm.Condition) Needs {
	switch leaf.Field {
	case dm.FieldKeyTags:
		return Tags
	case dm.FieldKeyCC:
		return CCs
	case dm.FieldKeyFollower:
		return Followers
	case dm.FieldKeyRequesterName, dm.FieldKeyRequesterMail, dm.FieldKeyRequesterDomain, dm.FieldKeyCompany:
		return People
	case dm.FieldKeyMessages, dm.FieldKeyAttachment:
		return Messages
	case dm.FieldKeyText:
		return Messages | Texts
	case dm.FieldKeyHasLink:
		return Links
	case dm.FieldKeyPartnerFrom, dm.FieldKeyPartnerTo, dm.FieldKeyOrphaned:
		return Partners
	case dm.FieldKeySLADue, dm.FieldKeySLABreached:
		return Clocks
	case dm.FieldKeyRequesterReplies, dm.FieldKeyAgentReplies, dm.FieldKeyHoursReply, dm.FieldKeyHoursRequester, dm.FieldKeyHoursAgent:
		return Messages | Authors
	}
	if leaf.OwnField() != 0 {
		return Fields
	}
	if f := dm.RuleFieldOf(leaf.Field); f != nil && f.Sharing {
		return Shares
	}
	return 0
}

func leaves(c *dm.Condition) []*dm.Condition {
	if c.Leaf() {
		return []*dm.Condition{c}
	}
	var list []*dm.Condition
	for i := range c.All {
		list = append(list, leaves(&c.All[i])...)
	}
	for i := range c.Any {
		list = append(list, leaves(&c.Any[i])...)
	}
	return list
}

// IDs gives the ids that the leaf's values stand for: "me" is the reader, "mine"
// their groups.
func (r *Reader) IDs(leaf *dm.Condition) []int64 {
	var ids []int64
	for i := range leaf.Values {
		switch v := &leaf.Values[i]; {
		case v.Kind == dm.IDValue:
			ids = append(ids, v.ID)
		case v.Kind == dm.SelfValue && v.Text == "me" && r.Person != 0:
			ids = append(ids, r.Person)
		case v.Kind == dm.SelfValue && v.Text == "mine":
			ids = append(ids, r.Groups...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
