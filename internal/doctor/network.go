package doctor

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/deskmesh/deskmesh/internal/mail/smtpout"
	"github.com/deskmesh/deskmesh/internal/store"
)

// askTime bounds one question over the network.
const askTime = 5 * time.Second

func (d *doctor) http(ctx context.Context) { d.port(ctx, "http port", "--listen", d.Listen, isDesk) }
func (d *doctor) mailIn(ctx context.Context) {
	d.port(ctx, "mail port", "--smtp-listen", d.SMTPListen, d.isOurMail)
}
func (d *doctor) metrics(ctx context.Context) {
	d.port(ctx, "metrics port", "--metrics-listen", d.MetricsListen, isDesk)
}

// port looks whether an address is free or taken by a desk that runs.
func (d *doctor) port(ctx context.Context, check, flag, address string, ours func(context.Context, string) bool) {
	if address == "" {
		d.ok(check, "It is switched off (%s).", flag)
		return
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		l.Close()
		d.ok(check, "%s is free.", address)
	case !errors.Is(err, syscall.EADDRINUSE):
		d.fail(check, "It cannot be listened on: "+err.Error(), "Look at "+flag+"; ports below 1024 need a permission.")
	case ours(ctx, reachable(address)):
		d.ok(check, "%s is taken by a desk that runs.", address)
	default:
		d.fail(check, address+" is taken by another program.", "End that program, or choose another port in "+flag+".")
	}
}

// reachable is where an address that one listens on is reached from this machine.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// isDesk asks /healthz.
func isDesk(ctx context.Context, address string) bool {
	status, err := askHealth(ctx, "http://"+address)
	return err == nil && status == "ok"
}

// askHealth gives the status word of the desk at a base URL.
func askHealth(ctx context.Context, base string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base, "/")+"/healthz", nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var state struct {
		Status string `json:"status"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, 10_000)).Decode(&state); err != nil {
		return "", fmt.Errorf("what answers (%s) is no desk", answer.Status)
	}
	return state.Status, nil
}

// isOurMail reads how a mail server greets (RFC 5321 section 3.1).
func (d *doctor) isOurMail(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	line, err := bufio.NewReader(io.LimitReader(conn, 1000)).ReadString('\n')
	return err == nil && strings.HasPrefix(line, "220 "+d.Hello+" ")
}

// mailOut speaks to the mail server as far as one can without a message.
func (d *doctor) mailOut(ctx context.Context) {
	const check = "outgoing mail"
	if d.SMTPOut == "" {
		if d.Demo {
			d.ok(check, "It is kept in the demo mailbox.")
			return
		}
		d.warn(check, "No mail server is named, so that mail waits in the queue.", "Name one in --smtp-out.")
		return
	}
	client, err := smtpout.New(d.SMTPOut, smtpout.Hello(d.Hello), smtpout.Timeout(askTime))
	if err != nil {
		d.fail(check, "The address of the mail server cannot be used.", "Look at --smtp-out.")
		return
	}
	defer client.Close()
	encrypted, err := client.Check(ctx)
	switch {
	case err != nil:
		d.fail(check, "The mail server does not take mail from here: "+err.Error(), "Look at --smtp-out: address, port, name and password, and the way there.")
	case !encrypted && !onThisMachine(d.SMTPOut):
		d.warn(check, "The mail server takes mail, but without encryption.", "Use a server that offers STARTTLS, or smtps://, unless the way there is safe by itself.")
	default:
		d.ok(check, "The mail server takes mail from here.")
	}
}

// onThisMachine says whether a URL leads nowhere else.
func onThisMachine(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback())
}

// accounts looks at the addresses of the desks.
func (d *doctor) accounts(ctx context.Context) {
	const check = "desks"
	type desk struct{ slug, base string }
	var desks []desk
	err := d.db.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Accounts()
		for _, a := range list {
			desks = append(desks, desk{a.Slug, a.BaseURL})
		}
		return err
	})
	switch {
	case err != nil:
		d.fail(check, "The desks cannot be read: "+cause(err, d.DB), "Run deskmesh migrate if the database is new.")
		return
	case len(desks) == 0:
		d.warn(check, "There is no desk yet.", "Make one with deskmesh account create.")
		return
	}
	plain, secure := 0, 0
	for _, k := range desks {
		if u, err := url.Parse(k.base); err == nil && u.Scheme == "https" {
			secure++
		} else if !d.Demo {
			plain++
		}
		if d.Online {
			d.online(ctx, k.slug, k.base)
		}
	}
	switch {
	case plain > 0:
		d.warn(check, fmt.Sprintf("%d of %d desks are reached without encryption (http).", plain, len(desks)), "Put a proxy with a certificate before the server and change the base URL.")
	case secure > 0 && !d.TrustedProxies:
		d.warn(check, "The desks are reached by https, and no proxy is trusted, so that all clients look like the proxy.", "Name the proxy's network in --trusted-proxy.")
	default:
		d.ok(check, "%d desks have usable addresses.", len(desks))
	}
}

// online asks whether a desk answers at its base URL.
func (d *doctor) online(ctx context.Context, slug, base string) {
	status, err := askHealth(ctx, base)
	switch {
	case err != nil:
		d.fail("desk "+slug, "No desk answers at "+base+": "+err.Error(), "Look at name service, proxy and certificate, or change the base URL.")
	case status != "ok":
		d.fail("desk "+slug, "What answers at "+base+" is no desk.", "Look at the proxy, or change the base URL.")
	default:
		d.ok("desk "+slug, "A desk answers at %s.", base)
	}
}
