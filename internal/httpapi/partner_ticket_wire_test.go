package httpapi_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	wireTicket = "77a657fdf7099f5e9c1a7d099b28c8b52a31ebe1"
	wireAgent  = "8c9b8e9bf7774dab289dd85b65975ebf975f7582"
)

// newTicketBody is a ticket as a widespread client library sends it, in values of
// our own.
func newTicketBody(file string) string {
	return `{"uuid":"` + wireTicket + `","subject":"Lift stuck","requested_at":"2011-01-17 01:01:01 -0800","status":"open",
"requester":{"uuid":"996c3ddb0ab083e708ed23ac7b85be6d7c777600","name":"Pat User","role":"user"},"comments":[
{"uuid":"a15834260d8e15919227f36e4f1db3385ebb7c01","author":{"uuid":"996c3ddb0ab083e708ed23ac7b85be6d7c777600","name":"Pat User","role":"user"},"body":"It hangs","html_body":"<p>It <b>hangs</b><script>alert(1)</script></p>","authored_at":"2011-01-17T09:01:01Z","public":true,"attachments":null,"custom_fields":null},
{"uuid":"b24d163d89697f222c7b264da73d4223105c3502","author":{"uuid":"` + wireAgent + `","name":"Sam Agent","role":"agent"},"body":"Private note","html_body":null,"authored_at":"2011-01-17 09:01:01 +0000","public":false,
"attachments":[{"url":"` + file + `","filename":"lift.txt","content_type":"text/plain","display_filename":"the lift.txt"}],"custom_fields":{"zendesk":{"metadata":{"k":"v"}}}}],
"current_actor":{"uuid":"` + wireAgent + `","name":"Sam Agent","role":"agent"},"tags":["hardware","lift"],"original_id":1,"custom_fields":{"zendesk":{"Severity":"high","Count":2}},"custom_status":"Waiting"}`
}

// updateBody is an update as that library sends it: null for all it does not say.
func updateBody(status, comments string) string {
	return `{"uuid":"` + wireTicket + `","subject":null,"requested_at":null,"status":` + status + `,"requester":null,"comments":[` + comments + `],"current_actor":null,"tags":null,"original_id":null,"custom_fields":null,"custom_status":null}`
}

