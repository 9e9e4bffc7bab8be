package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// RuleJSON is a rule as administrators see it.
type RuleJSON struct {
	ID            int64             `json:"id"`
	Kind          dm.RuleKind       `json:"kind" enum:"create,update,time,assign"`
	Name          string            `json:"name"`
	Description   string            `json:"description"`
	Enabled       bool              `json:"enabled"`
	Position      int64             `json:"position" doc:"Rules of a kind are asked in this order."`
	BrandID       int64             `json:"brand_id" doc:"Only tickets of this brand; 0 of any."`
	Hours         dm.RuleHours      `json:"hours" enum:"any,during,outside"`
	CalendarID    int64             `json:"calendar_id" doc:"0: the account's own."`
	Performers    []dm.Performer    `json:"performers" enum:"agent,requester,system,partner,rule" doc:"Who made the change; empty for anybody."`
	Events        []RuleEventJSON   `json:"events" doc:"Of an update rule; empty for any change."`
	Condition     hookConditionJSON `json:"condition" doc:"A tree as in ?filter= of a list, with the fields and operators that GET /rule-choices adds."`
	Actions       []RuleActionJSON  `json:"actions"`
	Version       int64             `json:"version"`
	Author        nameJSON          `json:"author" doc:"Who saved what it does."`
	Confined      bool              `json:"confined" doc:"It acts only where its author reaches."`
	UpdatedAt     time.Time         `json:"updated_at"`
	UpdatedBy     nameJSON          `json:"updated_by"`
	Matched7Days  int64             `json:"matched_7_days"`
	LastMatchedAt orNull[time.Time] `json:"last_matched_at"`
	Warnings      []RuleWarningJSON `json:"warnings"`
}

// RuleWarningJSON is something about a rule to look at.
type RuleWarningJSON struct {
	Code string `json:"code" doc:"broken, author, gone, wide or loop."`
	Text string `json:"text"`
}

// RuleEventJSON is a change that an update rule waits for.
type RuleEventJSON struct {
	Event string  `json:"event" maxLength:"40" doc:"reply, note, share, or a property as the history names it, such as status or field:12."`
	From  *string `json:"from,omitempty" maxLength:"500" doc:"The value before, as the history has it; left out for any."`
	To    *string `json:"to,omitempty" maxLength:"500" doc:"The value after."`
}

// RuleActionJSON is one thing that a rule or a macro does. Which members belong to
// which kind, GET /rule-choices tells.
type RuleActionJSON struct {
	Do             dm.ActionKind      `json:"do" maxLength:"40"`
	Field          string             `json:"field,omitempty" maxLength:"40"`
	Value          *string            `json:"value,omitempty" maxLength:"5000"`
	How            dm.AssignHow       `json:"how,omitempty" enum:"person,round_robin,least_loaded,nobody"`
	PersonID       int64              `json:"person_id,omitempty" minimum:"0"`
	GroupID        int64              `json:"group_id,omitempty" minimum:"0"`
	Tags           []string           `json:"tags,omitempty" maxItems:"50"`
	HTML           string             `json:"html,omitempty" maxLength:"20000" doc:"With words such as {{requester.name}}."`
	Subject        string             `json:"subject,omitempty" maxLength:"500"`
	To             []ActionTargetJSON `json:"to,omitempty" maxItems:"25"`
	Addresses      []string           `json:"addresses,omitempty" maxItems:"50"`
	People         []int64            `json:"people,omitempty" maxItems:"50"`
	WebhookID      int64              `json:"webhook_id,omitempty" minimum:"0"`
	Targets        []ActionTargetJSON `json:"targets,omitempty" maxItems:"25"`
	Level          dm.Level           `json:"level,omitempty" enum:"view,comment,edit"`
	SeeInternal    *bool              `json:"see_internal,omitempty"`
	ReplyPublic    *bool              `json:"reply_public,omitempty"`
	Forward        *bool              `json:"forward,omitempty"`
	CanReshare     *bool              `json:"can_reshare,omitempty"`
	ExpiresInHours *int               `json:"expires_in_hours,omitempty" minimum:"0" doc:"0 is never."`
	Reason         string             `json:"reason,omitempty" maxLength:"1000"`
	Notify         *bool              `json:"notify,omitempty" doc:"Of share: whether recipients are told; left out, they are."`
	TemplateID     int64              `json:"template_id,omitempty" minimum:"0" doc:"Of share, in place of targets: the share template to share by."`
	Label          string             `json:"label,omitempty" maxLength:"100"`
}

