package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// TestKillRules kills the program once while a bulk, the rules that follow it and
// a time rule work; TestProveKillRules does it thirty times on each engine.
func TestKillRules(t *testing.T) {
	engines(t, func(t *testing.T, dsn string) { ruleKillRounds(t, dsn, 1) })
}

func TestProveKillRules(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("a long proof: set DESKMESH_PROVE=1")
	}
	t.Run("sqlite", func(t *testing.T) { ruleKillRounds(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db"), 30) })
	t.Run("postgres", func(t *testing.T) {
		ruleKillRounds(t, pgtest.Own(t, pgtest.Options{Durable: true}).DSN("postgres"), 30)
	})
}

// killedTicket is a ticket with what it must come to.
type killedTicket struct{ number, version, messages int64 }

// ruleKillRounds tags many tickets in a bulk, which an update rule answers with a
// note, and lets a new time rule add a note to each. The program is killed
// somewhere in the bulk, and again while both go on. Then every ticket has the
// bulk's change and one note of each rule.
func ruleKillRounds(t *testing.T, dsn string, rounds int) {
	const many = 120
	data := t.TempDir()
	p := start(t, dsn, data, "--demo")
	owner := p.as("acme.localhost", "owner@acme.example", demoPassword)
	box := owner.get("/api/v1/tickets?view=all&limit=1").items()[0]["inbox"].(map[string]any)["id"]
	tickets, numbers := make([]killedTicket, many), make([]int64, many)
	for i := range tickets {
		made := owner.want(201, "POST", "/api/v1/tickets", map[string]any{"subject": fmt.Sprintf("Kill rules %d", i), "text": "x", "inbox_id": box, "requester_address": "staff.one@acme.example"})
		tickets[i] = killedTicket{made.number("number"), made.number("version"), made.number("messages")}
		numbers[i] = tickets[i].number
	}
	owner.want(201, "POST", "/api/v1/rules", map[string]any{"kind": "update", "name": "With the bulk", "performers": []string{"agent"}, "events": []any{map[string]any{"event": "tags"}},
		"condition": ours, "actions": []any{map[string]any{"do": "note", "html": "by the rule"}}})
	middle := 0
	for round := range rounds {
		timed := owner.want(201, "POST", "/api/v1/rules", map[string]any{"kind": "time", "name": fmt.Sprint("Round ", round), "condition": ours,
			"actions": []any{map[string]any{"do": "note", "html": "by the time rule"}}}).number("id")
		begun := owner.want(202, "POST", "/api/v1/bulk", map[string]any{"tickets": numbers, "change": map[string]any{"add_tags": []string{fmt.Sprintf("round-%d", round)}}})
		bulk := fmt.Sprintf("/api/v1/bulk/%d", begun.number("id"))
		// The moments of the kills are random; the work goes on meanwhile.
		time.Sleep(time.Duration(rand.IntN(250)) * time.Millisecond)
		p.kill()
		enqueueTimeRules(t, dsn)
		p = start(t, dsn, data, "--demo")
		time.Sleep(time.Duration(rand.IntN(900)) * time.Millisecond)
		p.kill()
		p = start(t, dsn, data, "--demo")
		owner = p.as("acme.localhost", "owner@acme.example", demoPassword)
		if n := owner.get(bulk).number("done"); n > 0 && n < many {
			middle++
		}
		patiently(t, 3*time.Minute, "the bulk goes on after the kill", func() bool { return owner.get(bulk).body["state"] == "done" })
		if a := owner.get(bulk); a.number("done") != many || a.number("failed") != 0 {
			t.Fatalf("round %d: %s", round, a.raw)
		}
		log := fmt.Sprintf("/api/v1/rules/%d/log?outcome=matched&limit=200", timed)
		patiently(t, 3*time.Minute, "the time rule goes on after the kill", func() bool { return len(owner.get(log).items()) >= many })
		owner.want(200, "PATCH", fmt.Sprintf("/api/v1/rules/%d", timed), map[string]any{"enabled": false})
		if n := len(owner.get(log).items()); n != many {
			t.Fatalf("round %d: the time rule acted %d times on %d tickets", round, n, many)
		}
		for i := range tickets {
			k := &tickets[i]
			a := owner.get(fmt.Sprintf("/api/v1/tickets/%d", k.number))
			k.version, k.messages = k.version+1, k.messages+2 // notes raise no version
			if a.number("version") != k.version || a.number("messages") != k.messages {
				t.Fatalf("round %d: ticket %d has version %d and %d messages, not %d and %d", round, k.number, a.number("version"), a.number("messages"), k.version, k.messages)
			}
		}
	}
	checkData(t, dsn, data)
	t.Logf("%d rounds, %d of them killed in the middle of the bulk: every rule acted once on each ticket", rounds, middle)
}

// ours holds for the tickets of this test.
var ours = map[string]any{"field": "subject", "op": "contains", "value": "Kill rules"}

// enqueueTimeRules puts a run of the first account's time rules in line, as each quarter of
// an hour does, while the program is down.
func enqueueTimeRules(t *testing.T, dsn string) {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(t.Context(), store.Normal, func(tx *store.Tx) error {
		account, err := tx.AccountBySlug("acme")
		if err != nil {
			return err
		}
		_, _, err = tx.Enqueue(store.NewJob{Account: account.ID, Kind: app.JobTimeRun, Args: map[string]int64{"account": account.ID}, Urgency: store.Bulk})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
