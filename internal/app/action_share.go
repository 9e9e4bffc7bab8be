package app

import (
	"cmp"
	"slices"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// share lets the targets in. A rule adds until the ticket is shared with as many
// as it may be; the rest is left out, by name (C17). A person is refused as
// anywhere.
func (p *planner) share(a *dm.Action, o *dm.ActionOutcome) error {
	if a.TemplateID != 0 {
		return p.shareByTemplate(a, o)
	}
	targets, err := p.parties(a.Targets, o)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if err := p.shareWith(a, t, o); err != nil {
			return err
		}
	}
	return allLeft(o)
}

// shareByTemplate shares as a template says, where the action says nothing else.
// Its note is written where it lets anybody in. As by hand, a person shares with
// those of it that are there, and not with themselves.
func (p *planner) shareByTemplate(a *dm.Action, o *dm.ActionOutcome) error {
	t, err := p.tx.ShareTemplate(p.account, a.TemplateID)
	if dm.CodeOf(err) == dm.NotFound {
		return skip(o, dm.SkipGone)
	}
	if err != nil {
		return err
	}
	o.Text = t.Name
	before, by := p.lettingIn(), byTemplate(a, t)
	for _, target := range t.Targets {
		party := dm.ActionTarget{Kind: dm.ActionTargetKind(target.Kind), ID: target.ID}
		if target.Kind == dm.TargetAgent && target.ID == p.by.viewer.Person() {
			continue
		}
		if err := p.shareWith(by, party, o); err != nil {
			return err
		}
	}
	made := p.lettingIn() > before
	if made && t.Note != "" {
		p.plan.Change.Messages = append(p.plan.Change.Messages, dm.NewMessage{Kind: dm.Note, Text: t.Note})
	}
	if !made && len(o.Left) == 0 {
		return skip(o, dm.SkipNobody)
	}
	return allLeft(o)
}

// lettingIn counts those whom the plan shares with so far.
func (p *planner) lettingIn() int {
	n := len(p.planned)
	for i := range p.plan.Change.Partners {
		if p.plan.Change.Partners[i].Do == dm.ShareWithPartner {
			n++
		}
	}
	return n
}

// byTemplate is the action with what a template has where it says nothing itself.
func byTemplate(a *dm.Action, t *dm.ShareTemplate) *dm.Action {
	by := *a
	by.Level, by.Reason = cmp.Or(a.Level, t.Level), cmp.Or(a.Reason, t.Reason)
	by.SeeInternal, by.ReplyPublic = cmp.Or(a.SeeInternal, t.SeeInternal), cmp.Or(a.ReplyPublic, t.ReplyPublic)
	by.Forward, by.CanReshare = cmp.Or(a.Forward, t.Forward), cmp.Or(a.CanReshare, t.CanReshare)
	if a.ExpiresInHours == nil && t.ExpiryHours > 0 {
		by.ExpiresInHours = &t.ExpiryHours
	}
	return &by
}

func (p *planner) shareWith(a *dm.Action, t dm.ActionTarget, o *dm.ActionOutcome) error {
	if t.Kind == dm.ToPartner {
		return p.sharePartner(a, t, o)
	}
	target := dm.Target{Kind: dm.TargetKind(t.Kind), ID: t.ID}
	o.Targets = append(o.Targets, t)
	if findShare(p.shares, target) != nil || slices.Contains(p.planned, target) {
		o.Left = append(o.Left, dm.LeftTarget{ActionTarget: t, Reason: dm.SkipSame})
		return nil
	}
	reason, err := p.shareable(target)
	if err != nil {
		return err
	}
	if reason == "" {
		reason = p.takeRoom(target)
	}
	if a.TemplateID != 0 && p.by.rule == nil && (reason == dm.SkipGone || reason == dm.SkipSwitched && p.dir.Settings.SharingEnabled) {
		return nil
	}
	if reason != "" {
		o.Left = append(o.Left, dm.LeftTarget{ActionTarget: t, Reason: reason})
		if reason == dm.SkipCap {
			p.plan.Change.Declined = append(p.plan.Change.Declined, target)
		}
		return nil
	}
	p.planned = append(p.planned, target)
	p.plan.Change.Share = append(p.plan.Change.Share, p.newShare(a, target))
	return nil
}

