package app

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/rules"
	"github.com/deskmesh/deskmesh/internal/store"
)

// RulePatch sets what a rule is; nil leaves a part as it is. Version, where it is
// not 0, must be the rule's.
type RulePatch struct {
	Name        *string
	Description *string
	Enabled     *bool
	BrandID     *int64
	Hours       *dm.RuleHours
	CalendarID  *int64
	Performers  *[]dm.Performer
	Events      *[]dm.RuleEvent
	Condition   *[]byte // JSON; see dm.ParseRuleCondition
	Actions     *[]byte // JSON; see dm.ParseActions
	Version     int64
}

// ruleChange is one change of a rule being checked.
type ruleChange struct {
	*act
	patch   *RulePatch
	old     dm.Rule // the zero value for a new one
	next    dm.Rule
	created bool
	dir     *store.Directory
}

// check applies the patch and refuses what is wrong with it; what changed is noted
// for the log.
func (c *ruleChange) check() error {
	var err error
	if c.dir, err = c.tx.Directory(c.account); err != nil {
		return err
	}
	p := c.patch
	if c.created || p.Name != nil {
		c.next.Name = c.faults.name("name", value(p.Name), dm.MaxRuleName)
	}
	if p.Description != nil {
		c.next.Description = strings.TrimSpace(cleanText(*p.Description))
		if utf8.RuneCountInString(c.next.Description) > dm.MaxRuleText {
			c.faults.add("description", "This may have at most %d characters.", dm.MaxRuleText)
		}
	}
	if p.Enabled != nil {
		c.next.Enabled = *p.Enabled
	}
	c.checkWhere()
	c.checkWho()
	for _, step := range []func() error{c.readCondition, c.readActions} {
		if err := c.faults.take(step()); err != nil {
			return err
		}
	}
	if err := c.faults.err(); err != nil {
		return err
	}
	c.describe()
	return nil
}

// checkWhole looks at a rule that was put together from what was stored.
func (c *ruleChange) checkWhole() error {
	var err error
	if c.dir, err = c.tx.Directory(c.account); err != nil {
		return err
	}
	c.patch = &RulePatch{BrandID: &c.next.BrandID, Hours: &c.next.Hours, CalendarID: &c.next.CalendarID}
	c.checkWhere()
	if err := c.faults.take(c.dir.CheckRuleCondition(&c.next.Condition)); err != nil {
		return err
	}
	if err := c.faults.take(c.checkActions()); err != nil {
		return err
	}
	return c.faults.err()
}

// checkWhere checks brand and hours.
func (c *ruleChange) checkWhere() {
	p := c.patch
	if p.BrandID != nil {
		c.next.BrandID = *p.BrandID
		if _, known := c.dir.Brands[*p.BrandID]; !known && *p.BrandID != 0 {
			c.faults.add("brand_id", "There is no such brand.")
		}
	}
	c.checkHours()
}

// checkHours checks when the rule counts, and by which calendar.
func (c *ruleChange) checkHours() {
	p := c.patch
	if p.Hours != nil {
		c.next.Hours = oneOf(&c.faults, "hours", *p.Hours, dm.AllRuleHours...)
	}
	if p.CalendarID != nil {
		c.next.CalendarID = *p.CalendarID
		if _, known := c.dir.Calendars[*p.CalendarID]; !known && *p.CalendarID != 0 {
			c.faults.add("calendar_id", "There is no such calendar.")
		}
	}
}

// checkWho checks performers and events.
func (c *ruleChange) checkWho() {
	p := c.patch
	if p.Performers != nil {
		c.next.Performers = nil
		for i, who := range *p.Performers {
			place := "performers[" + strconv.Itoa(i) + "]"
			oneOf(&c.faults, place, who, dm.Performers...)
			if slices.Contains(c.next.Performers, who) {
				c.faults.add(place, "This is in the list already.")
			}
			c.next.Performers = append(c.next.Performers, who)
		}
		if len(c.next.Performers) > 0 && c.next.Kind == dm.RuleTime {
			c.faults.add("performers", "Nobody performs what a time rule waits for.")
		}
	}
	if p.Events == nil {
		return
	}
	c.next.Events = *p.Events
	if len(c.next.Events) > 0 && c.next.Kind != dm.RuleUpdate {
		c.faults.add("events", "Only rules about updates wait for events.")
		return
	}
	if len(c.next.Events) > dm.MaxRuleEvents {
		c.faults.add("events", "A rule waits for at most %d events.", dm.MaxRuleEvents)
		return
	}
	for i := range c.next.Events {
		c.checkEvent("events["+strconv.Itoa(i)+"]", &c.next.Events[i])
	}
}

func (c *ruleChange) checkEvent(place string, e *dm.RuleEvent) {
	leaf := dm.Condition{Field: e.Event}
	if id := leaf.OwnField(); id != 0 {
		if _, known := c.dir.Fields[id]; !known {
			c.faults.add(place+".event", "There is no such field.")
		}
	} else if !rules.KnownEvent(e.Event) {
		c.faults.add(place+".event", "There is no such event.")
		return
	}
	bare := slices.Contains([]string{"reply", "note", "share"}, e.Event)
	for name, text := range map[string]*string{".from": e.From, ".to": e.To} {
		switch {
		case text == nil:
		case bare:
			c.faults.add(place+name, "This event has no values.")
		case utf8.RuneCountInString(*text) > 500 || !utf8.ValidString(*text) || strings.Contains(*text, "\x00"):
			c.faults.add(place+name, "A value has at most 500 characters.")
		}
	}
}

