package deskmesh

// Account is one company's desk, the tenant. All data belongs to exactly one.
type Account struct {
	ID   int64
	Slug string // short name, unique on this server, lower case letters, digits and hyphens
	Name string
	// BaseURL is where people reach the account, without a trailing slash. Links
	// in mail and Secure cookies follow it, never the request.
	BaseURL string
	Edition string // a key of Editions
	// AccessVersion rises with every change that can alter who may see what.
	AccessVersion int64
	CreatedAt     Time
}

// Entitlement names a function that an edition may leave out.
type Entitlement string

// The entitlements (decision C3). Every one is on in the default edition.
const (
	SharingManual    Entitlement = "sharing.manual"
	SharingAutomatic Entitlement = "sharing.automatic"
	SharingPartner   Entitlement = "sharing.partner"
)

// Editions lists what each edition of an account includes. "community", the
// default, includes everything; "starter" is the smallest and shows that
// manual sharing can be left out.
var Editions = map[string][]Entitlement{
	"community": {SharingManual, SharingAutomatic, SharingPartner},
	"starter":   {},
}

// Entitled says whether the account's edition includes e.
func (a *Account) Entitled(e Entitlement) bool {
	for _, has := range Editions[a.Edition] {
		if has == e {
			return true
		}
	}
	return false
}

// Host is a name under which an account is reached; BrandID is 0 for the
// account itself, or the brand whose portal answers there.
type Host struct {
	Name      string
	AccountID int64
	BrandID   int64
}
