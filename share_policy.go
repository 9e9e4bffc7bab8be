package deskmesh

// PolicyDefault is what holds for a share that no entry of the sharing policy
// fits.
type PolicyDefault string

// The defaults.
const (
	PolicyAllows PolicyDefault = "allow"
	PolicyDenies PolicyDefault = "deny"
)

// MaxSharePolicy is how many entries the sharing policy of an account has at
// most.
const MaxSharePolicy = 100

// SharePolicyEntry is one line of the policy that says who may share what with
// whom. It fits a share when its three parts fit: the person, the ticket and the
// target. Entries are read from top to bottom, and the first that fits decides.
type SharePolicyEntry struct {
	ID       int64
	Position int // from 1
	Allow    bool
	Who      PolicyWho
	Where    PolicyWhere
	Whom     PolicyWhom
}

// PolicyWho is the people who share: anybody, or whoever has one of the roles,
// or requesters.
type PolicyWho struct {
	Anybody    bool
	Roles      []int64
	Requesters bool
}

// PolicyWhere is the tickets that are shared. All three have to hold.
type PolicyWhere struct {
	AnyBrand  bool
	Brands    []int64
	AnyGroup  bool
	Groups    []int64 // of the ticket
	Condition Condition
	// Broken: the condition names something that is there no more, or cannot be
	// read. Such an entry allows nothing, and denies as if it had no condition.
	Broken bool
}

// Everywhere says whether every ticket fits.
func (w *PolicyWhere) Everywhere() bool {
	return w.AnyBrand && w.AnyGroup && w.Condition.Empty() && !w.Broken
}

// PolicyWhom is the targets that are shared with: anyone, or whoever one of the
// others names.
type PolicyWhom struct {
	Anyone        bool
	AllAgents     bool
	AllGroups     bool
	AllRequesters bool
	AllPartners   bool
	Agents        []int64
	Groups        []int64
	AgentsOf      []int64 // brands: the agents who work in one of them
	Members       []int64 // groups: their members, each by themselves
	Partners      []int64 // agreements by which tickets are shared with other desks
}
