package httpapi_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/google/go-cmp/cmp"
)

// wireTap writes down what passes to a server below a path.
type wireTap struct {
	mu  sync.Mutex
	got []tapped
}

type tapped struct {
	method, path, body string
	header             http.Header
}

func (w *wireTap) over(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if _, path, found := strings.Cut(r.URL.Path, "/tickets/"); found && !strings.Contains(r.URL.Path, "/api/") {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			w.mu.Lock()
			w.got = append(w.got, tapped{r.Method, path, string(body), r.Header.Clone()})
			w.mu.Unlock()
		}
		next.ServeHTTP(rw, r)
	})
}

func (w *wireTap) take() []tapped {
	w.mu.Lock()
	defer w.mu.Unlock()
	got := w.got
	w.got = nil
	return got
}

// TestPartnerLeaks is what becomes of a ticket that crosses on the side that
// receives it, and who may let it cross.
func TestPartnerLeaks(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.startLive()
		tap := &wireTap{}
		w.handler = tap.over(w.handler)
		p := w.pair(allTerms("attachments", false))
		t.Run("two accounts of one server speak in the same bytes as any two desks", func(t *testing.T) { sameBytes(t, p, tap) })
		t.Run("nobody lets a partner read notes that they may not read", func(t *testing.T) { notesOfOthers(t, p) })
		t.Run("what leaves the receiving desk is what its people may see", func(t *testing.T) { receivingSide(t, p) })
	})
}

// sameBytes shares one ticket with an account of this server and with a desk
// elsewhere, and compares what goes over the wire. Without the wire nothing crosses.
func sameBytes(t *testing.T, p *pair, tap *wireTap) {
	far := &wireTap{}
	l := p.elsewhere()
	server := httptest.NewServer(far.over(l))
	t.Cleanup(server.Close)
	l.url = server.URL
	id, _, _ := p.befriend(l, allTerms("attachments", false))
	tap.take()
	n := p.ticket("owner", "Twice", "tags", []string{"one"})
	p.as("owner").post(fmt.Sprintf("/tickets/%d/partners", n), map[string]any{"partner_ids": []int64{p.acme, id}}).is(201)
	p.drain()
	there := p.copyOf(n)
	p.say("owner", n, "reply", "Hello <b>both</b>")
	p.say("owner", n, "note", "Quietly")
	p.change("owner", n, map[string]any{"status": "pending", "tags": []string{"two"}})
	p.as("owner").delete(fmt.Sprintf("/tickets/%d/partners/%d", n, p.linkWith(n, id))).ok()
	near, other := tap.take(), far.take()
	p.drain()
	other = append(other, far.take()...)
	p.as("owner").delete(fmt.Sprintf("/tickets/%d/partners/%d", n, p.linkWith(n, p.acme))).ok()
	p.drain()
	near = append(near, tap.take()...)
	if len(near) != len(other) || len(near) < 5 {
		t.Fatalf("%d requests to the account here, %d elsewhere", len(near), len(other))
	}
	for i := range near {
		if d := cmp.Diff(other[i].method+" "+other[i].path+"\n"+other[i].body, near[i].method+" "+near[i].path+"\n"+near[i].body); d != "" {
			t.Errorf("request %d: %s", i, d)
		}
		names := func(h http.Header) []string { // a desk that reads them is sent signatures as well
			return slices.DeleteFunc(slices.Sorted(maps.Keys(h)), func(name string) bool {
				return name == "Signature" || name == "Signature-Input" || name == "Content-Digest"
			})
		}
		if d := cmp.Diff(names(other[i].header), names(near[i].header)); d != "" {
			t.Errorf("headers of request %d: %s", i, d)
		}
	}
	again := p.share(n)
	real := p.app.Partners
	p.app.Partners = &downClient{PartnerClient: real}
	p.say("owner", n, "reply", "Nobody carries this")
	if got := p.texts("globex/owner", again); slices.Contains(got, "reply: Nobody carries this") || again == there {
		t.Errorf("it came without the network: %v", got)
	}
	p.app.Partners = real
	p.advance(1e9)
	p.drain()
	if got := p.texts("globex/owner", again); !slices.Contains(got, "reply: Nobody carries this") {
		t.Errorf("it did not come with the network: %v", got)
	}
}

// linkWith gives the link of a ticket with one partner that stands.
func (p *pair) linkWith(n, partner int64) int64 {
	p.Helper()
	a := p.link("owner", n)
	for i := range a.list("items") {
		at := fmt.Sprintf("items.%d.", i)
		if a.number(at+"partner.id") == partner && a.text(at+"state") != "ended" {
			return a.number(at + "id")
		}
	}
	p.Fatalf("ticket %d has no link with %d: %s", n, partner, a.raw)
	return 0
}

