package cli

import (
	"context"
	"errors"
	"os"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail/smtpout"
)

// countMail is told of each mail that came in or went out, and what became of it.
type countMail func(direction, result string)

// relay sends through a mail server.
type relay struct {
	client *smtpout.Client
	count  countMail
}

// Send implements app.Mailer.
func (r relay) Send(ctx context.Context, _ int64, from string, to []string, raw []byte) error {
	return judged(r.client.Send(ctx, from, to, raw), r.count)
}

// judged counts how a mail went.
func judged(err error, count countMail) error {
	switch {
	case err == nil:
		count("out", "sent")
	case smtpout.Permanent(err):
		count("out", "refused")
	default:
		count("out", "failed")
	}
	return err
}

// servers sends by the servers that inboxes and accounts have of their own.
type servers struct {
	*smtpout.Pool
	count countMail
}

// Send implements app.ServerMailer.
func (s servers) Send(ctx context.Context, server *dm.MailServer, secret *dm.MailboxSecret, from string, to []string, raw []byte) error {
	return judged(s.Pool.Send(ctx, server, secret, from, to, raw), s.count)
}

// newServers makes what sends by servers that people typed in. A demo that
// everybody reaches sends by none: its visitors would send as they like.
func (s *server) newServers() app.ServerMailer {
	if s.Serve.DemoPublic || s.Serve.HoldMail {
		return nil
	}
	dialer := app.SubmissionDialer(s.outbound())
	rotate := func(ctx context.Context, of *dm.MailServer, next *dm.MailboxSecret) error {
		return s.app.RotateMailServerSecret(ctx, of, next)
	}
	s.outgoing = smtpout.NewPool(smtpout.PoolConfig{Dial: dialer.Dial, Inside: dialer.Inside, HTTP: httpx.NewClient(s.outbound()), Hello: hostName(), Rotate: rotate})
	return servers{s.outgoing, s.countMail}
}

// waiting sends nothing: while no mail server is named, mail stays in the queue.
type waiting struct{}

const lookAgain = 5 * time.Minute

// Send implements app.Mailer.
func (w waiting) Send(context.Context, int64, string, []string, []byte) error { return w.NotYet() }

// NotYet implements app.Absent.
func (waiting) NotYet() error { return jobs.Snooze(lookAgain) }

// both hands mail to several mailers, in order.
type both []app.Mailer

// Send implements app.Mailer.
func (b both) Send(ctx context.Context, account int64, from string, to []string, raw []byte) error {
	for _, m := range b {
		if err := m.Send(ctx, account, from, to, raw); err != nil {
			return err
		}
	}
	return nil
}

// errSMTPOut says no more than that, because the address may hold a password.
var errSMTPOut = errors.New("--smtp-out cannot be used")

// newMailer picks where outgoing mail goes: to the server that was named, into
// the demo mailbox, to both, or nowhere yet.
func newMailer(smtpOut string, demo *app.DemoMailer, count countMail) (app.Mailer, error) {
	var list both
	if smtpOut != "" {
		client, err := smtpout.New(smtpOut, smtpout.Hello(hostName()))
		if err != nil {
			return nil, errSMTPOut
		}
		list = append(list, relay{client, count})
	}
	if demo != nil {
		list = append(list, *demo)
	}
	if len(list) == 0 {
		return waiting{}, nil
	}
	return list, nil
}

// hostName is the name this machine introduces itself with.
func hostName() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "localhost"
	}
	return name
}
