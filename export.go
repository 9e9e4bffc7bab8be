package deskmesh

// ExportState is where an export stands.
type ExportState string

// The states.
const (
	ExportWaiting ExportState = "waiting" // its rows are not written yet, or are being written
	ExportDone    ExportState = "done"    // its file can be fetched
	ExportFailed  ExportState = "failed"  // it has no file; Problem says why
)

// Export is a list of tickets written into a file, for one person. Its rows are
// decided when they are written, and each again when the file is read.
type Export struct {
	ID       int64
	PersonID int64
	TokenID  int64 // the API token that asked for it; 0 when the person did
	State    ExportState
	// What is exported: a view by its key, narrowed by ListState and Filter, or
	// what a search for Query finds.
	View      string
	ListState string
	Filter    Condition
	Query     string
	Sort      string
	Columns   []string
	BOM       bool // the file begins with a byte order mark

	Rows       int
	CutOff     bool   // there were more rows than an export may have
	Problem    string // why it failed, for its owner
	BlobKey    string
	CreatedAt  Time
	FinishedAt Time // 0 while waiting
}
