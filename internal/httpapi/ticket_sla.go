package httpapi

import (
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// SLAJSON is what a ticket is promised, and where that stands. Requesters are
// never told.
type SLAJSON struct {
	Policy   orNull[nameJSON]  `json:"policy" doc:"The one that applies; null where none does now."`
	DueAt    orNull[time.Time] `json:"due_at" doc:"When the next of the clocks is due; null where none runs."`
	Next     dm.ClockKind      `json:"next,omitempty" enum:"first_reply,next_reply,resolution" doc:"Which one that is."`
	Paused   bool              `json:"paused" doc:"Clocks stand still that have not ended."`
	Breached bool              `json:"breached" doc:"A promised time was missed, now or before."`
	Clocks   []clockJSON       `json:"clocks"`
}

type clockJSON struct {
	Kind    dm.ClockKind      `json:"kind" enum:"first_reply,next_reply,resolution"`
	Target  orNull[int]       `json:"target" doc:"Working minutes; null where no time is promised."`
	DueAt   orNull[time.Time] `json:"due_at" doc:"Null while it stands still, after it ended, and where no time is promised."`
	EndedAt orNull[time.Time] `json:"ended_at" doc:"What it waited for has happened."`
	Late    bool              `json:"late" doc:"Its time was missed."`
	Paused  bool              `json:"paused"`
}

// sla shows the clocks of a ticket, as they were seen when it was read; null where nothing is promised.
func (c *caller) sla(clocks []dm.Clock) orNull[SLAJSON] {
	out := SLAJSON{Clocks: []clockJSON{}}
	for i := range clocks {
		k := &clocks[i]
		out.Breached = out.Breached || k.BreachedAt != 0
		if p := c.Directory.Policy(k.PolicyID); p != nil && k.EndedAt == 0 {
			out.Policy = some(nameJSON{p.ID, p.Name})
		}
		if k.Target == 0 {
			continue
		}
		j := clockJSON{Kind: k.Kind, Target: some(int(k.Target.Minutes())), DueAt: moment(k.DueAt), EndedAt: moment(k.EndedAt),
			Late: k.Late, Paused: k.EndedAt == 0 && !k.Running()}
		out.Paused = out.Paused || j.Paused
		out.Clocks = append(out.Clocks, j)
	}
	if due := dm.NextDue(clocks); due != 0 {
		out.DueAt = moment(due)
		for i := range clocks {
			if clocks[i].DueAt == due {
				out.Next = clocks[i].Kind
				break
			}
		}
	}
	if len(out.Clocks) == 0 && !out.Breached {
		return orNull[SLAJSON]{}
	}
	return some(out)
}
