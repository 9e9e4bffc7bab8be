package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// partnerSecret names the server's key under which the keys of agreements are
// sealed.
const partnerSecret = "partners"

// oldPartnerKeyLife is how long the key before the present one is good for
// requests of the other desk.
const oldPartnerKeyLife = 24 * time.Hour

// partnerKeys seals and opens the keys of one agreement. All of them are sealed
// for the same place, so that the next one becomes the present one as it is.
type partnerKeys struct {
	sealer *credential.Sealer
	place  string
}

func keysOf(tx *store.Tx, account int64, uuid string) (*partnerKeys, error) {
	secret, err := tx.Secret(partnerSecret)
	if err != nil {
		return nil, err
	}
	sealer, err := credential.NewSealer(secret)
	return &partnerKeys{sealer, "partner " + idText(account) + " " + uuid}, err
}

func (k *partnerKeys) seal(key string) (sealed, hash string) {
	return k.sealer.Seal(k.place, key), credential.HashSecret(key)
}

func (k *partnerKeys) open(sealed string) (string, error) { return k.sealer.Open(k.place, sealed) }

// randomHex makes 160 random bits as 40 hexadecimal digits: an id or a key of
// the protocol.
func randomHex() string {
	raw := make([]byte, 20)
	rand.Read(raw)
	return hex.EncodeToString(raw)
}

// fingerprintOf gives what two people compare by phone to know that both desks
// have the same key.
func fingerprintOf(key string) string {
	sum := sha256.Sum256([]byte("deskmesh partner " + key))
	text := hex.EncodeToString(sum[:8])
	return strings.Join([]string{text[:4], text[4:8], text[8:12], text[12:]}, " ")
}

// errPartnerToken answers every token that is not good, so that nobody learns
// which agreements there are.
var errPartnerToken = dm.Errorf(dm.Unauthenticated, "The token is not that of an agreement with this desk.").With("unauthorized")

// PartnerByToken finds the agreement that the token of a request proves:
// Unauthenticated for one that is unknown and for a wrong key alike. One that has
// ended is found too.
func (a *App) PartnerByToken(ctx context.Context, account int64, uuid, key string) (*dm.Partner, error) {
	hash := credential.HashSecret(key)
	var found *dm.Partner
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		p, err := tx.PartnerByUUID(account, uuid)
		known := &store.SealedPartner{Hash: strings.Repeat("-", len(hash))}
		switch {
		case err == nil:
			if known, err = tx.SealedPartner(account, p.ID); err != nil {
				return err
			}
		case dm.CodeOf(err) != dm.NotFound:
			return err
		}
		good := 0
		for _, one := range []string{known.Hash, known.OldHash, known.NextHash} {
			good |= subtle.ConstantTimeCompare([]byte(one), []byte(hash))
		}
		if good == 1 && p != nil {
			found = p
		}
		return nil
	})
	if err == nil && found == nil {
		err = errPartnerToken
	}
	return found, err
}

// rotate makes the key that was told to the other desk the present one. The one
// before stays good for a while.
func rotatePartnerKey(tx *store.Tx, account int64, p *dm.Partner, sealed, hash, key string) error {
	s, err := tx.SealedPartner(account, p.ID)
	if err != nil {
		return err
	}
	s.OldSecret, s.OldHash, s.OldUntil = s.Secret, s.Hash, tx.Now().Add(oldPartnerKeyLife)
	s.Secret, s.Hash, s.NextSecret, s.NextHash = sealed, hash, "", ""
	p.Fingerprint = fingerprintOf(key)
	return tx.SetSealedPartner(account, p.ID, s)
}
