package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// mailboxJSON is the mailbox that an inbox fetches its mail from. Secrets are
// never shown.
type mailboxJSON struct {
	MailboxPart
	HasSecret bool             `json:"has_secret"`
	State     mailboxStateJSON `json:"state"`
}

// MailboxPart is what is set and shown of a mailbox.
type MailboxPart struct {
	Host        string          `json:"host" maxLength:"253" doc:"The mail server's name."`
	Port        int             `json:"port" required:"false" minimum:"1" maximum:"65535" default:"993"`
	Security    dm.MailSecurity `json:"security" required:"false" enum:"tls,starttls,none" default:"tls" doc:"tls: from the first byte. none: only to hosts in the own network that whoever runs the server has named."`
	Username    string          `json:"username" maxLength:"320"`
	Auth        dm.MailAuth     `json:"auth" required:"false" enum:"password,oauth2" default:"password"`
	TokenURL    string          `json:"token_url" required:"false" maxLength:"1000" doc:"For oauth2: where access tokens are made."`
	ClientID    string          `json:"client_id" required:"false" maxLength:"500" doc:"For oauth2."`
	Folder      string          `json:"folder" required:"false" maxLength:"500" default:"INBOX"`
	After       dm.AfterFetch   `json:"after_fetch" required:"false" enum:"seen,move,delete" default:"seen" doc:"What becomes of a mail there once it is kept here."`
	MoveTo      string          `json:"move_to" required:"false" maxLength:"500" doc:"For move: the folder."`
	TrustedHost string          `json:"trusted_host" required:"false" maxLength:"253" doc:"The host whose Authentication-Results count, such as mx.google.com. Only one that takes such fields out of mails from outside."`
	Active      bool            `json:"active" doc:"Mail is fetched."`
}

type mailboxStateJSON struct {
	LastError string            `json:"last_error" doc:"Empty where the last try went well."`
	Failures  int               `json:"failures" doc:"In a row."`
	FetchedAt orNull[time.Time] `json:"fetched_at" doc:"When it was last looked into."`
	MailAt    orNull[time.Time] `json:"mail_at" doc:"When a mail was last fetched."`
}

func mailboxOf(b *dm.Mailbox) mailboxJSON {
	return mailboxJSON{HasSecret: b.HasSecret,
		MailboxPart: MailboxPart{Host: b.Host, Port: b.Port, Security: b.Security, Username: b.Username, Auth: b.Auth, TokenURL: b.TokenURL, ClientID: b.ClientID,
			Folder: b.Folder, After: b.After, MoveTo: b.MoveTo, TrustedHost: b.TrustedHost, Active: b.Active},
		State: mailboxStateJSON{LastError: b.LastError, Failures: b.Failures, FetchedAt: moment(b.FetchedAt), MailAt: moment(b.MailAt)}}
}

// mailboxSettingsJSON are all settings of a mailbox. A secret that is left out
// stays, where server and name stay.
type mailboxSettingsJSON struct {
	MailboxPart
	Password     maybe[string] `json:"password,omitempty" maxLength:"8000"`
	RefreshToken maybe[string] `json:"refresh_token,omitempty" maxLength:"8000" doc:"For oauth2."`
	ClientSecret maybe[string] `json:"client_secret,omitempty" maxLength:"8000" doc:"For oauth2."`
}

func (b *mailboxSettingsJSON) settings() app.MailboxSettings {
	return app.MailboxSettings{Mailbox: dm.Mailbox{Host: b.Host, Port: b.Port, Security: b.Security, Username: b.Username, Auth: b.Auth, TokenURL: b.TokenURL, ClientID: b.ClientID,
		Folder: b.Folder, After: b.After, MoveTo: b.MoveTo, TrustedHost: b.TrustedHost, Active: b.Active},
		Password: b.Password.pointer(), RefreshToken: b.RefreshToken.pointer(), ClientSecret: b.ClientSecret.pointer()}
}

// mailboxReportJSON is what a test found.
type mailboxReportJSON struct {
	OK       bool   `json:"ok"`
	Problem  string `json:"problem" doc:"A sentence; empty where all is well."`
	Messages int    `json:"messages" doc:"In the folder."`
	Idle     bool   `json:"idle" doc:"The server tells of new mail by itself; others are asked every minute."`
}

// mailboxRoutes are the mailbox of an inbox, if it fetches its mail.
func mailboxRoutes(a *API) {
	who := permission(dm.InboxesManage)
	show := func(ctx context.Context, c *caller, inbox int64) (*answerOf[mailboxJSON], error) {
		b, err := a.app.Mailbox(ctx, c.Viewer, inbox)
		if err != nil {
			return nil, err
		}
		return &answerOf[mailboxJSON]{mailboxOf(b)}, nil
	}
	route(a, operation(http.MethodGet, "/inboxes/{id}/mailbox", "show-mailbox", "The mailbox that an inbox fetches its mail from", "inboxes"), who,
		func(ctx context.Context, c *caller, in *IDInput) (*answerOf[mailboxJSON], error) {
			return show(ctx, c, in.ID)
		})
	route(a, operation(http.MethodPut, "/inboxes/{id}/mailbox", "save-mailbox", "Fetch an inbox's mail from a mailbox, by IMAP", "inboxes"), who,
		func(ctx context.Context, c *caller, in *changeOf[mailboxSettingsJSON]) (*answerOf[mailboxJSON], error) {
			if err := a.app.SaveMailbox(ctx, c.Viewer, in.ID, in.Body.settings()); err != nil {
				return nil, err
			}
			return show(ctx, c, in.ID)
		})
	route(a, operation(http.MethodDelete, "/inboxes/{id}/mailbox", "delete-mailbox", "Fetch an inbox's mail no more", "inboxes"), who,
		func(ctx context.Context, c *caller, in *IDInput) (*struct{}, error) {
			return nil, a.app.DeleteMailbox(ctx, c.Viewer, in.ID)
		})
	test := costly(operation(http.MethodPost, "/inboxes/{id}/mailbox/test", "test-mailbox", "Sign in with the settings of a mailbox, which are not kept, and say what was found", "inboxes"), costHeavy)
	test.DefaultStatus = http.StatusOK
	post(a, test, who,
		func(ctx context.Context, c *caller, in *changeOf[mailboxSettingsJSON]) error {
			return a.app.CheckMailbox(ctx, c.Viewer, in.ID, in.Body.settings())
		},
		func(ctx context.Context, c *caller, in *changeOf[mailboxSettingsJSON], _ []int64) (*answerOf[mailboxReportJSON], error) {
			r, err := a.app.TestMailbox(ctx, c.Viewer, in.ID, in.Body.settings())
			if err != nil {
				return nil, err
			}
			return &answerOf[mailboxReportJSON]{mailboxReportJSON{OK: r.Problem == "", Problem: r.Problem, Messages: r.Messages, Idle: r.Idle}}, nil
		})
}
