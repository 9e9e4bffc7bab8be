package site

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

const flowLasts = 15 * time.Minute

// toProvider sends the browser to a provider. It begins at the account's own
// address, which the provider sends the browser back to: what the browser keeps
// meanwhile belongs to one host.
func (v *visit) toProvider() error {
	next := localPath(v.r.URL.Query().Get("next"))
	if v.signed != nil {
		v.redirect(next)
		return nil
	}
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil {
		return errMissingPage
	}
	if base, err := url.Parse(v.account.BaseURL); err == nil && !strings.EqualFold(base.Host, v.r.Host) && !v.r.URL.Query().Has("here") {
		q := url.Values{"next": {next}, "here": {"1"}}
		v.redirect(v.account.BaseURL + v.r.URL.Path + "?" + q.Encode())
		return nil
	}
	address, flow, err := v.app.BeginProviderSignIn(v.ctx(), v.account.ID, id, next)
	if err != nil {
		return v.refuseProvider(err)
	}
	httpx.SetSigningIn(v.w, v.account.BaseURL, httpx.FlowCookie, flow, flowLasts)
	v.redirect(address)
	return nil
}

// fromProvider is where the browser comes back. What it kept is used up, however
// the sign-in ends.
func (v *visit) fromProvider() error {
	flow := httpx.SigningIn(v.r, v.account.BaseURL, httpx.FlowCookie)
	httpx.EndSigningIn(v.w, v.account.BaseURL, httpx.FlowCookie)
	s, next, err := v.app.FinishProviderSignIn(v.ctx(), v.account.ID, flow, v.r.URL.Query())
	if err != nil {
		return v.refuseProvider(err)
	}
	v.enter(s, next)
	return nil
}

// providerTexts are the texts for what can go wrong, by the error's reason, as
// keys below "site.provider.".
var providerTexts = map[string]string{
	"provider_gone": "gone", "provider_down": "down", "provider_flow": "flow", "provider_refused": "refused", "provider_token": "token",
	"provider_unverified": "unverified", "provider_domain": "domain", "provider_unknown": "unknown", "provider_inactive": "inactive", "provider_linked": "linked",
}

// refuseProvider shows the sign-in page with what went wrong. The details, which
// may hold addresses, are in the log.
func (v *visit) refuseProvider(err error) error {
	text, known := providerTexts[dm.ReasonOf(err)]
	if !known {
		return err
	}
	if text != "gone" && text != "flow" {
		v.options.Log.WarnContext(v.ctx(), "a sign-in through a provider failed", "error", err, "request", httpx.RequestID(v.ctx()))
	}
	return v.showSignIn(httpx.ProblemOf(err).Status, signInForm{Next: "/", Fault: v.t("site.provider." + text)})
}

// providerLink is one way to sign in beside the password.
type providerLink struct{ Name, Address string }

func (v *visit) providerLinks(next string) ([]providerLink, error) {
	list, err := v.app.EnabledProviders(v.ctx(), v.account.ID)
	links := make([]providerLink, len(list))
	for i := range list {
		links[i] = providerLink{list[i].Name, withNext("/sign-in/oidc/"+strconv.FormatInt(list[i].ID, 10), next)}
	}
	return links, err
}
