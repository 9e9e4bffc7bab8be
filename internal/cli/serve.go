package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/httpapi"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/live"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/mail/imapin"
	"github.com/deskmesh/deskmesh/internal/mail/origin"
	"github.com/deskmesh/deskmesh/internal/mail/smtpin"
	"github.com/deskmesh/deskmesh/internal/mail/smtpout"
	"github.com/deskmesh/deskmesh/internal/metrics"
	"github.com/deskmesh/deskmesh/internal/nhd"
	"github.com/deskmesh/deskmesh/internal/oidc"
	"github.com/deskmesh/deskmesh/internal/seed"
	"github.com/deskmesh/deskmesh/internal/site"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/webhook"
	"github.com/deskmesh/deskmesh/web"
)

// drainTime is how long each part of a server that was asked to end may take to
// finish what it has begun.
const drainTime = 15 * time.Second

// mailSecret names the secret that signs reply addresses and Message-IDs.
const mailSecret = "mail"

// server is the running program. The parts are made in the order of the fields
// and end in the reverse order.
type server struct {
	*command
	db      *store.DB
	metrics *metrics.Metrics // nil where nobody reads them
	live    *live.Hub
	health  *health
	watch   *httpx.Server // nil where it was not asked for
	app     *app.App
	listen  net.Listener
	runner  *jobs.Runner
	smtp    *smtpin.Server // nil where incoming mail is switched off
	lmtp    *smtpin.Server // nil where it was not asked for
	imap    *imapin.Fetcher

	outgoing *smtpout.Pool // nil where a demo is public
	http     *httpx.Server
	failed   chan error // what ends the server before it is asked to
}

// serve runs the server until ctx ends, and then drains it.
func (c *command) serve(ctx context.Context) error {
	var options store.Options
	counts := c.newMetrics(&options)
	return withStorage(ctx, c.Serve.Storage, options, func(db *store.DB, blobs blob.Store) error {
		s := &server{command: c, db: db, metrics: counts, failed: make(chan error, 2)}
		err := s.start(ctx, blobs)
		if err == nil {
			select {
			case <-ctx.Done():
				s.drain()
			case err = <-s.failed:
			}
		}
		s.stop()
		return err
	})
}

