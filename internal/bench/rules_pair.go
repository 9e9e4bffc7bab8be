package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	benchRules = 1000
	rulePairs  = 500 // of one measurement
	ruleRounds = 3
)

// noMatch is rule number i of benchRules: five conditions of which the last alone
// does not hold.
func noMatch(i int) string {
	return fmt.Sprintf(`{"kind":"update","name":"Rule %d","condition":{"all":[{"field":"status","op":"in","value":["new","open","pending","on_hold","solved","closed"]},`+
		`{"field":"priority","op":"in","value":["low","normal","high","urgent"]},{"field":"created","op":"after","value":"2001-01-01"},`+
		`{"field":"private","op":"is","value":false},{"field":"subject","op":"contains","value":"never so %d"}]},"actions":[{"do":"add_tags","tags":["ruled"]}]}`, i, i)
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
	if err := also.signIn(r.who); err != nil {
		return nil, err
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
	ids, err := makeRules(p.clients[0], benchRules, noMatch)
	if err != nil {
		return nil, err
	}
	if _, err := p.run(ctx, 1); err != nil { // the log is no longer empty
		return nil, err
	}
	after, err := p.run(ctx, ruleRounds)
	if err != nil {
		return nil, err
	}
	began := s.usage()
	if err := dropRules(p.clients[0], ids); err != nil {
		return nil, err
	}
	say("  a write without rules %.2f ms; apart by %.2f ms and %.0f µs of processor time without, %.2f ms and %.0f µs with %d; PostgreSQL %.0f and %.0f µs",
		inMS(before.bare50), inMS(before.apart50), inMicro(before.cpu), inMS(after.apart50), inMicro(after.cpu), benchRules, inMicro(before.database), inMicro(after.database))
	say("  %.1f ms of processor time to delete a rule and read the others anew", inMS(s.usage().minus(began).server/benchRules))
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
