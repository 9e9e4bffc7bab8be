package imapin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"golang.org/x/oauth2"

	dm "github.com/deskmesh/deskmesh"
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
	token, err := f.tokens.access(ctx, b, secret, func(fresh *dm.MailboxSecret) error { return f.store.RotateSecret(ctx, b, fresh) })
	if err != nil {
		return err
	}
	if c.Caps().Has(imap.AuthCap(sasl.OAuthBearer)) {
		return c.Authenticate(sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: b.Username, Token: token, Host: b.Host, Port: b.Port}))
	}
	return c.Authenticate(&xoauth2{b.Username, token})
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

// tokens keeps access tokens in memory while they are valid.
type tokens struct {
	http *http.Client
	mu   sync.Mutex
	kept map[string]*oauth2.Token
}

func newTokens(client *http.Client) *tokens {
	return &tokens{http: client, kept: map[string]*oauth2.Token{}}
}

// access gives a valid access token. A refresh token that replaces the one before
// is handed to rotate.
func (t *tokens) access(ctx context.Context, b *dm.Mailbox, secret *dm.MailboxSecret, rotate func(*dm.MailboxSecret) error) (string, error) {
	key := fmt.Sprint(b.InboxID, " ", b.Version, " ", b.TokenURL, " ", b.ClientID, " ", secret.RefreshToken)
	t.mu.Lock()
	token := t.kept[key]
	t.mu.Unlock()
	if token.Valid() {
		return token.AccessToken, nil
	}
	config := oauth2.Config{ClientID: b.ClientID, ClientSecret: secret.ClientSecret, Endpoint: oauth2.Endpoint{TokenURL: b.TokenURL}}
	token, err := config.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, t.http), &oauth2.Token{RefreshToken: secret.RefreshToken}).Token()
	if err != nil {
		return "", errors.Join(errToken, err)
	}
	if fresh := token.RefreshToken; fresh != "" && fresh != secret.RefreshToken && b.Version != 0 {
		next := *secret
		next.RefreshToken = fresh
		if err := rotate(&next); err != nil {
			return "", err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.kept) > 1000 {
		clear(t.kept)
	}
	t.kept[key] = token
	return token.AccessToken, nil
}
