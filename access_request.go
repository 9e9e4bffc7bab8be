package deskmesh

// AccessState is what became of a request for access.
type AccessState string

// The states.
const (
	AccessWaiting  AccessState = "waiting"
	AccessGranted  AccessState = "granted"
	AccessDeclined AccessState = "declined"
)

// AccessRequest is an agent's wish to be let in to a ticket, or to be given a
// higher level. One of each agent waits on a ticket at a time.
type AccessRequest struct {
	ID        int64
	TicketID  int64
	PersonID  int64 // who asks
	Level     Level
	Reason    string // at most 1000 characters; may be empty
	State     AccessState
	CreatedAt Time
	DecidedBy int64 // 0 while it waits
	DecidedAt Time
}
