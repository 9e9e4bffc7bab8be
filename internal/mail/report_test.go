package mail

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDelivery(t *testing.T) {
	t.Parallel()
	head := "Reporting-MTA: dns; mx.example\r\nArrival-Date: Wed, 15 Jul 2026 09:00:00 +0000\r\n\r\n"
	for name, c := range map[string]struct {
		report string
		want   *DeliveryReport
	}{
		"a failure": {head + "Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <a@b.example>:\r\n  no such user\r\n",
			&DeliveryReport{"failed", "5.1.1", "550 5.1.1 <a@b.example>: no such user"}},
		"a delay, with a comment": {head + "Final-Recipient: rfc822; a@b.example\r\nAction: Delayed (still trying)\r\nStatus: 4.4.1 (no answer)\r\n",
			&DeliveryReport{"delayed", "4.4.1", ""}},
		"the exact status stands in the text": {head + "Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550-5.2.1 disabled\r\n",
			&DeliveryReport{"failed", "5.2.1", "550-5.2.1 disabled"}},
		"of several the one that failed": {head + "Final-Recipient: rfc822; a@b.example\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\nFinal-Recipient: rfc822; c@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n",
			&DeliveryReport{"failed", "5.1.1", ""}},
		"line feeds alone, and control characters": {strings.ReplaceAll(head, "\r", "") + "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; no\x00 \x1b[31mthanks\n",
			&DeliveryReport{"failed", "5.7.1", "no [31mthanks"}},
		"no recipient": {head, nil},
		"nothing":      {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := "From: a@b.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" + c.report + "\r\n--b--\r\n"
			in, err := Parse([]byte(raw), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, in.Delivery()); diff != "" {
				t.Error(diff)
			}
		})
	}
	for name, want := range map[string]*DeliveryReport{"dsn-bounce": {"failed", "5.1.1", ""}, "dsn-delayed": {"delayed", "4.4.1", ""}, "plain": nil, "read-receipt": nil} {
		raw, err := os.ReadFile("testdata/" + name + ".eml")
		if err != nil {
			t.Fatal(err)
		}
		in, err := Parse(raw, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		got := in.Delivery()
		if (got == nil) != (want == nil) || got != nil && (got.Action != want.Action || got.Status != want.Status) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestNoSuchAddress(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]bool{"5.1.1": true, "5.1.2": true, "5.2.1": true, "5.1.10": true, "5.2.2": false, "5.7.1": false, "4.1.1": false, "5.1.8": false, "": false} {
		if NoSuchAddress(status) != want {
			t.Errorf("%q: not %v", status, want)
		}
	}
}

func FuzzDelivery(f *testing.F) {
	f.Add("Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; no\n more")
	f.Add("\n\n:\n : \nAction:")
	f.Fuzz(func(t *testing.T, text string) {
		r := readDelivery([]byte(text))
		if r == nil {
			return
		}
		if len([]rune(r.Detail)) > maxReportDetail || strings.ContainsAny(r.Detail+r.Action+r.Status, "\r\n\x00") {
			t.Errorf("%q", *r)
		}
	})
}

func TestBounceAddress(t *testing.T) {
	t.Parallel()
	s, err := NewSigner(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	b := Bounce{Account: 3, Job: 1 << 40}
	address := s.BounceAddress("Support@acme.example", b)
	base, got, ok := s.ParseBounce(strings.ToUpper(address))
	if !ok || got != b || base != "support@acme.example" {
		t.Errorf("%s gives %v %v %v", address, base, got, ok)
	}
	for name, bad := range map[string]string{"changed": strings.Replace(address, "+b", "+ba", 1), "another base": strings.Replace(address, "Support", "sales", 1), "none": "support@acme.example",
		"an address to answer to": s.ReplyAddress("support@acme.example", Reply{Account: 3, Ticket: 1, Person: 1})} {
		if _, _, ok := s.ParseBounce(bad); ok {
			t.Errorf("%s is taken", name)
		}
	}
	if _, _, ok := s.Parse(address); ok {
		t.Error("it is taken for an address to answer to")
	}
}
