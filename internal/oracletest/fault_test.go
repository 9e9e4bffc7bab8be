//go:build faults

package oracletest

import (
	"os"
	"testing"

	"github.com/deskmesh/deskmesh/internal/access"
)

// TestFaults switches on one deliberate fault after the other and asks that the
// comparison finds each within a few worlds. DESKMESH_SHOW=1 prints what was
// found, made smaller.
func TestFaults(t *testing.T) {
	const worlds, least = 100, 10
	if len(access.Faults) < least {
		t.Fatalf("only %d faults", len(access.Faults))
	}
	// Viewers are kept by account and version; every world has accounts of its
	// own, so that none is left from before a fault was switched.
	e := openEngine(t, "sqlite")
	for _, fault := range access.Faults {
		t.Run(fault, func(t *testing.T) {
			access.SwitchFault(fault)
			defer access.SwitchFault("")
			c := newTally()
			for seed := range uint64(worlds) {
				diff, err := compare(e, seed, plan{near: 100, steps: 8, sample: 80}, c)
				if err != nil {
					t.Fatal(err)
				}
				if diff == nil {
					continue
				}
				t.Logf("found in world %d at the door %q", seed+1, diff.Question.Door)
				if os.Getenv("DESKMESH_SHOW") != "" {
					t.Log(shrink(e, diff, shrinkTime))
				}
				return
			}
			t.Errorf("not found: %s", c)
		})
	}
	t.Run("none", func(t *testing.T) {
		diff, err := compare(e, 1, plan{near: 100, steps: 8, sample: 80}, newTally())
		if err != nil || diff != nil {
			t.Fatal(diff, err)
		}
	})
}

// TestFaultsAreShrunk asks that what a test prints is small enough to be read.
func TestFaultsAreShrunk(t *testing.T) {
	e := openEngine(t, "sqlite")
	access.SwitchFault("sql expiry")
	defer access.SwitchFault("")
	for seed := range uint64(40) {
		diff, err := compare(e, seed, plan{near: 100, steps: 20, sample: 80}, newTally())
		if err != nil {
			t.Fatal(err)
		}
		if diff == nil {
			continue
		}
		small := shrink(e, diff, shrinkTime)
		tickets, steps := 0, len(small.Steps)
		for _, a := range small.World.Accounts {
			tickets += len(a.Tickets)
		}
		if tickets > 2 || steps > 2 {
			t.Errorf("%d tickets and %d steps are left: %s", tickets, steps, small)
		}
		return
	}
	t.Error("no difference")
}
