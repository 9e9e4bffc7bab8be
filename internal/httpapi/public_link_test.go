package httpapi_test

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/credential"
)

// holder is somebody who holds the address of a public link.
type holder struct {
	*world
	visit app.LinkVisit
}

// links turns public links on and makes one, as somebody; more are values of the
// request in pairs.
func (w *world) link(who string, number int64, more ...any) (*holder, string) {
	w.Helper()
	w.set("links.enabled", true)
	a := w.as(who).post(at(number, "links"), pairs(more...)).is(201)
	return w.holding(a.text("address")), at(number, "links", fmt.Sprint(a.number("id")))
}

// pairs is a body of names and values.
func pairs(more ...any) map[string]any {
	body := terms(nil, more...)
	delete(body, "targets")
	return body
}

// holding is whoever holds an address.
func (w *world) holding(address string) *holder {
	w.Helper()
	secret, ok := strings.CutPrefix(address, "http://acme.localhost/s/")
	if !ok || !credential.IsSecret(credential.Link, secret) {
		w.Fatalf("%q is no address of a link", address)
	}
	return &holder{w, app.LinkVisit{Account: w.acme().id, Secret: secret, Address: netip.MustParseAddr("192.0.2.7").String()}}
}

// enter begins a visit.
func (h *holder) enter(password string) error {
	h.Helper()
	visit := h.visit
	secret, err := h.app.EnterLink(h.Context(), &visit, password)
	if err == nil {
		h.visit.Visit = secret
	}
	return err
}

// reads gives what the holder reads: the texts of the messages; "closed" where
// the link opens nothing.
func (h *holder) reads() []string {
	h.Helper()
	if h.visit.Visit == "" {
		if err := h.enter(""); dm.ReasonOf(err) == "link_closed" {
			return []string{"closed"}
		} else if err != nil {
			h.Fatal(err)
		}
	}
	page, err := h.app.LinkTicket(h.Context(), &h.visit, 0, 100)
	if dm.ReasonOf(err) == "link_closed" {
		return []string{"closed"}
	}
	h.must(err)
	texts := []string{}
	for i := range page.Messages {
		texts = append(texts, page.Messages[i].Text)
	}
	return texts
}

// dead says whether the link opens nothing, whether or not one visits it.
func (h *holder) dead() bool {
	h.Helper()
	fresh := h.visit
	fresh.Visit = ""
	for _, visit := range []*app.LinkVisit{&h.visit, &fresh} {
		if _, err := h.app.LinkDoor(h.Context(), visit); err == nil {
			return false
		} else if err.Error() != app.ErrLinkClosed.Error() || dm.CodeOf(err) != dm.NotFound {
			h.Errorf("a link that opens nothing answers %v", err)
		}
	}
	return true
}