// takeRoom counts a share; what has no room is left out of what a rule does.
func (p *planner) takeRoom(t dm.Target) string {
	room := &p.inside
	if t.Kind == dm.TargetRequester {
		room = &p.outside
	}
	if *room == 0 && p.by.rule != nil {
		return dm.SkipCap
	}
	if *room > 0 {
		*room--
	}
	return ""
}

func (p *planner) newShare(a *dm.Action, t dm.Target) dm.NewShare {
	n := dm.NewShare{Target: t, Level: a.Level, ReplyPublic: a.ReplyPublic, Reason: a.Reason, Notify: a.Notify == nil || *a.Notify}
	if t.Kind != dm.TargetRequester {
		n.SeeInternal, n.Forward, n.CanReshare = a.SeeInternal, a.Forward, a.CanReshare
	} else {
		n.ReplyPublic = nil
		if a.TemplateID != 0 && n.Level == dm.LevelEdit {
			n.Level = dm.LevelComment // as templateShare has it
		}
	}
	if a.ExpiresInHours != nil && *a.ExpiresInHours > 0 {
		n.ExpiresAt = p.end(*a.ExpiresInHours)
	}
	if n.Reason == "" && p.by.rule != nil && p.dir.Settings.RequireReason {
		n.Reason = p.by.rule.Name
	}
	return n
}

// end is the moment after so many hours, but no later than shares may last here.
func (p *planner) end(hours int) dm.Time {
	now := p.tx.Now()
	at := now.Add(time.Duration(hours) * time.Hour)
	if most := p.dir.Settings.MaxExpiryDays; most > 0 {
		at = min(at, now.Add(days(most)))
	}
	return at
}

// shareable says why the ticket cannot be shared with a target; "" where it can.
func (p *planner) shareable(t dm.Target) (string, error) {
	set := &p.dir.Settings
	switch {
	case !set.SharingEnabled, t.Kind == dm.TargetRequester && !set.RequesterTargets:
		return dm.SkipSwitched, nil
	case p.by.rule != nil && !p.dir.Account.Entitled(dm.SharingAutomatic):
		return dm.SkipSwitched, nil
	case t.Kind == dm.TargetGroup:
		if _, live := p.dir.Groups[t.ID]; !live {
			return dm.SkipGone, nil
		}
		return "", nil
	case t.Kind == dm.TargetRequester && p.t.Private:
		return dm.SkipPrivate, nil
	}
	people, err := p.tx.PeopleRefs(p.account, []int64{t.ID})
	if err != nil {
		return "", err
	}
	if ref := people[t.ID]; !ref.Active || string(ref.Kind) != string(t.Kind) {
		return dm.SkipGone, nil
	}
	return "", nil
}

// parties finds the agents, groups and requesters that targets stand for, each
// once. Of those found with the ticket, one that is not there is left out.
func (p *planner) parties(list []dm.ActionTarget, o *dm.ActionOutcome) (found []dm.ActionTarget, err error) {
	for _, t := range list {
		party := t
		switch t.Kind {
		case dm.ToGroupOwner:
			party = dm.ActionTarget{Kind: dm.ToAgent, ID: p.dir.Groups[p.t.GroupID].OwnerID}
		case dm.ToAccountManager:
			party.Kind = dm.ToAgent
			if party.ID, err = p.tx.AccountManagerOf(p.account, p.t.RequesterID); err != nil {
				return nil, err
			}
		case dm.ToFieldGroup:
			party = dm.ActionTarget{Kind: dm.ToGroup, ID: p.fieldGroup(t.ID)}
		}
		if party.ID == 0 {
			o.Targets = append(o.Targets, t)
			o.Left = append(o.Left, dm.LeftTarget{ActionTarget: t, Reason: dm.SkipNobody})
			continue
		}
		if !slices.Contains(found, party) {
			found = append(found, party)
		}
	}
	return found, nil
}

