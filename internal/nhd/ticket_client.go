package nhd

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// Fetch implements app.PartnerClient.
func (c *Client) Fetch(ctx context.Context, p *dm.Partner, key, address string, most int64) (io.ReadCloser, string) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, "Its address is not one."
	}
	if err := c.options.Check(u); err != nil {
		return nil, "This server may not fetch from its address."
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, "Its address is not one."
	}
	r.Header.Set("User-Agent", userAgent)
	if own, err := url.Parse(p.PartnerURL); err == nil && own.Host == u.Host && own.Scheme == u.Scheme {
		r.Header.Set(headerToken, p.UUID+":"+key)
	}
	o := c.options
	o.Timeout, o.MaxBody = fetchTime, most+1
	client := httpx.NewClient(o)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	got, err := client.Do(r)
	if errors.Is(err, httpx.ErrAnswerTooLarge) {
		return nil, "It is larger than files may be here."
	}
	if err != nil {
		_, problem := faultOf(err)
		return nil, problem
	}
	if got.StatusCode == http.StatusOK {
		return got.Body, ""
	}
	got.Body.Close()
	if got.StatusCode >= 300 && got.StatusCode <= 399 {
		return nil, "Its address leads to another one, which is not followed."
	}
	return nil, "The partner does not give it out (" + http.StatusText(got.StatusCode) + ")."
}
