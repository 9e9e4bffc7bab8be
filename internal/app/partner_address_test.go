package app

import (
	"net/url"
	"strings"
	"testing"

	"github.com/deskmesh/deskmesh/internal/httpx"
)

// Whatever is given as an address of a desk, reading it ends, and what is taken
// names one host and goes nowhere else when it is read again: no user name, query
// or fragment, and no second host behind odd signs.
func FuzzSharingURL(f *testing.F) {
	for _, text := range []string{"https://desk.example/sharing", "http://a.localhost:8080/sharing/", "https://u:p@desk.example/", "https://desk.example\\@evil.example/", "https://[::ffff:127.0.0.1]/", "//desk.example/x",
		"https://desk.example%2f@evil.example/", "https://DESK.example:443/sharing?x#y", "https:desk.example", "https://desk.example/\x00", "https://127.1/", "https://0x7f000001/", "https://desk.example./sharing", "ftp://x"} {
		f.Add(text)
	}
	outside := httpx.ClientOptions{}
	f.Fuzz(func(t *testing.T, text string) {
		u, ok := sharingURL(text)
		if !ok {
			return
		}
		again, err := url.Parse(u.String())
		if err != nil || again.Host != u.Host || again.Scheme != u.Scheme || again.User != nil || again.RawQuery != "" || again.Fragment != "" {
			t.Fatalf("%q is read as %q and then as %+v (%v)", text, u, again, err)
		}
		// What is written behind it stays on that host.
		sent, err := url.Parse(u.String() + "/tickets/0a1b")
		if err == nil && (sent.Host != u.Host || !strings.HasSuffix(sent.Path, "/tickets/0a1b")) {
			t.Fatalf("%q sends to %q", text, sent)
		}
		if outside.Check(u) == nil && u.Scheme != "https" {
			t.Fatalf("%q may be sent to", text)
		}
	})
}
