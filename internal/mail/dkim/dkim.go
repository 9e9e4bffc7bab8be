// Package dkim makes the keys that sign mail (DKIM, RFC 6376 and RFC 8463), signs
// with them, and compares a published record with a key.
//
// It must not know accounts or where keys are kept, and asks no domain name
// system itself.
//
// What it keeps: a signature covers what people are shown of a mail, and its From
// field once more than there is one, so that no second one can be added above it.
package dkim

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"

	"github.com/emersion/go-msgauth/dkim"

	dm "github.com/deskmesh/deskmesh"
)

const rsaBits = 2048

// signed are the fields that a signature covers, as far as the mail has them.
// From comes once more than there is one.
var signed = []string{"From", "From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type",
	"Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted"}

// Generate makes a key. private is for Load; public belongs into the record.
func Generate(a dm.DKIMAlgorithm) (private []byte, public string, err error) {
	var key, half any
	switch a {
	case dm.DKIMEd25519:
		pub, priv, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, "", err
		}
		key, public = priv, base64.StdEncoding.EncodeToString(pub)
	default:
		made, err := rsa.GenerateKey(rand.Reader, rsaBits)
		if err != nil {
			return nil, "", err
		}
		key, half = made, &made.PublicKey
		encoded, err := x509.MarshalPKIXPublicKey(half)
		if err != nil {
			return nil, "", err
		}
		public = base64.StdEncoding.EncodeToString(encoded)
	}
	private, err = x509.MarshalPKCS8PrivateKey(key)
	return private, public, err
}

// Key is a key that can sign.
type Key struct {
	Domain   string
	Selector string
	signer   crypto.Signer
}

// Load reads the private half of a key.
func Load(k *dm.DKIMKey, private []byte) (Key, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(private)
	if err != nil {
		return Key{}, err
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok {
		return Key{}, dm.Errorf(dm.Internal, "A key that signs mail is damaged.")
	}
	return Key{Domain: k.Domain, Selector: k.Selector, signer: signer}, nil
}

// Sign puts a signature of each key before a mail.
func Sign(raw []byte, keys []Key) ([]byte, error) {
	var head bytes.Buffer
	for _, k := range keys {
		s, err := dkim.NewSigner(&dkim.SignOptions{Domain: k.Domain, Selector: k.Selector, Signer: k.signer, HeaderKeys: signed,
			HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed})
		if err != nil {
			return nil, err
		}
		if _, err := s.Write(raw); err != nil {
			_ = s.Close() // the first error is told
			return nil, err
		}
		if err := s.Close(); err != nil {
			return nil, err
		}
		head.WriteString(s.Signature())
	}
	return append(head.Bytes(), raw...), nil
}

// Compare says whether one of the records found under a key's name is its record.
func Compare(k *dm.DKIMKey, records []string) dm.DKIMFound {
	found := dm.DKIMMissing
	for _, r := range records {
		tags := tagsOf(r)
		if version, there := tags["v"]; there && version != "DKIM1" {
			continue
		}
		public, there := tags["p"]
		if !there {
			continue
		}
		kind := tags["k"]
		if kind == "" {
			kind = string(dm.DKIMRSA)
		}
		if kind == string(k.Algorithm) && public == k.Public {
			return dm.DKIMRight
		}
		found = dm.DKIMDifferent
	}
	return found
}

// tagsOf reads a record; white space in values, which some providers put in, does
// not count (RFC 6376 section 3.2).
func tagsOf(record string) map[string]string {
	tags := map[string]string{}
	for part := range strings.SplitSeq(record, ";") {
		name, value, ok := strings.Cut(part, "=")
		if ok {
			tags[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), "")
		}
	}
	return tags
}
