package httpapi_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/httpapi"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/nhd"
	"github.com/deskmesh/deskmesh/internal/oidc"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/webhook"
)

// world is two accounts, acme and globex, that are furnished alike, and the API
// in front of them.
//
// Each has the brands Company (inboxes support@ and accounts@) and People
// (inbox hr@), the groups Support, Accounts, HR and Legal, and these people:
//
//	owner, admin, manager                global scope, the built-in roles
//	global.agent                         agent, global scope
//	support.agent                        agent, group scope: Support, inbox support@
//	accounts.agent, accounts.second      agents, group scope: Accounts, inbox accounts@
//	hr.agent, hr.second                  agents, group scope: HR, brand People alone
//	restricted.agent                     agent, restricted scope, every inbox
//	noshare.agent                        as accounts.agent, without tickets.share
//	staff.one, staff.two, staff.three    requesters; two is in Sales, three in Legal
//
// Sharing is on. Names alone mean acme; "globex/hr.agent" is somebody of globex.
type world struct {
	testing.TB
	app     *app.App
	db      *store.DB
	api     *httpapi.API
	handler http.Handler
	clock   *clock
	outbox  *outbox
	jobs    *jobs.Runner
	desks   map[string]*worldDesk
	dsn     string
	files   string  // the folder of attachments
	own     *sql.DB // the test's own connection; see fingerprint
}

// worldDesk is one account with the ids of what it has, by name.
type worldDesk struct {
	id          int64
	host        string
	people      map[string]int64
	groups      map[string]int64
	brands      map[string]int64
	inboxes     map[string]int64 // by the part before the @
	roles       map[string]int64
	departments map[string]int64
}

// engines is what every test of this package runs on.
var engines = []string{"sqlite", "postgres"}

// onEngines runs a test on both engines, beside other tests: one that waits for
// its database leaves its processor to another.
func onEngines(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, engine))
		})
	}
}

func newWorld(t testing.TB, engine string) *world {
	t.Helper()
	w := &world{TB: t, clock: newClock(), outbox: &outbox{}}
	w.db = w.open(engine)
	w.files = t.TempDir()
	blobs, err := blob.OpenFolder(w.files)
	w.must(err)
	t.Cleanup(func() { blobs.Close() })
	key := make([]byte, 32)
	rand.Read(key)
	signer, err := mail.NewSigner(key)
	w.must(err)
	hooks := webhook.NewClient(httpx.ClientOptions{AllowLoopback: true, AllowHTTP: true})
	t.Cleanup(hooks.Close)
	w.app = &app.App{DB: w.db, Blobs: blobs, Signer: signer, Mail: w.outbox, Hooks: hooks, Payload: httpapi.WebhookPayload, CheckPatience: time.Minute,
		Providers: oidc.NewClient(httpx.ClientOptions{AllowLoopback: true, AllowHTTP: true}, w.clock.now)}
	t.Cleanup(w.app.Providers.Close)
	partners := nhd.NewClient(httpx.ClientOptions{AllowLoopback: true, AllowHTTP: true})
	t.Cleanup(partners.Close)
	w.app.Partners = partners
	w.api = httpapi.New(w.app, httpapi.Options{Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))})
	w.handler = httpx.Chain(nhd.NewServer(w.app, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})), nil).Over(w.api), httpx.Identify(nil))
	w.jobs = &jobs.Runner{DB: w.db}
	w.app.Jobs(w.jobs)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// drain runs every job that is due: mails go to the outbox.
func (w *world) drain() {
	w.Helper()
	w.must(w.jobs.Drain(w.Context()))
}

// system is a viewer that may do everything in an account.
func (w *world) system(slug string) *access.Viewer { return access.System(w.desks[slug].id, "test") }

// set changes a setting of acme.
func (w *world) set(key string, value any) {
	w.Helper()
	_, err := w.app.SetSettings(w.Context(), w.system("acme"), map[string]any{key: value})
	w.must(err)
}

// acme is the account that most tests are about.
func (w *world) acme() *worldDesk { return w.desks["acme"] }

// id gives the id of a person of acme, or of another account as in
// "globex/hr.agent".
func (w *world) id(who string) int64 {
	w.Helper()
	desk, name := w.split(who)
	id, ok := desk.people[name]
	if !ok {
		w.Fatalf("there is no %s in this world", who)
	}
	return id
}

