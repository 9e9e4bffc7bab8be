package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// ownDesk is a desk in a process of its own that shares tickets with others.
type ownDesk struct {
	t       *testing.T
	name    string
	dsn     string
	data    string
	program *program
	proxy   *faultProxy // nil where other desks reach it directly
	owner   *browser
	inbox   int64
	field   int64            // of an own field, Cause
	agreed  map[string]int64 // other desk -> the agreement by which tickets go there
}

// newOwnDesk makes an account, starts its server and lets its owner in. Other
// desks reach it through proxy.
func newOwnDesk(t *testing.T, name, dsn string, proxy *faultProxy, flags ...string) *ownDesk {
	t.Helper()
	d := &ownDesk{t: t, name: name, dsn: dsn, data: t.TempDir(), proxy: proxy, agreed: map[string]int64{}}
	listen := freeAddress(t)
	_, port, _ := net.SplitHostPort(listen)
	if proxy != nil {
		port = proxy.port
		proxy.set(func() { proxy.desk = listen })
	}
	link := createAccount(t, dsn, name, d.host(), "http://"+d.host()+":"+port)
	// A demo may reach desks on this machine; the account is there before it, so that it brings no data.
	args := append([]string{"--db", dsn, "--data", d.data, "--limit-caller", "0", "--limit-address", "0", "--limit-partner", "0", "--demo", "--access-log", "off"}, flags...)
	d.program = startAt(t, listen, freeAddress(t), args)
	openSetupLink(t, d.program.visitor(d.host()), link, url.Values{"desk": {name}, "name": {"Olga Owner"}, "password": {password}, "sharing": {"on"}})
	d.owner = d.program.as(d.host(), "olga@acme.example", password)
	d.owner.want(200, "PATCH", "/api/v1/settings", map[string]any{"partners.enabled": true})
	d.inbox = int64(d.owner.get("/api/v1/inboxes").items()[0]["id"].(float64))
	d.field = d.owner.want(201, "POST", "/api/v1/ticket-fields", map[string]any{"name": "Cause", "kind": "text"}).number("id")
	return d
}

func (d *ownDesk) host() string { return strings.ToLower(d.name) + ".localhost" }

// dsnFor gives an empty database for a desk.
func dsnFor(t *testing.T, engine string) string {
	t.Helper()
	if engine == "postgres" {
		return pgtest.Empty(t)
	}
	return "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
}

// wholeTerms let everything cross, narrowTerms no more than public comments and the
// status; the subject crosses under all terms.
var (
	wholeTerms  = map[string]any{"public_comments": true, "private_comments": true, "status": true, "tags": true, "attachments": true, "fields": []string{"*"}, "history": "all", "only_marked": false}
	narrowTerms = map[string]any{"public_comments": true, "private_comments": false, "status": true, "tags": false, "attachments": false, "fields": []string{}, "history": "all", "only_marked": false}
)

// agree has the desk invite another, which accepts.
func (d *ownDesk) agree(other *ownDesk, terms map[string]any) {
	d.t.Helper()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(other.program.base, "http://"))
	if other.proxy != nil {
		port = other.proxy.port
	}
	id := d.owner.want(201, "POST", "/api/v1/partners", map[string]any{"address": "http://" + other.host() + ":" + port + "/sharing", "name": other.name, "terms": terms}).number("id")
	var theirs any
	eventually(d.t, "the invitation arrives", func() bool {
		for _, it := range other.owner.get("/api/v1/partners?status=pending&direction=inbound").items() {
			theirs = it["id"]
		}
		return theirs != nil
	})
	other.owner.want(200, "PATCH", fmt.Sprintf("/api/v1/partners/%v", theirs), map[string]any{"status": "accepted", "name": d.name})
	eventually(d.t, "the agreement is in force", func() bool {
		return d.owner.get(fmt.Sprintf("/api/v1/partners/%d", id)).body["status"] == "accepted"
	})
	d.agreed[other.name] = id
}

// insist asks until the desk answers, which may be down for a while. A key makes
// sure that a POST is done once.
func (d *ownDesk) insist(method, path string, body any, key string) (*answer, error) {
	raw, kind := []byte(nil), "application/json"
	switch b := body.(type) {
	case []byte:
		raw, kind = b, "application/octet-stream"
	default:
		var err error
		if raw, err = json.Marshal(b); err != nil {
			return nil, err
		}
	}
	headers := []string{"Content-Type", kind}
	if key != "" {
		headers = append(headers, "Idempotency-Key", key)
	}
	deadline := time.Now().Add(2 * time.Minute)
	for {
		a, err := d.owner.send(method, "/api/v1"+path, raw, headers...)
		switch {
		case err == nil && a.status < 500:
			if a.status >= 300 {
				return nil, fmt.Errorf("%s %s answers %d: %s", method, path, a.status, a.raw)
			}
			return a, nil
		case time.Now().After(deadline):
			return nil, fmt.Errorf("%s %s has no answer for two minutes: %v", method, path, err)
		}
		time.Sleep(5 * time.Millisecond) // before the next try
	}
}

// again ends the desk as a power cut would, and starts it.
func (d *ownDesk) again() {
	d.t.Helper()
	d.program.kill()
	d.program = d.program.again()
}

// ticket files one and gives its number.
func (d *ownDesk) ticket(subject string) int64 {
	d.t.Helper()
	return d.owner.want(http.StatusCreated, "POST", "/api/v1/tickets", map[string]any{"subject": subject, "text": "It all began with " + subject, "inbox_id": d.inbox}).number("number")
}

// share shares a ticket with another desk, and gives its number there.
func (d *ownDesk) share(number int64, other *ownDesk) int64 {
	d.t.Helper()
	d.owner.want(201, "POST", fmt.Sprintf("/api/v1/tickets/%d/partners", number), map[string]any{"partner_ids": []int64{d.agreed[other.name]}})
	var there int64
	eventually(d.t, "the ticket arrives", func() bool {
		link := d.link(number, other.name, "sent")
		_, _ = fmt.Sscan(fmt.Sprint(link["remote_number"]), &there)
		return there > 0
	})
	return there
}

// link is how a ticket's newest link with another desk stands; nil for none.
func (d *ownDesk) link(number int64, other, direction string) map[string]any {
	d.t.Helper()
	for _, it := range d.owner.get(fmt.Sprintf("/api/v1/tickets/%d/partners", number)).items() {
		if partner, _ := it["partner"].(map[string]any); partner["name"] == other && it["direction"] == direction {
			return it
		}
	}
	return nil
}

// waiting counts the messages that wait for other desks.
func (d *ownDesk) waiting() (n int64) {
	d.t.Helper()
	for _, it := range d.owner.get("/api/v1/partners").items() {
		n += int64(it["waiting"].(float64))
	}
	return n
}

// hurry has what waits for its next try sent at once, as an administrator would.
func (d *ownDesk) hurry() {
	d.t.Helper()
	for _, it := range d.owner.get("/api/v1/partners").items() {
		for _, paused := range []bool{true, false} {
			d.owner.want(200, "PATCH", fmt.Sprintf("/api/v1/partners/%v", it["id"]), map[string]any{"paused": paused})
		}
	}
}
