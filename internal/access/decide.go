package access

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// Facts is what the rule needs to know of one ticket.
type Facts struct {
	Account     int64
	TicketID    int64
	InboxID     int64
	GroupID     int64
	AssigneeID  int64
	RequesterID int64
	Department  int64
	IsChange    bool // its type is change, which sight of a department tells apart
	Private     bool
	Spam        bool
	Deleted     bool
	Merged      bool
	CCs         []int64
	Shares      []ShareFact
}

// ShareFact is what the rule needs to know of one share.
type ShareFact struct {
	ID          int64
	Target      dm.Target
	Terms       dm.Terms
	ByRequester bool
	ExpiresAt   dm.Time
	Ended       bool
}

// Way is how a person gets in to a ticket.
type Way string

// The ways in.
const (
	WayReach    Way = "reach"
	WayAssignee Way = "assignee"
	WayShare    Way = "share"       // shared with the person
	WayGroup    Way = "group_share" // shared with a group of the person
	WayOwn      Way = "requester"
	WayCC       Way = "cc"
	WayDept     Way = "department"
	WaySystem   Way = "system"
	WayLink     Way = "link"    // a public link, which is no person
	WayPartner  Way = "partner" // another desk, which is no person
)

// Reason is one way in that holds, and the rights it gives.
type Reason struct {
	Way     Way
	Rights  Right
	GroupID int64 // of a group's share, or the group that brings the ticket in reach
	ShareID int64
	Level   dm.Level
}

// Decision is the answer for one viewer and one ticket.
type Decision struct {
	Rights  Right
	Reasons []Reason
}

// Has says whether the right is given.
func (d *Decision) Has(r Right) bool { return d.Rights.Has(r) }

// OnlyByShare says whether the ticket is seen, and only through shares.
func (d *Decision) OnlyByShare() bool {
	for _, r := range d.Reasons {
		if r.Way != WayShare && r.Way != WayGroup {
			return false
		}
	}
	return len(d.Reasons) > 0
}

// Level sums the rights up for display: "full", "edit", "comment", "view", or
// "" when the ticket is not visible.
func (d *Decision) Level() string {
	switch {
	case !d.Has(See):
		return ""
	case !d.OnlyByShare() && d.Has(Edit):
		return "full"
	case d.Has(Edit):
		return string(dm.LevelEdit)
	case d.Rights&(Note|Reply) != 0:
		return string(dm.LevelComment)
	}
	return string(dm.LevelView)
}

// MaySetShares says whether the viewer may change whom a ticket is shared with,
// given what was decided for them (contradiction C15): with the right to share,
// or as an administrator of shares who sees the ticket by more than a share.
func (v *Viewer) MaySetShares(d *Decision) bool {
	return v != nil && (d.Has(Share) || v.Can(dm.SharesManage) && d.Has(See) && !d.OnlyByShare())
}

// mergedRights are the rights that a merged, read-only ticket leaves.
const mergedRights = See | SeeInternal | Share | Leave | Delete | SeeTrashed

// trashedRights are the rights in a deleted ticket.
const trashedRights = See | SeeInternal | SeeTrashed | Delete

// Decide gives the viewer's rights in a ticket with the given facts, at the
// given moment. It is the definition of access; everything else follows it.
func Decide(v *Viewer, f *Facts, now dm.Time) Decision {
	var d Decision
	if v == nil || f == nil || (f.Account != v.account && !Fault("account")) {
		return d
	}
	switch {
	case v.system != "":
		d.add(Reason{Way: WaySystem, Rights: roleRights(dm.AllPermissions)})
	case v.webhook != 0:
		v.webhookWays(&d, f)
	case v.link != nil:
		v.linkWays(&d, f, now)
	case v.partner != nil:
		v.partnerWays(&d, f)
	case v.kind == dm.Agent:
		v.agentWays(&d, f, now)
	case v.kind == dm.Requester:
		v.requesterWays(&d, f, now)
	}
	if !d.Rights.Has(See) {
		return Decision{}
	}
	if !d.Rights.Has(SeeInternal) {
		d.Rights &^= Note
	}
	if f.Merged {
		d.Rights &= mergedRights
	}
	if f.Deleted {
		d.Rights &= trashedRights
	} else {
		d.Rights &^= SeeTrashed
	}
	return d
}

func (d *Decision) add(r Reason) {
	d.Rights |= r.Rights
	d.Reasons = append(d.Reasons, r)
}

