package deskmesh

// BulkAction is what a bulk does to each of its tickets.
type BulkAction string

// The actions.
const (
	BulkShare   BulkAction = "share"
	BulkUnshare BulkAction = "unshare"
	BulkChange  BulkAction = "change" // properties
	BulkRevoke  BulkAction = "revoke" // ends single shares, for who keeps all of them
)

// BulkState is where a bulk stands.
type BulkState string

// The states.
const (
	BulkWaiting   BulkState = "waiting" // a job will begin it
	BulkRunning   BulkState = "running"
	BulkDone      BulkState = "done"
	BulkCancelled BulkState = "cancelled" // what was done until then stays done
)

// Ended says whether nothing more will happen.
func (s BulkState) Ended() bool { return s == BulkDone || s == BulkCancelled }

// Limits of a bulk.
const (
	MaxBulk     = 10_000 // tickets, or shares to end
	BulkAtOnce  = 100    // as many are done while the maker waits
	BulkPreview = 1000   // as many are tried by a preview
)

// Bulk is one act on many tickets, for the person who asked for it. Each ticket
// is decided by itself when its turn comes: with the rights that the person has
// then.
type Bulk struct {
	ID       int64
	PersonID int64
	TokenID  int64 // the API token that asked for it; 0 when the person did
	Action   BulkAction
	State    BulkState
	Work     BulkWork
	// List says which tickets, where they were not named; Shares which shares, of
	// BulkRevoke. Both are decided when the bulk begins.
	List       *BulkList
	Shares     *ShareFilter
	Total      int // of a list that has not begun: as many as there were when it was asked for
	Done       int
	Failed     int
	CreatedAt  Time
	FinishedAt Time // 0 until it has ended
}

// BulkWork is what is done to each ticket: one of share, unshare and change.
type BulkWork struct {
	Share      []NewShare
	Unshare    []Target
	Set        TicketPatch
	KeepAccess bool
}

// BulkList is a list of tickets: a view, narrowed by State and Filter, or what a
// search for Query finds in it.
type BulkList struct {
	View   string
	State  string
	Filter Condition
	Query  string
}

// BulkItemState is where one ticket of a bulk stands.
type BulkItemState string

// The states of an item.
const (
	ItemWaiting BulkItemState = "waiting"
	ItemChanged BulkItemState = "changed"
	ItemSame    BulkItemState = "same" // everything was as wanted already
	ItemFailed  BulkItemState = "failed"
)

// BulkItem is one ticket of a bulk, or one share of BulkRevoke.
type BulkItem struct {
	ID       int64
	Number   int64 // of the ticket, as the maker knows it; 0 of BulkRevoke
	TicketID int64 // of BulkRevoke
	ShareID  int64 // of BulkRevoke
	State    BulkItemState
	Code     string // why it failed, for programs
	Message  string // and for people
}

// ShareState is where a share stands now.
type ShareState string

// The states of a share.
const (
	ShareIsLive    ShareState = "live"
	ShareIsExpired ShareState = "expired" // its time is over
	ShareIsEnded   ShareState = "ended"   // it was taken back, left, or ended with something else
)

// State gives where the share stands at a moment.
func (s *Share) State(now Time) ShareState {
	switch {
	case s.Live(now):
		return ShareIsLive
	case s.EndedAt == 0, s.EndCause == EndExpired:
		return ShareIsExpired
	}
	return ShareIsEnded
}

// EndExpired is the end cause of shares whose time was over.
const EndExpired = "expired"

// ShareFilter narrows the list of all shares of an account; zero values leave it
// as it is.
type ShareFilter struct {
	TargetKind    TargetKind
	TargetID      int64
	CreatedBy     int64
	Cause         CauseKind
	Since         Time // made at this moment or later
	Before        Time // made before
	ExpiresBefore Time
	State         ShareState
	Query         string // what a word in the recipient's name begins with
}
