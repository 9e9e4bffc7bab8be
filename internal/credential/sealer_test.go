package credential

import (
	"bytes"
	"strings"
	"testing"
)

func TestSealer(t *testing.T) {
	t.Parallel()
	s, err := NewSealer(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewSealer(bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	sealed := s.Seal("webhook 7 secret", "whsec_abc")
	if again := s.Seal("webhook 7 secret", "whsec_abc"); again == sealed || strings.Contains(sealed, "whsec") {
		t.Errorf("a sealed text tells something: %s, %s", sealed, again)
	}
	if got, err := s.Open("webhook 7 secret", sealed); err != nil || got != "whsec_abc" {
		t.Errorf("opened: %q, %v", got, err)
	}
	if got, err := s.Open("", s.Seal("", "")); err != nil || got != "" {
		t.Errorf("the empty text: %q, %v", got, err)
	}
	refuse := func(why string, s *Sealer, place, text string) {
		t.Helper()
		if got, err := s.Open(place, text); err == nil || got != "" || strings.Contains(err.Error(), "whsec") {
			t.Errorf("%s: %q, %v", why, got, err)
		}
	}
	refuse("another place", s, "webhook 8 secret", sealed)
	refuse("another key", other, "webhook 7 secret", sealed)
	for _, text := range []string{"", "s1:", "s1:AAAA", "whsec_abc", sealed[3:], sealed[:len(sealed)-4], "s1:!" + sealed[4:]} {
		refuse("damaged", s, "webhook 7 secret", text)
	}
	if _, err := NewSealer(make([]byte, 16)); err == nil {
		t.Error("a short key is taken")
	}
}
