package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// mailServerJSON is a server that mail leaves by. Secrets are never shown.
type mailServerJSON struct {
	MailServerPart
	HasSecret bool                `json:"has_secret"`
	State     mailServerStateJSON `json:"state"`
}

// MailServerPart is what is set and shown of a server that mail leaves by.
type MailServerPart struct {
	Host     string          `json:"host" maxLength:"253" doc:"The mail server's name."`
	Port     int             `json:"port" required:"false" minimum:"1" maximum:"65535" default:"587"`
	Security dm.MailSecurity `json:"security" required:"false" enum:"tls,starttls,none" default:"starttls" doc:"tls: from the first byte. starttls: after the greeting, or nothing is sent. none: only to hosts in the own network that whoever runs the server has named."`
	Auth     dm.MailAuth     `json:"auth" required:"false" enum:"none,password,oauth2" default:"password"`
	Username string          `json:"username" required:"false" maxLength:"320" doc:"For password and oauth2."`
	TokenURL string          `json:"token_url" required:"false" maxLength:"1000" doc:"For oauth2: where access tokens are made."`
	ClientID string          `json:"client_id" required:"false" maxLength:"500" doc:"For oauth2."`
	Active   bool            `json:"active" doc:"Mail leaves by it."`
}

type mailServerStateJSON struct {
	LastError string            `json:"last_error" doc:"Empty where the last mail went well."`
	Failures  int               `json:"failures" doc:"In a row."`
	FailedAt  orNull[time.Time] `json:"failed_at"`
	SentAt    orNull[time.Time] `json:"sent_at" doc:"When it last took a mail, to the minute."`
}

func mailServerOf(s *dm.MailServer) mailServerJSON {
	return mailServerJSON{HasSecret: s.HasSecret,
		MailServerPart: MailServerPart{Host: s.Host, Port: s.Port, Security: s.Security, Auth: s.Auth, Username: s.Username, TokenURL: s.TokenURL, ClientID: s.ClientID, Active: s.Active},
		State:          mailServerStateJSON{LastError: s.LastError, Failures: s.Failures, FailedAt: moment(s.FailedAt), SentAt: moment(s.SentAt)}}
}

// mailServerSettingsJSON are all settings of a server. A secret that is left out
// stays, where server and name stay.
type mailServerSettingsJSON struct {
	MailServerPart
	MailSecretPart
}

// MailSecretPart is what one signs in with at a mail server.
type MailSecretPart struct {
	Password     maybe[string] `json:"password,omitempty" maxLength:"8000"`
	RefreshToken maybe[string] `json:"refresh_token,omitempty" maxLength:"8000" doc:"For oauth2."`
	ClientSecret maybe[string] `json:"client_secret,omitempty" maxLength:"8000" doc:"For oauth2."`
}

// mailServerTestJSON are settings to be tested.
type mailServerTestJSON struct {
	MailServerPart
	MailSecretPart
	Send bool `json:"send" required:"false" doc:"Also send a mail to your own address."`
}

func serverSettings(s *MailServerPart, secret *MailSecretPart) app.MailServerSettings {
	return app.MailServerSettings{MailServer: dm.MailServer{Host: s.Host, Port: s.Port, Security: s.Security, Auth: s.Auth, Username: s.Username, TokenURL: s.TokenURL, ClientID: s.ClientID, Active: s.Active},
		Password: secret.Password.pointer(), RefreshToken: secret.RefreshToken.pointer(), ClientSecret: secret.ClientSecret.pointer()}
}

// mailServerReportJSON is what a test found.
type mailServerReportJSON struct {
	OK        bool   `json:"ok"`
	Problem   string `json:"problem" doc:"A sentence; empty where all is well."`
	Answer    string `json:"answer" doc:"What the server said where it refused; empty otherwise."`
	Encrypted bool   `json:"encrypted" doc:"The connection uses TLS."`
	SentTo    string `json:"sent_to" doc:"The address that a mail was sent to; empty for none."`
}

