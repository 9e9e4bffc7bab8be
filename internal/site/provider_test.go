package site_test

import (
	"bufio"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/store"
)

var engines = []string{"sqlite", "postgres"}

// depart sends a browser to the provider and gives what it was sent with.
func (d *signInDesk) depart(v *visitor) url.Values {
	d.Helper()
	p := v.get(fmt.Sprintf("/sign-in/oidc/%d?next=/tickets/7", d.provider)).want(http.StatusSeeOther)
	at, err := url.Parse(p.header.Get("Location"))
	must(d.T, err)
	return at.Query()
}

func back(pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return app.ProviderCallback + "?" + q.Encode()
}

// come signs in at the provider, which says the usual with some claims changed.
func (d *signInDesk) come(p *fakeProvider, changed map[string]any) (*visitor, *page) {
	d.Helper()
	v := d.visitor(d.T, providerHost)
	asked := d.depart(v)
	p.says(changed)
	return v, v.get(back("code", p.grant(asked), "state", asked.Get("state")))
}

func TestProvider(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := newFakeProvider(t)
			d := newSignInDesk(t, engine, p.server.URL, clientSecret)
			t.Run("the page offers it and it leads back", func(t *testing.T) {
				v := d.visitor(t, providerHost)
				v.get("/sign-in?next=/tickets/7").want(http.StatusOK, "Sign in with Login", fmt.Sprintf(`href="/sign-in/oidc/%d?next=%%2Ftickets%%2F7"`, d.provider))
				asked := d.depart(v)
				if asked.Get("redirect_uri") != "http://desk.localhost/sign-in/oidc/callback" || asked.Get("response_type") != "code" || asked.Get("scope") != "openid email profile" {
					t.Errorf("the provider is asked %v", asked)
				}
				p.says(nil)
				v.get(back("code", p.grant(asked), "state", asked.Get("state"))).leadsTo("/tickets/7")
				if got := d.who(v); got != d.ada {
					t.Errorf("signed in as %d", got)
				}
				if v.cookies["deskmesh-flow"] != "" {
					t.Error("the flow is kept")
				}
			})
			t.Run("the subject counts from then on", func(t *testing.T) {
				v, answer := d.come(p, map[string]any{"email": "ada.married@example.com", "email_verified": false})
				answer.leadsTo("/tickets/7")
				if d.who(v) != d.ada {
					t.Error("the subject is somebody else now")
				}
				_, answer = d.come(p, map[string]any{"sub": "another"})
				answer.want(http.StatusForbidden, "signs in as somebody else")
				must(t, d.app.UnlinkSubjects(t.Context(), d.system(), d.ada))
				v, answer = d.come(p, map[string]any{"sub": "another"})
				answer.leadsTo("/tickets/7")
				if d.who(v) != d.ada {
					t.Error("the new subject is not linked")
				}
				must(t, d.app.UnlinkSubjects(t.Context(), d.system(), d.ada))
			})
			t.Run("whom it does not let in", func(t *testing.T) {
				d.person(dm.Requester, "customer@example.com")
				for text, changed := range map[string]map[string]any{
					"No agent of this desk":   {"sub": "s1", "email": "nobody@example.com"},
					"No agent of this":        {"sub": "s2", "email": "customer@example.com"},
					"has not verified":        {"sub": "s3", "email_verified": false},
					"has not verified your":   {"sub": "s4", "email_verified": nil},
					"has not verified your e": {"sub": "s5", "email": "no address"},
				} {
					v, answer := d.come(p, changed)
					answer.want(http.StatusForbidden, text)
					if v.cookies["deskmesh"] != "" || d.who(v) != 0 {
						t.Errorf("%v opens a session", changed)
					}
				}
				_, answer := d.come(p, nil)
				answer.leadsTo("/tickets/7")
				must(t, d.app.DeactivatePerson(t.Context(), d.system(), d.ada))
				for _, changed := range []map[string]any{nil, {"sub": "s6"}} {
					_, answer := d.come(p, changed)
					answer.want(http.StatusForbidden, "has been turned off")
				}
				must(t, d.app.ReactivatePerson(t.Context(), d.system(), d.ada))
			})
			t.Run("agents are made of the domains that may", func(t *testing.T) {
				yes, domains, roles := true, []string{"example.com"}, []int64{d.roles["agent"]}
				if err := d.app.UpdateSignInProvider(t.Context(), d.system(), d.provider, app.ProviderPatch{CreateAgents: &yes}); dm.CodeOf(err) != dm.Invalid {
					t.Errorf("everybody the provider knows would become an agent: %v", err)
				}
				d.change(app.ProviderPatch{CreateAgents: &yes, AllowedDomains: &domains, DefaultRoles: &roles})
				_, answer := d.come(p, map[string]any{"sub": "new1", "email": "new@evil.example"})
				answer.want(http.StatusForbidden, "cannot sign in here this way")
				_, answer = d.come(p, map[string]any{"sub": "new1", "email": "new@sub.example.com"})
				answer.want(http.StatusForbidden, "cannot sign in here this way")
				v, answer := d.come(p, map[string]any{"sub": "new1", "email": "New@EXAMPLE.com", "name": "  New\tOne "})
				answer.leadsTo("/tickets/7")
				made, err := d.app.Person(t.Context(), d.system(), d.who(v))
				must(t, err)
				if made.Name != "New One" || made.Kind != dm.Agent || made.Scope != dm.RestrictedScope || len(made.Roles) != 1 || made.AllBrands || made.AllInboxes {
					t.Errorf("made is %+v", made)
				}
			})
			t.Run("the log tells how somebody signed in", func(t *testing.T) {
				lines, _, err := d.app.AuditLog(t.Context(), d.system(), app.AuditFilter{}, app.Page{Limit: 200})
				must(t, err)
				text := fmt.Sprintf("%+v", lines)
				for _, want := range []string{"person.signed_in", "person.provider_linked", "person.provider_unlinked", "{Field:method Old: New:provider " + fmt.Sprint(d.provider)} {
					if !strings.Contains(text, want) {
						t.Errorf("the log lacks %q", want)
					}
				}
				if strings.Contains(text, clientSecret) {
					t.Error("the log holds the client secret")
				}
			})
			t.Run("off is off", func(t *testing.T) {
				v := d.visitor(t, providerHost)
				asked := d.depart(v)
				no := false
				d.change(app.ProviderPatch{Enabled: &no})
				p.says(nil)
				v.get(back("code", p.grant(asked), "state", asked.Get("state"))).want(http.StatusNotFound, "not there any more")
				v.get(fmt.Sprintf("/sign-in/oidc/%d", d.provider)).want(http.StatusNotFound, "not there any more")
				v.get("/sign-in").want(http.StatusOK).without("Sign in with Login")
			})
		})
	}
}