// ActionTargetJSON is whom an action is about.
type ActionTargetJSON struct {
	Kind dm.ActionTargetKind `json:"kind" maxLength:"40"`
	ID   int64               `json:"id,omitempty" minimum:"0" doc:"Of an agent, a group, a requester, or for field_group an own field."`
}

// ruleActionsJSON is a list of actions as dm.ParseActions reads it.
type ruleActionsJSON struct{ raw json.RawMessage }

// UnmarshalJSON implements json.Unmarshaler.
func (l *ruleActionsJSON) UnmarshalJSON(data []byte) error {
	l.raw = bytes.Clone(data)
	return nil
}

// MarshalJSON implements json.Marshaler.
func (l ruleActionsJSON) MarshalJSON() ([]byte, error) {
	if len(l.raw) == 0 {
		return []byte("[]"), nil
	}
	return l.raw, nil
}

// Schema implements huma.SchemaProvider.
func (ruleActionsJSON) Schema(r huma.Registry) *huma.Schema {
	most := dm.MaxActions
	return &huma.Schema{Type: huma.TypeArray, Items: schemaOf[RuleActionJSON](r), MaxItems: &most}
}

func ruleActionOf(a *dm.Action) RuleActionJSON {
	target := func(t *dm.ActionTarget) ActionTargetJSON { return ActionTargetJSON{t.Kind, t.ID} }
	return RuleActionJSON{Do: a.Do, Field: a.Field, Value: a.Value, How: a.How, PersonID: a.PersonID, GroupID: a.GroupID, Tags: a.Tags, HTML: a.HTML, Subject: a.Subject,
		To: each(a.To, target), Addresses: a.Addresses, People: a.People, WebhookID: a.WebhookID, Targets: each(a.Targets, target), Level: a.Level,
		SeeInternal: a.SeeInternal, ReplyPublic: a.ReplyPublic, Forward: a.Forward, CanReshare: a.CanReshare, ExpiresInHours: a.ExpiresInHours,
		Reason: a.Reason, Notify: a.Notify, TemplateID: a.TemplateID, Label: a.Label}
}

func ruleEventOf(e *dm.RuleEvent) RuleEventJSON { return RuleEventJSON{e.Event, e.From, e.To} }

func ruleCondition(c *dm.Condition) hookConditionJSON {
	raw, err := c.MarshalJSON()
	if err != nil {
		return hookConditionJSON{}
	}
	return hookConditionJSON{raw}
}

func ruleOf(r *app.RuleView) RuleJSON {
	return RuleJSON{
		ID: r.ID, Kind: r.Kind, Name: r.Name, Description: r.Description, Enabled: r.Enabled, Position: r.Position, BrandID: r.BrandID, Hours: r.Hours, CalendarID: r.CalendarID,
		Performers: filled(r.Performers), Events: each(r.Events, ruleEventOf), Condition: ruleCondition(&r.Condition), Actions: each(r.Actions, ruleActionOf), Version: r.Version,
		Author: nameOf(r.Author), Confined: r.Confined, UpdatedAt: r.UpdatedAt.Std(), UpdatedBy: nameOf(r.Updater), Matched7Days: r.Matched, LastMatchedAt: moment(r.Last),
		Warnings: each(r.Warnings, func(w *dm.RuleWarning) RuleWarningJSON { return RuleWarningJSON{w.Code, w.Text} }),
	}
}

// RuleParts is what may be left out of any rule.
type RuleParts struct {
	Description maybe[string]             `json:"description,omitempty" maxLength:"2000"`
	Enabled     maybe[bool]               `json:"enabled,omitempty"`
	BrandID     maybe[int64]              `json:"brand_id,omitempty" minimum:"0"`
	Hours       maybe[dm.RuleHours]       `json:"hours,omitempty" enum:"any,during,outside"`
	CalendarID  maybe[int64]              `json:"calendar_id,omitempty" minimum:"0"`
	Performers  maybe[[]dm.Performer]     `json:"performers,omitempty" maxItems:"10"`
	Events      maybe[[]RuleEventJSON]    `json:"events,omitempty" maxItems:"20"`
	Condition   orNull[hookConditionJSON] `json:"condition,omitempty"`
}