// TestWireOfTickets is the ticket half of the checklist of the protocol, and the
// requests that a widespread client library makes, against the running server.
func TestWireOfTickets(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		p := &pair{world: w}
		p.listen()
		other := w.elsewhere()
		files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/big" {
				io.Copy(w, strings.NewReader(strings.Repeat("x", 1<<20)))
				return
			}
			io.WriteString(w, "the lift hangs")
		}))
		t.Cleanup(files.Close)
		// They invite us.
		const key, agreement = "13a5b8a7b2e181736b4cad2391e48691b4434fd1", "63a59a1868938b85f6fb0ef2b2b0675caa8629a1"
		host := strings.Replace(other.url, "127.0.0.1", "maker.localhost", 1)
		p.wire("POST", "/agreements/"+agreement, "", `{"receiver_url":"http://`+p.desks["acme"].host+p.url+`/sharing","sender_url":"`+host+`/sharing","status":"pending","uuid":"`+agreement+`","access_key":"`+key+`","name":"Maker",
"current_actor":null,"sync_tags":true,"sync_custom_fields":true,"allows_public_comments":true}`, 201)
		token := agreement + ":" + key
		path := "/tickets/" + wireTicket
		t.Run("a ticket before the agreement is accepted is 403", func(t *testing.T) {
			p.wire("POST", path, token, newTicketBody(files.URL+"/a"), 403)
		})
		id := p.as("owner").get("/partners").ok().number("items.0.id")
		p.as("owner").patch(fmt.Sprintf("/partners/%d", id), map[string]any{"status": "accepted", "name": "Maker"}).ok()
		p.drain()
		t.Run("what is wrong is refused from the clean set of statuses", func(t *testing.T) {
			for _, tc := range []struct {
				method, path, token, body string
				status                    int
			}{
				{"POST", path, "", newTicketBody("x"), 401}, {"POST", path, agreement + ":wrong", newTicketBody("x"), 401}, {"POST", path, "unknown:" + key, newTicketBody("x"), 401},
				{"POST", path, token, `[]`, 422}, {"POST", path, token, `{`, 422}, {"POST", path, token, ``, 422}, {"POST", path, token, `{"uuid":"other"}`, 422},
				{"PATCH", path, token, `{}`, 405}, {"PUT", path, token, `{}`, 404}, {"DELETE", path, token, ``, 404}, {"GET", path, token, ``, 404}, {"POST", "/tickets/..%2f", token, `{}`, 422},
			} {
				p.wire(tc.method, tc.path, tc.token, tc.body, tc.status)
			}
		})
		number := int64(0)
		t.Run("a ticket with everything is taken, double slashes and all", func(t *testing.T) {
			p.wire("POST", "//tickets/"+wireTicket, token, newTicketBody(files.URL+"/a"), 201)
			p.drain()
			number = p.as("owner").get("/tickets?filter={\"field\":\"partner_from\",\"op\":\"not_empty\"}").ok().numbers()[0]
			a := p.as("owner").get(fmt.Sprintf("/tickets/%d", number)).ok()
			if a.text("subject") != "Lift stuck" || a.text("partners.0.remote_number") != "1" || a.text("partners.0.requester") != "Pat User" {
				t.Errorf("it came as %s", a.raw)
			}
			if d := cmp.Diff([]string{"reply: It hangs", "note: Private note"}, p.texts("owner", number)); d != "" {
				t.Error(d)
			}
			m := p.as("owner").get(fmt.Sprintf("/tickets/%d/messages", number)).ok()
			if strings.Contains(m.text("items.0.html"), "script") || m.text("items.0.foreign.name") != "Pat User" {
				t.Errorf("message %v", m.at("items.0"))
			}
			if m.text("items.1.attachments.0.name") != "the lift.txt" {
				t.Errorf("files %v", m.at("items.1.attachments"))
			}
			if got := p.as("owner").get(fmt.Sprintf("/partners/%d/fields", id)).ok().raw; !strings.Contains(got, "Severity") {
				t.Errorf("fields that nobody has are noted: %s", got)
			}
		})
		t.Run("the same again changes nothing, another content is 422", func(t *testing.T) {
			p.wire("POST", path, token, newTicketBody(files.URL+"/a"), 200)
			p.wire("POST", path, token, strings.Replace(newTicketBody("x"), "Lift", "Door", 1), 422)
		})
		t.Run("forged actors get no rights, and no people are made of them", func(t *testing.T) {
			before := len(p.as("owner").get("/people?limit=200").ok().list("items"))
			p.wire("PUT", path, token, updateBody("null", `{"uuid":"forged","author":{"uuid":"x","name":"Olga Owner","role":"agent"},"body":"I am the owner","public":true}`), 200)
			m := p.as("owner").get(fmt.Sprintf("/tickets/%d/messages", number)).ok()
			if m.at("items.2.author") != nil || m.text("items.2.foreign.partner.name") != "Maker" {
				t.Errorf("it is %v", m.at("items.2"))
			}
			if after := len(p.as("owner").get("/people?limit=200").ok().list("items")); after != before {
				t.Errorf("there are %d people more", after-before)
			}
		})
		t.Run("public absent, null and false", func(t *testing.T) {
			author := `"author":{"uuid":"` + wireAgent + `","name":"Sam Agent"}`
			p.wire("PUT", path, token, updateBody("null", `{"uuid":"p1",`+author+`,"body":"absent"},{"uuid":"p2",`+author+`,"body":"null","public":null},{"uuid":"p3",`+author+`,"body":"false","public":false}`), 200)
			if got := p.texts("owner", number); !slices.Equal(got[3:], []string{"reply: absent", "note: null", "note: false"}) {
				t.Errorf("they are %v", got[3:])
			}
		})
		t.Run("status words, with nulls for the rest", func(t *testing.T) {
			for _, tc := range [][2]string{{`"pending"`, "pending"}, {`"hold"`, "open"}, {`"closed"`, "solved"}, {`"strange"`, "solved"}, {`"open"`, "open"}} {
				p.wire("PUT", path, token, updateBody(tc[0], ""), 200)
				if got := p.value("owner", number, "status"); got != tc[1] {
					t.Errorf("after %s it is %v", tc[0], got)
				}
			}
			if got := p.value("owner", number, "tags.1"); got != "lift" {
				t.Errorf("its tags changed to %v", got)
			}
		})
		t.Run("our answer goes out in the protocol's form", func(t *testing.T) {
			p.drain()
			other.take()
			p.say("owner", number, "reply", "We <b> & come")
			bodies, calls := other.take()
			if len(calls) != 1 || calls[0] != "PUT /sharing"+path || !strings.Contains(bodies[0], `"body":"We <b> & come"`) || !strings.Contains(bodies[0], `"public":true`) {
				t.Errorf("%v %v", calls, bodies)
			}
		})
		t.Run("a status that goes to and fro is left alone", func(t *testing.T) {
			for i := range 30 {
				p.wire("PUT", path, token, updateBody([]string{`"pending"`, `"open"`}[i%2], ""), 200)
			}
			a := p.link("owner", number)
			if a.at("items.0.status_frozen") != true {
				t.Errorf("it goes on: %s", a.raw)
			}
			p.as("owner").post(fmt.Sprintf("/tickets/%d/partners/%d/resume", number, a.number("items.0.id")), nil).ok()
			if p.link("owner", number).at("items.0.status_frozen") != false {
				t.Error("it is not resumed")
			}
		})
		t.Run("files that are too large, inside the network or missing are said to be missing", func(t *testing.T) {
			w.set("attachments.max_bytes", 4096)
			p.wire("PUT", path, token, updateBody("null", `{"uuid":"f1","author":{"uuid":"x","name":"S"},"body":"files","attachments":[{"url":"`+files.URL+`/big","filename":"big.bin"},{"url":"http://10.0.0.1/x","filename":"inside.txt"},{"url":"x:","filename":"odd.txt"}]}`), 200)
			p.drain()
			m := p.as("owner").get(fmt.Sprintf("/tickets/%d/messages?limit=100", number)).ok()
			last := fmt.Sprintf("items.%d.", len(m.list("items"))-1)
			if got := m.list(last + "missing_files"); len(got) != 3 || len(m.list(last+"attachments")) != 0 {
				t.Errorf("the message is %v", m.at(last+"missing_files"))
			}
		})
		t.Run("a ticket of another agreement is 404, ours sent back is a loop", func(t *testing.T) {
			second := w.elsewhere()
			_, _, foreign := p.befriend(second, allTerms())
			p.wire("PUT", path, foreign, updateBody(`"solved"`, ""), 404)
			p.wire("DELETE", path, foreign, "", 404)
			p.wire("POST", path, token[:40]+"x:"+key, newTicketBody("x"), 401)
			own := p.ticket("owner", "Ours")
			seconds := p.as("owner").get("/partners?direction=outbound&status=accepted").ok().number("items.0.id")
			p.as("owner").post(fmt.Sprintf("/tickets/%d/partners", own), map[string]any{"partner_ids": []int64{seconds}}).is(201)
			p.drain()
			_, calls := second.take()
			uuid := strings.TrimPrefix(calls[len(calls)-1], "POST /nhd/tickets/")
			p.wire("POST", "/tickets/"+uuid, token, strings.ReplaceAll(newTicketBody("x"), wireTicket, uuid), 422)
		})
		t.Run("GET shows the ticket and never the key", func(t *testing.T) {
			got := p.wire("GET", path, token, "", 200)
			if !strings.Contains(got, "Lift stuck") || strings.Contains(got, key) {
				t.Errorf("%s", got)
			}
		})
		t.Run("DELETE leaves an orphan, a second one is 410", func(t *testing.T) {
			p.wire("DELETE", path, token, "", 200)
			p.wire("DELETE", path, token, "", 410)
			p.wire("PUT", path, token, updateBody(`"open"`, ""), 410)
			if got := p.link("owner", number).text("items.0.state"); got != "orphaned" {
				t.Errorf("it is %s", got)
			}
		})
		t.Run("a detached ticket answers 410, and nothing crosses when the agreement is over", func(t *testing.T) {
			p.wire("POST", "/tickets/second", token, strings.ReplaceAll(newTicketBody("x"), wireTicket, "second"), 201)
			n := p.as("owner").get("/tickets?filter={\"field\":\"partner_from\",\"op\":\"not_empty\"}&sort=-created").ok().numbers()
			first := slices.Max(n)
			link := p.link("owner", first).number("items.0.id")
			p.as("owner").post(fmt.Sprintf("/tickets/%d/partners/%d/detach", first, link), nil).ok()
			p.wire("PUT", "/tickets/second", token, `{"status":"solved"}`, 410)
			p.wire("POST", "/tickets/third", token, strings.ReplaceAll(newTicketBody("x"), wireTicket, "third"), 201)
			p.as("owner").patch(fmt.Sprintf("/partners/%d", id), map[string]any{"status": "inactive"}).ok()
			p.wire("PUT", "/tickets/third", token, `{"status":"solved"}`, 403)
			p.wire("POST", "/tickets/fourth", token, `{"uuid":"fourth"}`, 403)
		})
	})
}