type accountServerInput struct{ Body mailServerSettingsJSON }

type accountServerTestInput struct{ Body mailServerTestJSON }

// mailServerRoutes are the servers that mail leaves by: the account's, and those
// of inboxes.
func mailServerRoutes(a *API) {
	serverRoutes(a, "/mail-server", "", "the account's mail leaves by", func(*struct{}) int64 { return 0 },
		func(in *accountServerInput) (int64, *mailServerSettingsJSON) { return 0, &in.Body },
		func(in *accountServerTestInput) (int64, *mailServerTestJSON) { return 0, &in.Body })
	serverRoutes(a, "/inboxes/{id}/mail-server", "inbox-", "an inbox's mail leaves by", func(in *IDInput) int64 { return in.ID },
		func(in *changeOf[mailServerSettingsJSON]) (int64, *mailServerSettingsJSON) { return in.ID, &in.Body },
		func(in *changeOf[mailServerTestJSON]) (int64, *mailServerTestJSON) { return in.ID, &in.Body })
}

// serverRoutes registers the routes of one path, which differ in where the inbox
// is named.
func serverRoutes[G, P, T any](a *API, path, id, means string, inbox func(*G) int64, settings func(*P) (int64, *mailServerSettingsJSON), tested func(*T) (int64, *mailServerTestJSON)) {
	who := permission(dm.InboxesManage)
	show := func(ctx context.Context, c *caller, inbox int64) (*answerOf[mailServerJSON], error) {
		s, err := a.app.MailServer(ctx, c.Viewer, inbox)
		if err != nil {
			return nil, err
		}
		return &answerOf[mailServerJSON]{mailServerOf(s)}, nil
	}
	route(a, operation(http.MethodGet, path, "show-"+id+"mail-server", "The server that "+means, "inboxes"), who,
		func(ctx context.Context, c *caller, in *G) (*answerOf[mailServerJSON], error) {
			return show(ctx, c, inbox(in))
		})
	route(a, operation(http.MethodPut, path, "save-"+id+"mail-server", "Choose the server that "+means, "inboxes"), who,
		func(ctx context.Context, c *caller, in *P) (*answerOf[mailServerJSON], error) {
			box, body := settings(in)
			if err := a.app.SaveMailServer(ctx, c.Viewer, box, serverSettings(&body.MailServerPart, &body.MailSecretPart)); err != nil {
				return nil, err
			}
			return show(ctx, c, box)
		})
	route(a, operation(http.MethodDelete, path, "delete-"+id+"mail-server", "Give up the server that "+means, "inboxes"), who,
		func(ctx context.Context, c *caller, in *G) (*struct{}, error) {
			return nil, a.app.DeleteMailServer(ctx, c.Viewer, inbox(in))
		})
	test := costly(operation(http.MethodPost, path+"/test", "test-"+id+"mail-server", "Sign in at a server that mail would leave by, with settings that are not kept, and say what was found", "inboxes"), costHeavy)
	test.DefaultStatus = http.StatusOK
	post(a, test, who,
		func(ctx context.Context, c *caller, in *T) error {
			box, body := tested(in)
			return a.app.CheckMailServer(ctx, c.Viewer, box, serverSettings(&body.MailServerPart, &body.MailSecretPart))
		},
		func(ctx context.Context, c *caller, in *T, _ []int64) (*answerOf[mailServerReportJSON], error) {
			box, body := tested(in)
			r, err := a.app.TestMailServer(ctx, c.Viewer, box, serverSettings(&body.MailServerPart, &body.MailSecretPart), body.Send)
			if err != nil {
				return nil, err
			}
			return &answerOf[mailServerReportJSON]{mailServerReportJSON{OK: r.Problem == "", Problem: r.Problem, Answer: r.Answer, Encrypted: r.Encrypted, SentTo: r.SentTo}}, nil
		})
}
