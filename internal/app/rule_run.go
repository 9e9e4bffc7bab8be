package app

import (
	"errors"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/rules"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Limits of a chain beside dm.MaxRuleDepth and dm.MaxRuleActions.
const (
	// maxRuleLeaves bounds the conditions looked at in one chain; the slowest of
	// them take less than fifty milliseconds.
	maxRuleLeaves = 50_000
	// maxRuleMisses is how many rules that did not match the log names of one
	// chain.
	maxRuleMisses = 5
)

// ruleChain is what rules do after one change of one ticket: passes over the
// rules, each pass asked about what the one before has changed. A rule acts once
// in a chain at most.
type ruleChain struct {
	app     *App
	tx      *store.Tx
	dir     *store.Directory
	account int64
	number  int64
	t       *dm.Ticket // as it is now
	brand   int64
	asleep  bool // rules do not run on it any more
	shares  []dm.Share

	automatic bool
	causer    int64 // who made the change that it follows; 0 nobody
	acted     map[int64]bool
	actions   int
	leaves    int
	misses    int
	lines     []dm.RuleLogLine // of the logs, written when the chain ends
	stopped   bool
	version   int64 // of the ticket, 0 where no rule changed it

	reader rules.Reader // sees everything, at the time of the change

	now  *rules.Snapshot // of t; nil after it changed
	have rules.Needs     // the parts that now has
	told ruleUpdate      // what the present pass is asked about
	next ruleUpdate      // what it has changed itself
}

// ruleUpdate is what one pass is asked about.
type ruleUpdate struct {
	rules.Update
	kinds   []string // messages and shares: "reply", "note", "share"
	changes []dm.FieldChange
	other   bool // something besides the ticket's shares
	pass    int
}

// runRules asks the account's rules about the change that was just made, and lets
// those that match act. Nothing that a rule does or cannot do takes the change
// back. An account without rules pays nothing.
func (w *work) runRules() error {
	if len(w.dir.Rules) == 0 || len(w.events) == 0 || w.ch.Merge != nil || !awake(w.dir, w.t.InboxID) {
		return nil
	}
	c := &ruleChain{app: w.app, tx: w.tx, dir: w.dir, account: w.account, automatic: w.ch.Automatic, acted: map[int64]bool{},
		reader: rules.Reader{Internal: true, Now: w.tx.Now()}}
	performer, causer, err := w.performer()
	if err != nil {
		return err
	}
	c.causer = causer
	c.told = ruleUpdate{Update: rules.Update{Before: w.old, BrandBefore: w.dir.BrandOf(w.old.InboxID).ID, Created: w.created,
		Performer: performer, Via: w.ch.Via, ViaSharing: !w.created && w.viewer.IsAgent() && w.decision.OnlyByShare()}}
	c.told.note(w)
	c.see(w)
	if err := c.onePass(); err != nil {
		return err
	}
	if err := c.follow(); err != nil {
		return err
	}
	w.res.Version = max(w.res.Version, c.version)
	return nil
}

// awake says whether rules run on the tickets of an inbox: not in an inactive
// brand (Q15).
func awake(dir *store.Directory, inbox int64) bool { return dir.BrandOf(inbox).Active }

// performer says who made the change, and which person where it was one. What a
// mail says, its sender does.
func (w *work) performer() (dm.Performer, int64, error) {
	person := w.viewer.Person()
	switch {
	case w.ch.Cause.Kind == dm.CauseRule:
		return dm.ByRule, 0, nil
	case w.viewer.Link() != 0, w.viewer.IsRequester():
		return dm.ByRequester, person, nil
	case w.viewer.IsSystem() && len(w.res.Messages) > 0:
		person = w.res.Messages[0].AuthorID
	case w.viewer.IsAgent():
		return dm.ByAgent, person, nil
	}
	if person == 0 {
		return dm.BySystem, 0, nil
	}
	people, err := w.tx.PeopleRefs(w.account, []int64{person})
	if err != nil || person == w.t.RequesterID || people[person].Kind == dm.Requester {
		return dm.ByRequester, person, err
	}
	return dm.ByAgent, person, nil
}

// note gathers what a change has done.
func (u *ruleUpdate) note(w *work) {
	for i := range w.events {
		u.other = u.other || !shareEvent(w.events[i].Kind)
		switch e := &w.events[i]; {
		case e.Kind == dm.TicketMessage && e.Data.Message == dm.Reply:
			u.kinds = append(u.kinds, "reply")
		case e.Kind == dm.TicketMessage:
			u.kinds = append(u.kinds, "note")
		case e.Kind == dm.ShareCreated:
			u.kinds = append(u.kinds, "share")
		}
	}
	u.changes = append(u.changes, w.changes...)
}

// any says whether there is anything to ask about.
func (u *ruleUpdate) any() bool { return u.Created || len(u.kinds) > 0 || len(u.changes) > 0 }

// see takes the ticket as a change has left it.
func (c *ruleChain) see(w *work) {
	c.t, c.shares, c.number, c.dir, c.now = w.t, w.shares, w.t.Number, w.dir, nil
	c.brand = w.dir.BrandOf(w.t.InboxID).ID
	c.asleep = w.t.Deleted || w.t.Spam || w.t.MergedInto != 0 || !awake(w.dir, w.t.InboxID)
}

// onePass asks every rule that can be asked about the present update.
func (c *ruleChain) onePass() error {
	kinds := []dm.RuleKind{dm.RuleUpdate, dm.RuleAssign}
	if c.told.Created {
		kinds = []dm.RuleKind{dm.RuleCreate, dm.RuleAssign}
	}
	all := c.dir.Rules
	for _, kind := range kinds {
		for i := range all {
			r := &all[i]
			if r.Kind != kind || c.acted[r.ID] || !c.concerned(r) {
				continue
			}
			if c.stopped || c.asleep {
				return nil
			}
			acted, err := c.ask(r)
			if err != nil {
				return err
			}
			if acted && kind == dm.RuleAssign {
				break // the first that matches wins
			}
		}
	}
	return nil
}

// concerned says whether the rule is for such a change of such a ticket, before
// its condition is looked at.
func (c *ruleChain) concerned(r *store.DirRule) bool {
	switch {
	case r.Kind == dm.RuleAssign && (!c.told.other || c.t.GroupID != 0 || c.t.AssigneeID != 0):
		return false
	case r.BrandID != 0 && r.BrandID != c.brand:
		return false
	case len(r.Performers) > 0 && !slices.Contains(r.Performers, c.told.Performer):
		return false
	}
	return r.Kind != dm.RuleUpdate || c.awaited(r)
}

// awaited says whether an update rule waits for what happened. A share wakes only
// rules that wait for shares, and one that a rule made none that share (Q14).
func (c *ruleChain) awaited(r *store.DirRule) bool {
	if len(r.Events) == 0 {
		return c.told.other
	}
	kinds := c.told.kinds
	if c.told.Performer == dm.ByRule && slices.ContainsFunc(r.Actions, func(a dm.Action) bool { return a.Shares() }) {
		kinds = slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool { return kind == "share" })
	}
	return rules.Happened(r.Events, kinds, c.told.changes)
}

