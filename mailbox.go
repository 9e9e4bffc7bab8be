package deskmesh

// Mailbox is the folder on a mail server that an inbox fetches its mail from, by
// IMAP. An inbox has at most one. The secret is not part of it.
type Mailbox struct {
	Account     int64
	InboxID     int64
	Host        string
	Port        int
	Security    MailSecurity
	Username    string
	Auth        MailAuth
	TokenURL    string // of MailOAuth2: where access tokens are made
	ClientID    string // of MailOAuth2
	Folder      string
	After       AfterFetch
	MoveTo      string // of AfterMove
	TrustedHost string // whose Authentication-Results count; "" none
	Active      bool
	HasSecret   bool
	Version     int64 // rises with every change of the settings
	MailboxState
}

// MailboxState is how far fetching came.
type MailboxState struct {
	UIDValidity uint32
	LastUID     uint32
	LastError   string // a sentence; "" where the last try went well
	Failures    int    // in a row
	FetchedAt   Time   // when it was last looked into; 0 never
	MailAt      Time   // when a mail was last fetched; 0 never
}

// MailSecurity is how a connection to a mail server is protected.
type MailSecurity string

// The ways.
const (
	MailTLS      MailSecurity = "tls"      // from the first byte
	MailStartTLS MailSecurity = "starttls" // after the greeting, or not at all
	MailPlain    MailSecurity = "none"     // to hosts in one's own network that the server's operator has named
)

// MailAuth is how one signs in at a mail server.
type MailAuth string

// The ways.
const (
	MailPassword MailAuth = "password"
	MailOAuth2   MailAuth = "oauth2"
)

// AfterFetch is what becomes of a mail on the server once it is kept here.
type AfterFetch string

// What may become of it.
const (
	AfterSeen   AfterFetch = "seen"   // it is marked as read
	AfterMove   AfterFetch = "move"   // it goes into another folder
	AfterDelete AfterFetch = "delete" // it is deleted
)

// MailboxSecret is what one signs in with.
type MailboxSecret struct {
	Password     string `json:"password,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
	ClientSecret string `json:"client_secret,omitempty"`
}

// MailboxReport is what a test of a mailbox has found.
type MailboxReport struct {
	Problem  string // a sentence; "" where all is well
	Messages int    // in the folder
	Idle     bool   // the server tells of new mail by itself
}
