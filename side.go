package deskmesh

// SideConversation is an exchange of mail about a ticket with people outside,
// beside what the requester reads. Its messages are notes of the ticket.
type SideConversation struct {
	ID        int64
	TicketID  int64
	PersonID  int64 // who began it; 0 unknown
	Subject   string
	Parties   []SideParty
	CreatedAt Time
}

// SideParty is an address that a side conversation is with.
type SideParty struct {
	ID      int64
	Address string
}

// SideMark says that a message belongs to a side conversation.
type SideMark struct {
	ID      int64
	Subject string
	// From is the address that wrote it; "" where an agent did.
	From string
	To   []string // whom an agent's message went to
}

// NewSide begins a side conversation with the message that carries it, or adds
// the message to one that there is.
type NewSide struct {
	// ID of the conversation; 0 begins one with the addresses To.
	ID      int64
	To      []string
	Subject string // "" takes the ticket's
	// Forward are messages of the ticket that are quoted, and Files says whether
	// their files go along.
	Forward []int64
	Thread  bool // every public message is quoted
	Files   bool
	// Party is set by the app where somebody outside wrote the message.
	Party int64
}
