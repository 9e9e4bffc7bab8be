package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// RuleVersionJSON is a rule as it once was.
type RuleVersionJSON struct {
	Version     int64             `json:"version"`
	Author      nameJSON          `json:"author"`
	At          time.Time         `json:"at"`
	Broken      bool              `json:"broken" doc:"This version of the program cannot read it."`
	Name        string            `json:"name"`
	Description string            `json:"description"`
	BrandID     int64             `json:"brand_id"`
	Hours       dm.RuleHours      `json:"hours"`
	CalendarID  int64             `json:"calendar_id"`
	Performers  []dm.Performer    `json:"performers"`
	Events      []RuleEventJSON   `json:"events"`
	Condition   hookConditionJSON `json:"condition"`
	Actions     []RuleActionJSON  `json:"actions"`
}

func ruleVersionOf(v *app.RuleVersionView) RuleVersionJSON {
	r := &v.Rule
	return RuleVersionJSON{Version: v.Version, Author: nameOf(v.Author), At: v.At.Std(), Broken: r.Broken, Name: r.Name, Description: r.Description, BrandID: r.BrandID,
		Hours: r.Hours, CalendarID: r.CalendarID, Performers: filled(r.Performers), Events: each(r.Events, ruleEventOf), Condition: ruleCondition(&r.Condition),
		Actions: each(r.Actions, ruleActionOf)}
}

type ruleVersionInput struct {
	IDInput
	Version int64 `path:"version" minimum:"1"`
}

type ruleLogInput struct {
	IDInput
	PageInput
	Outcome dm.RuleOutcome `query:"outcome" enum:"matched,not_matched,skipped,failed,stopped" doc:"Only lines with this outcome."`
}

// RuleLogJSON is what came of asking a rule about one ticket.
type RuleLogJSON struct {
	ID      int64          `json:"id"`
	At      time.Time      `json:"at"`
	Ticket  RuleTicketJSON `json:"ticket"`
	Outcome dm.RuleOutcome `json:"outcome" enum:"matched,not_matched,skipped,failed,stopped"`
	Why     []RuleWhyJSON  `json:"why" doc:"Empty for a ticket that the reader cannot open."`
	Actions []RuleDidJSON  `json:"actions" doc:"Empty for a ticket that the reader cannot open."`
}

// RuleTicketJSON is the ticket of a line. Of one that the reader cannot open it
// says nothing more.
type RuleTicketJSON struct {
	Number  orNull[int64]  `json:"number"`
	Subject orNull[string] `json:"subject"`
	Visible bool           `json:"visible"`
}

// RuleWhyJSON is whether a part of a rule held.
type RuleWhyJSON struct {
	Place string `json:"place" doc:"Of a part of the condition, such as all[1].any[0] or condition; or brand, hours or author."`
	Holds bool   `json:"holds"`
}

// RuleDidJSON is what came, or would come, of an action.
type RuleDidJSON struct {
	Do      dm.ActionKind `json:"do"`
	What    string        `json:"what"`
	Outcome dm.Outcome    `json:"outcome" enum:"done,skipped,failed"`
	Reason  string        `json:"reason"`
}

func ruleWhyOf(w *dm.RuleWhy) RuleWhyJSON { return RuleWhyJSON{w.Place, w.Holds} }

func ruleDidOf(a *app.RuleActionView) RuleDidJSON {
	return RuleDidJSON{a.Do, a.What, a.Outcome, a.Reason}
}

func ruleTicketOf(visible bool, number int64, subject string) RuleTicketJSON {
	if !visible {
		return RuleTicketJSON{}
	}
	return RuleTicketJSON{some(number), some(subject), true}
}

func ruleLogOf(l *app.RuleLogView) RuleLogJSON {
	return RuleLogJSON{ID: l.ID, At: l.At.Std(), Ticket: ruleTicketOf(l.Visible, l.Number, l.Subject), Outcome: l.Outcome, Why: each(l.Why, ruleWhyOf), Actions: each(l.Actions, ruleDidOf)}
}

