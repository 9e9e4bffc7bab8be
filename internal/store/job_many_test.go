package store

import (
	"slices"
	"testing"
)

func TestEnqueueAll(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		var many []NewJob
		for i := range 37 {
			many = append(many, NewJob{Kind: "work", Args: i, Urgency: Normal})
		}
		d.write(func(tx *Tx) error { return tx.EnqueueAll(many) })
		got := d.claim(d.claimer("a"), ClaimRequest{Most: 100}).Jobs
		args := map[string]bool{}
		for _, j := range got {
			args[string(j.Args)] = true
			if j.MaxAttempts != defaultAttempts || j.Urgency != Normal {
				d.Errorf("job %s: %d attempts, urgency %d", j.Args, j.MaxAttempts, j.Urgency)
			}
		}
		if len(got) != 37 || len(args) != 37 {
			d.Errorf("claimed %d jobs with %d different arguments, want 37", len(got), len(args))
		}
		for name, j := range map[string]NewJob{"a key": {Kind: "work", UniqueKey: "x"}, "a line": {Kind: "work", OrderingKey: "x"}, "no kind": {}} {
			err := d.db.Write(d.Context(), Urgent, func(tx *Tx) error { return tx.EnqueueAll([]NewJob{{Kind: "work"}, j}) })
			if err == nil {
				d.Errorf("jobs with %s were taken", name)
			}
		}
		if left := d.claimIDs(d.claimer("b"), 10); len(left) != 0 {
			d.Errorf("refused jobs left %v behind", left)
		}
	})
}

func TestInRows(t *testing.T) {
	var sizes []int
	next := 0
	err := inRows(87, func(from, to int) error {
		if from != next {
			t.Errorf("rows from %d follow those up to %d", from, next)
		}
		sizes, next = append(sizes, to-from), to
		return nil
	})
	if err != nil || !slices.Equal(sizes, []int{32, 32, 16, 4, 2, 1}) {
		t.Errorf("87 rows are cut into %v (%v)", sizes, err)
	}
}
