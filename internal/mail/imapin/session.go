package imapin

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	dm "github.com/deskmesh/deskmesh"
)

// session is one connection to a mail server with the folder open.
type session struct {
	*Fetcher
	box      *dm.Mailbox
	client   *imapclient.Client
	stop     func() bool
	news     chan struct{} // the server says that something came
	validity uint32
	next     uint32 // the UID that the next mail gets, when the folder was opened
	messages uint32
	idles    bool
}

// open connects, signs in and selects the folder.
func (f *Fetcher) open(ctx context.Context, b *dm.Mailbox, secret *dm.MailboxSecret) (s *session, err error) {
	conn, err := f.dial(ctx, b)
	if known := (*fault)(nil); errors.As(err, &known) {
		return nil, err
	}
	if err != nil {
		return nil, &fault{dialing, err}
	}
	s = &session{Fetcher: f, box: b, news: make(chan struct{}, 1)}
	s.stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer func() {
		if err != nil {
			s.close()
			_ = conn.Close()
		}
	}()
	if s.client, err = f.greet(ctx, b, conn, s.options()); err != nil {
		at := greeting
		if b.Security == dm.MailStartTLS {
			at = securing
		}
		return s, &fault{at, err}
	}
	if err = f.signIn(ctx, s.client, b, secret); err != nil {
		return s, &fault{signing, err}
	}
	data, err := s.client.Select(b.Folder, nil).Wait()
	if err != nil {
		return s, &fault{selecting, err}
	}
	s.validity, s.next, s.messages = data.UIDValidity, uint32(data.UIDNext), data.NumMessages
	s.idles = s.client.Caps().Has(imap.CapIdle)
	return s, nil
}

// dial connects, and does TLS where it comes first.
func (f *Fetcher) dial(ctx context.Context, b *dm.Mailbox) (net.Conn, error) {
	if b.Security == dm.MailPlain && !f.config.Inside(b.Host) {
		return nil, errPlain
	}
	conn, err := f.config.Dial(ctx, b.Host, b.Port)
	if err != nil || b.Security != dm.MailTLS {
		return conn, err
	}
	secure := tls.Client(conn, f.tls(b.Host))
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, &fault{securing, err}
	}
	return secure, nil
}

func (f *Fetcher) tls(host string) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.config.TLS != nil {
		c = f.config.TLS.Clone()
	}
	c.ServerName = host
	return c
}

func (f *Fetcher) greet(ctx context.Context, b *dm.Mailbox, conn net.Conn, o *imapclient.Options) (*imapclient.Client, error) {
	if b.Security == dm.MailStartTLS {
		o.TLSConfig = f.tls(b.Host)
		return imapclient.NewStartTLS(conn, o)
	}
	client := imapclient.New(conn, o)
	return client, client.WaitGreeting()
}

// options hears of what comes while nothing was asked.
func (s *session) options() *imapclient.Options {
	return &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: func(data *imapclient.UnilateralDataMailbox) {
		if data.NumMessages == nil {
			return
		}
		select {
		case s.news <- struct{}{}:
		default:
		}
	}}}
}

func (s *session) close() {
	s.stop()
	if s.client != nil {
		_ = s.client.Close() // the connection is given up either way
	}
}

// run fetches what is there and then what comes.
func (s *session) run(ctx context.Context) error {
	for {
		problem, err := s.round(ctx)
		if err != nil {
			return err
		}
		if err := s.store.MailboxLooked(ctx, s.box, s.config.Owner, problem); err != nil {
			return err
		}
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
}

// round takes every new message, one after the other. problem tells of those that
// were left on the server.
func (s *session) round(ctx context.Context) (problem string, err error) {
	first := s.box.UIDValidity != s.validity
	uids, err := s.fresh(first)
	if err != nil {
		return "", err
	}
	for _, uid := range uids {
		left, err := s.take(ctx, uid, first)
		if err != nil {
			return "", err
		}
		if left != "" {
			problem = left
		}
	}
	if first {
		s.box.UIDValidity, s.box.LastUID = s.validity, max(s.next, 1)-1
		if len(uids) > 0 {
			s.box.LastUID = max(s.box.LastUID, uint32(uids[len(uids)-1]))
		}
		return problem, s.store.PassFetched(ctx, s.box, s.config.Owner)
	}
	return problem, nil
}

// fresh lists the messages to be fetched, oldest first: those beyond the last one.
// Where numbers mean nothing yet, or nothing any more, those that nobody has read;
// a second copy of what is here already is known by what it says.
func (s *session) fresh(first bool) ([]imap.UID, error) {
	criteria := &imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagDeleted}}
	if first {
		criteria.NotFlag = append(criteria.NotFlag, imap.FlagSeen)
	} else {
		var beyond imap.UIDSet
		beyond.AddRange(imap.UID(s.box.LastUID+1), 0)
		criteria.UID = []imap.UIDSet{beyond}
	}
	found, err := s.client.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return nil, err
	}
	uids := found.AllUIDs()
	if !first { // "n:*" names the last message also where its number is below n
		uids = slices.DeleteFunc(uids, func(u imap.UID) bool { return uint32(u) <= s.box.LastUID })
	}
	slices.Sort(uids)
	return uids, nil
}

