package app

import (
	"context"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/rules"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Kinds of jobs of time rules.
const (
	JobTimeRules = "rules.time" // puts one of the next in line for each account that has time rules
	JobTimeRun   = "rules.run"  // asks the time rules of one account about its tickets
)

// timeRuleEvery is how often time rules are asked.
const timeRuleEvery = 15 * time.Minute

const (
	// timeRuleRead is how many tickets are read at once.
	timeRuleRead = 500
	// timeRuleMost is how many tickets one rule acts on in one run: the rest waits
	// for the next.
	timeRuleMost = 1000
)

type timeRunArgs struct {
	Account int64 `json:"account"`
}

// timeRules does the job JobTimeRules. An account whose run is still going on gets
// no second one.
func (a *App) timeRules(ctx context.Context) error {
	return a.eachAccount(ctx, func(ctx context.Context, dir *store.Directory) error {
		if len(timeRulesOf(dir)) == 0 {
			return nil
		}
		return a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
			_, _, err := tx.Enqueue(store.NewJob{Account: dir.Account.ID, Kind: JobTimeRun, Args: timeRunArgs{dir.Account.ID}, Urgency: store.Bulk,
				UniqueKey: "rules.run " + idText(dir.Account.ID)})
			return err
		})
	})
}

func timeRulesOf(dir *store.Directory) (list []*store.DirRule) {
	for i := range dir.Rules {
		if dir.Rules[i].Kind == dm.RuleTime {
			list = append(list, &dir.Rules[i])
		}
	}
	return list
}

// RunTimeRules asks the time rules of an account about all its tickets, a few at a
// time, in the order of their ids. A rule acts on a ticket when its condition
// begins to hold there: it remembers where it has acted, and acts again only after
// the condition did not hold for a while. Killed at any moment and run again, it
// acts once: the memory is written with the act.
func (a *App) RunTimeRules(ctx context.Context, account int64) error {
	acted, after := map[int64]int{}, int64(0)
	for {
		due, last, err := a.dueByTime(ctx, account, after)
		if err != nil {
			return err
		}
		for _, d := range due {
			if acted[d.rule] >= timeRuleMost {
				continue
			}
			did, err := a.actByTime(ctx, account, d)
			if err != nil {
				return err
			}
			if did {
				acted[d.rule]++
			}
		}
		if after = last; after == 0 {
			return nil
		}
	}
}

// dueTicket is a ticket for which a time rule's condition has begun to hold.
type dueTicket struct{ rule, ticket int64 }

// dueByTime looks at the next tickets, and finds those on which rules are to act
// now. The tickets for which a condition holds no more are noted.
func (a *App) dueByTime(ctx context.Context, account, after int64) (due []dueTicket, last int64, err error) {
	rearm := map[int64][]int64{}
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		dir, err := tx.Directory(account)
		if err != nil {
			return err
		}
		list := timeRulesOf(dir)
		var needs rules.Needs
		for _, r := range list {
			needs |= r.Needs
		}
		if len(list) == 0 {
			return nil
		}
		var tickets []*rules.Snapshot
		if tickets, last, err = tx.RuleTickets(account, after, timeRuleRead, needs); err != nil {
			return err
		}
		ids := make([]int64, len(tickets))
		for i := range tickets {
			ids[i] = tickets[i].Ticket.ID
		}
		reader := &rules.Reader{Internal: true, Now: tx.Now()}
		for _, r := range list {
			memory, err := tx.FiredOn(account, r.ID, ids)
			if err != nil {
				return err
			}
			for _, s := range tickets {
				holds, err := a.holdsByTime(tx, dir, r, s, reader)
				if err != nil {
					return err
				}
				m := memory[s.Ticket.ID]
				switch {
				case holds && !m.Holds && m.Times < dm.MaxRuleFired:
					due = append(due, dueTicket{r.ID, s.Ticket.ID})
				case !holds && m.Holds:
					rearm[r.ID] = append(rearm[r.ID], s.Ticket.ID)
				}
			}
		}
		return nil
	})
	if err != nil || len(rearm) == 0 {
		return due, last, err
	}
	return due, last, a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
		for _, rule := range sortedKeys(rearm) {
			if err := tx.Rearm(account, rule, rearm[rule]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) holdsByTime(tx *store.Tx, dir *store.Directory, r *store.DirRule, s *rules.Snapshot, reader *rules.Reader) (bool, error) {
	if r.BrandID != 0 && r.BrandID != s.BrandID || !awake(dir, s.Ticket.InboxID) || !rules.Match(&r.Condition, s, reader) {
		return false, nil
	}
	verdict, err := a.ruleHolds(tx, dir, &r.Rule, s, reader)
	return verdict.Holds, err
}

// actByTime lets a time rule act on a ticket, in one transaction with its memory,
// if it is still to: both are looked at again under the ticket's lock.
func (a *App) actByTime(ctx context.Context, account int64, d dueTicket) (acted bool, err error) {
	err = a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
		acted = false
		w, err := a.lockForRules(tx, account, d.ticket)
		if w == nil || err != nil {
			return gone(err)
		}
		at := -1
		for i := range w.dir.Rules {
			if w.dir.Rules[i].ID == d.rule && w.dir.Rules[i].Kind == dm.RuleTime {
				at = i
			}
		}
		memory, err := tx.FiredOn(account, d.rule, []int64{d.ticket})
		if m := memory[d.ticket]; err != nil || at < 0 || m.Holds || m.Times >= dm.MaxRuleFired {
			return err
		}
		r := &w.dir.Rules[at]
		c := &ruleChain{app: a, tx: tx, dir: w.dir, account: account, acted: map[int64]bool{}, misses: maxRuleMisses, reader: rules.Reader{Internal: true, Now: tx.Now()}}
		c.told = ruleUpdate{Update: rules.Update{Before: w.old, BrandBefore: w.dir.BrandOf(w.old.InboxID).ID, Performer: dm.BySystem, Via: dm.ViaSystem}}
		c.see(w)
		c.held = w.dir.RuleLeaves.Ask()
		if r.BrandID != 0 && r.BrandID != w.dir.BrandOf(w.t.InboxID).ID || !awake(w.dir, w.t.InboxID) {
			return nil
		}
		if acted, err = c.ask(r); err != nil {
			return err
		}
		if !acted {
			return c.end()
		}
		if err := tx.SetFired(account, d.rule, d.ticket); err != nil {
			return err
		}
		return c.follow()
	})
	return acted, err
}

// follow asks the rules about what the chain has done so far, until nothing more
// happens, and writes the logs.
func (c *ruleChain) follow() error {
	for {
		c.next.pass = c.told.pass + 1
		c.told, c.next = c.next, ruleUpdate{}
		if c.stopped || !c.told.any() {
			return c.end()
		}
		if err := c.onePass(); err != nil {
			return err
		}
	}
}

// end writes the lines that the chain has for the logs of rules.
func (c *ruleChain) end() error { return c.tx.LogRules(c.account, c.lines) }

// runTimeRules does the job JobTimeRun.
func (a *App) runTimeRules(ctx context.Context, _ *jobs.Job, args timeRunArgs) error {
	return a.RunTimeRules(ctx, args.Account)
}