func TestHostileProvider(t *testing.T) {
	t.Parallel()
	p := newFakeProvider(t)
	d := newSignInDesk(t, "sqlite", p.server.URL, clientSecret)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	for name, try := range map[string]struct {
		claims map[string]any
		token  func(asked url.Values) string
	}{
		"another nonce":              {claims: map[string]any{"nonce": "other"}},
		"no nonce":                   {claims: map[string]any{"nonce": nil}},
		"another audience":           {claims: map[string]any{"aud": "somebody-else"}},
		"no audience":                {claims: map[string]any{"aud": nil}},
		"two audiences":              {claims: map[string]any{"aud": []string{"deskmesh", "somebody-else"}}},
		"another authorized party":   {claims: map[string]any{"aud": []string{"deskmesh", "x"}, "azp": "x"}},
		"another issuer":             {claims: map[string]any{"iss": "https://evil.example"}},
		"expired":                    {claims: map[string]any{"exp": time.Now().Add(-time.Minute).Unix()}},
		"no expiry":                  {claims: map[string]any{"exp": nil}},
		"not yet valid":              {claims: map[string]any{"nbf": time.Now().Add(time.Hour).Unix()}},
		"no subject":                 {claims: map[string]any{"sub": nil}},
		"a subject that is too long": {claims: map[string]any{"sub": strings.Repeat("s", 256)}},
		"another access token":       {claims: map[string]any{"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
		"the algorithm none":         {token: func(a url.Values) string { return p.unsigned(p.claims(a, nil)) }},
		"signed with the client secret": {token: func(a url.Values) string {
			return p.signed(jose.HS256, []byte(strings.Repeat(clientSecret, 2)), p.claims(a, nil))
		}},
		"signed with another key": {token: func(a url.Values) string { return p.signed(jose.RS256, other, p.claims(a, nil)) }},
		"no token":                {token: func(url.Values) string { return "" }},
		"a token that is none":    {token: func(url.Values) string { return "a.b.c" }},
	} {
		v := d.visitor(t, providerHost)
		asked := d.depart(v)
		p.says(try.claims)
		if try.token != nil {
			p.token = try.token
		}
		v.get(back("code", p.grant(asked), "state", asked.Get("state"))).want(http.StatusUnauthorized, "does not prove who you are")
		if d.who(v) != 0 {
			t.Errorf("%s opens a session", name)
		}
	}
	p.says(nil)
	t.Run("what the browser comes back with", func(t *testing.T) {
		for name, come := range map[string]func(asked url.Values) (path string, status int, text string){
			"another state": func(a url.Values) (string, int, string) {
				return back("code", p.grant(a), "state", "other"), http.StatusUnauthorized, "does not prove"
			},
			"no state": func(a url.Values) (string, int, string) {
				return back("code", p.grant(a)), http.StatusUnauthorized, "does not prove"
			},
			"another issuer": func(a url.Values) (string, int, string) {
				return back("code", p.grant(a), "state", a.Get("state"), "iss", "https://evil.example"), http.StatusUnauthorized, "does not prove"
			},
			"no code": func(a url.Values) (string, int, string) {
				return back("state", a.Get("state")), http.StatusUnauthorized, "did not sign you in"
			},
			"a refusal": func(a url.Values) (string, int, string) {
				return back("error", "access_denied", "error_description", "<b>hunter2</b>", "state", a.Get("state")), http.StatusUnauthorized, "did not sign you in"
			},
			"an unknown code": func(a url.Values) (string, int, string) {
				return back("code", "guessed", "state", a.Get("state")), http.StatusUnauthorized, "did not sign you in"
			},
			"the code of another flow": func(a url.Values) (string, int, string) {
				return back("code", p.grant(d.depart(d.visitor(t, providerHost))), "state", a.Get("state")), http.StatusUnauthorized, "did not sign you in"
			},
		} {
			v := d.visitor(t, providerHost)
			path, status, text := come(d.depart(v))
			v.get(path).want(status, text).without("hunter2")
			if d.who(v) != 0 || v.cookies["deskmesh-flow"] != "" {
				t.Errorf("%s opens a session, or leaves the flow", name)
			}
		}
	})
	t.Run("another browser, and a second time", func(t *testing.T) {
		v := d.visitor(t, providerHost)
		asked := d.depart(v)
		flow := v.cookies["deskmesh-flow"]
		path := back("code", p.grant(asked), "state", asked.Get("state"))
		d.visitor(t, providerHost).get(path).want(http.StatusUnauthorized, "begun in another browser")
		v.get(path).leadsTo("/tickets/7")
		v.post("/sign-out")
		v.get(path).want(http.StatusUnauthorized, "begun in another browser")
		v.cookies["deskmesh-flow"] = flow
		v.get(path).want(http.StatusUnauthorized, "did not sign you in") // its code was used
		v.cookies["deskmesh-flow"] = flow[:len(flow)-4] + "AAAA"
		v.get(path).want(http.StatusUnauthorized, "begun in another browser")
	})
	t.Run("people are asked about where the token does not say", func(t *testing.T) {
		p.person = map[string]any{"sub": "ada", "email": "ada@example.com", "email_verified": "true"}
		v, answer := d.come(p, map[string]any{"email": nil, "email_verified": nil})
		answer.leadsTo("/tickets/7")
		if d.who(v) != d.ada {
			t.Error("somebody else is signed in")
		}
		p.person["sub"] = "somebody else"
		_, answer = d.come(p, map[string]any{"email": nil})
		answer.want(http.StatusUnauthorized, "does not prove")
	})
	t.Run("a provider that names itself must", func(t *testing.T) {
		q := newFakeProvider(t)
		q.namesSelf = true
		d := newSignInDesk(t, "sqlite", q.server.URL, clientSecret)
		q.says(nil)
		v := d.visitor(t, providerHost)
		asked := d.depart(v)
		v.get(back("code", q.grant(asked), "state", asked.Get("state"))).want(http.StatusUnauthorized, "does not prove")
		asked = d.depart(v)
		v.get(back("code", q.grant(asked), "state", asked.Get("state"), "iss", q.server.URL)).leadsTo("/tickets/7")
	})
	t.Run("a provider that is away", func(t *testing.T) {
		q := newFakeProvider(t)
		d := newSignInDesk(t, "sqlite", q.server.URL, clientSecret)
		v := d.visitor(t, providerHost)
		asked := d.depart(v)
		q.server.Close()
		v.get(back("code", "x", "state", asked.Get("state"))).want(http.StatusServiceUnavailable, "cannot be reached right now")
	})
	t.Run("the desk's other names begin at its own address", func(t *testing.T) {
		must(t, d.db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
			return tx.AddHost(dm.Host{Name: "other.localhost", AccountID: d.account})
		}))
		v := d.visitor(t, "other.localhost")
		v.get(fmt.Sprintf("/sign-in/oidc/%d", d.provider)).leadsTo(fmt.Sprintf("http://desk.localhost/sign-in/oidc/%d?here=1&next=%%2F", d.provider))
	})
}

