package store

import (
	"slices"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
)

// TestSharePlans holds what makes the list of all shares cost the same at any
// size: each arm is a window over the index meant for it, in its order.
func TestSharePlans(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db := openJobDB(t, engine, Options{Relaxed: true})
			fillPlans(t, db)
			agent, group := dm.Target{Kind: dm.TargetAgent, ID: 7}, dm.Target{Kind: dm.TargetGroup, ID: 3}
			for name, c := range map[string]struct {
				filter  dm.ShareFilter
				targets []dm.Target
				indexes []string
			}{
				"all":         {dm.ShareFilter{}, []dm.Target{{}}, []string{"shares_all"}},
				"live ones":   {dm.ShareFilter{State: dm.ShareIsLive, Cause: dm.CausePerson, Since: 1, Before: planNow}, []dm.Target{{}}, []string{"shares_all"}},
				"with one":    {dm.ShareFilter{TargetKind: dm.TargetAgent, TargetID: 7}, []dm.Target{agent}, []string{"shares_all_person"}},
				"with a team": {dm.ShareFilter{TargetKind: dm.TargetGroup, TargetID: 3, CreatedBy: 2}, []dm.Target{group}, []string{"shares_all_group"}},
				"with some":   {dm.ShareFilter{Query: "p"}, []dm.Target{agent, group}, []string{"shares_all_person", "shares_all_group"}},
				"by one":      {dm.ShareFilter{CreatedBy: 5}, []dm.Target{{}}, []string{"shares_all_author"}},
			} {
				for _, after := range []*SharePlace{nil, {ID: 500, CreatedAt: planNow}} {
					got := explain(t, db, sharePage(1, &c.filter, c.targets, after, 101, planNow))
					for _, index := range c.indexes {
						if !slices.Contains(strings.Fields(got), index) {
							t.Errorf("%s: the plan has no %s:\n%s", name, index, got)
						}
					}
				}
			}
		})
	}
}
