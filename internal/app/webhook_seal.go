package app

import (
	"encoding/json"

	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// webhookSecret names the server's key under which the secrets of webhooks are
// sealed.
const webhookSecret = "webhooks"

func newSealer(tx *store.Tx) (*credential.Sealer, error) {
	key, err := tx.Secret(webhookSecret)
	if err != nil {
		return nil, err
	}
	return credential.NewSealer(key)
}

// The places that secrets of a webhook are sealed for.
func secretPlace(id int64) string    { return "webhook " + idText(id) + " secret" }
func oldSecretPlace(id int64) string { return "webhook " + idText(id) + " old secret" }
func headersPlace(id int64) string   { return "webhook " + idText(id) + " headers" }

// seal keeps the secret of a new webhook, "" for none, and the headers that the
// patch gives.
func (c *webhookChange) seal(secret string) error {
	if secret == "" && c.patch.Headers == nil {
		return nil
	}
	sealer, err := newSealer(c.tx)
	if err != nil {
		return err
	}
	s, err := c.tx.SealedWebhook(c.account, c.next.ID)
	if err != nil {
		return err
	}
	if secret != "" {
		s.Secret = sealer.Seal(secretPlace(c.next.ID), secret)
	}
	if c.patch.Headers != nil {
		s.Headers = ""
		if len(c.next.Headers) > 0 {
			raw, err := json.Marshal(*c.patch.Headers)
			if err != nil {
				return err
			}
			s.Headers = sealer.Seal(headersPlace(c.next.ID), string(raw))
		}
	}
	return c.tx.SetWebhookSealed(c.account, c.next.ID, s)
}

// openWebhook gives the secrets that sign now, the present one first, and the
// extra headers.
func openWebhook(tx *store.Tx, account, id int64) (secrets []string, headers map[string]string, err error) {
	sealer, err := newSealer(tx)
	if err != nil {
		return nil, nil, err
	}
	s, err := tx.SealedWebhook(account, id)
	if err != nil {
		return nil, nil, err
	}
	secret, err := sealer.Open(secretPlace(id), s.Secret)
	if err != nil {
		return nil, nil, err
	}
	secrets = []string{secret}
	if s.OldSecret != "" {
		old, err := sealer.Open(oldSecretPlace(id), s.OldSecret)
		if err != nil {
			return nil, nil, err
		}
		secrets = append(secrets, old)
	}
	if s.Headers == "" {
		return secrets, nil, nil
	}
	text, err := sealer.Open(headersPlace(id), s.Headers)
	if err != nil {
		return nil, nil, err
	}
	return secrets, headers, json.Unmarshal([]byte(text), &headers)
}
