package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Flow is what one try to sign in has to remember while the browser is at the
// provider. It is secret: whoever has it can take the place of the browser.
type Flow struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"` // of PKCE
}

// Identity is who somebody is at a provider.
type Identity struct {
	Subject  string
	Name     string
	Address  string
	Verified bool // the provider says that the address is theirs
}

// Begin gives the address to send a browser to, and what to remember until it
// comes back. Errors as Discover.
func (c *Client) Begin(ctx context.Context, cfg Config) (string, Flow, error) {
	p, err := c.provider(ctx, cfg.Issuer)
	if err != nil {
		return "", Flow{}, err
	}
	oauth, _, err := cfg.oauth(p)
	if err != nil {
		return "", Flow{}, err
	}
	f := Flow{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return oauth.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), f, nil
}

// Finish reads who came back, from the parameters the browser came back with.
// ErrRefused when the provider says no, ErrToken when anything does not belong
// to the flow: state, issuer, audience, nonce, signature or time.
func (c *Client) Finish(ctx context.Context, cfg Config, f Flow, came url.Values) (*Identity, error) {
	p, err := c.provider(ctx, cfg.Issuer)
	if err != nil {
		return nil, err
	}
	oauth, says, err := cfg.oauth(p)
	if err != nil {
		return nil, err
	}
	if f.State == "" || !same(came.Get("state"), f.State) {
		return nil, fmt.Errorf("%w: state", ErrToken)
	}
	if iss := came.Get("iss"); iss != "" && iss != cfg.Issuer || iss == "" && says.NamesSelf {
		return nil, fmt.Errorf("%w: iss", ErrToken)
	}
	if came.Get("error") != "" || came.Get("code") == "" {
		return nil, ErrRefused
	}
	ctx = c.with(ctx)
	token, err := oauth.Exchange(ctx, came.Get("code"), oauth2.VerifierOption(f.Verifier))
	if err != nil {
		if _, answered := errors.AsType[*oauth2.RetrieveError](err); answered {
			return nil, errors.Join(ErrRefused, err)
		}
		return nil, kindOf(err)
	}
	return c.read(ctx, p, &cfg, f, token)
}

// claims are what we read of an ID token, or of the answer about its person.
type claims struct {
	Party    string    `json:"azp"`
	Name     string    `json:"name"`
	Address  string    `json:"email"`
	Verified looseBool `json:"email_verified"`
}

// read checks the ID token (OpenID Connect Core 1.0 section 3.1.3.7).
func (c *Client) read(ctx context.Context, p *oidc.Provider, cfg *Config, f Flow, token *oauth2.Token) (*Identity, error) {
	raw, _ := token.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: cfg.ClientID, Now: c.now}).Verify(ctx, raw)
	if err != nil {
		return nil, errors.Join(ErrToken, err)
	}
	var said claims
	if err := id.Claims(&said); err != nil {
		return nil, errors.Join(ErrToken, err)
	}
	switch {
	case f.Nonce == "" || !same(id.Nonce, f.Nonce):
		return nil, fmt.Errorf("%w: nonce", ErrToken)
	case said.Party != "" && said.Party != cfg.ClientID, said.Party == "" && len(id.Audience) > 1:
		return nil, fmt.Errorf("%w: authorized party", ErrToken)
	case id.Subject == "":
		return nil, fmt.Errorf("%w: subject", ErrToken)
	case id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil:
		return nil, fmt.Errorf("%w: access token", ErrToken)
	}
	who := &Identity{Subject: id.Subject, Name: said.Name, Address: said.Address, Verified: bool(said.Verified)}
	if who.Address == "" && p.UserInfoEndpoint() != "" {
		return who, who.ask(ctx, p, token)
	}
	return who, nil
}

// ask fills in what the ID token does not say from the provider's answer about
// the person (section 5.3).
func (who *Identity) ask(ctx context.Context, p *oidc.Provider, token *oauth2.Token) error {
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return errors.Join(ErrUnreachable, err)
	}
	var said claims
	if err := info.Claims(&said); err != nil || info.Subject != who.Subject {
		return errors.Join(ErrToken, err)
	}
	who.Address, who.Verified = said.Address, bool(said.Verified)
	if who.Name == "" {
		who.Name = said.Name
	}
	return nil
}

// looseBool reads true also from the text "true", which some providers send.
type looseBool bool

// UnmarshalJSON implements json.Unmarshaler.
func (b *looseBool) UnmarshalJSON(data []byte) error {
	*b = string(data) == "true" || string(data) == `"true"`
	return nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
