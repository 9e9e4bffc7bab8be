package deskmesh

// Limits of share templates.
const (
	MaxShareTemplates   = 200 // of an account
	MaxTemplateTargets  = 25
	MaxTemplateNote     = 5000   // characters
	MaxTemplateExpiry   = 87_600 // hours
	MaxTemplateNameText = 100
)

// ShareTemplate is a share that is made again and again, such as "Involve HR":
// with whom, at which terms, for how long, why, and a note to write with it.
// Whoever uses it needs the same rights as for sharing by hand.
type ShareTemplate struct {
	ID          int64
	Name        string
	Targets     []Target
	Level       Level // "" takes the account's default, as does a nil flag
	SeeInternal *bool
	ReplyPublic *bool
	Forward     *bool
	CanReshare  *bool
	ExpiryHours int // 0: the account's default
	Reason      string
	Note        string // plain text; "" for none
	CreatedAt   Time
	UpdatedAt   Time
}