// ruleVersionRoutes are what a rule was, and what it did.
func ruleVersionRoutes(a *API, rules *noun[app.RuleView, RuleJSON]) {
	manage := permission(dm.RulesManage)
	route(a, operation(http.MethodGet, "/rules/{id}/versions", "list-rule-versions", "What a rule was, newest first", "rules"), manage,
		func(ctx context.Context, c *caller, in *IDInput) (*pageAnswer[RuleVersionJSON], error) {
			list, err := a.app.RuleVersions(ctx, c.Viewer, in.ID)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[RuleVersionJSON]{pageOf(each(list, ruleVersionOf), "")}, nil
		})
	restore := operation(http.MethodPost, "/rules/{id}/versions/{version}/restore", "restore-rule", "Make a rule what it was in a version", "rules")
	restore.DefaultStatus = http.StatusOK
	post(a, restore, manage,
		func(ctx context.Context, c *caller, in *ruleVersionInput) error {
			return a.app.RestoreRule(ctx, c.Viewer, in.ID, in.Version)
		},
		func(ctx context.Context, c *caller, in *ruleVersionInput, _ []int64) (*answerOf[RuleJSON], error) {
			return rules.show(ctx, c, in.ID)
		})
	route(a, operation(http.MethodGet, "/rules/{id}/log", "list-rule-log", "What came of a rule, newest first", "rules"), manage,
		func(ctx context.Context, c *caller, in *ruleLogInput) (*pageAnswer[RuleLogJSON], error) {
			before, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.RuleLog(ctx, c.Viewer, in.ID, in.Outcome, before, in.Limit+1)
			if err != nil {
				return nil, err
			}
			list, next := cutPage(list, in.Limit, func(l *app.RuleLogView) int64 { return l.ID })
			return &pageAnswer[RuleLogJSON]{pageOf(each(list, ruleLogOf), next)}, nil
		})
}

type ruleTrialInput struct {
	Body struct {
		Rule   newRuleJSON `json:"rule" doc:"As it would be saved."`
		Ticket int64       `json:"ticket,omitempty" minimum:"1" doc:"The number of a ticket that one can open; left out, the latest hundred that one lists."`
	}
}

type ruleTrialJSON struct {
	Tickets  []RuleTriedJSON `json:"tickets"`
	Examined int             `json:"examined"`
	Matched  int             `json:"matched"`
}

// RuleTriedJSON is what a rule would do to one ticket.
type RuleTriedJSON struct {
	Number  int64         `json:"number"`
	Subject string        `json:"subject"`
	Visible bool          `json:"visible"`
	Matched bool          `json:"matched"`
	Why     []RuleWhyJSON `json:"why"`
	Actions []RuleDidJSON `json:"actions"`
}

// ruleTrialRoutes try a rule that may not be saved, and tell what one is made of.
func ruleTrialRoutes(a *API) {
	manage := permission(dm.RulesManage)
	try := costly(operation(http.MethodPost, "/rules/try", "try-rule", "What a rule would do now; nothing is changed", "rules"), costHeavy)
	try.DefaultStatus = http.StatusOK
	post(a, try, manage,
		func(context.Context, *caller, *ruleTrialInput) error { return nil },
		func(ctx context.Context, c *caller, in *ruleTrialInput, _ []int64) (*answerOf[ruleTrialJSON], error) {
			list, err := a.app.TryRule(ctx, c.Viewer, app.RuleTrial{Kind: in.Body.Rule.Kind, Patch: in.Body.Rule.patch(), Ticket: in.Body.Ticket})
			if err != nil {
				return nil, err
			}
			out := ruleTrialJSON{Examined: len(list), Tickets: []RuleTriedJSON{}}
			for i := range list {
				t := &list[i]
				if t.Matched {
					out.Matched++
				}
				out.Tickets = append(out.Tickets, RuleTriedJSON{t.Number, t.Subject, true, t.Matched, each(t.Why, ruleWhyOf), each(t.Actions, ruleDidOf)})
			}
			return &answerOf[ruleTrialJSON]{out}, nil
		})
	route(a, operation(http.MethodGet, "/rule-choices", "list-rule-choices", "What rules are made of", "rules"), manage,
		func(_ context.Context, c *caller, _ *struct{}) (*answerOf[ruleChoicesJSON], error) {
			return &answerOf[ruleChoicesJSON]{c.ruleChoices()}, nil
		})
}

