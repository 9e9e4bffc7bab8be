// Package oracle states the access rule a second time, as slowly and plainly as
// it can be said, so that the real rule has something to be compared with.
//
// A World is a whole desk as plain data. Rights, Reasons, Listed and Messages
// answer questions about it by walking through everything, one sentence of
// docs/access.md after the other; C and Q numbers are those of
// docs/statements.md. Worlds and Steps make random worlds and random changes,
// which another test plays into the real store too; then both must agree for
// every person, ticket and list.
//
// The package imports nothing of the program, so that no mistake can be shared:
// a word such as "tickets.reply" is written here once more on purpose. It knows
// no SQL, no speed and no cache. The invariant it keeps: an answer depends on
// the World alone, and no function but Step.Apply changes one.
package oracle

import (
	"encoding/json"
	"fmt"
	"slices"
)

// World is everything that access depends on, at one moment.
type World struct {
	Now      int64 // microseconds UTC
	Accounts []Account
}

// Account is one company's desk. Ids are unique per kind inside one account;
// two accounts use the same ids for different things.
type Account struct {
	ID          int64
	Settings    Settings
	Departments []int64
	Brands      []Brand
	Inboxes     []Inbox
	Groups      []Group
	People      []Person
	Tickets     []Ticket
}

// Values of Settings.OnDisable (C10).
const (
	Keep    = "keep"
	Suspend = "suspend"
)

// Values of Settings.CCGrantsAccess (Q19), and the levels of a share.
// CCNone is for the setting only, Edit for shares only.
const (
	CCNone  = "none"
	View    = "view"
	Comment = "comment"
	Edit    = "edit"
)

// Settings are those settings of an account that access depends on.
type Settings struct {
	RoleCap               bool // Q12
	ForwardOnShared       bool // C13
	ProtectStatusAssignee bool
	SharingEnabled        bool   // C4
	OnDisable             string // C10: Keep or Suspend
	CCGrantsAccess        string // Q19: CCNone, View or Comment
	PortalShares          bool   // requesters may share
	PortalCC              bool   // and add CCs
	PortalLinks           bool   // and make links
	Links                 bool   // public links are on
	PortalEdit            bool   // C5: portal.share_level is edit
}

// Values of Person.SeesTickets and SeesChanges (S2-18); "" is none.
const (
	SightRead  = "read"
	SightWrite = "write"
)

// Brand is a face of the account. Whether it is active changes no right (Q15).
type Brand struct {
	ID     int64
	Active bool
}

// Inbox belongs to one brand.
type Inbox struct {
	ID    int64
	Brand int64
}

// Group is a team of agents.
type Group struct {
	ID      int64
	Deleted bool
	Members []int64
}

// The two kinds of person.
const (
	Agent     = "agent"
	Requester = "requester"
)

// The scopes of an agent.
const (
	GlobalScope     = "global"
	GroupScope      = "group"
	RestrictedScope = "restricted"
)

// Person is an agent or a requester. The fields from Scope to Permissions are
// an agent's, Department is a requester's.
type Person struct {
	ID          int64
	Kind        string // Agent or Requester
	Active      bool
	Deleted     bool
	Scope       string // GlobalScope, GroupScope or RestrictedScope
	AllBrands   bool
	Brands      []int64 // counts only while AllBrands is off
	AllInboxes  bool
	Inboxes     []int64  // counts only while AllInboxes is off
	Permissions []string // what the person's roles give together
	Department  int64    // 0 none
	SeesTickets string   // of the department: "", SightRead or SightWrite
	SeesChanges string   // of those of type change
}

// Ticket is one piece of work with everything that hangs on it.
type Ticket struct {
	ID         int64
	Number     int64
	Inbox      int64
	Group      int64 // 0 none
	Assignee   int64 // 0 none
	Requester  int64
	Department int64 // 0 none; gives access by sight alone
	Change     bool  // its type is change
	Private    bool
	Spam       bool
	Deleted    bool
	Done       bool  // solved or closed; changes no right (Q9)
	MergedInto int64 // 0 none
	UpdatedAt  int64
	CCs        []int64 // people of either kind
	Shares     []Share
	Messages   []Message
}

// TargetGroup is the kind of a share's target when it is a group; for people
// the kind is Agent or Requester.
const TargetGroup = "group"

