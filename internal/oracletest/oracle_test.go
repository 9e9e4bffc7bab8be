package oracletest

import (
	"testing"
	"time"
)

func TestTry(t *testing.T) {
	for _, name := range engines[:1] {
		t.Run(name, func(t *testing.T) {
			e := openEngine(t, name)
			began := time.Now()
			c := newTally()
			by := map[string]int{}
			for seed := range uint64(200) {
				diff, err := compare(e, seed, plan{steps: 20, sample: 40, every: seed%5 == 0}, c)
				if err != nil {
					t.Fatal(err)
				}
				if diff != nil {
					k := string(diff.Question.Door)+string(diff.Question.View)
					if by[k]++; by[k] < 3 {
					t.Errorf("seed %d: after %d steps: %s\ngot  %s\nwant %s", seed, len(diff.Steps), diff.Question, diff.got, diff.want)
					}
				}
			}
				t.Log(c, time.Since(began))
			t.Log(by)
		})
	}
}
