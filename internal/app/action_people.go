package app

import (
	"html"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
)

// assign finds who the ticket goes to, among those who can work in its inbox.
func (p *planner) assign(a *dm.Action, o *dm.ActionOutcome) error {
	set, nobody := &p.plan.Change.Set, int64(0)
	group := a.GroupID
	if group == 0 {
		group = p.group()
	}
	if _, live := p.dir.Groups[group]; a.GroupID != 0 && !live {
		return skip(o, dm.SkipGone)
	}
	var person int64
	switch a.How {
	case dm.AssignNobody:
		set.AssigneeID = &nobody
		return nil
	case dm.AssignPerson:
		people, err := p.tx.PeopleRefs(p.account, []int64{a.PersonID})
		if err != nil {
			return err
		}
		o.Targets = append(o.Targets, dm.ActionTarget{Kind: dm.ToAgent, ID: a.PersonID})
		if ref := people[a.PersonID]; ref.Kind != dm.Agent || !ref.Active {
			return skip(o, dm.SkipGone)
		}
		person = a.PersonID
	default:
		if group == 0 {
			return skip(o, dm.SkipNobody)
		}
		able, err := p.able(group)
		if err != nil {
			return err
		}
		if len(able) == 0 {
			o.Targets = append(o.Targets, dm.ActionTarget{Kind: dm.ToGroup, ID: group})
			return skip(o, dm.SkipNobody)
		}
		if person, err = p.whose(a.How, group, able); err != nil {
			return err
		}
		o.Targets = append(o.Targets, dm.ActionTarget{Kind: dm.ToAgent, ID: person})
	}
	set.AssigneeID = &person
	if a.GroupID != 0 {
		set.GroupID = &group
	}
	return nil
}

// group is the ticket's group, as the plan leaves it.
func (p *planner) group() int64 {
	if set := p.plan.Change.Set.GroupID; set != nil {
		return *set
	}
	return p.t.GroupID
}

func (p *planner) inbox() int64 {
	if set := p.plan.Change.Set.InboxID; set != nil {
		return *set
	}
	return p.t.InboxID
}

// able lists the active members of a group who can work in the ticket's inbox.
func (p *planner) able(group int64) ([]int64, error) {
	members, err := p.tx.ActiveMembers(p.account, group)
	if err != nil {
		return nil, err
	}
	var able []int64
	for _, id := range members {
		v, err := p.tx.ViewerIn(p.dir, id)
		if err != nil {
			return nil, err
		}
		if v.IsAgent() && v.ReachesInbox(p.inbox()) {
			able = append(able, id)
		}
	}
	return able, nil
}

// whose finds whose turn it is. The turns of a group are kept in the database, and
// are one row of members whichever rule or macro asks.
func (p *planner) whose(how dm.AssignHow, group int64, able []int64) (int64, error) {
	if how == dm.AssignLeast {
		open, err := p.tx.OpenTicketsOf(p.account, able)
		if err != nil {
			return 0, err
		}
		return slices.MinFunc(able, func(a, b int64) int { return open[a] - open[b] }), nil
	}
	last, err := p.tx.LastTurn(p.account, group, !p.by.dry)
	if err != nil {
		return 0, err
	}
	next := able[0]
	for _, id := range able {
		if id > last {
			next = id
			break
		}
	}
	if p.by.dry {
		return next, nil
	}
	return next, p.tx.SetTurn(p.account, group, next)
}

// notify asks for a mail to people found with the ticket. Whether each may hear of
// it is decided when it is sent.
func (p *planner) notify(a *dm.Action, o *dm.ActionOutcome) error {
	var people []int64
	for _, t := range a.To {
		o.Targets = append(o.Targets, t)
		found, err := p.mailed(t)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			o.Left = append(o.Left, dm.LeftTarget{ActionTarget: t, Reason: dm.SkipNobody})
		}
		people = append(people, found...)
	}
	o.Text = a.Subject
	if people = distinct(people); len(people) > 0 {
		p.plan.Mails = append(p.plan.Mails, ruleMail{People: people, Subject: a.Subject, HTML: a.HTML, Action: p.at})
	}
	return allLeft(o)
}

func (p *planner) mailed(t dm.ActionTarget) ([]int64, error) {
	one := func(id int64) []int64 {
		if id == 0 {
			return nil
		}
		return []int64{id}
	}
	switch t.Kind {
	case dm.ToRequester:
		return one(p.t.RequesterID), nil
	case dm.ToAssignee:
		if set := p.plan.Change.Set.AssigneeID; set != nil {
			return one(*set), nil
		}
		return one(p.t.AssigneeID), nil
	case dm.ToGroup, dm.ToAssignedGroup:
		group := t.ID
		if t.Kind == dm.ToAssignedGroup {
			group = p.group()
		}
		if _, live := p.dir.Groups[group]; !live {
			return nil, nil
		}
		return p.tx.ActiveMembers(p.account, group)
	}
	people, err := p.tx.PeopleRefs(p.account, []int64{t.ID})
	if ref := people[t.ID]; err != nil || !ref.Active || ref.Kind != dm.Agent {
		return nil, err
	}
	return one(t.ID), nil
}

// fill puts the ticket's values in place of the words of a text of HTML. Values
// are escaped and never read for words again.
func (p *planner) fill(text string) (string, error) {
	if p.values == nil {
		people, err := p.tx.PeopleRefs(p.account, distinct([]int64{p.t.RequesterID, p.by.viewer.Person()}))
		if err != nil {
			return "", err
		}
		agent := people[p.by.viewer.Person()].Name
		if agent == "" {
			agent = p.dir.Account.Name
		}
		p.values = wordValues(p.t, people[p.t.RequesterID].Name, agent, p.dir.Account.Name)
	}
	return fillWords(text, p.values, html.EscapeString), nil
}

// wordValues gives what stands for each of dm.SnippetWords.
func wordValues(t *dm.Ticket, requester, agent, account string) map[string]string {
	first, _, _ := strings.Cut(requester, " ")
	return map[string]string{
		"requester.name": requester, "requester.first_name": first, "ticket.number": idText(t.Number), "ticket.subject": t.Subject,
		"agent.name": agent, "account.name": account,
	}
}

// fillWords replaces the words that have a value; others stay as they are.
func fillWords(text string, values map[string]string, escape func(string) string) string {
	return snippetWord.ReplaceAllStringFunc(text, func(word string) string {
		value, known := values[strings.TrimSpace(word[2:len(word)-2])]
		if !known {
			return word
		}
		return escape(value)
	})
}
