package deskmesh

// OutgoingMail is what became of one mail to one recipient.
type OutgoingMail struct {
	ID       int64
	JobID    int64 // of the job that sends it
	JobKind  string
	JobArgs  string
	TicketID int64 // 0 for none
	InboxID  int64 // that it comes from
	PersonID int64 // the recipient; 0 for an address outside
	Address  string
	Kind     MailKind
	State    OutgoingState
	Step     string // at which it failed: connect, tls, sign in, sender, recipient, data, reply
	Code     int    // of the server's refusal, such as 550; 0 where none was given
	Detail   string // the server's answer, or the reason, in one line
	Tries    int
	NextAt   Time // when it is tried again; 0 where it is not
	Created  Time
	Updated  Time
}

// MailKind is what a mail is for: a NoticeKind, or one of these.
type MailKind string

// The kinds that are no notices.
const (
	MailRule    MailKind = "rule"         // what an action of a rule says
	MailSide    MailKind = "side"         // to somebody in a side conversation
	MailRefusal MailKind = "refusal"      // tells somebody that they cannot write on a ticket any more
	MailBulk    MailKind = "bulk"         // many tickets were shared, assigned or changed at once
	MailDigest  MailKind = "digest"       // what has gathered for somebody who has it together
	MailGroup   MailKind = "group"        // that something happened, to a group's own address
	MailSignIn  MailKind = "sign_in"      // a link to sign in with
	MailRating  MailKind = "satisfaction" // asks a requester how their ticket was solved
	MailPartner MailKind = "partner"      // what became of an agreement with another desk, to administrators
	MailTest    MailKind = "test"         // a template, to whoever writes it
)

// OutgoingState is where a mail stands.
type OutgoingState string

// The states.
const (
	OutWaiting  OutgoingState = "waiting"  // there is no server to send it by yet, or it is about to be sent
	OutDeferred OutgoingState = "deferred" // a try failed, and another follows
	OutSent     OutgoingState = "sent"     // a mail server took it
	OutFailed   OutgoingState = "failed"   // a mail server refused it, or all tries failed
	OutBounced  OutgoingState = "bounced"  // it was taken and came back
	OutHeld     OutgoingState = "held"     // not sent, as mail to the address came back before
	OutDropped  OutgoingState = "dropped"  // when its turn came it was not to be sent any more
)

// OutgoingStates is every state.
var OutgoingStates = []OutgoingState{OutWaiting, OutDeferred, OutSent, OutFailed, OutBounced, OutHeld, OutDropped}

// MailServer is a server that mail leaves by: an inbox's own, or the account's.
type MailServer struct {
	ID        int64
	Account   int64
	InboxID   int64 // 0: the account's, for every inbox without one
	Host      string
	Port      int
	Security  MailSecurity
	Auth      MailAuth
	Username  string
	TokenURL  string // of MailOAuth2: where access tokens are made
	ClientID  string // of MailOAuth2
	Active    bool
	HasSecret bool
	Version   int64 // rises with every change of the settings
	MailServerState
}

// MailServerState is how sending went lately.
type MailServerState struct {
	LastError string // a sentence; "" where the last mail went well
	Failures  int    // in a row
	FailedAt  Time   // 0 never
	SentAt    Time   // to the minute; 0 never
}

// MailNoAuth is for servers that one does not sign in at.
const MailNoAuth MailAuth = "none"

// MailServerReport is what a test of a server has found.
type MailServerReport struct {
	Problem   string // a sentence; "" where all is well
	Answer    string // what the server said, in one line; never what one signs in with
	Encrypted bool
	SentTo    string // the address that a mail was sent to; "" for none
}

// DKIMKey signs what leaves for a domain (RFC 6376, RFC 8463).
type DKIMKey struct {
	ID        int64
	Domain    string
	Selector  string
	Algorithm DKIMAlgorithm
	Public    string // base64, as in the record
	State     DKIMState
	Found     DKIMFound
	CheckedAt Time // when its record was last looked up; 0 never
	SigningAt Time // when it began to sign; 0 never
	RetiredAt Time // when another took its place; 0 never
	CreatedAt Time
}

// RecordName is where the key's record belongs in the domain name system.
func (k *DKIMKey) RecordName() string { return k.Selector + "._domainkey." + k.Domain }

// Record is what belongs there, as a TXT record.
func (k *DKIMKey) Record() string { return "v=DKIM1; k=" + string(k.Algorithm) + "; p=" + k.Public }

// DKIMAlgorithm is how a key signs.
type DKIMAlgorithm string

// The algorithms. RSA is understood everywhere; its keys have 2048 bits.
const (
	DKIMRSA     DKIMAlgorithm = "rsa"
	DKIMEd25519 DKIMAlgorithm = "ed25519"
)

// DKIMState is what a key does.
type DKIMState string

// The states.
const (
	DKIMNew     DKIMState = "new"     // it was made and signs nothing
	DKIMSigning DKIMState = "signing" // it signs
	DKIMRetired DKIMState = "retired" // another signs in its place; its record is still needed for a week
)

// DKIMFound is what was found when a key's record was last looked up.
type DKIMFound string

// What may be found.
const (
	DKIMRight     DKIMFound = "yes"
	DKIMMissing   DKIMFound = "missing"
	DKIMDifferent DKIMFound = "different" // there is a record with another key
	DKIMUnknown   DKIMFound = "unknown"   // the domain name system did not answer
)

// Undeliverable says that mail to an address came back for good. Its zero value
// says that nothing is known of that.
type Undeliverable struct {
	Status string // such as 5.1.1 (RFC 3463)
	Detail string // what the server there said, in one line
	Since  Time
}
