package deskmesh

// ImportState is where an import of people stands.
type ImportState string

// The states.
const (
	ImportWaiting ImportState = "waiting"
	ImportRunning ImportState = "running"
	ImportDone    ImportState = "done"   // every line was made, changed, found as it is, or is among the faulty ones
	ImportFailed  ImportState = "failed" // it stopped before its end; Problem says why
)

// PeopleImport is a list of people that is read from a file, line by line.
type PeopleImport struct {
	ID       int64
	PersonID int64
	TokenID  int64 // the API token that asked for it; 0 when the person did
	Kind     PersonKind
	State    ImportState
	Problem  string
	Columns  []ImportColumn
	Total    int // lines, without the header
	Done     int
	Created  int
	Updated  int
	Same     int
	Faulty   int

	CreatedAt  Time
	FinishedAt Time // 0 while it is not at its end
}

// ImportColumn is one column of the file: what its header says, and which
// property of a person it becomes; "" for none.
type ImportColumn struct {
	Header string `json:"header"`
	Field  string `json:"field"`
}

// ImportFault is a line of an import that was left out.
type ImportFault struct {
	Line     int // in the file; the header is line 1
	Cells    []string
	Problems []string
}
