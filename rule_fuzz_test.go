package deskmesh_test

import (
	"encoding/json"
	"reflect"
	"testing"

	dm "github.com/deskmesh/deskmesh"
)

// FuzzParseActions shows that actions are read or refused with a place, within
// their limits, and that what was read is written so that it is read alike.
func FuzzParseActions(f *testing.F) {
	for _, seed := range []string{
		`[{"do":"set","field":"status","value":"open"}]`, `[{"do":"set","field":"field:7","value":""}]`,
		`[{"do":"share","targets":[{"kind":"agent","id":3},{"kind":"group_owner"}],"level":"edit","expires_in_hours":0,"notify":false}]`,
		`[{"do":"assign","how":"round_robin","group_id":2},{"do":"spam"}]`, `[{"do":"notify","to":[{"kind":"assignee"}],"subject":"x","html":"<p>{{requester.name}}</p>"}]`,
		`[{"do":"share","targets":null}]`, `[{"do":"add_tags","tags":[""]}]`, `[{"do":"set_expiry","targets":[{"kind":"group","id":-1}]}]`, `[]`, `null`, `[{"do":"delete","do":"spam"}]`,
	} {
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, raw []byte, rule bool) {
		list, err := dm.ParseActions(raw, rule)
		if err != nil {
			if dm.CodeOf(err) != dm.Invalid {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		if len(list) == 0 || len(list) > dm.MaxActions {
			t.Fatalf("%d actions", len(list))
		}
		written, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		var again []dm.Action
		if err := json.Unmarshal(written, &again); err != nil {
			t.Fatalf("%s is not read again: %v", written, err)
		}
		once, _ := json.Marshal(again)
		if string(once) != string(written) {
			t.Fatalf("%s becomes %s", written, once)
		}
	})
}

// FuzzParseRuleCondition does so for the conditions of rules, of which filters
// must read none that only rules have.
func FuzzParseRuleCondition(f *testing.F) {
	for _, seed := range []string{
		`{"field":"status","op":"changed_to","value":"open"}`, `{"all":[{"field":"tags","op":"changed"},{"field":"hours_since_reply","op":"gte","value":4}]}`,
		`{"any":[{"field":"field:3","op":"changed_from","value":"x"},{"field":"performer","op":"in","value":["agent","rule"]}]}`, `{"field":"assignee","op":"is","value":"me"}`, `{}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := dm.ParseRuleCondition(raw)
		if err != nil {
			if dm.CodeOf(err) != dm.Invalid {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		only := false
		_ = c.Walk(func(leaf *dm.Condition, _ string) error {
			only = only || leaf.Op.Changes() || leaf.OwnField() == 0 && dm.ConditionFieldOf(leaf.Field) == nil
			return nil
		})
		if _, err := dm.ParseCondition(raw); only && err == nil {
			t.Fatalf("a filter reads %s", raw)
		}
		written, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := dm.ReadRuleCondition(written)
		if err != nil || !reflect.DeepEqual(again.Conjuncts(), c.Conjuncts()) {
			t.Fatalf("%s becomes %s (%v)", raw, written, err)
		}
	})
}