type ruleChoicesJSON struct {
	Kinds      []dm.RuleKind        `json:"kinds"`
	Performers []dm.Performer       `json:"performers"`
	Hours      []dm.RuleHours       `json:"hours" doc:"When a rule can count."`
	Calendars  []nameJSON           `json:"calendars" doc:"The calendars of business hours that it can count by; 0 is that of the account."`
	Fields     []conditionFieldJSON `json:"fields" doc:"What conditions ask about. changed, changed_to and changed_from are for update and assign rules."`
	Events     []ruleEventChoice    `json:"events"`
	Actions    []ruleActionChoice   `json:"actions"`
	SetFields  []string             `json:"set_fields" doc:"What the action set gives a value; own fields as field: and their id."`
	Targets    []string             `json:"share_targets"`
	Recipients []string             `json:"notify_targets"`
	Words      []string             `json:"words" doc:"The words that texts may have between double braces."`
}

type ruleEventChoice struct {
	Event  string `json:"event"`
	Name   string `json:"name" doc:"Of an own field its name."`
	Values bool   `json:"values" doc:"from and to can be asked."`
}

type ruleActionChoice struct {
	Do        dm.ActionKind `json:"do"`
	Members   []string      `json:"members"`
	RulesOnly bool          `json:"rules_only"`
}

func (c *caller) ruleChoices() ruleChoicesJSON {
	out := ruleChoicesJSON{Kinds: dm.RuleKinds, Performers: dm.Performers, Hours: dm.AllRuleHours, SetFields: append([]string{}, dm.SetFields...), Words: dm.SnippetWords,
		Calendars: []nameJSON{}, Targets: each(dm.ShareTargetKinds, targetKind), Recipients: each(dm.NoticeTargetKinds, targetKind)}
	fields := c.Directory.ConditionFields(c.Viewer)
	for i := range fields {
		f := c.conditionField(&fields[i])
		f.Operators = append(append([]dm.ConditionOp{}, f.Operators...), dm.ChangeOps(f.Key)...)
		out.Fields = append(out.Fields, f)
	}
	for i := range dm.RuleFields {
		out.Fields = append(out.Fields, c.conditionField(&dm.RuleFields[i]))
	}
	for _, calendar := range c.Directory.Calendars {
		out.Calendars = append(out.Calendars, nameJSON{ID: calendar.ID, Name: calendar.Name})
	}
	slices.SortFunc(out.Calendars, func(a, b nameJSON) int { return cmp.Compare(a.Name, b.Name) })
	for i, event := range dm.RuleEvents {
		out.Events = append(out.Events, ruleEventChoice{event, event, i >= 3})
	}
	for i := range fields {
		leaf := dm.Condition{Field: fields[i].Key}
		if leaf.OwnField() != 0 {
			out.Events = append(out.Events, ruleEventChoice{fields[i].Key, fields[i].Help, true})
			out.SetFields = append(out.SetFields, fields[i].Key)
		}
	}
	out.Actions = each(dm.ActionKinds, func(s *dm.ActionShape) ruleActionChoice {
		return ruleActionChoice{s.Do, filled(s.Members), s.RulesOnly}
	})
	return out
}

func targetKind(k *dm.ActionTargetKind) string { return string(*k) }
