package deskmesh

// PublicLink opens one ticket, and nothing else, to whoever holds its address.
// It shows what a requester would see, at the lesser of its own level and what
// its maker may give now (docs/public-links.md). The secret in the address is
// kept as a hash alone.
type PublicLink struct {
	ID           int64
	TicketID     int64
	Label        string // for agents, never shown to whoever holds it
	Level        Level  // view, or comment: view and reply
	PasswordHash string // "" none
	ExpiresAt    Time   // 0 never
	MaxUses      int    // visits; 0 no limit
	Uses         int
	LastUsedAt   Time // 0 never
	CreatedBy    int64
	CreatedAt    Time
	RevokedAt    Time // 0 not
	RevokedBy    int64
}

// MaxLinks is how many live public links one ticket may have; MaxLinkLabel and
// MaxVisitorName are the characters of a label, and of the name a visitor gives.
const (
	MaxLinks       = 20
	MaxLinkLabel   = 100
	MaxVisitorName = 100
)

// Open says whether somebody who is visiting already may stay: the link is not
// revoked and its time is not over.
func (l *PublicLink) Open(now Time) bool {
	return l.RevokedAt == 0 && (l.ExpiresAt == 0 || l.ExpiresAt > now)
}

// Live says whether a new visit can begin, as far as the link itself goes.
func (l *PublicLink) Live(now Time) bool { return l.Open(now) && !l.UsedUp() }

// UsedUp says whether every visit that the link allows has begun.
func (l *PublicLink) UsedUp() bool { return l.MaxUses > 0 && l.Uses >= l.MaxUses }

// LinkState says how a link stands.
type LinkState string

// The states. One that is asleep would work but for something else: links are
// switched off, its maker may not give access any more, the ticket is private,
// spam, deleted or merged, or its brand is inactive.
const (
	LinkLive    LinkState = "live"
	LinkAsleep  LinkState = "asleep"
	LinkExpired LinkState = "expired"
	LinkUsedUp  LinkState = "used_up"
	LinkRevoked LinkState = "revoked"
)

// LinkOutcome is what came of a try to open a link.
type LinkOutcome string

// The outcomes. Tries on a link that does not work are not told apart from
// guesses, and leave nothing.
const (
	LinkOpened        LinkOutcome = "opened"
	LinkWrongPassword LinkOutcome = "wrong_password"
)

// LinkUse is a line of a link's log.
type LinkUse struct {
	ID      int64
	Outcome LinkOutcome
	Address string // the visitor's network address
	At      Time
}

// LinkChanges is what is done to a ticket's public links.
type LinkChanges struct {
	Make      *NewPublicLink
	Amend     *LinkAmendment
	Reset     int64   // id of a link that gets a new secret; the old one is dead at once
	Revoke    []int64 // ids
	RevokeAll bool
}

// Empty says whether nothing is done.
func (c *LinkChanges) Empty() bool {
	return c.Make == nil && c.Amend == nil && c.Reset == 0 && len(c.Revoke) == 0 && !c.RevokeAll
}

// NewPublicLink asks for a public link. What is nil takes the account's default.
type NewPublicLink struct {
	Label        string
	Level        Level // "" is view
	PasswordHash string
	ExpiresAt    *Time // pointing at 0: never
	MaxUses      *int  // pointing at 0: no limit
	// MakerID, of a link that the program makes by a rule, is the rule's author. The
	// app sets it.
	MakerID int64
}

// LinkAmendment changes a link that is not revoked; nil leaves a part as it is.
type LinkAmendment struct {
	ID           int64
	Label        *string
	Level        *Level
	PasswordHash *string // pointing at "": none
	ExpiresAt    *Time
	MaxUses      *int
}