func TestPublicLinks(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice")
		owner := w.as("owner")
		w.say("owner", n, "reply", "a public answer")
		w.say("owner", n, "note", "a secret note")
		w.say("owner", n, "local_note", "a local secret")
		path := at(n, "links")
		t.Run("off by default, and refused with a reason", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			owner.post(path, pairs()).is(403).reason("links_disabled")
			same(t, "links", len(owner.get(path).ok().list("items")), 0)
		})
		w.set("links.enabled", true)
		t.Run("the history tells of a use where there was none in the minute before", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Opened often")
			address := owner.post(at(m, "links"), pairs()).is(201).text("address")
			for i, want := range []int{1, 1, 2} {
				w.holding(address).reads()
				same(t, "lines", len(w.history(m, "ticket.link.used", "public_link.id")), want)
				w.advance([]time.Duration{35, 61, 0}[i] * time.Second)
			}
		})
		t.Run("C5 C6 a link shows the public messages of one ticket, and its address once", func(t *testing.T) {
			w := w.in(t)
			made := owner.with("Idempotency-Key", "once").post(path, pairs("label", "  for the   printer ", "level", "comment")).is(201)
			again := owner.with("Idempotency-Key", "once").post(path, pairs("label", "  for the   printer ", "level", "comment")).is(201)
			same(t, "repeat", []any{again.at("id"), again.at("address")}, []any{made.at("id"), nil})
			same(t, "link", []any{made.at("label"), made.at("level"), made.at("state"), made.at("password"), made.at("max_views"), made.at("views"), made.at("last_used_at")},
				[]any{"for the printer", "comment", "live", false, nil, 0, nil})
			same(t, "it lasts two weeks", made.text("expires_at")[:16], w.clock.now().Add(14 * 24 * time.Hour).Format(time.RFC3339)[:16])
			h := w.holding(made.text("address"))
			same(t, "texts", h.reads(), []string{"Text of Invoice", "a public answer"})
			listed := owner.get(path).ok()
			same(t, "uses", []any{listed.at("items.0.views"), listed.has("items.0.address")}, []any{1, false})
			for _, secret := range []string{h.visit.Secret, h.visit.Visit} {
				for _, table := range w.tables(w.plain()) {
					if found := strings.Join(w.rows(w.plain(), `SELECT * FROM "`+table+`"`), " "); strings.Contains(found, secret) || strings.Contains(found, secret[4:]) {
						t.Errorf("a secret stands in %s", table)
					}
				}
			}
			same(t, "in the list", w.as("accounts.agent").get(at(n)).ok().at("public_link"), true)
			for _, what := range []string{"ticket.link.created", "ticket.link.used"} {
				if !slices.Contains(w.kinds("accounts.agent", n), what) {
					t.Errorf("the history has no %s", what)
				}
			}
			owner.delete(path).is(204)
			if !h.dead() {
				t.Error("it opens although every link was revoked")
			}
			same(t, "after", []any{owner.get(path).ok().at("items.0.state"), owner.get(at(n)).ok().at("public_link")}, []any{"revoked", false})
		})
		t.Run("a holder replies as nobody, within limits", func(t *testing.T) {
			w := w.in(t)
			h, own := w.link("accounts.agent", n, "level", "comment", "label", "printer")
			h.reads()
			res, err := h.app.ReplyByLink(w.Context(), &h.visit, " Pat  <b> ", "through the link")
			w.must(err)
			a := owner.get(at(n, "messages") + "?limit=200").ok()
			last := fmt.Sprintf("items.%d.", len(a.list("items"))-1)
			same(t, "message", []any{a.at(last + "id"), a.at(last + "author"), a.at(last + "link.label"), a.at(last + "link.name"), a.at(last + "via")},
				[]any{res.Messages[0].ID, nil, "printer", "Pat <b>", "portal"})
			same(t, "cause", w.history(n, "ticket.message", "cause.kind")[len(w.history(n, "ticket.message", "cause.kind"))-1], "link")
			if raw := w.as("staff.one").get(at(n, "messages")).ok().raw; !strings.Contains(raw, "through the link") || strings.Contains(raw, "printer") {
				t.Errorf("the requester reads %s", raw)
			}
			for i := 1; i < 20; i++ {
				_, err = h.app.ReplyByLink(w.Context(), &h.visit, "", fmt.Sprint("more ", i))
				w.must(err)
			}
			if _, err = h.app.ReplyByLink(w.Context(), &h.visit, "", "one too many"); dm.CodeOf(err) != dm.RateLimited {
				t.Errorf("the 21st message within an hour: %v", err)
			}
			w.advance(61 * time.Minute)
			_, err = h.app.ReplyByLink(w.Context(), &h.visit, "", "an hour later")
			w.must(err)
			_, err = h.app.ReplyByLink(w.Context(), &h.visit, "", strings.Repeat("x", 20_001))
			same(t, "too long", dm.CodeOf(err), dm.Invalid)
			_, err = h.app.ReplyByLink(w.Context(), &h.visit, strings.Repeat("x", 101), "x")
			same(t, "name too long", dm.CodeOf(err), dm.Invalid)
			owner.patch(own, pairs("level", "view")).ok()
			if _, err = h.app.ReplyByLink(w.Context(), &h.visit, "", "x"); dm.CodeOf(err) != dm.Forbidden {
				t.Errorf("a link for reading lets reply: %v", err)
			}
		})
		t.Run("what is wrong is named", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			owner.post(path, pairs("level", "edit")).refused(422, "level")
			owner.post(path, pairs("label", strings.Repeat("x", 101))).refused(422, "label")
			owner.post(path, pairs("label", "a\u0007b")).refused(422, "label")
			owner.post(path, pairs("password", "short")).refused(422, "password")
			owner.post(path, pairs("expires_at", w.from(-time.Minute))).refused(422, "expires_at")
			owner.post(path, pairs("expires_at", w.from(91*24*time.Hour))).refused(422, "expires_at")
			owner.post(path, pairs("expires_at", nil)).refused(422, "expires_at")
			owner.post(path, pairs("max_views", 0)).refused(422, "max_views")
			_, own := w.link("owner", n)
			owner.patch(own, pairs("password", "")).refused(422, "password")
			owner.patch(own, pairs("level", nil)).refused(422, "level")
			owner.patch(at(n, "links", "999999"), pairs("label", "x")).is(404)
			owner.delete(at(n, "links", "999999")).is(404)
			owner.get(at(n, "links", "999999", "uses")).is(404)
			other := w.file("accounts", "Other")
			owner.delete(strings.Replace(own, fmt.Sprint("/", n, "/"), fmt.Sprint("/", other, "/"), 1)).is(404)
			owner.get(strings.Replace(own, fmt.Sprint("/", n, "/"), fmt.Sprint("/", other, "/"), 1) + "/uses").is(404)
			w.set("links.max_days", 0)
			same(t, "without an end", owner.post(path, pairs("expires_at", nil)).is(201).at("expires_at"), nil)
			w.set("links.require_password", true)
			owner.post(path, pairs()).refused(422, "password")
			owner.post(path, pairs("password", "six or more")).is(201)
			w.set("links.max_views", 5)
			same(t, "views", owner.post(path, pairs("password", "six or more")).is(201).at("max_views"), 5)
			owner.post(path, pairs("password", "six or more", "max_views", 6)).refused(422, "max_views")
			owner.post(path, pairs("password", "six or more", "max_views", nil)).refused(422, "max_views")
			w.set("links.require_password", false)
			w.set("links.max_views", 0)
			w.set("links.max_days", 90)
			for range dm.MaxLinks {
				owner.post(path, pairs())
			}
			owner.post(path, pairs()).is(409).reason("cap")
			owner.delete(path).is(204)
		})
	})
}

