package app

import (
	"context"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/store"
)

// MailboxProber tests whether a mailbox can be fetched.
type MailboxProber interface {
	Probe(ctx context.Context, b *dm.Mailbox, secret *dm.MailboxSecret) dm.MailboxReport
}

// MailboxSettings are the whole settings of a mailbox, as one form has them. A
// secret that is nil stays as it is kept.
type MailboxSettings struct {
	dm.Mailbox
	Password     *string
	RefreshToken *string
	ClientSecret *string
}

const (
	maxMailSecret  = 8000
	mailboxSecret  = "mailboxes"
	maxMailAddress = 320
)

func mailboxPlace(account, inbox int64) string {
	return "account " + idText(account) + " mailbox " + idText(inbox)
}

// Mailbox reads the settings and the state of an inbox's mailbox. It needs
// inboxes.manage. NotFound where the inbox has none.
func (a *App) Mailbox(ctx context.Context, v *access.Viewer, inbox int64) (*dm.Mailbox, error) {
	if err := require(v, dm.InboxesManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Mailbox, error) { return tx.Mailbox(v.Account(), inbox) })
}

// SaveMailbox makes or replaces the mailbox of an inbox. It needs inboxes.manage.
// With another server or name the secret has to be given again, so that it is not
// sent to somebody it is not for.
func (a *App) SaveMailbox(ctx context.Context, v *access.Viewer, inbox int64, m MailboxSettings) error {
	return a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		if _, err := t.tx.Inbox(t.account, inbox); err != nil {
			return err
		}
		old, secret, err := keptMailbox(t.tx, t.account, inbox)
		if err != nil {
			return err
		}
		m.InboxID = inbox
		next := checkMailbox(&t.faults, &m, old, secret)
		if err := t.faults.err(); err != nil {
			return err
		}
		if err := t.tx.SaveMailbox(t.account, &m.Mailbox); err != nil {
			return err
		}
		if err := sealMailbox(t.tx, t.account, inbox, next); err != nil {
			return err
		}
		describeMailbox(t, old, &m)
		return t.log("inbox.mailbox_saved", "inbox", inbox)
	})
}

// DeleteMailbox ends fetching for an inbox. It needs inboxes.manage.
func (a *App) DeleteMailbox(ctx context.Context, v *access.Viewer, inbox int64) error {
	return a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		if err := t.tx.DeleteMailbox(t.account, inbox); err != nil {
			return err
		}
		return t.log("inbox.mailbox_deleted", "inbox", inbox)
	})
}

// CheckMailbox says whether the settings of a form could be saved.
func (a *App) CheckMailbox(ctx context.Context, v *access.Viewer, inbox int64, m MailboxSettings) error {
	_, err := a.mailboxToTest(ctx, v, inbox, &m)
	return err
}

// TestMailbox signs in with the settings of a form, which are not kept, and says
// what it found. Errors as SaveMailbox.
func (a *App) TestMailbox(ctx context.Context, v *access.Viewer, inbox int64, m MailboxSettings) (*dm.MailboxReport, error) {
	secret, err := a.mailboxToTest(ctx, v, inbox, &m)
	if err != nil {
		return nil, err
	}
	if a.Mailboxes == nil {
		return &dm.MailboxReport{Problem: "This server fetches no mail."}, nil
	}
	report := a.Mailboxes.Probe(ctx, &m.Mailbox, secret)
	return &report, nil
}

func (a *App) mailboxToTest(ctx context.Context, v *access.Viewer, inbox int64, m *MailboxSettings) (secret *dm.MailboxSecret, err error) {
	if err := require(v, dm.InboxesManage); err != nil {
		return nil, err
	}
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Inbox(v.Account(), inbox); err != nil {
			return err
		}
		old, kept, err := keptMailbox(tx, v.Account(), inbox)
		if err != nil {
			return err
		}
		var f inputFaults
		m.Account, m.InboxID, m.Version = v.Account(), inbox, 0
		secret = checkMailbox(&f, m, old, kept)
		return f.err()
	})
	return secret, err
}

// keptMailbox gives what is kept of an inbox's mailbox; zero values for nothing.
func keptMailbox(tx *store.Tx, account, inbox int64) (*dm.Mailbox, *dm.MailboxSecret, error) {
	old, err := tx.Mailbox(account, inbox)
	if dm.CodeOf(err) == dm.NotFound {
		return &dm.Mailbox{}, &dm.MailboxSecret{}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	secret, err := openMailbox(tx, account, inbox)
	return old, secret, err
}

// checkMailbox refuses what is wrong with the settings and gives the secret that
// goes with them.
func checkMailbox(f *inputFaults, m *MailboxSettings, old *dm.Mailbox, kept *dm.MailboxSecret) *dm.MailboxSecret {
	m.Host = f.host("host", m.Host)
	if m.Port < 1 || m.Port > 65535 {
		f.add("port", "A port is a number from 1 to 65535; 993 is usual with TLS, 143 with STARTTLS.")
	}
	m.Security = oneOf(f, "security", m.Security, dm.MailTLS, dm.MailStartTLS, dm.MailPlain)
	m.Auth = oneOf(f, "auth", m.Auth, dm.MailPassword, dm.MailOAuth2)
	m.After = oneOf(f, "after_fetch", m.After, dm.AfterSeen, dm.AfterMove, dm.AfterDelete)
	m.Username = f.name("username", m.Username, maxMailAddress)
	m.Folder = f.name("folder", m.Folder, 500)
	if m.MoveTo = strings.TrimSpace(m.MoveTo); m.After == dm.AfterMove {
		m.MoveTo = f.name("move_to", m.MoveTo, 500)
		if m.MoveTo == m.Folder {
			f.add("move_to", "Mails are moved into another folder than the one they are fetched from.")
		}
	}
	if m.TrustedHost = strings.TrimSpace(m.TrustedHost); m.TrustedHost != "" {
		m.TrustedHost = f.host("trusted_host", m.TrustedHost)
	}
	same := old.Host == m.Host && old.Username == m.Username && old.Auth == m.Auth && old.TokenURL == m.TokenURL
	if m.Auth == dm.MailPassword {
		m.TokenURL, m.ClientID = "", ""
	}
	return signInSecrets(f, m.Auth, &m.TokenURL, &m.ClientID, givenSecret{m.Password, m.RefreshToken, m.ClientSecret}, kept, same)
}

func describeMailbox(t *act, old *dm.Mailbox, m *MailboxSettings) {
	t.changed("host", old.Host, m.Host)
	t.changed("username", old.Username, m.Username)
	t.changed("security", string(old.Security), string(m.Security))
	t.changed("auth", string(old.Auth), string(m.Auth))
	t.changed("folder", old.Folder, m.Folder)
	t.changed("after_fetch", string(old.After), string(m.After))
	t.changed("trusted_host", old.TrustedHost, m.TrustedHost)
	t.changedFlag("active", old.Active, m.Active)
	if m.Password != nil || m.RefreshToken != nil || m.ClientSecret != nil {
		t.touched("secret")
	}
}

func mailboxSealer(tx *store.Tx) (*credential.Sealer, error) {
	key, err := tx.Secret(mailboxSecret)
	if err != nil {
		return nil, err
	}
	return credential.NewSealer(key)
}

// outboundPorts are those of mail servers.
var outboundPorts = []int{143, 993}

// MailDialer connects to mail servers under the guard of all that leaves the desk.
func MailDialer(o httpx.ClientOptions) *httpx.Dialer { return httpx.NewDialer(o, outboundPorts...) }
