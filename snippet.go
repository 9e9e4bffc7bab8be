package deskmesh

// SnippetScope is who can use a snippet.
type SnippetScope string

// The scopes.
const (
	SnippetPrivate  SnippetScope = "private" // its owner alone
	SnippetGroup    SnippetScope = "group"   // the members of one group
	SnippetEveryone SnippetScope = "everyone"
)

// Snippet is a piece of text that agents put into messages. SnippetWords in its
// HTML, as in {{requester.name}}, are filled in when it is used.
type Snippet struct {
	ID        int64
	OwnerID   int64
	Scope     SnippetScope
	GroupID   int64 // of SnippetGroup
	Name      string
	HTML      string // sanitised
	CreatedAt Time
	UpdatedAt Time
}

// SnippetWords are the placeholders that a snippet may have.
var SnippetWords = []string{"requester.name", "requester.first_name", "ticket.number", "ticket.subject", "agent.name", "account.name"}
