package httpapi_test

import (
	"fmt"
	"net/http/httptest"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// pair is acme, which invited, and globex, which accepted: two desks that speak to
// each other by the protocol, over the network of this machine.
type pair struct {
	*world
	url    string // of the server, without a host's name
	acme   int64  // the agreement, as acme has it
	globex int64
}

// allTerms let everything cross.
func allTerms(more ...any) map[string]any {
	terms := map[string]any{"public_comments": true, "private_comments": true, "status": true, "tags": true, "attachments": true, "fields": []string{"*"}, "history": "all", "only_marked": false}
	for i := 0; i+1 < len(more); i += 2 {
		terms[more[i].(string)] = more[i+1]
	}
	return terms
}

// deskPair makes an agreement by which acme shares its tickets with globex.
func (w *world) deskPair(terms map[string]any) *pair {
	w.Helper()
	p := &pair{world: w}
	p.listen()
	p.acme, p.globex = p.agree("acme", "globex", terms)
	return p
}

// listen puts both desks at addresses where they can be reached, and switches
// partners on.
func (p *pair) listen() {
	p.Helper()
	server := httptest.NewServer(p.handler)
	p.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	p.url = ":" + port
	for slug, d := range p.desks {
		_, err := p.app.SetSettings(p.Context(), p.system(slug), map[string]any{"partners.enabled": true})
		p.must(err)
		p.must(p.db.Write(p.Context(), store.Urgent, func(tx *store.Tx) error {
			a, err := tx.Account(d.id)
			if err != nil {
				return err
			}
			a.BaseURL = "http://" + d.host + p.url
			return tx.SetAccount(a)
		}))
	}
}

// agree has one desk invite another, which accepts, and gives the agreement as
// each has it.
func (p *pair) agree(from, to string, terms map[string]any) (int64, int64) {
	p.Helper()
	made := p.as(from+"/owner").post("/partners", map[string]any{"address": "http://" + p.desks[to].host + p.url + "/sharing", "name": "Partner " + to, "terms": terms}).is(201).ok()
	p.drain()
	theirs := p.as(to + "/owner").get("/partners?status=pending&direction=inbound").ok().number("items.0.id")
	p.as(to+"/owner").patch(fmt.Sprintf("/partners/%d", theirs), map[string]any{"status": "accepted", "name": "Partner " + from}).ok()
	p.drain()
	if status := p.as(from + "/owner").get(fmt.Sprintf("/partners/%d", made.number("id"))).ok().text("status"); status != "accepted" {
		p.Fatalf("the agreement is %s", status)
	}
	return made.number("id"), theirs
}

// ticket files one and gives its number.
func (p *pair) ticket(who, subject string, more ...any) int64 {
	p.Helper()
	desk, _ := p.split(who)
	body := map[string]any{"subject": subject, "text": "It all began with " + subject, "inbox_id": desk.inboxes["support"]}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return p.as(who).post("/tickets", body).is(201).ok().number("number")
}

// share shares a ticket of acme with globex, and gives its number there.
func (p *pair) share(number int64, more ...any) int64 {
	p.Helper()
	body := map[string]any{"partner_ids": []int64{p.acme}}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	p.as("owner").post(fmt.Sprintf("/tickets/%d/partners", number), body).is(201).ok()
	p.drain()
	return p.copyOf(number)
}

// copyOf gives the number that a ticket of acme has at globex; 0 for none.
func (p *pair) copyOf(number int64) int64 {
	p.Helper()
	a := p.as("owner").get(fmt.Sprintf("/tickets/%d", number)).ok()
	var n int64
	fmt.Sscan(a.text("partners.0.remote_number"), &n)
	return n
}

// state gives the newest link of a ticket.
func (p *pair) link(who string, number int64) *answer {
	p.Helper()
	return p.as(who).get(fmt.Sprintf("/tickets/%d/partners", number)).ok()
}

// say adds a message and lets it cross.
func (p *pair) say(who string, number int64, kind dm.MessageKind, text string, more ...any) int64 {
	p.Helper()
	body := map[string]any{"kind": kind, "text": text}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	id := p.as(who).post(fmt.Sprintf("/tickets/%d/messages", number), body).is(201).ok().number("id")
	p.drain()
	return id
}

// set changes a ticket and lets it cross.
func (p *pair) change(who string, number int64, body map[string]any) {
	p.Helper()
	p.as(who).patch(fmt.Sprintf("/tickets/%d", number), body).ok()
	p.drain()
}

// texts lists a ticket's messages as "kind: text".
func (p *pair) texts(who string, number int64) []string {
	p.Helper()
	a := p.as(who).get(fmt.Sprintf("/tickets/%d/messages?limit=200", number)).ok()
	list := []string{}
	for i := range a.list("items") {
		list = append(list, a.text(fmt.Sprintf("items.%d.kind", i))+": "+a.text(fmt.Sprintf("items.%d.text", i)))
	}
	return list
}

// value gives one member of a ticket.
func (p *pair) value(who string, number int64, path string) any {
	p.Helper()
	return p.as(who).get(fmt.Sprintf("/tickets/%d", number)).ok().at(path)
}

// acme0 gives the id of an inbox of acme.
func (p *pair) acme0(inbox string) int64 { return p.desks["acme"].inboxes[inbox] }
