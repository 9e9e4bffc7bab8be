package imapin

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"go.uber.org/goleak"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/mail/token"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFetch(t *testing.T) {
	t.Run("what nobody has read is fetched first, then what comes, each once", func(t *testing.T) {
		r := newRig(t, nil, false)
		r.deliver("one")
		r.deliver("read already", imap.FlagSeen)
		r.deliver("two")
		r.start()
		r.eventually("the first two", func() bool { return len(r.store.kept()) == 2 })
		r.eventually("they are marked", func() bool { return r.unseen("INBOX") == 0 })
		r.deliver("three")
		r.deliver("read by somebody else", imap.FlagSeen)
		r.eventually("what came", func() bool { return len(r.store.kept()) == 4 })
		if got := r.store.kept(); !slices.Equal(got, []string{"one", "two", "three", "read by somebody else"}) {
			t.Error(got)
		}
		r.stop()
		r.store.owner = ""
		r.start()
		r.deliver("four")
		r.eventually("after a new start", func() bool { return len(r.store.kept()) == 5 })
		if told := r.store.told(); told != "" {
			t.Error(told)
		}
	})
	t.Run("a server without IDLE is asked again and again", func(t *testing.T) {
		r := newRig(t, imap.CapSet{imap.CapIMAP4rev1: {}}, false)
		if r.fetcher = New(r.config, r.store); r.fetcher.Probe(t.Context(), &r.store.box, &r.store.secret).Problem != "" {
			t.Fatal("no connection")
		}
		r.start()
		for i := range 3 {
			r.deliver(fmt.Sprint("mail ", i))
			r.eventually("it came", func() bool { return len(r.store.kept()) == i+1 })
		}
	})
	t.Run("with a new UIDVALIDITY numbers mean nothing, and what is unread is fetched", func(t *testing.T) {
		r := newRig(t, nil, false)
		r.deliver("read", imap.FlagSeen)
		r.deliver("unread")
		r.store.box.UIDValidity, r.store.box.LastUID = *validity(r)+1, 99
		r.start()
		r.eventually("the unread one", func() bool { return slices.Equal(r.store.kept(), []string{"unread"}) })
		r.eventually("the state", func() bool {
			r.store.mu.Lock()
			defer r.store.mu.Unlock()
			return r.store.box.UIDValidity == *validity(r) && r.store.box.LastUID == 2
		})
	})
	t.Run("a message is marked only after it is kept", func(t *testing.T) {
		r := newRig(t, nil, false)
		r.store.unseen = func() int { return r.unseen("INBOX") }
		for i := range 3 {
			r.deliver(fmt.Sprint(i))
		}
		r.start()
		r.eventually("all", func() bool { return len(r.store.kept()) == 3 && r.unseen("INBOX") == 0 })
		if !slices.Equal(r.store.order, []string{"3", "2", "1"}) {
			t.Errorf("unread when each was kept: %v", r.store.order)
		}
	})
	for after, want := range map[dm.AfterFetch][2]int{dm.AfterMove: {0, 2}, dm.AfterDelete: {0, 0}, dm.AfterSeen: {2, 0}} {
		t.Run("afterwards: "+string(after), func(t *testing.T) {
			r := newRig(t, nil, false)
			r.store.box.After, r.store.box.MoveTo = after, "Fetched"
			r.deliver("one")
			r.deliver("two")
			r.start()
			r.eventually("the folders are right", func() bool {
				moved := 0
				if data, err := r.user.Status("Fetched", &imap.StatusOptions{NumMessages: true}); err == nil {
					moved = int(*data.NumMessages)
				}
				return len(r.store.kept()) == 2 && r.count("INBOX") == want[0] && moved == want[1]
			})
		})
	}
}

func validity(r *rig) *uint32 { v := r.status("INBOX").UIDValidity; return &v }

