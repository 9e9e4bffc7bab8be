package app

import (
	"context"
	"errors"
	"strings"
	"sync"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/mail/dkim"
	"github.com/deskmesh/deskmesh/internal/mail/smtpout"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ServerMailer sends by the servers that inboxes and accounts have of their own.
type ServerMailer interface {
	// Send hands a mail to a server, as Mailer does.
	Send(ctx context.Context, s *dm.MailServer, secret *dm.MailboxSecret, from string, to []string, raw []byte) error
	// Probe connects and signs in, and sends raw where that is not nil.
	Probe(ctx context.Context, s *dm.MailServer, secret *dm.MailboxSecret, from, to string, raw []byte) dm.MailServerReport
	// Forget closes what is kept for a server.
	Forget(server int64)
}

// route is how a letter leaves, settled in the transaction that composes it.
type route struct {
	server *dm.MailServer // nil: by App.Mail
	secret *dm.MailboxSecret
	keys   []dkim.Key
	back   *dm.Undeliverable // mail to the address came back before
}

// dispatch sends the mail of a job: it has it composed now, signs it, hands it to
// the server of its inbox, and leaves a line of what became of it in the log,
// which is written when the job's end is. The envelope's sender is signed for this
// job alone, so that a report of failure finds the line. A crash between the
// server's answer and the job's end sends the mail a second time; nothing else
// does. A mail has one recipient, so a server never takes it for some of several.
func (a *App) dispatch(ctx context.Context, j *jobs.Job, kind dm.MailKind, write func(*store.Tx) (*letter, error)) error {
	if a.Mail == nil {
		return nil
	}
	if later, err := a.putOff(ctx, j); err != nil || later != nil {
		return errorsOf(err, later)
	}
	l, err := a.compose(ctx, func(tx *store.Tx) (*letter, error) {
		l, err := write(tx)
		if err == nil && l != nil {
			l.route, err = a.routeOf(tx, j.Account, l)
		}
		return l, err
	})
	if err != nil {
		return err
	}
	if l == nil {
		j.Ending = func(tx *store.Tx, e store.JobEnd) error {
			if e.Outcome != store.JobDone {
				return nil
			}
			return tx.DropOutgoing(j.Account, j.ID)
		}
		return nil
	}
	s := &sending{app: a, job: j, letter: l, line: dm.OutgoingMail{JobID: j.ID, JobKind: j.Kind, JobArgs: keptArgs(j), TicketID: l.ticket, InboxID: l.inbox, PersonID: l.person,
		Address: cutText(l.to.Email, 320), Kind: kind, Tries: j.Attempt}}
	j.Ending = s.note
	if s.err = s.run(ctx); smtpout.Permanent(s.err) {
		return jobs.Permanent(s.err)
	}
	return s.err
}

// maxKeptArgs bounds what is kept of a job for sending its mail again.
const maxKeptArgs = 1000

func keptArgs(j *jobs.Job) string {
	if len(j.Args) > maxKeptArgs {
		return ""
	}
	return string(j.Args)
}

// putOff gives the error that puts a mail off while no server is named at all, and
// nothing is composed for it but the first time, so that the log names it.
func (a *App) putOff(ctx context.Context, j *jobs.Job) (later, err error) {
	absent, ok := a.Mail.(Absent)
	if !ok {
		return nil, nil
	}
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		if a.Outgoing != nil {
			if own, err := tx.HasMailServers(j.Account); err != nil || own {
				return err
			}
		}
		_, err := tx.OutgoingOfJob(j.Account, j.ID)
		if err == nil {
			later = absent.NotYet()
		} else if dm.CodeOf(err) == dm.NotFound {
			err = nil
		}
		return err
	})
	return later, err
}

// routeOf finds the server, the keys and the state of the address for a letter.
func (a *App) routeOf(tx *store.Tx, account int64, l *letter) (r route, err error) {
	if l.automatic {
		if r.back, err = tx.Undeliverable(account, l.to.Email); err != nil || r.back != nil {
			return r, err
		}
	}
	if a.Outgoing != nil {
		if r.server, err = tx.MailServerFor(account, l.inbox); err != nil {
			return r, err
		}
	}
	if r.server != nil {
		if r.secret, err = openMailServer(tx, r.server); err != nil {
			return r, err
		}
	}
	r.keys, err = a.signingKeys(tx, account, l.from.Email)
	return r, err
}

