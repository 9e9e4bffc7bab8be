package site_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/seed"
	"github.com/deskmesh/deskmesh/internal/store"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	t.Run("right address and password lead on, and out again", func(t *testing.T) {
		t.Parallel()
		v := demo(t).visitor(t, "acme.localhost")
		v.get("/").leadsTo("/sign-in")
		v.get("/tickets/3?after=2").leadsTo("/sign-in?next=%2Ftickets%2F3%3Fafter%3D2")
		v.get("/sign-in?next=/tickets/3").want(http.StatusOK, `value="/tickets/3"`, "Sign in", "deskmesh-demo", "owner@acme.example")
		p := v.post("/sign-in", "address", " Accounts.Agent@acme.example ", "password", seed.Password, "next", "/tickets/3").leadsTo("/tickets/3")
		if c := p.header.Get("Set-Cookie"); !strings.HasPrefix(c, "deskmesh=dms_") || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
			t.Errorf("the cookie is %q", c)
		}
		session := v.cookies["deskmesh"]
		v.get("/portal").want(http.StatusOK, "Amara Okafor", "Sign out")
		v.get("/sign-in").leadsTo("/")
		v.post("/sign-out").leadsTo("/sign-in")
		if v.cookies["deskmesh"] != "" {
			t.Error("the cookie is still there")
		}
		v.cookies["deskmesh"] = session
		v.get("/").leadsTo("/sign-in")
	})
	t.Run("an unknown address and a wrong password give the same page", func(t *testing.T) {
		t.Parallel()
		v := demo(t).visitor(t, "acme.localhost")
		wrong := v.post("/sign-in", "address", "hr.second@acme.example", "password", "not this one").want(http.StatusUnauthorized, "The address or the password is wrong.")
		unknown := v.post("/sign-in", "address", "no.second@acme.example", "password", "not this one").want(http.StatusUnauthorized)
		former := v.post("/sign-in", "address", "former.agent@acme.example", "password", seed.Password).want(http.StatusUnauthorized)
		typed := regexp.MustCompile(`value="[a-z.]+@acme.example"`)
		for _, p := range []*page{unknown, former} {
			if diff := cmp.Diff(typed.ReplaceAllString(wrong.body, ""), typed.ReplaceAllString(p.body, "")); diff != "" {
				t.Error(diff)
			}
		}
		if len(v.cookies) != 0 {
			t.Errorf("cookies were set: %v", v.cookies)
		}
		wrong.without("not this one")
	})
	t.Run("after ten tries one has to wait", func(t *testing.T) {
		t.Parallel()
		d, _ := emptyDesk(t, "http://desk.example.com")
		v := d.visitor(t, "desk.example.com")
		for range 10 {
			v.post("/sign-in", "address", "owner@example.com", "password", "wrong wrong").want(http.StatusUnauthorized)
		}
		p := v.post("/sign-in", "address", "owner@example.com", "password", "wrong wrong").want(http.StatusTooManyRequests, "Too many tries")
		if p.header.Get("Retry-After") != "30" {
			t.Errorf("Retry-After is %q", p.header.Get("Retry-After"))
		}
		v.post("/sign-in", "address", "other@example.com", "password", "wrong wrong").want(http.StatusUnauthorized)
	})
	t.Run("next never leads elsewhere", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "support.two")
		for _, next := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example", "evil", "", "/sign-in", "/%09/x y"} {
			v.do(http.MethodGet, "/sign-in?"+strings.NewReplacer("\\", "%5C", "\t", "%09", " ", "%20").Replace("next="+next), nil).leadsTo("/")
		}
		v.get("/sign-in?next=/tickets/5%23answer").leadsTo("/tickets/5#answer")
	})
	t.Run("a session counts for its own desk only", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "owner")
		v.host = "globex.localhost"
		v.get("/").leadsTo("/sign-in")
	})
	t.Run("a desk on https gets a secure cookie", func(t *testing.T) {
		t.Parallel()
		d, made := emptyDesk(t, "https://desk.example.com")
		v := d.visitor(t, "desk.example.com")
		p := v.post("/setup/"+made.Link.Secret, "desk", "Desk", "name", "Nam", "password", "four words are fine", "sharing", "on").leadsTo("/")
		if c := p.header.Get("Set-Cookie"); !strings.HasPrefix(c, "__Host-deskmesh=dms_") || !strings.Contains(c, "; Secure") {
			t.Errorf("the cookie is %q", c)
		}
		v.get("/portal").want(http.StatusOK)
	})
}

