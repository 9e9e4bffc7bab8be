package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/mail"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// TestMainJob is the main job on real input: a mail becomes a ticket of the
// Accounts team, an agent shares it with the HR group, everybody of HR works on
// it and sees nothing else, and unsharing takes all of it away at once. The desk
// is set up as its first user does it, and its mails go to a real SMTP server.
func TestMainJob(t *testing.T) {
	engines(t, func(t *testing.T, dsn string) {
		post := newPostOffice(t)
		desk := setUp(t, dsn, post)
		mainJob(t, desk, post)
		if err := desk.program.stop(); err != nil {
			t.Errorf("SIGINT does not end the program well: %v", err)
		}
		t.Run("invitation links: the program's log holds none", func(t *testing.T) {
			log := desk.program.log.String()
			if !strings.Contains(log, "/setup/") { // the route, so that requests for it are in the log at all
				t.Error("the log tells of no link")
			}
			for _, link := range desk.links {
				if strings.Contains(log, strings.TrimPrefix(link, "/setup/")) {
					t.Errorf("a one-time link stands in the log")
				}
			}
		})
	})
}

const (
	deskHost = "desk.localhost"
	password = "a long enough password"
)

// theDesk is the desk that setUp furnishes.
type theDesk struct {
	program *program
	owner   *browser
	people  map[string]*browser
	ids     map[string]int64
	links   []string // one-time links that were opened
}

// setUp makes an account by the command line, opens the one-time link, and
// furnishes the desk over the API.
func setUp(t *testing.T, dsn string, post *postOffice) *theDesk {
	return setUpWith(t, dsn, t.TempDir(), "--smtp-out", "smtp://"+post.address)
}

// setUpWith is setUp with flags of the server's.
func setUpWith(t *testing.T, dsn, data string, flags ...string) *theDesk {
	link := createAccount(t, dsn, "Acme", deskHost, "http://"+deskHost)
	d := &theDesk{program: start(t, dsn, data, flags...), people: map[string]*browser{}, ids: map[string]int64{}}
	d.openLink(t, link, url.Values{"desk": {"Acme"}, "name": {"Olga Owner"}, "password": {password}, "sharing": {"on"}})
	d.owner = d.program.as(deskHost, "olga@acme.example", password)
	if on := d.owner.get("/api/v1/settings").body["sharing.enabled"]; on != true {
		t.Fatalf("the first-run setup leaves sharing %v", on)
	}
	d.furnish(t)
	return d
}

// createAccount makes an account by the command line, and gives the one-time link
// of its owner, olga@acme.example.
func createAccount(t *testing.T, dsn, name, host, baseURL string) string {
	t.Helper()
	out, err := exec.Command(binary, "account", "create", "--db", dsn, "--name", name, "--slug", strings.ToLower(name), "--host", host,
		"--base-url", baseURL, "--owner-name", "Olga Owner", "--owner-address", "olga@acme.example").CombinedOutput()
	if err != nil {
		t.Fatalf("account create: %v\n%s", err, out)
	}
	link := regexp.MustCompile(`http://\S+/setup/\S+`).FindString(string(out))
	if link == "" {
		t.Fatalf("account create prints no link: %s", out)
	}
	return link
}

// openLink uses a one-time link as a browser does.
func (d *theDesk) openLink(t *testing.T, link string, form url.Values) {
	t.Helper()
	d.links = append(d.links, openSetupLink(t, d.program.visitor(deskHost), link, form))
}

// openSetupLink is openLink in a browser, and gives the path of the link.
func openSetupLink(t *testing.T, b *browser, link string, form url.Values) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	b.get(u.Path)
	resp, err := b.http.PostForm(b.base+u.Path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if page, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 && resp.StatusCode != 303 {
		t.Fatalf("the link answers %d: %s", resp.StatusCode, page)
	}
	return u.Path
}

// make posts to a collection and gives the id.
func (d *theDesk) make(path string, body map[string]any) int64 {
	d.owner.t.Helper()
	return d.owner.want(http.StatusCreated, "POST", "/api/v1"+path, body).number("id")
}