// TestReadersByLink: whoever writes a reply is told that the holders of a public
// link read it, as long as one of them can.
func TestReadersByLink(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Printer")
		w.set("links.enabled", true)
		read := func(what string, want bool) {
			t.Helper()
			a := w.as("accounts.agent").get(at(n, "readers")).ok()
			same(t, what, []any{a.at("reply.link"), a.at("note.link"), a.at("local_note.link")}, []any{want, false, false})
		}
		read("no link", false)
		_, own := w.link("owner", n)
		read("a link", true)
		w.set("links.enabled", false)
		read("links switched off", false)
		w.set("links.enabled", true)
		w.as("owner").patch(at(n), map[string]any{"private": true}).ok()
		read("private", false)
		w.as("owner").patch(at(n), map[string]any{"private": false}).ok()
		read("open again", true)
		w.as("owner").delete(own).is(204)
		read("revoked", false)
		h, _ := w.link("owner", n, "max_views", 1)
		same(t, "the one visit", h.reads(), []string{"Text of Printer"})
		read("used up by a visit that goes on", true)
		w.advance(app.VisitLasts + time.Minute)
		read("and that is over", false)
		w.link("owner", n)
		w.advance(15 * 24 * time.Hour)
		read("over", false)
	})
}

// wrongTries is how many wrong passwords are taken within an hour.
const wrongTries = 10

