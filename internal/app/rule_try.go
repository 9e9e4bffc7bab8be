package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/rules"
	"github.com/deskmesh/deskmesh/internal/store"
)

// maxTried is how many tickets a rule is tried on where none is named.
const maxTried = 100

// RuleTrial is a rule that may not be saved, and what it is tried on.
type RuleTrial struct {
	Kind   dm.RuleKind
	Patch  RulePatch
	Ticket int64 // its number; 0: the latest that the viewer lists
}

// RuleTried is what the rule would do to one ticket.
type RuleTried struct {
	Number  int64
	Subject string
	Matched bool
	Why     []dm.RuleWhy
	Actions []RuleActionView // where it matched
}

// TryRule says which tickets a rule would match as they are now, and what it would
// do to them; nothing is changed. What a change did, who made it and through which
// door is taken to fit. It needs rules.manage, and looks at tickets that the viewer
// may open. Invalid for a rule that could not be saved.
func (a *App) TryRule(ctx context.Context, v *access.Viewer, trial RuleTrial) ([]RuleTried, error) {
	if err := require(v, dm.RulesManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]RuleTried, error) {
		c := &ruleChange{act: &act{app: a, tx: tx, viewer: v, account: v.Account()}, patch: &trial.Patch, created: true}
		c.next = dm.Rule{Kind: oneOf(&c.faults, "kind", trial.Kind, dm.RuleKinds...), Enabled: true, Hours: dm.HoursAny}
		if trial.Patch.Name == nil {
			name := "Draft"
			trial.Patch.Name = &name
		}
		if err := c.check(); err != nil {
			return nil, err
		}
		c.sign()
		numbers := []int64{trial.Ticket}
		if trial.Ticket == 0 {
			var err error
			if numbers, err = a.listedNumbers(tx, v, &dm.BulkList{View: string(ViewAll)}, maxTried); err != nil {
				return nil, err
			}
		}
		return c.try(numbers)
	})
}

func (c *ruleChange) try(numbers []int64) ([]RuleTried, error) {
	r := c.next
	r.Condition = supposed(r.Condition)
	list := []RuleTried{}
	for _, number := range numbers {
		f, err := c.tx.Ticket(c.viewer, number)
		if dm.CodeOf(err) == dm.NotFound && len(numbers) > 1 {
			continue
		}
		if dm.CodeOf(err) == dm.NotFound {
			return nil, dm.BadField("ticket", "There is no such ticket, or you cannot open it.")
		}
		if err != nil {
			return nil, err
		}
		tried, err := c.tryOn(&r, f)
		if err != nil {
			return nil, err
		}
		list = append(list, *tried)
	}
	return list, nil
}

func (c *ruleChange) tryOn(r *dm.Rule, f *store.Found) (*RuleTried, error) {
	if err := c.tx.LoadDetails(c.account, &f.Ticket); err != nil {
		return nil, err
	}
	s, err := c.tx.TicketSnapshot(c.account, f.Ticket.ID, rules.NeedsOf(&r.Condition))
	if err != nil {
		return nil, err
	}
	// Notes count for a rule, and for who may not read them they must tell nothing.
	reader := &rules.Reader{Internal: f.Decision.Has(access.SeeInternal), Now: c.tx.Now()}
	verdict, err := c.app.ruleHolds(c.tx, c.dir, r, s, reader)
	if err != nil {
		return nil, err
	}
	t := &RuleTried{Number: f.Ticket.Number, Subject: f.Ticket.Subject, Why: verdict.why(r, s, reader), Actions: []RuleActionView{}}
	t.Matched = verdict.Holds && (r.BrandID == 0 || r.BrandID == s.BrandID) && awake(c.dir, f.Ticket.InboxID) && !f.Ticket.Spam && !f.Ticket.Deleted && f.Ticket.MergedInto == 0 &&
		(r.Kind != dm.RuleAssign || f.Ticket.GroupID == 0 && f.Ticket.AssigneeID == 0)
	if r.BrandID != 0 {
		t.Why = append(t.Why, dm.RuleWhy{Place: "brand", Holds: r.BrandID == s.BrandID})
	}
	if !t.Matched {
		return t, nil
	}
	by := actor{viewer: access.System(c.account, "rule draft"), rule: r, author: verdict.author, dry: true}
	plan, err := c.app.planActions(c.tx, c.dir, by, &f.Ticket, f.Shares, r.Actions)
	if err != nil {
		return nil, err
	}
	t.Actions, err = sayActions(c.tx, c.account, plan.Outcomes)
	return t, err
}

// supposed is the condition with what it asks about the change itself taken to
// fit: a field that was to change to a value has that value now.
func supposed(c dm.Condition) dm.Condition {
	switch {
	case c.Op == dm.OpChangedTo:
		c.Op = dm.OpIs
	case c.Op.Changes(), c.Field == dm.FieldKeyPerformer, c.Field == dm.FieldKeyUpdateVia, c.Field == dm.FieldKeyViaSharing:
		return dm.Condition{}
	}
	for _, list := range []*[]dm.Condition{&c.All, &c.Any} {
		parts := make([]dm.Condition, len(*list))
		for i := range *list {
			parts[i] = supposed((*list)[i])
		}
		*list = parts
	}
	return c
}
