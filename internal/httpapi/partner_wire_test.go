package httpapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/nhd"
)

const (
	someUUID = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
	someKey  = "f0e1d2c3b4a5968778695a4b3c2d1e0f10203040"
)

// numbered gives an id of the protocol.
func numbered(n int) string { return fmt.Sprintf("%040x", 0x5eed0000+n) }

// invitation is the body of an agreement as another desk sends it.
func invitation(uuid string, more ...any) map[string]any {
	body := map[string]any{"uuid": uuid, "name": "Umbrella Desk", "access_key": someKey, "status": "pending", "sender_url": "http://umbrella.example/sharing",
		"receiver_url": "http://acme.localhost/sharing", "sync_tags": nil, "sync_custom_fields": false, "allows_public_comments": true, "current_actor": nil, "something": "else"}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return body
}

// clean are the statuses that every known client takes without falling over.
var clean = []int{200, 201, 401, 403, 404, 405, 410, 422, 503}

// TestPartnerWire is what the protocol's server answers about agreements.
func TestPartnerWire(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		desk := w.connect()
		owner := w.as("owner")
		answers := func(t *testing.T, got said, status int) {
			t.Helper()
			if got.status != status {
				t.Errorf("answers %d, want %d: %s", got.status, status, got.body)
			}
			if !slices.Contains(clean, got.status) || got.header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("answers %d as %s", got.status, got.header.Get("Content-Type"))
			}
		}
		send := func(t *testing.T, status int, method, path, token string, body any, headers ...string) said {
			t.Helper()
			w.advance(15 * time.Minute) // five an hour come from one address
			got := w.wire("acme", method, path, token, body, headers...)
			answers(t, got, status)
			return got
		}
		t.Run("an invitation without token or version is taken, and as text/x-json", func(t *testing.T) {
			for i, kind := range []string{"application/json", `text/x-json; charset="UTF-8"`, "text/json", ""} {
				headers := []string{}
				if kind != "" {
					headers = []string{"Content-Type", kind}
				}
				send(t, 201, "POST", "/sharing/agreements/"+numbered(i), "", invitation(numbered(i)), headers...)
			}
		})
		t.Run("repeated it is answered again, and another one under its id is refused", func(t *testing.T) {
			at := "/sharing/agreements/" + numbered(0)
			send(t, 200, "POST", at, "", invitation(numbered(0)))
			send(t, 422, "POST", at, "", invitation(numbered(0), "access_key", strings.Repeat("a", 40)))
			send(t, 422, "POST", at, "", invitation(numbered(0), "sender_url", "http://other.example/sharing"))
			same(t, "agreements", fmt.Sprint(len(owner.get("/partners").ok().list("items"))), "4")
		})
		t.Run("what is wrong with an invitation is 422", func(t *testing.T) {
			at := "/sharing/agreements/" + someUUID
			for _, body := range []any{"", "[]", "{", `"x"`, "null", "\xff\xfe", strings.Repeat("[", 100) + strings.Repeat("]", 100), `{"name":"` + strings.Repeat("x", 5<<20) + `"}`,
				invitation(numbered(9)), invitation("x y"), invitation(someUUID, "uuid", nil), invitation(someUUID, "status", "accepted"), invitation(someUUID, "status", nil),
				invitation(someUUID, "receiver_url", "http://globex.localhost/sharing"), invitation(someUUID, "receiver_url", "http://acme.localhost/elsewhere"), invitation(someUUID, "receiver_url", nil),
				invitation(someUUID, "sender_url", nil), invitation(someUUID, "sender_url", "ftp://umbrella.example"), invitation(someUUID, "sender_url", "http://u:p@umbrella.example/sharing"),
				invitation(someUUID, "access_key", nil), invitation(someUUID, "access_key", "a b"), invitation(someUUID, "sync_tags", "yes"), invitation(someUUID, "name", 5),
			} {
				send(t, 422, "POST", at, "", body)
			}
			send(t, 422, "POST", at, "", invitation(someUUID), "X-Ticket-Sharing-Version", "2")
			send(t, 422, "POST", at, "", invitation(someUUID), "Content-Type", "application/x-www-form-urlencoded")
			send(t, 422, "POST", at, "", invitation(someUUID), "Content-Encoding", "gzip")
			send(t, 401, "POST", at, someUUID+":wrong", invitation(someUUID))
			same(t, "agreements", fmt.Sprint(len(owner.get("/partners").ok().list("items"))), "4")
		})
		t.Run("any number of slashes, and a slash at the end", func(t *testing.T) {
			for i, path := range []string{"/sharing//agreements/", "//sharing/agreements//", "/sharing/agreements/"} {
				send(t, 201, "POST", path+numbered(20+i)+strings.Repeat("/", i), "", invitation(numbered(20+i)))
			}
		})
		t.Run("other methods and places", func(t *testing.T) {
			for _, method := range []string{"DELETE", "PATCH", "HEAD", "OPTIONS"} {
				got := w.wire("acme", method, "/sharing/agreements/"+someUUID, "", nil)
				if got.status != 405 || got.header.Get("Allow") == "" {
					t.Errorf("%s answers %d", method, got.status)
				}
			}
			for _, path := range []string{"/sharing", "/sharing/", "/sharing/agreements", "/sharing/other/x", "/sharing/agreements/a/b", "/sharing/i/x"} {
				send(t, 404, "GET", path, "", nil)
			}
		})
		t.Run("section 9 row 15: no token, an unknown one and a wrong key are told apart by nobody", func(t *testing.T) {
			at := "/sharing/agreements/" + numbered(0)
			none := send(t, 401, "GET", at, "", nil)
			if none.header.Get("WWW-Authenticate") != "X-Ticket-Sharing" {
				t.Errorf("asks for %q", none.header.Get("WWW-Authenticate"))
			}
			wrong := send(t, 401, "GET", at, numbered(0)+":"+numbered(0), nil)
			unknown := send(t, 401, "GET", at, someUUID+":"+numbered(0), nil)
			same(t, "answers", wrong.body, unknown.body)
			send(t, 404, "GET", at, numbered(1)+":"+someKey, nil) // of another agreement
		})
		t.Run("a ticket before the agreement is accepted is 403", func(t *testing.T) {
			send(t, 403, "POST", "/sharing/tickets/"+someUUID, numbered(0)+":"+someKey, map[string]any{"uuid": someUUID, "subject": "x", "comments": []any{}})
		})
		t.Run("it is shown to its partner without the key", func(t *testing.T) {
			got := send(t, 200, "GET", "/sharing/agreements/"+numbered(0), numbered(0)+":"+someKey, nil)
			if !strings.Contains(got.body, `"status":"pending"`) || strings.Contains(got.body, someKey) || strings.Contains(got.body, "access_key") {
				t.Errorf("shows %s", got.body)
			}
		})
		t.Run("section 9 row 8: addresses, key and terms cannot be moved", func(t *testing.T) {
			path := w.partner("owner")
			uuid := numbered(22)
			before := owner.get(path).ok()
			send(t, 200, "PUT", "/sharing/agreements/"+uuid, uuid+":"+someKey, invitation(uuid, "status", nil, "sender_url", "http://evil.example/sharing", "receiver_url", "http://evil.example",
				"access_key", strings.Repeat("e", 40), "allows_public_comments", false, "sync_tags", true))
			after := owner.get(path).ok()
			for _, name := range []string{"address", "our_address", "fingerprint", "terms", "name", "status"} {
				same(t, name, fmt.Sprint(after.at(name)), fmt.Sprint(before.at(name)))
			}
			send(t, 422, "PUT", "/sharing/agreements/"+uuid, uuid+":"+someKey, map[string]any{"status": "accepted"}) // theirs is not to accept
			send(t, 422, "PUT", "/sharing/agreements/"+uuid, uuid+":"+someKey, map[string]any{"status": "odd"})
		})
		t.Run("section 9 row 16: one account's agreements are nothing to another's", func(t *testing.T) {
			answers(t, w.wire("globex", "GET", "/sharing/agreements/"+numbered(0), numbered(0)+":"+someKey, nil), 401)
			got := send(t, 422, "POST", "/sharing/agreements/"+someUUID, "", invitation(someUUID, "sender_url", "http://acme.localhost/sharing"))
			if !strings.Contains(got.body, "itself") {
				t.Errorf("says %s", got.body)
			}
		})
		t.Run("partners switched off are 403", func(t *testing.T) {
			w.set("partners.enabled", false)
			send(t, 403, "GET", "/sharing/agreements/"+numbered(0), numbered(0)+":"+someKey, nil)
			send(t, 403, "POST", "/sharing/agreements/"+someUUID, "", invitation(someUUID))
			send(t, 401, "GET", "/sharing/agreements/"+numbered(0), numbered(0)+":"+someUUID, nil)
			w.set("partners.enabled", true)
		})
		p := w.peer(desk)
		for _, maker := range []string{"gem", "node", "rt"} {
			t.Run("requests of "+maker+", as they stand", func(t *testing.T) {
				w.advance(time.Hour)
				uuid := numbered(map[string]int{"gem": 40, "node": 41, "rt": 42}[maker])
				answers(t, p.replay(maker+"_agreement_create.http", uuid, someKey), 201)
				answers(t, p.replay(maker+"_agreement_create.http", uuid, someKey), 200)
				path := w.partner("owner")
				got := owner.get(path).ok()
				same(t, "stored", got.text("status")+" "+got.text("address"), "pending "+p.url)
				same(t, "public", fmt.Sprint(got.at("terms.public_comments"), got.at("terms.tags")), map[string]string{"gem": "true true", "node": "false true", "rt": "false false"}[maker])
				owner.patch(path, map[string]any{"status": "accepted"}).ok()
				sent := p.take()
				if len(sent) != 1 || sent[0].method != "PUT" || sent[0].path != "/nhd/agreements/"+uuid || sent[0].body["status"] != "accepted" ||
					sent[0].header.Get("X-Ticket-Sharing-Token") != uuid+":"+someKey || sent[0].header.Get("X-Ticket-Sharing-Version") != "1" || sent[0].body["name"] != "Acme" ||
					sent[0].header.Get("Content-Type") != "application/json; charset=utf-8" || sent[0].header.Get("Accept") != "application/json" || strings.Contains(sent[0].raw, "access_key") {
					t.Errorf("the peer was sent %+v", sent)
				}
				answers(t, p.replay(maker+"_agreement_inactive.http", uuid, someKey), 200)
				got = owner.get(path).ok()
				same(t, "ended", got.text("status")+" by "+got.text("deactivated_by")+" "+got.text("address"), "inactive by sender "+p.url)
			})
		}
		t.Run("the gem accepts our invitation, with everything else null", func(t *testing.T) {
			path, uuid, key := p.invited()
			before := owner.get(path).ok()
			answers(t, p.replay("gem_agreement_accept.http", uuid, key), 200)
			after := owner.get(path).ok()
			same(t, "status", after.text("status"), "accepted")
			same(t, "terms", fmt.Sprint(after.at("terms")), fmt.Sprint(before.at("terms")))
			same(t, "their name", after.text("partner_name"), "Umbrella Desk")
			same(t, "signs", fmt.Sprint(after.at("signs"), after.at("capable")), "false false")
			owner.post(path+"/rotate-key", nil).is(409).reason("partner_not_capable")
			answers(t, p.replay("gem_agreement_inactive.http", uuid, key), 200)
			same(t, "ended", owner.get(path).ok().text("deactivated_by"), "receiver")
		})
	})
}

