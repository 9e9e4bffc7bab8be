package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// policyEntryJSON is an entry of the sharing policy. Every list that is empty,
// with its flag false, asks for nothing; of those with whom, all of them
// together.
type policyEntryJSON struct {
	ID            int64                     `json:"id"`
	Position      int                       `json:"position" doc:"Entries are read from 1 on; the first that fits decides."`
	Allow         bool                      `json:"allow"`
	Roles         []nameJSON                `json:"roles" doc:"Who shares: whoever has one of these roles."`
	Requesters    bool                      `json:"requesters" doc:"Who shares: requesters too, or alone."`
	Brands        []nameJSON                `json:"brands" doc:"Tickets of these brands."`
	Groups        []nameJSON                `json:"groups" doc:"Tickets of these groups."`
	Condition     orNull[hookConditionJSON] `json:"condition" doc:"Tickets that it holds for, read as whoever shares."`
	Broken        bool                      `json:"broken" doc:"The condition names something that is there no more. The entry allows nothing, and denies as if it had no condition."`
	AllAgents     bool                      `json:"all_agents"`
	AllGroups     bool                      `json:"all_groups"`
	AllRequesters bool                      `json:"all_requesters"`
	AllPartners   bool                      `json:"all_partners"`
	Agents        []nameJSON                `json:"agents" doc:"Sharing with these agents."`
	ToGroups      []nameJSON                `json:"to_groups" doc:"Sharing with these groups."`
	AgentsOf      []nameJSON                `json:"agents_of_brands" doc:"Sharing with agents who work in these brands."`
	Members       []nameJSON                `json:"members_of_groups" doc:"Sharing with single members of these groups."`
	Partners      []nameJSON                `json:"partners" doc:"Sharing with these other desks: agreements by which tickets go to them."`
}

func policyEntryOf(e *app.PolicyEntryView) policyEntryJSON {
	return policyEntryJSON{ID: e.ID, Position: e.Position, Allow: e.Allow, Roles: names(e.Who.Roles, e.Roles), Requesters: e.Who.Requesters,
		Brands: names(e.Where.Brands, e.Brands), Groups: names(e.Where.Groups, e.Groups), Condition: hookConditionOf(&e.Where.Condition), Broken: e.Where.Broken,
		AllAgents: e.Whom.AllAgents, AllGroups: e.Whom.AllGroups, AllRequesters: e.Whom.AllRequesters, AllPartners: e.Whom.AllPartners, Agents: names(e.Whom.Agents, e.Agents),
		ToGroups: names(e.Whom.Groups, e.Groups), AgentsOf: names(e.Whom.AgentsOf, e.Brands), Members: names(e.Whom.Members, e.Groups), Partners: names(e.Whom.Partners, e.Partners)}
}

// names gives ids with their names; a name is empty for what is there no more.
func names(ids []int64, of map[int64]string) []nameJSON {
	list := []nameJSON{}
	for _, id := range ids {
		list = append(list, nameJSON{ID: id, Name: of[id]})
	}
	return list
}

type newPolicyEntryJSON struct {
	Allow bool `json:"allow" doc:"Whether shares that it fits are allowed or denied."`
	PolicyParts
}

type policyEntryPatchJSON struct {
	Allow maybe[bool] `json:"allow,omitempty"`
	PolicyParts
}

// PolicyParts is what may be left out of an entry; a new one then asks for
// nothing there.
type PolicyParts struct {
	Position      maybe[int]                `json:"position,omitempty" minimum:"1" maximum:"1000" doc:"Where it stands, from 1; left out of a new one: last."`
	Roles         maybe[[]int64]            `json:"roles,omitempty" maxItems:"200"`
	Requesters    maybe[bool]               `json:"requesters,omitempty"`
	Brands        maybe[[]int64]            `json:"brands,omitempty" maxItems:"200"`
	Groups        maybe[[]int64]            `json:"groups,omitempty" maxItems:"200"`
	Condition     orNull[hookConditionJSON] `json:"condition,omitempty"`
	AllAgents     maybe[bool]               `json:"all_agents,omitempty"`
	AllGroups     maybe[bool]               `json:"all_groups,omitempty"`
	AllRequesters maybe[bool]               `json:"all_requesters,omitempty"`
	AllPartners   maybe[bool]               `json:"all_partners,omitempty"`
	Agents        maybe[[]int64]            `json:"agents,omitempty" maxItems:"200"`
	ToGroups      maybe[[]int64]            `json:"to_groups,omitempty" maxItems:"200"`
	AgentsOf      maybe[[]int64]            `json:"agents_of_brands,omitempty" maxItems:"200"`
	Members       maybe[[]int64]            `json:"members_of_groups,omitempty" maxItems:"200"`
	Partners      maybe[[]int64]            `json:"partners,omitempty" maxItems:"200"`
}

