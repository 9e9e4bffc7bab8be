package deskmesh

// MailSource is the way in which a mail came in.
type MailSource string

// The ways.
const (
	MailSMTP MailSource = "smtp"
	MailLMTP MailSource = "lmtp"
	MailIMAP MailSource = "imap" // fetched from a mailbox
	MailPipe MailSource = "pipe" // by the command mail-in
)

// MailVerdict says whether the sender of a mail was proven to be who the header
// names. Unknown is what most small domains give that publish no rules.
type MailVerdict string

// The verdicts.
const (
	MailUnknown MailVerdict = "unknown"
	MailPass    MailVerdict = "pass"
	MailFail    MailVerdict = "fail"
)

// MailChecks are the results of SPF, DKIM and DMARC in the words of RFC 8601,
// and who found them: this desk, or a host whose word was trusted. A check that
// was not made is "".
type MailChecks struct {
	SPF        string `json:"spf,omitempty"`
	SPFDomain  string `json:"spf_domain,omitempty"`
	DKIM       string `json:"dkim,omitempty"`
	DKIMDomain string `json:"dkim_domain,omitempty"`
	DMARC      string `json:"dmarc,omitempty"`
	By         string `json:"by,omitempty"` // "" this desk, else the trusted host
}

// MailInfo is what is told of the mail that a message came from.
type MailInfo struct {
	FromName    string
	FromAddress string
	Source      MailSource
	Verdict     MailVerdict
	Checks      MailChecks
	Kept        bool // the raw mail is still there to be looked at
}

// SuggestionReason says why a mail on a ticket did not become a message.
type SuggestionReason string

// The reasons.
const (
	SuggestedStranger   SuggestionReason = "stranger"   // the sender has no part in the ticket
	SuggestedNoAccess   SuggestionReason = "no_access"  // the sender could write there once, and cannot now
	SuggestedUnverified SuggestionReason = "unverified" // the checks of the sender failed, or did not prove an agent
)

// MailSuggestion is a mail that was written on a ticket by somebody who may not
// write there. It waits for an agent to decide and gives its sender nothing.
type MailSuggestion struct {
	MailID    int64
	TicketID  int64
	Reason    SuggestionReason
	PersonID  int64 // whom the sender's address belongs to; 0 nobody
	Subject   string
	Text      string
	Files     int
	CreatedAt Time
}
