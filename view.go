package deskmesh

import (
	"slices"
	"strconv"
	"strings"
)

// SystemView is a list of tickets that every account has. It can be neither
// changed nor deleted; an administrator may deactivate it, which takes it out
// of the sidebar and its counts. At its address it answers all the same:
// deactivating a view takes no ticket from anybody.
type SystemView struct {
	Key   string // such as "mine"; what ?view= names
	Label string // as people read it
	// Needs is the permission without which nobody has the view; "" for none.
	Needs Permission
	// Shared says that the view shows shares with its reader: it is hidden while
	// it is empty, where sharing.hide_empty_menu says so.
	Shared  bool
	Columns []string
	Sort    string
}

// SystemViews is every system view in the order of the sidebar (S0-35, S0-36,
// C23: the two labels are fixed).
var SystemViews = []SystemView{
	{Key: "mine", Label: "Assigned to me", Columns: []string{"number", "subject", "status", "priority", "requester", "updated_at"}, Sort: "-updated"},
	{Key: "unassigned", Label: "Unassigned", Columns: []string{"number", "subject", "status", "priority", "group", "requester", "updated_at"}, Sort: "-updated"},
	{Key: "all", Label: "All tickets", Columns: []string{"number", "subject", "status", "priority", "group", "assignee", "requester", "updated_at"}, Sort: "-updated"},
	{Key: "shared-with-me", Label: "Tickets Shared With Me", Shared: true, Columns: []string{"number", "subject", "status", "inbox", "assignee", "requester", "updated_at"}, Sort: "-updated"},
	{Key: "shared-with-my-groups", Label: "Tickets Shared With My Group", Shared: true, Columns: []string{"number", "subject", "status", "inbox", "assignee", "requester", "updated_at"}, Sort: "-updated"},
	{Key: "shared-by-me", Label: "Shared by me", Columns: []string{"number", "subject", "status", "shares", "assignee", "requester", "updated_at"}, Sort: "-updated"},
	{Key: "recently-unshared", Label: "Recently unshared", Needs: SharesManage, Columns: []string{"number", "subject", "status", "shares", "group", "assignee", "updated_at"}, Sort: "-unshared"},
	{Key: "spam", Label: "Spam", Columns: []string{"number", "subject", "requester", "inbox", "created_at"}, Sort: "-updated"},
	{Key: "deleted", Label: "Deleted", Needs: TicketsDelete, Columns: []string{"number", "subject", "requester", "inbox", "updated_at"}, Sort: "-updated"},
}

// SystemViewByKey finds a system view; nil when there is none.
func SystemViewByKey(key string) *SystemView {
	for i := range SystemViews {
		if SystemViews[i].Key == key {
			return &SystemViews[i]
		}
	}
	return nil
}

// Audience says whose sidebar an own view stands in.
type Audience string

// The audiences.
const (
	ForOwner    Audience = "owner"    // the owner's alone
	ForGroup    Audience = "group"    // that of a group's members
	ForEveryone Audience = "everyone" // that of every agent
)

// Audiences is every audience.
var Audiences = []Audience{ForOwner, ForGroup, ForEveryone}

// OwnView is a list that somebody saved: a filter over one of the lists there
// are. It shows nobody more than they may list anyway.
type OwnView struct {
	ID       int64
	OwnerID  int64
	Audience Audience
	GroupID  int64  // of ForGroup; 0 otherwise
	Name     string // at most 100 characters
	Base     string // the key of the system view that Filter narrows
	State    string // "open", "done" or "" for both
	Filter   Condition
	Columns  []string
	Sort     string
	// Position orders own views for whoever has not ordered the sidebar; then
	// comes the name.
	Position  int64
	CreatedAt Time
	UpdatedAt Time
	// Problem says why the view lists nothing: its filter names what is no longer
	// there. "" where all is well. It is found out when the view is read.
	Problem string
}

// Key is what ?view= names the own view by, such as "v12".
func (v *OwnView) Key() string { return OwnViewKey(v.ID) }

// OwnViewKey gives the key of the own view with the id.
func OwnViewKey(id int64) string { return "v" + strconv.FormatInt(id, 10) }

// OwnViewID reads the key of an own view, with or without its v; 0 when the
// text is none.
func OwnViewID(key string) int64 {
	digits := strings.TrimPrefix(key, "v")
	if len(digits) == 0 || len(digits) > 18 || digits[0] == '0' || strings.Trim(digits, "0123456789") != "" {
		return 0
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// ListColumns is every column that a list of tickets can have. An own field is
// a column too, as "field:" and its id.
var ListColumns = []string{
	"number", "subject", "status", "priority", "type", "private", "inbox", "brand", "group", "assignee", "requester", "requester_address",
	"department", "tags", "shares", "created_at", "updated_at", "solved_at", "sla",
}

const fieldColumn = "field:"

// FieldColumn gives the id of the own field that a column shows; 0 for every
// other column.
func FieldColumn(column string) int64 {
	digits, ok := strings.CutPrefix(column, fieldColumn)
	if !ok || strings.HasPrefix(digits, "v") {
		return 0
	}
	return OwnViewID(digits)
}

// KnownColumn says whether a list can have the column, own fields aside.
func KnownColumn(column string) bool { return slices.Contains(ListColumns, column) }
