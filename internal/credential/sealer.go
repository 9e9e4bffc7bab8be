package credential

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
)

// Sealer keeps secrets that the program itself has to use again, so that a hash
// will not do: AES-256-GCM under a key of the server's own. A row of the
// database, or a line of a backup, that is looked at does not show them.
type Sealer struct{ aead cipher.AEAD }

// sealedForm leads every sealed text, so that another way of sealing can follow.
const sealedForm = "s1:"

// errSealed is all that is said about a sealed text that cannot be opened.
var errSealed = errors.New("credential: a sealed secret cannot be opened with this server's key")

// NewSealer makes a sealer with a key of 32 bytes.
func NewSealer(key []byte) (*Sealer, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("credential: a sealer's key has 32 bytes, not %d", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Sealer{aead}, nil
}

// Seal hides a text. The place says where it is kept, such as "webhook 7
// secret"; it is opened for the same place only, so that nobody who can write
// to the database makes one row's secret that of another.
func (s *Sealer) Seal(place, text string) string {
	nonce := make([]byte, s.aead.NonceSize())
	rand.Read(nonce)
	return sealedForm + base64.RawStdEncoding.EncodeToString(s.aead.Seal(nonce, nonce, []byte(text), []byte(place)))
}

// Open gives the text that was sealed for the place.
func (s *Sealer) Open(place, sealed string) (string, error) {
	if len(sealed) < len(sealedForm) || sealed[:len(sealedForm)] != sealedForm {
		return "", errSealed
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed[len(sealedForm):])
	if err != nil || len(raw) < s.aead.NonceSize() {
		return "", errSealed
	}
	text, err := s.aead.Open(nil, raw[:s.aead.NonceSize()], raw[s.aead.NonceSize():], []byte(place))
	if err != nil {
		return "", errSealed
	}
	return string(text), nil
}