func (p *RuleParts) patch() app.RulePatch {
	out := app.RulePatch{Description: p.Description.pointer(), Enabled: p.Enabled.pointer(), BrandID: p.BrandID.pointer(), Hours: p.Hours.pointer(),
		CalendarID: p.CalendarID.pointer(), Performers: p.Performers.pointer()}
	if p.Events.given {
		events := each(p.Events.value, func(e *RuleEventJSON) dm.RuleEvent { return dm.RuleEvent{Event: e.Event, From: e.From, To: e.To} })
		out.Events = &events
	}
	if p.Condition.given {
		raw := []byte{}
		if p.Condition.value != nil {
			raw = p.Condition.value.raw
		}
		out.Condition = &raw
	}
	return out
}

type newRuleJSON struct {
	Kind    dm.RuleKind     `json:"kind" enum:"create,update,time,assign"`
	Name    string          `json:"name" maxLength:"200"`
	Actions ruleActionsJSON `json:"actions"`
	RuleParts
}

func (b *newRuleJSON) patch() app.RulePatch {
	p := b.RuleParts.patch()
	raw := []byte(b.Actions.raw)
	p.Name, p.Actions = &b.Name, &raw
	return p
}

type rulePatchJSON struct {
	Name    maybe[string]          `json:"name,omitempty" maxLength:"200"`
	Actions maybe[ruleActionsJSON] `json:"actions,omitempty"`
	Version maybe[int64]           `json:"version,omitempty" minimum:"1" doc:"The version the change was made on. Another one is refused with 409."`
	RuleParts
}

func (b *rulePatchJSON) patch() app.RulePatch {
	p := b.RuleParts.patch()
	p.Name, p.Version = b.Name.pointer(), b.Version.value
	if b.Actions.given {
		raw := []byte(b.Actions.value.raw)
		p.Actions = &raw
	}
	return p
}

type rulesInput struct {
	Kind dm.RuleKind `query:"kind" enum:"create,update,time,assign" doc:"Only rules of this kind."`
}

type ruleOrder struct {
	Body struct {
		Kind dm.RuleKind `json:"kind" enum:"create,update,time,assign"`
		IDs  []int64     `json:"ids" maxItems:"1000" doc:"Every rule of the kind, once."`
	}
}

// ruleRoutes are the rules of an account.
func ruleRoutes(a *API) {
	manage := permission(dm.RulesManage)
	rules := &noun[app.RuleView, RuleJSON]{path: "/rules", name: "rule", find: a.app.Rule, say: ruleOf}
	list := func(ctx context.Context, c *caller, kind dm.RuleKind) (*pageAnswer[RuleJSON], error) {
		all, err := a.app.Rules(ctx, c.Viewer, kind)
		if err != nil {
			return nil, err
		}
		return &pageAnswer[RuleJSON]{pageOf(each(all, ruleOf), "")}, nil
	}
	route(a, operation(http.MethodGet, "/rules", "list-rules", "Rules in the order in which they are asked", "rules"), manage,
		func(ctx context.Context, c *caller, in *rulesInput) (*pageAnswer[RuleJSON], error) {
			return list(ctx, c, in.Kind)
		})
	rules.one(a, manage)
	creates(a, rules, manage, "Make a rule, the last of its kind", func(ctx context.Context, c *caller, b *newRuleJSON) error {
		return a.app.CreateRule(ctx, c.Viewer, b.Kind, b.patch())
	})
	changes(a, rules, manage, "Change a rule, or switch it off and on", func(ctx context.Context, c *caller, id int64, b *rulePatchJSON) error {
		return a.app.UpdateRule(ctx, c.Viewer, id, b.patch())
	})
	rules.deletes(a, manage, "Delete a rule with its log and versions; what it did stays", a.app.DeleteRule)
	route(a, operation(http.MethodPut, "/rules/order", "order-rules", "Put the rules of a kind in an order", "rules"), manage,
		func(ctx context.Context, c *caller, in *ruleOrder) (*pageAnswer[RuleJSON], error) {
			if err := a.app.OrderRules(ctx, c.Viewer, in.Body.Kind, in.Body.IDs); err != nil {
				return nil, err
			}
			return list(ctx, c, in.Body.Kind)
		})
	copies := rules.operation(http.MethodPost, "/{id}/copy", "copy", "Make a rule that does the same, switched off")
	copies.DefaultStatus = http.StatusCreated
	post(a, copies, manage,
		func(ctx context.Context, c *caller, in *IDInput) error { return a.app.CopyRule(ctx, c.Viewer, in.ID) },
		func(ctx context.Context, c *caller, _ *IDInput, ids []int64) (*answerOf[RuleJSON], error) {
			return rules.show(ctx, c, ids[0])
		})
	ruleVersionRoutes(a, rules)
	ruleTrialRoutes(a)
}