// start puts the parts together and prints the ready line as the last thing.
func (s *server) start(ctx context.Context, blobs blob.Store) error {
	for _, step := range []func(context.Context) error{
		s.startWatch, s.db.Migrate,
		func(ctx context.Context) error { return s.newApp(ctx, blobs) },
		s.openHTTP, s.seedDemo, s.startJobs, s.startMail, s.startHTTP,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.health.stage.Store(working)
	_, err := fmt.Fprintln(s.Out, "ready "+s.address())
	return err
}

// newApp makes the use cases, with the secrets and the way out for mail.
func (s *server) newApp(ctx context.Context, blobs blob.Store) error {
	key, err := s.db.Secret(ctx, mailSecret)
	if err != nil {
		return err
	}
	signer, err := mail.NewSigner(key)
	if err != nil {
		return err
	}
	var demo *app.DemoMailer
	if s.Serve.Demo {
		demo = &app.DemoMailer{DB: s.db}
	}
	mailer, err := newMailer(s.Serve.SMTPOut, demo, s.countMail)
	if err != nil {
		return err
	}
	if s.Serve.HoldMail {
		mailer = waiting{}
	}
	s.live = &live.Hub{DB: s.db, MaxStreams: s.Serve.LiveStreams, Log: s.log}
	s.app = &app.App{DB: s.db, Blobs: blobs, Signer: signer, Mail: mailer, MailMax: int64(s.Serve.MailMax), Demo: s.Serve.Demo, Live: s.live,
		Hooks: s.newHooks(), Payload: httpapi.WebhookPayload, Providers: oidc.NewClient(s.outbound(), s.now), Origin: &origin.Checker{}}
	s.imap = s.newFetcher()
	s.app.Mailboxes = s.imap
	s.app.Outgoing = s.newServers()
	s.app.Partners = nhd.NewClient(s.outbound())
	s.live.Start(context.WithoutCancel(ctx))
	if s.metrics != nil {
		s.metrics.Gauge("live_streams", "Open streams of live updates.", func() float64 { return float64(s.live.Count()) })
	}
	return nil
}

// newHooks makes the client of webhooks.
func (s *server) newHooks() *webhook.Client { return webhook.NewClient(s.outbound()) }

// outbound is where requests to addresses that people typed in may go. A demo
// that only this machine reaches may send to this machine, and without TLS.
func (s *server) outbound() httpx.ClientOptions {
	local := s.Serve.Demo && !s.Serve.DemoPublic
	return httpx.ClientOptions{AllowHost: s.Serve.Outbound, AllowLoopback: local, AllowHTTP: local}
}

func (s *server) openHTTP(ctx context.Context) (err error) {
	s.listen, err = httpx.Listen(ctx, s.Serve.Listen, s.Serve.NextFreePort)
	return err
}

func (s *server) seedDemo(ctx context.Context) error {
	if !s.Serve.Demo {
		return nil
	}
	return seed.Demo(ctx, s.db, s.Serve.DB, s.port())
}

// jobLease is how long the jobs of a server that died wait for another one.
const jobLease = 15 * time.Second

func (s *server) startJobs(ctx context.Context) error {
	s.runner = &jobs.Runner{DB: s.db, Workers: s.Serve.JobWorkers, Lease: jobLease, Logger: s.log}
	s.app.Jobs(s.runner)
	s.health.runner.Store(s.runner)
	s.measureJobs()
	return s.runner.Start(context.WithoutCancel(ctx))
}

// startHTTP serves API, pages and health.
func (s *server) startHTTP(ctx context.Context) error {
	h, err := s.handler()
	if err != nil {
		return err
	}
	s.http = httpx.NewServer(context.WithoutCancel(ctx), h, s.log)
	go func() {
		if err := s.http.Serve(s.listen); err != nil {
			s.failed <- fmt.Errorf("serving HTTP: %w", err)
		}
	}()
	return nil
}

func (s *server) handler() (http.Handler, error) {
	signIns := httpx.NewSignInGate(s.now)
	rates := httpx.NewRates(httpx.RateLimits{Caller: s.Serve.LimitCaller, Address: s.Serve.LimitAddress, Partner: s.Serve.LimitPartner}, s.now, s.countLimited)
	o := site.Options{Log: s.log, Now: s.now, SignIns: signIns, Rates: rates, Workspace: web.New()}
	if s.Serve.Demo {
		o.Hints = demoHints
	}
	pages, err := site.New(s.app, o)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	s.health.register(mux)
	api := httpapi.New(s.app, httpapi.Options{Log: s.log, SignIns: signIns, Rates: rates})
	mux.Handle("/api/v1/", api)
	mux.Handle("/api/v2/sharing_agreements", api.Zendesk())
	mux.Handle("/api/v2/sharing_agreements.json", api.Zendesk())
	mux.Handle("/api/v2/sharing_agreements/", api.Zendesk())
	mux.Handle("/api/v2/tickets/", api.Zendesk())
	mux.Handle("/", pages)
	outermost := []httpx.Middleware{httpx.Identify(s.Serve.Proxies()), httpx.AccessLog(s.log, accessLevel(s.Serve.AccessLog), s.now)}
	if s.metrics != nil {
		outermost = append(outermost, httpx.Measure(s.metrics, s.now))
	}
	return httpx.Chain(nhd.NewServer(s.app, s.log, rates).Over(mux), append(outermost, httpx.Recover(s.log))...), nil
}

// demoHints lists some people of a demo desk for its sign-in page.
func demoHints(a *dm.Account) *site.Hints {
	domain, known := seed.DemoDomain(a.Slug)
	if !known {
		return nil
	}
	h := &site.Hints{Password: seed.Password}
	for _, p := range [][2]string{{"owner", "owner"}, {"accounts.agent", "accounts"}, {"hr.agent", "hr"}, {"restricted.agent", "restricted"}, {"staff.one", "staff"}} {
		h.People = append(h.People, site.Hint{Address: p[0] + "@" + domain, Who: p[1]})
	}
	return h
}

// now is the clock of everything that is not stored: the database's.
func (s *server) now() time.Time { return s.db.Now().Std() }

func (s *server) port() int {
	if at, ok := s.listen.Addr().(*net.TCPAddr); ok {
		return at.Port
	}
	return 0
}

// address is where the server is reached, as people type it.
func (s *server) address() string {
	if s.Serve.Demo {
		return "http://localhost:" + strconv.Itoa(s.port())
	}
	return "http://" + s.listen.Addr().String()
}

// stop ends what was started: no new work is taken, what runs is finished. What
// does not end in its time is cut off; nothing acknowledged is lost by that.
func (s *server) stop() {
	if s.health != nil {
		s.health.stage.Store(draining)
	}
	if s.live != nil {
		s.live.Drain() // their answers never end by themselves
	}
	switch {
	case s.http != nil:
		s.end("HTTP", s.http.Shutdown)
	case s.listen != nil:
		s.end("HTTP", func(context.Context) error { return s.listen.Close() })
	}
	s.stopMail()
	if s.runner != nil {
		s.end("jobs", s.runner.Stop)
	}
	if s.outgoing != nil {
		s.outgoing.Close()
	}
	if s.live != nil {
		s.live.Stop()
	}
	if s.watch != nil {
		s.end("metrics", s.watch.Shutdown)
	}
}

func (s *server) end(part string, shutdown func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	if err := shutdown(ctx); err != nil {
		s.log.Warn("cut off what did not end in time", "part", part, "error", err)
	}
}
