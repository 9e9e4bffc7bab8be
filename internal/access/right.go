package access

import dm "github.com/deskmesh/deskmesh"

// Right is a set of things that may be done to one ticket.
type Right uint32

// The rights.
const (
	See         Right = 1 << iota // open the ticket and its public messages
	SeeInternal                   // read notes and internal history
	Note                          // add a note
	Reply                         // add a public message
	Edit                          // change fields, tags, inbox, CC, links
	SetStatus                     // change the status
	Assign                        // change assignee and group
	Forward                       // disclose to new addresses
	Share                         // share, unshare, change shares
	Leave                         // end one's own direct share
	Delete                        // delete and restore
	SeeTrashed                    // open it although it is deleted
	Merge                         // merge it into another, or another into it
	Spam                          // mark as spam and back
	LetIn                         // a requester's: let people in to the own ticket, and add CCs
	Resolve                       // a requester's: say that it is solved, and open it again
	Details                       // a requester's: change subject and priority
)

// rightNames lists the rights with the names the API shows, in order.
var rightNames = []struct {
	right Right
	name  string
}{
	{See, "see"}, {SeeInternal, "see_internal"}, {Note, "note"}, {Reply, "reply"}, {Edit, "edit"},
	{SetStatus, "status"}, {Assign, "assign"}, {Forward, "forward"}, {Share, "share"}, {Leave, "leave"},
	{Delete, "delete"}, {SeeTrashed, "see_trashed"}, {Merge, "merge"}, {Spam, "spam"},
	{LetIn, "let_in"}, {Resolve, "resolve"}, {Details, "details"},
}

// Has says whether all of want are in the set.
func (r Right) Has(want Right) bool { return want != 0 && r&want == want }

// Names lists the rights of the set by name.
func (r Right) Names() []string {
	names := []string{}
	for _, n := range rightNames {
		if r&n.right != 0 {
			names = append(names, n.name)
		}
	}
	return names
}

// needs maps each right to the permission that gives it to a person whose way
// in is reach or assignment, and that caps it for one whose way in is a share.
var needs = []struct {
	right Right
	perm  dm.Permission
}{
	{SeeInternal, dm.NotesRead}, {Note, dm.TicketsNote}, {Reply, dm.TicketsReply}, {Edit, dm.TicketsEdit},
	{SetStatus, dm.TicketsEdit}, {Assign, dm.TicketsAssign}, {Forward, dm.TicketsFwd}, {Share, dm.TicketsShare},
	{Delete, dm.TicketsDelete}, {SeeTrashed, dm.TicketsDelete}, {Merge, dm.TicketsMerge}, {Spam, dm.TicketsSpam},
}

// roleRights turns a role's permissions into rights.
func roleRights(perms dm.PermissionSet) Right {
	rights := See
	for _, n := range needs {
		if perms.Has(n.perm) {
			rights |= n.right
		}
	}
	if !rights.Has(Edit) {
		rights &^= Merge
	}
	return rights
}
