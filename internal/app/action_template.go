package app

import (
	"cmp"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// shareByTemplate lets in whom a share template names, as the template is now,
// and writes its note where somebody new is let in. What the action says itself
// goes before the template's terms. Whoever is gone holds up none of the others.
func (p *planner) shareByTemplate(a *dm.Action, o *dm.ActionOutcome) error {
	t, err := p.tx.ShareTemplate(p.account, a.TemplateID)
	if dm.CodeOf(err) == dm.NotFound {
		return skip(o, dm.SkipGone)
	}
	if err != nil {
		return err
	}
	o.Text = t.Name
	made := len(p.plan.Change.Share)
	for _, target := range t.Targets {
		if target.Kind == dm.TargetAgent && target.ID == p.by.viewer.Person() {
			continue
		}
		if err := p.shareWith(templateTerms(a, t, target.Kind), dm.ActionTarget{Kind: dm.ActionTargetKind(target.Kind), ID: target.ID}, o); err != nil {
			return err
		}
	}
	if len(o.Targets) == 0 {
		return skip(o, dm.SkipNobody)
	}
	if t.Note != "" && len(p.plan.Change.Share) > made {
		p.plan.Change.Messages = append(p.plan.Change.Messages, dm.NewMessage{Kind: dm.Note, Text: t.Note})
	}
	err = allLeft(o)
	if p.by.rule == nil && o.Outcome == dm.OutcomeDone {
		o.Left = slices.DeleteFunc(o.Left, func(l dm.LeftTarget) bool { return l.Reason == dm.SkipGone })
	}
	return err
}

// templateTerms is the action that shares with one target of a template.
func templateTerms(a *dm.Action, t *dm.ShareTemplate, kind dm.TargetKind) *dm.Action {
	terms := *a
	terms.Level, terms.Reason = cmp.Or(a.Level, t.Level), cmp.Or(a.Reason, t.Reason)
	terms.SeeInternal, terms.ReplyPublic = cmp.Or(a.SeeInternal, t.SeeInternal), cmp.Or(a.ReplyPublic, t.ReplyPublic)
	terms.Forward, terms.CanReshare = cmp.Or(a.Forward, t.Forward), cmp.Or(a.CanReshare, t.CanReshare)
	if a.ExpiresInHours == nil && t.ExpiryHours > 0 {
		terms.ExpiresInHours = &t.ExpiryHours
	}
	if kind == dm.TargetRequester && terms.Level == dm.LevelEdit {
		terms.Level = dm.LevelComment
	}
	return &terms
}

// templateSizes counts the targets of the account's share templates, by their ids.
// Nothing is read where none of the actions names one.
func templateSizes(tx *store.Tx, account int64, lists ...[]dm.Action) (map[int64]int, error) {
	names := func(a dm.Action) bool { return a.TemplateID != 0 }
	if !slices.ContainsFunc(lists, func(list []dm.Action) bool { return slices.ContainsFunc(list, names) }) {
		return nil, nil
	}
	all, err := tx.ShareTemplates(account)
	if err != nil {
		return nil, err
	}
	sizes := make(map[int64]int, len(all))
	for i := range all {
		sizes[all[i].ID] = len(all[i].Targets)
	}
	return sizes, nil
}
