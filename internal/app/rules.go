package app

import (
	"context"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// RuleView is a rule as administrators see it.
type RuleView struct {
	dm.Rule
	Author   dm.PersonRef
	Updater  dm.PersonRef
	Matched  int64 // in seven days
	Last     dm.Time
	Warnings []dm.RuleWarning
}

// Rules lists the account's rules of a kind, "" for any, in their order. It needs
// rules.manage.
func (a *App) Rules(ctx context.Context, v *access.Viewer, kind dm.RuleKind) ([]RuleView, error) {
	if err := require(v, dm.RulesManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]RuleView, error) {
		all, err := tx.Rules(v.Account(), "")
		if err != nil {
			return nil, err
		}
		return viewRules(tx, v.Account(), all, func(r *dm.Rule) bool { return kind == "" || r.Kind == kind })
	})
}

// Rule reads one rule. It needs rules.manage.
func (a *App) Rule(ctx context.Context, v *access.Viewer, id int64) (*RuleView, error) {
	if err := require(v, dm.RulesManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*RuleView, error) {
		all, err := tx.Rules(v.Account(), "")
		if err != nil {
			return nil, err
		}
		list, err := viewRules(tx, v.Account(), all, func(r *dm.Rule) bool { return r.ID == id })
		if err == nil && len(list) == 0 {
			return nil, dm.Missing("rule")
		}
		if err != nil {
			return nil, err
		}
		return &list[0], nil
	})
}

// viewRules shows those of all the rules that are wanted.
func viewRules(tx *store.Tx, account int64, all []dm.Rule, want func(*dm.Rule) bool) ([]RuleView, error) {
	list := []RuleView{}
	var people, ids []int64
	var shown []*dm.Rule
	for i := range all {
		if want(&all[i]) {
			list = append(list, RuleView{Rule: all[i]})
			ids, shown = append(ids, all[i].ID), append(shown, &all[i])
			people = append(people, all[i].AuthorID, all[i].UpdatedBy)
		}
	}
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	there, err := namedBy(tx, account, shown, people...)
	if err != nil {
		return nil, err
	}
	counts, err := tx.RuleCounts(account, ids)
	if err != nil {
		return nil, err
	}
	for i := range list {
		r := &list[i]
		r.Author, r.Updater = there.people[r.AuthorID], there.people[r.UpdatedBy]
		r.Matched, r.Last = counts[r.ID].Matched, counts[r.ID].Last
		r.Warnings = ruleWarnings(dir, &there, all, &r.Rule)
	}
	return list, nil
}

// CreateRule makes a rule, the last of its kind. It needs rules.manage. Conflict
// where the account has as many as it may.
func (a *App) CreateRule(ctx context.Context, v *access.Viewer, kind dm.RuleKind, p RulePatch) error {
	return a.administer(ctx, v, dm.RulesManage, func(t *act) error {
		if err := t.roomForRule(); err != nil {
			return err
		}
		c := &ruleChange{act: t, patch: &p, created: true}
		c.next = dm.Rule{Kind: oneOf(&t.faults, "kind", kind, dm.RuleKinds...), Enabled: true, Hours: dm.HoursAny}
		if err := c.check(); err != nil {
			return err
		}
		c.sign()
		id, err := t.tx.CreateRule(t.account, &c.next)
		if err != nil {
			return err
		}
		return t.log("rule.created", "rule", id)
	})
}

func (t *act) roomForRule() error {
	n, err := t.tx.CountRules(t.account)
	if err == nil && n >= dm.MaxRules {
		return dm.Errorf(dm.Conflict, "An account has at most %d rules.", dm.MaxRules).With("rule_limit")
	}
	return err
}

// UpdateRule changes a rule, or switches it off and on. Whoever changes what it
// does becomes its author, to whose reach it is confined from then on where that
// is not everything. It needs rules.manage. Conflict where p.Version is another
// than the rule's.
func (a *App) UpdateRule(ctx context.Context, v *access.Viewer, id int64, p RulePatch) error {
	return a.administer(ctx, v, dm.RulesManage, func(t *act) error {
		old, err := t.tx.Rule(t.account, id)
		if err != nil {
			return err
		}
		if p.Version != 0 && p.Version != old.Version {
			return dm.Errorf(dm.Conflict, "Somebody else changed this rule meanwhile. Load it again and look at what changed.").With("version").
				Showing(map[string]any{"version": old.Version})
		}
		if old.Broken && (p.Condition == nil || p.Actions == nil) {
			return dm.Errorf(dm.Conflict, "This rule cannot be read by this version of the program: give it a condition and actions anew.").With("broken")
		}
		c := &ruleChange{act: t, patch: &p, old: *old, next: *old}
		if err := c.check(); err != nil || len(t.changes) == 0 {
			return err
		}
		return c.save("rule.updated")
	})
}

