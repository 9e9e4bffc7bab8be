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
// ended is found too. A partner that shows the key which it was to be told of has
// taken it, also where its answer was lost: from then on that is the key.
func (a *App) PartnerByToken(ctx context.Context, account int64, uuid, key string) (*dm.Partner, error) {
	hash := credential.HashSecret(key)
	var found *dm.Partner
	took := false
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		took = false
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
			found, took = p, known.NextHash == hash
		}
		return nil
	})
	if err == nil && found == nil {
		err = errPartnerToken
	}
	if err == nil && took {
		err = a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error { return takenPartnerKey(tx, account, found.ID, hash) })
	}
	return found, err
}

// takenPartnerKey makes the key that is under way the present one, where it is the
// one with this hash still.
func takenPartnerKey(tx *store.Tx, account, partner int64, hash string) error {
	p, err := tx.LockPartner(account, partner)
	if err != nil {
		return err
	}
	s, err := tx.SealedPartner(account, partner)
	if err != nil || s.NextHash != hash {
		return err
	}
	if err := nextPartnerKey(tx, account, p); err != nil {
		return err
	}
	return tx.SavePartner(account, p)
}

// nextPartnerKey makes the key that is under way, if there is one, the present one
// of an agreement that is locked, and saved by the caller.
func nextPartnerKey(tx *store.Tx, account int64, p *dm.Partner) error {
	s, err := tx.SealedPartner(account, p.ID)
	if err != nil || s.NextSecret == "" {
		return err
	}
	keys, err := keysOf(tx, account, p.UUID)
	if err != nil {
		return err
	}
	key, err := keys.open(s.NextSecret)
	if err != nil {
		return err
	}
	return rotatePartnerKey(tx, account, p, s.NextSecret, s.NextHash, key)
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