// fieldGroup gives the group that an own field of the ticket names; 0 for none.
func (p *planner) fieldGroup(field int64) int64 {
	for _, f := range p.t.Fields {
		if f.FieldID != field || f.Value == "" {
			continue
		}
		for _, id := range sortedKeys(p.dir.Groups) {
			if dm.Fold(p.dir.Groups[id].Name) == dm.Fold(f.Value) {
				return id
			}
		}
	}
	return 0
}

// unshare ends the shares with the targets, or all of them.
func (p *planner) unshare(a *dm.Action, o *dm.ActionOutcome) error {
	if a.Do == dm.ActUnshareAll {
		for i := range p.shares {
			p.endShare(&p.shares[i])
		}
		if len(p.shares) == 0 {
			return skip(o, dm.SkipNoShare)
		}
		return nil
	}
	return p.standing(a, o, func(s *dm.Share) { p.endShare(s) })
}

func (p *planner) endShare(s *dm.Share) {
	if !slices.Contains(p.plan.Change.Unshare, s.ID) {
		p.plan.Change.Unshare = append(p.plan.Change.Unshare, s.ID)
	}
}

// standing does something to each share that stands with one of the targets.
func (p *planner) standing(a *dm.Action, o *dm.ActionOutcome, do func(*dm.Share)) error {
	targets, err := p.parties(a.Targets, o)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if t.Kind == dm.ToPartner {
			if err := p.leavePartner(a, t, o); err != nil {
				return err
			}
			continue
		}
		o.Targets = append(o.Targets, t)
		s := findShare(p.shares, dm.Target{Kind: dm.TargetKind(t.Kind), ID: t.ID})
		if s == nil {
			o.Left = append(o.Left, dm.LeftTarget{ActionTarget: t, Reason: dm.SkipNoShare})
			continue
		}
		do(s)
	}
	return allLeft(o)
}

// amend changes level or end of shares that stand.
func (p *planner) amend(a *dm.Action, o *dm.ActionOutcome) error {
	return p.standing(a, o, func(s *dm.Share) {
		change := dm.ShareAmendment{ID: s.ID}
		if a.Do == dm.ActSetLevel {
			change.Level = &a.Level
			o.Text = string(a.Level)
		} else {
			end := dm.Time(0)
			if *a.ExpiresInHours > 0 {
				end = p.end(*a.ExpiresInHours)
			} else if most := p.dir.Settings.MaxExpiryDays; most > 0 {
				end = p.end(24 * most)
			}
			change.ExpiresAt = &end
		}
		p.plan.Change.Amend = append(p.plan.Change.Amend, change)
	})
}

// link makes a public link. One that a rule makes is its author's, whose rights it
// rests on from then on.
func (p *planner) link(a *dm.Action, o *dm.ActionOutcome) error {
	switch {
	case !p.dir.Settings.LinksEnabled:
		return skip(o, dm.SkipSwitched)
	case p.t.Private:
		return skip(o, dm.SkipPrivate)
	case p.plan.Change.PublicLinks.Make != nil:
		return skip(o, dm.SkipSame)
	}
	n := &dm.NewPublicLink{Label: a.Label, Level: a.Level}
	if p.by.rule != nil {
		n.MakerID = p.by.rule.AuthorID
	}
	if a.ExpiresInHours != nil {
		end := dm.Time(0)
		if *a.ExpiresInHours > 0 {
			end = p.tx.Now().Add(time.Duration(*a.ExpiresInHours) * time.Hour)
		}
		if most := p.dir.Settings.LinkMaxDays; most > 0 && (end == 0 || end > p.tx.Now().Add(days(most))) {
			end = p.tx.Now().Add(days(most))
		}
		n.ExpiresAt = &end
	}
	p.plan.Change.PublicLinks.Make = n
	return nil
}
