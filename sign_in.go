package deskmesh

// SignInMethod is how a session was opened.
type SignInMethod string

// The methods.
const (
	ByPassword SignInMethod = "password" // with a code as well, where the person has a second factor
	ByLink     SignInMethod = "link"     // a one-time link that set a password
	ByProvider SignInMethod = "provider" // a sign-in provider
)

// RequireTOTP says who must have a second factor.
type RequireTOTP string

// The answers.
const (
	TOTPOptional          RequireTOTP = "off"
	TOTPForAdministrators RequireTOTP = "administrators"
	TOTPForAgents         RequireTOTP = "agents"
)

// Demands says whether somebody with these permissions must have a second
// factor. Administrators are those who keep people, roles, settings or
// security, whatever their role is called.
func (r RequireTOTP) Demands(agent bool, has PermissionSet) bool {
	switch {
	case !agent:
		return false
	case r == TOTPForAgents:
		return true
	}
	return r == TOTPForAdministrators && has&PermissionsOf(PeopleManage, RolesManage, SettingsManage, SecurityManage) != 0
}

// MatchAddress finds the agent of a provider's subject, at the first sign-in, by
// an address that the provider has verified.
const MatchAddress = "address"

// SignInProvider is an OpenID Connect provider by which agents sign in. Its
// client secret is not part of it; it is kept sealed.
type SignInProvider struct {
	ID             int64
	Name           string
	Issuer         string // the address that its tokens name, which they must name exactly
	ClientID       string
	HasSecret      bool
	Enabled        bool
	Match          string   // MatchAddress
	CreateAgents   bool     // whoever is unknown becomes an agent with DefaultRoles
	DefaultRoles   []int64  // of agents that are made at sign-in
	AllowedDomains []string // of addresses that are matched or made; empty: any
	CreatedAt      Time
	UpdatedAt      Time
}