// ask looks at the condition of one rule, and lets it act where that holds.
func (c *ruleChain) ask(r *store.DirRule) (acted bool, err error) {
	if c.leaves += r.Leaves; c.leaves > maxRuleLeaves {
		c.stop(r, nil)
		return false, nil
	}
	s, err := c.snapshot(r.Needs)
	if err != nil {
		return false, err
	}
	verdict, err := c.app.ruleHolds(c.tx, c.dir, &r.Rule, s, &c.reader)
	if err != nil {
		return false, err
	}
	if !verdict.Holds {
		if c.misses++; c.misses <= maxRuleMisses {
			c.log(&r.Rule, dm.RuleNotMatched, verdict.why(&r.Rule, s, &c.reader), nil)
		}
		return false, nil
	}
	why := verdict.why(&r.Rule, s, &c.reader)
	if c.told.pass >= dm.MaxRuleDepth || c.actions+len(r.Actions) > dm.MaxRuleActions {
		c.stop(r, why)
		return false, nil
	}
	c.acted[r.ID] = true
	c.actions += len(r.Actions)
	outcomes, err := c.act(&r.Rule, verdict.author)
	if err != nil {
		return false, err
	}
	c.log(&r.Rule, outcomeOf(outcomes), why, outcomes)
	return true, nil
}