func TestPoison(t *testing.T) {
	t.Run("a message that cannot be taken stays there and stops nothing", func(t *testing.T) {
		r := newRig(t, nil, false)
		r.store.box.UIDValidity = *validity(r)
		r.store.refuse = func(raw []byte) error {
			if strings.Contains(string(raw), "poison") {
				return dm.Errorf(dm.Invalid, "no")
			}
			return nil
		}
		for _, text := range []string{"before", "poison", "after"} {
			r.deliver(text)
		}
		r.start()
		r.eventually("those around it", func() bool { return slices.Equal(r.store.kept(), []string{"before", "after"}) })
		r.eventually("it is told of", func() bool { return strings.Contains(r.store.told(), "stays on the mail server") })
		if n := r.unseen("INBOX"); n != 1 {
			t.Errorf("%d are unread", n)
		}
	})
	t.Run("resource exhaustion: one that is too large is not read at all", func(t *testing.T) {
		r := newRig(t, nil, false)
		r.config.MaxBytes = 1000
		r.deliver(strings.Repeat("long ", 1000))
		r.deliver("short")
		r.start()
		r.eventually("the short one", func() bool { return slices.Equal(r.store.kept(), []string{"short"}) })
	})
	t.Run("a store that fails gets every message once it works again", func(t *testing.T) {
		r := newRig(t, nil, false)
		tries := 0
		r.store.refuse = func([]byte) error {
			if tries++; tries < 4 {
				return errors.New("no space left")
			}
			return nil
		}
		r.deliver("patient")
		r.start()
		r.eventually("it is kept", func() bool { return len(r.store.kept()) == 1 })
	})
	t.Run("a lost lease ends the work, and another takes over", func(t *testing.T) {
		r := newRig(t, nil, false)
		r.config.Lease = 20 * time.Millisecond
		r.start()
		r.eventually("it is looked into", func() bool {
			r.store.mu.Lock()
			defer r.store.mu.Unlock()
			return r.store.looked > 0
		})
		r.store.mu.Lock()
		r.store.box.Version++ // the settings changed
		r.store.mu.Unlock()
		r.deliver("later")
		r.eventually("the new run has it", func() bool { return len(r.store.kept()) == 1 })
	})
}

func TestSigningIn(t *testing.T) {
	for security, first := range map[dm.MailSecurity]bool{dm.MailTLS: true, dm.MailStartTLS: false} {
		t.Run("with "+string(security), func(t *testing.T) {
			r := newRig(t, nil, first)
			r.store.box.Security = security
			r.config.Inside = func(string) bool { return false }
			r.deliver("secret")
			r.start()
			r.eventually("it is fetched", func() bool { return len(r.store.kept()) == 1 })
		})
	}
	probe := func(t *testing.T, set func(*rig), want string) {
		r := newRig(t, nil, false)
		set(r)
		if got := New(r.config, r.store).Probe(t.Context(), &r.store.box, &r.store.secret); !strings.Contains(got.Problem, want) || want == "" && got.Problem != "" {
			t.Errorf("%q, not %q", got.Problem, want)
		}
	}
	for name, c := range map[string]struct {
		set  func(*rig)
		want string
	}{
		"all is well":          {func(*rig) {}, ""},
		"a wrong password":     {func(r *rig) { r.store.secret.Password = "wrong" }, "does not accept"},
		"no such folder":       {func(r *rig) { r.store.box.Folder = "Nowhere" }, "no such folder"},
		"no TLS where needed":  {func(r *rig) { r.store.box.Security = dm.MailTLS }, "TLS"},
		"another certificate":  {func(r *rig) { r.store.box.Security = dm.MailStartTLS; r.store.box.Host = "other.example" }, "not valid for its name"},
		"plain to the outside": {func(r *rig) { r.config.Inside = func(string) bool { return false } }, "Without TLS"},
		"nobody there":         {func(r *rig) { r.store.box.Port = 1 }, "cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) { probe(t, c.set, c.want) })
	}
}

func TestAccessTokens(t *testing.T) {
	answers := 0
	login := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		_ = q.ParseForm()
		if q.Form.Get("grant_type") != "refresh_token" || q.Form.Get("refresh_token") != fmt.Sprint("refresh-", answers) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		answers++
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":"access-%d","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-%d"}`, answers, answers)
	}))
	defer login.Close()
	defer login.Client().CloseIdleConnections()
	grant := token.Grant{Key: "1", TokenURL: login.URL, ClientID: "desk", RefreshToken: "refresh-0"}
	keep := func(refresh string) error { grant.RefreshToken = refresh; return nil }
	tokens := token.New(login.Client())
	for i := range 2 {
		got, err := tokens.Access(t.Context(), grant, keep)
		if err != nil || got != fmt.Sprint("access-", i+1) || grant.RefreshToken != fmt.Sprint("refresh-", i+1) {
			t.Fatal(got, err, grant)
		}
	}
	grant.RefreshToken = "stale"
	if _, err := tokens.Access(t.Context(), grant, keep); !errors.Is(err, token.ErrNone) {
		t.Error(err)
	}
	mech, first, _ := (&xoauth2{"anna@example.com", "tok"}).Start()
	if mech != "XOAUTH2" || string(first) != "user=anna@example.com\x01auth=Bearer tok\x01\x01" {
		t.Errorf("%s %q", mech, first)
	}
}
