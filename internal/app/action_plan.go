package app

import (
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// actionPlan is what a list of actions comes to on one ticket: one change, and
// what goes out of the desk once that has been made.
type actionPlan struct {
	Change   dm.Change
	Outcomes []dm.ActionOutcome // one for each action, in their order
	Mails    []ruleMail
	Webhooks []int64
}

// ruleMail is a mail that an action asks for, to people found with the ticket. Its
// words are filled in when it is sent.
type ruleMail struct {
	People  []int64
	Subject string
	HTML    string
	Action  int // its place among the actions
}

// actor is on whose behalf actions are done.
type actor struct {
	viewer *access.Viewer // a person, or the system where a rule acts
	rule   *dm.Rule       // nil for a person's macro
	author *access.Viewer // of a rule that is confined to its author's reach; nil otherwise
	// automatic says that a program wrote the mail behind it: nobody is answered.
	automatic bool
	// dry leaves whose turn it is as it is.
	dry bool
	// first is the place of the first action among those of the rule.
	first int
}

// planner turns actions into a change of one ticket, as it is now.
type planner struct {
	app     *App
	tx      *store.Tx
	dir     *store.Directory
	account int64
	by      actor
	t       *dm.Ticket // with tags, CCs, followers and own fields
	shares  []dm.Share // live ones
	plan    actionPlan
	at      int // the place of the present action

	values          map[string]string // of the words; nil until one is needed
	inside, outside int               // how many more shares and outside people the ticket takes; -1 no limit
	planned         []dm.Target       // shares that the plan makes
}

// planActions decides what actions come to on a ticket that was found and has its
// details, for whoever does them. What cannot be done here is left out, with the
// reason in its outcome. The change is not made, and not checked beyond that:
// ApplyIn does it, with the rights of the actor.
func (a *App) planActions(tx *store.Tx, dir *store.Directory, by actor, t *dm.Ticket, shares []dm.Share, list []dm.Action) (*actionPlan, error) {
	p := &planner{app: a, tx: tx, dir: dir, account: dir.Account.ID, by: by, t: t, shares: shares}
	p.plan.Change = dm.Change{Number: t.Number}
	p.countRoom()
	for i := range list {
		p.at = by.first + i
		o := dm.ActionOutcome{Do: list[i].Do, Outcome: dm.OutcomeDone}
		if err := p.action(&list[i], &o); err != nil {
			return nil, err
		}
		p.plan.Outcomes = append(p.plan.Outcomes, o)
	}
	return &p.plan, nil
}

// countRoom finds how many more shares the ticket takes (S0-15, C17, C20).
func (p *planner) countRoom() {
	inside, outside := 0, len(p.t.CCs)
	for i := range p.shares {
		switch {
		case p.shares[i].Target.Kind == dm.TargetRequester:
			outside++
		case p.shares[i].TargetLive:
			inside++
		}
	}
	room := func(most, have int) int {
		if most == 0 {
			return -1
		}
		return max(0, most-have)
	}
	p.inside, p.outside = room(p.dir.Settings.MaxInternal, inside), room(p.dir.Settings.MaxExternal, outside)
}

// skip notes why an action is left out.
func skip(o *dm.ActionOutcome, reason string) error {
	o.Outcome, o.Reason = dm.OutcomeSkipped, reason
	return nil
}

func (p *planner) action(a *dm.Action, o *dm.ActionOutcome) error {
	if a.Writes() && p.by.automatic {
		return skip(o, dm.SkipAutomatic)
	}
	set := &p.plan.Change.Set
	switch a.Do {
	case dm.ActSet:
		return p.set(a, o)
	case dm.ActAssign:
		return p.assign(a, o)
	case dm.ActAddTags:
		set.AddTags = append(set.AddTags, a.Tags...)
		set.RemoveTags = slices.DeleteFunc(set.RemoveTags, func(tag string) bool { return slices.Contains(a.Tags, tag) })
		o.Text = strings.Join(a.Tags, ", ")
	case dm.ActRemoveTags:
		set.RemoveTags = append(set.RemoveTags, a.Tags...)
		o.Text = strings.Join(a.Tags, ", ")
	case dm.ActReply, dm.ActNote:
		return p.write(a)
	case dm.ActNotify:
		return p.notify(a, o)
	case dm.ActAddCC:
		set.AddCCs = append(set.AddCCs, a.Addresses...)
	case dm.ActFollowers:
		return p.follow(a, o)
	case dm.ActWebhook:
		return p.webhook(a, o)
	case dm.ActShare:
		return p.share(a, o)
	case dm.ActUnshare, dm.ActUnshareAll:
		return p.unshare(a, o)
	case dm.ActSetLevel, dm.ActSetExpiry:
		return p.amend(a, o)
	case dm.ActMakeLink:
		return p.link(a, o)
	case dm.ActRevoke:
		p.plan.Change.PublicLinks.RevokeAll = true
	case dm.ActSpam, dm.ActDelete:
		return p.trash(a, o)
	}
	return nil
}

// set gives a property a value.
func (p *planner) set(a *dm.Action, o *dm.ActionOutcome) error {
	set, text, id := &p.plan.Change.Set, *a.Value, a.ValueID()
	o.Text = a.Field + " = " + text
	gone := false
	switch a.Field {
	case "status":
		s := dm.Status(text)
		set.Status, set.StatusID = &s, nil
	case "own_status":
		s, known := p.dir.Statuses[id]
		if gone = id != 0 && !known; !gone {
			set.StatusID, set.Status = &id, nil
			if id != 0 {
				set.Status = &s.Status
			}
		}
	case "priority":
		x := dm.Priority(text)
		set.Priority = &x
	case "type":
		x := dm.TicketType(text)
		set.Type = &x
	case "private":
		x := text == "true"
		set.Private = &x
	case "inbox":
		box, known := p.dir.Inboxes[id]
		if gone = !known || !box.Active; !gone {
			if p.by.author != nil && !p.by.author.ReachesInbox(id) {
				return skip(o, dm.SkipOutside)
			}
			set.InboxID = &id
		}
	case "group":
		if _, known := p.dir.Groups[id]; id == 0 || known {
			set.GroupID = &id
		} else {
			gone = true
		}
	case "department":
		if _, known := p.dir.Depts[id]; id == 0 || known {
			set.DepartmentID = &id
		} else {
			gone = true
		}
	case "subject":
		set.Subject = &text
	default:
		return p.setOwn(a, o)
	}
	if gone {
		return skip(o, dm.SkipGone)
	}
	return nil
}

func (p *planner) setOwn(a *dm.Action, o *dm.ActionOutcome) error {
	id := a.OwnField()
	if def, known := p.dir.Fields[id]; !known || !def.Active {
		return skip(o, dm.SkipGone)
	}
	set := &p.plan.Change.Set
	if set.Fields == nil {
		set.Fields = map[int64]*string{}
	}
	set.Fields[id] = a.Value
	if *a.Value == "" {
		set.Fields[id] = nil
	}
	return nil
}

// write adds a reply or a note, with its words filled in.
func (p *planner) write(a *dm.Action) error {
	text, err := p.fill(a.HTML)
	if err != nil {
		return err
	}
	kind := dm.Reply
	if a.Do == dm.ActNote {
		kind = dm.Note
	}
	p.plan.Change.Messages = append(p.plan.Change.Messages, dm.NewMessage{Kind: kind, HTML: text})
	return nil
}

// follow adds followers: agents who are active. That they can see the ticket is
// asked when the change is made, after the shares of the same list.
func (p *planner) follow(a *dm.Action, o *dm.ActionOutcome) error {
	people, err := p.tx.PeopleRefs(p.account, distinct(a.People))
	if err != nil {
		return err
	}
	for _, id := range a.People {
		t := dm.ActionTarget{Kind: dm.ToAgent, ID: id}
		o.Targets = append(o.Targets, t)
		if ref := people[id]; ref.Kind != dm.Agent || !ref.Active {
			o.Left = append(o.Left, dm.LeftTarget{ActionTarget: t, Reason: dm.SkipGone})
			continue
		}
		p.plan.Change.Set.AddFollowers = append(p.plan.Change.Set.AddFollowers, id)
	}
	return allLeft(o)
}

// allLeft skips an action that left out all its targets.
func allLeft(o *dm.ActionOutcome) error {
	if len(o.Left) > 0 && len(o.Left) == len(o.Targets) {
		return skip(o, o.Left[0].Reason)
	}
	return nil
}

func (p *planner) webhook(a *dm.Action, o *dm.ActionOutcome) error {
	at := slices.IndexFunc(p.dir.Webhooks, func(w dm.Webhook) bool { return w.ID == a.WebhookID })
	if at < 0 {
		return skip(o, dm.SkipGone)
	}
	o.Text = p.dir.Webhooks[at].Name
	p.plan.Webhooks = append(p.plan.Webhooks, a.WebhookID)
	return nil
}

func (p *planner) trash(a *dm.Action, o *dm.ActionOutcome) error {
	move := dm.TrashSpam
	if a.Do == dm.ActDelete {
		move = dm.TrashDelete
	}
	if p.t.Deleted || p.t.Spam && move == dm.TrashSpam {
		return skip(o, dm.SkipSame)
	}
	p.plan.Change.Trash = move
	return nil
}
