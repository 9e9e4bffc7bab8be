package app

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// SLAPatch sets a policy's properties; nil leaves a value as it is.
type SLAPatch struct {
	Name        *string
	Description *string
	Active      *bool
	Condition   *[]byte // JSON; see dm.ParseCondition
	CalendarID  *int64  // 0: the account's default
	Targets     *dm.Targets
	Pause       *[]dm.Status
	Version     *int64 // that was looked at
}

// SLAPolicies lists the account's policies in their order. It needs
// settings.manage.
func (a *App) SLAPolicies(ctx context.Context, v *access.Viewer) ([]dm.SLAPolicy, error) {
	if err := require(v, dm.SettingsManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]dm.SLAPolicy, error) { return tx.SLAPolicies(v.Account()) })
}

// SLAPolicy reads one policy. It needs settings.manage.
func (a *App) SLAPolicy(ctx context.Context, v *access.Viewer, id int64) (*dm.SLAPolicy, error) {
	list, err := a.SLAPolicies(ctx, v)
	return policyIn(list, err, id)
}

func policyIn(list []dm.SLAPolicy, err error, id int64) (*dm.SLAPolicy, error) {
	for i := range list {
		if list[i].ID == id {
			return &list[i], nil
		}
	}
	return nil, cmp.Or(err, error(dm.Missing("policy")))
}

// CreateSLAPolicy makes a policy, the last in the order. It needs
// settings.manage. Conflict where another has the name.
func (a *App) CreateSLAPolicy(ctx context.Context, v *access.Viewer, p SLAPatch) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		all, err := t.tx.SLAPolicies(t.account)
		if err != nil {
			return err
		}
		if len(all) >= maxPolicies {
			return dm.Errorf(dm.Conflict, "An account has at most %d policies.", maxPolicies).With("cap")
		}
		next := &dm.SLAPolicy{Active: true, Pause: []dm.Status{dm.StatusPending, dm.StatusOnHold}}
		if len(all) > 0 {
			next.Position = all[len(all)-1].Position + 1
		}
		p.Name = cmp.Or(p.Name, &next.Name)
		p.Targets = cmp.Or(p.Targets, &next.Targets)
		if err := t.patchSLA(next, &p); err != nil {
			return err
		}
		id, err := t.tx.CreateSLAPolicy(t.account, next)
		if err != nil {
			return err
		}
		if err := recountLater(t.tx, t.account); err != nil {
			return err
		}
		return t.log("sla_policy.created", "sla_policy", id)
	})
}

// UpdateSLAPolicy changes a policy, or switches it off and on. It needs
// settings.manage. Conflict for another version than the one looked at.
func (a *App) UpdateSLAPolicy(ctx context.Context, v *access.Viewer, id int64, p SLAPatch) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		all, err := t.tx.SLAPolicies(t.account)
		next, err := policyIn(all, err, id)
		if err != nil {
			return err
		}
		if err := seenVersion(p.Version, next.Version, "policy"); err != nil {
			return err
		}
		if err := t.patchSLA(next, &p); err != nil || len(t.changes) == 0 {
			return err
		}
		if err := t.tx.SaveSLAPolicy(t.account, next); err != nil {
			return err
		}
		if err := recountLater(t.tx, t.account); err != nil {
			return err
		}
		return t.log("sla_policy.updated", "sla_policy", id)
	})
}

// OrderSLAPolicies puts all policies in an order: the first that fits a ticket
// applies. It needs settings.manage.
func (a *App) OrderSLAPolicies(ctx context.Context, v *access.Viewer, ids []int64) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		all, err := t.tx.SLAPolicies(t.account)
		if err != nil {
			return err
		}
		known := make([]int64, len(all))
		for i := range all {
			known[i] = all[i].ID
		}
		if slices.Equal(known, ids) {
			return nil
		}
		given := slices.Sorted(slices.Values(ids))
		if was := slices.Sorted(slices.Values(known)); !slices.Equal(was, given) {
			return dm.BadField("ids", "Name every policy once.")
		}
		for i, id := range ids {
			if err := t.tx.PlaceSLAPolicy(t.account, id, int64(i)); err != nil {
				return err
			}
		}
		if err := recountLater(t.tx, t.account); err != nil {
			return err
		}
		t.changedIDs("order", known, ids)
		return t.log("sla_policy.ordered", "sla_policy", 0)
	})
}

