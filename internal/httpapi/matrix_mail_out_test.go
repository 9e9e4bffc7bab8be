package httpapi_test

import (
	"fmt"
	"strings"
)

// The doors of mail that left join those of matrix_test.go.
func init() {
	doors["mails sent"] = mailsSentDoor
}

// mailsSentDoor: whom the mails of a ticket went to is shown to agents who may
// read its notes; the account's log tells nobody more.
func mailsSentDoor(m *matrix, e expected) {
	c := m.as(e.who)
	for i, name := range m.order {
		n, marked := m.tickets[name].number, fmt.Sprintf("ocelot%d@outside.example", i)
		if m.countOf(fmt.Sprintf("SELECT COUNT(*) FROM outgoing_mails WHERE address = '%s'", marked)) == "0" {
			m.exec(fmt.Sprintf(`INSERT INTO outgoing_mails (account_id, job_id, job_kind, job_args, ticket_id, address, kind, state, detail, created_at, updated_at)
SELECT %d, %d, 'notify.mail', '{}', id, '%s', 'reply', 'failed', 'wild ocelot', 1, 1 FROM tickets WHERE account_id = %[1]d AND number = %[4]d`, m.acme().id, 900000+i, marked, n))
		}
		may := e.has("internal", name) && agentOf(e.who)
		a := c.get(at(n, "mails") + "?limit=200")
		if shown := a.status == 200 && strings.Contains(a.raw, marked); shown != may {
			m.Errorf("%s: the mails sent are shown: %v, expected %v (%d)", name, shown, may, a.status)
		}
		if !e.has("open", name) && a.status != 404 && a.status != 401 {
			m.Errorf("%s: the mails sent answer %d where the ticket cannot be opened", name, a.status)
		}
		log := c.get("/mails?limit=200&state=failed")
		if shown := log.status == 200 && strings.Contains(log.raw, marked); shown && !may || log.status == 200 && may && !shown {
			m.Errorf("%s: the account's log shows a mail: %v, expected %v", name, shown, may)
		}
	}
}