func (c *ruleChange) readCondition() error {
	if c.patch.Condition == nil {
		return nil
	}
	condition, err := dm.ParseRuleCondition(*c.patch.Condition)
	if err == nil {
		err = c.dir.CheckRuleCondition(&condition)
	}
	if err != nil {
		return err
	}
	c.next.Condition = condition
	if c.next.Kind == dm.RuleUpdate || c.next.Kind == dm.RuleAssign {
		return nil
	}
	return dm.OfRule(condition.Walk(func(leaf *dm.Condition, place string) error {
		if leaf.Op.Changes() {
			return dm.BadCondition(place, "only rules about updates ask what changed.")
		}
		return nil
	}))
}

func (c *ruleChange) readActions() error {
	if c.patch.Actions == nil {
		if c.created {
			return dm.BadField("actions", "Say what the rule does.")
		}
		return nil
	}
	list, err := dm.ParseActions(*c.patch.Actions, true)
	if err != nil {
		return err
	}
	c.next.Actions, c.next.Broken = list, false
	return c.checkActions()
}

// checkActions looks at what the actions name, cleans their texts, and wants what
// the kind of rule cannot do without.
func (c *ruleChange) checkActions() error {
	list := c.next.Actions
	if err := checkActions(c.tx, c.dir, list); err != nil {
		return err
	}
	assigns := slices.ContainsFunc(list, func(a dm.Action) bool {
		return a.Do == dm.ActAssign && a.How != dm.AssignNobody || a.Do == dm.ActSet && a.Field == "group"
	})
	if c.next.Kind == dm.RuleAssign && !assigns {
		return dm.BadField("actions", "A rule about assignment assigns the ticket, or gives it a group.")
	}
	return nil
}

// checkActions refuses actions that name what the account does not have, or words
// that are none, and cleans their HTML. The error names the place.
func checkActions(tx *store.Tx, dir *store.Directory, list []dm.Action) error {
	there, err := namedBy(tx, dir.Account.ID, []*dm.Rule{{Actions: list}})
	if err != nil {
		return err
	}
	for i := range list {
		a := &list[i]
		place := "actions[" + strconv.Itoa(i) + "]"
		if member := missingOf(dir, &there, a); member != "" {
			return dm.BadField(place+"."+member, "There is no such thing in this account.")
		}
		if a.HTML == "" {
			continue
		}
		if unknownWords(a.HTML)+unknownWords(a.Subject) > 0 {
			return dm.BadField(place+".html", "The words between braces are %s.", strings.Join(dm.SnippetWords, ", "))
		}
		clean, text := mail.Sanitise(cleanText(a.HTML), nil)
		if strings.TrimSpace(text) == "" {
			return dm.BadField(place+".html", "This needs a text.")
		}
		a.HTML = clean
	}
	return nil
}

// describe notes what changed for the log; texts of conditions and actions are not
// repeated there, their versions are kept.
func (c *ruleChange) describe() {
	o, n := &c.old, &c.next
	if c.created {
		c.changed("kind", "", string(n.Kind))
	}
	c.changed("name", o.Name, n.Name)
	if o.Description != n.Description {
		c.touched("description")
	}
	if !c.created {
		c.changedFlag("enabled", o.Enabled, n.Enabled)
	}
	c.changedID("brand", o.BrandID, n.BrandID)
	if !c.created {
		c.changed("hours", string(o.Hours), string(n.Hours))
	}
	c.changed("performers", joinTexts(o.Performers), joinTexts(n.Performers))
	for name, part := range map[string][2]any{"events": {o.Events, n.Events}, "condition": {o.Condition, n.Condition}, "actions": {o.Actions, n.Actions}} {
		was, errWas := json.Marshal(part[0])
		is, errIs := json.Marshal(part[1])
		if !c.created && (errors.Join(errWas, errIs) != nil || string(was) != string(is)) {
			c.touched(name)
		}
	}
}

// sign makes the viewer the rule's author.
func (c *ruleChange) sign() {
	c.next.AuthorID, c.next.UpdatedBy, c.next.Confined = c.viewer.Person(), c.viewer.Person(), !c.viewer.ReachesAll()
}

// save stores the change: as a new version by the viewer, unless the rule does the
// same as before. A rule that is switched on is signed too: it acts from now on
// because they want it to.
func (c *ruleChange) save(action string) error {
	c.next.UpdatedBy = c.viewer.Person()
	quiet := map[string]bool{"name": true, "description": true, "enabled": true}
	other := slices.ContainsFunc(c.changes, func(x dm.FieldChange) bool { return !quiet[x.Field] })
	if other || c.next.Enabled && !c.old.Enabled && !c.covers(c.viewer) {
		c.sign()
	}
	if slices.ContainsFunc(c.changes, func(x dm.FieldChange) bool { return x.Field != "enabled" }) {
		c.next.Version++
	}
	if err := c.tx.SaveRule(c.account, &c.next); err != nil {
		return err
	}
	return c.log(action, "rule", c.next.ID)
}

// covers says whether the viewer's own reach is not less than the rule's.
func (c *ruleChange) covers(v *access.Viewer) bool { return c.next.Confined || v.ReachesAll() }