// DeleteSLAPolicy takes a policy away: the next one that fits applies to its
// tickets, and their clocks stand still where none does. It needs
// settings.manage.
func (a *App) DeleteSLAPolicy(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		all, err := t.tx.SLAPolicies(t.account)
		p, err := policyIn(all, err, id)
		if err != nil {
			return err
		}
		if err := t.tx.DeleteSLAPolicy(t.account, id); err != nil {
			return err
		}
		if err := recountLater(t.tx, t.account); err != nil {
			return err
		}
		t.changed("name", p.Name, "")
		return t.log("sla_policy.deleted", "sla_policy", id)
	})
}

// patchSLA checks a patch and puts it into the policy.
func (t *act) patchSLA(s *dm.SLAPolicy, p *SLAPatch) error {
	old := *s
	if p.Name != nil {
		s.Name = t.faults.name("name", *p.Name, maxHoursName)
	}
	if p.Description != nil {
		s.Description = t.faults.text("description", *p.Description, maxHoursText)
	}
	if p.Active != nil {
		s.Active = *p.Active
	}
	if err := t.patchSLACondition(s, p); err != nil {
		return err
	}
	if p.CalendarID != nil {
		if s.CalendarID = *p.CalendarID; s.CalendarID != 0 {
			if _, err := t.calendar(s.CalendarID); dm.CodeOf(err) == dm.NotFound {
				t.faults.add("calendar", "There is no such calendar.")
			} else if err != nil {
				return err
			}
		}
	}
	if p.Targets != nil {
		s.Targets = *p.Targets
		if !s.Targets.Promise() {
			t.faults.add("targets", "Promise at least one time.")
		}
	}
	if p.Pause != nil {
		s.Pause = []dm.Status{}
		for _, status := range dm.PauseStatuses {
			if slices.Contains(*p.Pause, status) {
				s.Pause = append(s.Pause, status)
			}
		}
		if len(s.Pause) != len(*p.Pause) {
			t.faults.add("pause", "These are some of %s, each once.", joinTexts(dm.PauseStatuses))
		}
	}
	t.changed("name", old.Name, s.Name)
	t.changedFlag("active", old.Active, s.Active)
	t.changedID("calendar", old.CalendarID, s.CalendarID)
	for _, x := range []struct {
		field     string
		old, next any
	}{{"description", old.Description, s.Description}, {"condition", old.Condition, s.Condition}, {"targets", old.Targets, s.Targets}, {"pause", old.Pause, s.Pause}} {
		if !reflect.DeepEqual(x.old, x.next) {
			t.touched(x.field)
		}
	}
	return t.faults.err()
}

// patchSLACondition reads the condition. A policy is nobody, and its own
// clocks cannot decide whether it applies.
func (t *act) patchSLACondition(s *dm.SLAPolicy, p *SLAPatch) error {
	if p.Condition == nil {
		return nil
	}
	dir, err := t.tx.Directory(t.account)
	if err != nil {
		return err
	}
	condition := dm.Condition{}
	if len(*p.Condition) > 0 {
		condition, err = dm.ParseCondition(*p.Condition)
	}
	if err == nil {
		err = dir.CheckCondition(&condition)
	}
	if err == nil && len(conditionText(&condition)) > maxCondition {
		err = dm.BadField("condition", "This condition is too long.")
	}
	if e, ok := errors.AsType[*dm.Error](err); ok && e.Code == dm.Invalid {
		t.faults.add("condition", "%s", e.Public)
		return nil
	}
	if err != nil {
		return err
	}
	s.Condition, s.Broken = condition, false
	return condition.Walk(func(leaf *dm.Condition, place string) error {
		switch {
		case leaf.Field == dm.FieldKeySLADue || leaf.Field == dm.FieldKeySLABreached:
			t.faults.add("condition", "%s: a policy cannot ask about what it promises itself.", cmp.Or(place, "condition"))
		case slices.ContainsFunc(leaf.Values, func(v dm.ConditionValue) bool { return v.Kind == dm.SelfValue }):
			t.faults.add("condition", "%s: a policy is nobody, so that me and mine mean nothing here.", cmp.Or(place, "condition"))
		}
		return nil
	})
}