func (w *world) split(who string) (*worldDesk, string) {
	if slug, name, ok := strings.Cut(who, "/"); ok {
		return w.desks[slug], name
	}
	return w.desks["acme"], who
}

// addAgent makes one more agent and gives the id.
func (w *world) addAgent(slug string, a worldAgent) int64 {
	w.Helper()
	d := w.desks[slug]
	pick := func(from map[string]int64, names []string) *[]int64 {
		ids := []int64{}
		for _, name := range names {
			if from[name] == 0 {
				w.Fatalf("there is no %q in this world", name)
			}
			ids = append(ids, from[name])
		}
		return &ids
	}
	id, err := w.app.CreatePerson(w.Context(), w.system(slug), app.PersonPatch{
		Kind: ptr(dm.Agent), Name: ptr(title(a.name)), Address: ptr(a.name + "@" + slug + ".example"), Scope: &a.scope,
		AllBrands: ptr(a.brands == nil), Brands: pick(d.brands, a.brands), AllInboxes: ptr(a.inboxes == nil), Inboxes: pick(d.inboxes, a.inboxes),
		Roles: pick(d.roles, []string{a.role}), Groups: pick(d.groups, a.groups)})
	w.must(err)
	d.people[a.name] = id
	return id
}

// title makes a name of an address: "hr.agent" is Hr Agent.
func title(name string) string {
	words := strings.Split(name, ".")
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, " ")
}

func ptr[T any](v T) *T { return &v }

// clock is a time of day that only tests move.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) now() time.Time { return time.UnixMicro(c.at.Load()).UTC() }

// advance moves the world's time on.
func (w *world) advance(d time.Duration) { w.clock.at.Add(d.Microseconds()) }

// sentMail is a mail that left the desk.
type sentMail struct {
	account int64
	to      string
	subject string
	text    string
	html    string
	raw     string
}

// outbox is a mail server that takes everything.
type outbox struct {
	mu   sync.Mutex
	list []sentMail
}

// Send implements app.Mailer.
func (o *outbox) Send(_ context.Context, account int64, _ string, to []string, raw []byte) error {
	in, err := mail.Parse(raw, mail.Limits{})
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, sentMail{account: account, to: strings.Join(to, " "), subject: in.Subject, text: in.Text, html: in.HTML, raw: string(raw)})
	return nil
}

// mails runs the jobs and takes what was sent to the person since the last time;
// "" takes everything.
func (w *world) mails(who string) []sentMail {
	w.Helper()
	w.drain()
	w.outbox.mu.Lock()
	defer w.outbox.mu.Unlock()
	var taken, rest []sentMail
	for _, m := range w.outbox.list {
		if who == "" || m.to == w.address(who) {
			taken = append(taken, m)
		} else {
			rest = append(rest, m)
		}
	}
	w.outbox.list = rest
	return taken
}

// address gives the mail address of somebody of this world.
func (w *world) address(who string) string {
	slug, name, ok := strings.Cut(who, "/")
	if !ok {
		slug, name = "acme", who
	}
	return name + "@" + slug + ".example"
}

// session opens a session without a password, which is slow on purpose.
func (w *world) session(account, person int64) string {
	secret := credential.NewSecret(credential.Session)
	w.must(w.db.Write(w.Context(), store.Urgent, func(tx *store.Tx) error {
		return tx.CreateSession(account, person, credential.HashSecret(secret), tx.Now().Add(14*24*time.Hour))
	}))
	return secret
}

// viewer gives the viewer that somebody is now.
func (w *world) viewer(who string) *access.Viewer {
	w.Helper()
	desk, _ := w.split(who)
	var v *access.Viewer
	w.must(w.db.Read(w.Context(), func(tx *store.Tx) (err error) {
		v, err = tx.Viewer(desk.id, w.id(who))
		return err
	}))
	return v
}

// newToken makes an API token and gives its secret.
func (w *world) newToken(v *access.Viewer, scopes []string) string {
	w.Helper()
	n := app.NewToken{Name: "Script"}
	for _, s := range scopes {
		n.Scopes = append(n.Scopes, dm.Permission(s))
	}
	secret, _, err := w.app.CreateToken(w.Context(), v, n)
	w.must(err)
	return secret
}
