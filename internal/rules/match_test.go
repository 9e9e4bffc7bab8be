package rules_test

import (
	"fmt"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/rules"
)

const day = dm.Day

var now = dm.TimeOf(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))

func parse(t *testing.T, format string, args ...any) *dm.Condition {
	t.Helper()
	c, err := dm.ParseCondition(fmt.Appendf(nil, format, args...))
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

// TestMatch holds what package store leaves to Match, and what decides dates.
// The rest is compared with SQL there.
func TestMatch(t *testing.T) {
	t.Parallel()
	s := &rules.Snapshot{
		Ticket: dm.Ticket{Number: 7, Subject: "Straße  im ＦＵＬＬ width", Status: dm.StatusOpen, Priority: dm.PriorityHigh, CreatedAt: now.Add(-2 * day),
			Tags: []string{"vip"}, Fields: []dm.FieldValue{{FieldID: 1, Value: "12.5"}, {FieldID: 2, Value: "2026-03-04"}, {FieldID: 3, Value: "true"}, {FieldID: 4, Value: "Dark Red"}}},
		Requester: dm.PersonRef{Name: "Zoë", Address: "Zoe@Sub.Example.com"},
		Messages:  []rules.Message{{Text: "The printer, again."}, {Text: "He cannot pay (o'clock)", Internal: true, Files: 1}},
	}
	for _, x := range []struct {
		leaf string
		want bool
	}{
		{`"subject","op":"contains","value":"STRASSE im full"`, true},
		{`"subject","op":"is","value":"straße im full width"`, true},
		{`"subject","op":"not_contains","value":"strase"`, true},
		{`"requester_name","op":"is","value":"ZOË"`, true},
		{`"requester_name","op":"is","value":"Zoe"`, false},
		{`"requester_domain","op":"is","value":"sub.example.COM"`, true},
		{`"requester_domain","op":"contains","value":"@"`, false},
		{`"text","op":"contains","value":"PRINTER strasse"`, true},
		{`"text","op":"contains","value":"print"`, false},
		{`"text","op":"contains","value":"clock"`, false},
		{`"text","op":"not_contains","value":"clock"`, true},
		{`"text","op":"contains","value":"..."`, false},
		{`"messages","op":"is","value":1`, true},
		{`"has_attachment","op":"is","value":false`, true},
		{`"tags","op":"has_any","value":["VIP","x"]`, true},
		{`"field:1","op":"gt","value":12`, true},
		{`"field:1","op":"is","value":12.5`, true},
		{`"field:1","op":"in","value":[1,12.5]`, true},
		{`"field:2","op":"within_next","value":{"days":3}`, true},
		{`"field:2","op":"within_next","value":{"days":1}`, false},
		{`"field:2","op":"is","value":"2026-03-04"`, true},
		{`"field:2","op":"after","value":"2026-03-03"`, true},
		{`"field:2","op":"after","value":"2026-03-04"`, false},
		{`"field:3","op":"is","value":true`, true},
		{`"field:9","op":"is","value":false`, true},
		{`"field:9","op":"is_not","value":"x"`, true},
		{`"field:9","op":"lt","value":5`, false},
		{`"field:4","op":"is","value":"dark red"`, true},
		{`"field:4","op":"contains","value":"RED"`, true},
		{`"created","op":"is","value":"2026-02-28"`, true},
		{`"created","op":"before","value":"2026-02-28"`, false},
		{`"created","op":"after","value":"2026-02-28"`, false},
		{`"created","op":"after","value":"2026-02-28T08:59:59Z"`, true},
		{`"created","op":"within_last","value":{"hours":48}`, true},
		{`"created","op":"within_last","value":{"hours":47}`, false},
		{`"created","op":"older_than","value":{"hours":48}`, false},
		{`"solved","op":"before","value":"2100-01-01"`, false},
		{`"solved","op":"empty"`, true},
	} {
		if got := rules.Match(parse(t, `{"field":%s}`, x.leaf), s, &rules.Reader{Person: 1, Now: now}); got != x.want {
			t.Errorf("%s: %v", x.leaf, got)
		}
	}
	inside := &rules.Reader{Internal: true, Now: now}
	for _, leaf := range []string{`"text","op":"contains","value":"clock"`, `"messages","op":"is","value":2`, `"has_attachment","op":"is","value":true`} {
		if !rules.Match(parse(t, `{"field":%s}`, leaf), s, inside) {
			t.Errorf("%s: not for one who sees internal content", leaf)
		}
	}
	if !rules.Match(&dm.Condition{}, s, inside) {
		t.Error("the empty condition does not hold")
	}
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	c := parse(t, `{"all":[{"field":"status","op":"is","value":"new"},{"any":[{"field":"text","op":"contains","value":"x"},{"field":"is_shared","op":"is","value":true}]}]}`)
	if got, want := rules.NeedsOf(c), rules.Messages|rules.Texts|rules.Shares; got != want {
		t.Errorf("needs %b, want %b", got, want)
	}
}
