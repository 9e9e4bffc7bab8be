package seed

import (
	"context"
	"net"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// demoHost is added last: a demo desk without it was not finished.
const demoHost = "localhost"

// Demo fills an empty, migrated database with the demo desks acme and globex,
// and leaves one that holds anything as it is. The past of its tickets is played
// through app, at a clock of its own, so everything in it went through the same
// rules as real work; neither a mail nor a job stays behind. dsn names the same
// database as db. port is where HTTP listens: addresses in links follow it at
// every start. Conflict where an earlier start was cut off half way.
func Demo(ctx context.Context, db *store.DB, dsn string, port int) error {
	state, err := readDemoState(ctx, db)
	if err != nil {
		return err
	}
	switch {
	case state.accounts == 0:
		if err := playDemo(ctx, db, dsn, port); err != nil {
			return err
		}
	case state.begun && !state.finished:
		return dm.Errorf(dm.Conflict, "The demo data is incomplete, because an earlier start was interrupted. Remove its database and start again.")
	}
	return followPort(ctx, db, port)
}

// demoState is how far a database has come.
type demoState struct {
	accounts        int
	begun, finished bool
}

func readDemoState(ctx context.Context, db *store.DB) (s demoState, err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		all, err := tx.Accounts()
		if err != nil {
			return err
		}
		s.accounts = len(all)
		main, err := tx.Host(demoDesks()[0].host())
		if dm.CodeOf(err) == dm.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		s.begun = true
		last, err := tx.Host(demoHost)
		if dm.CodeOf(err) == dm.NotFound {
			return nil
		}
		s.finished = err == nil && last.AccountID == main.AccountID
		return err
	})
	return s, err
}

func (d *demoDesk) host() string { return d.slug + ".localhost" }

func baseURL(host string, port int) string {
	return (&url.URL{Scheme: "http", Host: net.JoinHostPort(host, strconv.Itoa(port))}).String()
}

// playClock is the clock of the past that is played.
type playClock struct{ now atomic.Int64 }

func (c *playClock) set(t dm.Time)  { c.now.Store(int64(t)) }
func (c *playClock) Now() time.Time { return dm.Time(c.now.Load()).Std() }

// playDemo plays the past on a connection with a clock of its own, which need
// not sync: the last write, on db, makes everything before it durable.
func playDemo(ctx context.Context, db *store.DB, dsn string, port int) (err error) {
	clock := &playClock{}
	start := db.Now()
	clock.set(start.Add(-openedAgo))
	past, err := store.Open(ctx, dsn, store.Options{Now: clock.Now, Relaxed: true})
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := past.Close(); err == nil {
			err = closeErr
		}
	}()
	// Nothing signed here is ever sent, so a key that nobody keeps will do.
	signer, err := mail.NewSigner(make([]byte, 32))
	if err != nil {
		return err
	}
	p := &play{app: &app.App{DB: past, Signer: signer}, db: past, clock: clock, start: start}
	if err := p.run(ctx, port); err != nil {
		return err
	}
	for _, way := range [][2]int64{{p.worlds[0].account, p.worlds[1].account}, {p.worlds[1].account, p.worlds[0].account}} {
		if err := p.app.PairAccounts(ctx, way[0], way[1]); err != nil {
			return err
		}
	}
	return db.Write(ctx, store.Urgent, func(tx *store.Tx) error {
		return tx.AddHost(dm.Host{Name: demoHost, AccountID: p.worlds[0].account})
	})
}

// followPort lets the addresses of the demo desks name the port of this start.
func followPort(ctx context.Context, db *store.DB, port int) error {
	return db.Write(ctx, store.Urgent, func(tx *store.Tx) error {
		for _, d := range demoDesks() {
			a, err := tx.AccountBySlug(d.slug)
			if dm.CodeOf(err) == dm.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			u, err := url.Parse(a.BaseURL)
			want := baseURL(d.host(), port)
			if err != nil || u.Hostname() != d.host() || a.BaseURL == want {
				continue
			}
			if err := tx.MovePartnerAddress(a.BaseURL+app.SharingPath, want+app.SharingPath, d.host()+":"+strconv.Itoa(port)); err != nil {
				return err
			}
			a.BaseURL = want
			if err := tx.SetAccount(a); err != nil {
				return err
			}
		}
		return nil
	})
}