// signingKeys gives the keys that sign for the domain of an address.
func (a *App) signingKeys(tx *store.Tx, account int64, address string) ([]dkim.Key, error) {
	_, domain, _ := strings.Cut(address, "@")
	list, err := tx.SigningKeys(account, strings.ToLower(domain))
	if err != nil {
		return nil, err
	}
	keys := make([]dkim.Key, 0, len(list))
	for i := range list {
		k, err := a.keys.load(tx, account, &list[i])
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// keyring keeps the private keys that sign, which take long to read, in memory.
type keyring struct {
	mu   sync.Mutex
	kept map[int64]dkim.Key // by id, which is never used again
}

const mostKeys = 1000

func (r *keyring) load(tx *store.Tx, account int64, k *dm.DKIMKey) (dkim.Key, error) {
	r.mu.Lock()
	key, there := r.kept[k.ID]
	r.mu.Unlock()
	if there {
		return key, nil
	}
	sealed, err := tx.DKIMSecret(account, k.ID)
	if err != nil {
		return key, err
	}
	private, err := openDKIM(tx, account, k, sealed)
	if err != nil {
		return key, err
	}
	if key, err = dkim.Load(k, private); err != nil {
		return key, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept == nil || len(r.kept) >= mostKeys {
		r.kept = map[int64]dkim.Key{}
	}
	r.kept[k.ID] = key
	return key, nil
}

// sending is one mail on its way, with the line that the log gets.
type sending struct {
	app    *App
	job    *jobs.Job
	letter *letter
	line   dm.OutgoingMail
	err    error
}

// run sends the mail, unless it is held back or there is no server.
func (s *sending) run(ctx context.Context) error {
	a, l := s.app, s.letter
	if l.route.back != nil {
		return nil
	}
	if m, ok := a.Mail.(Absent); ok && l.route.server == nil {
		return m.NotYet()
	}
	raw, err := dkim.Sign(l.raw, l.route.keys)
	if err != nil {
		return err
	}
	from, to := a.Signer.BounceAddress(l.from.Email, mail.Bounce{Account: s.job.Account, Job: s.job.ID}), []string{l.to.Email}
	if l.route.server == nil {
		return a.Mail.Send(ctx, s.job.Account, from, to, raw)
	}
	if err := a.Outgoing.Send(ctx, l.route.server, l.route.secret, from, to, raw); err != nil || !a.Demo {
		return err
	}
	return DemoMailer{a.DB}.Send(ctx, s.job.Account, from, to, raw)
}

// note writes the line, together with the end of the job's run.
func (s *sending) note(tx *store.Tx, e store.JobEnd) error {
	m := &s.line
	switch e.Outcome {
	case store.JobDone:
		m.State = dm.OutSent
		if back := s.letter.route.back; back != nil {
			m.State, m.Detail = dm.OutHeld, cutText(back.Detail, maxOutDetail)
		}
	case store.JobSnoozed:
		m.State, m.NextAt, m.Tries = dm.OutWaiting, e.NextAt, 0
	case store.JobFailed:
		m.State, m.NextAt = dm.OutDeferred, e.NextAt
	case store.JobGivenUp:
		m.State = dm.OutFailed
	default:
		return nil // it is given back, and another run tells more
	}
	if s.err != nil && e.Outcome != store.JobSnoozed {
		s.explain()
	}
	if err := tx.NoteOutgoing(s.job.Account, m); err != nil {
		return err
	}
	if err := s.noteServer(tx, m.State); err != nil {
		return err
	}
	if m.State != dm.OutFailed {
		return nil
	}
	return s.tellFailed(tx)
}

// maxOutDetail bounds a server's answer in the log.
const maxOutDetail = 500

// explain says in the line why the mail was not sent.
func (s *sending) explain() {
	m := &s.line
	m.Step, m.Code, m.Detail = "", 0, cutText(smtpout.Sentence(s.err), maxOutDetail)
	if fault, ok := errors.AsType[*smtpout.Error](s.err); ok {
		m.Step, m.Code = fault.Step, fault.Reply
	}
	if said := smtpout.Answer(s.err, s.letter.route.secret); said != "" {
		m.Detail = cutText(cleanLine(said), maxOutDetail)
	}
}

// noteServer keeps how sending by an inbox's or account's own server went. What a
// server says of one recipient or one mail is no fault of its settings.
func (s *sending) noteServer(tx *store.Tx, state dm.OutgoingState) error {
	server := s.letter.route.server
	if server == nil {
		return nil
	}
	switch {
	case state == dm.OutSent:
		return tx.MailServerSent(s.job.Account, server.ID, server.Version)
	case s.err != nil && (s.line.Step == "connect" || s.line.Step == "tls" || s.line.Step == "sign in" || s.line.Step == "sender"):
		return tx.MailServerFailed(s.job.Account, server.ID, server.Version, cutText(smtpout.Sentence(s.err), maxOutDetail))
	}
	return nil
}

// tellFailed marks an address that does not exist, and leaves it to a job to write
// into the ticket's history that a mail did not arrive.
func (s *sending) tellFailed(tx *store.Tx) error {
	if s.line.Step == "recipient" && mail.NoSuchAddress(mail.StatusIn(s.line.Detail)) {
		if _, err := tx.MarkUndeliverable(s.job.Account, s.line.Address, mail.StatusIn(s.line.Detail), s.line.Detail); err != nil {
			return err
		}
	}
	if !toldInHistory(&s.line) {
		return nil
	}
	_, _, err := tx.Enqueue(store.NewJob{Account: s.job.Account, Kind: JobMailFailed, Args: mailFailedArgs{Job: s.job.ID}, Urgency: store.Normal})
	return err
}

// cleanLine makes one clean line of what a server said.
func cleanLine(s string) string { return strings.Join(strings.Fields(cleanText(s)), " ") }
