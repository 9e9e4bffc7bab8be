package httpapi_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/google/go-cmp/cmp"
)

// faultyClient loses messages and answers, says things twice, and says old ones
// again in between.
type faultyClient struct {
	app.PartnerClient
	rng  *rand.Rand
	kept []*app.PartnerMessage
	well bool
}

// Send implements app.PartnerClient.
func (f *faultyClient) Send(ctx context.Context, m *app.PartnerMessage) app.PartnerAnswer {
	if f.well || m.Ticket == nil {
		return f.PartnerClient.Send(ctx, m)
	}
	lost := app.PartnerAnswer{Fault: app.PartnerNetwork, Problem: "The connection failed."}
	switch f.rng.IntN(6) {
	case 0: // it never arrives
		return lost
	case 1: // its answer does not
		f.PartnerClient.Send(ctx, m)
		return lost
	case 2: // it arrives twice
		f.PartnerClient.Send(ctx, m)
	case 3: // the network keeps it, and delivers it again later
		copied := *m
		f.kept = append(f.kept, &copied)
	case 4: // what was kept comes before it
		if len(f.kept) > 0 {
			i := f.rng.IntN(len(f.kept))
			f.PartnerClient.Send(ctx, f.kept[i])
			f.kept = slices.Delete(f.kept, i, i+1)
		}
	}
	return f.PartnerClient.Send(ctx, m)
}

func TestDesksAgreeAfterFaults(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		p := storm(t, w, 500)
		t.Run("they agree on a status that was left alone", func(t *testing.T) { thaw(t, p) })
	})
}

func TestProveDesksAgreeAfterFaults(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") != "1" {
		t.Skip("part of make prove")
	}
	onEngines(t, func(t *testing.T, w *world) { storm(t, w, 10_000) })
}

// storm changes shared tickets at random from both sides while the network fails,
// and compares the two desks when it is well again.
func storm(t *testing.T, w *world, changes int) *pair {
	p := w.pair(allTerms())
	rng := rand.New(rand.NewPCG(3, uint64(changes)))
	faulty := &faultyClient{PartnerClient: w.app.Partners, rng: rng}
	var here, there []int64
	for i := range 6 {
		here = append(here, p.ticket("owner", fmt.Sprint("Storm ", i)))
		there = append(there, p.share(here[i]))
	}
	w.app.Partners = faulty
	said := make([][]string, len(here))
	for n := range changes {
		i := rng.IntN(len(here))
		who, number := "owner", here[i]
		if rng.IntN(2) == 0 {
			who, number = "globex/owner", there[i]
		}
		path := fmt.Sprintf("/tickets/%d", number)
		switch rng.IntN(6) {
		case 0:
			p.as(who).patch(path, map[string]any{"status": []string{"open", "pending", "on_hold", "solved"}[rng.IntN(4)]}).ok()
		case 1:
			p.as(who).patch(path, map[string]any{"subject": fmt.Sprint("Subject ", n)}).ok()
		case 2:
			p.as(who).patch(path, map[string]any{"tags": []string{fmt.Sprint("t", rng.IntN(5)), fmt.Sprint("u", rng.IntN(5))}}).ok()
		default:
			kind := []dm.MessageKind{dm.Reply, dm.Note, dm.LocalNote}[rng.IntN(3)]
			text := fmt.Sprintf("%s %d", kind, n)
			p.as(who).post(path+"/messages", map[string]any{"kind": kind, "text": text}).ok()
			if kind != dm.LocalNote {
				said[i] = append(said[i], text)
			}
		}
		if rng.IntN(3) == 0 {
			p.advance(time.Duration(rng.IntN(60_000)) * time.Millisecond)
			p.drain()
		}
	}
	faulty.well = true
	p.settle()
	for i := range here {
		for _, name := range []string{"subject", "status", "tags"} {
			if d := cmp.Diff(p.value("owner", here[i], name), p.value("globex/owner", there[i], name)); d != "" && !(name == "status" && bothNew(p.value("owner", here[i], name), p.value("globex/owner", there[i], name))) {
				t.Errorf("ticket %d, %s differs: %s\nhere %s\nthere %s", i, name, d, p.link("owner", here[i]).raw, p.link("globex/owner", there[i]).raw)
			}
		}
		for _, side := range []struct {
			who    string
			number int64
		}{{"owner", here[i]}, {"globex/owner", there[i]}} {
			got := p.wordsOf(side.who, side.number)
			want := append([]string{}, said[i]...)
			slices.Sort(want)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s does not have every comment once: %s", side.who, d)
			}
		}
	}
	return p
}

// thaw turns a status until it is left alone, changes it on both desks, and lets it
// cross again.
func thaw(t *testing.T, p *pair) {
	number := p.ticket("owner", "Turns")
	there := p.share(number)
	for i := range 20 {
		p.change("owner", number, map[string]any{"status": []string{"pending", "open"}[i%2]})
	}
	link := p.link("globex/owner", there)
	if link.at("items.0.status_frozen") != true {
		t.Fatalf("it goes on: %s", link.raw)
	}
	p.change("owner", number, map[string]any{"status": "on_hold"})
	p.change("globex/owner", there, map[string]any{"status": "solved"})
	p.as("globex/owner").post(fmt.Sprintf("/tickets/%d/partners/%d/resume", there, link.number("items.0.id")), nil).ok()
	p.drain()
	for _, next := range []string{"solved", "pending"} {
		here, theirs := p.value("owner", number, "status"), p.value("globex/owner", there, "status")
		if here != next || theirs != next {
			t.Errorf("it is %v here and %v there, not %s", here, theirs, next)
		}
		p.change("owner", number, map[string]any{"status": "pending"})
	}
}

// bothNew says whether two statuses mean the same on two desks: what is new there
// is open here.
func bothNew(a, b any) bool {
	open := func(s any) bool { return s == "new" || s == "open" }
	return open(a) && open(b)
}

// settle lets everything that waits arrive.
func (p *pair) settle() {
	p.Helper()
	for range 40 {
		p.drain()
		p.advance(20 * time.Minute)
	}
	for _, who := range []string{"owner", "globex/owner"} {
		a := p.as(who).get("/partners").ok()
		for i := range a.list("items") {
			if n := a.number(fmt.Sprintf("items.%d.waiting", i)); n > 0 {
				p.Errorf("%s has %d messages that wait", who, n)
			}
		}
	}
}

// wordsOf lists the comments of a ticket but its first and local ones, sorted.
func (p *pair) wordsOf(who string, number int64) []string {
	p.Helper()
	list := []string{}
	for after := ""; ; {
		a := p.as(who).get(fmt.Sprintf("/tickets/%d/messages?limit=200%s", number, after)).ok()
		for i := range a.list("items") {
			kind, text := a.text(fmt.Sprintf("items.%d.kind", i)), a.text(fmt.Sprintf("items.%d.text", i))
			if kind == string(dm.LocalNote) || strings.HasPrefix(text, "It all began") {
				continue
			}
			if !strings.HasPrefix(text, kind+" ") {
				p.Errorf("a %s says %q", kind, text)
			}
			list = append(list, text)
		}
		next, _ := a.at("next").(string)
		if next == "" {
			slices.Sort(list)
			return list
		}
		after = "&cursor=" + next
	}
}
