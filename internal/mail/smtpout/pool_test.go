package smtpout

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strconv"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/mail/token"
)

func pool(t *testing.T) *Pool {
	t.Helper()
	p := NewPool(PoolConfig{Inside: func(string) bool { return true }, Dial: func(ctx context.Context, host string, port int) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	}})
	t.Cleanup(p.Close)
	return p
}

func serverAt(t *testing.T, p *peer, version int64) *dm.MailServer {
	t.Helper()
	host, port, err := net.SplitHostPort(p.addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return &dm.MailServer{ID: 7, Host: host, Port: n, Security: dm.MailPlain, Auth: dm.MailNoAuth, Version: version}
}

const raw = "From: a@b.example\r\nSubject: x\r\n\r\nx\r\n"

func TestPoolKeepsConnectionsOfOneVersion(t *testing.T) {
	p, peer := pool(t), startPeer(t, &peer{}, nil, false)
	send := func(version int64) {
		t.Helper()
		if err := p.Send(t.Context(), serverAt(t, peer, version), &dm.MailboxSecret{}, "a@b.example", []string{"c@d.example"}, []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	for i, version := range []int64{1, 1, 2, 2} {
		send(version)
		mails, sessions := peer.got()
		if want := []int{1, 1, 2, 2}[i]; sessions != want || len(mails) != i+1 {
			t.Errorf("after mail %d with version %d: %d sessions, %d mails", i+1, version, sessions, len(mails))
		}
	}
	send(1) // a job that began before the change takes no connection from the others
	if got := p.clients[7].version; got != 2 {
		t.Errorf("version %d is kept", got)
	}
	p.Forget(7)
	if len(p.clients) != 0 {
		t.Error("it is not forgotten")
	}
}

func TestPoolSpeaksPlainOnlyInside(t *testing.T) {
	t.Parallel()
	p := NewPool(PoolConfig{Inside: func(string) bool { return false }, Dial: func(context.Context, string, int) (net.Conn, error) {
		t.Error("it is connected to")
		return nil, net.ErrClosed
	}})
	server := &dm.MailServer{ID: 7, Host: "mail.example", Port: 25, Security: dm.MailPlain, Auth: dm.MailNoAuth, Version: 1}
	err := p.Send(t.Context(), server, &dm.MailboxSecret{}, "a@b.example", []string{"c@d.example"}, []byte(raw))
	if !errors.Is(err, errPlain) || Permanent(err) || !strings.Contains(Sentence(err), "Without TLS") {
		t.Error(err)
	}
}

func TestAnswerHidesSecrets(t *testing.T) {
	t.Parallel()
	err := failed("sign in", &textproto.Error{Code: 535, Msg: "not sesame, and not refresh"})
	got := Answer(err, &dm.MailboxSecret{Password: "sesame", RefreshToken: "refresh"})
	if strings.Contains(got, "sesame") || strings.Contains(got, "refresh") || !strings.Contains(got, "535") {
		t.Error(got)
	}
	if Answer(failed("connect", errNoTLS), nil) != "" {
		t.Error("a connection that failed has no answer")
	}
}

func TestPoolSignsInWithAccessTokens(t *testing.T) {
	login := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.ParseForm() != nil || q.Form.Get("refresh_token") != "refresh-0" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"access_token":"access-1","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-1"}`))
	}))
	defer login.Close()
	p, peer := pool(t), startPeer(t, &peer{auth: true, access: "access-1"}, nil, false)
	defer login.Client().CloseIdleConnections()
	p.tokens = token.New(login.Client())
	kept := ""
	p.config.Rotate = func(_ context.Context, _ *dm.MailServer, next *dm.MailboxSecret) error {
		kept = next.RefreshToken
		return nil
	}
	s := serverAt(t, peer, 1)
	s.Auth, s.Username, s.TokenURL, s.ClientID = dm.MailOAuth2, "anna@example.com", login.URL, "desk"
	send := func(refresh string) error {
		return p.Send(t.Context(), s, &dm.MailboxSecret{RefreshToken: refresh}, "a@b.example", []string{"c@d.example"}, []byte(raw))
	}
	if err := send("refresh-0"); err != nil {
		t.Fatal(err)
	}
	mails, _ := peer.got()
	if len(mails) != 1 || mails[0].User != "anna@example.com" || kept != "refresh-1" {
		t.Errorf("%+v, and %q is kept", mails, kept)
	}
	s.Version = 2
	if err := send("stale"); Permanent(err) || !strings.Contains(Sentence(err), "no access token") {
		t.Error(err)
	}
}
