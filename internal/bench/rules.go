package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/seed"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ruleRows are what rules cost: what a thousand of them add to a write, and how
// lists answer while a time rule looks at every ticket.
var ruleRows = []row{
	{name: "added to a write by 1,000 rules of five conditions", who: seed.FullAddress, p50: ms(1), growth: easyGrowth, writes: true, measure: measureRules},
	// As fast as lists are else, twice over; and every ticket within a minute at 100,000.
	{name: "list: all, typical, while a time rule looks at every ticket", who: seed.TypicalAddress, p50: ms(3), p99: ms(12), rate: 1667, growth: growth, writes: true, measure: measureTimeRule},
}

const timeRunWait = 10 * time.Minute

// measureTimeRule lists over and over while a time rule looks at every ticket. Its
// rate is how many tickets the rule looked at in a second.
func measureTimeRule(ctx context.Context, s *server, v *viewers, r *row) (_ *figures, err error) {
	owner, err := dial(v.address, v.cookies[seed.FullAddress])
	if err != nil {
		return nil, err
	}
	defer owner.close()
	reader, err := dial(v.address, v.cookies[r.who])
	if err != nil {
		return nil, err
	}
	defer reader.close()
	ids, err := makeRules(owner, 1, func(int) string {
		return `{"kind":"time","name":"Old","condition":{"all":[{"field":"status","op":"in","value":["new","open","pending"]},{"field":"hours_since_reply","op":"gte","value":4},` +
			`{"field":"tags","op":"has_any","value":["needle"]}]},"actions":[{"do":"add_tags","tags":["late"]}]}`
	})
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, s.dsn, store.Options{})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var job int64
	if err := db.Write(ctx, store.Normal, func(tx *store.Tx) error {
		job, _, err = tx.Enqueue(store.NewJob{Account: mainAccount, Kind: app.JobTimeRun, Args: map[string]int64{"account": mainAccount}, Urgency: store.Bulk})
		return err
	}); err != nil {
		return nil, err
	}
	f := &figures{row: r}
	var took []time.Duration
	var answer bytes.Buffer
	before, began, looked := s.usage(), time.Now(), time.Now()
	for done := false; !done; {
		sent := time.Now()
		if _, err := reader.do(get("/tickets?view=all&limit=25"), &answer); err != nil {
			return nil, err
		}
		took = append(took, time.Since(sent))
		if time.Since(looked) < 50*time.Millisecond {
			continue
		}
		looked = time.Now()
		var state dm.JobState
		err := db.Read(ctx, func(tx *store.Tx) error {
			j, err := tx.Job(mainAccount, job)
			state = j.State
			return err
		})
		if done = dm.CodeOf(err) == dm.NotFound; err != nil && !done { // one that has succeeded is gone
			return nil, err
		}
		if state == dm.JobDead || time.Since(began) > timeRunWait {
			return nil, fmt.Errorf("the time rule does not come to its end: %q", state)
		}
	}
	length := time.Since(began)
	// Numbers count the tickets of an account: the newest has the highest.
	var newest struct{ Items []struct{ Number int64 } }
	if err := v.get(seed.FullAddress, "/api/v1/tickets?view=all&limit=1&sort=-created", &newest); err != nil || len(newest.Items) == 0 {
		return nil, fmt.Errorf("the newest ticket: %w", err)
	}
	tickets := newest.Items[0].Number
	f.p50, f.p99, f.rate = quantile(took, 0.5), quantile(took, 0.99), float64(tickets)/length.Seconds()
	f.cpu = s.usage().minus(before).server / time.Duration(tickets)
	say("  %d tickets in %.1f s", tickets, length.Seconds())
	return f, dropRules(owner, ids)
}

// makeRules makes rules and gives their ids.
func makeRules(c *client, many int, body func(i int) string) (ids []int64, err error) {
	var answer bytes.Buffer
	for i := range many {
		var made struct{ ID int64 }
		if _, err := c.do(call{http.MethodPost, "/api/v1/rules", []byte(body(i)), http.StatusCreated}, &answer); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(answer.Bytes(), &made); err != nil {
			return nil, err
		}
		ids = append(ids, made.ID)
	}
	return ids, nil
}

func dropRules(c *client, ids []int64) error {
	var answer bytes.Buffer
	for _, id := range ids {
		if _, err := c.do(call{http.MethodDelete, fmt.Sprintf("/api/v1/rules/%d", id), nil, http.StatusNoContent}, &answer); err != nil {
			return err
		}
	}
	return nil
}
