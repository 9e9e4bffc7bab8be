package access

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// Rules are the account's settings that the access rule reads.
type Rules struct {
	RoleCap               bool
	ForwardOnShared       bool
	ProtectStatusAssignee bool
	SharesSuspended       bool // sharing is off and existing shares sleep (C10)
	Searchable            bool
	Links                 bool   // public links are on
	CCGrants              string // "none", "view", "comment"
	PortalShares          bool   // requesters may let people in to their tickets
	PortalCC              bool   // they may add CCs
	PortalLinks           bool   // they may make public links
	PortalEdit            bool   // a requester's level edit gives more than comment (C5)
}

// RulesOf picks the rules from an account's settings.
func RulesOf(s *dm.Settings) Rules {
	return Rules{
		RoleCap: s.RoleCap, ForwardOnShared: s.ForwardOnShared, ProtectStatusAssignee: s.ProtectStatusAssignee,
		SharesSuspended: !s.SharingEnabled && s.OnDisable == dm.SuspendShares, Searchable: s.Searchable, Links: s.LinksEnabled, CCGrants: s.CCGrantsAccess,
		PortalShares: s.PortalShareScope != dm.PortalShareOff, PortalCC: s.PortalCC, PortalLinks: s.PortalLinks, PortalEdit: s.PortalShareLevel == dm.LevelEdit,
	}
}

// InboxBrand is one inbox of the account with its brand.
type InboxBrand struct{ Inbox, Brand int64 }

// Pair is an inbox and a group that hold at least one ticket together.
type Pair struct{ Inbox, Group int64 }

// Profile is everything about a person that the rule needs; the store reads it.
type Profile struct {
	Account     int64
	Person      int64
	Name        string
	Kind        dm.PersonKind
	Active      bool
	Permissions dm.PermissionSet
	Scope       dm.TicketScope
	AllBrands   bool
	Brands      []int64
	AllInboxes  bool
	Inboxes     []int64
	Groups      []int64 // without deleted groups
	Department  int64   // of a requester; 0 none
	Sight       dm.DepartmentSight
	Directory   []InboxBrand
	Pairs       []Pair
	Rules       Rules
}

// Viewer is who asks, resolved once per request. It is immutable.
type Viewer struct {
	account, person int64
	name            string
	kind            dm.PersonKind
	perms           dm.PermissionSet
	scope           dm.TicketScope
	everyInbox      bool
	inboxes         []int64 // effective: inbox allowed and its brand allowed; sorted
	groups          []int64 // sorted
	pairs           []Pair
	department      int64              // of a requester
	sight           dm.DepartmentSight // of it
	rules           Rules
	capped          bool // the role caps shares whatever the setting says (API tokens)
	system          string
	token           int64
	tokenName       string
	scopes          dm.PermissionSet // of the token
	webhook         int64            // it is a webhook; see ForWebhook
	deleted         bool             // of a webhook: it finds deleted tickets, see OfDeleted
	link            *linkViewer      // it is a public link; see ForLink
	partner         *partnerViewer   // it is another desk; see ForPartner
}

// NewViewer resolves a profile. An inactive person gets a viewer that sees
// nothing.
func NewViewer(p Profile) *Viewer {
	v := &Viewer{account: p.Account, person: p.Person, name: p.Name, kind: p.Kind, rules: p.Rules}
	if !p.Active && !Fault("inactive person") {
		v.kind = ""
		return v
	}
	if p.Kind != dm.Agent {
		v.department, v.sight = p.Department, p.Sight
		return v
	}
	v.perms, v.scope = p.Permissions, p.Scope
	v.groups = slices.Clone(p.Groups)
	slices.Sort(v.groups)
	v.everyInbox = p.AllBrands && p.AllInboxes
	for _, d := range p.Directory {
		brand := p.AllBrands || slices.Contains(p.Brands, d.Brand) || Fault("brand")
		if brand && (p.AllInboxes || slices.Contains(p.Inboxes, d.Inbox)) {
			v.inboxes = append(v.inboxes, d.Inbox)
		}
	}
	slices.Sort(v.inboxes)
	if v.scope == dm.GroupScope {
		for _, pair := range p.Pairs {
			if v.hasInbox(pair.Inbox) && v.hasGroup(pair.Group) {
				v.pairs = append(v.pairs, pair)
			}
		}
	}
	return v
}

// System is a viewer for the program's own work, such as a job that sweeps. It
// may do everything inside one account; the reason is for logs and tests.
func System(account int64, reason string) *Viewer {
	return &Viewer{account: account, system: reason, perms: dm.AllPermissions}
}

// AsRequester is the same person without roles, reach, groups and internal
// content: what the portal and mail to a requester use.
func (v *Viewer) AsRequester() *Viewer {
	if v.kind == "" {
		return v
	}
	return &Viewer{account: v.account, person: v.person, name: v.name, kind: dm.Requester, department: v.department, sight: v.sight, rules: v.rules}
}

