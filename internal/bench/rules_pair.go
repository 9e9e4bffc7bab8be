package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/seed"
	"github.com/deskmesh/deskmesh/internal/store"
)

const (
	benchRules = 1000
	rulePairs  = 500 // of one measurement
	ruleRounds = 3
	rereads    = 50
)

// noMatch is the condition of rule number i of benchRules: five of which the last
// alone does not hold.
func noMatch(i int) string {
	return fmt.Sprintf(`{"all":[{"field":"status","op":"in","value":["new","open","pending","on_hold","solved","closed"]},`+
		`{"field":"priority","op":"in","value":["low","normal","high","urgent"]},{"field":"created","op":"after","value":"2001-01-01"},`+
		`{"field":"private","op":"is","value":false},{"field":"subject","op":"contains","value":"never so %d"}]}`, i)
}

// fillRules makes update rules in the account that is measured, and gives what
// removes them. It takes the store, because as many requests take minutes.
func fillRules(ctx context.Context, dsn string, many int) (drop func() error, err error) {
	db, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return nil, err
	}
	var ids []int64
	err = db.Write(ctx, store.Normal, func(tx *store.Tx) error {
		ids = nil
		for i := range many {
			condition, err := dm.ReadRuleCondition([]byte(noMatch(i)))
			if err != nil {
				return err
			}
			id, err := tx.CreateRule(mainAccount, &dm.Rule{Kind: dm.RuleUpdate, Name: fmt.Sprint("Rule ", i), Enabled: true, Hours: dm.HoursAny, Condition: condition,
				Actions: []dm.Action{{Do: dm.ActAddTags, Tags: []string{"ruled"}}}})
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return func() error {
		err := db.Write(context.WithoutCancel(ctx), store.Normal, func(tx *store.Tx) error {
			for _, id := range ids {
				if err := tx.DeleteRule(mainAccount, id); err != nil {
					return err
				}
			}
			return nil
		})
		return errors.Join(err, db.Close())
	}, nil
}

// measureRules changes the same tickets on two servers in turn, one of which gets
// rules after a while. What the rules add is the median difference between the two
// answers of a pair, less the one that there was before; so other programs on the
// machine, the disk and the time of the day fall out of it. Processor time is
// that of the two servers, with what they do after the answers.
func measureRules(ctx context.Context, s *server, v *viewers, r *row) (_ *figures, err error) {
	bare, end, err := s.twin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end()) }()
	also := &viewers{address: bare.address, cookies: map[string]string{}}
	for _, who := range []string{r.who, seed.FullAddress} {
		if err := also.signIn(who); err != nil {
			return nil, err
		}
	}
	p := &pairs{ruled: s, bare: bare, tickets: v.typical}
	if p.clients[0], err = dial(v.address, v.cookies[r.who]); err != nil {
		return nil, err
	}
	defer p.clients[0].close()
	if p.clients[1], err = dial(also.address, also.cookies[r.who]); err != nil {
		return nil, err
	}
	defer p.clients[1].close()
	if _, err := p.run(ctx, 1); err != nil { // fills caches
		return nil, err
	}
	before, err := p.run(ctx, ruleRounds)
	if err != nil {
		return nil, err
	}
	drop, err := fillRules(ctx, s.dsn, benchRules)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, drop()) }()
	if _, err := p.run(ctx, 1); err != nil { // the log is no longer empty
		return nil, err
	}
	after, err := p.run(ctx, ruleRounds)
	if err != nil {
		return nil, err
	}
	reread, err := p.reread(ctx, v.cookies[seed.FullAddress], also.cookies[seed.FullAddress], v.group)
	if err != nil {
		return nil, err
	}
	say("  a write without rules takes %.2f ms", inMS(before.bare50))
	for _, a := range []struct {
		rules int
		apart *apart
	}{{0, before}, {benchRules, after}} {
		say("  apart with %4d rules: p50 %.2f ms, p99 %.2f ms, processor %.0f µs, PostgreSQL %.0f µs", a.rules, inMS(a.apart.apart50), inMS(a.apart.apart99), inMicro(a.apart.cpu), inMicro(a.apart.database))
	}
	say("  to read the directory anew takes %.1f ms of processor time more", inMS(reread))
	return &figures{row: r, p50: max(0, after.apart50-before.apart50), p99: max(0, after.apart99-before.apart99),
		cpu: max(0, after.cpu-before.cpu), database: max(0, after.database-before.database)}, nil
}