func TestFilesToPartners(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		p := w.deskPair(allTerms())
		other := w.elsewhere()
		id, _, _ := p.befriend(other, allTerms())
		number := p.ticket("owner", "With a file")
		file := w.as("owner").with("Content-Type", "application/octet-stream").post("/attachments?name=plan.txt", "the plan").is(201).number("id")
		p.say("owner", number, "note", "See here", "attachments", []int64{file})
		there := p.share(number)
		m := p.as("globex/owner").get(fmt.Sprintf("/tickets/%d/messages", there)).ok()
		if m.text("items.1.attachments.0.name") != "plan.txt" {
			t.Fatalf("there it has %v: %s", m.at("items.1.attachments"), m.raw)
		}
		p.as("owner").post(fmt.Sprintf("/tickets/%d/partners", number), map[string]any{"partner_ids": []int64{id}}).is(201)
		p.drain()
		bodies, _ := other.take()
		_, address, _ := strings.Cut(strings.Join(bodies, ""), `"url":"http://`+p.desks["acme"].host+p.url+"/sharing")
		address, _, _ = strings.Cut(address, `"`)
		if got := p.wire("GET", address, "", "", 200); got != "the plan" {
			t.Errorf("it holds %q", got)
		}
		t.Run("the address of a file is bound to agreement, ticket and file", func(t *testing.T) {
			parts := strings.Split(address, "/") // "", files, ticket, file, sign, name
			for at, bad := range map[int]string{2: strings.Repeat("a", 40), 3: "999", 4: strings.Repeat("b", 40)} {
				wrong := slices.Clone(parts)
				wrong[at] = bad
				p.wire("GET", strings.Join(wrong, "/"), "", "", 404)
			}
		})
		t.Run("the address is revoked with the share", func(t *testing.T) {
			a := p.link("owner", number)
			p.as("owner").delete(fmt.Sprintf("/tickets/%d/partners/%d", number, a.number("items.0.id"))).ok()
			p.wire("GET", address, "", "", 404)
		})
	})
}
