package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// Digest tells a second copy of a message from another one with the same
// Message-ID: it is made of what the author wrote, and of nothing that a server
// adds on the way.
func (in *Incoming) Digest() string {
	h := sha256.New()
	for _, part := range []string{in.From.Email, in.Subject, in.Date.Format("20060102150405"), in.Text, in.HTML} {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	for i := range in.Attachments {
		h.Write([]byte(in.Attachments[i].Name))
		h.Write(in.Attachments[i].Content)
	}
	return hex.EncodeToString(h.Sum(nil))
}
