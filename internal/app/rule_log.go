package app

import (
	"context"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// RuleLogView is a line of a rule's log as its reader may see it. Of a ticket that
// they cannot open it says neither number nor subject, nor what of it held, nor
// what was done.
type RuleLogView struct {
	dm.RuleLogLine
	Visible bool
	Number  int64
	Subject string
	Actions []RuleActionView
}

// RuleActionView is what came of an action, in words.
type RuleActionView struct {
	Do      dm.ActionKind
	What    string
	Outcome dm.Outcome
	Reason  string
}

// RuleLog lists a rule's log with one outcome, "" for any, newest first, with ids
// below before; 0 begins at the newest. It needs rules.manage.
func (a *App) RuleLog(ctx context.Context, v *access.Viewer, rule int64, outcome dm.RuleOutcome, before int64, limit int) ([]RuleLogView, error) {
	if err := require(v, dm.RulesManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]RuleLogView, error) {
		if _, err := tx.Rule(v.Account(), rule); err != nil {
			return nil, err
		}
		lines, err := tx.RuleLog(v.Account(), rule, outcome, before, limit)
		if err != nil {
			return nil, err
		}
		ids := make([]int64, len(lines))
		for i := range lines {
			ids[i] = lines[i].TicketID
		}
		open, err := tx.TicketNames(v.Scope(access.See, access.Open), distinct(ids))
		if err != nil {
			return nil, err
		}
		list := make([]RuleLogView, len(lines))
		for i := range lines {
			list[i].RuleLogLine = lines[i]
			name, visible := open[lines[i].TicketID]
			if !visible {
				list[i].Why, list[i].RuleLogLine.Actions = nil, nil
				continue
			}
			list[i].Visible, list[i].Number, list[i].Subject = true, name.Number, name.Subject
			if list[i].Actions, err = sayActions(tx, v.Account(), lines[i].Actions); err != nil {
				return nil, err
			}
		}
		return list, nil
	})
}

// sayActions puts what came of actions in words, with the names that people and
// groups have now.
func sayActions(tx *store.Tx, account int64, list []dm.ActionOutcome) ([]RuleActionView, error) {
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for i := range list {
		for _, t := range list[i].Targets {
			if t.Kind == dm.ToAgent || t.Kind == dm.ToRequester {
				ids = append(ids, t.ID)
			}
		}
	}
	people, err := tx.PeopleRefs(account, distinct(ids))
	if err != nil {
		return nil, err
	}
	said := make([]RuleActionView, len(list))
	for i := range list {
		o := &list[i]
		var names, left []string
		for _, t := range o.Targets {
			names = append(names, targetName(dir, people, t))
		}
		for _, t := range o.Left {
			left = append(left, targetName(dir, people, t.ActionTarget)+" ("+t.Reason+")")
		}
		what := o.Text
		if len(names) > 0 {
			what = strings.TrimSpace(strings.Join(names, ", ") + " " + what)
		}
		reason := o.Reason
		if len(left) > 0 {
			reason = strings.TrimPrefix(reason+"; left out: "+strings.Join(left, ", "), "; ")
		}
		said[i] = RuleActionView{Do: o.Do, What: what, Outcome: o.Outcome, Reason: reason}
	}
	return said, nil
}

// maxRuleLog is how many lines a rule's log keeps.
const maxRuleLog = 5000

// sweepRuleLogs shortens the logs of an account's rules.
func (a *App) sweepRuleLogs(ctx context.Context, dir *store.Directory) error {
	ids := []int64{0} // what did not match
	for i := range dir.Rules {
		ids = append(ids, dir.Rules[i].ID)
	}
	for _, id := range ids {
		err := a.dropAll(ctx, func(tx *store.Tx) (int64, error) {
			return tx.ShortenRuleLog(dir.Account.ID, id, maxRuleLog, sweepRows)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func targetName(dir *store.Directory, people map[int64]dm.PersonRef, t dm.ActionTarget) string {
	switch t.Kind {
	case dm.ToAgent, dm.ToRequester:
		if name := people[t.ID].Name; name != "" {
			return name
		}
	case dm.ToGroup:
		if name := dir.GroupName(t.ID); name != "" {
			return name
		}
	case dm.ToPartner:
		if p, known := dir.Partners[t.ID]; known {
			return p.Label()
		}
	case dm.ToFieldGroup:
		if name := dir.Fields[t.ID].Name; name != "" {
			return name
		}
	}
	return string(t.Kind)
}
