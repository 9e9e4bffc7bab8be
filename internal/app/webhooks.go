package app

import (
	"context"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/webhook"
)

// Limits of webhooks.
const (
	maxWebhooks = 50 // of one account
	// oldSecretLife is how long the secret before the present one signs too.
	oldSecretLife = 24 * time.Hour
)

// Webhooks lists the account's webhooks. It needs webhooks.manage.
func (a *App) Webhooks(ctx context.Context, v *access.Viewer) ([]dm.Webhook, error) {
	if err := require(v, dm.WebhooksManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]dm.Webhook, error) { return tx.Webhooks(v.Account()) })
}

// Webhook reads one webhook. It needs webhooks.manage.
func (a *App) Webhook(ctx context.Context, v *access.Viewer, id int64) (*dm.Webhook, error) {
	if err := require(v, dm.WebhooksManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Webhook, error) { return tx.Webhook(v.Account(), id) })
}

// CreateWebhook makes a webhook and gives its signing secret, which is shown
// this once. It needs webhooks.manage. Forbidden for a reach that is beyond the
// viewer's own, Conflict where the account has as many as it may.
func (a *App) CreateWebhook(ctx context.Context, v *access.Viewer, p WebhookPatch) (string, error) {
	secret := webhook.NewSecret()
	err := a.administer(ctx, v, dm.WebhooksManage, func(t *act) error {
		n, err := t.tx.CountWebhooks(t.account)
		if err != nil {
			return err
		}
		if n >= maxWebhooks {
			return dm.Errorf(dm.Conflict, "An account has at most %d webhooks.", maxWebhooks).With("webhook_limit")
		}
		c := &webhookChange{act: t, patch: &p, created: true}
		c.next.Active, c.next.CreatedBy = true, t.viewer.Person()
		if err := c.check(); err != nil {
			return err
		}
		id, err := t.tx.CreateWebhook(t.account, &c.next)
		if err != nil {
			return err
		}
		if err := c.seal(secret); err != nil {
			return err
		}
		return t.log("webhook.created", "webhook", id)
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// UpdateWebhook changes a webhook, or switches it off and on; switched on,
// it begins at once with what has waited. It needs webhooks.manage. Forbidden
// where its reach, as it was or as it would be, is beyond the viewer's own,
// unless it is only switched off.
func (a *App) UpdateWebhook(ctx context.Context, v *access.Viewer, id int64, p WebhookPatch) error {
	return a.administer(ctx, v, dm.WebhooksManage, func(t *act) error {
		old, err := t.tx.Webhook(t.account, id)
		if err != nil {
			return err
		}
		c := &webhookChange{act: t, patch: &p, old: *old, next: *old}
		if err := c.check(); err != nil || len(t.changes) == 0 {
			return err
		}
		if err := t.tx.SaveWebhook(t.account, &c.next); err != nil {
			return err
		}
		if err := c.seal(""); err != nil {
			return err
		}
		if err := c.switched(); err != nil {
			return err
		}
		return t.log("webhook.updated", "webhook", id)
	})
}

// DeleteWebhook deletes a webhook with its log: what waits is never sent. It
// needs webhooks.manage. The administrators' log keeps that it was there.
func (a *App) DeleteWebhook(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.WebhooksManage, func(t *act) error {
		w, err := t.tx.Webhook(t.account, id)
		if err != nil {
			return err
		}
		if err := t.tx.DeleteWebhook(t.account, id); err != nil {
			return err
		}
		t.changed("name", w.Name, "")
		return t.log("webhook.deleted", "webhook", id)
	})
}

// RotateWebhookSecret gives a webhook a new signing secret, which is shown this
// once. For a day everything is signed with the one before as well. It needs
// webhooks.manage, and is Forbidden where the webhook's reach is beyond the
// viewer's own.
func (a *App) RotateWebhookSecret(ctx context.Context, v *access.Viewer, id int64) (string, error) {
	secret := webhook.NewSecret()
	err := a.administer(ctx, v, dm.WebhooksManage, func(t *act) error {
		w, err := t.tx.Webhook(t.account, id)
		if err != nil {
			return err
		}
		if err := t.covers(&w.Reach); err != nil {
			return err
		}
		sealer, err := newSealer(t.tx)
		if err != nil {
			return err
		}
		s, err := t.tx.SealedWebhook(t.account, id)
		if err != nil {
			return err
		}
		present, err := sealer.Open(secretPlace(id), s.Secret)
		if err != nil {
			return err
		}
		s.OldSecret, s.OldSecretAt = sealer.Seal(oldSecretPlace(id), present), t.tx.Now().Add(oldSecretLife)
		s.Secret = sealer.Seal(secretPlace(id), secret)
		if err := t.tx.SetWebhookSealed(t.account, id, s); err != nil {
			return err
		}
		t.touched("secret")
		return t.log("webhook.secret_rotated", "webhook", id)
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// covers refuses what would let a program hear of more than the viewer may see.
func (t *act) covers(r *dm.WebhookReach) error {
	if t.viewer.CoversWebhook(r) {
		return nil
	}
	return dm.Errorf(dm.Forbidden, "This webhook reaches tickets, or internal content, that you do not reach yourself.").With("more_than_own")
}
