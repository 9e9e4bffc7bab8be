package deskmesh_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
)

func TestParseCondition(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		``:           `{"all":[]}`,
		` {} `:       `{"all":[]}`,
		`{"all":[]}`: `{"all":[]}`,
		`{"all": [ ` + leaf("status", "is", `"new"`) + ` ]}`:                                             `{"all":[{"field":"status","op":"is","value":"new"}]}`,
		leaf("assignee", "in", `[7, "me", 7]`):                                                           `{"field":"assignee","op":"in","value":[7,"me"]}`,
		leaf("group", "is_not", `"mine"`):                                                                `{"field":"group","op":"is_not","value":"mine"}`,
		leaf("tags", "has_any", `[" Red  Hot ","red hot"]`):                                              `{"field":"tags","op":"has_any","value":["red hot"]}`,
		leaf("created", "after", `"2026-01-31T10:00:00+02:00"`):                                          `{"field":"created","op":"after","value":"2026-01-31T08:00:00Z"}`,
		leaf("created", "before", `"1970-01-01"`):                                                        `{"field":"created","op":"before","value":"1970-01-01"}`,
		leaf("created", "before", `"1970-01-01T00:00:00Z"`):                                              `{"field":"created","op":"before","value":"1970-01-01T00:00:00Z"}`,
		leaf("updated", "within_last", `{"hours": 48}`):                                                  `{"field":"updated","op":"within_last","value":{"days":2}}`,
		leaf("share_expires", "within_next", `{"hours": 5}`):                                             `{"field":"share_expires","op":"within_next","value":{"hours":5}}`,
		leaf("is_shared", "is", `false`):                                                                 `{"field":"is_shared","op":"is","value":false}`,
		leaf("number", "gte", `17.0`):                                                                    `{"field":"number","op":"gte","value":17}`,
		leaf("field:12", "in", `["a", 3, true]`):                                                         `{"field":"field:12","op":"in","value":["a",3,true]}`,
		`{"field": "group", "op": "empty"}`:                                                              `{"field":"group","op":"empty"}`,
		`{"any":[{"all":[` + leaf("private", "is", "true") + `]},` + leaf("type", "is", `"task"`) + `]}`: `{"any":[{"all":[{"field":"private","op":"is","value":true}]},{"field":"type","op":"is","value":"task"}]}`,
	} {
		c, err := dm.ParseCondition([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		got, err := json.Marshal(c)
		if err != nil || string(got) != want {
			t.Errorf("%s: %s (%v), want %s", in, got, err, want)
		}
		again, err := dm.ParseCondition(got)
		if diff := cmp.Diff(c, again); err != nil || diff != "" {
			t.Errorf("%s does not come back (%v): %s", in, err, diff)
		}
	}
}

func leaf(field, op, value string) string {
	return fmt.Sprintf(`{"field": %q, "op": %q, "value": %s}`, field, op, value)
}

func TestParseConditionRefuses(t *testing.T) {
	t.Parallel()
	deep := leaf("private", "is", "true")
	for range dm.MaxConditionDepth + 1 {
		deep = `{"all": [` + deep + `]}`
	}
	many := `{"any": [` + strings.TrimSuffix(strings.Repeat(leaf("private", "is", "true")+",", dm.MaxConditionLeaves+1), ",") + `]}`
	for in, says := range map[string]string{
		`[]`:                     "object",
		`null`:                   "object",
		`{"all": null}`:          "list",
		`{"all": [], "any": []}`: "stands alone",
		`{"any": []}`:            "at least one",
		`{"all": [{"all": []}]}`: "all[0]: all needs",
		`{"all": [{}]}`:          "all[0]: field",
		`{"all": [1]}`:           "all[0]: a condition",
		`{"not": []}`:            "unknown key",
		`{"field": "status", "field": "type", "op": "is", "value": "new"}`: "object",
		`{"field": "status", "op": "is", "value": "new"} x`:                "object",
		deep:                                                          "deep",
		many:                                                          "at most 50",
		leaf("wishes", "is", "1"):                                     "no such field",
		leaf("field:0", "is", "1"):                                    "no such field",
		leaf("field:07", "is", "1"):                                   "no such field",
		leaf("status", "contains", `"new"`):                           "no such operator",
		leaf("field:7", "has_any", `["x"]`):                           "no such operator",
		leaf("status", "is", `"later"`):                               "one of new",
		leaf("status", "is", `["new"]`):                               "text",
		leaf("status", "in", `"new"`):                                 "list of 1",
		leaf("status", "in", `[]`):                                    "list of 1",
		`{"field": "status", "op": "is"}`:                             "missing",
		leaf("group", "empty", `true`):                                "takes no value",
		leaf("assignee", "is", `"mine"`):                              "id, or",
		leaf("inbox", "is", `"mine"`):                                 "is an id",
		leaf("assignee", "is", `0`):                                   "id, or",
		leaf("assignee", "is", `1.5`):                                 "id, or",
		leaf("number", "is", `"17"`):                                  "number",
		leaf("number", "is", `1e400`):                                 "number",
		leaf("created", "is", `"2026-01-31T10:00:00Z"`):               "day such as",
		leaf("created", "before", `"yesterday"`):                      "day such as",
		leaf("created", "before", `"0001-01-01"`):                     "day such as",
		leaf("created", "within_last", `{"days": 7, "hours": 1}`):     "length",
		leaf("created", "within_last", `{"days": -7}`):                "length",
		leaf("created", "within_last", `7`):                           "length",
		leaf("private", "is", `"true"`):                               "true or false",
		leaf("subject", "contains", `"  "`):                           "1 to 200",
		leaf("subject", "contains", `"`+strings.Repeat("x", 201)+`"`): "1 to 200",
		leaf("subject", "contains", `"a\u0000b"`):                     "1 to 200",
		`{"all": [` + leaf("private", "is", "true") + `, {"any": [` + leaf("private", "is", "1") + `]}]}`: "At all[1].any[0]: the value is true",
		"\xff": "not valid text",
		strings.Repeat(" ", dm.MaxConditionBytes+1): "at most 20000",
	} {
		c, err := dm.ParseCondition([]byte(in))
		e, ok := err.(*dm.Error)
		if !ok || e.Code != dm.Invalid || e.Field != "filter" || !strings.Contains(e.Public, says) {
			t.Errorf("%.80s: %v, want one that says %q", in, err, says)
		}
		if !c.Empty() {
			t.Errorf("%.80s gives a condition beside its error", in)
		}
	}
}

func TestConjuncts(t *testing.T) {
	t.Parallel()
	c, err := dm.ParseCondition([]byte(`{"all":[{"field":"group","op":"empty"},{"all":[{"field":"tags","op":"empty"}]},{"any":[{"field":"solved","op":"empty"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, part := range c.Conjuncts() {
		got = append(got, part.Field)
	}
	if diff := cmp.Diff([]string{"group", "tags", ""}, got); diff != "" {
		t.Error(diff)
	}
	var places []string
	if err := c.Walk(func(leaf *dm.Condition, place string) error {
		places = append(places, leaf.Field+" at "+place)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"group at all[0]", "tags at all[1].all[0]", "solved at all[2].any[0]"}, places); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseCondition(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `{"all":[` + leaf("status", "is", `"new"`) + `,{"any":[` + leaf("created", "within_last", `{"days":7}`) + `]}]}`,
		leaf("field:7", "in", `[1,"a",true]`), leaf("tags", "has_any", `["a"]`), leaf("assignee", "is", `"me"`), leaf("created", "before", `"2026-01-01"`),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := dm.ParseCondition(raw)
		if err != nil {
			if e, ok := err.(*dm.Error); !ok || e.Code != dm.Invalid || e.Field != "filter" {
				t.Fatal(err)
			}
			return
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var again dm.Condition
		err = json.Unmarshal(text, &again)
		if diff := cmp.Diff(c, again); err != nil || diff != "" {
			t.Fatalf("%s does not come back (%v): %s", text, err, diff)
		}
	})
}
