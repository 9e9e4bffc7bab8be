package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// Desks in processes of their own, which share tickets with each other through
// proxies that lose, delay, repeat, reorder and cut what crosses.

// TestDesks is a short form of TestProveDesks, on SQLite and without kills.
func TestDesks(t *testing.T) {
	t.Parallel()
	desksTogether(t, "sqlite", &plan{seed: uint64(time.Now().UnixNano()), pair: 500, tickets: 20, three: 60})
}

// TestProveDesks makes 10,000 random changes from both sides of two desks, and
// kills them thirty times meanwhile; then 2,000 in a chain of three, and in a ring.
// DESKMESH_CHANGES and DESKMESH_SEED make it other numbers.
func TestProveDesks(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("a long proof: set DESKMESH_PROVE=1")
	}
	changes := number(t, "DESKMESH_CHANGES", 10_000)
	seed := number(t, "DESKMESH_SEED", int(time.Now().Unix()))
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			desksTogether(t, engine, &plan{seed: uint64(seed), pair: changes, tickets: 200, kills: 30, three: changes / 5})
		})
	}
}

// plan says how much is done.
type plan struct {
	seed    uint64
	pair    int // changes of two desks
	tickets int
	kills   int
	three   int // changes in a chain, and in a ring
}

func desksTogether(t *testing.T, engine string, p *plan) {
	var desks []*ownDesk
	for i, name := range []string{"West", "East", "South"} {
		desks = append(desks, newOwnDesk(t, name, dsnFor(t, engine), newFaultProxy(t, p.seed+uint64(i))))
	}
	west, east, south := desks[0], desks[1], desks[2]
	west.agree(east, wholeTerms)
	east.agree(west, narrowTerms)
	east.agree(south, wholeTerms)
	south.agree(west, wholeTerms)
	part := func(name string, f func(t *testing.T)) {
		t.Run(name, func(t *testing.T) {
			for _, d := range desks {
				d.t, d.owner.t = t, t
			}
			f(t)
		})
	}
	part("an outbox survives a restart", func(t *testing.T) { outboxSurvives(t, west, east) })
	part("two desks agree after random changes, faults and kills", func(t *testing.T) {
		s := &storm{T: t, desks: desks[:2], seed: p.seed, run: "pair", changes: p.pair, kills: p.kills, hops: 1}
		for i := range p.tickets {
			from, to := west, east
			if i%2 == 1 {
				from, to = east, west
			}
			number := from.ticket(fmt.Sprint("Pair ", i))
			s.tickets = append(s.tickets, &sharedTicket{numbers: map[*ownDesk]int64{from: number, to: from.share(number, to)}, whole: from == west})
		}
		s.rage()
		s.agree()
	})
	part("three desks agree in a chain", func(t *testing.T) {
		s := inLine(t, p, "chain", desks)
		s.rage()
		s.agree()
	})
	part("three desks agree in a ring, and nothing goes round", func(t *testing.T) {
		s := inLine(t, p, "ring", desks)
		for _, k := range s.tickets {
			south.owner.want(201, "POST", fmt.Sprintf("/api/v1/tickets/%d/partners", k.numbers[south]), map[string]any{"partner_ids": []int64{south.agreed["West"]}})
			east.owner.want(422, "POST", fmt.Sprintf("/api/v1/tickets/%d/partners", k.numbers[east]), map[string]any{"partner_ids": []int64{east.agreed["West"]}})
			eventually(t, "the first desk refuses its own ticket", func() bool {
				return south.link(k.numbers[south], "West", "sent")["state"] == "declined"
			})
		}
		s.rage()
		s.agree()
		for i, k := range s.tickets {
			subject := fmt.Sprint(west.owner.get(fmt.Sprintf("/api/v1/tickets/%d", k.numbers[west])).body["subject"])
			found := 0
			for _, it := range west.owner.get("/api/v1/tickets?view=all&limit=200").items() {
				if it["subject"] == subject {
					found++
				}
			}
			if found != 1 {
				t.Errorf("the first desk has ticket %d %d times", i, found)
			}
		}
	})
	for _, d := range desks {
		checkData(t, d.dsn, d.data)
	}
}

// inLine is a storm over tickets that went from the first desk to the second and
// on to the third.
func inLine(t *testing.T, p *plan, run string, desks []*ownDesk) *storm {
	t.Helper()
	s := &storm{T: t, desks: desks, seed: p.seed, run: run, changes: p.three, hops: 2}
	for i := range max(3, p.three/50) {
		k := &sharedTicket{numbers: map[*ownDesk]int64{}, whole: true}
		number := desks[0].ticket(fmt.Sprint("In a ", run, " ", i))
		for j, d := range desks {
			k.numbers[d] = number
			if j+1 < len(desks) {
				number = d.share(number, desks[j+1])
			}
		}
		s.tickets = append(s.tickets, k)
	}
	return s
}

// outboxSurvives kills a desk while what it has to tell waits for another that is
// not there.
func outboxSurvives(t *testing.T, west, east *ownDesk) {
	number := west.ticket("Outbox")
	there := west.share(number, east)
	east.proxy.set(func() { east.proxy.down = true })
	west.owner.want(201, "POST", fmt.Sprintf("/api/v1/tickets/%d/messages", number), map[string]any{"kind": "reply", "text": "crosses-later"})
	eventually(t, "a try has failed", func() bool { return west.link(number, "East", "sent")["state"] == "delayed" })
	west.again()
	if n := west.waiting(); n != 1 {
		t.Errorf("%d messages wait after the restart", n)
	}
	east.proxy.set(func() { east.proxy.down = false })
	eventually(t, "it arrives", func() bool {
		return strings.Contains(string(east.owner.get(fmt.Sprintf("/api/v1/tickets/%d/messages", there)).raw), "crosses-later")
	})
}
