package nhd

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/google/go-cmp/cmp"
)

func ptr[T any](v T) *T { return &v }

// What a widespread client writes for an update of the status alone: null for all
// that it does not say.
const sparse = `{"uuid":"11A657FDF7099F5E9C1A7D099B28C8B52A31EBE9","subject":null,"requested_at":null,"status":"solved","requester":null,"comments":[],
"current_actor":null,"tags":null,"original_id":null,"custom_fields":null,"custom_status":null}`

func TestParseTicket(t *testing.T) {
	t.Parallel()
	at := time.Date(2011, 1, 17, 9, 1, 1, 0, time.UTC)
	for _, tc := range []struct {
		name, body string
		want       Ticket
	}{
		{"null is not said", sparse, Ticket{UUID: ptr("11a657fdf7099f5e9c1a7d099b28c8b52a31ebe9"), Status: ptr("solved")}},
		{"absent is not said", `{}`, Ticket{}},
		{"members that nobody knows", `{"priority":"high","deskmeshed":{"a":[1]}}`, Ticket{}},
		{"a date with an offset", `{"requested_at":"2011-01-17 01:01:01 -0800"}`, Ticket{RequestedAt: &at}},
		{"a date of RFC 3339", `{"requested_at":"2011-01-17T09:01:01.000Z"}`, Ticket{RequestedAt: &at}},
		{"a day", `{"requested_at":"2011-01-17"}`, Ticket{RequestedAt: ptr(time.Date(2011, 1, 17, 0, 0, 0, 0, time.UTC))}},
		{"dates that are none", `{"requested_at":"yesterday"}`, Ticket{}},
		{"a date that is a number", `{"requested_at":1295254861}`, Ticket{}},
		{"a number as original_id", `{"original_id":12}`, Ticket{OriginalID: ptr("12")}},
		{"a text as original_id", `{"original_id":"DE-12"}`, Ticket{OriginalID: ptr("DE-12")}},
		{"tags as a list", `{"tags":["hardware","fire","fire"]}`, Ticket{Tags: &[]string{"fire", "hardware"}}},
		{"tags as a text", `{"tags":"fire  hardware"}`, Ticket{Tags: &[]string{"fire", "hardware"}}},
		{"no tags", `{"tags":[]}`, Ticket{Tags: &[]string{}}},
		{"fields, one level of a maker's name too", `{"custom_fields":{"zendesk":{"Severity":"high","Count":2,"deep":{"x":1}},"Region":"north","Gone":null,"Done":true}}`,
			Ticket{Fields: []Field{{"Done", "true"}, {"Region", "north"}, {"Count", "2"}, {"Severity", "high"}}}},
		{"somebody by name alone", `{"requester":"bob"}`, Ticket{Requester: &Actor{UUID: hashID("actors/bob"), Name: "bob"}}},
		{"comments", `{"comments":[{"uuid":"A","author":{"uuid":"b","name":" Joe  User "},"body":"hi","public":true,"attachments":null},
			{"uuid":"c","public":null,"attachments":{}},{"uuid":"d","html_body":"<b>x</b>","public":false},{"uuid":"d"}]}`,
			Ticket{Comments: []Comment{{UUID: "a", Author: &Actor{UUID: "b", Name: "Joe User"}, Body: "hi", Public: ptr(true)},
				{UUID: "c", PublicNull: true}, {UUID: "d", HTML: "<b>x</b>", Public: ptr(false)}}}},
		{"a file", `{"comments":[{"uuid":"a","attachments":[{"url":"https://a.example/1","filename":"a.jpg","content_type":null,"display_filename":"A b.jpg"}]}]}`,
			Ticket{Comments: []Comment{{UUID: "a", Attachments: []Attachment{{URL: "https://a.example/1", Filename: "a.jpg", DisplayName: "A b.jpg"}}}}}},
	} {
		got, err := ParseTicket([]byte(tc.body))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if d := cmp.Diff(&tc.want, got); d != "" {
			t.Errorf("%s:\n%s", tc.name, d)
		}
	}
}

func TestParseTicketRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, body, field string }{
		{"nothing", ``, ""},
		{"no JSON", `{"uuid":`, ""},
		{"a list", `[]`, ""},
		{"null", `null`, ""},
		{"no UTF-8", "{\"subject\":\"\xff\"}", ""},
		{"a wrong id", `{"uuid":"../x"}`, "uuid"},
		{"a number as status", `{"status":3}`, "status"},
		{"a comment without an id", `{"comments":[{"uuid":"a"},{"body":"x"}]}`, "comments[1].uuid"},
		{"a comment that is a text", `{"comments":["x"]}`, "comments[0]"},
		{"comments that are a text", `{"comments":"x"}`, "comments"},
		{"public as a text", `{"comments":[{"uuid":"a","public":"yes"}]}`, "comments[0].public"},
		{"a file without an address", `{"comments":[{"uuid":"a","attachments":[{"filename":"x"}]}]}`, "comments[0].attachments[0].url"},
		{"too many comments", `{"comments":[` + strings.TrimSuffix(strings.Repeat(`{"uuid":"a"},`, MaxComments+1), ",") + `]}`, "comments"},
		{"too deep", strings.Repeat(`{"a":`, maxDepth+1) + `1` + strings.Repeat(`}`, maxDepth+1), ""},
		{"too large", `{"subject":"` + strings.Repeat("a", MaxBody) + `"}`, ""},
	} {
		_, err := ParseTicket([]byte(tc.body))
		e, ok := err.(*dm.Error)
		if !ok || e.Code != dm.Invalid || e.Field != tc.field {
			t.Errorf("%s: %v, want a fault at %q", tc.name, err, tc.field)
		}
	}
}

