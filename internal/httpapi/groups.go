package httpapi

import (
	"context"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

type groupJSON struct {
	ID        int64         `json:"id"`
	Name      string        `json:"name"`
	OwnerID   orNull[int64] `json:"owner_id" doc:"The agent who may change its members."`
	Mail      dm.GroupMail  `json:"mail" enum:"members,address,none" doc:"Where mail about what concerns the group goes: to each member, to mail_address in their place, or nowhere. Members see it in their lists in any case."`
	Address   string        `json:"mail_address" doc:"Gets mail without anything that was written, while mail is address."`
	Members   []int64       `json:"members" doc:"Ids of agents."`
	CreatedAt time.Time     `json:"created_at"`
}

func groupOf(g *dm.Group) groupJSON {
	return groupJSON{ID: g.ID, Name: g.Name, OwnerID: idOrNull(g.OwnerID), Mail: g.Mail, Address: g.Address, Members: filled(g.Members), CreatedAt: g.CreatedAt.Std()}
}

type newGroupJSON struct {
	Name    string              `json:"name" maxLength:"200"`
	OwnerID orNull[int64]       `json:"owner_id,omitempty" minimum:"1"`
	Mail    maybe[dm.GroupMail] `json:"mail,omitempty" enum:"members,address,none"`
	Address maybe[string]       `json:"mail_address,omitempty" maxLength:"320"`
	Members maybe[[]int64]      `json:"members,omitempty" maxItems:"2000"`
}

type groupPatchJSON struct {
	Name    maybe[string]       `json:"name,omitempty" maxLength:"200"`
	OwnerID orNull[int64]       `json:"owner_id,omitempty" minimum:"1"`
	Mail    maybe[dm.GroupMail] `json:"mail,omitempty" enum:"members,address,none"`
	Address maybe[string]       `json:"mail_address,omitempty" maxLength:"320"`
	Members maybe[[]int64]      `json:"members,omitempty" maxItems:"2000" doc:"All its members. Not together with add and remove."`
	Add     []int64             `json:"add,omitempty" maxItems:"2000" doc:"Agents who join."`
	Remove  []int64             `json:"remove,omitempty" maxItems:"2000" doc:"Agents who leave."`
}

// groupRoutes are the teams of agents. A group's owner may change its members
// without groups.manage, which the use case decides.
func groupRoutes(a *API) {
	groups := &noun[dm.Group, groupJSON]{path: "/groups", name: "group", find: a.app.Group, say: groupOf}
	groups.pages(a, agents, "Groups by name, with their members", a.app.Groups)
	groups.one(a, agents)
	creates(a, groups, permission(dm.GroupsManage), "Make a group", func(ctx context.Context, c *caller, b *newGroupJSON) error {
		_, err := a.app.CreateGroup(ctx, c.Viewer, app.GroupPatch{Name: &b.Name, OwnerID: b.OwnerID.id(), Mail: b.Mail.pointer(), Address: b.Address.pointer(), Members: b.Members.pointer()})
		return err
	})
	changes(a, groups, agents, "Change a group; its owner may change its members", func(ctx context.Context, c *caller, id int64, b *groupPatchJSON) error {
		return a.app.UpdateGroup(ctx, c.Viewer, id, app.GroupPatch{Name: b.Name.pointer(), OwnerID: b.OwnerID.id(), Mail: b.Mail.pointer(), Address: b.Address.pointer(), Members: b.Members.pointer(),
			Add: b.Add, Remove: b.Remove})
	})
	groups.deletes(a, permission(dm.GroupsManage), "Delete a group; its shares end", a.app.DeleteGroup)
}