func (v *Viewer) agentWays(d *Decision, f *Facts, now dm.Time) {
	role := roleRights(v.perms)
	if f.Deleted && !role.Has(SeeTrashed) {
		return
	}
	if group, ok := v.reaches(f); ok {
		d.add(Reason{Way: WayReach, Rights: role, GroupID: group})
	}
	if f.AssigneeID == v.person {
		d.add(Reason{Way: WayAssignee, Rights: role})
	}
	if f.Deleted || (f.Spam && !Fault("spam")) || v.rules.SharesSuspended {
		return
	}
	for i := range f.Shares {
		s := &f.Shares[i]
		if !s.live(now) {
			continue
		}
		switch {
		case s.Target.Kind == dm.TargetAgent && s.Target.ID == v.person:
			d.add(Reason{Way: WayShare, Rights: v.shareRights(s) | Leave, ShareID: s.ID, Level: s.Terms.Level})
		case s.Target.Kind == dm.TargetGroup && v.hasGroup(s.Target.ID):
			d.add(Reason{Way: WayGroup, Rights: v.shareRights(s), ShareID: s.ID, GroupID: s.Target.ID, Level: s.Terms.Level})
		}
	}
}

// reaches says whether the ticket is in the agent's reach, and which group
// brings it there for an agent of group scope.
func (v *Viewer) reaches(f *Facts) (group int64, ok bool) {
	if !v.hasInbox(f.InboxID) {
		return 0, false
	}
	switch v.scope {
	case dm.GlobalScope:
		return 0, true
	case dm.GroupScope:
		return f.GroupID, v.hasGroup(f.GroupID)
	}
	return 0, false
}

// shareRights gives the rights of one live share (features 5.3, C5, C12, C13, Q12).
func (v *Viewer) shareRights(s *ShareFact) Right {
	t := s.Terms
	rights := See
	if t.SeeInternal {
		rights |= SeeInternal
	}
	if t.SeeInternal && t.Level.Rank() >= dm.LevelComment.Rank() {
		rights |= Note
	}
	if t.Level == dm.LevelEdit {
		rights |= Edit
		if t.ReplyPublic {
			rights |= Reply
		}
		if !v.rules.ProtectStatusAssignee {
			rights |= SetStatus | Assign
		}
		if t.Forward && v.rules.ForwardOnShared {
			rights |= Forward
		}
		if t.CanReshare {
			rights |= Share
		}
	}
	if s.ByRequester {
		rights &^= SeeInternal | Note | Share | Forward
		if t.ReplyPublic && t.Level.Rank() >= dm.LevelComment.Rank() {
			rights |= Reply // what a requester's level comment is worth (C5)
		}
	}
	role := roleRights(v.perms)
	if v.rules.RoleCap || v.capped {
		return rights & role
	}
	return rights & (role | ^(Share | Forward))
}

// requesterWays gives a requester's rights: the own ticket, CC where the account
// lets it, sight of their department, and shares; never internal content, never
// a private ticket.
func (v *Viewer) requesterWays(d *Decision, f *Facts, now dm.Time) {
	if f.Private && !Fault("private") || f.Spam || f.Deleted {
		return
	}
	if f.RequesterID == v.person {
		d.add(Reason{Way: WayOwn, Rights: v.ownRights()})
	}
	if v.rules.CCGrants != "none" && v.rules.CCGrants != "" && slices.Contains(f.CCs, v.person) {
		rights := See
		if v.rules.CCGrants == "comment" {
			rights |= Reply
		}
		d.add(Reason{Way: WayCC, Rights: rights})
	}
	if rights := v.departmentRights(f); rights != 0 {
		d.add(Reason{Way: WayDept, Rights: rights})
	}
	if v.rules.SharesSuspended {
		return
	}
	for i := range f.Shares {
		s := &f.Shares[i]
		if s.Target.Kind != dm.TargetRequester || s.Target.ID != v.person || !s.live(now) {
			continue
		}
		rights := See | Leave
		if s.Terms.Level.Rank() >= dm.LevelComment.Rank() {
			rights |= Reply
		}
		if s.Terms.Level == dm.LevelEdit && v.rules.PortalEdit {
			rights |= Resolve | Details
		}
		d.add(Reason{Way: WayShare, Rights: rights, ShareID: s.ID, Level: s.Terms.Level})
	}
}

// ownRights are a requester's rights in the ticket that is theirs.
func (v *Viewer) ownRights() Right {
	rights := See | Reply | Resolve
	if v.rules.PortalEdit {
		rights |= Details
	}
	if v.rules.PortalShares || v.rules.PortalCC || v.rules.PortalLinks {
		rights |= LetIn
	}
	return rights
}

// departmentRights are those by sight of the requester's own department (Q17).
func (v *Viewer) departmentRights(f *Facts) Right {
	if v.department == 0 || f.Department != v.department && !Fault("department") {
		return 0
	}
	sight := v.sight.Tickets
	if f.IsChange {
		sight = v.sight.Changes
	}
	switch sight {
	case dm.SightRead:
		return See
	case dm.SightWrite:
		return See | Reply
	}
	return 0
}

func (s *ShareFact) live(now dm.Time) bool {
	if s.Ended && !Fault("ended share") {
		return false
	}
	return s.ExpiresAt == 0 || s.ExpiresAt > now || Fault("expiry")
}
