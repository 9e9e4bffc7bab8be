package mail

import (
	"bytes"
	"strings"
	"testing"
)

func TestUnsubscribeToken(t *testing.T) {
	t.Parallel()
	key, other := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	s, err := NewSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	renewed, err := NewSigner(other, key)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := NewSigner(other)
	if err != nil {
		t.Fatal(err)
	}
	u := Unsubscribe{Account: 1, Person: 7, Ticket: 12, Day: 20500}
	token := s.UnsubscribeToken("update", u)
	for _, signer := range []*Signer{s, renewed} {
		if what, got, ok := signer.ParseUnsubscribe(token); !ok || what != "update" || got != u {
			t.Errorf("%q reads as %q %+v %v", token, what, got, ok)
		}
	}
	_, sealed, _ := strings.Cut(token, ".")
	reply := s.ReplyAddress("support@acme.example", Reply{Account: 1, Ticket: 12, Person: 7})
	for _, bad := range []string{"", ".", "update", "share." + sealed, token[:len(token)-1], token + "a", strings.ToUpper(token), "update." + strings.TrimSuffix(strings.TrimPrefix(reply, "support+r"), "@acme.example")} {
		if _, _, ok := s.ParseUnsubscribe(bad); ok {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, _, ok := foreign.ParseUnsubscribe(token); ok {
		t.Error("a token signed with another key is taken")
	}
}
