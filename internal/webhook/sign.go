package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// SecretPrefix leads every signing secret.
const SecretPrefix = "whsec_"

const secretBytes = 32

// NewSecret makes a signing secret of 256 random bits, as its owner is shown it.
func NewSecret() string {
	var raw [secretBytes]byte
	rand.Read(raw[:])
	return SecretPrefix + base64.StdEncoding.EncodeToString(raw[:])
}

var errSecret = errors.New("webhook: this is not a signing secret")

// Sign gives the signature of one body with one secret: v1, a comma, and the
// HMAC-SHA256 of id, time in seconds and body, with full stops between them.
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	text, found := strings.CutPrefix(secret, SecretPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !found || err != nil || len(key) == 0 {
		return "", errSecret
	}
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	sum.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(sum.Sum(nil)), nil
}
