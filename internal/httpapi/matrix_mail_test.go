package httpapi_test

import (
	"fmt"
	"strings"
)

// The doors of mail that came in join those of matrix_test.go.
func init() {
	doors["suggested mails"] = suggestedMailsDoor
	doors["the source of mails"] = mailSourceDoor
}

// suggestedMailsDoor: what a stranger wrote on a ticket is shown to agents who may
// read its notes, and to nobody by a share or a list more.
func suggestedMailsDoor(m *matrix, e expected) {
	c := m.as(e.who)
	for _, name := range m.order {
		n := m.tickets[name].number
		if m.countOf(fmt.Sprintf("SELECT COUNT(*) FROM mail_suggestions s JOIN tickets t ON t.account_id = s.account_id AND t.id = s.ticket_id WHERE t.number = %d AND t.account_id = %d", n, m.acme().id)) == "0" {
			m.exec(fmt.Sprintf(`INSERT INTO raw_mails (account_id, envelope_from, recipient, remote_ip, size, blob_key, state, ticket_id, created_at)
SELECT %[1]d, 'eve@elsewhere.example', 'x@acme.example', '', 0, '', 'held', id, 1 FROM tickets WHERE account_id = %[1]d AND number = %[2]d`, m.acme().id, n))
			m.exec(fmt.Sprintf(`INSERT INTO mail_suggestions (account_id, raw_mail_id, ticket_id, reason, subject, text, created_at)
SELECT %[1]d, (SELECT MAX(id) FROM raw_mails), id, 'stranger', 'Re', 'wild ocelot of %[3]s', 1 FROM tickets WHERE account_id = %[1]d AND number = %[2]d`, m.acme().id, n, name))
		}
		a := c.get(at(n, "suggested-mails"))
		may := e.has("internal", name) && agentOf(e.who)
		if shown := a.status == 200 && strings.Contains(a.raw, "ocelot"); shown != may {
			m.Errorf("%s: suggested mails are shown: %v, expected %v (%d)", name, shown, may, a.status)
		}
		if !e.has("open", name) && a.status != 404 && a.status != 401 {
			m.Errorf("%s: suggested mails answer %d where the ticket cannot be opened", name, a.status)
		}
	}
}

// mailSourceDoor: a message that is no mail has no source, and whoever cannot open
// the ticket is not told which it is.
func mailSourceDoor(m *matrix, e expected) {
	for _, name := range m.order {
		x := m.tickets[name]
		for _, id := range []int64{x.replyID, x.noteID} {
			for _, part := range []string{"source", "original"} {
				a := m.as(e.who).get(at(x.number, "messages", fmt.Sprint(id), part))
				switch may := e.has("internal", name) && agentOf(e.who); {
				case a.status == 401 && !e.has("open", name):
				case may && part == "source" && a.status == 403: // it also needs inboxes.manage
				case may && a.status != 404, !e.has("open", name) && a.status != 404, !may && e.has("open", name) && a.status != 403:
					m.Errorf("%s: %s answers %d", name, part, a.status)
				}
			}
		}
	}
}
