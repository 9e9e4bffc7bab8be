package httpapi_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/deskmesh/deskmesh/internal/mail/smtpout"
)

// postbox is a mail server on the network that keeps whom it got mail for.
type postbox struct {
	mu sync.Mutex
	to []string
}

// postSession is one conversation with it.
type postSession struct {
	box *postbox
	to  []string
}

func (s *postSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *postSession) Reset()                               { s.to = nil }
func (s *postSession) Logout() error                        { return nil }

func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *postSession) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.to = append(s.box.to, s.to...)
	return nil
}

// wire sends what the desk has to send by SMTP.
type wire struct{ client *smtpout.Client }

// Send implements app.Mailer.
func (w wire) Send(ctx context.Context, _ int64, from string, to []string, raw []byte) error {
	return w.client.Send(ctx, from, to, raw)
}

// onWire lets the world send its mail through a real SMTP conversation, and gives
// how to take, sorted, who got mail since the last look.
func onWire(t *testing.T, w *world) (told func() []string) {
	t.Helper()
	box := &postbox{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &postSession{box: box}, nil }))
	server.Domain = "post.example"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close(); <-done })
	client, err := smtpout.New("smtp://" + listener.Addr().String())
	w.must(err)
	t.Cleanup(client.Close)
	w.app.Mail = wire{client}
	return func() []string {
		w.drain()
		box.mu.Lock()
		defer box.mu.Unlock()
		got := append([]string{}, box.to...)
		box.to = nil
		slices.Sort(got)
		return got
	}
}

func TestS3Mails(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		told := onWire(t, w)
		hrBoth := []string{w.address("hr.agent"), w.address("hr.second")}
		share := func(w *world) []string {
			w.Helper()
			n := w.file("accounts", "Over the wire")
			told()
			w.share(n, w.group("HR"))
			return told()
		}
		nobody := []string{}
		same(t, "while all is on", share(w), hrBoth)
		t.Run("S3-09 no mail about a share while the system's notification setting is off", func(t *testing.T) {
			w := w.in(t)
			w.as("hr.agent").patch("/me/notice-settings", map[string]any{"rows": []any{map[string]any{"kind": "share", "mail": true}}}).is(200)
			w.lock("share", "mail", false, true)
			same(t, "told, a personal yes included", share(w), nobody)
			w.as("owner").do("PUT", "/settings/notices", map[string]any{"share": true}).is(200)
			same(t, "told once it is on again", share(w), hrBoth)
			brand := fmt.Sprint("/settings/notices?brand=", w.acme().brands["Company"])
			w.as("owner").do("PUT", brand, map[string]any{"share": false}).is(200)
			same(t, "told while the brand's is off", share(w), nobody)
			w.as("owner").do("PUT", brand, map[string]any{"share": true}).is(200)
		})
		t.Run("S3-09 the setting counts when the mail goes out", func(t *testing.T) {
			w := w.in(t)
			w.share(w.file("accounts", "Late"), w.group("HR"))
			w.lock("share", "mail", false, true)
			same(t, "told", slices.DeleteFunc(told(), func(to string) bool { return !strings.HasPrefix(to, "hr.") }), nobody)
			w.lock("share", "mail", true, false)
		})
		t.Run("S3-10 no mail to a recipient whose own preference is off, and to the others as ever", func(t *testing.T) {
			w := w.in(t)
			w.as("hr.agent").patch("/me/notice-settings", map[string]any{"rows": []any{map[string]any{"kind": "share", "mail": false}}}).is(200)
			same(t, "told", share(w), []string{w.address("hr.second")})
			same(t, "in the list all the same", w.as("hr.agent").get("/notifications").ok().text("items.0.kind"), "share")
			w.as("hr.agent").patch("/me/notice-settings", map[string]any{"rows": []any{map[string]any{"kind": "share", "mail": true}}}).is(200)
			same(t, "told once it is on again", share(w), hrBoth)
		})
		t.Run("S3-10 the preference counts when the mail goes out", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Late too")
			told()
			w.share(n, w.group("HR"))
			w.as("hr.agent").patch("/me/notice-settings", map[string]any{"digest": "off"}).is(200)
			same(t, "told", told(), []string{w.address("hr.second")})
		})
	})
}