func (d *theDesk) furnish(t *testing.T) {
	d.ids["People brand"] = d.make("/brands", map[string]any{"name": "People"})
	d.ids["Accounts"] = d.make("/groups", map[string]any{"name": "Accounts"})
	d.ids["HR"] = d.make("/groups", map[string]any{"name": "HR"})
	brand := d.owner.get("/api/v1/brands").items()[0]["id"]
	d.ids["accounts@"] = d.make("/inboxes", map[string]any{"name": "Accounts", "address": "accounts@acme.example", "brand_id": brand, "default_group_id": d.ids["Accounts"]})
	d.ids["hr@"] = d.make("/inboxes", map[string]any{"name": "HR", "address": "hr@acme.example", "brand_id": d.ids["People brand"], "default_group_id": d.ids["HR"]})
	var agent any
	for _, r := range d.owner.get("/api/v1/roles").items() {
		if r["name"] == "Agent" {
			agent = r["id"]
		}
	}
	for _, p := range []struct{ name, group, inbox, brand string }{
		{"adam", "Accounts", "accounts@", ""}, {"hanna", "HR", "hr@", "People brand"}, {"hugo", "HR", "hr@", "People brand"},
	} {
		body := map[string]any{"kind": "agent", "name": p.name, "address": p.name + "@acme.example", "scope": "group", "roles": []any{agent},
			"groups": []int64{d.ids[p.group]}, "inboxes": []int64{d.ids[p.inbox]}, "all_brands": p.brand == ""}
		if p.brand != "" {
			body["brands"] = []int64{d.ids[p.brand]}
		}
		id := d.make("/people", body)
		d.ids[p.name] = id
		invite := d.owner.want(http.StatusCreated, "POST", fmt.Sprintf("/api/v1/people/%d/invite", id), nil)
		link, _ := invite.body["url"].(string)
		d.openLink(t, link, url.Values{"name": {p.name}, "password": {password}})
		d.people[p.name] = d.program.as(deskHost, p.name+"@acme.example", password)
	}
}

func mainJob(t *testing.T, d *theDesk, post *postOffice) {
	adam, hanna, hugo := d.people["adam"], d.people["hanna"], d.people["hugo"]
	var number int64
	t.Run("a mail that arrives by SMTP becomes a ticket of the Accounts team", func(t *testing.T) {
		for _, subject := range []string{"My payslip is wrong", "Another matter"} {
			if err := d.program.mail("carla@customer.example", "accounts@acme.example", subject, "The sum of "+subject+" does not add up."); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "two tickets are there", func() bool { return len(adam.get("/api/v1/tickets?view=all").items()) == 2 })
		for _, it := range adam.get("/api/v1/tickets?view=all").items() {
			if it["subject"] == "My payslip is wrong" {
				number = int64(it["number"].(float64))
			}
		}
		if adam.get(fmt.Sprintf("/api/v1/tickets/%d", number)).body["group"].(map[string]any)["name"] != "Accounts" {
			t.Error("the ticket is not the Accounts team's")
		}
	})
	if number == 0 {
		t.Fatal("there is no ticket")
	}
	path := fmt.Sprintf("/api/v1/tickets/%d", number)
	var share int64
	t.Run("S0-08 S1-03 an Accounts agent shares it with HR, who could not see it", func(t *testing.T) {
		hanna.want(404, "GET", path, nil)
		a := adam.want(201, "POST", path+"/shares", map[string]any{"reason": "Please look at the payslip", "targets": []any{map[string]any{"kind": "group", "id": d.ids["HR"]}}})
		share = int64(a.items()[0]["id"].(float64))
		hanna.want(200, "GET", path, nil)
		hugo.want(200, "GET", path, nil)
	})
	t.Run("S0-26 every HR agent is told by a real mail, and nobody else", func(t *testing.T) {
		eventually(t, "two mails arrived", func() bool { return len(post.all()) >= 2 })
		got := post.take()
		to := []string{got[0].to, got[len(got)-1].to}
		slices.Sort(to)
		if len(got) != 2 || to[0] != "hanna@acme.example" || to[1] != "hugo@acme.example" {
			t.Fatalf("mails went to %v", to)
		}
		for _, m := range got {
			for _, part := range []string{"My payslip is wrong", "adam", "Please look at the payslip", "http://" + deskHost + "/tickets/" + fmt.Sprint(number)} {
				if !strings.Contains(m.text(), part) {
					t.Errorf("the mail lacks %q:\n%s", part, m.text())
				}
			}
			if m.head("Auto-Submitted") == "" || m.head("Message-Id") == "" || !strings.Contains(m.head("Reply-To"), "accounts+r") {
				t.Errorf("the mail's head is not whole: %v", m.msg.Header)
			}
		}
	})
	t.Run("S0-05 S1-10 S1-11 they work on it within their role", func(t *testing.T) {
		hanna.want(201, "POST", path+"/messages", map[string]any{"kind": "note", "text": "I see the fault."})
		hugo.want(201, "POST", path+"/messages", map[string]any{"kind": "reply", "text": "We correct it next month."})
		hanna.want(200, "PATCH", path, map[string]any{"priority": "high"})
		eventually(t, "the requester has the reply by mail", func() bool {
			return slices.ContainsFunc(post.all(), func(m *letter) bool {
				return m.to == "carla@customer.example" && strings.Contains(m.text(), "We correct it next month.")
			})
		})
		for _, m := range post.all() {
			if m.to == "carla@customer.example" && strings.Contains(m.text(), "I see the fault") {
				t.Error("the requester reads an internal note")
			}
		}
	})
	t.Run("S1-06 they see nothing else of Accounts", func(t *testing.T) {
		for _, b := range []*browser{hanna, hugo} {
			for _, query := range []string{"view=all", "view=unassigned", "q=matter", "q=payslip"} {
				if list := b.get("/api/v1/tickets?" + query).items(); len(list) != 0 {
					t.Errorf("%s lists %v", query, list)
				}
			}
			if n := b.get("/api/v1/tickets/count?view=shared-with-my-groups").number("count"); n != 1 {
				t.Errorf("shared with my groups counts %d", n)
			}
			for n := int64(1); n <= 2; n++ {
				if n != number {
					b.want(404, "GET", fmt.Sprintf("/api/v1/tickets/%d", n), nil)
				}
			}
		}
	})
	t.Run("the requester's answer by mail joins the ticket", func(t *testing.T) {
		var to string
		for _, m := range post.all() {
			if m.to == "carla@customer.example" {
				a, err := mail.ParseAddress(m.head("Reply-To"))
				if err != nil {
					t.Fatal(err)
				}
				to = a.Address
			}
		}
		if err := d.program.mail("carla@customer.example", to, "Re: My payslip is wrong", "Thank you both!"); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the answer is on the ticket", func() bool {
			return bytes.Contains(hanna.get(path+"/messages").raw, []byte("Thank you both!"))
		})
	})
	t.Run("S0-30 S0-34 S1-29 unsharing takes all of it away at once", func(t *testing.T) {
		post.settle()
		adam.want(204, "DELETE", fmt.Sprintf("%s/shares/%d", path, share), nil)
		for _, b := range []*browser{hanna, hugo} {
			for _, sub := range []string{"", "/messages", "/events", "/shares", "/access"} {
				b.want(404, "GET", path+sub, nil)
			}
			b.want(404, "POST", path+"/messages", map[string]any{"kind": "note", "text": "still?"})
			if n := b.get("/api/v1/tickets/count?view=shared-with-my-groups").number("count"); n != 0 {
				t.Errorf("the count is still %d", n)
			}
		}
		eventually(t, "both are told", func() bool { return len(post.all()) >= 2 })
		for _, m := range post.take() {
			if m.to != "hanna@acme.example" && m.to != "hugo@acme.example" {
				t.Errorf("a mail to %s", m.to)
			}
			raw := m.text() + m.head("Subject")
			for _, secret := range []string{"payslip", "carla", "Carla", "next month", "fault", "Thank you both"} {
				if strings.Contains(raw, secret) {
					t.Errorf("the mail about the end tells %q:\n%s", secret, raw)
				}
			}
			for _, part := range []string{fmt.Sprint("#", number), "adam"} {
				if !strings.Contains(raw, part) {
					t.Errorf("the mail about the end lacks %q:\n%s", part, raw)
				}
			}
		}
	})
}

