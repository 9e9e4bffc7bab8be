package site_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// codeOf is what an authenticator with the secret shows, some steps from now.
func (d *signInDesk) codeOf(secret string, steps int) string {
	d.Helper()
	code, err := totp.GenerateCode(secret, d.db.Now().Std().Add(time.Duration(steps)*30*time.Second))
	must(d.T, err)
	return code
}

var shownSecret = regexp.MustCompile(`<span class="mono strong">([A-Z2-7 ]{30,})</span>`)

func (d *signInDesk) secretOn(p *page) string {
	d.Helper()
	found := shownSecret.FindStringSubmatch(p.body)
	if found == nil {
		d.Fatalf("the page shows no secret: %.3000s", p.body)
	}
	return strings.ReplaceAll(found[1], " ", "")
}

func (d *signInDesk) set(key string, value any) {
	d.Helper()
	_, err := d.app.SetSettings(d.Context(), d.system(), map[string]any{key: value})
	must(d.T, err)
}

func TestTwoSteps(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			d := newSignInDesk(t, engine, "", "")
			must(t, d.app.SetPassword(t.Context(), d.system(), d.ada, password))
			v := d.visitor(t, providerHost)
			v.get("/two-step").leadsTo("/sign-in?next=%2Ftwo-step")
			v.post("/two-step").leadsTo("/sign-in?next=%2Ftwo-step")
			v.get("/sign-in/code").leadsTo("/sign-in")

			d.set("security.require_totp", "agents")
			v.post("/sign-in", "address", "ada@example.com", "password", password, "next", "/tickets/3").leadsTo("/tickets/3")
			for _, path := range []string{"/", "/tickets/3", "/demo/mailbox"} {
				v.get(path).leadsTo("/two-step")
			}
			v.post("/tickets/3/messages", "text", "x").leadsTo("/two-step")
			v.get("/two-step").want(http.StatusOK, "asks you for a second factor", "Set it up").without("<svg xmlns")
			v.post("/two-step").leadsTo("/two-step")
			secret := d.secretOn(v.get("/two-step").want(http.StatusOK, "Scan this picture", `role="img" aria-label="QR code`))
			v.post("/two-step/confirm", "code", "000 000").want(http.StatusUnauthorized, "This code is wrong")
			done := v.post("/two-step/confirm", "code", d.codeOf(secret, -1)).want(http.StatusOK, "Keep these recovery codes")
			codes := regexp.MustCompile(`[a-z2-7]{4}(-[a-z2-7]{4}){3}`).FindAllString(done.body, -1)
			if len(codes) != 10 {
				t.Errorf("%d recovery codes", len(codes))
			}
			v.get("/two-step").want(http.StatusOK, "10 recovery codes left").without(codes[0], secret)
			v.get("/portal").want(http.StatusOK)
			v.post("/sign-out").leadsTo("/sign-in")

			p := v.post("/sign-in", "address", "ada@example.com", "password", password, "next", "/tickets/3").leadsTo("/sign-in/code?next=%2Ftickets%2F3")
			if v.cookies["deskmesh"] != "" || !strings.Contains(p.header.Get("Set-Cookie"), "HttpOnly") {
				t.Errorf("after the password: %v", p.header["Set-Cookie"])
			}
			v.get("/sign-in/code?next=/tickets/3").want(http.StatusOK, `value="/tickets/3"`, "one-time-code").without(password, v.cookies["deskmesh-step"])
			v.get("/").leadsTo("/sign-in")
			stranger := d.visitor(t, providerHost)
			stranger.post("/sign-in/code", "code", d.codeOf(secret, 0)).want(http.StatusUnauthorized, "Please sign in again")
			stranger.cookies["deskmesh-step"] = v.cookies["deskmesh-step"][:20]
			stranger.post("/sign-in/code", "code", d.codeOf(secret, 0)).want(http.StatusUnauthorized, "Please sign in again")
			v.post("/sign-in/code", "code", "").want(http.StatusUnauthorized, "This code is wrong")
			v.post("/sign-in/code", "code", d.codeOf(secret, -1)).want(http.StatusUnauthorized, "used before")
			step := v.cookies["deskmesh-step"]
			v.post("/sign-in/code", "code", d.codeOf(secret, 0), "next", "//evil.example").leadsTo("/")
			if v.cookies["deskmesh-step"] != "" || d.who(v) != d.ada {
				t.Error("the step is kept, or nobody is signed in")
			}
			v.post("/sign-out")
			v.cookies["deskmesh-step"] = step
			v.post("/sign-in/code", "code", strings.ToUpper(codes[2])).leadsTo("/")
			v.post("/sign-out")
			v.cookies["deskmesh-step"] = step
			v.post("/sign-in/code", "code", codes[2]).want(http.StatusUnauthorized, "used before")

			// With another password the step is over.
			must(t, d.app.SetPassword(t.Context(), d.system(), d.ada, "another good password"))
			v.post("/sign-in/code", "code", codes[3]).want(http.StatusUnauthorized, "Please sign in again")
			link, err := d.app.InvitePerson(t.Context(), d.system(), d.ada)
			must(t, err)
			v.post("/setup/"+link.Secret, "password", password).leadsTo("/sign-in")
			if d.who(v) != 0 {
				t.Error("a link goes round the second factor")
			}
			for range 10 {
				v.post("/sign-in", "address", "ada@example.com", "password", password)
				if v.post("/sign-in/code", "code", "123456").status == http.StatusTooManyRequests {
					return
				}
			}
			t.Error("codes can be guessed without end")
		})
	}
}

