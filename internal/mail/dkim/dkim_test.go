package dkim

import (
	"bytes"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	dm "github.com/deskmesh/deskmesh"
)

const plain = "From: Support <support@acme.example>\r\nTo: rita@customer.example\r\nSubject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\nMessage-ID: <1@acme.example>\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHello\r\n.\r\n\r\n\r\n"

func TestSign(t *testing.T) {
	t.Parallel()
	records := map[string]string{}
	var keys []Key
	for _, a := range []dm.DKIMAlgorithm{dm.DKIMRSA, dm.DKIMEd25519} {
		private, public, err := Generate(a)
		if err != nil {
			t.Fatal(err)
		}
		k := &dm.DKIMKey{Domain: "acme.example", Selector: "s" + string(a), Algorithm: a, Public: public}
		if len(k.Record()) > 450 {
			t.Errorf("the record of %s has %d bytes", a, len(k.Record()))
		}
		key, err := Load(k, private)
		if err != nil {
			t.Fatal(err)
		}
		records[k.RecordName()], keys = k.Record(), append(keys, key)
	}
	passes := func(raw []byte) int {
		t.Helper()
		list, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) { return []string{records[name]}, nil }})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, v := range list {
			if v.Err == nil {
				n++
			}
		}
		return n
	}
	raw, err := Sign([]byte(plain), keys)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(raw, []byte(plain)) || passes(raw) != 2 {
		t.Errorf("%d signatures pass:\n%s", passes(raw), raw)
	}
	for name, bad := range map[string]string{
		"another text":    strings.Replace(string(raw), "Hello", "Hallo", 1),
		"another subject": strings.Replace(string(raw), "Gr=C3", "Br=C3", 1),
		"a second From":   strings.Replace(string(raw), "From: ", "From: eve@acme.example\r\nFrom: ", 1),
	} {
		if passes([]byte(bad)) != 0 {
			t.Errorf("%s passes", name)
		}
	}
	same, err := Sign([]byte(plain), nil)
	if err != nil || string(same) != plain {
		t.Errorf("without keys: %v", err)
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	k := &dm.DKIMKey{Algorithm: dm.DKIMRSA, Public: "AAAABBBB"}
	for record, want := range map[string]dm.DKIMFound{
		"v=DKIM1; k=rsa; p=AAAABBBB":      dm.DKIMRight,
		"v=DKIM1;p=AAAA BBBB;":            dm.DKIMRight,
		"p=AAAABBBB":                      dm.DKIMRight,
		"v=DKIM1; k=rsa; p=CCCC":          dm.DKIMDifferent,
		"v=DKIM1; k=rsa; p=":              dm.DKIMDifferent,
		"v=DKIM1; k=ed25519; p=AAAABBBB":  dm.DKIMDifferent,
		"v=spf1 -all":                     dm.DKIMMissing,
		"google-site-verification=p=AAAA": dm.DKIMMissing,
	} {
		if got := Compare(k, []string{record}); got != want {
			t.Errorf("%q: %s, not %s", record, got, want)
		}
	}
	if got := Compare(k, nil); got != dm.DKIMMissing {
		t.Error(got)
	}
}
