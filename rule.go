package deskmesh

// RuleKind is when a rule is asked.
type RuleKind string

// The kinds.
const (
	RuleCreate RuleKind = "create" // once, when a ticket has been filed
	RuleUpdate RuleKind = "update" // after every change of one
	RuleTime   RuleKind = "time"   // every quarter of an hour
	RuleAssign RuleKind = "assign" // after a change that leaves a ticket without group and assignee
)

// RuleKinds is every kind.
var RuleKinds = []RuleKind{RuleCreate, RuleUpdate, RuleTime, RuleAssign}

// Performer is who made the change that a rule is asked about.
type Performer string

// The performers. An agent who writes in the portal or by mail as the ticket's
// requester is a requester there.
const (
	ByAgent     Performer = "agent"
	ByRequester Performer = "requester"
	BySystem    Performer = "system"
	ByPartner   Performer = "partner"
	ByRule      Performer = "rule"
)

// Performers is every performer.
var Performers = []Performer{ByAgent, ByRequester, BySystem, ByPartner, ByRule}

// RuleHours says when a rule counts, by a calendar of business hours.
type RuleHours string

// The hours.
const (
	HoursAny     RuleHours = "any"
	HoursDuring  RuleHours = "during"
	HoursOutside RuleHours = "outside"
)

// AllRuleHours is every RuleHours.
var AllRuleHours = []RuleHours{HoursAny, HoursDuring, HoursOutside}

// RuleEvent is a change that an update rule waits for: "reply", "note", "share",
// or a property as the history names it, such as "status", "tags" or "field:12".
// From and To, of a property, are values as the history has them; nil is any.
type RuleEvent struct {
	Event string  `json:"event"`
	From  *string `json:"from,omitempty"`
	To    *string `json:"to,omitempty"`
}

// RuleEvents is every event, own fields aside. The first three have no values.
var RuleEvents = []string{"reply", "note", "share", "cc", "tags", "status", "priority", "type", "private", "subject", "inbox", "group", "assignee", "requester", "department", "followers"}

// Limits of rules.
const (
	MaxRules        = 1000 // of an account
	MaxRuleEvents   = 20
	MaxRuleName     = 200
	MaxRuleText     = 2000 // of its description
	MaxRuleVersions = 50   // kept of each rule
	MaxRuleDepth    = 5    // passes of rules after one change
	MaxRuleActions  = 200  // actions after one change
	MaxRuleFired    = 100  // times that a time rule acts on one ticket
)

// Rule does things to tickets by itself: when one is filed, changed, left without
// an owner, or old enough. Rules of a kind are asked in the order of their
// positions. A rule acts with the program's rights, within the caps and settings
// of the account, and where it is confined within the reach of its author
// (docs/rules.md).
type Rule struct {
	ID          int64
	Kind        RuleKind
	Name        string
	Description string
	Enabled     bool
	Position    int64
	BrandID     int64 // 0: tickets of any brand
	Hours       RuleHours
	CalendarID  int64       // 0: the account's own
	Performers  []Performer // empty: anybody
	Events      []RuleEvent // of an update rule; empty: any change
	Condition   Condition
	Actions     []Action
	Version     int64 // rises with every save of what it does
	AuthorID    int64 // who saved that
	Confined    bool  // to what the author reaches
	UpdatedAt   Time
	UpdatedBy   int64
	// Broken says that what is stored cannot be read by this version of the
	// program: the rule then does nothing.
	Broken bool
}

// RuleVersion is a rule as it once was.
type RuleVersion struct {
	Version  int64
	AuthorID int64
	At       Time
	Rule     Rule
}

// RuleOutcome is what came of asking a rule about a ticket.
type RuleOutcome string

// The outcomes. Of tickets that did not match only some are kept.
const (
	RuleMatched    RuleOutcome = "matched"
	RuleNotMatched RuleOutcome = "not_matched"
	RuleSkipped    RuleOutcome = "skipped" // it matched, and none of its actions could be done
	RuleFailed     RuleOutcome = "failed"  // an action was refused
	RuleStopped    RuleOutcome = "stopped" // a limit of the chain ended it
)

// RuleOutcomes is every outcome.
var RuleOutcomes = []RuleOutcome{RuleMatched, RuleNotMatched, RuleSkipped, RuleFailed, RuleStopped}

// RuleLogLine is what came of asking a rule about one ticket.
type RuleLogLine struct {
	ID       int64
	RuleID   int64
	TicketID int64
	At       Time
	Outcome  RuleOutcome
	Why      []RuleWhy
	Actions  []ActionOutcome
}

// RuleWhy is whether one part of a rule held: a leaf of its condition by its
// place, or "brand", "hours", "performers", "events", "author".
type RuleWhy struct {
	Place string `json:"place"`
	Holds bool   `json:"holds"`
}

// RuleWarning is something about a rule that its author should look at.
type RuleWarning struct {
	Code string
	Text string
}