// log keeps a line about a rule until the chain ends.
func (c *ruleChain) log(r *dm.Rule, outcome dm.RuleOutcome, why []dm.RuleWhy, actions []dm.ActionOutcome) {
	c.lines = append(c.lines, dm.RuleLogLine{RuleID: r.ID, TicketID: c.t.ID, Outcome: outcome, Why: why, Actions: actions})
}

// ruleVerdict says whether a rule is to act on a ticket, and if not, what was in
// the way.
type ruleVerdict struct {
	Holds       bool
	reach, open bool
	author      *access.Viewer // whom it is confined to; nil where it is not
}

// ruleHolds decides whether a rule is to act on a ticket: its condition holds, its
// hours count, and where it is confined to its author's reach they reach the
// ticket's inbox.
func (a *App) ruleHolds(tx *store.Tx, dir *store.Directory, r *dm.Rule, s *rules.Snapshot, reader *rules.Reader) (v ruleVerdict, err error) {
	v.reach, v.open = true, inHours(dir, r, reader.Now)
	if r.Confined {
		if v.author, err = tx.ViewerIn(dir, r.AuthorID); err != nil {
			return v, err
		}
		v.reach = v.author.IsAgent() && v.author.ReachesInbox(s.Ticket.InboxID)
	}
	v.Holds = v.reach && v.open && rules.Match(&r.Condition, s, reader)
	return v, nil
}

// why tells what held and what did not.
func (v *ruleVerdict) why(r *dm.Rule, s *rules.Snapshot, reader *rules.Reader) []dm.RuleWhy {
	var list []dm.RuleWhy
	if !v.reach {
		list = append(list, dm.RuleWhy{Place: "author"})
	}
	if !v.open {
		list = append(list, dm.RuleWhy{Place: "hours"})
	}
	return append(list, rules.Why(&r.Condition, s, reader)...)
}

// snapshot gives the ticket as it is now, with the parts that a condition reads.
func (c *ruleChain) snapshot(needs rules.Needs) (*rules.Snapshot, error) {
	if c.now == nil {
		c.now = &rules.Snapshot{Ticket: *c.t, Shares: c.shares, Update: &c.told.Update, BrandID: c.brand}
		c.have = rules.Tags | rules.CCs | rules.Followers | rules.Fields | rules.Shares
	}
	more := needs &^ c.have
	if more == 0 {
		return c.now, nil
	}
	if more&(rules.Messages|rules.Texts|rules.Authors) != 0 {
		// The messages are read once, with all that any rule may ask of them now.
		more |= needs&(rules.Messages|rules.Texts|rules.Authors) | c.have&(rules.Messages|rules.Texts|rules.Authors)
		c.now.Messages = nil
	}
	c.have |= more
	return c.now, c.tx.FillSnapshot(c.dir, c.now, more)
}

// stop ends the chain at a rule, and says so in its log.
func (c *ruleChain) stop(r *store.DirRule, why []dm.RuleWhy) {
	c.stopped = true
	c.log(&r.Rule, dm.RuleStopped, why, nil)
}

// act does the actions of a rule: all of them in one change, or where that is
// refused one after the other, so that one that cannot be done stops no other.
func (c *ruleChain) act(r *dm.Rule, author *access.Viewer) ([]dm.ActionOutcome, error) {
	by := actor{viewer: access.System(c.account, "rule "+idText(r.ID)), rule: r, author: author, automatic: c.automatic}
	outcomes, err := c.try(&by, r.Actions)
	if err == nil {
		return outcomes, nil
	}
	if _, ok := ruleRefusal(err); !ok {
		return nil, err
	}
	for i := range r.Actions {
		by.first = i
		one, err := c.try(&by, r.Actions[i:i+1])
		if err != nil {
			text, ok := ruleRefusal(err)
			if !ok {
				return nil, err
			}
			one = []dm.ActionOutcome{{Do: r.Actions[i].Do, Outcome: dm.OutcomeFailed, Reason: text}}
		}
		if i == 0 {
			outcomes = nil
		}
		outcomes = append(outcomes, one...)
	}
	return outcomes, nil
}

// ruleRefusal gives what people are told of an error that concerns one rule alone. Any
// other is one of the whole transaction, which is tried again or given up.
func ruleRefusal(err error) (string, bool) {
	e, ok := errors.AsType[*dm.Error](err)
	switch {
	case ok && e.Code != dm.Internal && e.Code != dm.Unavailable:
		text := e.Public
		if len(e.Faults) > 0 {
			text += " " + e.Faults[0].Message
		}
		return clipped(text, 500), true
	case store.Retryable(err):
		return "", false
	}
	return "Something went wrong on our side.", !ok
}

