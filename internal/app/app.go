package app

import (
	"context"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/live"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/mail/origin"
	"github.com/deskmesh/deskmesh/internal/oidc"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/webhook"
)

// App is the use cases over one database.
type App struct {
	DB     *store.DB
	Blobs  blob.Store
	Signer *mail.Signer // signs reply addresses and Message-IDs
	Mail   Mailer       // nil: no mail leaves this desk
	// Hooks sends to webhooks what Payload writes; where either is nil, what is
	// for them waits.
	Hooks   *webhook.Client
	Payload func(*WebhookEvent) ([]byte, error)
	turns   hookTurns
	// Partners speaks to other desks; nil: what is for them waits.
	Partners PartnerClient
	// Providers speaks to sign-in providers; nil takes one that reaches public
	// addresses only.
	Providers *oidc.Client
	// MailMax is the largest mail taken in, in bytes; 0 takes 25 MiB.
	MailMax int64
	// Origin checks who sent a mail that came in; nil checks nothing.
	Origin *origin.Checker
	// CheckPatience is how long the job of a mail waits for that before it is put
	// off; 0 takes 300 milliseconds.
	CheckPatience time.Duration
	senders       senderChecks
	// Mailboxes tests the mailboxes that inboxes fetch from; nil where none is
	// fetched.
	Mailboxes MailboxProber
	// Outgoing sends by the servers that inboxes and accounts have of their own;
	// nil where they have none.
	Outgoing ServerMailer
	// DNS looks up the records of keys that sign mail; nil asks the system's.
	DNS  TXTResolver
	keys keyring
	// Demo is set when the desk shows demo data: outgoing mail is kept in the
	// demo mailbox.
	Demo bool
	// Targets are the kinds of party that tickets can be shared with, in the order
	// of the picker; nil takes agents, groups and requesters.
	Targets []TargetProvider
	// Live holds the open streams; nil where there are none.
	Live *live.Hub
}

// Directory is the small, much-read part of an account: settings, brands,
// inboxes, groups, statuses, fields.
type Directory = store.Directory

// WithRequest notes the id of the request that a context belongs to: jobs that
// come of it are logged with it.
func WithRequest(ctx context.Context, id string) context.Context { return store.WithRequest(ctx, id) }

// require refuses a viewer who lacks the permission.
func require(v *access.Viewer, p dm.Permission) error {
	if v == nil || !v.Can(p) {
		return dm.ErrForbidden
	}
	return nil
}

// Now is the database's present moment.
func (a *App) Now() dm.Time { return a.DB.Now() }