func TestPublicLinkPassword(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice")
		owner := w.as("owner")
		t.Run("B27 a password is asked for, and its tries are counted in the database", func(t *testing.T) {
			w := w.in(t)
			h, own := w.link("owner", n, "password", "correct horse")
			for range wrongTries - 1 {
				same(t, "a wrong one", dm.ReasonOf(h.enter("wrong horse")), "link_password")
			}
			w.must(h.enter("correct horse"))
			same(t, "texts", h.reads(), []string{"Text of Invoice"})
			second := w.holding("http://acme.localhost/s/" + h.visit.Secret)
			same(t, "the last one", dm.ReasonOf(second.enter("wrong horse")), "link_password")
			same(t, "one too many", dm.CodeOf(second.enter("correct horse")), dm.RateLimited)
			same(t, "the visit goes on", h.reads(), []string{"Text of Invoice"})
			w.advance(61 * time.Minute)
			w.must(second.enter("correct horse"))
			log := owner.get(own + "/uses?limit=200").ok()
			outcomes := map[string]int{}
			for i := range log.list("items") {
				outcomes[log.text(fmt.Sprintf("items.%d.outcome", i))]++
				same(t, "address", log.at(fmt.Sprintf("items.%d.address", i)), "192.0.2.7")
			}
			same(t, "the log", outcomes, map[string]int{"opened": 2, "wrong_password": 10})
			same(t, "a page of it", len(owner.get(own+"/uses?limit=1").ok().list("items")), 1)
			owner.patch(own, pairs("password", "another horse")).ok()
			if _, err := w.app.LinkTicket(w.Context(), &h.visit, 0, 10); err == nil {
				t.Error("a visit goes on under another password")
			}
			w.must(h.enter("another horse"))
			owner.patch(own, pairs("password", nil)).ok()
			h.visit.Visit = ""
			w.must(h.enter(""))
			owner.delete(own).is(204)
		})
		t.Run("B28 a view limit counts visits, not refreshes", func(t *testing.T) {
			w := w.in(t)
			h, own := w.link("owner", n, "max_views", 2)
			same(t, "refreshes", [][]string{h.reads(), h.reads(), h.reads()}, [][]string{{"Text of Invoice"}, {"Text of Invoice"}, {"Text of Invoice"}})
			same(t, "views", owner.get(at(n, "links")).ok().at("items.0.views"), 1)
			second := w.holding("http://acme.localhost/s/" + h.visit.Secret)
			second.reads()
			third := w.holding("http://acme.localhost/s/" + h.visit.Secret)
			same(t, "the third", third.reads(), []string{"closed"})
			same(t, "state", owner.get(at(n, "links")).ok().at("items.0.state"), "used_up")
			same(t, "no link any more", owner.get(at(n)).ok().at("public_link"), false)
			same(t, "the second goes on", second.reads(), []string{"Text of Invoice"})
			w.advance(13 * time.Hour)
			same(t, "not for ever", second.reads(), []string{"closed"})
			owner.patch(own, pairs("max_views", 3)).ok()
			same(t, "one more", third.reads(), []string{"Text of Invoice"})
		})
		t.Run("W20 reset, expiry and revocation work at once", func(t *testing.T) {
			w := w.in(t)
			h, own := w.link("owner", n, "expires_at", w.from(time.Hour))
			h.reads()
			fresh := w.holding(owner.post(own+"/reset", nil).ok().text("address"))
			if !h.dead() {
				t.Error("the old address opens")
			}
			same(t, "the new one", fresh.reads(), []string{"Text of Invoice"})
			w.advance(2 * time.Hour)
			if !fresh.dead() {
				t.Error("it opens after its end")
			}
			same(t, "state", owner.get(at(n, "links")).ok().at("items.0.state"), "expired")
			owner.patch(own, pairs("expires_at", w.from(time.Hour))).ok()
			same(t, "longer", fresh.reads(), []string{"Text of Invoice"})
			owner.delete(own).is(204)
			if !fresh.dead() {
				t.Error("it opens after it was revoked")
			}
			owner.patch(own, pairs("expires_at", w.from(time.Hour))).is(404)
			owner.post(own+"/reset", nil).is(404)
		})
		t.Run("the log is kept as long as the setting says", func(t *testing.T) {
			w := w.in(t)
			w.set("retention.link_use_days", 2)
			_, own := w.link("owner", n)
			w.advance(3 * 24 * time.Hour)
			w.must(w.app.SweepOld(w.Context()))
			same(t, "lines", w.countOf("SELECT COUNT(*) FROM public_link_uses"), "0")
			owner.get(own + "/uses").ok()
		})
	})
}

