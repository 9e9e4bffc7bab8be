package credential

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Params is the cost of one hashing.
type Params struct {
	Memory uint32 // KiB
	Passes uint32
	Lanes  uint8
}

// DefaultParams costs about 35 ms on a small server. It has the least memory that
// OWASP names for argon2id (19 MiB) and one pass more than it asks for.
var DefaultParams = Params{Memory: 19 * 1024, Passes: 3, Lanes: 1}

// maxParams bounds what a stored hash may ask for, so that a damaged row cannot
// take the machine's memory.
var maxParams = Params{Memory: 256 * 1024, Passes: 16, Lanes: 8}

const (
	saltBytes = 16
	keyBytes  = 32
)

// version is argon2's own number, the only one there is.
var version = "v=" + strconv.Itoa(argon2.Version)

var errMalformed = errors.New("credential: malformed password hash")

// hash is a PHC string taken apart:
// $argon2id$v=19$m=19456,t=3,p=1$salt$key, with salt and key in base64 without padding.
type hash struct {
	params    Params
	salt, key []byte
}

func (h hash) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$%s$m=%d,t=%d,p=%d$%s$%s", version,
		h.params.Memory, h.params.Passes, h.params.Lanes, b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

func parseHash(text string) (hash, error) {
	if len(text) > 256 {
		return hash{}, errMalformed
	}
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != version {
		return hash{}, errMalformed
	}
	var h hash
	_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.params.Memory, &h.params.Passes, &h.params.Lanes)
	if err != nil || !h.params.within(maxParams) {
		return hash{}, errMalformed
	}
	b64 := base64.RawStdEncoding.Strict()
	if h.salt, err = b64.DecodeString(parts[4]); err != nil || len(h.salt) < 8 {
		return hash{}, errMalformed
	}
	if h.key, err = b64.DecodeString(parts[5]); err != nil || len(h.key) != keyBytes {
		return hash{}, errMalformed
	}
	if h.String() != text { // leading zeros, signs, trailing text
		return hash{}, errMalformed
	}
	return h, nil
}

func (p Params) within(limit Params) bool {
	return p.Lanes >= 1 && p.Lanes <= limit.Lanes &&
		p.Passes >= 1 && p.Passes <= limit.Passes &&
		p.Memory >= 8*uint32(p.Lanes) && p.Memory <= limit.Memory
}

func (p Params) derive(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(canonical(password)), salt, p.Passes, p.Memory, p.Lanes, keyBytes)
}
