package imapin

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/mail/token"
)

// Store keeps mailboxes, what is fetched and how far fetching came.
type Store interface {
	// ClaimMailboxes leases mailboxes that nobody fetches now.
	ClaimMailboxes(ctx context.Context, owner string, lease time.Duration, limit int) ([]dm.Mailbox, error)
	// RenewMailbox makes a lease longer. False ends the work on the mailbox.
	RenewMailbox(ctx context.Context, b *dm.Mailbox, owner string, lease time.Duration) (bool, error)
	ReleaseMailbox(ctx context.Context, b *dm.Mailbox, owner string) error
	// FetchSecret gives what one signs in with.
	FetchSecret(ctx context.Context, b *dm.Mailbox) (*dm.MailboxSecret, error)
	// RotateSecret keeps a refresh token that replaces the one before.
	RotateSecret(ctx context.Context, b *dm.Mailbox, s *dm.MailboxSecret) error
	// TakeFetched makes a message durable together with b.UIDValidity and b.LastUID.
	// TooLarge and Invalid mean that this message is never taken.
	TakeFetched(ctx context.Context, b *dm.Mailbox, owner string, raw []byte) error
	// PassFetched keeps b.UIDValidity and b.LastUID alone.
	PassFetched(ctx context.Context, b *dm.Mailbox, owner string) error
	// MailboxLooked notes that the mailbox was looked into; problem is "" or a sentence.
	MailboxLooked(ctx context.Context, b *dm.Mailbox, owner, problem string) error
}

// Config says how to fetch. A zero field means its default.
type Config struct {
	Owner string // names this node among those that share a database
	// Dial connects to a mail server; Inside says whether one may be spoken to
	// without TLS.
	Dial   func(ctx context.Context, host string, port int) (net.Conn, error)
	Inside func(host string) bool
	TLS    *tls.Config  // replaces the defaults, in tests
	HTTP   *http.Client // asks for access tokens

	MaxBytes int64         // one message: 25 MiB
	MaxLarge int           // messages over 256 KiB in memory at once: 4
	MaxBoxes int           // mailboxes that this node fetches: 500
	Poll     time.Duration // how often a server without IDLE is asked: 1 minute
	Recheck  time.Duration // how often one with IDLE is asked all the same: 10 minutes
	Claim    time.Duration // how often free mailboxes are looked for: 5 seconds
	Lease    time.Duration // 1 minute
	Retry    time.Duration // first wait after a failure: 15 seconds, at most 15 minutes

	Log *slog.Logger // never gets content or addresses
}

const (
	smallMessage = 256 << 10
	maxRetry     = 15 * time.Minute
	testTime     = 30 * time.Second
)

