package seed

import (
	"context"
	"fmt"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// addAutomation makes what works by itself from now on: business hours, a promise
// to customers, and some rules. Those that wait for a tag are on, those that would
// change tickets by themselves are off, to be looked at. It is made after the past
// was played, so that nothing of it has happened yet.
func (w *world) addAutomation(ctx context.Context) error {
	owner, err := w.viewer(ctx, "owner")
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context, *access.Viewer) error{w.addHours, w.addPromise, w.addRules} {
		if err := step(ctx, owner); err != nil {
			return fmt.Errorf("%s: %w", w.slug, err)
		}
	}
	return nil
}

func (w *world) addHours(ctx context.Context, owner *access.Viewer) error {
	name, text, zone := "Office hours", "When somebody is at the desk", "Europe/Berlin"
	var hours []app.CalendarHours
	for _, day := range app.Weekdays[1:6] {
		hours = append(hours, app.CalendarHours{Day: day, From: "09:00", To: "17:30"})
	}
	var holidays []dm.Holiday
	year := w.app.DB.Now().Std().Year()
	for _, h := range []struct{ day, name string }{{"01-01", "New Year"}, {"05-01", "Labour Day"}, {"12-25", "Christmas Day"}, {"12-26", "Boxing Day"}} {
		for y := year; y <= year+1; y++ {
			day := fmt.Sprintf("%d-%s", y, h.day)
			holidays = append(holidays, dm.Holiday{From: day, To: day, Name: h.name})
		}
	}
	return w.app.CreateCalendar(ctx, owner, app.CalendarPatch{Name: &name, Description: &text, TimeZone: &zone, Hours: &hours, Holidays: &holidays})
}

func (w *world) addPromise(ctx context.Context, owner *access.Viewer) error {
	name, text := "Customers", "Everybody who writes for a company"
	condition := []byte(`{"all":[{"field":"company","op":"not_empty"}]}`)
	const hour = 60
	targets := dm.Targets{}
	for priority, hours := range map[dm.Priority][3]int{dm.PriorityUrgent: {1, 2, 8}, dm.PriorityHigh: {4, 4, 17}, dm.PriorityNormal: {8, 8, 42}} {
		targets[priority] = map[dm.ClockKind]int{dm.ClockFirstReply: hours[0] * hour, dm.ClockNextReply: hours[1] * hour, dm.ClockResolution: hours[2] * hour}
	}
	return w.app.CreateSLAPolicy(ctx, owner, app.SLAPatch{Name: &name, Description: &text, Condition: &condition, Targets: &targets})
}

// demoRule is a rule as both desks have it; %d in its actions is the id of what it
// names.
type demoRule struct {
	kind                 dm.RuleKind
	name, text           string
	off                  bool
	events               []dm.RuleEvent
	condition, actions   string
	template, group, box string
}

var demoRules = []demoRule{
	{
		kind: dm.RuleCreate, name: "Legal matters go to Legal", text: "Whoever files the ticket gives it the tag legal.", template: "Ask Legal for a look",
		condition: `{"all":[{"field":"tags","op":"has_any","value":["legal"]}]}`, actions: `[{"do":"share","template_id":%d}]`,
	},
	{
		kind: dm.RuleUpdate, name: "Personnel matters involve HR", text: "The tag personnel is enough. HR can answer, and the ticket stays where it is.", template: "Involve HR",
		events: []dm.RuleEvent{{Event: "tags"}}, condition: `{"all":[{"field":"tags","op":"has_any","value":["personnel"]}]}`, actions: `[{"do":"share","template_id":%d}]`,
	},
	{
		kind: dm.RuleTime, name: "Close what was solved two weeks ago", text: "Switched off: try it against the last hundred tickets first.", off: true,
		condition: `{"all":[{"field":"status","op":"is","value":"solved"},{"field":"solved","op":"older_than","value":{"days":14}}]}`, actions: `[{"do":"set","field":"status","value":"closed"}]`,
	},
	{
		kind: dm.RuleAssign, name: "Support takes turns", text: "Switched off: switch it on to hand out new tickets evenly.", off: true, group: groupSupport, box: inboxSupport,
		condition: `{"all":[{"field":"inbox","op":"is","value":%d}]}`, actions: `[{"do":"assign","how":"round_robin","group_id":%d}]`,
	},
}

func (w *world) addRules(ctx context.Context, owner *access.Viewer) error {
	templates, err := w.app.ShareTemplates(ctx, owner)
	if err != nil {
		return err
	}
	ids := map[string]int64{}
	for i := range templates {
		ids[templates[i].Name] = templates[i].ID
	}
	for i := range demoRules {
		r := &demoRules[i]
		condition, actions, on := []byte(r.condition), []byte(r.actions), !r.off
		if id := ids[r.template] + w.groups[r.group]; id != 0 {
			actions = fmt.Appendf(nil, r.actions, id)
		}
		if r.box != "" {
			condition = fmt.Appendf(nil, r.condition, w.inboxes[r.box])
		}
		patch := app.RulePatch{Name: &r.name, Description: &r.text, Enabled: &on, Condition: &condition, Actions: &actions}
		if r.events != nil {
			patch.Events = &r.events
		}
		if err := w.app.CreateRule(ctx, owner, r.kind, patch); err != nil {
			return fmt.Errorf("rule %q: %w", r.name, err)
		}
	}
	return nil
}
