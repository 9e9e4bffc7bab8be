package deskmesh

// TargetKind is the kind of party a ticket is shared with.
type TargetKind string

// The kinds of target. Public links and what crosses to partners are nouns of
// their own (decisions 0020 and 0038): no share has a partner as its target, but
// the sharing policy and actions name one.
const (
	TargetAgent     TargetKind = "agent"
	TargetGroup     TargetKind = "group"
	TargetRequester TargetKind = "requester"
	TargetPartner   TargetKind = "partner"
)

// Target is one party.
type Target struct {
	Kind TargetKind
	ID   int64
}

// Level is how far a share lets its target go, before flags and role.
type Level string

// The levels, from least to most.
const (
	LevelView    Level = "view"
	LevelComment Level = "comment"
	LevelEdit    Level = "edit"
)

// Levels is every level from least to most.
var Levels = []Level{LevelView, LevelComment, LevelEdit}

// Rank orders levels; an unknown level ranks 0.
func (l Level) Rank() int {
	for i, known := range Levels {
		if l == known {
			return i + 1
		}
	}
	return 0
}

// CauseKind says what made a share or another change.
type CauseKind string

// The causes.
const (
	CausePerson    CauseKind = "person"
	CauseToken     CauseKind = "token"
	CauseMail      CauseKind = "mail"
	CauseRule      CauseKind = "rule"
	CausePartner   CauseKind = "partner"
	CausePortal    CauseKind = "portal"
	CauseSystem    CauseKind = "system"
	CauseMerge     CauseKind = "merge"
	CauseHandOver  CauseKind = "hand_over"
	CauseRequester CauseKind = "requester"
	CauseBulk      CauseKind = "bulk"    // a person, for many tickets at once; the id is the bulk's
	CauseMacro     CauseKind = "macro"   // a person, by a macro; id and name are the macro's
	CauseRequest   CauseKind = "request" // a request for access was granted; ID is the request
	CauseLink      CauseKind = "link"    // somebody who holds a public link; ID is the link, Name the name they gave
)

// Cause is why something happened: kind, and the id and name of the token,
// rule or partner behind it.
type Cause struct {
	Kind CauseKind
	ID   int64
	Name string
}

// IsPartner says whether a partner made the change.
func (c *Cause) IsPartner() bool { return c.Kind == CausePartner }

// Share lets one target in to one ticket (features: at most one live share per
// ticket and target). ExpiresAt is decided when read: a share past it neither
// admits nor counts, whether or not a job has ended it yet.
type Share struct {
	ID          int64
	TicketID    int64
	Target      Target
	TargetName  string // for display
	TargetLive  bool   // the agent is active, the group exists
	Level       Level
	SeeInternal bool
	ReplyPublic bool
	Forward     bool
	CanReshare  bool
	Reason      string
	Cause       Cause
	CreatedBy   int64 // 0: the system
	CreatedAt   Time
	ExpiresAt   Time // 0 never
	OpenedAt    Time // first opened by the target; 0 not yet
	EndedAt     Time // 0 while live
	EndedBy     int64
	EndCause    string // "revoked", "left", "expired", "group deleted", ...
}

// Live says whether the share admits at the given moment.
func (s *Share) Live(now Time) bool {
	return s.EndedAt == 0 && (s.ExpiresAt == 0 || s.ExpiresAt > now)
}

// Terms is what a share grants, apart from its target.
type Terms struct {
	Level       Level
	SeeInternal bool
	ReplyPublic bool
	Forward     bool
	CanReshare  bool
}

// Terms gives the share's terms.
func (s *Share) Terms() Terms {
	return Terms{s.Level, s.SeeInternal, s.ReplyPublic, s.Forward, s.CanReshare}
}
