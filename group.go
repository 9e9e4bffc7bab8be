package deskmesh

// Group is a team of agents. Its owner may manage its members.
type Group struct {
	ID        int64
	Name      string
	OwnerID   int64 // 0 none
	Members   []int64
	CreatedAt Time
}
