package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// TestKillBulk kills the program once while bulk work goes on; TestProveKillBulk
// does it thirty times on each engine.
func TestKillBulk(t *testing.T) {
	engines(t, func(t *testing.T, dsn string) { bulkKillRounds(t, dsn, 1) })
}

func TestProveKillBulk(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("a long proof: set DESKMESH_PROVE=1")
	}
	t.Run("sqlite", func(t *testing.T) { bulkKillRounds(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db"), 30) })
	t.Run("postgres", func(t *testing.T) {
		bulkKillRounds(t, pgtest.Own(t, pgtest.Options{Durable: true}).DSN("postgres"), 30)
	})
}

// bulkKillRounds begins bulk work on many tickets, kills the program somewhere in
// it, and requires that the job goes on by itself and has changed each ticket
// once.
func bulkKillRounds(t *testing.T, dsn string, rounds int) {
	const many = 250
	data := t.TempDir()
	p := start(t, dsn, data, "--demo")
	agent := p.as("acme.localhost", "accounts.agent@acme.example", demoPassword)
	box := agent.get("/api/v1/tickets?view=all&limit=1").items()[0]["inbox"].(map[string]any)["id"]
	numbers, versions := make([]int64, many), make([]int64, many)
	for i := range numbers {
		made := agent.want(201, "POST", "/api/v1/tickets", map[string]any{"subject": fmt.Sprintf("Kill bulk %d", i), "text": "x", "inbox_id": box, "requester_address": "staff.one@acme.example"})
		numbers[i], versions[i] = made.number("number"), made.number("version")
	}
	middle := 0
	for round := range rounds {
		tag := fmt.Sprintf("round-%d", round)
		begun := agent.want(202, "POST", "/api/v1/bulk", map[string]any{"tickets": numbers, "change": map[string]any{"add_tags": []string{tag}}})
		path := fmt.Sprintf("/api/v1/bulk/%d", begun.number("id"))
		// The moment of the kill is random; the work goes on meanwhile.
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
		p.kill()
		p = start(t, dsn, data, "--demo")
		agent = p.as("acme.localhost", "accounts.agent@acme.example", demoPassword)
		if n := agent.get(path).number("done"); n > 0 && n < many {
			middle++
		}
		patiently(t, 3*time.Minute, "the bulk goes on after the kill", func() bool { return agent.get(path).body["state"] == "done" })
		if a := agent.get(path); a.number("done") != many || a.number("failed") != 0 {
			t.Fatalf("round %d: %s", round, a.raw)
		}
		for i, n := range numbers {
			if got := agent.get(fmt.Sprintf("/api/v1/tickets/%d", n)).number("version"); got != versions[i]+1 {
				t.Fatalf("round %d: ticket %d was changed %d times", round, n, got-versions[i])
			}
			versions[i]++
		}
	}
	checkData(t, dsn, data)
	t.Logf("%d rounds, %d of them killed in the middle: every ticket was changed once in each", rounds, middle)
}
