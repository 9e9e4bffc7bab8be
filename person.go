package deskmesh

// PersonKind tells agents from requesters.
type PersonKind string

// The two kinds of person.
const (
	Agent     PersonKind = "agent"
	Requester PersonKind = "requester"
)

// TicketScope is how far an agent's reach goes inside their brands and inboxes.
type TicketScope string

// The scopes of an agent.
const (
	GlobalScope     TicketScope = "global"     // any ticket
	GroupScope      TicketScope = "group"      // tickets of the agent's groups
	RestrictedScope TicketScope = "restricted" // none: only assignment and shares
)

// Person is an agent or a requester of one account.
type Person struct {
	// Undeliverable is set where one person is read and mail to the address came back.
	Undeliverable *Undeliverable

	ID      int64
	Kind    PersonKind
	Name    string
	Address string   // the primary address: sign-in and sharing
	Others  []string // secondary addresses

	// Reach of an agent. Lists hold only when the matching All flag is off.
	Scope      TicketScope
	AllBrands  bool
	Brands     []int64
	AllInboxes bool
	Inboxes    []int64
	Roles      []int64
	Groups     []int64

	DepartmentID int64 // requesters; 0 none
	Sight        DepartmentSight
	CompanyID    int64 // requesters; 0 none

	Active      bool // false while deactivated
	HasPassword bool
	HasTOTP     bool // a second factor is on
	Language    string
	Preferences Preferences
	CreatedAt   Time
	UpdatedAt   Time
}

// Sight is how far somebody sees what belongs to their department.
type Sight string

// The sights.
const (
	SightNone  Sight = "none"
	SightRead  Sight = "read"
	SightWrite Sight = "write" // they may answer, too
)

// Sees says whether it lets anything be seen.
func (s Sight) Sees() bool { return s == SightRead || s == SightWrite }

// DepartmentSight is a requester's sight of their own department's tickets, and
// of its changes, which are tickets of that type (S2-18). It follows the ticket's
// department, never opens a private ticket, and ends when they leave (Q17).
type DepartmentSight struct {
	Tickets Sight
	Changes Sight
}

// PersonRef names a person for display.
type PersonRef struct {
	ID      int64
	Name    string
	Address string
	Kind    PersonKind
	Active  bool
}

// Department is a set of requesters inside the company that runs the desk.
type Department struct {
	ID   int64
	Name string
}

// Company is the requesters of one customer, with an agent as account manager.
type Company struct {
	ID        int64
	Name      string
	ManagerID int64 // 0 none
}
