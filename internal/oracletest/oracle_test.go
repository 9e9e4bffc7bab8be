package oracletest

import (
	"testing"
	"time"
)

func TestTry(t *testing.T) {
	for _, name := range engines {
		t.Run(name, func(t *testing.T) {
			e := openEngine(t, name)
			began := time.Now()
			c := newTally()
			for seed := range uint64(10) {
				diff, err := compare(e, seed, plan{steps: 20, sample: 40, every: seed%5 == 0}, c)
				if err != nil {
					t.Fatal(err)
				}
				if diff != nil {
					t.Errorf("seed %d: after %d steps: %s\ngot  %s\nwant %s", seed, len(diff.Steps), diff.Question, diff.got, diff.want)
				}
				t.Log(c, time.Since(began))
			}
		})
	}
}