// WithToken is the viewer lessened to the permissions that an API token
// carries. The role then caps shares even where the setting does not.
func (v *Viewer) WithToken(id int64, name string, scopes dm.PermissionSet) *Viewer {
	w := *v
	w.perms &= scopes
	w.capped = !Fault("token cap")
	w.token, w.tokenName, w.scopes = id, name, scopes
	return &w
}

// Account is the account the viewer belongs to.
func (v *Viewer) Account() int64 { return v.account }

// Person is the viewer's person; 0 for the system.
func (v *Viewer) Person() int64 { return v.person }

// Name is the person's name, for history and mail.
func (v *Viewer) Name() string { return v.name }

// IsAgent says whether the viewer acts as an agent.
func (v *Viewer) IsAgent() bool { return v.kind == dm.Agent }

// ByToken says whether the viewer came by an API token.
func (v *Viewer) ByToken() bool { return v.token != 0 }

// IsRequester says whether the viewer is an active requester, or an active
// agent seen as one.
func (v *Viewer) IsRequester() bool { return v.kind == dm.Requester }

// SeesDepartment says whether the viewer has sight of their department's tickets
// or changes.
func (v *Viewer) SeesDepartment() bool {
	return v.kind == dm.Requester && v.department != 0 && (v.sight.Tickets.Sees() || v.sight.Changes.Sees())
}

// IsSystem says whether the viewer is the program itself.
func (v *Viewer) IsSystem() bool { return v.system != "" }

// Can says whether the viewer's roles, as far as its token lets them, give p.
func (v *Viewer) Can(p dm.Permission) bool { return v.perms.Has(p) }

// Permissions is the set Can answers from.
func (v *Viewer) Permissions() dm.PermissionSet { return v.perms }

// Groups are the viewer's groups.
func (v *Viewer) Groups() []int64 { return v.groups }

// Searchable says whether search finds tickets seen only through a share.
func (v *Viewer) Searchable() bool { return v.rules.Searchable }

// Cause is what the history says made the viewer's changes.
func (v *Viewer) Cause() dm.Cause {
	switch {
	case v.system != "":
		return dm.Cause{Kind: dm.CauseSystem, Name: v.system}
	case v.token != 0:
		return dm.Cause{Kind: dm.CauseToken, ID: v.token, Name: v.tokenName}
	case v.link != nil:
		return dm.Cause{Kind: dm.CauseLink, ID: v.link.id}
	case v.partner != nil:
		return dm.Cause{Kind: dm.CausePartner, ID: v.partner.id, Name: v.name}
	}
	return dm.Cause{Kind: dm.CausePerson, ID: v.person}
}

// ReachesInbox says whether tickets of the inbox can be in the viewer's reach,
// whatever their group: the question before a ticket is moved or filed there.
func (v *Viewer) ReachesInbox(inbox int64) bool {
	return v.system != "" || v.kind == dm.Agent && v.hasInbox(inbox)
}

// ReachesAll says whether tickets of every inbox and group are in the viewer's
// reach, also of those that are made later.
func (v *Viewer) ReachesAll() bool {
	return v.system != "" || v.kind == dm.Agent && v.everyInbox && v.scope == dm.GlobalScope
}

func (v *Viewer) hasInbox(id int64) bool {
	if v.everyInbox {
		return true
	}
	_, found := slices.BinarySearch(v.inboxes, id)
	return found
}

func (v *Viewer) hasGroup(id int64) bool {
	if id == 0 {
		return false
	}
	_, found := slices.BinarySearch(v.groups, id)
	return found
}

// Renewed is the viewer with the person's present rights, given as fresh; the
// limits of a token or of AsRequester stay.
func (v *Viewer) Renewed(fresh *Viewer) *Viewer {
	switch {
	case v.system != "" || v.link != nil || v.partner != nil || fresh == nil || fresh.person != v.person || fresh.account != v.account:
		return v
	case v.kind == dm.Requester:
		if fresh.kind == "" {
			return fresh
		}
		return fresh.AsRequester()
	case v.token != 0:
		return fresh.WithToken(v.token, v.tokenName, v.scopes)
	}
	return fresh
}

// SameRights says whether two viewers may do the same in every ticket there is
// or can be. Names play no part, nor the pairs, which only tell where to look.
func (v *Viewer) SameRights(w *Viewer) bool {
	return v.account == w.account && v.person == w.person && v.kind == w.kind && v.system == w.system &&
		v.perms == w.perms && v.scope == w.scope && v.everyInbox == w.everyInbox && v.rules == w.rules &&
		v.capped == w.capped && v.token == w.token && v.scopes == w.scopes && v.link == w.link && v.partner == w.partner &&
		v.department == w.department && v.sight == w.sight &&
		slices.Equal(v.inboxes, w.inboxes) && slices.Equal(v.groups, w.groups)
}