// TestPublicLinkRights is who may make links, and what makes them sleep.
func TestPublicLinkRights(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.set("links.enabled", true)
		n, hr := w.file("accounts", "Invoice"), w.file("hr", "Salary")
		path := at(n, "links")
		t.Run("C13 making a link needs the rights to share and to forward", func(t *testing.T) {
			w := w.in(t)
			w.as("hr.agent").post(path, pairs()).is(404)
			w.as("hr.agent").get(path).is(404)
			w.as("hr.agent").delete(path).is(404)
			w.as("noshare.agent").post(path, pairs()).is(403)
			w.as("noshare.agent").delete(path).is(403)
			w.as("staff.one").post(path, pairs()).is(403)
			w.as("staff.one").get(path).is(403)
			w.as("globex/owner").post(path, pairs()).is(404)
			w.share(n, w.agent("hr.agent"))
			w.as("hr.agent").post(path, pairs()).is(403)
			h, own := w.link("accounts.agent", n)
			w.as("hr.agent").get(path).ok()
			w.as("hr.agent").get(own + "/uses").is(403)
			w.as("hr.agent").delete(own).is(403)
			w.as("hr.agent").post(own+"/reset", nil).is(403)
			same(t, "untouched", h.reads(), []string{"Text of Invoice"})
			w.as("owner").delete(path).is(204)
		})
		sleeps := func(name string, number int64, do, undo func(w *world)) {
			t.Run(name, func(t *testing.T) {
				w := w.in(t)
				h, _ := w.link("accounts.agent", number, "level", "comment")
				before := h.reads()
				do(w)
				if !h.dead() {
					t.Error("it opens")
				}
				if _, err := w.app.ReplyByLink(w.Context(), &h.visit, "", "too late"); dm.ReasonOf(err) != "link_closed" {
					t.Errorf("a reply: %v", err)
				}
				if undo == nil {
					return
				}
				undo(w)
				same(t, "again", h.reads(), before)
				w.as("owner").delete(at(number, "links")).is(204)
			})
		}
		set := func(key string, value any) func(*world) { return func(w *world) { w.Helper(); w.set(key, value) } }
		owner := func(method, path string, body any) func(*world) {
			return func(w *world) { w.Helper(); w.as("owner").do(method, path, body).ok() }
		}
		sleeps("C10 links switched off", n, set("links.enabled", false), set("links.enabled", true))
		sleeps("C10 sharing suspended", n, func(w *world) { w.set("sharing.on_disable", "suspend"); w.set("sharing.enabled", false) }, set("sharing.enabled", true))
		sleeps("Q16 the ticket is private", n, owner("PATCH", at(n), pairs("private", true)), owner("PATCH", at(n), pairs("private", false)))
		sleeps("Q10 the ticket is spam", n, owner("POST", at(n, "spam"), nil), owner("POST", at(n, "not-spam"), nil))
		sleeps("Q10 the ticket is deleted", n, owner("DELETE", at(n), nil), owner("POST", at(n, "restore"), nil))
		sleeps("Q15 the brand is inactive", n, func(w *world) { w.brand("Company", false) }, func(w *world) { w.brand("Company", true) })
		sleeps("the maker does not reach the ticket any more", n, func(w *world) { w.member("Accounts", "remove", "accounts.agent") }, func(w *world) { w.member("Accounts", "add", "accounts.agent") })
		sleeps("Q2 the maker is deactivated", n, func(w *world) { w.turn("accounts.agent", "deactivate") }, func(w *world) { w.turn("accounts.agent", "reactivate") })
		t.Run("a maker by a share gives no more, and no longer, than they have", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.forward_on_shared", true)
			w.as("owner").post(at(hr, "shares"), terms(whom(w.agent("accounts.agent")), "level", "edit", "forward", true, "can_reshare", true, "expires_at", w.from(time.Hour))).ok()
			w.as("accounts.agent").post(at(hr, "links"), pairs("expires_at", w.from(2*time.Hour))).is(403).reason("more_than_held")
			h, _ := w.link("accounts.agent", hr)
			same(t, "texts", h.reads(), []string{"Text of Salary"})
			w.as("owner").patch(at(hr, "shares", w.shareID(hr, "Accounts Agent")), pairs("forward", false)).ok()
			if !h.dead() {
				t.Error("it opens although its maker may not forward any more")
			}
			w.as("owner").patch(at(hr, "shares", w.shareID(hr, "Accounts Agent")), pairs("forward", true)).ok()
			same(t, "again", h.reads(), []string{"Text of Salary"})
			w.as("owner").delete(at(hr, "shares", w.shareID(hr, "Accounts Agent"))).ok()
			if !h.dead() {
				t.Error("it opens although its maker has lost the ticket")
			}
			w.as("owner").post(at(hr, "links"), pairs()).is(201)
		})
		t.Run("switched off, links can still be revoked", func(t *testing.T) {
			w := w.in(t)
			_, own := w.link("owner", hr)
			w.set("links.enabled", false)
			w.as("owner").patch(own, pairs("label", "x")).is(403).reason("links_disabled")
			w.as("owner").post(own+"/reset", nil).is(403).reason("links_disabled")
			same(t, "state", w.as("owner").get(at(hr, "links")).ok().at("items.0.state"), "asleep")
			w.as("owner").delete(own).is(204)
		})
	})
}

