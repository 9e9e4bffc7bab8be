package deskmesh

// Macro is some actions under a name, which an agent runs on a ticket: with the
// agent's own rights, whole or not at all. Who can use one is told as of
// snippets.
type Macro struct {
	ID          int64
	OwnerID     int64
	Scope       SnippetScope
	GroupID     int64 // of SnippetGroup
	Name        string
	Description string
	Actions     []Action
	Enabled     bool
	Position    int // orders the macros of the account
	CreatedAt   Time
	UpdatedAt   Time
}