func TestPasswordSignInOff(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := newFakeProvider(t)
			d := newSignInDesk(t, engine, p.server.URL, clientSecret)
			must(t, d.app.SetPassword(t.Context(), d.system(), d.ada, password))
			customer := d.person(dm.Requester, "customer@example.com")
			must(t, d.app.SetPassword(t.Context(), d.system(), customer, password))
			no, yes := false, true
			d.change(app.ProviderPatch{Enabled: &no})
			if _, err := d.app.SetSettings(t.Context(), d.system(), map[string]any{"security.password_sign_in": false}); dm.CodeOf(err) != dm.Invalid {
				t.Errorf("nobody could sign in any more: %v", err)
			}
			d.change(app.ProviderPatch{Enabled: &yes})
			d.set("security.password_sign_in", false)
			if err := d.app.UpdateSignInProvider(t.Context(), d.system(), d.provider, app.ProviderPatch{Enabled: &no}); dm.ReasonOf(err) != "last_provider" {
				t.Errorf("the last provider is turned off: %v", err)
			}
			if err := d.app.DeleteSignInProvider(t.Context(), d.system(), d.provider); dm.ReasonOf(err) != "last_provider" {
				t.Errorf("the last provider is deleted: %v", err)
			}
			v := d.visitor(t, providerHost)
			v.post("/sign-in", "address", "ada@example.com", "password", password).want(http.StatusForbidden, "through a provider")
			v.post("/sign-in", "address", "ada@example.com", "password", "wrong wrong").want(http.StatusUnauthorized).without("through a provider.")
			link, err := d.app.InvitePerson(t.Context(), d.system(), d.ada)
			must(t, err)
			v.post("/setup/"+link.Secret, "password", password).leadsTo("/sign-in")
			for address, who := range map[string]int64{"owner@example.com": d.owner, "customer@example.com": customer} {
				v := d.visitor(t, providerHost)
				v.post("/sign-in", "address", address, "password", password).leadsTo("/")
				if d.who(v) != who {
					t.Errorf("%s is locked out", address)
				}
			}
			v, answer := d.come(p, nil)
			answer.leadsTo("/tickets/7")
			d.set("security.require_totp", "agents")
			v.get("/portal").want(http.StatusOK) // the provider asks for what it wants itself
		})
	}
}
