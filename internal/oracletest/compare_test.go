package oracletest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/oracle"
	"github.com/deskmesh/deskmesh/internal/store"
)

// plan says how a world is played.
type plan struct {
	steps  int
	near   int // of a hundred questions that the step makes worth asking
	sample int // random questions after each step
}

const (
	// mostPageRows is the longest page of a list.
	mostPageRows = 7
	// everyWorlds is how many worlds there are for one that ends with every
	// question there is.
	everyWorlds = 25
)

// tally counts what was compared.
type tally struct {
	worlds, steps, decisions int
	questions                map[door]int
	playing, asking          time.Duration
}

func newTally() *tally { return &tally{questions: map[door]int{}} }

func (c *tally) add(o *tally) {
	c.worlds, c.steps, c.decisions = c.worlds+o.worlds, c.steps+o.steps, c.decisions+o.decisions
	c.playing, c.asking = c.playing+o.playing, c.asking+o.asking
	for at, n := range o.questions {
		c.questions[at] += n
	}
}

func (c *tally) String() string {
	total := 0
	for _, n := range c.questions {
		total += n
	}
	return fmt.Sprintf("%d worlds, %d steps, %d decisions, %d questions %v; playing %s, asking %s",
		c.worlds, c.steps, c.decisions, total, c.questions, c.playing.Round(time.Millisecond), c.asking.Round(time.Millisecond))
}

// difference is a question that the real code and the oracle answer
// differently, and how it came to that.
type difference struct {
	played
	got, want string
}

// played is a world, what was done in it, and a question to ask then. It is
// what testdata/worlds holds.
type played struct {
	Searchable bool     // the setting sharing.searchable of both accounts, which the oracle does not know
	Token      []string // what a token lets through
	World      *oracle.World
	Steps      []oracle.Step
	Question   question
}

// tokenWords is what a token can let through, or not.
var tokenWords = []string{
	"notes.read", "tickets.note", "tickets.reply", "tickets.edit", "tickets.assign", "tickets.forward", "tickets.share", "tickets.delete", "tickets.merge",
}

// compare plays the world of a seed and gives the first difference, or nil. An
// error means that the world could not be stored or changed.
func compare(e *engine, seed uint64, p plan, c *tally) (*difference, error) {
	diff, err := play(e, seed, p, c)
	if err != nil {
		err = fmt.Errorf("the world of seed %d on %s: %w", seed, e.db.Engine(), err)
	}
	return diff, err
}

func play(e *engine, seed uint64, p plan, c *tally) (*difference, error) {
	rng := rand.New(rand.NewPCG(seed, 1))
	game := &played{Searchable: rng.IntN(2) == 0, World: oracle.Worlds().Example(int(seed))}
	for _, permission := range tokenWords {
		if rng.IntN(3) > 0 {
			game.Token = append(game.Token, permission)
		}
	}
	began := time.Now()
	d, err := newDesk(e, game)
	c.playing += time.Since(began)
	if err != nil {
		return nil, err
	}
	c.worlds++
	d.pageRows = 1 + int(seed%mostPageRows)
	for range p.steps {
		began := time.Now()
		s := oracle.Steps(d.world).Example(int(rng.Uint64() >> 1))
		if err := d.play(s); err != nil {
			return nil, err
		}
		c.steps++
		c.playing += time.Since(began)
		game.Steps = append(game.Steps, s)
		questions := slices.DeleteFunc(d.near(s, rng), func(question) bool { return rng.IntN(100) >= p.near })
		for range p.sample {
			questions = append(questions, d.random(rng))
		}
		if diff := d.check(game, questions, c); diff != nil {
			return diff, nil
		}
	}
	if seed%everyWorlds == 0 {
		return d.check(game, d.every(), c), nil
	}
	return nil, nil
}

// check asks for every decision, and then the questions.
func (d *desk) check(game *played, questions []question, c *tally) *difference {
	began := time.Now()
	defer func() { c.asking += time.Since(began) }()
	for i := range d.world.Accounts {
		q, err := d.decideAll(&d.world.Accounts[i], c)
		if err != nil {
			return &difference{*game, err.Error(), "no error"}
		}
		if q != nil {
			questions = append([]question{*q}, questions...)
		}
	}
	for _, q := range questions {
		c.questions[q.Door]++
		got, want, err := d.ask(q)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			diff := &difference{*game, got, want}
			diff.Question = q
			return diff
		}
	}
	return nil
}

// decideAll compares the rights of everybody in an account, as they are and as
// requesters, in all tickets of both accounts. It gives the first question with
// another answer.
func (d *desk) decideAll(a *oracle.Account, c *tally) (*question, error) {
	type fact struct {
		of    int64
		t     *oracle.Ticket
		facts *access.Facts
	}
	var all []fact
	for i := range d.world.Accounts {
		of := &d.world.Accounts[i]
		for j := range of.Tickets {
			all = append(all, fact{of.ID, &of.Tickets[j], d.facts(of.ID, &of.Tickets[j])})
		}
	}
	var differs *question
	err := d.db.Read(context.Background(), func(tx *store.Tx) error {
		for _, who := range askers(a) {
			v, err := d.viewer(tx, who)
			if err != nil {
				return err
			}
			w := d.worldOf(who.as)
			for _, f := range all {
				c.decisions++
				var want access.Right
				if f.of == a.ID {
					want = expectRights(oracle.Rights(w, a.ID, who.person, f.t.ID))
				}
				if got := access.Decide(v, f.facts, dm.Time(d.world.Now)); got.Rights != want && differs == nil {
					q := who.about(doorDecide, f.of, f.t.ID)
					differs = &q
				}
			}
		}
		return nil
	})
	return differs, err
}
