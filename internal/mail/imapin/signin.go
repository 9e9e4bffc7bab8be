package imapin

import (
	"context"
	"fmt"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/mail/token"
)

// signIn signs in with a password, or with an access token that is asked for with
// the refresh token.
func (f *Fetcher) signIn(ctx context.Context, c *imapclient.Client, b *dm.Mailbox, secret *dm.MailboxSecret) error {
	if b.Auth != dm.MailOAuth2 {
		if c.Caps().Has(imap.CapLoginDisabled) || c.Caps().Has(imap.AuthCap(sasl.Plain)) {
			return c.Authenticate(sasl.NewPlainClient("", b.Username, secret.Password))
		}
		return c.Login(b.Username, secret.Password).Wait()
	}
	access, err := f.access(ctx, b, secret)
	if err != nil {
		return err
	}
	if c.Caps().Has(imap.AuthCap(sasl.OAuthBearer)) {
		return c.Authenticate(sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: b.Username, Token: access, Host: b.Host, Port: b.Port}))
	}
	return c.Authenticate(&xoauth2{b.Username, access})
}

// access gives an access token. Of settings that are only tested a new refresh
// token is not kept.
func (f *Fetcher) access(ctx context.Context, b *dm.Mailbox, secret *dm.MailboxSecret) (string, error) {
	var rotate func(string) error
	if b.Version != 0 {
		rotate = func(refresh string) error {
			next := *secret
			next.RefreshToken = refresh
			return f.store.RotateSecret(ctx, b, &next)
		}
	}
	return f.tokens.Access(ctx, token.Grant{Key: fmt.Sprint(b.InboxID, " ", b.Version), TokenURL: b.TokenURL, ClientID: b.ClientID, ClientSecret: secret.ClientSecret, RefreshToken: secret.RefreshToken}, rotate)
}

// xoauth2 is the mechanism of Google and Microsoft from before OAUTHBEARER.
type xoauth2 struct{ username, token string }

// Start implements sasl.Client.
func (x *xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.username + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next implements sasl.Client: a challenge tells of a failure, and an empty answer
// lets the server end the attempt.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }
