package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/url"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/mail/dkim"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/locales"
)

// MailServerSettings are the whole settings of a server that mail leaves by, as
// one form has them. A secret that is nil stays as it is kept.
type MailServerSettings struct {
	dm.MailServer
	Password     *string
	RefreshToken *string
	ClientSecret *string
}

const mailServerSecret = "mail servers"

// submissionPorts are those of servers that mail is handed to.
var submissionPorts = []int{25, 465, 587, 2525}

// SubmissionDialer connects to servers that mail is handed to, under the guard of
// all that leaves the desk.
func SubmissionDialer(o httpx.ClientOptions) *httpx.Dialer {
	return httpx.NewDialer(o, submissionPorts...)
}

func mailServerPlace(s *dm.MailServer) string {
	return "account " + idText(s.Account) + " mail server " + idText(s.ID)
}

// MailServer reads the settings and the state of the server that an inbox's mail
// leaves by, or with inbox 0 of the account's. It needs inboxes.manage. NotFound
// where there is none.
func (a *App) MailServer(ctx context.Context, v *access.Viewer, inbox int64) (*dm.MailServer, error) {
	if err := require(v, dm.InboxesManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.MailServer, error) {
		if err := knownInbox(tx, v.Account(), inbox); err != nil {
			return nil, err
		}
		return tx.MailServer(v.Account(), inbox)
	})
}

// knownInbox is NotFound for an inbox that the account does not have; 0 stands for
// the account.
func knownInbox(tx *store.Tx, account, inbox int64) error {
	if inbox == 0 {
		return nil
	}
	_, err := tx.Inbox(account, inbox)
	return err
}

// SaveMailServer makes or replaces the server of an inbox, or with inbox 0 the
// account's. The next mail leaves by it. It needs inboxes.manage. With another
// server or name the secret has to be given again, so that it is not sent to
// somebody it is not for.
func (a *App) SaveMailServer(ctx context.Context, v *access.Viewer, inbox int64, m MailServerSettings) error {
	err := a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		if err := knownInbox(t.tx, t.account, inbox); err != nil {
			return err
		}
		old, kept, err := keptMailServer(t.tx, t.account, inbox)
		if err != nil {
			return err
		}
		m.Account, m.InboxID = t.account, inbox
		next := checkMailServer(&t.faults, &m, old, kept)
		if err := t.faults.err(); err != nil {
			return err
		}
		if err := t.tx.SaveMailServer(&m.MailServer); err != nil {
			return err
		}
		if err := sealMailServer(t.tx, &m.MailServer, next); err != nil {
			return err
		}
		describeMailServer(t, old, &m)
		return t.log("mail_server.saved", "inbox", inbox)
	})
	if err == nil && a.Outgoing != nil {
		a.Outgoing.Forget(m.ID)
	}
	return err
}

// DeleteMailServer lets an inbox's mail leave by the account's server again, or
// with inbox 0 the account's by the program's. It needs inboxes.manage.
func (a *App) DeleteMailServer(ctx context.Context, v *access.Viewer, inbox int64) error {
	var id int64
	err := a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		old, err := t.tx.MailServer(t.account, inbox)
		if err != nil {
			return err
		}
		id = old.ID
		if err := t.tx.DeleteMailServer(t.account, inbox); err != nil {
			return err
		}
		return t.log("mail_server.deleted", "inbox", inbox)
	})
	if err == nil && a.Outgoing != nil {
		a.Outgoing.Forget(id)
	}
	return err
}

// CheckMailServer says whether the settings of a form could be saved.
func (a *App) CheckMailServer(ctx context.Context, v *access.Viewer, inbox int64, m MailServerSettings) error {
	_, _, err := a.mailServerToTest(ctx, v, inbox, &m, false)
	return err
}

// TestMailServer connects and signs in with the settings of a form, which are not
// kept, and says what it found. With send it also sends a mail to the viewer's own
// address. Errors as SaveMailServer.
func (a *App) TestMailServer(ctx context.Context, v *access.Viewer, inbox int64, m MailServerSettings, send bool) (*dm.MailServerReport, error) {
	secret, l, err := a.mailServerToTest(ctx, v, inbox, &m, send)
	if err != nil {
		return nil, err
	}
	if a.Outgoing == nil {
		return &dm.MailServerReport{Problem: "This desk sends no mail by servers of its inboxes."}, nil
	}
	report := a.Outgoing.Probe(ctx, &m.MailServer, secret, l.from.Email, l.to.Email, l.raw)
	return &report, nil
}

func (a *App) mailServerToTest(ctx context.Context, v *access.Viewer, inbox int64, m *MailServerSettings, send bool) (secret *dm.MailboxSecret, l *letter, err error) {
	if err := require(v, dm.InboxesManage); err != nil {
		return nil, nil, err
	}
	l = &letter{}
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		if err := knownInbox(tx, v.Account(), inbox); err != nil {
			return err
		}
		old, kept, err := keptMailServer(tx, v.Account(), inbox)
		if err != nil {
			return err
		}
		var f inputFaults
		m.Account, m.InboxID, m.Version = v.Account(), inbox, 0
		secret = checkMailServer(&f, m, old, kept)
		if err := f.err(); err != nil || !send {
			return err
		}
		l, err = a.testLetter(tx, v, inbox)
		return err
	})
	return secret, l, err
}

// testLetter writes the mail of a test, from the inbox, or from one of the account
// that has no server of its own, to the viewer.
func (a *App) testLetter(tx *store.Tx, v *access.Viewer, inbox int64) (*letter, error) {
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	p, err := tx.Person(v.Account(), v.Person())
	if err != nil {
		return nil, err
	}
	box, ok := dir.Inboxes[inbox]
	for id, other := range dir.Inboxes {
		if inbox == 0 && other.Active && (!ok || id < box.ID) {
			box, ok = other, true
		}
	}
	if !ok || p.Address == "" {
		return nil, dm.Errorf(dm.Conflict, "There is no inbox to send a test from, or you have no address.").With("no_inbox")
	}
	words := locales.For(p.Language)
	l := &letter{from: mail.Address{Name: dir.BrandOf(box.ID).Name, Email: box.Address}, to: mail.Address{Name: p.Name, Email: p.Address}, inbox: box.ID}
	_, domain, _ := strings.Cut(box.Address, "@")
	l.raw, err = mail.Compose(mail.Outgoing{From: l.from, To: []mail.Address{l.to}, Subject: words.T("mail.test.subject"), Text: words.T("mail.test.text", locales.Args{"inbox": box.Name, "address": box.Address}),
		AutoSubmitted: true, MessageID: "test." + strings.ToLower(rand.Text()) + "@" + domain, Loop: loopMark(&dir.Account), Date: tx.Now().Std()})
	if err != nil {
		return nil, err
	}
	keys, err := a.signingKeys(tx, v.Account(), box.Address)
	if err != nil {
		return nil, err
	}
	l.raw, err = dkim.Sign(l.raw, keys)
	return l, err
}

// keptMailServer gives what is kept of a server; zero values for nothing.
func keptMailServer(tx *store.Tx, account, inbox int64) (*dm.MailServer, *dm.MailboxSecret, error) {
	old, err := tx.MailServer(account, inbox)
	if dm.CodeOf(err) == dm.NotFound {
		return &dm.MailServer{}, &dm.MailboxSecret{}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	secret, err := openMailServer(tx, old)
	return old, secret, err
}

// checkMailServer refuses what is wrong with the settings and gives the secret
// that goes with them.
func checkMailServer(f *inputFaults, m *MailServerSettings, old *dm.MailServer, kept *dm.MailboxSecret) *dm.MailboxSecret {
	m.Host = f.host("host", m.Host)
	if m.Port < 1 || m.Port > 65535 {
		f.add("port", "A port is a number from 1 to 65535; 465 is usual with TLS, 587 with STARTTLS.")
	}
	m.Security = oneOf(f, "security", m.Security, dm.MailTLS, dm.MailStartTLS, dm.MailPlain)
	m.Auth = oneOf(f, "auth", m.Auth, dm.MailNoAuth, dm.MailPassword, dm.MailOAuth2)
	if m.Auth == dm.MailNoAuth {
		m.Username, m.TokenURL, m.ClientID = "", "", ""
		return &dm.MailboxSecret{}
	}
	m.Username = f.name("username", m.Username, maxMailAddress)
	if m.Auth == dm.MailPassword {
		m.TokenURL, m.ClientID = "", ""
	}
	same := old.Host == m.Host && old.Username == m.Username && old.Auth == m.Auth && old.TokenURL == m.TokenURL
	return signInSecrets(f, m.Auth, &m.TokenURL, &m.ClientID, givenSecret{m.Password, m.RefreshToken, m.ClientSecret}, kept, same)
}

func describeMailServer(t *act, old *dm.MailServer, m *MailServerSettings) {
	t.changed("host", old.Host, m.Host)
	t.changed("username", old.Username, m.Username)
	t.changed("security", string(old.Security), string(m.Security))
	t.changed("auth", string(old.Auth), string(m.Auth))
	t.changedFlag("active", old.Active, m.Active)
	if m.Password != nil || m.RefreshToken != nil || m.ClientSecret != nil {
		t.touched("secret")
	}
}

// givenSecret is what a form says of what one signs in with; nil leaves it.
type givenSecret struct{ password, refreshToken, clientSecret *string }

// signInSecrets takes each secret of the way to sign in from the form, or from
// what is kept where it is for the same server.
func signInSecrets(f *inputFaults, auth dm.MailAuth, tokenURL, clientID *string, given givenSecret, kept *dm.MailboxSecret, same bool) *dm.MailboxSecret {
	next := &dm.MailboxSecret{}
	set := func(field string, given *string, kept string, to *string, needed bool) {
		switch {
		case given != nil && (len(*given) > maxMailSecret || strings.ContainsFunc(*given, func(r rune) bool { return r < ' ' || r == 0x7f })):
			f.add(field, "A secret has at most %d characters and no control characters.", maxMailSecret)
		case given != nil:
			*to = *given
		case same:
			*to = kept
		}
		if needed && *to == "" && (given == nil || *given == "") {
			f.add(field, "Enter this, also anew with another server or name, so that it is not sent to somebody it is not for.")
		}
	}
	if auth == dm.MailPassword {
		set("password", given.password, kept.Password, &next.Password, true)
		return next
	}
	*clientID = f.name("client_id", *clientID, 500)
	if u, err := url.Parse(strings.TrimSpace(*tokenURL)); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(*tokenURL) > 1000 {
		f.add("token_url", "This is an address such as https://login.example.com/token.")
	}
	set("refresh_token", given.refreshToken, kept.RefreshToken, &next.RefreshToken, true)
	set("client_secret", given.clientSecret, kept.ClientSecret, &next.ClientSecret, false)
	return next
}

// RotateMailServerSecret keeps what one signs in with from now on. It acts for
// the program itself.
func (a *App) RotateMailServerSecret(ctx context.Context, s *dm.MailServer, next *dm.MailboxSecret) error {
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error { return sealMailServer(tx, s, next) })
}

func openMailServer(tx *store.Tx, s *dm.MailServer) (*dm.MailboxSecret, error) {
	sealed, err := tx.MailServerSecret(s.Account, s.ID)
	if err != nil || sealed == "" {
		return &dm.MailboxSecret{}, err
	}
	key, err := tx.Secret(mailServerSecret)
	if err != nil {
		return nil, err
	}
	text, err := unseal(key, mailServerPlace(s), sealed)
	if err != nil {
		return nil, err
	}
	secret := &dm.MailboxSecret{}
	return secret, json.Unmarshal([]byte(text), secret)
}

func sealMailServer(tx *store.Tx, s *dm.MailServer, secret *dm.MailboxSecret) error {
	if *secret == (dm.MailboxSecret{}) {
		return tx.SetMailServerSecret(s.Account, s.ID, "")
	}
	key, err := tx.Secret(mailServerSecret)
	if err != nil {
		return err
	}
	text, err := json.Marshal(secret)
	if err != nil {
		return err
	}
	sealed, err := seal(key, mailServerPlace(s), string(text))
	if err != nil {
		return err
	}
	return tx.SetMailServerSecret(s.Account, s.ID, sealed)
}

func seal(key []byte, place, text string) (string, error) {
	sealer, err := credential.NewSealer(key)
	if err != nil {
		return "", err
	}
	return sealer.Seal(place, text), nil
}

func unseal(key []byte, place, sealed string) (string, error) {
	sealer, err := credential.NewSealer(key)
	if err != nil {
		return "", err
	}
	return sealer.Open(place, sealed)
}
