package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
)

// Partners in the access matrix: partner/notes has an agreement that lets private
// comments cross, partner/public one that does not. Every ticket of the file is
// tried with them; open is what they are told of, internal where with notes.
var partnerDoors = map[string]func(*matrix, expected){
	"what is sent and shown to a partner, with its files": func(m *matrix, e expected) {
		p := &pair{world: m.world}
		p.listen()
		l := m.elsewhere()
		id, _, token := p.befriend(l, allTerms("private_comments", e.who == "partner/notes", "fields", []string{}))
		for _, name := range m.order {
			x := m.tickets[name]
			made := m.as("owner").post(at(x.number, "partners"), map[string]any{"partner_ids": []int64{id}})
			m.drain()
			bodies, calls := l.take()
			text := strings.Join(bodies, "\n")
			if !e.has("open", name) {
				if made.status == 201 && text != "" || text != "" {
					m.Errorf("%s: sharing answers %d, and they are told %s", name, made.status, text)
				}
				continue
			}
			if made.status != 201 || len(calls) != 1 {
				m.Errorf("%s: sharing answers %d, they are told %v", name, made.status, calls)
				continue
			}
			m.partnerReads(e, name, text)
			uuid := strings.TrimPrefix(calls[0], "POST /nhd/tickets/")
			m.partnerReads(e, name, text+p.wire("GET", "/tickets/"+uuid, token, "", http.StatusOK))
			for file, set := range map[string]string{"reply-": "open", "note-": "internal"} {
				_, address, named := strings.Cut(text, "/sharing/files/"+uuid+"/")
				for named && !strings.Contains(address[:strings.Index(address, `"`)], "/"+file) {
					_, address, named = strings.Cut(address, "/sharing/files/"+uuid+"/")
				}
				if named != e.has(set, name) {
					m.Errorf("%s: the file of a %s is named: %v", name, file, named)
				}
				if named {
					p.wire("GET", "/files/"+uuid+"/"+address[:strings.Index(address, `"`)], "", "", http.StatusOK)
				}
			}
			link := m.as("owner").get(at(x.number, "partners")).ok().number("items.0.id")
			m.as("owner").delete(fmt.Sprint(at(x.number, "partners"), "/", link)).ok()
			m.drain()
			l.take()
			p.wire("GET", "/tickets/"+uuid, token, "", http.StatusGone)
			m.as("owner").post(at(x.number, "messages"), map[string]any{"kind": "reply", "text": "public heron"}).is(201)
			m.drain()
			if bodies, _ := l.take(); len(bodies) != 0 {
				m.Errorf("%s: told after the end: %v", name, bodies)
			}
		}
		// Nothing but the protocol is open to whoever has its key.
		for _, path := range []string{"/tickets", at(1), "/partners", "/search"} {
			r := httptest.NewRequestWithContext(m.Context(), http.MethodGet, "/api/v1"+path, nil)
			r.Host = m.acme().host
			r.Header.Set("X-Ticket-Sharing-Token", token)
			r.Header.Set("Authorization", "Bearer "+token)
			rec := httptest.NewRecorder()
			m.handler.ServeHTTP(rec, r)
			if rec.Code != http.StatusUnauthorized && rec.Code != http.StatusNotFound {
				m.Errorf("a partner's key at %s answers %d", path, rec.Code)
			}
		}
	},
}

// partnerReads compares what a partner is told of a ticket with what they may be.
func (m *matrix) partnerReads(e expected, name, text string) {
	m.Helper()
	if !strings.Contains(text, "public word of "+name) || !strings.Contains(text, "answer of "+name) || strings.Contains(text, "toucan of "+name) != e.has("internal", name) {
		m.Errorf("%s: they read %s", name, text)
	}
	for _, other := range m.order {
		if other != name && (strings.Contains(text, " of "+other+`"`) || strings.Contains(text, "Matrix "+other+" ")) {
			m.Errorf("%s tells of %s: %s", name, other, text)
		}
	}
}
