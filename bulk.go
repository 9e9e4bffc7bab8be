package deskmesh

import "time"

// BulkAction is what a bulk does to each of its tickets.
type BulkAction string

// The actions.
const (
	BulkShare   BulkAction = "share"
	BulkUnshare BulkAction = "unshare"
	BulkChange  BulkAction = "change"  // properties
	BulkRevoke  BulkAction = "revoke"  // ends single shares, for who keeps all of them
	BulkMessage BulkAction = "message" // a reply or a note on each
	BulkMove    BulkAction = "move"    // to or from spam or the trash
	BulkMacro   BulkAction = "macro"
	BulkUndo    BulkAction = "undo" // takes back what another bulk did
)

// BulkState is where a bulk stands.
type BulkState string

// The states.
const (
	BulkWaiting   BulkState = "waiting" // a job will begin it
	BulkRunning   BulkState = "running"
	BulkPaused    BulkState = "paused" // goes on when its maker says so
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

// BulkUndoTime is how long after its end a bulk can be undone.
const BulkUndoTime = 10 * time.Minute

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
	FinishedAt Time  // 0 until it has ended
	UndoneBy   int64 // the bulk that takes back what this one did; 0 none
}

// BulkWork is what is done to each ticket: what the bulk's action says.
type BulkWork struct {
	Share      []NewShare
	Unshare    []Target
	Set        TicketPatch // with a message: the status that is set with it
	KeepAccess bool
	// Message is added to each ticket. SnippetWords in its HTML are filled in for
	// each.
	Message *NewMessage `json:",omitempty"`
	Move    TrashMove   `json:",omitempty"`
	UndoOf  int64       `json:",omitempty"` // the bulk that is taken back
	// Actions are those that the macro had when the bulk was asked for.
	MacroID int64    `json:",omitempty"`
	Actions []Action `json:",omitempty"`
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
	// Undo is what takes back what was done to the ticket; of BulkUndo, what is to
	// be taken back. Nil where there is nothing that can be.
	Undo *TicketUndo
}

// TicketUndo takes back what one change did to a ticket: its properties, tags,
// shares and place in the trash. What was sent stays sent.
type TicketUndo struct {
	// Set has the properties: Old is what they were, New what they have to be
	// still. Somebody's later change is not undone with them.
	Set         []FieldChange    `json:"set,omitempty"`
	TagsAdded   []string         `json:"tags_added,omitempty"`
	TagsRemoved []string         `json:"tags_removed,omitempty"`
	Shares      []int64          `json:"shares,omitempty"` // made, to be ended
	Share       []NewShare       `json:"share,omitempty"`  // ended, to be made again
	Amend       []ShareAmendment `json:"amend,omitempty"`  // changed, to be set back
	// Partners are links with partners that were made, to be ended. What they have
	// of the ticket stays there, and a share that was ended is not made again.
	Partners []int64   `json:"partners,omitempty"`
	Move     TrashMove `json:"move,omitempty"`
}

// Empty says whether there is nothing to take back.
func (u *TicketUndo) Empty() bool {
	return u == nil || len(u.Set)+len(u.TagsAdded)+len(u.TagsRemoved)+len(u.Shares)+len(u.Share)+len(u.Amend)+len(u.Partners) == 0 && u.Move == TrashNone
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