// TestRealProvider signs in at a provider that others have written and certified,
// which runs as a process of its own.
func TestRealProvider(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "oidc")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Dir = filepath.Join("..", "..", "tools", "oidc")
	if out, err := build.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%v: %s", err, out)
		}
		t.Skipf("the provider cannot be built: %v", err)
	}
	run := exec.CommandContext(t.Context(), program)
	run.Env = append(os.Environ(), "REDIRECT=http://"+providerHost+app.ProviderCallback, "ADDRESS=ada@example.com")
	stdin, err := run.StdinPipe()
	must(t, err)
	stdout, err := run.StdoutPipe()
	must(t, err)
	must(t, run.Start())
	t.Cleanup(func() { stdin.Close(); _ = run.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	must(t, err)
	issuer := strings.TrimSpace(line)
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			d := newSignInDesk(t, engine, issuer, "a client's secret")
			test, err := d.app.TestSignInProvider(t.Context(), d.system(), d.provider)
			must(t, err)
			if test.Problem != "" || !strings.HasPrefix(test.Endpoints.Token, issuer) {
				t.Errorf("the test says %+v", test)
			}
			v := d.visitor(t, providerHost)
			way := v.get(fmt.Sprintf("/sign-in/oidc/%d", d.provider)).want(http.StatusSeeOther).header.Get("Location")
			came := signInThere(t, way, "ada")
			v.get(came).leadsTo("/")
			if d.who(v) != d.ada {
				t.Error("somebody else is signed in")
			}
			v.post("/sign-out")
			v.get(came).want(http.StatusUnauthorized, "begun in another browser")

			v = d.visitor(t, providerHost)
			way = v.get(fmt.Sprintf("/sign-in/oidc/%d", d.provider)).want(http.StatusSeeOther).header.Get("Location")
			v.get(signInThere(t, way, "bo")).want(http.StatusForbidden, "has not verified")
		})
	}
}

// signInThere fills in the provider's form and gives the path that it sends the
// browser back to.
func signInThere(t *testing.T, way, name string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	var came string
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == providerHost {
			came = r.URL.RequestURI()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	form, err := browser.Get(way)
	must(t, err)
	body, err := io.ReadAll(form.Body)
	must(t, err)
	form.Body.Close()
	id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindSubmatch(body)
	if id == nil {
		t.Fatalf("%s shows %s", way, body)
	}
	answer, err := browser.PostForm(form.Request.URL.String(), url.Values{"username": {name}, "password": {"verysecure"}, "id": {string(id[1])}})
	must(t, err)
	answer.Body.Close()
	if came == "" {
		t.Fatalf("the provider answers %s", answer.Status)
	}
	return came
}
