package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// slaPolicyJSON promises times for the tickets that its condition holds for.
type slaPolicyJSON struct {
	ID          int64                     `json:"id"`
	Name        string                    `json:"name"`
	Description string                    `json:"description"`
	Active      bool                      `json:"active"`
	Position    int                       `json:"position" doc:"Of the policies that fit a ticket the first active one applies."`
	Condition   orNull[hookConditionJSON] `json:"condition" doc:"Null for every ticket."`
	Broken      bool                      `json:"broken" doc:"The condition was written by another version of the program and cannot be read; until a new one is set the policy applies to nothing."`
	Calendar    orNull[int64]             `json:"calendar" doc:"Null for the account's default one."`
	Targets     targetsJSON               `json:"targets"`
	Pause       []dm.Status               `json:"pause" doc:"Statuses in which the clocks stand still."`
	Version     int64                     `json:"version" doc:"Sent back with a change."`
	UpdatedAt   time.Time                 `json:"updated_at"`
}

// targetsJSON are working minutes by priority.
type targetsJSON struct {
	Urgent clockTargetsJSON `json:"urgent,omitempty"`
	High   clockTargetsJSON `json:"high,omitempty"`
	Normal clockTargetsJSON `json:"normal,omitempty"`
	Low    clockTargetsJSON `json:"low,omitempty"`
}

// clockTargetsJSON are the targets of one priority.
type clockTargetsJSON struct {
	FirstReply int `json:"first_reply,omitempty" minimum:"0" maximum:"527040" doc:"Working minutes until an agent answers for the first time; 0 promises nothing."`
	NextReply  int `json:"next_reply,omitempty" minimum:"0" maximum:"527040" doc:"Until an agent answers what came after that."`
	Resolution int `json:"resolution,omitempty" minimum:"0" maximum:"527040" doc:"Until the ticket is solved."`
}

func (t *targetsJSON) targets() dm.Targets {
	out := dm.Targets{}
	for priority, c := range map[dm.Priority]clockTargetsJSON{dm.PriorityUrgent: t.Urgent, dm.PriorityHigh: t.High, dm.PriorityNormal: t.Normal, dm.PriorityLow: t.Low} {
		for kind, minutes := range map[dm.ClockKind]int{dm.ClockFirstReply: c.FirstReply, dm.ClockNextReply: c.NextReply, dm.ClockResolution: c.Resolution} {
			if minutes == 0 {
				continue
			}
			if out[priority] == nil {
				out[priority] = map[dm.ClockKind]int{}
			}
			out[priority][kind] = minutes
		}
	}
	return out
}

func promisesOf(t dm.Targets) targetsJSON {
	one := func(p dm.Priority) clockTargetsJSON {
		return clockTargetsJSON{FirstReply: t[p][dm.ClockFirstReply], NextReply: t[p][dm.ClockNextReply], Resolution: t[p][dm.ClockResolution]}
	}
	return targetsJSON{Urgent: one(dm.PriorityUrgent), High: one(dm.PriorityHigh), Normal: one(dm.PriorityNormal), Low: one(dm.PriorityLow)}
}

func slaPolicyOf(p *dm.SLAPolicy) slaPolicyJSON {
	return slaPolicyJSON{ID: p.ID, Name: p.Name, Description: p.Description, Active: p.Active, Position: int(p.Position), Condition: hookConditionOf(&p.Condition), Broken: p.Broken,
		Calendar: idOrNull(p.CalendarID), Targets: promisesOf(p.Targets), Pause: filled(p.Pause), Version: p.Version, UpdatedAt: p.UpdatedAt.Std()}
}

type newSLAPolicyJSON struct {
	Name    string      `json:"name" maxLength:"100"`
	Targets targetsJSON `json:"targets" doc:"At least one time is promised."`
	SLAPolicyParts
}

type slaPolicyPatchJSON struct {
	Name    maybe[string]      `json:"name,omitempty" maxLength:"100"`
	Targets maybe[targetsJSON] `json:"targets,omitempty" doc:"All of them; at least one time is promised."`
	SLAPolicyParts
	Version maybe[int64] `json:"version,omitempty" minimum:"1" doc:"The version the change was made on. Another one is refused with 409."`
}

// SLAPolicyParts is what may be left out of any policy.
type SLAPolicyParts struct {
	Description maybe[string]             `json:"description,omitempty" maxLength:"500"`
	Active      maybe[bool]               `json:"active,omitempty"`
	Condition   orNull[hookConditionJSON] `json:"condition,omitempty" doc:"Which tickets it is for; null for all. It cannot ask about sla_due and sla_breached."`
	Calendar    orNull[int64]             `json:"calendar,omitempty" minimum:"1" doc:"By which time is counted; null for the account's default one."`
	Pause       maybe[[]dm.Status]        `json:"pause,omitempty" maxItems:"4" doc:"Statuses among new, open, pending and on_hold in which the clocks stand still; those of a new policy are pending and on_hold unless it says otherwise."`
}

func (p *SLAPolicyParts) patch() app.SLAPatch {
	out := app.SLAPatch{Description: p.Description.pointer(), Active: p.Active.pointer(), CalendarID: p.Calendar.id(), Pause: p.Pause.pointer()}
	if p.Condition.given {
		raw := []byte{}
		if p.Condition.value != nil {
			raw = p.Condition.value.raw
		}
		out.Condition = &raw
	}
	return out
}

type slaOrderInput struct{ Body slaOrderJSON }

type slaOrderJSON struct {
	IDs []int64 `json:"ids" maxItems:"50" doc:"Every policy, first to last."`
}

// slaPolicyRoutes are promises of times.
func slaPolicyRoutes(a *API) {
	who := permission(dm.SettingsManage)
	n := &noun[dm.SLAPolicy, slaPolicyJSON]{path: "/sla-policies", name: "sla-policy", find: a.app.SLAPolicy, say: slaPolicyOf}
	n.whole(a, who, "Policies of service levels, in their order", a.app.SLAPolicies)
	n.one(a, who)
	creates(a, n, who, "Make a policy, the last in the order; clocks of open tickets follow", func(ctx context.Context, c *caller, b *newSLAPolicyJSON) error {
		p, targets := b.patch(), b.Targets.targets()
		p.Name, p.Targets = &b.Name, &targets
		return a.app.CreateSLAPolicy(ctx, c.Viewer, p)
	})
	changes(a, n, who, "Change a policy, or switch it off and on; clocks of open tickets follow", func(ctx context.Context, c *caller, id int64, b *slaPolicyPatchJSON) error {
		p := b.patch()
		p.Name, p.Version = b.Name.pointer(), b.Version.pointer()
		if b.Targets.given {
			targets := b.Targets.value.targets()
			p.Targets = &targets
		}
		return a.app.UpdateSLAPolicy(ctx, c.Viewer, id, p)
	})
	n.deletes(a, who, "Delete a policy; the next one that fits applies to its tickets", a.app.DeleteSLAPolicy)
	route(a, operation(http.MethodPut, "/sla-policies/order", "order-sla-policies", "Put the policies in order", "sla-policies"), who,
		func(ctx context.Context, c *caller, in *slaOrderInput) (*struct{}, error) {
			return nil, a.app.OrderSLAPolicies(ctx, c.Viewer, in.Body.IDs)
		})
}
