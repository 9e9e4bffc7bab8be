package app

import (
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// wideShare is from how many targets on a rule is said to share widely.
const wideShare = 15

// peopleOf lists the people that a rule's actions name.
func peopleOf(r *dm.Rule) (ids []int64) {
	for i := range r.Actions {
		a := &r.Actions[i]
		ids = append(append(ids, a.PersonID), a.People...)
		for _, t := range slices.Concat(a.Targets, a.To) {
			if t.Kind == dm.ToAgent || t.Kind == dm.ToRequester {
				ids = append(ids, t.ID)
			}
		}
	}
	return ids
}

// named is what actions name beside what the directory has.
type named struct {
	people    map[int64]dm.PersonRef
	templates map[int64]int // share templates that are there, with how many targets
}

// namedBy reads what the actions of rules name, and who else is asked for.
func namedBy(tx *store.Tx, account int64, list []*dm.Rule, people ...int64) (n named, err error) {
	byTemplate := false
	for _, r := range list {
		people = append(people, peopleOf(r)...)
		byTemplate = byTemplate || slices.ContainsFunc(r.Actions, func(a dm.Action) bool { return a.TemplateID != 0 })
	}
	if n.people, err = tx.PeopleRefs(account, distinct(people)); err != nil || !byTemplate {
		return n, err
	}
	templates, err := tx.ShareTemplates(account)
	n.templates = make(map[int64]int, len(templates))
	for i := range templates {
		n.templates[templates[i].ID] = len(templates[i].Targets)
	}
	return n, err
}

// missingOf names the member of an action that names what is no longer there; ""
// where all is.
func missingOf(dir *store.Directory, n *named, a *dm.Action) string {
	people := n.people
	active := func(id int64, kind dm.PersonKind) bool { return people[id].Active && people[id].Kind == kind }
	switch {
	case a.PersonID != 0 && !active(a.PersonID, dm.Agent):
		return "person_id"
	case a.GroupID != 0 && dir.Groups[a.GroupID].ID == 0:
		return "group_id"
	case a.WebhookID != 0 && !slices.ContainsFunc(dir.Webhooks, func(w dm.Webhook) bool { return w.ID == a.WebhookID }):
		return "webhook_id"
	case a.TemplateID != 0 && n.templates[a.TemplateID] == 0:
		return "template_id"
	case a.Do == dm.ActSet && missingValue(dir, a):
		return "value"
	case slices.ContainsFunc(a.People, func(id int64) bool { return !active(id, dm.Agent) }):
		return "people"
	}
	for member, list := range map[string][]dm.ActionTarget{"targets": a.Targets, "to": a.To} {
		for _, t := range list {
			gone := false
			switch t.Kind {
			case dm.ToAgent:
				gone = !active(t.ID, dm.Agent)
			case dm.ToRequester:
				gone = t.ID != 0 && !active(t.ID, dm.Requester)
			case dm.ToGroup:
				gone = dir.Groups[t.ID].ID == 0
			case dm.ToFieldGroup:
				gone = !dir.Fields[t.ID].Active
			}
			if gone {
				return member
			}
		}
	}
	return ""
}

func missingValue(dir *store.Directory, a *dm.Action) bool {
	id, known := a.ValueID(), true
	switch {
	case a.OwnField() != 0:
		def, there := dir.Fields[a.OwnField()]
		if !there || !def.Active {
			return true
		}
		if *a.Value == "" {
			return false
		}
		_, err := fieldValue(&def, *a.Value)
		return err != nil
	case id == 0:
		return false
	case a.Field == "own_status":
		_, known = dir.Statuses[id]
	case a.Field == "inbox":
		known = dir.Inboxes[id].Active
	case a.Field == "group":
		_, known = dir.Groups[id]
	case a.Field == "department":
		_, known = dir.Depts[id]
	}
	return !known
}

// ruleWarnings says what the author of a rule should look at.
func ruleWarnings(dir *store.Directory, n *named, all []dm.Rule, r *dm.Rule) []dm.RuleWarning {
	list := []dm.RuleWarning{}
	warn := func(code, text string) { list = append(list, dm.RuleWarning{Code: code, Text: text}) }
	if r.Broken {
		warn("broken", "Another version of the program wrote this rule. It does nothing until it is saved anew.")
		return list
	}
	if r.Confined && !n.people[r.AuthorID].Active {
		warn("author", "Its author is deactivated, and the rule was confined to what they reach: it does nothing until somebody else saves it.")
	}
	gone := dir.CheckRuleCondition(&r.Condition) != nil || slices.ContainsFunc(r.Actions, func(a dm.Action) bool { return missingOf(dir, n, &a) != "" })
	if _, known := dir.Brands[r.BrandID]; r.BrandID != 0 && !known || gone {
		warn("gone", "It names something that is no longer there. What cannot be done any more is left out.")
	}
	if shares, targets := sharesOf(r, n); shares && r.Condition.Empty() && len(r.Events) == 0 && r.BrandID == 0 {
		warn("wide", "It shares every ticket: it has no condition.")
	} else if targets >= wideShare {
		warn("wide", "It lets many people in to every ticket that it matches.")
	}
	if others := loopsWith(all, r); len(others) > 0 {
		warn("loop", "It does what starts it, or another rule does: "+strings.Join(others, ", ")+". In one chain each rule acts once, so that they come to an end.")
	}
	return list
}

func sharesOf(r *dm.Rule, n *named) (shares bool, targets int) {
	for i := range r.Actions {
		if r.Actions[i].Do == dm.ActShare {
			shares, targets = true, targets+len(r.Actions[i].Targets)+n.templates[r.Actions[i].TemplateID]
		}
	}
	return shares, targets
}

// loopsWith names the rules, itself among them, with which an update rule feeds
// itself: each does what the other waits for.
func loopsWith(all []dm.Rule, r *dm.Rule) (names []string) {
	if r.Kind != dm.RuleUpdate || !r.Enabled {
		return nil
	}
	for i := range all {
		other := &all[i]
		if other.Kind == dm.RuleUpdate && other.Enabled && !other.Broken && feeds(r, other) && feeds(other, r) && len(names) < 5 {
			names = append(names, other.Name)
		}
	}
	return names
}

// feeds says whether what one rule does is what the other waits for, in so many
// words: rules that wait for any change are not counted.
func feeds(from, to *dm.Rule) bool {
	if len(to.Performers) > 0 && !slices.Contains(to.Performers, dm.ByRule) {
		return false
	}
	does := func(event string) bool {
		return slices.ContainsFunc(from.Actions, func(a dm.Action) bool { return slices.Contains(eventsOf(&a), event) })
	}
	if slices.ContainsFunc(to.Events, func(e dm.RuleEvent) bool { return does(e.Event) }) {
		return true
	}
	found := false
	_ = to.Condition.Walk(func(leaf *dm.Condition, _ string) error {
		found = found || leaf.Op.Changes() && leaf.Op != dm.OpNotChanged && does(leaf.Field)
		return nil
	})
	return found
}

// eventsOf lists the events that an action makes.
func eventsOf(a *dm.Action) []string {
	switch a.Do {
	case dm.ActSet:
		if a.Field == "own_status" {
			return []string{"status"}
		}
		return []string{a.Field}
	case dm.ActAssign:
		return []string{"assignee", "group"}
	case dm.ActAddTags, dm.ActRemoveTags:
		return []string{"tags"}
	case dm.ActReply:
		return []string{"reply"}
	case dm.ActNote:
		return []string{"note"}
	case dm.ActAddCC:
		return []string{"cc"}
	case dm.ActFollowers:
		return []string{"followers"}
	case dm.ActShare:
		return []string{"share"}
	}
	return nil
}