// TestPartnerHardening is section 9 of the specification as far as it is about
// agreements.
func TestPartnerHardening(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		desk := w.connect()
		owner := w.as("owner")
		p := w.peer(desk)
		t.Run("section 9 row 2: at most five an hour from one address, and twenty that wait", func(t *testing.T) {
			for i := range 5 {
				same(t, "answer", fmt.Sprint(w.wire("acme", "POST", "/sharing/agreements/"+numbered(i), "", invitation(numbered(i))).status), "201")
			}
			got := w.wire("acme", "POST", "/sharing/agreements/"+numbered(5), "", invitation(numbered(5)))
			same(t, "the sixth", fmt.Sprint(got.status, got.header.Get("Retry-After") != ""), "503 true")
			w.advance(time.Hour)
			for i := range 15 {
				w.advance(15 * time.Minute)
				same(t, "answer", fmt.Sprint(w.wire("acme", "POST", "/sharing/agreements/"+numbered(5+i), "", invitation(numbered(5+i))).status), "201")
			}
			w.advance(time.Hour)
			same(t, "the one after twenty", fmt.Sprint(w.wire("acme", "POST", "/sharing/agreements/"+numbered(50), "", invitation(numbered(50))).status), "503")
			for {
				list := owner.get("/partners?status=pending").ok().list("items")
				if len(list) == 0 {
					break
				}
				owner.patch(fmt.Sprintf("/partners/%v", list[0].(map[string]any)["id"]), map[string]any{"status": "declined"}).ok()
			}
		})
		t.Run("section 9 row 2: names are plain text, and the host comes first", func(t *testing.T) {
			w.wire("acme", "POST", "/sharing/agreements/"+numbered(60), "", invitation(numbered(60), "name", "<script>\u202e\x00evil\r\nBcc: x"))
			got := owner.get(w.partner("owner")).ok()
			same(t, "name", got.text("partner_name"), "<script>evil Bcc: x")
			same(t, "host", got.text("host"), "umbrella.example")
		})
		t.Run("section 9 row 3: nothing is dialled before somebody accepts, and then only what may be", func(t *testing.T) {
			w.advance(time.Hour)
			uuid := numbered(61)
			w.wire("acme", "POST", "/sharing/agreements/"+uuid, "", invitation(uuid, "sender_url", p.url))
			path := w.partner("owner")
			owner.post(path+"/test", nil).is(409).reason("partner_status")
			if n := len(p.take()); n != 0 {
				t.Errorf("%d requests before it was accepted", n)
			}
			w.app.Partners = nhd.NewClient(httpx.ClientOptions{}) // as on a server that is no demo
			owner.patch(path, map[string]any{"status": "accepted"}).is(409).reason("partner_address")
			same(t, "still", owner.get(path).ok().text("status"), "pending")
			for _, at := range []string{"http://desk.example/sharing", "https://127.0.0.1/x", "https://10.0.0.1", "https://[::1]/", "https://169.254.169.254/", "https://[fd00::1]/", "https://100.64.0.1/", "https://0.0.0.0/",
				"https://[::ffff:127.0.0.1]/", "https://224.0.0.1/", "https://desk.example:25/"} {
				owner.post("/partners", map[string]any{"address": at}).refused(422, "address")
			}
			w.connect()
		})
		t.Run("invitations are declined unseen, but for one through a one-time address", func(t *testing.T) {
			w.set("partners.decline_all", true)
			w.advance(time.Hour)
			same(t, "answer", fmt.Sprint(w.wire("acme", "POST", "/sharing/agreements/"+numbered(70), "", invitation(numbered(70))).status), "403")
			made := owner.post("/partner-invitations", map[string]any{"note": "for Umbrella"}).is(201)
			u, err := url.Parse(made.text("url"))
			w.must(err)
			same(t, "shown once", fmt.Sprint(strings.Contains(owner.get("/partner-invitations").ok().raw, "/sharing/i/")), "false")
			body := invitation(numbered(71), "receiver_url", made.text("url"))
			same(t, "another", fmt.Sprint(w.wire("acme", "POST", "/sharing/i/dmp_guessed/agreements/"+numbered(71), "", body).status), "404")
			same(t, "through it", fmt.Sprint(w.wire("acme", "POST", u.Path+"/agreements/"+numbered(71), "", body).status), "201")
			same(t, "again", fmt.Sprint(w.wire("acme", "POST", u.Path+"/agreements/"+numbered(71), "", body).status), "200")
			same(t, "a second one", fmt.Sprint(w.wire("acme", "POST", u.Path+"/agreements/"+numbered(72), "", invitation(numbered(72), "receiver_url", made.text("url"))).status), "404")
			same(t, "the agreement goes on there", fmt.Sprint(w.wire("acme", "GET", u.Path+"/agreements/"+numbered(71), numbered(71)+":"+someKey, nil).status), "200")
			list := owner.get("/partner-invitations").ok()
			same(t, "used by", list.at("items.0.partner_id").(fmt.Stringer).String(), strings.TrimPrefix(w.partner("owner"), "/partners/"))
			over := owner.post("/partner-invitations", map[string]any{}).is(201).text("url")
			w.advance(15 * 24 * time.Hour)
			owner = w.as("owner")
			u, err = url.Parse(over)
			w.must(err)
			same(t, "after its time", fmt.Sprint(w.wire("acme", "POST", u.Path+"/agreements/"+numbered(73), "", invitation(numbered(73), "receiver_url", over)).status), "404")
			owner.delete(fmt.Sprintf("/partner-invitations/%d", list.number("items.0.id"))).is(204)
			w.set("partners.decline_all", false)
		})
		t.Run("section 9 row 1: keys are kept sealed, and stand in no answer and no log", func(t *testing.T) {
			path, _, key := p.invited()
			db := w.plain()
			for _, table := range w.tables(db) {
				for _, row := range w.rows(db, `SELECT * FROM `+table) {
					if strings.Contains(row, key) {
						t.Errorf("the key stands in %s", table)
					}
				}
			}
			for _, at := range []string{path, "/partners", path + "/deliveries", "/audit", "/jobs", "/zendesk/sharing_agreements"} {
				if strings.Contains(owner.get(at).ok().raw, key) {
					t.Errorf("the key stands in %s", at)
				}
			}
		})
		t.Run("section 9 row 5: who has signed signs, and an overheard request is of no use later", func(t *testing.T) {
			uuid, key := numbered(80), numbered(81)
			w.advance(time.Hour)
			path := "/sharing/agreements/" + uuid
			same(t, "invited", fmt.Sprint(w.wire("acme", "POST", path, "", invitation(uuid, "access_key", key, "deskmesh", map[string]any{"version": 1})).status), "201")
			same(t, "unsigned before", fmt.Sprint(w.wire("acme", "GET", path, uuid+":"+key, nil).status), "200")
			signed := func(method, body string) []string {
				r, err := http.NewRequest(method, "http://acme.localhost"+path, nil)
				w.must(err)
				w.must(nhd.Sign(r, uuid, key, []byte(body), w.clock.now()))
				return []string{"Content-Digest", r.Header.Get("Content-Digest"), "Signature-Input", r.Header.Get("Signature-Input"), "Signature", r.Header.Get("Signature")}
			}
			body := `{"name":"Umbrella Signed"}`
			headers := signed("PUT", body)
			same(t, "signed", fmt.Sprint(w.wire("acme", "PUT", path, uuid+":"+key, body, headers...).status), "200")
			same(t, "unsigned after", fmt.Sprint(w.wire("acme", "GET", path, uuid+":"+key, nil).status), "401")
			same(t, "another body", fmt.Sprint(w.wire("acme", "PUT", path, uuid+":"+key, `{"name":"Umbrella Forged"}`, headers...).status), "401")
			same(t, "another method", fmt.Sprint(w.wire("acme", "GET", path, uuid+":"+key, body, headers...).status), "401")
			w.advance(16 * time.Minute)
			same(t, "later", fmt.Sprint(w.wire("acme", "PUT", path, uuid+":"+key, body, headers...).status), "401")
			same(t, "signed anew", fmt.Sprint(w.wire("acme", "PUT", path, uuid+":"+key, body, signed("PUT", body)...).status), "200")
			same(t, "name", owner.get(w.partner("owner")).ok().text("partner_name"), "Umbrella Signed")
		})
	})
}
