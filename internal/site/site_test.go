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

	dm "github.com/deskmesh/deskmesh"
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
		v.get("/").want(http.StatusOK, "Amara Okafor", "Sign out")
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
		v.get("/").want(http.StatusOK)
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
		v.get("/").want(http.StatusOK, "Lumen", "Ada Lindqvist")
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
		v.get("/").want(http.StatusOK, "Margarethe Vogel", `lang="de"`)
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

func TestStart(t *testing.T) {
	t.Parallel()
	t.Run("an agent has four views, with their counts", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "accounts.agent")
		v.get("/").want(http.StatusOK, "Assigned to me", "Shared with me", "Shared with my groups", `href="/?view=all"`, "Payslip for last month: one line is missing", `datetime="`).
			without("Parental leave from March", "Slow search since yesterday")
		v.get("/?view=shared-with-my-groups").want(http.StatusOK, "Wrong currency on the Danish invoice").without("Payslip for last month")
		v.get("/?view=all").want(http.StatusOK, "Mileage rate for electric cars", "Hannah Brooks").without("Wrong currency on the Danish invoice")
		v.get("/?view=all&state=done").want(http.StatusOK, "Bank account changed after I moved house").without("Mileage rate for electric cars")
	})
	t.Run("HR sees nothing of Accounts but what is shared", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "hr.agent")
		v.get("/?view=all").want(http.StatusOK, "Question about unused holiday").without("Mileage rate", "Payslip")
		v.get("/?view=shared-with-my-groups").want(http.StatusOK, "Payslip for last month").without("Mileage rate")
	})
	t.Run("a requester has their own tickets, without what is internal", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "staff.one")
		v.get("/").want(http.StatusOK, "My tickets", "Payslip for last month").without("Assigned to me", "Amara Okafor", "Shared 1", "Mileage rate", "High")
		v.get("/?view=unassigned").want(http.StatusOK).without("Mileage rate")
	})
	t.Run("empty views say why", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "owner")
		v.get("/").want(http.StatusOK, "All answered")
		v.get("/?view=shared-with-me").want(http.StatusOK, "Nothing is shared with you yet")
		v.get("/?view=shared-with-my-groups").want(http.StatusOK, "Nothing is shared with your groups")
	})
	t.Run("pages lead on, and a cursor of another list begins anew", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "noshare.agent")
		numbers, path := map[string]bool{}, "/?view=all&state=open"
		row := regexp.MustCompile(`class="row-link clip" href="(/tickets/\d+)"`)
		next := regexp.MustCompile(`href="(/\?cursor=[^"]+)">Older`)
		for range 5 {
			p := v.get(path).want(http.StatusOK)
			for _, m := range row.FindAllStringSubmatch(p.body, -1) {
				if numbers[m[1]] {
					t.Errorf("%s stands on two pages", m[1])
				}
				numbers[m[1]] = true
			}
			m := next.FindStringSubmatch(p.body)
			if m == nil {
				break
			}
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
		_, agent := demo(t).person(t, "noshare.agent@acme.example")
		want, _, err := demo(t).app.CountTickets(t.Context(), agent, app.ListQuery{View: app.ViewAll, State: "open"})
		if err != nil || len(numbers) != want {
			t.Errorf("%d tickets on the pages, want %d, %v", len(numbers), want, err)
		}
		v.get("/?view=all&cursor=nonsense").leadsTo("/?view=all")
	})
	t.Run("the page speaks the language that is asked for", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "owner")
		v.headers["Accept-Language"] = "fr;q=0.9, de-AT;q=0.8, en;q=0.1"
		v.get("/").want(http.StatusOK, `lang="de"`, "Mir zugewiesen", "Abmelden")
		v.headers["Accept-Language"] = "xx, ;;"
		v.get("/").want(http.StatusOK, `lang="en"`)
	})
}