// Brackets inside texts are no nesting.
func TestDepthIgnoresTexts(t *testing.T) {
	t.Parallel()
	if _, err := ParseTicket([]byte(`{"subject":"` + strings.Repeat(`[{\"`, 100) + `"}`)); err != nil {
		t.Error(err)
	}
}

func TestEncodeTicket(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 8, time.FixedZone("", 3600))
	got, err := (&Ticket{UUID: ptr("u"), Subject: ptr("A <b> & c"), Status: ptr("open"), RequestedAt: &at, OriginalID: ptr("17"), Tags: &[]string{}, Fields: []Field{{"Region", ""}},
		Requester: &Actor{UUID: "r", Name: "Ana", Role: "end-user"},
		Comments:  []Comment{{UUID: "c", Author: &Actor{UUID: "r", Name: "Ana"}, Body: "hi", AuthoredAt: &at}}}).Encode()
	want := `{"uuid":"u","subject":"A <b> & c","requested_at":"2026-03-04 04:06:07 +0000","status":"open","requester":{"uuid":"r","name":"Ana","role":"end-user"},` +
		`"comments":[{"uuid":"c","author":{"uuid":"r","name":"Ana","role":null},"body":"hi","authored_at":"2026-03-04 04:06:07 +0000","public":false}],` +
		`"tags":[],"original_id":"17","custom_fields":{"Region":""}}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\n%s", err, got, want)
	}
	if got, _ := (&Ticket{Status: ptr("open")}).Encode(); string(got) != `{"status":"open","comments":[]}` {
		t.Errorf("%s", got)
	}
}

func TestStatusWords(t *testing.T) {
	t.Parallel()
	for s, want := range map[dm.Status]string{dm.StatusNew: "open", dm.StatusOpen: "open", dm.StatusPending: "pending", dm.StatusOnHold: "open", dm.StatusSolved: "solved", dm.StatusClosed: "solved"} {
		if got := wireStatus(s); got != want {
			t.Errorf("%s is said as %s", s, got)
		}
	}
	for word, want := range map[string]dm.Status{"new": "open", "open": "open", "pending": "pending", "hold": "on_hold", "solved": "solved", "closed": "solved", "resolved": "solved", "waiting": "", "": ""} {
		if got := readStatus(word); got != want {
			t.Errorf("%q means %q", word, got)
		}
	}
}

func TestWhetherACommentIsPublic(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		c       Comment
		allowed bool
		want    bool
	}{
		{Comment{}, true, true}, {Comment{}, false, false}, {Comment{PublicNull: true}, true, false},
		{Comment{Public: ptr(true)}, true, true}, {Comment{Public: ptr(true)}, false, false}, {Comment{Public: ptr(false)}, true, false},
	} {
		if got := tc.c.takesPublic(tc.allowed); got != tc.want {
			t.Errorf("%+v where public ones are allowed %v: %v", tc.c, tc.allowed, got)
		}
	}
}

func TestParseAgreement(t *testing.T) {
	t.Parallel()
	a, err := ParseAgreement([]byte(`{"receiver_url":null,"sender_url":"https://a.example/sharing","status":"inactive","uuid":"63A59A","sync_tags":null,"allows_public_comments":false,"deskmesh":{"terms":{}}}`))
	want := &Agreement{SenderURL: ptr("https://a.example/sharing"), Status: ptr("inactive"), UUID: ptr("63a59a"), AllowsPublicComments: ptr(false), Deskmesh: json.RawMessage(`{"terms":{}}`)}
	if d := cmp.Diff(want, a); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
	if _, err := ParseAgreement([]byte(`{"sync_tags":"yes"}`)); dm.CodeOf(err) != dm.Invalid {
		t.Error(err)
	}
}

// Whatever comes, reading ends, and what was read can be written and read again.
func FuzzTicket(f *testing.F) {
	f.Add([]byte(sparse))
	f.Add([]byte(`{"uuid":"a","comments":[{"uuid":"b","author":"x","public":null,"attachments":[{"url":"u","filename":"f"}]}],"tags":"a b","original_id":1e9,"custom_fields":{"z":{"A":1.5}},"requested_at":"2011-01-17 01:01:01 -0800"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		first, err := ParseTicket(body)
		if err != nil {
			if dm.CodeOf(err) != dm.Invalid {
				t.Fatal(err)
			}
			return
		}
		for i := range first.Comments { // what was not said is written as private
			public := first.Comments[i].takesPublic(true)
			first.Comments[i].Public, first.Comments[i].PublicNull = &public, false
			if first.Comments[i].Author == nil {
				first.Comments[i].Author = &Actor{UUID: "x"}
			}
		}
		out, err := first.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if len(out) > MaxBody {
			return
		}
		again, err := ParseTicket(out)
		if err != nil {
			t.Fatalf("%v of %s", err, out)
		}
		if len(again.Comments) != len(first.Comments) || value(again.Status) != value(first.Status) || value(again.UUID) != value(first.UUID) {
			t.Fatalf("%s became %s", body, out)
		}
	})
}

func FuzzAgreement(f *testing.F) {
	f.Add([]byte(`{"uuid":"63a59a","status":"pending","sync_tags":true,"current_actor":{"uuid":"a","name":"n"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := ParseAgreement(body)
		if err != nil {
			return
		}
		out, err := a.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseAgreement(out); err != nil {
			t.Fatalf("%v of %s", err, out)
		}
	})
}
