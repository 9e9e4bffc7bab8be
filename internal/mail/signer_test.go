package mail

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func testSigner(t testing.TB, fill byte, older ...[]byte) *Signer {
	t.Helper()
	s, err := NewSigner(bytes.Repeat([]byte{fill}, 32), older...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func drawReply(t *rapid.T) Reply {
	return Reply{
		Account: rapid.Int64Range(0, 1<<20).Draw(t, "account"),
		Ticket:  rapid.Int64Range(0, 1<<40).Draw(t, "ticket"),
		Person:  rapid.Int64Range(0, 1<<40).Draw(t, "person"),
	}
}

func TestReplyAddressProperties(t *testing.T) {
	t.Parallel()
	s := testSigner(t, 1)
	other := testSigner(t, 2)
	rapid.Check(t, func(t *rapid.T) {
		r := drawReply(t)
		base := rapid.StringMatching(`[a-zA-Z][a-zA-Z0-9.+-]{0,7}@[a-zA-Z0-9-]{1,20}\.[a-z]{2,5}`).Draw(t, "base")
		address := s.ReplyAddress(base, r)
		if local, _, _ := strings.Cut(address, "@"); len(local) > 64 {
			t.Fatalf("local part of %d bytes", len(local))
		}
		if address == base {
			t.Skip("too long for a token")
		}
		if !ValidEmail(address) {
			t.Fatalf("%q is not an address", address)
		}
		for _, form := range []string{address, strings.ToUpper(address), strings.ToLower(address)} {
			gotBase, got, ok := s.Parse(form)
			if !ok || got != r || gotBase != strings.ToLower(base) {
				t.Fatalf("Parse(%q) = %q, %+v, %v", form, gotBase, got, ok)
			}
		}
		if _, _, ok := other.Parse(address); ok {
			t.Fatal("another key accepts it")
		}
		changed := change(t, address)
		if _, got, ok := s.Parse(changed); ok {
			t.Fatalf("%q is accepted as %+v", changed, got)
		}
	})
}

func TestMessageIDProperties(t *testing.T) {
	t.Parallel()
	s := testSigner(t, 1)
	other := testSigner(t, 2)
	rapid.Check(t, func(t *rapid.T) {
		r := drawReply(t)
		event := rapid.Int64Range(0, 1<<53).Draw(t, "event")
		id := s.MessageID("Desk.example.com", r, event)
		for _, form := range []string{id, "<" + id + ">", strings.ToUpper(id)} {
			got, gotEvent, ok := s.ParseMessageID(form)
			if !ok || got != r || gotEvent != event {
				t.Fatalf("ParseMessageID(%q) = %+v, %d, %v", form, got, gotEvent, ok)
			}
		}
		if _, _, ok := other.ParseMessageID(id); ok {
			t.Fatal("another key accepts it")
		}
		if _, _, ok := s.ParseMessageID(change(t, id)); ok {
			t.Fatal("a changed id is accepted")
		}
		token := strings.TrimPrefix(strings.TrimSuffix(id, "@desk.example.com"), idMark)
		if _, _, ok := s.Parse("x" + replyMark + token + "@desk.example.com"); ok {
			t.Fatal("a Message-ID serves as an address")
		}
	})
}

// change replaces, removes or inserts one character, or moves it to another host.
func change(t *rapid.T, s string) string {
	i := rapid.IntRange(0, len(s)-1).Draw(t, "at")
	c := rapid.StringMatching(`[a-z2-7@.+_-]`).Draw(t, "with")
	changed := map[int]string{0: s[:i] + c + s[i+1:], 1: s[:i] + s[i+1:], 2: s[:i] + c + s[i:]}[rapid.IntRange(0, 2).Draw(t, "how")]
	if strings.EqualFold(changed, s) {
		return s + "x"
	}
	return changed
}

func TestSignedAddresses(t *testing.T) {
	t.Parallel()
	s := testSigner(t, 1)
	r := Reply{Account: 1, Ticket: 1042, Person: 77}

	t.Run("usual numbers fit a local part of 20 bytes", func(t *testing.T) {
		t.Parallel()
		base := strings.Repeat("a", 20) + "@acme.example"
		address := s.ReplyAddress(base, Reply{Account: 100, Ticket: 2_000_000, Person: 2_000_000})
		if address == base {
			t.Error("no token")
		}
	})

	t.Run("a long local part stays plain", func(t *testing.T) {
		t.Parallel()
		base := strings.Repeat("a", 40) + "@acme.example"
		if got := s.ReplyAddress(base, r); got != base {
			t.Errorf("got %q", got)
		}
		if got := s.ReplyAddress("no address", r); got != "no address" {
			t.Errorf("got %q", got)
		}
	})

	t.Run("spoofed reply: unsigned and foreign forms are refused", func(t *testing.T) {
		t.Parallel()
		good := s.ReplyAddress("support@acme.example", r)
		token := strings.TrimSuffix(strings.TrimPrefix(good, "support+r"), "@acme.example")
		for _, address := range []string{
			"", "@", "support@acme.example", "support+r@acme.example", "support+r1042@acme.example", "+r" + token + "@acme.example",
			"billing+r" + token + "@acme.example", "support+r" + token + "@globex.example", "support+r" + token,
			"support+r" + token + "a@acme.example", "support+r" + token + "=@acme.example", "support+rr" + token + "@acme.example",
			strings.Repeat("x", 400) + good,
		} {
			if _, got, ok := s.Parse(address); ok {
				t.Errorf("%q is accepted as %+v", address, got)
			}
		}
	})

	t.Run("old references: unsigned ids are refused", func(t *testing.T) {
		t.Parallel()
		for _, id := range []string{"", "<>", "dm.@acme.example", "dm.1042@acme.example", "1042@acme.example", "<" + s.MessageID("acme.example", r, 1)} {
			if got, _, ok := s.ParseMessageID(id); ok {
				t.Errorf("%q is accepted as %+v", id, got)
			}
		}
	})

	t.Run("an older key still opens, a forgotten one does not", func(t *testing.T) {
		t.Parallel()
		address := s.ReplyAddress("support@acme.example", r)
		if _, _, ok := testSigner(t, 3, bytes.Repeat([]byte{1}, 32)).Parse(address); !ok {
			t.Error("the older key is not accepted")
		}
		if _, _, ok := testSigner(t, 3).Parse(address); ok {
			t.Error("a forgotten key is accepted")
		}
	})

	t.Run("short and missing keys", func(t *testing.T) {
		t.Parallel()
		if _, err := NewSigner(make([]byte, 31)); err == nil {
			t.Error("a key of 31 bytes is accepted")
		}
		var none Signer
		if got := none.ReplyAddress("support@acme.example", r); got != "support@acme.example" {
			t.Errorf("no key, but %q", got)
		}
		if _, _, ok := none.ParseMessageID(none.MessageID("acme.example", r, 1)); ok {
			t.Error("a signer without a key accepts an id")
		}
	})
}

func FuzzSignedNames(f *testing.F) {
	s := testSigner(f, 1)
	f.Add(s.ReplyAddress("support@acme.example", Reply{Account: 1, Ticket: 2, Person: 3}))
	f.Add("<" + s.MessageID("acme.example", Reply{Account: 1, Ticket: 2, Person: 3}, 4) + ">")
	known := map[string]bool{}
	for _, seed := range []string{s.ReplyAddress("support@acme.example", Reply{Account: 1, Ticket: 2, Person: 3}), s.MessageID("acme.example", Reply{Account: 1, Ticket: 2, Person: 3}, 4)} {
		known[seed] = true
	}
	f.Fuzz(func(t *testing.T, in string) {
		if _, _, ok := s.Parse(in); ok && !known[strings.ToLower(in)] {
			t.Errorf("address %q is accepted", in)
		}
		if _, _, ok := s.ParseMessageID(in); ok && !known[strings.Trim(strings.ToLower(in), "<>")] {
			t.Errorf("id %q is accepted", in)
		}
	})
}