// DeleteRule deletes a rule with its log and its versions. What it did stays. It
// needs rules.manage.
func (a *App) DeleteRule(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.RulesManage, func(t *act) error {
		r, err := t.tx.Rule(t.account, id)
		if err != nil {
			return err
		}
		if err := t.tx.DeleteRule(t.account, id); err != nil {
			return err
		}
		t.changed("name", r.Name, "")
		return t.log("rule.deleted", "rule", id)
	})
}

// OrderRules puts all rules of a kind in an order. Invalid where ids are not all of
// them, each once. It needs rules.manage.
func (a *App) OrderRules(ctx context.Context, v *access.Viewer, kind dm.RuleKind, ids []int64) error {
	return a.administer(ctx, v, dm.RulesManage, func(t *act) error {
		list, err := t.tx.Rules(t.account, oneOf(&t.faults, "kind", kind, dm.RuleKinds...))
		if err == nil {
			err = t.faults.err()
		}
		if err != nil {
			return err
		}
		have := make([]int64, len(list))
		for i := range list {
			have[i] = list[i].ID
		}
		if slices.Equal(have, ids) {
			return nil
		}
		if !slices.Equal(slices.Sorted(slices.Values(have)), slices.Sorted(slices.Values(ids))) {
			return dm.BadField("ids", "This is not every rule of the kind, each once. Load the list again.")
		}
		t.changedIDs("order."+string(kind), have, ids)
		if err := t.tx.OrderRules(t.account, ids); err != nil {
			return err
		}
		return t.log("rules.ordered", "rule", 0)
	})
}

// CopyRule makes a rule that does the same, switched off. It needs rules.manage.
func (a *App) CopyRule(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.RulesManage, func(t *act) error {
		r, err := t.tx.Rule(t.account, id)
		if err == nil && r.Broken {
			err = dm.Errorf(dm.Conflict, "This rule cannot be read by this version of the program.").With("broken")
		}
		if err == nil {
			err = t.roomForRule()
		}
		if err != nil {
			return err
		}
		c := &ruleChange{act: t, next: *r, created: true}
		c.next.Enabled, c.next.Name = false, clipped(r.Name, dm.MaxRuleName-4)+" (2)"
		c.sign()
		t.changed("name", "", c.next.Name)
		id, err := t.tx.CreateRule(t.account, &c.next)
		if err != nil {
			return err
		}
		return t.log("rule.created", "rule", id)
	})
}

// RuleVersionView is a version of a rule with who made it.
type RuleVersionView struct {
	dm.RuleVersion
	Author dm.PersonRef
}

// RuleVersions lists what a rule was, newest first. It needs rules.manage.
func (a *App) RuleVersions(ctx context.Context, v *access.Viewer, id int64) ([]RuleVersionView, error) {
	if err := require(v, dm.RulesManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]RuleVersionView, error) {
		r, err := tx.Rule(v.Account(), id)
		if err != nil {
			return nil, err
		}
		versions, err := tx.RuleVersions(v.Account(), id)
		if err != nil {
			return nil, err
		}
		var people []int64
		for i := range versions {
			people = append(people, versions[i].AuthorID)
		}
		refs, err := tx.PeopleRefs(v.Account(), distinct(people))
		list := make([]RuleVersionView, len(versions))
		for i := range versions {
			versions[i].Rule.Kind = r.Kind
			list[i] = RuleVersionView{versions[i], refs[versions[i].AuthorID]}
		}
		return list, err
	})
}

// RestoreRule makes a rule what it was in a version, as a new version of it by the
// viewer. What the version names must still be there. It needs rules.manage.
func (a *App) RestoreRule(ctx context.Context, v *access.Viewer, id, version int64) error {
	return a.administer(ctx, v, dm.RulesManage, func(t *act) error {
		old, err := t.tx.Rule(t.account, id)
		if err != nil {
			return err
		}
		versions, err := t.tx.RuleVersions(t.account, id)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(versions, func(x dm.RuleVersion) bool { return x.Version == version })
		if at < 0 {
			return dm.Missing("version")
		}
		was := versions[at].Rule
		if was.Broken {
			return dm.Errorf(dm.Conflict, "This version cannot be read by this version of the program.").With("broken")
		}
		c := &ruleChange{act: t, old: *old, next: *old}
		c.next.Name, c.next.Description, c.next.BrandID, c.next.Hours, c.next.CalendarID = was.Name, was.Description, was.BrandID, was.Hours, was.CalendarID
		c.next.Performers, c.next.Events, c.next.Condition, c.next.Actions, c.next.Broken = was.Performers, was.Events, was.Condition, was.Actions, false
		if err := c.checkWhole(); err != nil {
			return err
		}
		if c.describe(); len(t.changes) == 0 {
			return nil
		}
		return c.save("rule.restored")
	})
}
