package app

import (
	"context"
	"net/url"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// PairAccounts makes an agreement between two accounts of this server, as if one
// had invited the other and was accepted: for demo data. From then on they speak
// to each other by HTTP like any two desks.
func (a *App) PairAccounts(ctx context.Context, sender, receiver int64) error {
	return a.DB.Write(ctx, store.Urgent, func(tx *store.Tx) error {
		from, err := tx.Account(sender)
		if err != nil {
			return err
		}
		to, err := tx.Account(receiver)
		if err != nil {
			return err
		}
		uuid, key, terms := randomHex(), randomHex(), dm.DefaultPartnerTerms()
		terms.Tags = true
		for _, side := range []struct {
			direction   dm.PartnerDirection
			ours, other *dm.Account
		}{{dm.PartnerOutbound, from, to}, {dm.PartnerInbound, to, from}} {
			u, err := url.Parse(side.other.BaseURL)
			if err != nil {
				return err
			}
			keys, err := keysOf(tx, side.ours.ID, uuid)
			if err != nil {
				return err
			}
			p := &dm.Partner{UUID: uuid, Direction: side.direction, Name: side.other.Name, PartnerName: side.other.Name, Host: u.Host, PartnerURL: ourSharing(side.other),
				OurURL: ourSharing(side.ours), Status: dm.PartnerAccepted, Fingerprint: fingerprintOf(key), Terms: terms, Capable: true}
			s := &store.SealedPartner{}
			s.Secret, s.Hash = keys.seal(key)
			if err := tx.InsertPartner(side.ours.ID, p, s); err != nil {
				return err
			}
			p.DecidedAt = tx.Now()
			if err := tx.SavePartner(side.ours.ID, p); err != nil {
				return err
			}
		}
		return nil
	})
}
