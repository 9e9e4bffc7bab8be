package access

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// WebhookProfile is everything about a webhook that the rule needs; the store
// reads it.
type WebhookProfile struct {
	Account   int64
	Webhook   int64
	Name      string
	Reach     dm.WebhookReach // without deleted groups
	Directory []InboxBrand
	Rules     Rules
}

// ForWebhook resolves a webhook: a viewer that is no person. It has its reach
// and nothing else, no assignment and no share. It sees tickets one at a time,
// and no list, count or search admits it. Without see internal it sees neither
// internal content nor a private ticket. It can change nothing.
func ForWebhook(p WebhookProfile) *Viewer {
	v := NewViewer(Profile{
		Account: p.Account, Name: p.Name, Kind: dm.Agent, Active: true, Scope: dm.GroupScope,
		AllBrands: p.Reach.AllBrands, Brands: p.Reach.Brands, AllInboxes: p.Reach.AllInboxes, Inboxes: p.Reach.Inboxes,
		Groups: p.Reach.Groups, Directory: p.Directory, Rules: p.Rules,
	})
	v.webhook = p.Webhook
	if p.Reach.AllGroups {
		v.scope = dm.GlobalScope
	}
	if p.Reach.SeeInternal {
		v.perms = dm.PermissionsOf(dm.NotesRead)
	}
	return v
}

// OfDeleted is the same webhook for the one event that tells of a ticket's
// deletion: it finds the deleted ticket. Nothing of its content may be sent.
func (v *Viewer) OfDeleted() *Viewer {
	w := *v
	w.deleted = v.webhook != 0
	return &w
}

// CoversWebhook says whether the viewer may give a webhook this reach: nobody
// lets a program hear of more than they may see themselves, now or in an inbox
// or group that is made later.
func (v *Viewer) CoversWebhook(r *dm.WebhookReach) bool {
	switch {
	case v.system != "":
		return true
	case v.kind != dm.Agent || v.webhook != 0:
		return false
	case r.SeeInternal && !v.perms.Has(dm.NotesRead):
		return false
	case r.AllInboxes && !v.everyInbox:
		return false
	case !r.AllInboxes && slices.ContainsFunc(r.Inboxes, func(id int64) bool { return !v.hasInbox(id) }):
		return false
	case v.scope == dm.GlobalScope:
		return true
	case v.scope == dm.GroupScope:
		return !r.AllGroups && !slices.ContainsFunc(r.Groups, func(id int64) bool { return !v.hasGroup(id) })
	}
	return false
}

// webhookWays gives a webhook's rights.
func (v *Viewer) webhookWays(d *Decision, f *Facts) {
	if f.Deleted && !v.deleted || f.Private && !v.perms.Has(dm.NotesRead) {
		return
	}
	if group, ok := v.reaches(f); ok {
		rights := roleRights(v.perms)
		if v.deleted {
			rights |= SeeTrashed
		}
		d.add(Reason{Way: WayReach, Rights: rights, GroupID: group})
	}
}

// webhookScope is a condition on one ticket; it has no branches to list.
func (v *Viewer) webhookScope(s *Scope, right Right, where Where) {
	if where != Open || right == SeeTrashed || !roleRights(v.perms).Has(right) {
		return
	}
	s.trashed = v.deleted
	s.reach = &ReachCondition{
		Every: v.everyInbox, Inboxes: v.inboxes, Grouped: v.scope == dm.GroupScope, Groups: v.groups,
		NotPrivate: !v.perms.Has(dm.NotesRead),
	}
}
