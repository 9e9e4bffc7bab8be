package deskmesh

// MailKind is a mail whose words an account can make its own: each kind of
// notice, and those below.
type MailKind string

// The mails beside those of NoticeKinds.
const (
	MailBulk      MailKind = "bulk"      // many tickets were shared, assigned or changed at once
	MailRefusal   MailKind = "refusal"   // what somebody wrote was not added, since their access is over
	MailSignature MailKind = "signature" // what stands under every mail to somebody outside
)

// MailKinds is every kind of mail with words of its own, in the order of the
// list of templates.
var MailKinds = mailKinds()

func mailKinds() []MailKind {
	kinds := []MailKind{MailSignature}
	for _, k := range NoticeKinds {
		kinds = append(kinds, MailKind(k))
	}
	return append(kinds, MailBulk, MailRefusal)
}

// MailTemplate is the words of one kind of mail in one language, for a brand or,
// with BrandID 0, for every brand that has none of its own. Texts are written in
// the language of package wording. A signature has only Closing.
type MailTemplate struct {
	ID        int64
	BrandID   int64
	Kind      MailKind
	Language  string
	Subject   string
	Opening   string // stands instead of the greeting and of what happened
	Closing   string // stands below what the program says
	Version   int64
	UpdatedAt Time
}

// Limits of the texts of a mail template, in characters.
const (
	MaxTemplateSubject = 300
	MaxTemplateText    = 5000
)