// try does actions in one change and takes back what it wrote where that fails.
func (c *ruleChain) try(by *actor, list []dm.Action) (outcomes []dm.ActionOutcome, err error) {
	var done *work
	err = c.tx.Try(func() error {
		plan, err := c.app.planActions(c.tx, c.dir, *by, c.t, c.shares, list)
		if err != nil {
			return err
		}
		outcomes = plan.Outcomes
		ch := plan.Change
		ch.Cause, ch.Via, ch.Automatic = dm.Cause{Kind: dm.CauseRule, ID: by.rule.ID, Name: by.rule.Name}, dm.ViaRule, c.automatic
		ch.CausedBy = c.causer
		if !idle(&ch) {
			if done, err = c.app.applyOne(c.tx, by.viewer, ch); err != nil {
				return err
			}
		}
		return c.sendOut(by.rule, plan)
	})
	if err != nil || done == nil {
		return outcomes, err
	}
	if c.next.kinds == nil && c.next.changes == nil {
		c.next.Update = rules.Update{Before: *c.t, BrandBefore: c.brand, Performer: dm.ByRule, Via: dm.ViaRule}
	}
	c.next.note(done)
	c.version = done.res.Version
	c.see(done)
	return outcomes, nil
}

// lockForRules finds and locks a ticket that rules may act on; nil for one that is
// spam, deleted or merged into another.
func (a *App) lockForRules(tx *store.Tx, account, ticket int64) (*work, error) {
	v := access.System(account, "rules")
	f, err := tx.TicketByID(v, ticket)
	if err != nil || f.Ticket.Spam || f.Ticket.Deleted || f.Ticket.MergedInto != 0 {
		return nil, err
	}
	w := &work{app: a, tx: tx, ch: &dm.Change{Number: f.Ticket.Number}, res: &Result{}, account: account}
	if w.viewer, w.dir, err = tx.Refresh(v); err != nil {
		return nil, err
	}
	return w, w.load()
}

// idle says whether a change that actions came to changes nothing.
func idle(ch *dm.Change) bool {
	return ch.Set.Empty() && len(ch.Messages) == 0 && len(ch.Share) == 0 && len(ch.Declined) == 0 && len(ch.Amend) == 0 && len(ch.Unshare) == 0 && len(ch.Partners) == 0 &&
		ch.PublicLinks.Empty() && ch.Trash == dm.TrashNone
}

// outcomeOf sums up what came of a rule's actions.
func outcomeOf(list []dm.ActionOutcome) dm.RuleOutcome {
	done, failed := false, false
	for i := range list {
		done = done || list[i].Outcome == dm.OutcomeDone
		failed = failed || list[i].Outcome == dm.OutcomeFailed
	}
	switch {
	case failed:
		return dm.RuleFailed
	case !done:
		return dm.RuleSkipped
	}
	return dm.RuleMatched
}

// sendOut puts in line what leaves the desk: mails, and what webhooks are told.
func (c *ruleChain) sendOut(r *dm.Rule, plan *actionPlan) error {
	for i := range plan.Mails {
		if err := enqueueRuleMail(c.tx, c.account, r, c.t.ID, &plan.Mails[i]); err != nil {
			return err
		}
	}
	if len(plan.Webhooks) == 0 {
		return nil
	}
	events, err := c.tx.LatestEvents(c.account, c.t.ID, 1)
	if err != nil || len(events) == 0 {
		return err
	}
	var made []dm.Delivery
	for _, hook := range plan.Webhooks {
		made = append(made, dm.Delivery{WebhookID: hook, EventID: events[0].ID, Kind: events[0].Kind, State: dm.DeliveryWaiting})
	}
	return addDeliveries(c.tx, c.account, made)
}

// inHours says whether a rule counts at a moment, by its calendar; 0 is that of
// the account, which is open around the clock where it has none.
func inHours(d *store.Directory, r *dm.Rule, at dm.Time) bool {
	switch r.Hours {
	case dm.HoursDuring:
		return d.Calendar(r.CalendarID).Open(at)
	case dm.HoursOutside:
		return !d.Calendar(r.CalendarID).Open(at)
	}
	return true
}