func (p *PolicyParts) patch(allow *bool) app.PolicyPatch {
	out := app.PolicyPatch{Allow: allow, Position: p.Position.pointer(), Roles: p.Roles.pointer(), Requesters: p.Requesters.pointer(), Brands: p.Brands.pointer(),
		Groups: p.Groups.pointer(), AllAgents: p.AllAgents.pointer(), AllGroups: p.AllGroups.pointer(), AllRequesters: p.AllRequesters.pointer(), AllPartners: p.AllPartners.pointer(),
		Agents: p.Agents.pointer(), ToGroups: p.ToGroups.pointer(), AgentsOf: p.AgentsOf.pointer(), Members: p.Members.pointer(), Partners: p.Partners.pointer()}
	if p.Condition.given {
		raw := []byte{}
		if p.Condition.value != nil {
			raw = p.Condition.value.raw
		}
		out.Condition = &raw
	}
	return out
}

type shareCheckInput struct {
	Person int64         `query:"person" minimum:"1" required:"true" doc:"The id of whoever would share."`
	Ticket int64         `query:"ticket" minimum:"1" required:"true" doc:"The number of a ticket that one can open."`
	Kind   dm.TargetKind `query:"kind" enum:"agent,group,requester,partner" required:"true" doc:"Of the target."`
	Target int64         `query:"target" minimum:"1" required:"true" doc:"The id of the target."`
}

type shareCheckOutput struct{ Body shareCheckJSON }

// shareCheckJSON says whether somebody may share a ticket with a target.
type shareCheckJSON struct {
	Allowed bool          `json:"allowed"`
	Reason  string        `json:"reason" doc:"policy where the sharing policy decides; else what stands in the way before it is asked, such as not_visible, no_right, no_target or sharing_disabled."`
	Message string        `json:"message" doc:"What they would be told; empty where they may."`
	Entry   orNull[int64] `json:"entry" doc:"The entry that decides; null where none fits, so that the default holds."`
}

// sharePolicyRoutes are the policy that says who may share what with whom.
func sharePolicyRoutes(a *API) {
	manage := permission(dm.SettingsManage)
	entries := &noun[app.PolicyEntryView, policyEntryJSON]{path: "/share-policy", name: "share-policy-entry", find: a.app.PolicyEntry, say: policyEntryOf}
	entries.whole(a, manage, "Who may share what with whom: the entries in the order in which they are read", a.app.SharePolicy)
	entries.one(a, manage)
	creates(a, entries, manage, "Add an entry to the sharing policy", func(ctx context.Context, c *caller, b *newPolicyEntryJSON) error {
		return a.app.CreatePolicyEntry(ctx, c.Viewer, b.patch(&b.Allow))
	})
	changes(a, entries, manage, "Change an entry of the sharing policy, or move it", func(ctx context.Context, c *caller, id int64, b *policyEntryPatchJSON) error {
		return a.app.UpdatePolicyEntry(ctx, c.Viewer, id, b.patch(b.Allow.pointer()))
	})
	entries.deletes(a, manage, "Remove an entry from the sharing policy", a.app.DeletePolicyEntry)
	route(a, operation(http.MethodGet, "/share-check", "check-share", "Whether somebody may share a ticket with a target, and what decides it", "share-policy"), manage,
		func(ctx context.Context, c *caller, in *shareCheckInput) (*shareCheckOutput, error) {
			check, err := a.app.CheckShare(ctx, c.Viewer, in.Person, in.Ticket, dm.Target{Kind: in.Kind, ID: in.Target})
			if err != nil {
				return nil, err
			}
			return &shareCheckOutput{shareCheckJSON{Allowed: check.Allowed, Reason: check.Reason, Message: check.Message, Entry: idOrNull(check.Entry)}}, nil
		})
}
