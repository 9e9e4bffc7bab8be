package seed

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/store"
)

// The desks were opened more than a year ago. Of the last days the jobs are run
// as they come, so that people find notices in their lists; those of the time
// before are dropped.
const (
	openedAgo  = 400 * 24 * time.Hour
	noticesAgo = 4 * 24 * time.Hour
)

// play is the past of the demo desks while it is played.
type play struct {
	app    *app.App
	db     *store.DB
	clock  *playClock
	start  dm.Time // the present
	worlds []*world
}

// scene is one step of one ticket, at its moment.
type scene struct {
	at     dm.Time
	world  *world
	ticket *scriptTicket
	step   *scriptStep
	number *int64 // of the ticket, once it is filed
}

// run opens the desks and plays all scenes in the order of time.
func (p *play) run(ctx context.Context, port int) error {
	var scenes []scene
	for _, d := range demoDesks() {
		w, err := newWorld(ctx, p.app, &d, port)
		if err != nil {
			return err
		}
		p.worlds = append(p.worlds, w)
		own, err := w.scenes(p.start)
		if err != nil {
			return fmt.Errorf("demo/%s.txt: %w", d.slug, err)
		}
		scenes = append(scenes, own...)
	}
	slices.SortStableFunc(scenes, func(a, b scene) int { return cmp.Compare(a.at, b.at) })
	for i := range scenes {
		s := &scenes[i]
		if err := p.runJobs(ctx, s.at); err != nil {
			return err
		}
		p.clock.set(s.at)
		if err := s.play(ctx); err != nil {
			return fmt.Errorf("demo/%s.txt, line %d: %w", s.world.slug, s.step.line, err)
		}
	}
	p.clock.set(p.start)
	for _, w := range p.worlds {
		if err := w.addAutomation(ctx); err != nil {
			return err
		}
	}
	return p.runJobs(ctx, p.start)
}

// scenes reads the script; everything in it must have happened by now.
func (w *world) scenes(now dm.Time) ([]scene, error) {
	tickets, err := readScript(w.script)
	if err != nil {
		return nil, err
	}
	var list []scene
	for i := range tickets {
		t := &tickets[i]
		at, number := now.Add(-t.ago), new(int64)
		for k := range t.steps {
			at = at.Add(t.steps[k].after)
			if at >= now {
				return nil, fmt.Errorf("line %d: this lies in the future", t.steps[k].line)
			}
			list = append(list, scene{at: at, world: w, ticket: t, step: &t.steps[k], number: number})
		}
	}
	return list, nil
}

// runJobs deals with the jobs that are waiting, before the clock moves to next.
func (p *play) runJobs(ctx context.Context, next dm.Time) error {
	if p.start.Sub(next) > noticesAgo {
		if err := p.app.SweepShares(ctx); err != nil {
			return err
		}
		return p.dropJobs(ctx)
	}
	r := &jobs.Runner{DB: p.db, Logger: slog.New(slog.DiscardHandler)}
	p.app.Jobs(r)
	return r.Drain(ctx)
}

// dropJobs takes back every job that is waiting, and forgets it.
func (p *play) dropJobs(ctx context.Context) error {
	return p.db.Write(ctx, store.Urgent, func(tx *store.Tx) error {
		for _, w := range p.worlds {
			const most = 1000
			list, err := tx.JobList(w.account, []dm.JobState{dm.JobReady, dm.JobWaiting}, 0, most)
			if err != nil {
				return err
			}
			for i := range list {
				if err := tx.CancelJob(w.account, list[i].ID); err != nil {
					return err
				}
			}
			if _, err := tx.DeleteOldJobs(w.account, tx.Now()+1, most); err != nil {
				return err
			}
		}
		return nil
	})
}

// play does what the step says.
func (s *scene) play(ctx context.Context) error {
	if *s.number == 0 {
		return s.file(ctx)
	}
	if s.step.verb == "opens" {
		v, err := s.world.viewer(ctx, s.step.who)
		if err != nil {
			return err
		}
		_, err = s.world.app.Ticket(ctx, v, *s.number)
		return err
	}
	ch := dm.Change{Number: *s.number}
	if err := s.describe(ctx, &ch); err != nil {
		return err
	}
	return s.apply(ctx, ch)
}

