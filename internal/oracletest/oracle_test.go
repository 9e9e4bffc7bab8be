package oracletest

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// shrinkTime bounds how long a difference is made smaller.
const shrinkTime = time.Minute

// plans say how much is asked. A question costs several times as much on
// PostgreSQL, which is another process and plans every statement anew.
var plans = map[string]plan{"sqlite": {near: 100, sample: 40}, "postgres": {near: 50, sample: 8}}

// TestOracle plays 3,000 steps, half of them on each engine. DESKMESH_SEED=N
// begins with the world of that seed.
func TestOracle(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, name string) {
		worlds := 75
		if testing.Short() {
			worlds = 5
		}
		p := plans[name]
		p.steps = 20
		t.Log(playMany(t, name, firstSeed(t), worlds, p))
	})
}

// TestProveOracle plays 100,000 steps, half of them on each engine.
func TestProveOracle(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("takes up to half an hour: set DESKMESH_PROVE=1")
	}
	t.Parallel()
	onEngines(t, func(t *testing.T, name string) {
		const chunks, worlds, steps = 25, 80, 25
		p := plans[name]
		p.steps = steps
		seed, all, began := firstSeed(t), newTally(), time.Now()
		for i := range uint64(chunks) {
			// A database of its own for each chunk keeps them all small.
			t.Run("chunk "+strconv.Itoa(int(i)), func(t *testing.T) { all.add(playMany(t, name, seed+i*worlds, worlds, p)) })
			if t.Failed() {
				return
			}
		}
		t.Logf("%s in %s: %s", name, time.Since(began).Round(time.Second), all)
	})
}

func onEngines(t *testing.T, f func(t *testing.T, name string)) {
	for _, name := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, name)
		})
	}
}

// playMany plays worlds of consecutive seeds in one database.
func playMany(t *testing.T, name string, seed uint64, worlds int, p plan) *tally {
	t.Helper()
	e, c := openEngine(t, name), newTally()
	for i := range worlds {
		diff, err := compare(e, seed+uint64(i), p, c)
		if err != nil {
			t.Fatal(err)
		}
		if diff != nil {
			t.Fatalf("seed %d on %s, after step %d: %s", seed+uint64(i), name, len(diff.Steps), shrink(e, diff, shrinkTime))
		}
	}
	return c
}

// firstSeed is another one in every run.
func firstSeed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("DESKMESH_SEED")
	if text == "" {
		return rand.Uint64() >> 1
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

// TestWorlds replays what was once a difference: the question of each file, and
// all others.
func TestWorlds(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/worlds/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no worlds: ", err)
	}
	onEngines(t, func(t *testing.T, name string) {
		e := openEngine(t, name)
		for _, file := range files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				var g played
				if err := json.Unmarshal(text, &g); err != nil {
					t.Fatal(err)
				}
				if diff, err := g.replay(e); err != nil || diff != nil {
					t.Fatal(diff, err)
				}
			})
		}
	})
}

// replay plays a game and asks everything after each step.
func (g played) replay(e *engine) (*difference, error) {
	d, err := newDesk(e, &g)
	if err != nil {
		return nil, err
	}
	for _, s := range g.Steps {
		if diff := d.check(&g, d.every(), newTally()); diff != nil {
			return diff, nil
		}
		if err := d.play(s); err != nil {
			return nil, err
		}
	}
	return d.check(&g, append(d.every(), g.Question), newTally()), nil
}