// Share lets one target in to the ticket that holds it.
type Share struct {
	ID          int64
	TargetKind  string // Agent, TargetGroup or Requester
	Target      int64
	Level       string // View, Comment or Edit
	SeeInternal bool
	ReplyPublic bool
	Forward     bool
	CanReshare  bool
	CreatedBy   int64
	ByRequester bool
	CreatedAt   int64
	ExpiresAt   int64 // 0 never
	Ended       bool
}

// The kinds of message.
const (
	Reply     = "reply"
	Note      = "note"
	LocalNote = "local_note"
)

// Message is one contribution to a ticket.
type Message struct {
	ID   int64
	Kind string // Reply, Note or LocalNote
}

// Account finds an account; nil when there is none.
func (w *World) Account(id int64) *Account {
	for i := range w.Accounts {
		if w.Accounts[i].ID == id {
			return &w.Accounts[i]
		}
	}
	return nil
}

// Brand finds a brand of the account; nil when there is none.
func (a *Account) Brand(id int64) *Brand {
	for i := range a.Brands {
		if a.Brands[i].ID == id {
			return &a.Brands[i]
		}
	}
	return nil
}

// Inbox finds an inbox of the account; nil when there is none.
func (a *Account) Inbox(id int64) *Inbox {
	for i := range a.Inboxes {
		if a.Inboxes[i].ID == id {
			return &a.Inboxes[i]
		}
	}
	return nil
}

// Group finds a group of the account, deleted ones too; nil when there is none.
func (a *Account) Group(id int64) *Group {
	for i := range a.Groups {
		if a.Groups[i].ID == id {
			return &a.Groups[i]
		}
	}
	return nil
}

// Person finds a person of the account, deleted ones too; nil when there is none.
func (a *Account) Person(id int64) *Person {
	for i := range a.People {
		if a.People[i].ID == id {
			return &a.People[i]
		}
	}
	return nil
}

// Ticket finds a ticket of the account, deleted ones too; nil when there is none.
func (a *Account) Ticket(id int64) *Ticket {
	for i := range a.Tickets {
		if a.Tickets[i].ID == id {
			return &a.Tickets[i]
		}
	}
	return nil
}

// Share finds a share of the ticket, ended ones too; nil when there is none.
func (t *Ticket) Share(id int64) *Share {
	for i := range t.Shares {
		if t.Shares[i].ID == id {
			return &t.Shares[i]
		}
	}
	return nil
}

// NextShareID gives the id that a new share of the account takes.
func (a *Account) NextShareID() int64 {
	highest := int64(0)
	for _, t := range a.Tickets {
		for _, s := range t.Shares {
			highest = max(highest, s.ID)
		}
	}
	return highest + 1
}

// Clone copies the world so deeply that a change of one leaves the other alone.
func (w *World) Clone() *World {
	c := &World{Now: w.Now, Accounts: slices.Clone(w.Accounts)}
	for i := range c.Accounts {
		a := &c.Accounts[i]
		a.Departments = slices.Clone(a.Departments)
		a.Brands = slices.Clone(a.Brands)
		a.Inboxes = slices.Clone(a.Inboxes)
		a.Groups = slices.Clone(a.Groups)
		for j := range a.Groups {
			a.Groups[j].Members = slices.Clone(a.Groups[j].Members)
		}
		a.People = slices.Clone(a.People)
		for j := range a.People {
			p := &a.People[j]
			p.Brands = slices.Clone(p.Brands)
			p.Inboxes = slices.Clone(p.Inboxes)
			p.Permissions = slices.Clone(p.Permissions)
		}
		a.Tickets = slices.Clone(a.Tickets)
		for j := range a.Tickets {
			t := &a.Tickets[j]
			t.CCs = slices.Clone(t.CCs)
			t.Shares = slices.Clone(t.Shares)
			t.Messages = slices.Clone(t.Messages)
		}
	}
	return c
}

// GoString writes the world as JSON, which is how a failing test shows it and
// what a regression test can read back.
func (w *World) GoString() string {
	text, err := json.Marshal(w)
	if err != nil {
		return fmt.Sprintf("world that cannot be written: %v", err)
	}
	return string(text)
}