func TestSetup(t *testing.T) {
	t.Parallel()
	t.Run("the first run names the desk and its owner and turns sharing on", func(t *testing.T) {
		t.Parallel()
		d, made := emptyDesk(t, "http://desk.example.com")
		v := d.visitor(t, "desk.example.com")
		link := "/setup/" + made.Link.Secret
		for range 2 {
			v.get(link).want(http.StatusOK, "Set up your desk", `value="Company"`, `value="Somebody"`, `name="sharing" checked`, "owner@example.com")
		}
		v.post(link, "desk", " ", "name", strings.Repeat("n", 201), "password", "short").
			want(http.StatusUnprocessableEntity, "Please fill this in.", "at most 200 characters", "This password cannot be used.", `id="desk-fault"`, `aria-describedby="password-hint password-fault"`).
			without("short\"")
		v.post(link, "desk", "Lumen", "name", "Ada Lindqvist", "password", "owner@example.com", "sharing", "on").want(http.StatusUnprocessableEntity, `value="Lumen"`)
		v.post(link, "desk", "Lumen", "name", "Ada Lindqvist", "password", "four words are fine", "sharing", "on").leadsTo("/")
		v.get("/portal").want(http.StatusOK, "Lumen", "Ada Lindqvist")
		v.get(link).want(http.StatusGone, "This link does not work any more")
		v.post(link, "desk", "Mine", "name", "M", "password", "four words are fine").want(http.StatusGone)
		v.post("/sign-out").leadsTo("/sign-in")
		v.post("/sign-in", "address", "owner@example.com", "password", "four words are fine").leadsTo("/")
		err := d.db.Read(t.Context(), func(tx *store.Tx) error {
			s, err := tx.Settings(made.Account.ID)
			if !s.SharingEnabled {
				t.Error("sharing is off")
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("without the tick sharing stays off", func(t *testing.T) {
		t.Parallel()
		d, made := emptyDesk(t, "http://desk.example.com")
		v := d.visitor(t, "desk.example.com")
		v.post("/setup/"+made.Link.Secret, "desk", "Lumen", "name", "Ada", "password", "four words are fine").leadsTo("/")
		err := d.db.Read(t.Context(), func(tx *store.Tx) error {
			s, err := tx.Settings(made.Account.ID)
			if s.SharingEnabled {
				t.Error("sharing is on")
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("invitation links: an invitation and a reset set a password, once", func(t *testing.T) {
		t.Parallel()
		d := demo(t)
		_, owner := d.person(t, "owner@acme.example")
		_, agent := d.person(t, "legal.agent@acme.example")
		invited, err := d.app.InvitePerson(t.Context(), owner, agent.Person())
		if err != nil {
			t.Fatal(err)
		}
		v := d.visitor(t, "acme.localhost")
		link := "/setup/" + invited.Secret
		v.get(link).want(http.StatusOK, "Choose your password", "legal.agent@acme.example").without(`name="desk"`, `name="sharing"`)
		v.post(link, "password", "short").want(http.StatusUnprocessableEntity, "This password cannot be used.")
		v.post(link, "password", seed.Password).leadsTo("/")
		v.headers["Accept-Language"] = "en"
		v.get("/portal").want(http.StatusOK, "Margarethe Vogel", `lang="de"`)
		v.post(link, "password", seed.Password).want(http.StatusGone)
	})
	t.Run("invitation links: unknown, malformed and foreign links are gone alike", func(t *testing.T) {
		t.Parallel()
		d := demo(t)
		_, owner := d.person(t, "owner@acme.example")
		_, admin := d.person(t, "admin@acme.example")
		invited, err := d.app.InvitePerson(t.Context(), owner, admin.Person())
		if err != nil {
			t.Fatal(err)
		}
		v := d.visitor(t, "globex.localhost")
		first := v.get("/setup/" + invited.Secret).want(http.StatusGone)
		for _, secret := range []string{"dmu_" + strings.Repeat("A", 43), "x", "dms_" + strings.Repeat("A", 43)} {
			if diff := cmp.Diff(first.body, v.get("/setup/"+secret).want(http.StatusGone).body); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	v := signedIn(t, "owner")
	v.headers["Accept-Language"] = "fr;q=0.9, de-AT;q=0.8, en;q=0.1"
	v.get("/portal").want(http.StatusOK, `lang="de"`, "Von mir gestellt", "Abmelden")
	v.headers["Accept-Language"] = "xx, ;;"
	v.get("/portal").want(http.StatusOK, `lang="en"`)
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	t.Run("the demo shows the mails it kept, to everybody", func(t *testing.T) {
		t.Parallel()
		d := demo(t)
		account, _ := d.person(t, "owner@acme.example")
		raw := "From: Accounts <accounts@acme.example>\r\nTo: hr.agent@acme.example\r\nSubject: =?utf-8?q?Sch=C3=B6n?=\r\nMessage-ID: <1@acme.example>\r\n" +
			"X-Long: one\r\n two\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello https://acme.example/x\r\n" +
			"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p style=\"color: red\">Hello</p>\r\n--b--\r\n"
		if err := (app.DemoMailer{DB: d.db}).Send(t.Context(), account.ID, "accounts@acme.example", []string{"hr.agent@acme.example"}, []byte(raw)); err != nil {
			t.Fatal(err)
		}
		v := d.visitor(t, "acme.localhost")
		v.get("/demo/mailbox").want(http.StatusOK, "Schön", "To hr.agent@acme.example", "Message-ID", "one two", `<a href="https://acme.example/x"`)
		v.headers["Accept"] = "application/json"
		p := v.get("/demo/mailbox").want(http.StatusOK)
		var got struct {
			Items []struct {
				ID                        int64
				From, Subject, Text, HTML string
				To                        []string
				Headers                   map[string]string
				At                        string
			}
		}
		if err := json.Unmarshal([]byte(p.body), &got); err != nil || len(got.Items) != 1 {
			t.Fatalf("%d mails, %v: %s", len(got.Items), err, p.body)
		}
		m := got.Items[0]
		if m.From != "accounts@acme.example" || len(m.To) != 1 || m.To[0] != "hr.agent@acme.example" || m.Subject != "Schön" || !strings.HasPrefix(m.Text, "Hello") ||
			!strings.Contains(m.HTML, "color: red") || m.Headers["Message-ID"] != "<1@acme.example>" || !strings.HasSuffix(m.At, "Z") {
			t.Errorf("the mail is %+v", m)
		}
		delete(v.headers, "Accept")
		html := v.get("/demo/mailbox/"+strconv.FormatInt(m.ID, 10)+"/html").want(http.StatusOK, `<p style="color: red">Hello</p>`)
		if csp := html.header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") {
			t.Errorf("the policy is %q", csp)
		}
		v.get("/demo/mailbox/999999/html").want(http.StatusNotFound)
	})
	t.Run("a real desk has none", func(t *testing.T) {
		t.Parallel()
		d, _ := emptyDesk(t, "http://desk.example.com")
		v := d.visitor(t, "desk.example.com")
		v.get("/demo/mailbox").want(http.StatusNotFound, "There is nothing here")
		v.get("/demo/mailbox/1/html").want(http.StatusNotFound)
		v.get("/sign-in").want(http.StatusOK).without("demo", "Demo")
	})
}

func TestGuards(t *testing.T) {
	t.Parallel()
	t.Run("a form of another site changes nothing", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "support.lead")
		v.headers["Sec-Fetch-Site"] = "cross-site"
		v.post("/sign-out").want(http.StatusForbidden)
		delete(v.headers, "Sec-Fetch-Site")
		v.headers["Origin"] = "https://evil.example"
		v.post("/sign-out").want(http.StatusForbidden)
		delete(v.headers, "Origin")
		v.get("/portal").want(http.StatusOK, "Malik Johnson")
	})
	t.Run("nothing changes on GET", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "support.lead")
		v.get("/sign-out").want(http.StatusNotFound)
		v.get("/portal/tickets/1/messages?text=x").want(http.StatusNotFound)
		v.get("/portal").want(http.StatusOK, "Malik Johnson")
	})
	t.Run("a host that nobody has is misdirected", func(t *testing.T) {
		t.Parallel()
		d, _ := emptyDesk(t, "http://desk.example.com")
		v := d.visitor(t, "elsewhere.example")
		v.get("/sign-in").want(http.StatusOK) // the only desk of the server
		_, err := d.app.CreateAccount(t.Context(), app.NewAccount{Name: "Second", Slug: "second", Hosts: []string{"second.example.com"}, BaseURL: "http://second.example.com", OwnerName: "O", OwnerAddress: "o@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		v.get("/sign-in").want(http.StatusMisdirectedRequest, "No desk answers here").without("Company", "Second")
		v.host = "DESK.example.com.:8080"
		v.get("/sign-in").want(http.StatusOK, "Company")
	})
	t.Run("what is too large is refused", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "support.lead")
		v.post("/portal/tickets/1/messages", "text", strings.Repeat("x", 600<<10)).want(http.StatusRequestEntityTooLarge, "That was too much at once")
	})
	t.Run("unknown pages are not found", func(t *testing.T) {
		t.Parallel()
		v := demo(t).visitor(t, "acme.localhost")
		v.get("/nothing/here").want(http.StatusNotFound, "There is nothing here")
		v.post("/").want(http.StatusNotFound)
	})
}

func TestAssets(t *testing.T) {
	t.Parallel()
	v := demo(t).visitor(t, "acme.localhost")
	body := v.get("/sign-in").want(http.StatusOK).body
	found := regexp.MustCompile(`/assets/[a-z]+\.[0-9a-f]{12}\.(css|svg)`).FindAllString(body, -1)
	if len(found) < 2 {
		t.Fatalf("the page loads %q", found)
	}
	for _, address := range found {
		p := v.get(address).want(http.StatusOK)
		if p.header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %s", address, p.header.Get("Cache-Control"))
		}
		v.headers["Accept-Encoding"] = "br, gzip"
		packed := v.get(address).want(http.StatusOK)
		delete(v.headers, "Accept-Encoding")
		r, err := gzip.NewReader(strings.NewReader(packed.body))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(r)
		if err != nil || string(plain) != p.body {
			t.Errorf("%s: packed it is something else, %v", address, err)
		}
	}
	v.do(http.MethodGet, "/assets/site.css", nil).want(http.StatusNotFound)
	t.Run("a page with all it loads stays under 15 KB", func(t *testing.T) {
		size := len(body)
		for _, address := range found {
			v.headers["Accept-Encoding"] = "gzip"
			size += len(v.get(address).body)
		}
		if size > 15<<10 {
			t.Errorf("it is %d bytes", size)
		}
	})
}