// postOffice is a real SMTP server that keeps what it is given.
type postOffice struct {
	address string
	mu      sync.Mutex
	letters []*letter
}

type letter struct {
	at   time.Time // when the server took it
	to   string
	raw  []byte
	msg  *mail.Message
	body string
}

func newPostOffice(t *testing.T) *postOffice {
	p := &postOffice{}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &postSession{office: p}, nil }))
	s.Domain = "post.example"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = l.Addr().String()
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { s.Close() })
	return p
}

type postSession struct {
	office *postOffice
	to     []string
}

func (s *postSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}
func (s *postSession) Reset()        { s.to = nil }
func (s *postSession) Logout() error { return nil }
func (s *postSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	body, _ := io.ReadAll(m.Body)
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	for _, to := range s.to {
		s.office.letters = append(s.office.letters, &letter{at: time.Now(), to: to, raw: raw, msg: m, body: string(body)})
	}
	return nil
}

func (p *postOffice) all() []*letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.letters)
}

// take gives the letters and forgets them.
func (p *postOffice) take() []*letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	got := p.letters
	p.letters = nil
	return got
}

// settle waits until no letter has come for half a second, and forgets them.
func (p *postOffice) settle() {
	for last := -1; ; {
		n := len(p.all())
		if n == last {
			p.take()
			return
		}
		last = n
		time.Sleep(500 * time.Millisecond)
	}
}

func (l *letter) head(name string) string { return l.msg.Header.Get(name) }

// text is the whole letter, as readable as it needs to be for a search: soft
// line breaks of quoted-printable are joined.
func (l *letter) text() string {
	s := strings.ReplaceAll(l.body, "=\r\n", "")
	return strings.ReplaceAll(s, "=3D", "=")
}