// notesOfOthers has an agent share who may share and forward, and may not read
// notes.
func notesOfOthers(t *testing.T, p *pair) {
	perms := []dm.Permission{dm.TicketsEdit, dm.TicketsReply, dm.TicketsShare, dm.TicketsFwd}
	role, err := p.app.CreateRole(t.Context(), p.system("acme"), app.RolePatch{Name: ptr("No notes, but shares"), Permissions: &perms})
	p.must(err)
	p.must(p.app.UpdatePerson(t.Context(), p.system("acme"), p.id("accounts.second"), app.PersonPatch{Roles: &[]int64{role}}))
	n := p.ticket("owner", "With a note", "inbox_id", p.acme0("accounts"))
	p.say("owner", n, "note", "secret toucan")
	who := p.as("accounts.second")
	if strings.Contains(who.get(fmt.Sprintf("/tickets/%d/messages", n)).ok().raw, "toucan") {
		t.Fatal("the note is open to them")
	}
	body := map[string]any{"partner_ids": []int64{p.acme}}
	for _, path := range []string{"partners/preview", "partners"} {
		if a := who.post(fmt.Sprintf("/tickets/%d/%s", n, path), body); strings.Contains(a.raw, "toucan") || a.is(403).text("reason") != "more_than_held" && !strings.Contains(a.raw, "more_than_held") {
			t.Errorf("%s answers %s", path, a.raw)
		}
	}
	who.post(fmt.Sprintf("/tickets/%d/shares", n), map[string]any{"targets": []any{map[string]any{"kind": "partner", "id": p.acme}}}).is(403)
	if got := p.link("accounts.second", n); len(got.list("choices")) != 0 || len(got.list("items")) != 0 {
		t.Errorf("they are offered %s", got.raw)
	}
	l := p.elsewhere()
	id, _, _ := p.befriend(l, allTerms("private_comments", false))
	who.post(fmt.Sprintf("/tickets/%d/partners", n), map[string]any{"partner_ids": []int64{id}}).is(201)
	p.drain()
	if bodies, _ := l.take(); len(bodies) != 1 || strings.Contains(bodies[0], "toucan") {
		t.Errorf("the partner is told %v", bodies)
	}
}

// receivingSide has a note and a reply of the partner cross, and looks at every way
// out of the desk that received them.
func receivingSide(t *testing.T, p *pair) {
	owner := p.as("globex/owner")
	_, err := p.app.SetSettings(t.Context(), p.system("globex"), map[string]any{"cc_grants_access": "comment"})
	p.must(err)
	n := p.ticket("owner", "Crossing")
	there := p.share(n)
	path := fmt.Sprintf("/tickets/%d", there)
	owner.patch(path, map[string]any{"ccs": []string{p.address("globex/staff.two")}, "assignee_id": p.id("globex/global.agent")}).ok()
	public, inner := p.receiver(), p.receiver()
	for r, internal := range map[*receiver]bool{public: false, inner: true} {
		owner.post("/webhooks", map[string]any{"name": "Robot", "url": r.url, "events": []string{"all"}, "see_internal": internal}).ok()
	}
	p.drain()
	public.take(p.world)
	inner.take(p.world)
	p.mails("")
	outsider, insider := p.world.listen("globex/hr.agent"), p.world.listen("globex/global.agent")
	p.say("owner", n, "note", "private heron")
	p.say("owner", n, "reply", "public ibis")
	raw := func(list []received) (text string) {
		for _, r := range list {
			text += r.raw
		}
		return text
	}
	if got := raw(inner.take(p.world)); !strings.Contains(got, "private heron") || !strings.Contains(got, "public ibis") {
		t.Errorf("a webhook that sees internal content hears %s", got)
	}
	if got := raw(public.take(p.world)); strings.Contains(got, "heron") || !strings.Contains(got, "public ibis") {
		t.Errorf("a public webhook hears %s", got)
	}
	if got := told(insider.heard(), "ticket"); len(got) == 0 {
		t.Error("whoever works on it hears nothing")
	}
	if got := told(outsider.heard(), "ticket"); len(got) != 0 {
		t.Errorf("somebody who cannot open it hears %v", got)
	}
	seen := false
	for _, m := range p.mails("") {
		switch {
		case strings.Contains(m.text+m.html+m.subject, "heron") && m.to != p.address("globex/global.agent"):
			t.Errorf("a mail to %s tells the note", m.to)
		case strings.Contains(m.to, "hr.agent"), strings.Contains(m.to, "partner.invalid"):
			t.Errorf("a mail goes to %s", m.to)
		}
		seen = seen || m.to == p.address("globex/staff.two") && strings.Contains(m.text, "public ibis")
	}
	if !seen {
		t.Error("who stands in copy is not told the reply")
	}
	for who, open := range map[string]bool{"globex/staff.two": true, "globex/staff.one": false, "globex/hr.agent": false} {
		a := p.as(who).get(path + "/messages?limit=100")
		if (a.status == 200) != open || strings.Contains(a.raw, "heron") {
			t.Errorf("%s is answered %d %s", who, a.status, a.raw)
		}
		ticket := p.as(who).get(path).raw + p.as(who).get(path+"/events").raw
		if strings.Contains(ticket, "remote_number") || strings.Contains(ticket, `"partners":[{`) {
			t.Errorf("%s reads where it came from: %s", who, ticket)
		}
		for _, q := range []string{"heron", "ibis"} {
			want := 0
			if open && q == "ibis" {
				continue // search may find what they see
			}
			if got := len(p.as(who).get("/tickets?q=" + q).ok().numbers()); got != want {
				t.Errorf("%s finds %d by %s", who, got, q)
			}
		}
	}
}
