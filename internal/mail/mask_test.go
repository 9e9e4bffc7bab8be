package mail

import (
	"bytes"
	"strings"
	"testing"
)

func TestMaskTokens(t *testing.T) {
	t.Parallel()
	s, err := NewSigner(bytes.Repeat([]byte("k"), minKey))
	if err != nil {
		t.Fatal(err)
	}
	r := Reply{Account: 1, Ticket: 17, Person: 3}
	address, id := s.ReplyAddress("support@example.com", r), s.MessageID("example.com", r, 81)
	folded := strings.Replace(address, "+r", "+r=\r\n", 1)
	source := "To: " + address + "\r\nReferences: <" + id + ">\r\nCc: dm.short@example.com, support+r1@example.com\r\n\r\n> " + strings.ToUpper(address) + "\r\n> " + strings.Replace(folded, "@", "=40", 1) + "\r\n"
	masked := []byte(source)
	MaskTokens(masked)
	if len(masked) != len(source) {
		t.Errorf("the length is %d, not %d", len(masked), len(source))
	}
	text := string(masked)
	for _, token := range []string{address[10:50], id[3:40], strings.ToUpper(address)[10:50]} {
		if strings.Contains(text, token) {
			t.Errorf("%q is in %s", token, text)
		}
	}
	for _, kept := range []string{"support+r*", "<dm.***", "dm.short@example.com", "support+r1@example.com", "SUPPORT+R***", "=\r\n***"} {
		if !strings.Contains(text, kept) {
			t.Errorf("%q is not in %s", kept, text)
		}
	}
}
