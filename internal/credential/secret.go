package credential

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// Kind is the prefix of a secret. It tells people and secret scanners what they
// have found, and lets a door turn away a secret that was made for another one.
type Kind string

// The kinds of secret.
const (
	Session   Kind = "dms_" // the cookie of somebody who signed in
	APIToken  Kind = "dmt_" // the bearer token of a program
	SetupLink Kind = "dmu_" // a one-time link that sets a first or new password
	Link      Kind = "dml_" // a public link to one ticket
	Visit     Kind = "dmv_" // the cookie of somebody who opened a public link

	SignInLink  Kind = "dmi_" // a link by mail that signs in a requester, once
	PartnerPath Kind = "dmp_" // an address through which another desk invites us, once
)

const (
	secretBytes = 32
	secretChars = 43 // 32 bytes in base64url without padding
)

// NewSecret makes a secret of 256 random bits in base64url, led by its kind.
// Show it once and store only HashSecret of it.
func NewSecret(kind Kind) string {
	var raw [secretBytes]byte
	rand.Read(raw[:])
	return string(kind) + base64.RawURLEncoding.EncodeToString(raw[:])
}

// HashSecret gives the SHA-256 of a secret as 64 hexadecimal digits: the form to
// store and to look up. Ask IsSecret first, so that an empty or malformed value
// never becomes a lookup.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// IsSecret reports whether the text has the form of a secret of this kind. It
// says nothing about whether the secret was ever given out.
func IsSecret(kind Kind, text string) bool {
	body, found := strings.CutPrefix(text, string(kind))
	if !found || len(body) != secretChars {
		return false
	}
	var raw [secretBytes]byte
	n, err := base64.RawURLEncoding.Strict().Decode(raw[:], []byte(body))
	return err == nil && n == secretBytes
}