func (c Config) withDefaults() Config {
	c.MaxBytes = fill(c.MaxBytes, 25<<20)
	c.MaxLarge = fill(c.MaxLarge, 4)
	c.MaxBoxes = fill(c.MaxBoxes, 500)
	c.Poll = fill(c.Poll, time.Minute)
	c.Recheck = fill(c.Recheck, 10*time.Minute)
	c.Claim = fill(c.Claim, 5*time.Second)
	c.Lease = fill(c.Lease, time.Minute)
	c.Retry = fill(c.Retry, 15*time.Second)
	if c.Inside == nil {
		c.Inside = func(string) bool { return false }
	}
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func fill[T int | int64 | time.Duration](value, preset T) T {
	if value == 0 {
		return preset
	}
	return value
}

// Fetcher fetches the mailboxes of a node.
type Fetcher struct {
	config Config
	store  Store
	large  chan struct{} // a place for each large message
	tokens *token.Tokens

	cancel context.CancelFunc
	done   sync.WaitGroup
	mu     sync.Mutex
	busy   map[int64]bool // inboxes at work here, by id: ids are unique on a server
}

// New makes a fetcher. One that is not started can still test mailboxes.
func New(config Config, store Store) *Fetcher {
	config = config.withDefaults()
	return &Fetcher{config: config, store: store, large: make(chan struct{}, config.MaxLarge), tokens: token.New(config.HTTP), busy: map[int64]bool{}}
}

// Start begins to fetch, until Stop.
func (f *Fetcher) Start(ctx context.Context) {
	ctx, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
	f.done.Go(func() {
		tick := time.NewTicker(f.config.Claim)
		defer tick.Stop()
		for {
			f.claim(ctx)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// Stop ends all fetching and gives the mailboxes free. What is under way and was
// not taken is fetched again by whoever comes next.
func (f *Fetcher) Stop(ctx context.Context) error {
	if f.cancel == nil {
		return nil
	}
	f.cancel()
	ended := make(chan struct{})
	go func() {
		f.done.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// claim takes free mailboxes and begins to fetch them.
func (f *Fetcher) claim(ctx context.Context) {
	f.mu.Lock()
	room := f.config.MaxBoxes - len(f.busy)
	f.mu.Unlock()
	if room <= 0 {
		return
	}
	list, err := f.store.ClaimMailboxes(ctx, f.config.Owner, f.config.Lease, room)
	if err != nil {
		if ctx.Err() == nil {
			f.config.Log.Error("mailboxes could not be claimed", "error", err)
		}
		return
	}
	for i := range list {
		b := list[i]
		f.mu.Lock()
		taken := f.busy[b.InboxID]
		f.busy[b.InboxID] = true
		f.mu.Unlock()
		if taken { // an older run has lost its lease and is about to end
			continue
		}
		f.done.Go(func() { f.serve(ctx, &b) })
	}
}

// serve fetches one mailbox until the lease is lost, the settings change or the
// node stops.
func (f *Fetcher) serve(ctx context.Context, b *dm.Mailbox) {
	defer func() {
		f.mu.Lock()
		delete(f.busy, b.InboxID)
		f.mu.Unlock()
		release, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := f.store.ReleaseMailbox(release, b, f.config.Owner); err != nil {
			f.config.Log.Warn("a mailbox was not given free", "inbox", b.InboxID, "error", err)
		}
	}()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f.done.Go(func() {
		defer cancel()
		f.renew(ctx, b)
	})
	wait := f.config.Retry
	for range b.Failures {
		wait = min(2*wait, maxRetry)
	}
	if b.Failures > 0 && !pause(ctx, wait/2) {
		return
	}
	for ctx.Err() == nil {
		began := *b
		err := f.session(ctx, b)
		if ctx.Err() != nil || err == nil {
			return
		}
		f.config.Log.Warn("a mailbox could not be fetched", "inbox", b.InboxID, "error", err)
		if err := f.store.MailboxLooked(ctx, b, f.config.Owner, sentence(err)); err != nil {
			return
		}
		if b.LastUID != began.LastUID {
			wait = f.config.Retry // it worked for a while
		}
		if !pause(ctx, wait) {
			return
		}
		wait = min(2*wait, maxRetry)
	}
}

// renew holds the lease, and returns when it is lost.
func (f *Fetcher) renew(ctx context.Context, b *dm.Mailbox) {
	lease := dm.Mailbox{Account: b.Account, InboxID: b.InboxID, Version: b.Version}
	for pause(ctx, f.config.Lease/4) {
		ok, err := f.store.RenewMailbox(ctx, &lease, f.config.Owner, f.config.Lease)
		if err != nil || !ok {
			return
		}
	}
}

// session is one connection: it signs in and fetches until something ends it. A
// panic of the protocol library is an error of this session.
func (f *Fetcher) session(ctx context.Context, b *dm.Mailbox) (err error) {
	defer func() {
		if p := recover(); p != nil {
			f.config.Log.Error("fetching mail: panic", "inbox", b.InboxID, "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %T", p)
		}
	}()
	secret, err := f.store.FetchSecret(ctx, b)
	if err != nil {
		return err
	}
	s, err := f.open(ctx, b, secret)
	if err != nil {
		return err
	}
	defer s.close()
	return s.run(ctx)
}

// Probe signs in and opens the folder, and changes nothing.
func (f *Fetcher) Probe(ctx context.Context, b *dm.Mailbox, secret *dm.MailboxSecret) dm.MailboxReport {
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	s, err := f.open(ctx, b, secret)
	if err != nil {
		return dm.MailboxReport{Problem: sentence(err)}
	}
	defer s.close()
	return dm.MailboxReport{Messages: int(s.messages), Idle: s.idles}
}

// pause waits; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
