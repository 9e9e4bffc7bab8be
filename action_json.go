package deskmesh

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseActions reads a list of 1 to MaxActions actions from JSON, of a rule or of
// a macro. What a kind does not have, a value that its member cannot have, a
// target named twice (S3-13) and a 26th target (S3-12) are Invalid errors with
// the place, such as "actions[2].level". Which ids the account has is not looked
// at.
func ParseActions(raw []byte, rule bool) ([]Action, error) {
	if len(raw) > MaxActionBytes {
		return nil, BadField("actions", "The actions have at most %d characters.", MaxActionBytes)
	}
	var parts []json.RawMessage
	if !utf8.Valid(raw) || json.Unmarshal(raw, &parts) != nil || len(parts) == 0 || len(parts) > MaxActions {
		return nil, BadField("actions", "This is a list of 1 to %d actions.", MaxActions)
	}
	list := make([]Action, len(parts))
	for i, part := range parts {
		p := actionParser{at: i, rule: rule}
		if err := p.read(part, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// actionParser reads one action.
type actionParser struct {
	at   int
	rule bool
	keys map[string]json.RawMessage
}

func (p *actionParser) bad(member, format string, args ...any) error {
	return BadField(actionPlace(p.at, member), format, args...)
}

func (p *actionParser) read(raw []byte, a *Action) error {
	var err error
	if p.keys, err = jsonObject(raw); err != nil {
		return p.bad("", "An action is an object with do and the members of its kind.")
	}
	if json.Unmarshal(p.keys["do"], &a.Do) != nil {
		return p.bad("do", "This is the kind of the action.")
	}
	shape := ShapeOf(a.Do)
	if shape == nil || shape.RulesOnly && !p.rule {
		return p.bad("do", "There is no such action here.")
	}
	for key, part := range p.keys {
		if key == "do" {
			continue
		}
		if !slices.Contains(shape.Members, key) {
			return p.bad("", "This action has an unknown member; it has %s.", membersText(shape))
		}
		if err := p.member(a, key, part); err != nil {
			return err
		}
	}
	return p.check(a)
}

func membersText(shape *ActionShape) string {
	if len(shape.Members) == 0 {
		return "none"
	}
	return strings.Join(shape.Members, ", ")
}

// member decodes one member; null leaves it out.
func (p *actionParser) member(a *Action, key string, raw []byte) error {
	to := map[string]any{
		"field": &a.Field, "value": &a.Value, "how": &a.How, "person_id": &a.PersonID, "group_id": &a.GroupID, "tags": &a.Tags, "html": &a.HTML,
		"subject": &a.Subject, "addresses": &a.Addresses, "people": &a.People, "webhook_id": &a.WebhookID, "level": &a.Level,
		"see_internal": &a.SeeInternal, "reply_public": &a.ReplyPublic, "forward": &a.Forward, "can_reshare": &a.CanReshare,
		"expires_in_hours": &a.ExpiresInHours, "reason": &a.Reason, "notify": &a.Notify, "template_id": &a.TemplateID, "label": &a.Label,
	}[key]
	switch key {
	case "to":
		return p.targets(raw, key, NoticeTargetKinds, &a.To)
	case "targets":
		return p.targets(raw, key, ShareTargetKinds, &a.Targets)
	}
	if json.Unmarshal(raw, to) != nil {
		return p.bad(key, "This value has the wrong form.")
	}
	return nil
}

func (p *actionParser) targets(raw []byte, key string, kinds []ActionTargetKind, to *[]ActionTarget) error {
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil || len(parts) > MaxActionTargets {
		return p.bad(key, "This is a list of at most %d targets, agents and groups together.", MaxActionTargets)
	}
	for i, part := range parts {
		place := key + "[" + strconv.Itoa(i) + "]"
		var t ActionTarget
		keys, err := jsonObject(part)
		for name, value := range keys {
			known := name == "kind" && json.Unmarshal(value, &t.Kind) == nil || name == "id" && json.Unmarshal(value, &t.ID) == nil
			if !known {
				return p.bad(place, "A target has a kind and, where it needs one, an id.")
			}
		}
		if err != nil || !slices.Contains(kinds, t.Kind) {
			return p.bad(place+".kind", "The kind is one of %s.", strings.Join(texts(kinds), ", "))
		}
		if t.named(key == "to") != (t.ID != 0) || t.ID < 0 || t.ID >= 1<<53 {
			return p.bad(place+".id", "An agent, a group, a requester and a field have an id, and nothing else has.")
		}
		if slices.Contains(*to, t) {
			return p.bad(place, "This is in the list already.")
		}
		*to = append(*to, t)
	}
	return nil
}

// check wants what the kind cannot do without.
func (p *actionParser) check(a *Action) error {
	for _, id := range []struct {
		key string
		id  int64
	}{{"person_id", a.PersonID}, {"group_id", a.GroupID}, {"webhook_id", a.WebhookID}, {"template_id", a.TemplateID}} {
		if id.id < 0 || id.id >= 1<<53 {
			return p.bad(id.key, "This is an id.")
		}
	}
	if h := a.ExpiresInHours; h != nil && (*h < 0 || *h > MaxActionHours) {
		return p.bad("expires_in_hours", "This is a number of hours, up to ten years; 0 is never.")
	}
	if a.Level != "" && a.Level.Rank() == 0 {
		return p.bad("level", "The level is view, comment or edit.")
	}
	switch a.Do {
	case ActSet:
		return p.checkSet(a)
	case ActAssign:
		return p.checkAssign(a)
	case ActAddTags, ActRemoveTags:
		return p.checkTags(a)
	case ActReply, ActNote, ActNotify:
		return p.checkWords(a)
	case ActAddCC:
		return p.checkList("addresses", len(a.Addresses), func(i int) bool { return strings.Contains(a.Addresses[i], "@") && len(a.Addresses[i]) <= 320 })
	case ActFollowers:
		return p.checkList("people", len(a.People), func(i int) bool { return a.People[i] > 0 && a.People[i] < 1<<53 })
	case ActWebhook:
		if a.WebhookID == 0 {
			return p.bad("webhook_id", "Say which webhook.")
		}
	case ActShare, ActUnshare, ActSetLevel, ActSetExpiry:
		return p.checkShare(a)
	case ActMakeLink:
		return p.checkLink(a)
	}
	return nil
}

func (p *actionParser) checkSet(a *Action) error {
	if a.OwnField() == 0 && !slices.Contains(SetFields, a.Field) {
		return p.bad("field", "There is no such field to set.")
	}
	if a.Value == nil || utf8.RuneCountInString(*a.Value) > 5000 || strings.Contains(*a.Value, "\x00") {
		return p.bad("value", "The value is a text of at most 5000 characters.")
	}
	text := *a.Value
	var known []string
	switch a.Field {
	case "status":
		known = texts(Statuses)
	case "priority":
		known = texts(Priorities)
	case "type":
		known = texts(TicketTypes)
	case "private":
		known = []string{"true", "false"}
	case "inbox":
		if a.ValueID() == 0 {
			return p.bad("value", "The value is an id.")
		}
	case "own_status", "group", "department":
		if text != "" && a.ValueID() == 0 {
			return p.bad("value", "The value is an id, or empty for none.")
		}
	case "subject":
		if strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > 500 {
			return p.bad("value", "A subject has 1 to 500 characters.")
		}
	}
	if known != nil && !slices.Contains(known, text) {
		return p.bad("value", "The value is one of %s.", strings.Join(known, ", "))
	}
	return nil
}

func (p *actionParser) checkAssign(a *Action) error {
	switch {
	case !slices.Contains(AssignHows, a.How):
		return p.bad("how", "This is one of %s.", strings.Join(texts(AssignHows), ", "))
	case (a.How == AssignPerson) != (a.PersonID != 0):
		return p.bad("person_id", "A person is named where, and only where, the ticket goes to a person.")
	case a.How == AssignNobody && a.GroupID != 0:
		return p.bad("group_id", "Nobody is in no group.")
	}
	return nil
}

func (p *actionParser) checkTags(a *Action) error {
	return p.checkList("tags", len(a.Tags), func(i int) bool {
		a.Tags[i] = strings.ToLower(strings.Join(strings.Fields(a.Tags[i]), " "))
		return a.Tags[i] != "" && utf8.RuneCountInString(a.Tags[i]) <= 60 && !strings.Contains(a.Tags[i], "\x00")
	})
}

func (p *actionParser) checkList(key string, n int, ok func(i int) bool) error {
	if n == 0 || n > MaxActionLists {
		return p.bad(key, "This list has 1 to %d entries.", MaxActionLists)
	}
	for i := range n {
		if !ok(i) {
			return p.bad(key+"["+strconv.Itoa(i)+"]", "This value cannot stand here.")
		}
	}
	return nil
}

func (p *actionParser) checkWords(a *Action) error {
	if strings.TrimSpace(a.HTML) == "" || utf8.RuneCountInString(a.HTML) > MaxActionText || strings.Contains(a.HTML, "\x00") {
		return p.bad("html", "The text has 1 to %d characters.", MaxActionText)
	}
	if a.Do != ActNotify {
		return nil
	}
	if strings.TrimSpace(a.Subject) == "" || utf8.RuneCountInString(a.Subject) > 200 || strings.ContainsAny(a.Subject, "\x00\r\n") {
		return p.bad("subject", "The subject has 1 to 200 characters in one line.")
	}
	if len(a.To) == 0 {
		return p.bad("to", "Say who gets the mail.")
	}
	return nil
}

func (p *actionParser) checkShare(a *Action) error {
	if len(a.Targets) == 0 && a.TemplateID == 0 {
		return p.bad("targets", "Say with whom.")
	}
	if len(a.Targets) > 0 && a.TemplateID != 0 {
		return p.bad("template_id", "Name either recipients or a share template.")
	}
	if a.Do == ActSetLevel && a.Level == "" {
		return p.bad("level", "The level is view, comment or edit.")
	}
	if a.Do == ActSetExpiry && a.ExpiresInHours == nil {
		return p.bad("expires_in_hours", "Say after how many hours; 0 is never.")
	}
	if utf8.RuneCountInString(a.Reason) > 1000 || strings.Contains(a.Reason, "\x00") {
		return p.bad("reason", "A reason has at most 1000 characters.")
	}
	return nil
}

func (p *actionParser) checkLink(a *Action) error {
	if a.Level == LevelEdit {
		return p.bad("level", "The level of a public link is view or comment.")
	}
	if utf8.RuneCountInString(a.Label) > MaxLinkLabel || strings.ContainsAny(a.Label, "\x00\r\n") {
		return p.bad("label", "A label has at most %d characters.", MaxLinkLabel)
	}
	return nil
}