// TestPublicLinkGuesses tries addresses that nobody gave out.
func TestPublicLinkGuesses(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n, other := w.file("accounts", "Invoice"), w.file("hr", "Salary")
		h, _ := w.link("owner", n, "level", "comment")
		h.reads()
		real := h.visit
		file := w.as("owner").post("/attachments?name=salary.txt", "secret salary").ok().number("id")
		w.say("owner", other, "reply", "with a file", fmt.Sprint(file))
		var guesses []string
		for range 200 {
			guesses = append(guesses, credential.NewSecret(credential.Link))
		}
		guesses = append(guesses, "", "dml_", real.Secret[:len(real.Secret)-1], real.Secret+"A", strings.ToUpper(real.Secret), "%", "../..", strings.Repeat("x", 10_000),
			"dms_"+real.Secret[4:], credential.HashSecret(real.Secret), real.Visit, "\x00", real.Secret+"\x00")
		for _, guess := range guesses {
			g := real
			g.Secret = guess
			for _, visit := range []string{"", real.Visit, "x"} {
				g.Visit = visit
				if _, err := w.app.LinkDoor(w.Context(), &g); err != app.ErrLinkClosed { //nolint:errorlint // the very same
					t.Fatalf("the guess %q answers %v", guess, err)
				}
				if _, err := w.app.EnterLink(w.Context(), &g, "x"); err != app.ErrLinkClosed { //nolint:errorlint // the very same
					t.Fatalf("the guess %q answers %v", guess, err)
				}
			}
		}
		t.Run("B29 W18 a link opens one ticket only", func(t *testing.T) {
			if _, _, err := w.app.LinkFile(w.Context(), &real, file); dm.CodeOf(err) != dm.NotFound {
				t.Errorf("a file of another ticket: %v", err)
			}
			foreign := real
			foreign.Account = w.desks["globex"].id
			if _, err := w.app.LinkDoor(w.Context(), &foreign); err != app.ErrLinkClosed { //nolint:errorlint // the very same
				t.Errorf("another account: %v", err)
			}
			door, err := w.app.LinkDoor(w.Context(), &real)
			w.must(err)
			v := door.Viewer
			if _, err := w.app.Ticket(w.Context(), v, other); dm.CodeOf(err) != dm.NotFound {
				t.Errorf("another ticket: %v", err)
			}
			for _, view := range []app.View{app.ViewAll, app.ViewMine} {
				list, _, err := w.app.Tickets(w.Context(), v, app.ListQuery{View: view, Limit: 10})
				count, _, counted := w.app.CountTickets(w.Context(), v, app.ListQuery{View: view, Limit: 10})
				if len(list) > 0 || count > 0 || err != nil || counted != nil {
					t.Errorf("the view %s has %d tickets, counts %d: %v, %v", view, len(list), count, err, counted)
				}
			}
			for what, ask := range map[string]func() error{
				"shares":   func() error { _, err := w.app.Shares(w.Context(), v, n); return err },
				"links":    func() error { _, err := w.app.PublicLinks(w.Context(), v, n); return err },
				"settings": func() error { _, err := w.app.Settings(w.Context(), v); return err },
				"edit": func() error {
					_, err := w.app.Apply(w.Context(), v, dm.Change{Number: n, Set: dm.TicketPatch{Subject: ptr("x")}})
					return err
				},
				"note": func() error {
					_, err := w.app.Apply(w.Context(), v, dm.Change{Number: n, Messages: []dm.NewMessage{{Kind: dm.Note, Text: "x"}}})
					return err
				},
				"share": func() error {
					_, err := w.app.Apply(w.Context(), v, dm.Change{Number: n, Share: []dm.NewShare{{Target: dm.Target{Kind: dm.TargetAgent, ID: w.id("hr.agent")}}}})
					return err
				},
				"revoke": func() error {
					_, err := w.app.Apply(w.Context(), v, dm.Change{Number: n, PublicLinks: dm.LinkChanges{RevokeAll: true}})
					return err
				},
			} {
				if err := ask(); dm.CodeOf(err) != dm.Forbidden {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	})
}

// fileText reads a file that a holder opens; "closed" where they cannot.
func (h *holder) fileText(id int64) string {
	h.Helper()
	_, body, err := h.app.LinkFile(h.Context(), &h.visit, id)
	if dm.CodeOf(err) == dm.NotFound {
		return "closed"
	}
	h.must(err)
	defer body.Close()
	text, err := io.ReadAll(body)
	h.must(err)
	return string(text)
}
