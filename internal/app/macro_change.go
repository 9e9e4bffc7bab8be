package app

import (
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// applyActions does a person's actions on one ticket as one change, whole or not
// at all. Where one of them cannot be done here, such as a share with a group
// that is gone, the whole is refused with the reason: a person sees it, and can
// change the macro. What is as wanted already is no reason. With dry, nothing is
// to be kept of it, and no turn in a group is used up.
func (a *App) applyActions(tx *store.Tx, v *access.Viewer, number int64, list []dm.Action, cause dm.Cause, dry bool) (*Result, error) {
	f, err := tx.LockTicket(v, number)
	if err != nil {
		return nil, err
	}
	if err := tx.LoadDetails(v.Account(), &f.Ticket); err != nil {
		return nil, err
	}
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	plan, err := a.planActions(tx, dir, actor{viewer: v, dry: dry}, &f.Ticket, f.Shares, list)
	if err != nil {
		return nil, err
	}
	for i := range plan.Outcomes {
		if reason := blocking(&plan.Outcomes[i]); reason != "" {
			return nil, dm.Errorf(dm.Conflict, "%s", blockedWords[reason]).With(reason)
		}
	}
	plan.Change.Cause, plan.Change.Undoable = cause, true
	res, err := a.ApplyIn(tx, v, plan.Change)
	if err == nil && len(plan.Webhooks) > 0 {
		err = callWebhooks(tx, dir, plan.Webhooks, res.TicketID)
	}
	return res, err
}

// blocking gives the reason for which a person's action cannot be done; "" for
// none.
func blocking(o *dm.ActionOutcome) string {
	reasons := []string{o.Reason}
	for _, left := range o.Left {
		reasons = append(reasons, left.Reason)
	}
	for _, reason := range reasons {
		if reason != "" && reason != dm.SkipSame && reason != dm.SkipNoShare {
			return reason
		}
	}
	return ""
}

var blockedWords = map[string]string{
	dm.SkipGone:      "Something that the macro names is no longer there.",
	dm.SkipNobody:    "Nobody was found for one of its actions.",
	dm.SkipCap:       "The ticket is shared with as many as it may be.",
	dm.SkipPrivate:   "A private ticket cannot be shared with requesters or opened by a link.",
	dm.SkipSwitched:  "The desk has this kind of sharing switched off.",
	dm.SkipOutside:   "This is outside of what may be reached.",
	dm.SkipAutomatic: "Automatic mail is not answered.",
	dm.SkipLimit:     "As much was done as may be.",
}

// callWebhooks sends the newest event of a ticket that each of the webhooks may
// be told of.
func callWebhooks(tx *store.Tx, dir *store.Directory, ids []int64, ticket int64) error {
	events, err := tx.LatestEvents(dir.Account.ID, ticket, 50)
	if err != nil {
		return err
	}
	var made []dm.Delivery
	for i := range dir.Webhooks {
		w := &dir.Webhooks[i]
		if !slices.Contains(ids, w.ID) {
			continue
		}
		if at := slices.IndexFunc(events, func(e dm.Event) bool { return w.Reach.Tells(&e) }); at >= 0 {
			made = append(made, dm.Delivery{WebhookID: w.ID, EventID: events[at].ID, Kind: events[at].Kind, State: dm.DeliveryWaiting})
		}
	}
	if len(made) == 0 {
		return nil
	}
	return addDeliveries(tx, dir.Account.ID, made)
}

// setMacroActions checks the actions of a macro and puts them into it: that what
// they name is there, and that their texts are clean. A webhook is named by
// those who keep webhooks.
func (t *act) setMacroActions(m *dm.Macro, list []dm.Action) error {
	if len(list) == 0 {
		t.faults.add("actions", "A macro needs an action.")
		return nil
	}
	dir, err := t.tx.Directory(t.account)
	if err != nil {
		return err
	}
	list = slices.Clone(list)
	for i := range list {
		if err := t.checkMacroAction(dir, &list[i], "actions["+strconv.Itoa(i)+"]", m.Actions); err != nil {
			return err
		}
	}
	m.Actions = list
	t.touched("actions")
	return nil
}

func (t *act) checkMacroAction(dir *store.Directory, a *dm.Action, where string, before []dm.Action) error {
	switch a.Do {
	case dm.ActReply, dm.ActNote:
		clean, text := mail.Sanitise(cleanText(a.HTML), nil)
		if strings.TrimSpace(text) == "" {
			t.faults.add(where+".html", "A message needs a text.")
		}
		if unknownWords(clean) > 0 {
			t.faults.add(where+".html", "There are placeholders in it that nothing can be put in for. There are %s.", joinTexts(dm.SnippetWords))
		}
		a.HTML = clean
	case dm.ActWebhook:
		known := slices.ContainsFunc(dir.Webhooks, func(w dm.Webhook) bool { return w.ID == a.WebhookID })
		had := slices.ContainsFunc(before, func(b dm.Action) bool { return b.Do == dm.ActWebhook && b.WebhookID == a.WebhookID })
		if !known || !had && !t.viewer.Can(dm.WebhooksManage) {
			t.faults.add(where+".webhook_id", "There is no such webhook, or you may not use it.")
		}
	case dm.ActSet:
		t.checkMacroSet(dir, a, where)
	case dm.ActAssign:
		if _, live := dir.Groups[a.GroupID]; a.GroupID != 0 && !live {
			t.faults.add(where+".group_id", "There is no such group.")
		}
		if a.PersonID != 0 {
			return t.checkMacroPeople(where+".person_id", false, dm.Agent, []int64{a.PersonID})
		}
	case dm.ActFollowers:
		return t.checkMacroPeople(where+".people", true, dm.Agent, a.People)
	}
	if err := t.checkMacroTemplate(a, where); err != nil {
		return err
	}
	return t.checkMacroTargets(dir, a.Targets, where+".targets")
}

// checkMacroTemplate wants the share template that an action names to be there,
// for those who share by templates.
func (t *act) checkMacroTemplate(a *dm.Action, where string) error {
	if a.TemplateID == 0 {
		return nil
	}
	_, err := t.tx.ShareTemplate(t.account, a.TemplateID)
	if dm.CodeOf(err) == dm.NotFound || err == nil && maySeeTemplates(t.viewer) != nil {
		t.faults.add(where+".template_id", "There is no such share template.")
		return nil
	}
	return err
}

func (t *act) checkMacroSet(dir *store.Directory, a *dm.Action, where string) {
	id := a.ValueID()
	known := true
	switch a.Field {
	case "own_status":
		_, known = dir.Statuses[id]
	case "inbox":
		_, known = dir.Inboxes[id]
	case "group":
		_, known = dir.Groups[id]
	case "department":
		_, known = dir.Depts[id]
	default:
		own := a.OwnField()
		if own == 0 {
			return
		}
		def, there := dir.Fields[own]
		if !there || !def.Active {
			t.faults.add(where+".field", "There is no such field.")
		} else if *a.Value != "" {
			if _, err := fieldValue(&def, *a.Value); err != nil {
				t.faults.add(where+".value", "%s", err.Error())
			}
		}
		return
	}
	if id != 0 && !known {
		t.faults.add(where+".value", "There is nothing with this id.")
	}
}

func (t *act) checkMacroTargets(dir *store.Directory, list []dm.ActionTarget, where string) error {
	for i, target := range list {
		at := where + "[" + strconv.Itoa(i) + "]"
		switch target.Kind {
		case dm.ToGroup:
			if _, live := dir.Groups[target.ID]; !live {
				t.faults.add(at, "There is no such group.")
			}
		case dm.ToFieldGroup:
			if !dir.Fields[target.ID].Active {
				t.faults.add(at, "There is no such field.")
			}
		case dm.ToAgent, dm.ToRequester:
			kind := dm.Agent
			if target.Kind == dm.ToRequester {
				kind = dm.Requester
			}
			if err := t.checkMacroPeople(at, false, kind, []int64{target.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkMacroPeople wants people to be there, active and of a kind. Of several,
// each has its place.
func (t *act) checkMacroPeople(where string, several bool, kind dm.PersonKind, ids []int64) error {
	people, err := t.tx.PeopleRefs(t.account, distinct(ids))
	if err != nil {
		return err
	}
	for i, id := range ids {
		if p := people[id]; p.Active && p.Kind == kind {
			continue
		}
		at := where
		if several {
			at += "[" + strconv.Itoa(i) + "]"
		}
		t.faults.add(at, "There is no such person here.")
	}
	return nil
}