// pairs asks two servers for the same change in turn.
type pairs struct {
	ruled, bare *server
	clients     [2]*client // of ruled and bare
	tickets     []int64
	next        int
}

// apart is how much longer the ruled server takes than the bare one.
type apart struct {
	apart50, apart99 time.Duration
	bare50           time.Duration
	cpu, database    time.Duration // of one write
}

func (p *pairs) run(ctx context.Context, rounds int) (*apart, error) {
	if err := errors.Join(p.ruled.settle(ctx), p.bare.settle(ctx)); err != nil {
		return nil, err
	}
	cpu, database := p.spent()
	var took [2][]time.Duration
	var differences []time.Duration
	for range rounds * rulePairs {
		n := p.next
		p.next++
		var one [2]time.Duration
		for k := range 2 {
			at := (n + k) % 2 // each is first in every other pair
			var err error
			if one[at], err = p.change(ctx, at, n); err != nil {
				return nil, err
			}
			took[at] = append(took[at], one[at])
		}
		differences = append(differences, one[0]-one[1])
	}
	if err := errors.Join(p.ruled.settle(ctx), p.bare.settle(ctx)); err != nil {
		return nil, err
	}
	cpuThen, databaseThen := p.spent()
	writes := time.Duration(rounds * rulePairs)
	return &apart{apart50: quantile(differences, 0.5), apart99: quantile(took[0], 0.99) - quantile(took[1], 0.99), bare50: quantile(took[1], 0.5),
		cpu: (cpuThen - cpu) / writes, database: (databaseThen - database) / writes}, nil
}

// change changes ticket number n of the list on one of the servers.
func (p *pairs) change(ctx context.Context, at, n int) (time.Duration, error) {
	q := call{http.MethodPatch, fmt.Sprintf("/api/v1/tickets/%d", pick(p.tickets, n)), fmt.Appendf(nil, `{"subject":"Changed in turn (%d)"}`, n), http.StatusOK}
	var answer bytes.Buffer
	sent := time.Now()
	_, err := p.clients[at].do(q, &answer)
	return time.Since(sent), errors.Join(err, ctx.Err())
}

// reread gives how much more processor time the ruled server spends where something
// of people, groups or rules has changed and the next request comes: a group is
// renamed over and over, and gets its name back.
func (p *pairs) reread(ctx context.Context, ruled, bare string, group int64) (time.Duration, error) {
	if err := errors.Join(p.ruled.settle(ctx), p.bare.settle(ctx)); err != nil {
		return 0, err
	}
	before, _ := p.spent()
	for i := range rereads {
		name := seed.ThirtyGroup
		if i+1 < rereads {
			name = fmt.Sprint(seed.ThirtyGroup, i)
		}
		for at, cookie := range []string{ruled, bare} {
			c, err := dial([]*server{p.ruled, p.bare}[at].address, cookie)
			if err != nil {
				return 0, err
			}
			defer c.close()
			q := call{http.MethodPatch, fmt.Sprintf("/api/v1/groups/%d", group), fmt.Appendf(nil, `{"name":%q}`, name), http.StatusOK}
			if _, err := c.do(q, new(bytes.Buffer)); err != nil {
				return 0, err
			}
		}
	}
	if err := errors.Join(p.ruled.settle(ctx), p.bare.settle(ctx)); err != nil {
		return 0, err
	}
	after, _ := p.spent()
	return (after - before) / rereads, nil
}

// spent is how much more processor time the ruled server has spent than the bare
// one, and PostgreSQL for it.
func (p *pairs) spent() (server, database time.Duration) {
	server = cpuOf(p.ruled.pid) - cpuOf(p.bare.pid)
	if p.ruled.database != 0 {
		database = cpuOfDatabase(p.ruled.database, workCopy) - cpuOfDatabase(p.bare.database, twinCopy)
	}
	return server, database
}

func inMicro(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
