package rules_test

import (
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/rules"
)

// FuzzMatch shows that any condition that a rule can have is decided for any text,
// within its limits, that Why and a plan agree with Match, and that asking changes nothing.
func FuzzMatch(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"field":"subject","op":"contains","value":"Straße"}`, `{"field":"text","op":"contains","value":"a b"}`, `{"field":"tags","op":"changed"}`,
		`{"all":[{"field":"hours_since_reply","op":"gte","value":4},{"any":[{"field":"field:1","op":"changed_to","value":"x"},{"field":"field:2","op":"older_than","value":"2d"}]}]}`,
		`{"field":"share_count","op":"not_in","value":[1,2]}`, `{"field":"update_via_sharing","op":"is","value":true}`, `{"field":"requester_domain","op":"is","value":"@"}`,
		`{"field":"share_expires","op":"within_next","value":"3d"}`, `{"field":"assignee","op":"changed_from","value":3}`, `{"field":"sla_due","op":"empty"}`,
	} {
		f.Add([]byte(seed), "Straße 12.5", "2026-03-01", int64(now))
	}
	f.Fuzz(func(t *testing.T, raw []byte, one, two string, at int64) {
		c, err := dm.ParseRuleCondition(raw)
		if err != nil {
			return
		}
		before := dm.Ticket{Subject: two, Tags: []string{two}, AssigneeID: 3, Fields: []dm.FieldValue{{FieldID: 1, Value: two}}}
		s := &rules.Snapshot{
			Ticket:    dm.Ticket{Subject: one, Tags: []string{one, "vip"}, Status: dm.Status(two), CreatedAt: dm.Time(at), CCs: []int64{1}, Fields: []dm.FieldValue{{FieldID: 1, Value: one}, {FieldID: 2, Value: two}}},
			Requester: dm.PersonRef{Name: one, Address: two},
			Messages:  []rules.Message{{Text: one, At: dm.Time(at), By: dm.ByAgent}, {Text: two, Internal: true, Files: 1}, {Text: strings.ToUpper(one), By: dm.ByRequester}},
			Shares:    []dm.Share{{Target: dm.Target{Kind: dm.TargetGroup, ID: 2}, Level: dm.LevelView, ExpiresAt: dm.Time(at)}},
			Clocks:    []dm.Clock{{DueAt: dm.Time(at)}},
			Update:    &rules.Update{Before: before, Performer: dm.ByRule, Via: dm.Via(one)},
		}
		r := &rules.Reader{Internal: true, Now: now}
		holds, why := rules.Match(&c, s, r), rules.Why(&c, s, r)
		if holds != rules.Match(&c, s, r) {
			t.Fatalf("%s holds once and not again", raw)
		}
		var all rules.Leaves
		twice := dm.Condition{Any: []dm.Condition{c, c}}
		first, again := all.Plan(&c, rules.TextsOf(&c)), all.Plan(&twice, rules.TextsOf(&twice))
		if asked := all.Ask(); asked.Match(&first, s, r) != holds || asked.Match(&again, s, r) != holds || asked.Match(&first, s, r) != holds {
			t.Fatalf("%s: its plan says another thing than %v", raw, holds)
		}
		leaves := 0
		_ = c.Walk(func(*dm.Condition, string) error { leaves++; return nil })
		if leaves > dm.MaxConditionLeaves || len(why) > dm.MaxConditionLeaves || c.Leaf() && (len(why) != 1 || why[0].Holds != holds) {
			t.Fatalf("%s: %d leaves, %v tells %v", raw, leaves, holds, why)
		}
		s.Update = nil
		rules.Match(&c, s, r)
	})
}