func TestTicket(t *testing.T) {
	t.Parallel()
	d := demo(t)
	payslip := ticketPath(d.numberOf(t, "Payslip for last month: one line is missing"))
	t.Run("an agent sees conversation, properties and shares", func(t *testing.T) {
		t.Parallel()
		signedIn(t, "accounts.agent").get(payslip).want(http.StatusOK, "Payslip for last month: one line is missing", "the planner shows 7.5 hours", "Internal note", "Cost centre", "4711",
			"payroll", "Shared with", "can edit", "It belongs to your group Accounts.", "It is assigned to you.", `value="note"`, "Send reply")
		signedIn(t, "hr.second").get(payslip).want(http.StatusOK, "It is shared with your group HR.")
	})
	t.Run("the requester sees the replies and nothing internal", func(t *testing.T) {
		t.Parallel()
		signedIn(t, "staff.one").get(payslip).want(http.StatusOK, "That was quick, thank you both!", "They are released now", "Send reply").
			without("the planner shows 7.5 hours", "Internal note", "can edit", "Cost centre", ">payroll<", `value="note"`, "Daniel")
	})
	t.Run("a ticket that is not visible and one that is not there are the same page", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "hr.agent")
		hidden := ticketPath(d.numberOf(t, "Mileage rate for electric cars"))
		refused := v.get(hidden).want(http.StatusNotFound, "This ticket does not open", "Back to your tickets")
		for _, path := range []string{"/tickets/999999", "/tickets/0", "/tickets/-3", "/tickets/x", "/tickets/99999999999999999999"} {
			if diff := cmp.Diff(refused.body, v.get(path).want(http.StatusNotFound).body); diff != "" {
				t.Errorf("%s: %s", path, diff)
			}
		}
		v.post(hidden+"/messages", "kind", "note", "text", "hello").want(http.StatusNotFound, "This ticket does not open")
		v.post("/tickets/999999/messages", "kind", "note", "text", "hello").want(http.StatusNotFound, "This ticket does not open")
	})
	t.Run("a note and a reply are written, by those who may", func(t *testing.T) {
		t.Parallel()
		mileage := ticketPath(d.numberOf(t, "Mileage rate for electric cars"))
		v := signedIn(t, "accounts.agent")
		p := v.post(mileage+"/messages", "kind", "note", "text", "Line one\r\nLine two <b>bold</b> https://example.com/a?b=1&c=2.").want(http.StatusSeeOther)
		if !strings.HasPrefix(p.header.Get("Location"), mileage+"#message-") {
			t.Errorf("it leads to %s", p.header.Get("Location"))
		}
		v.get(mileage).want(http.StatusOK, "Line one\nLine two &lt;b&gt;bold&lt;/b&gt; <a href=\"https://example.com/a?b=1&amp;c=2\" rel=\"noopener noreferrer nofollow\">https://example.com/a?b=1&amp;c=2</a>.")
		v.post(mileage+"/messages", "kind", "reply", "text", "There is a supplement of ten cents.").want(http.StatusSeeOther)
		staff := signedIn(t, "staff.two")
		staff.get(mileage).want(http.StatusOK, "There is a supplement of ten cents.").without("Line one")
		staff.post(mileage+"/messages", "kind", "note", "text", "sneaky").want(http.StatusForbidden, "This is not open to you")
		staff.post(mileage+"/messages", "kind", "reply", "text", "Great, thanks!").want(http.StatusSeeOther)
	})
	t.Run("what is refused is not lost", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "accounts.agent")
		v.post(payslip+"/messages", "kind", "note", "text", " \r\n ").want(http.StatusUnprocessableEntity, "Please write something first.", `value="note" id="kind-note" checked`)
		v.post(payslip+"/messages", "kind", "shout", "text", "keep <this>").want(http.StatusUnprocessableEntity, "keep &lt;this&gt;", "This cannot be sent as it is.")
	})
	t.Run("a message in HTML is shown as its text", func(t *testing.T) {
		t.Parallel()
		_, agent := d.person(t, "support.two@acme.example")
		number := d.numberOf(t, "Feature wish: drag shifts between days")
		_, err := d.app.Apply(t.Context(), agent, dm.Change{Number: number, Messages: []dm.NewMessage{{Kind: dm.Note, HTML: `<p>Plain words</p><img src="https://evil.example/x.png">`}}})
		if err != nil {
			t.Fatal(err)
		}
		signedIn(t, "support.two").get(ticketPath(number)).want(http.StatusOK, "Plain words").without("evil.example", "<p>Plain")
	})
	t.Run("signed out one is asked to sign in first", func(t *testing.T) {
		t.Parallel()
		v := d.visitor(t, "acme.localhost")
		v.get(payslip).leadsTo("/sign-in?next=" + strings.ReplaceAll(payslip, "/", "%2F"))
		v.post(payslip+"/messages", "kind", "reply", "text", "x").leadsTo("/sign-in?next=" + strings.ReplaceAll(payslip, "/", "%2F"))
		v.get("/tickets/999999").leadsTo("/sign-in?next=%2Ftickets%2F999999")
	})
}

func TestFile(t *testing.T) {
	t.Parallel()
	d := demo(t)
	_, agent := d.person(t, "accounts.agent@acme.example")
	number := d.numberOf(t, "Expenses from the Porto workshop")
	file, err := d.app.Upload(t.Context(), agent, "Rechnung „Porto“.html", strings.NewReader("<script>alert(1)</script>"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.app.Apply(t.Context(), agent, dm.Change{Number: number, Messages: []dm.NewMessage{{Kind: dm.Note, Text: "The bill.", Attachments: []int64{file.ID}}}})
	if err != nil {
		t.Fatal(err)
	}
	path := ticketPath(number) + "/files/" + strconv.FormatInt(file.ID, 10)
	v := signedIn(t, "accounts.agent")
	v.get(ticketPath(number)).want(http.StatusOK, path, "Rechnung „Porto“.html", "25 B")
	p := v.get(path).want(http.StatusOK, "alert(1)")
	if got := p.header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename*=utf-8''") {
		t.Errorf("Content-Disposition is %q", got)
	}
	if got := p.header.Get("Content-Security-Policy"); !strings.Contains(got, "sandbox") {
		t.Errorf("the policy is %q", got)
	}
	v.get(ticketPath(number) + "/files/x").want(http.StatusNotFound)
	signedIn(t, "staff.three").get(path).want(http.StatusNotFound).without("alert(1)")
	signedIn(t, "hr.agent").get(path).want(http.StatusNotFound).without("alert(1)")
	d.visitor(t, "acme.localhost").get(path).want(http.StatusSeeOther)
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
		v.get("/").want(http.StatusOK, "Malik Johnson")
	})
	t.Run("nothing changes on GET", func(t *testing.T) {
		t.Parallel()
		v := signedIn(t, "support.lead")
		v.get("/sign-out").want(http.StatusNotFound)
		v.get("/tickets/1/messages?kind=reply&text=x").want(http.StatusNotFound)
		v.get("/").want(http.StatusOK, "Malik Johnson")
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
		v.post("/tickets/1/messages", "kind", "note", "text", strings.Repeat("x", 600<<10)).want(http.StatusRequestEntityTooLarge, "That was too much at once")
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