// take fetches one message, has it kept, and deals with it on the server. left
// says why it stays there.
func (s *session) take(ctx context.Context, uid imap.UID, first bool) (left string, err error) {
	set := imap.UIDSetNum(uid)
	sizes, err := s.client.Fetch(set, &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
	if err != nil {
		return "", err
	}
	if len(sizes) == 0 {
		return "", nil // somebody deleted it meanwhile
	}
	keep := *s.box
	if !first {
		keep.UIDValidity, keep.LastUID = s.validity, uint32(uid)
	}
	size := sizes[0].RFC822Size
	if size > s.config.MaxBytes {
		return fmt.Sprintf("A mail of %d MiB is larger than this desk takes. It stays on the mail server.", size>>20), s.pass(ctx, &keep)
	}
	release, err := s.place(ctx, size)
	if err != nil {
		return "", err
	}
	raw, err := s.read(set)
	if err == nil && raw != nil {
		err = s.store.TakeFetched(ctx, &keep, s.config.Owner, raw)
	}
	release()
	switch code := dm.CodeOf(err); {
	case err == nil && raw == nil:
		return "", nil
	case err != nil && (code == dm.TooLarge || code == dm.Invalid):
		return "A mail cannot be read. It stays on the mail server.", s.pass(ctx, &keep)
	case err != nil:
		return "", err
	}
	s.box.UIDValidity, s.box.LastUID = keep.UIDValidity, keep.LastUID
	return s.settle(set)
}

// pass goes on behind a message that is not taken.
func (s *session) pass(ctx context.Context, keep *dm.Mailbox) error {
	s.box.UIDValidity, s.box.LastUID = keep.UIDValidity, keep.LastUID
	return s.store.PassFetched(ctx, keep, s.config.Owner)
}

// place waits for a place for a large message.
func (s *session) place(ctx context.Context, size int64) (release func(), err error) {
	if size <= smallMessage {
		return func() {}, nil
	}
	select {
	case s.large <- struct{}{}:
		return func() { <-s.large }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// read fetches the bytes of a message, and no more than one may have, whatever
// the server said of its size. nil where it is gone.
func (s *session) read(set imap.UIDSet) ([]byte, error) {
	section := &imap.FetchItemBodySection{Peek: true}
	command := s.client.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
	var raw []byte
	var failed error
	for message := command.Next(); message != nil; message = command.Next() {
		for item := message.Next(); item != nil; item = message.Next() {
			body, ok := item.(imapclient.FetchItemDataBodySection)
			if !ok || body.Literal == nil || raw != nil {
				continue
			}
			raw, failed = io.ReadAll(io.LimitReader(body.Literal, s.config.MaxBytes+1))
			if failed == nil && int64(len(raw)) > s.config.MaxBytes {
				failed = dm.Errorf(dm.TooLarge, "The mail is too large.")
			}
		}
	}
	return raw, errors.Join(failed, command.Close())
}

// settle deals with a message that is kept. What the server refuses is told of and
// changes nothing: the message is not fetched again.
func (s *session) settle(set imap.UIDSet) (left string, err error) {
	switch s.box.After {
	case dm.AfterMove:
		err = s.move(set)
	case dm.AfterDelete:
		err = s.flag(set, imap.FlagDeleted, imap.FlagSeen)
		if err == nil && (s.client.Caps().Has(imap.CapUIDPlus) || s.client.Caps().Has(imap.CapIMAP4rev2)) {
			err = s.client.UIDExpunge(set).Close()
		}
	default:
		err = s.flag(set, imap.FlagSeen)
	}
	if refused := (*imap.Error)(nil); errors.As(err, &refused) {
		return "A mail is kept here, but the mail server does not let it be marked, moved or deleted there.", nil
	}
	return "", err
}

func (s *session) flag(set imap.UIDSet, flags ...imap.Flag) error {
	return s.client.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: flags}, nil).Close()
}

// move moves a message, and makes the folder where there is none.
func (s *session) move(set imap.UIDSet) error {
	if err := s.flag(set, imap.FlagSeen); err != nil {
		return err
	}
	_, err := s.client.Move(set, s.box.MoveTo).Wait()
	if refused := (*imap.Error)(nil); !errors.As(err, &refused) {
		return err
	}
	if s.client.Create(s.box.MoveTo, nil).Wait() != nil {
		return err
	}
	_, err = s.client.Move(set, s.box.MoveTo).Wait()
	return err
}

// wait returns when there may be something new.
func (s *session) wait(ctx context.Context) error {
	if !s.idles {
		if !pause(ctx, s.config.Poll) {
			return ctx.Err()
		}
		return s.client.Noop().Wait()
	}
	idle, err := s.client.Idle()
	if err != nil {
		return err
	}
	timer := time.NewTimer(s.config.Recheck)
	defer timer.Stop()
	select {
	case <-s.news:
	case <-timer.C:
	case <-s.client.Closed():
	case <-ctx.Done():
	}
	if err := idle.Close(); err != nil {
		return err
	}
	if err := idle.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}