// apply does the change as the person of the step; what requesters write comes
// by mail, which the program itself brings in.
func (s *scene) apply(ctx context.Context, ch dm.Change) error {
	v := s.world.system
	if who := s.world.person(s.step.who); s.world.agents[who] {
		var err error
		if v, err = s.world.viewer(ctx, s.step.who); err != nil {
			return err
		}
	} else {
		ch.Via = dm.ViaMail
		ch.Cause = dm.Cause{Kind: dm.CauseMail, ID: who}
		for i := range ch.Messages {
			ch.Messages[i].AuthorID = who
		}
		if ch.Create != nil {
			ch.Create.CreatorID = who
		}
	}
	res, err := s.world.app.Apply(ctx, v, ch)
	if err != nil {
		return err
	}
	*s.number = res.Number
	return nil
}

// file makes the ticket of its head and first step.
func (s *scene) file(ctx context.Context) error {
	w, t := s.world, s.ticket
	kind := dm.Reply
	if s.step.verb == "note" {
		kind = dm.Note
	}
	ch := dm.Change{Create: &dm.NewTicket{Subject: t.subject, RequesterID: w.person(t.head["from"]), InboxID: w.inboxes[t.head["inbox"]]},
		Messages: []dm.NewMessage{{Kind: kind, Text: s.step.text}}}
	set := &ch.Set
	if priority := dm.Priority(t.head["priority"]); priority != "" {
		set.Priority = &priority
	}
	if of := dm.TicketType(t.head["type"]); of != "" {
		set.Type = &of
	}
	if tags := t.head["tags"]; tags != "" {
		set.AddTags = strings.Split(tags, ", ")
	}
	if t.head["private"] == "yes" {
		private := true
		set.Private = &private
	}
	if group := t.head["group"]; group != "" {
		id := w.groups[group]
		set.GroupID = &id
	}
	for _, f := range t.fields {
		if set.Fields == nil {
			set.Fields = map[int64]*string{}
		}
		set.Fields[w.fields[f[0]]] = &f[1]
	}
	return s.apply(ctx, ch)
}

// describe turns the step's verb into a change.
func (s *scene) describe(ctx context.Context, ch *dm.Change) error {
	arg := ""
	if len(s.step.args) > 0 {
		arg = s.step.args[0]
	}
	switch s.step.verb {
	case "reply", "note", "local_note":
		ch.Messages = []dm.NewMessage{{Kind: dm.MessageKind(s.step.verb), Text: s.step.text}}
	case "assign":
		id := s.world.person(arg)
		ch.Set.AssigneeID = &id
	case "status":
		status := dm.Status(arg)
		ch.Set.Status = &status
	case "leave":
		ch.Leave = true
	case "share":
		return s.share(ch)
	case "unshare":
		return s.unshare(ctx, ch, arg)
	default:
		return fmt.Errorf("there is no verb %q", s.step.verb)
	}
	return nil
}

// share reads "share target level [until time]: reason".
func (s *scene) share(ch *dm.Change) error {
	args := s.step.args
	if len(args) < 2 {
		return fmt.Errorf("a share names target and level")
	}
	n := dm.NewShare{Target: s.world.target(args[0]), Level: dm.Level(args[1]), Reason: s.step.aside, Notify: true}
	if len(args) == 4 && args[2] == "until" {
		lasts, err := readSpan(args[3])
		if err != nil {
			return err
		}
		n.ExpiresAt = s.at.Add(lasts)
	}
	ch.Share = []dm.NewShare{n}
	return nil
}

// unshare ends the share with a target.
func (s *scene) unshare(ctx context.Context, ch *dm.Change, target string) error {
	view, err := s.world.app.Ticket(ctx, s.world.system, *s.number)
	if err != nil {
		return err
	}
	for _, share := range view.Found.Shares {
		if share.Target == s.world.target(target) {
			ch.Unshare = []int64{share.ID}
			return nil
		}
	}
	return fmt.Errorf("there is no share with %s", target)
}

// target reads agent:name or group:name.
func (w *world) target(text string) dm.Target {
	kind, name, _ := strings.Cut(text, ":")
	if kind == string(dm.TargetGroup) {
		return dm.Target{Kind: dm.TargetGroup, ID: w.groups[name]}
	}
	return dm.Target{Kind: dm.TargetKind(kind), ID: w.person(name)}
}

// person gives the id of somebody named in a script; 0 for nobody.
func (w *world) person(name string) int64 { return w.people[w.address(name)] }

// viewer resolves somebody of a script as they are now.
func (w *world) viewer(ctx context.Context, name string) (v *access.Viewer, err error) {
	err = w.app.DB.Read(ctx, func(tx *store.Tx) error {
		v, err = tx.Viewer(w.account, w.person(name))
		return err
	})
	return v, err
}
