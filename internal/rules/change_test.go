package rules_test

import (
	"fmt"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/rules"
)

func parseRule(t testing.TB, format string, args ...any) *dm.Condition {
	t.Helper()
	c, err := dm.ParseRuleCondition(fmt.Appendf(nil, format, args...))
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

func TestMatchRules(t *testing.T) {
	t.Parallel()
	before := dm.Ticket{Status: dm.StatusOpen, Priority: dm.PriorityHigh, GroupID: 3, Tags: []string{"a"}, Fields: []dm.FieldValue{{FieldID: 1, Value: "red"}}}
	after := before
	after.Status, after.AssigneeID, after.Tags, after.Fields = dm.StatusPending, 7, []string{"a", "b"}, []dm.FieldValue{{FieldID: 1, Value: "blue"}}
	after.CreatedAt, after.UpdatedAt = now.Add(-5*time.Hour), now.Add(-90*time.Minute)
	s := &rules.Snapshot{Ticket: after, Shares: []dm.Share{{Cause: dm.Cause{Kind: dm.CauseRule}}, {OpenedAt: 1}},
		Messages: []rules.Message{{By: dm.ByRequester, At: now.Add(-5 * time.Hour)}, {By: dm.ByAgent, At: now.Add(-4 * time.Hour)}, {By: dm.ByRequester, At: now.Add(-3 * time.Hour)}, {Internal: true, By: dm.ByAgent, At: now}},
		Update:   &rules.Update{Before: before, Performer: dm.ByAgent, Via: dm.ViaMail, ViaSharing: true}}
	for _, x := range []struct {
		leaf string
		want bool
	}{
		{`"status","op":"changed"`, true},
		{`"priority","op":"changed"`, false},
		{`"priority","op":"not_changed"`, true},
		{`"status","op":"changed_to","value":"pending"`, true},
		{`"status","op":"changed_to","value":"open"`, false},
		{`"status","op":"changed_from","value":"open"`, true},
		{`"state","op":"changed"`, false},
		{`"assignee","op":"changed_to","value":7`, true},
		{`"group","op":"changed_from","value":3`, false},
		{`"tags","op":"changed"`, true},
		{`"cc","op":"changed"`, false},
		{`"field:1","op":"changed_to","value":"blue"`, true},
		{`"field:1","op":"changed_from","value":"red"`, true},
		{`"field:2","op":"changed"`, false},
		{`"performer","op":"is","value":"agent"`, true},
		{`"update_via","op":"in","value":["api","portal"]`, false},
		{`"update_via_sharing","op":"is","value":true`, true},
		{`"share_count","op":"gte","value":2`, true},
		{`"shared_by_rule","op":"is","value":true`, true},
		{`"opened_by_recipient","op":"is","value":false`, false},
		{`"requester_replies","op":"is","value":1`, true},
		{`"agent_replies","op":"is","value":1`, true},
		{`"hours_since_created","op":"is","value":5`, true},
		{`"hours_since_updated","op":"is","value":1`, true},
		{`"hours_since_reply","op":"gte","value":3`, true},
		{`"hours_since_reply","op":"gt","value":3`, false},
		{`"hours_since_agent_reply","op":"is","value":4`, true},
		{`"hours_since_requester_reply","op":"lt","value":4`, true},
	} {
		if got := rules.Match(parseRule(t, `{"field":%s}`, x.leaf), s, &rules.Reader{Internal: true, Now: now}); got != x.want {
			t.Errorf("%s: %v", x.leaf, got)
		}
	}
	s.Update.Created = true
	if rules.Match(parseRule(t, `{"field":"status","op":"changed"}`), s, &rules.Reader{Now: now}) {
		t.Error("a ticket that was just filed has changed")
	}
}

// BenchmarkThousandRules is a thousand rules of five conditions asked about one
// ticket, each to its last condition.
func BenchmarkThousandRules(b *testing.B) {
	list := make([]*dm.Condition, 1000)
	for i := range list {
		list[i] = parseRule(b, `{"all":[{"field":"status","op":"in","value":["new","open"]},{"field":"priority","op":"is_not","value":"low"},{"field":"inbox","op":"is","value":1},
{"field":"tags","op":"has_none","value":["x%d"]},{"field":"subject","op":"contains","value":"nothing %d"}]}`, i, i)
	}
	s := &rules.Snapshot{Ticket: dm.Ticket{Status: dm.StatusOpen, Priority: dm.PriorityHigh, InboxID: 1, Subject: "The printer on the second floor does not print", Tags: []string{"vip", "printer"}}}
	r := &rules.Reader{Internal: true, Now: now}
	for b.Loop() {
		for _, c := range list {
			if rules.Match(c, s, r) {
				b.Fatal("it matches")
			}
		}
	}
}

// TestThousandRules holds the order of magnitude of the benchmark, on any machine.
func TestThousandRules(t *testing.T) {
	if testing.Short() {
		t.Skip("a benchmark")
	}
	got := testing.Benchmark(BenchmarkThousandRules)
	t.Logf("a thousand rules of five conditions take %v", time.Duration(got.NsPerOp()))
	if time.Duration(got.NsPerOp()) > 200*time.Millisecond {
		t.Errorf("a thousand rules take %v", time.Duration(got.NsPerOp()))
	}
}
