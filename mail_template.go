package deskmesh

// MailSignature is what stands under every mail to somebody outside: the one
// template that is no mail.
const MailSignature MailKind = "signature"

// MailKinds is every kind of mail whose words an account can make its own, in
// the order of the list of templates.
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
