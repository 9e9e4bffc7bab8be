package site_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/oidc"
	"github.com/deskmesh/deskmesh/internal/site"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// fakeProvider is a provider that says what a test wants it to say.
type fakeProvider struct {
	*testing.T
	server    *httptest.Server
	key       *rsa.PrivateKey
	mu        sync.Mutex
	codes     map[string]url.Values // what a code was given for; each counts once
	token     func(asked url.Values) string
	person    map[string]any // what the endpoint for people says
	namesSelf bool
}

const clientSecret = "the client's secret"

var providerKeys = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func newFakeProvider(t *testing.T) *fakeProvider {
	t.Helper()
	key, err := providerKeys()
	if err != nil {
		t.Fatal(err)
	}
	p := &fakeProvider{T: t, key: key, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		at := p.server.URL
		p.say(w, map[string]any{"issuer": at, "authorization_endpoint": at + "/authorize", "token_endpoint": at + "/token", "jwks_uri": at + "/keys",
			"userinfo_endpoint": at + "/person", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
			"authorization_response_iss_parameter_supported": p.namesSelf})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.say(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "one", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", p.giveToken)
	mux.HandleFunc("GET /person", func(w http.ResponseWriter, _ *http.Request) { p.say(w, p.person) })
	p.server = httptest.NewServer(mux)
	t.Cleanup(p.server.Close)
	return p
}

func (p *fakeProvider) say(w http.ResponseWriter, what any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(what); err != nil {
		p.Error(err)
	}
}

// giveToken takes a code once, from the client whose it is, with the verifier
// that belongs to it (RFC 7636).
func (p *fakeProvider) giveToken(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	user, password, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if asked == nil || user != "deskmesh" || password != url.QueryEscape(clientSecret) || asked.Get("code_challenge_method") != "S256" ||
		asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") {
		w.WriteHeader(http.StatusBadRequest)
		p.say(w, map[string]any{"error": "invalid_grant"})
		return
	}
	p.say(w, map[string]any{"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": p.token(asked)})
}

// grant gives a code for what a browser was sent with.
func (p *fakeProvider) grant(asked url.Values) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	code := rand.Text()
	p.codes[code] = asked
	return code
}

// claims are those of a token in order, with some changed; nil leaves one out.
func (p *fakeProvider) claims(asked url.Values, changed map[string]any) map[string]any {
	all := map[string]any{"iss": p.server.URL, "sub": "ada", "aud": "deskmesh", "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(),
		"nonce": asked.Get("nonce"), "email": "ada@example.com", "email_verified": true, "name": "Ada Lindqvist"}
	maps.Copy(all, changed)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

// says makes the provider say, of whoever comes next, the usual claims with some
// changed.
func (p *fakeProvider) says(changed map[string]any) {
	p.token = func(asked url.Values) string { return p.signed(jose.RS256, p.key, p.claims(asked, changed)) }
}

func (p *fakeProvider) signed(alg jose.SignatureAlgorithm, key any, claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "one"))
	if err != nil {
		p.Fatal(err)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		p.Fatal(err)
	}
	made, err := signer.Sign(text)
	if err != nil {
		p.Fatal(err)
	}
	token, err := made.CompactSerialize()
	if err != nil {
		p.Fatal(err)
	}
	return token
}

// unsigned is a token with the algorithm none.
func (p *fakeProvider) unsigned(claims map[string]any) string {
	text, err := json.Marshal(claims)
	if err != nil {
		p.Fatal(err)
	}
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"none","kid":"one"}`)) + "." + part(text) + "."
}

const providerHost = "desk.localhost"

// signInDesk is a desk on an engine, with a provider and the agent Ada.
type signInDesk struct {
	*testing.T
	*desk
	account  int64
	owner    int64
	ada      int64
	provider int64
	roles    map[string]int64
}

func newSignInDesk(t *testing.T, engine, issuer, secret string) *signInDesk {
	t.Helper()
	migrate := func(dsn string) error {
		db, err := store.Open(t.Context(), dsn, store.Options{Relaxed: true})
		if err != nil {
			return err
		}
		defer db.Close()
		return db.Migrate(t.Context())
	}
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
	if engine == "postgres" {
		dsn = pgtest.New(t, migrate)
	} else if err := migrate(dsn); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), dsn, store.Options{Relaxed: true})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	d := &signInDesk{T: t, desk: &desk{db: db, now: db.Now().Std()}, roles: map[string]int64{}}
	providers := oidc.NewClient(httpx.ClientOptions{AllowLoopback: true, AllowHTTP: true}, func() time.Time { return db.Now().Std() })
	t.Cleanup(providers.Close)
	d.app = &app.App{DB: db, Providers: providers}
	log := slog.New(slog.DiscardHandler)
	pages, err := site.New(d.app, site.Options{Log: log, Now: func() time.Time { return db.Now().Std() }, SignIns: httpx.NewSignInGate(func() time.Time { return d.now })})
	must(t, err)
	d.handler = httpx.Chain(pages, httpx.Identify(nil), httpx.Recover(log))
	made, err := d.app.CreateAccount(t.Context(), app.NewAccount{Name: "Company", Slug: "company", Hosts: []string{providerHost}, BaseURL: "http://" + providerHost,
		OwnerName: "Olga", OwnerAddress: "owner@example.com"})
	must(t, err)
	d.account, d.owner = made.Account.ID, made.OwnerID
	roles, _, err := d.app.Roles(t.Context(), d.system(), app.Page{})
	must(t, err)
	for _, r := range roles {
		d.roles[r.BuiltIn] = r.ID
	}
	d.ada = d.person(dm.Agent, "Ada@Example.com")
	must(t, d.app.SetPassword(t.Context(), d.system(), d.owner, password))
	if issuer == "" {
		return d
	}
	name, client, on := "Login", "deskmesh", true
	must(t, d.app.CreateSignInProvider(t.Context(), d.system(), app.ProviderPatch{Name: &name, Issuer: &issuer, ClientID: &client, ClientSecret: &secret, Enabled: &on}))
	list, err := d.app.SignInProviders(t.Context(), d.system())
	must(t, err)
	d.provider = list[0].ID
	return d
}

const password = "four words are fine"

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (d *signInDesk) system() *access.Viewer { return access.System(d.account, "test") }

func (d *signInDesk) person(kind dm.PersonKind, address string) int64 {
	d.Helper()
	name := "Some Body"
	id, err := d.app.CreatePerson(d.Context(), d.system(), app.PersonPatch{Kind: &kind, Name: &name, Address: &address})
	must(d.T, err)
	return id
}

func (d *signInDesk) change(p app.ProviderPatch) {
	d.Helper()
	must(d.T, d.app.UpdateSignInProvider(d.Context(), d.system(), d.provider, p))
}

// who is the person that a browser is signed in as; 0 for nobody.
func (d *signInDesk) who(v *visitor) int64 {
	d.Helper()
	signed, err := d.app.BySession(d.Context(), d.account, v.cookies["deskmesh"])
	if dm.CodeOf(err) == dm.Unauthenticated {
		return 0
	}
	must(d.T, err)
	return signed.Viewer.Person()
}
