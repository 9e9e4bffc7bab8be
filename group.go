package deskmesh

// GroupMail says where mail about what concerns a group goes.
type GroupMail string

// The places.
const (
	GroupMailMembers GroupMail = "members" // to each member
	GroupMailAddress GroupMail = "address" // to an address of the group's own, in place of the members
	GroupMailNone    GroupMail = "none"    // nowhere: members see it in their lists
)

// Group is a team of agents. Its owner may manage its members.
type Group struct {
	ID        int64
	Name      string
	OwnerID   int64 // 0 none
	Mail      GroupMail
	Address   string // where Mail is GroupMailAddress; kept otherwise
	Members   []int64
	CreatedAt Time
}
