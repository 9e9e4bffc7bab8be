package deskmesh

// Change is everything one actor wants done to one ticket, in one transaction.
// Every door builds one and hands it to app.Apply; nothing else writes tickets.
type Change struct {
	// Number of the ticket; 0 with Create set files a new one.
	Number int64
	// Version, when not 0, must equal the ticket's: else Conflict with the
	// fields that changed since.
	Version int64
	Cause   Cause
	Via     Via
	// CausedBy is the person whose change a rule follows with this one: they are not
	// told that the ticket is shared with them (Q13).
	CausedBy int64

	// Automatic says that a program wrote the mail that the change came by: no rule
	// answers it.
	Automatic bool
	// Scheduled says that its message was written earlier, to be sent now.
	Scheduled bool
	// Pending says what becomes of the ticket's scheduled messages where the
	// change solves or closes it.
	Pending PendingReplies

	Create   *NewTicket
	Set      TicketPatch
	Messages []NewMessage
	Share    []NewShare
	// Declined are targets that a rule leaves out, for the ticket has as many shares
	// as it may (C17): the history names them.
	Declined []Target
	Amend    []ShareAmendment
	Unshare  []int64 // ids of shares to end
	// UnshareFrom ends the shares with these targets, as far as there are any.
	UnshareFrom []Target
	Leave       bool // end the actor's own direct share
	// LetIn and AddCCs are a requester's ways to let people in, and RemoveCCs ends
	// the second. Addresses are primary ones.
	LetIn     *LetIn
	AddCCs    []string
	RemoveCCs []int64
	// Satisfaction is what the ticket's requester says of how it was solved.
	Satisfaction *Satisfaction
	Link         []NewLink
	Unlink       []int64 // ids of links
	PublicLinks  LinkChanges
	Partners     []PartnerChange
	// From is the id of the partner link that the change came over: it is never
	// sent back there. Receive makes that link, with a new ticket.
	From    int64
	Receive *PartnerLink
	Trash   TrashMove
	Merge   *Merge
	// Follow lets the actor, an agent, follow the ticket or stop: it needs no more
	// than to see it.
	Follow *bool
	// Undoable asks for what would take the change back, in the result.
	Undoable bool
	// KeepAccess shares the ticket with the actor, at the default terms, when
	// the change takes the actor's other ways in away (hand-over).
	KeepAccess bool
}

// NewTicket is what a new ticket needs beyond the patch.
type NewTicket struct {
	Subject string
	// The requester, by id or by address with a name for a person not yet known.
	RequesterID      int64
	RequesterAddress string
	RequesterName    string
	InboxID          int64
	// CreatorID is set by the app: the actor, or 0.
	CreatorID int64
	// Automatic says that a program wrote the mail that it comes from.
	Automatic bool
}

// TicketPatch sets properties; nil leaves one as it is. For ids, 0 means none.
type TicketPatch struct {
	Subject      *string
	Status       *Status
	StatusID     *int64
	Priority     *Priority
	Type         *TicketType
	Private      *bool
	InboxID      *int64
	GroupID      *int64
	AssigneeID   *int64
	RequesterID  *int64
	DepartmentID *int64
	Tags         *[]string
	AddTags      []string
	RemoveTags   []string
	CCs          *[]string // addresses; people not yet known become requesters
	AddCCs       []string  // beside those it has
	Followers    *[]int64
	AddFollowers []int64           // beside those it has, once the change has shared the ticket
	Fields       map[int64]*string // own fields; a nil value clears
}

// Empty says whether the patch changes nothing.
func (p *TicketPatch) Empty() bool {
	return p.Subject == nil && p.Status == nil && p.StatusID == nil && p.Priority == nil && p.Type == nil &&
		p.Private == nil && p.InboxID == nil && p.GroupID == nil && p.AssigneeID == nil && p.RequesterID == nil &&
		p.DepartmentID == nil && p.Tags == nil && len(p.AddTags) == 0 && len(p.RemoveTags) == 0 && p.CCs == nil &&
		len(p.AddCCs) == 0 && p.Followers == nil && len(p.AddFollowers) == 0 && len(p.Fields) == 0
}

// NewMessage is a message to add.
type NewMessage struct {
	Kind        MessageKind
	Text        string
	HTML        string  // sanitised by the app
	Attachments []int64 // ids of files the actor uploaded and nobody took yet
	RawMailID   int64
	// Mentions are agents to be told of the message, as far as they may read it.
	Mentions []int64
	// After is the newest message that the writer has seen; a newer one by
	// somebody else is a Conflict. 0 asks for nothing.
	After int64
	// Side makes it a message of a side conversation; it must be a note.
	Side *NewSide
	// AuthorID is set by the app to the actor, except for mail, where the door
	// names the sender it verified.
	AuthorID int64
	// Visitor is the name that somebody gives who writes through a public link.
	Visitor string
	// Comment says which comment of which partner it is; nil for others.
	Comment *PartnerComment
	// ForPartners marks it for partners whose terms let marked messages cross alone.
	ForPartners bool
}

// NewShare asks to let one target in. Nil flags take the account's defaults,
// lessened to what the actor holds; a flag given explicitly beyond that is
// refused.
type NewShare struct {
	Target      Target
	Level       Level // "" takes the default
	SeeInternal *bool
	ReplyPublic *bool
	Forward     *bool
	CanReshare  *bool
	Reason      string
	ExpiresAt   Time
	Notify      bool
}

// LetIn is a requester's share with people, named by their primary addresses.
type LetIn struct {
	Addresses []string
	Level     Level // "" takes portal.share_level
}

// ShareAmendment changes the terms or expiry of a live share.
type ShareAmendment struct {
	ID          int64
	Level       *Level
	SeeInternal *bool
	ReplyPublic *bool
	Forward     *bool
	CanReshare  *bool
	ExpiresAt   *Time // pointing at 0: never
}

// NewLink joins the ticket with another one the actor can open.
type NewLink struct {
	Kind        LinkKind
	OtherNumber int64
}

// TrashMove moves a ticket to or from spam or the trash.
type TrashMove string

// The moves.
const (
	TrashNone    TrashMove = ""
	TrashDelete  TrashMove = "delete"
	TrashRestore TrashMove = "restore"
	TrashSpam    TrashMove = "spam"
	TrashNotSpam TrashMove = "not_spam"
)

// Merge ends this ticket and carries its messages into another (decision Q8).
type Merge struct {
	IntoNumber int64
	// CarryShares lets this ticket's shares move along, up to the cap.
	CarryShares bool
	// AcceptWidening confirms that people gain sight of messages, as listed by
	// the refusal with reason "would_widen".
	AcceptWidening bool
}
