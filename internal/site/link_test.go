package site_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/credential"
)

// linkDesk is a demo desk of a test's own, with a ticket that has everything
// that a stranger must not see.
type linkDesk struct {
	*testing.T
	*desk
	number       int64
	reply, inner int64 // files of a reply and of a note
}

func newLinkDesk(t *testing.T) *linkDesk {
	t.Helper()
	d, err := newDesk(t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.db.Close() })
	l := &linkDesk{T: t, desk: d, number: d.numberOf(t, "Expenses from the Porto workshop")}
	_, owner := d.person(t, "owner@acme.example")
	tags := []string{"secret-tag"}
	for _, m := range []struct {
		kind dm.MessageKind
		text string
		file *int64
	}{{dm.Reply, "Here is the <b>bill</b>: https://bills.example/7", &l.reply}, {dm.Note, "SECRET NOTE", &l.inner}, {dm.LocalNote, "LOCAL SECRET", nil}} {
		n := dm.NewMessage{Kind: m.kind, Text: m.text}
		if m.file != nil {
			f, err := d.app.Upload(t.Context(), owner, "bill.txt", strings.NewReader("the bill of a "+string(m.kind)))
			l.must(err)
			*m.file, n.Attachments = f.ID, []int64{f.ID}
		}
		_, err := d.app.Apply(t.Context(), owner, dm.Change{Number: l.number, Set: dm.TicketPatch{Tags: &tags}, Messages: []dm.NewMessage{n}})
		l.must(err)
	}
	return l
}

func (l *linkDesk) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// link makes a link as the owner and gives its path and id.
func (l *linkDesk) link(n dm.NewPublicLink, password string) (path string, id int64) {
	l.Helper()
	account, owner := l.person(l.T, "owner@acme.example")
	res, err := l.app.MakePublicLink(l.Context(), owner, l.number, n, password)
	l.must(err)
	u, err := url.Parse(app.LinkAddress(account, res.Secret))
	l.must(err)
	return u.Path, res.Links[0].ID
}

func (l *linkDesk) change(changes dm.LinkChanges) {
	l.Helper()
	_, owner := l.person(l.T, "owner@acme.example")
	_, err := l.app.Apply(l.Context(), owner, dm.Change{Number: l.number, PublicLinks: changes})
	l.must(err)
}

func (l *linkDesk) set(key string, value any) {
	l.Helper()
	_, owner := l.person(l.T, "owner@acme.example")
	_, err := l.app.SetSettings(l.Context(), owner, map[string]any{key: value})
	l.must(err)
}

func (l *linkDesk) visitor() *visitor { return l.desk.visitor(l.T, "acme.localhost") }

const closedLink = "This link does not open anything"

func TestLinkPage(t *testing.T) {
	t.Parallel()
	l := newLinkDesk(t)
	view, _ := l.link(dm.NewPublicLink{Label: "SECRET LABEL"}, "")
	t.Run("W17 it opens without a sign-in and shows the public part of one ticket", func(t *testing.T) {
		v := l.visitor()
		v.T = t
		p := v.get(view).want(http.StatusOK, "Expenses from the Porto workshop", "Here is the &lt;b&gt;bill&lt;/b&gt;", "bill.txt", `rel="noopener noreferrer nofollow"`, `<meta name="robots" content="noindex, nofollow">`)
		p.without("SECRET", "secret-tag", "@acme.example", "@globex.example", "/tickets", "/sign-in", "/demo/mailbox", `<form`, `href="/"`)
		for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive", "Cache-Control": "private, no-store"} {
			if got := p.header.Get(name); got != want {
				t.Errorf("%s is %q", name, got)
			}
		}
		cookie := p.header.Get("Set-Cookie")
		for _, part := range []string{"deskmesh-link=dmv_", "Path=" + view, "HttpOnly", "SameSite=Lax", "Max-Age=43200"} {
			if !strings.Contains(cookie, part) {
				t.Errorf("the cookie is %q, without %s", cookie, part)
			}
		}
		if again := v.get(view).want(http.StatusOK); again.header.Get("Set-Cookie") != "" {
			t.Error("a refresh begins another visit")
		}
		file := v.get(view+"/files/"+strconv.FormatInt(l.reply, 10)).want(http.StatusOK, "the bill of a reply")
		if got := file.header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") {
			t.Errorf("Content-Disposition is %q", got)
		}
		v.get(view+"/files/"+strconv.FormatInt(l.inner, 10)).want(http.StatusNotFound, closedLink).without("the bill")
		v.get(view+"/files/x").want(http.StatusNotFound, closedLink)
		v.post(view+"/messages", "text", "let me in").want(http.StatusForbidden)
		v.get(view).without("let me in")
		head := l.visitor()
		head.do(http.MethodHead, view, nil).want(http.StatusOK)
		if len(head.cookies) > 0 {
			t.Error("a HEAD request begins a visit")
		}
	})
	t.Run("German", func(t *testing.T) {
		v := l.visitor()
		v.T, v.headers["Accept-Language"] = t, "de"
		v.get(view).want(http.StatusOK, "Sie können es lesen")
	})
	t.Run("B29 the cookie of one link opens no other", func(t *testing.T) {
		v := l.visitor()
		v.T = t
		v.get(view).want(http.StatusOK)
		locked, _ := l.link(dm.NewPublicLink{}, "a password")
		v.get(locked).want(http.StatusOK, "Enter the password").without("Porto")
		v.get(locked+"/files/"+strconv.FormatInt(l.reply, 10)).want(http.StatusNotFound, closedLink)
	})
	t.Run("W18 who is signed in and has access is taken to the ticket", func(t *testing.T) {
		v := l.visitor()
		v.T = t
		v.post("/sign-in", "address", "owner@acme.example", "password", "deskmesh-demo").want(http.StatusSeeOther)
		v.get(view).leadsTo(ticketPath(l.number))
		other := l.visitor()
		other.T = t
		other.post("/sign-in", "address", "hr.second@acme.example", "password", "deskmesh-demo").want(http.StatusSeeOther)
		other.get(view).want(http.StatusOK, "Porto").without("Sign out")
	})
}

