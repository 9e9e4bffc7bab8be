// Package token gets access tokens for mail servers by OAuth 2 (RFC 6749), from
// the refresh token that an administrator has entered.
//
// It must not know what a server is used for, nor where secrets are kept.
//
// What it keeps: an access token is asked for once while it is valid, in memory
// alone; a refresh token that replaces the one before is handed on before the
// access token is used.
package token

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"golang.org/x/oauth2"
)

// ErrNone means that the service gave no access token.
var ErrNone = errors.New("mail token: no access token")

// Grant is what an access token is asked for with.
type Grant struct {
	Key          string // names the use and the version of its settings
	TokenURL     string
	ClientID     string
	ClientSecret string
	RefreshToken string
}

// Tokens keeps access tokens in memory while they are valid. It is safe for
// concurrent use.
type Tokens struct {
	http *http.Client
	mu   sync.Mutex
	kept map[string]*oauth2.Token
}

// most bounds the tokens that are kept.
const most = 1000

// New makes an empty store of tokens, which asks with the given client.
func New(client *http.Client) *Tokens {
	return &Tokens{http: client, kept: map[string]*oauth2.Token{}}
}

// Access gives a valid access token. A refresh token that replaces the one before
// is handed to rotate, where that is not nil.
func (t *Tokens) Access(ctx context.Context, g Grant, rotate func(refresh string) error) (string, error) {
	key := g.Key + " " + g.TokenURL + " " + g.ClientID + " " + g.RefreshToken
	t.mu.Lock()
	token := t.kept[key]
	t.mu.Unlock()
	if token.Valid() {
		return token.AccessToken, nil
	}
	config := oauth2.Config{ClientID: g.ClientID, ClientSecret: g.ClientSecret, Endpoint: oauth2.Endpoint{TokenURL: g.TokenURL}}
	token, err := config.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, t.http), &oauth2.Token{RefreshToken: g.RefreshToken}).Token()
	if err != nil {
		return "", errors.Join(ErrNone, err)
	}
	if fresh := token.RefreshToken; fresh != "" && fresh != g.RefreshToken && rotate != nil {
		if err := rotate(fresh); err != nil {
			return "", err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.kept) > most {
		clear(t.kept)
	}
	t.kept[key] = token
	return token.AccessToken, nil
}