func TestLinkReply(t *testing.T) {
	t.Parallel()
	l := newLinkDesk(t)
	path, id := l.link(dm.NewPublicLink{Level: dm.LevelComment, Label: "SECRET LABEL"}, "six words")
	v := l.visitor()
	v.get(path).want(http.StatusOK, `type="password"`, "Enter the password").without("Porto")
	wrong := v.post(path, "password", "wrong", "text", "typed before", "name", "Pat").want(http.StatusUnprocessableEntity, "This is not the password.", "typed before", `value="Pat"`)
	wrong.without("Porto", `value="wrong"`)
	v.post(path, "password", "six words").leadsTo(path)
	v.get(path).want(http.StatusOK, "Porto", "Your name", `maxlength="20000"`)
	v.post(path+"/messages", "text", "  ").want(http.StatusUnprocessableEntity, "Please write something first.")
	v.post(path+"/messages", "text", strings.Repeat("x", 20_001)).want(http.StatusUnprocessableEntity, "It may be too long.", strings.Repeat("x", 100))
	sent := v.post(path+"/messages", "name", "Pat <Visitor>", "text", "I have <script>alert(1)</script> a question")
	sent.want(http.StatusSeeOther)
	if to := sent.header.Get("Location"); !regexp.MustCompile(`^` + path + `#message-\d+$`).MatchString(to) {
		t.Errorf("it leads to %q", to)
	}
	v.get(path).want(http.StatusOK, "Pat &lt;Visitor&gt;", "via a public link", "&lt;script&gt;").without("SECRET")
	_, owner := l.person(t, "owner@acme.example")
	list, err := l.app.Messages(t.Context(), owner, l.number, 0, 100)
	if err != nil || !slices.ContainsFunc(list, func(m app.MessageRow) bool { return strings.Contains(m.Text, "a question") }) {
		t.Errorf("the owner does not read it: %v", err)
	}
	for _, name := range []string{"owner@acme.example", ""} {
		v.post(path+"/messages", "name", name, "text", "as "+name).want(http.StatusSeeOther)
	}
	v.get(path).want(http.StatusOK, `aria-hidden="true">Gu</span>`).without(`>owner@acme.example</h3>`)
	t.Run("a visit that is over loses nothing that was typed", func(t *testing.T) {
		l.change(dm.LinkChanges{Amend: &dm.LinkAmendment{ID: id, PasswordHash: hashOf(t, l, "other words")}})
		v.T = t
		v.post(path+"/messages", "name", "Pat", "text", "kept for later").want(http.StatusOK, "kept for later", `type="password"`)
		v.post(path, "password", "other words", "name", "Pat", "text", "kept for later").want(http.StatusOK, "Porto", "kept for later")
	})
	t.Run("a form of another site is refused", func(t *testing.T) {
		v := l.visitor()
		v.T, v.headers["Sec-Fetch-Site"] = t, "cross-site"
		v.post(path, "password", "other words").want(http.StatusForbidden)
		v.post(path+"/messages", "text", "forged").want(http.StatusForbidden)
	})
}

// hashOf hashes a password as a link keeps it.
func hashOf(t *testing.T, l *linkDesk, password string) *string {
	t.Helper()
	hash, err := credential.NewHasher(credential.Params{Memory: 64, Passes: 1, Lanes: 1}).Hash(t.Context(), password)
	l.must(err)
	return &hash
}

func signedInTo(l *linkDesk, local string) *visitor {
	v := l.visitor()
	v.post("/sign-in", "address", local+"@acme.example", "password", "deskmesh-demo").want(http.StatusSeeOther)
	return v
}

// TestLinkClosed is the one answer for every link that opens nothing.
func TestLinkClosed(t *testing.T) {
	t.Parallel()
	l := newLinkDesk(t)
	unknown := l.visitor().get("/s/"+credential.NewSecret(credential.Link)).want(http.StatusNotFound, closedLink)
	alike := func(t *testing.T, v *visitor, path string) {
		t.Helper()
		v.T = t
		for _, p := range []*page{v.get(path), v.post(path, "password", "six words"), v.post(path+"/messages", "text", "x"), v.get(path + "/files/" + strconv.FormatInt(l.reply, 10))} {
			if p.status != unknown.status || p.body != unknown.body {
				t.Errorf("%s answers %d, unlike an unknown link: %.2000s", p.what, p.status, p.body)
			}
			for name := range unknown.header {
				if name != "X-Request-Id" && name != "Ratelimit" && strings.Join(p.header[name], "|") != strings.Join(unknown.header[name], "|") {
					t.Errorf("%s: the header %s is %q, not %q", p.what, name, p.header[name], unknown.header[name])
				}
			}
			for name := range p.header {
				if unknown.header[name] == nil {
					t.Errorf("%s has a header %s", p.what, name)
				}
			}
		}
	}
	now := func() dm.Time { return l.db.Now() }
	for _, tc := range []struct {
		name string
		do   func(path string, id int64)
		undo func()
	}{
		{"revoked", func(_ string, id int64) { l.change(dm.LinkChanges{Revoke: []int64{id}}) }, nil},
		{"reset", func(_ string, id int64) { l.change(dm.LinkChanges{Reset: id}) }, nil},
		{"links switched off", func(string, int64) { l.set("links.enabled", false) }, func() { l.set("links.enabled", true) }},
		{"a private ticket", func(string, int64) { l.patch(dm.TicketPatch{Private: new(true)}) }, func() { l.patch(dm.TicketPatch{Private: new(false)}) }},
		{"spam", func(string, int64) { l.trash(dm.TrashSpam) }, func() { l.trash(dm.TrashNotSpam) }},
		{"deleted", func(string, int64) { l.trash(dm.TrashDelete) }, func() { l.trash(dm.TrashRestore) }},
	} {
		t.Run("C10 C22 "+tc.name, func(t *testing.T) {
			path, id := l.link(dm.NewPublicLink{Level: dm.LevelComment}, "")
			inside := l.visitor()
			inside.T = t
			inside.get(path).want(http.StatusOK, "Porto")
			tc.do(path, id)
			alike(t, inside, path)
			alike(t, l.visitor(), path)
			if tc.undo != nil {
				tc.undo()
				inside.get(path).want(http.StatusOK, "Porto")
			}
		})
	}
	t.Run("used up, before its button is pressed nothing is used", func(t *testing.T) {
		path, _ := l.link(dm.NewPublicLink{MaxUses: new(1), ExpiresAt: new(now().Add(1e12))}, "")
		preview := l.visitor()
		preview.T = t
		for range 3 {
			preview.get(path).want(http.StatusOK, "It can be opened 1 more time.").without("Porto")
		}
		inside := l.visitor()
		inside.T = t
		inside.post(path).leadsTo(path)
		inside.get(path).want(http.StatusOK, "Porto")
		alike(t, l.visitor(), path)
		inside.get(path).want(http.StatusOK, "Porto")
	})
	t.Run("B30 only for people of the desk who are signed in", func(t *testing.T) {
		path, _ := l.link(dm.NewPublicLink{}, "")
		l.set("links.require_sign_in", true)
		defer l.set("links.require_sign_in", false)
		v := l.visitor()
		v.T = t
		v.get(path).leadsTo("/sign-in?next=" + url.QueryEscape(path))
		missing := "/s/" + credential.NewSecret(credential.Link)
		v.get(missing).leadsTo("/sign-in?next=" + url.QueryEscape(missing))
		in := signedInTo(l, "hr.second")
		in.T = t
		in.get(path).want(http.StatusOK, "Porto")
	})
	t.Run("guessing is throttled, opening is not", func(t *testing.T) {
		path, _ := l.link(dm.NewPublicLink{}, "")
		v := l.visitor()
		v.T = t
		for range 150 {
			v.get(path).want(http.StatusOK)
		}
		limited := 0
		for range 120 {
			if v.get("/s/"+credential.NewSecret(credential.Link)).status == http.StatusTooManyRequests {
				limited++
			}
		}
		if limited == 0 {
			t.Error("guesses are not throttled")
		}
		v.get(path).want(http.StatusTooManyRequests)
	})
}

func (l *linkDesk) patch(p dm.TicketPatch) {
	l.Helper()
	_, owner := l.person(l.T, "owner@acme.example")
	_, err := l.app.Apply(l.Context(), owner, dm.Change{Number: l.number, Set: p})
	l.must(err)
}

func (l *linkDesk) trash(move dm.TrashMove) {
	l.Helper()
	_, owner := l.person(l.T, "owner@acme.example")
	_, err := l.app.Apply(l.Context(), owner, dm.Change{Number: l.number, Trash: move})
	l.must(err)
}
