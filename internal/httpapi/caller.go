package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// caller is who asks, resolved once per request: the account by its host, and
// the viewer with the directory by session or token. On public routes nobody is
// signed in and Signed is nil.
type caller struct {
	*app.Signed
	account *dm.Account // as the host names it; its settings are in the directory
	request *http.Request
	writer  http.ResponseWriter
	once    *app.Once // of a POST by somebody signed in
	status  int       // the status that show answers with
	secret  string    // made by do, for show to tell once; never in a repeat
}

type callerKey struct{}

// admit lets a request through to its handler when the host is known, somebody
// is signed in where that is needed, they may use the route, and the input is
// well-formed. It refuses before the body is validated.
func (a *API) admit(hc huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(hc)
	op := hc.Operation()
	c := &caller{request: r, writer: w, status: op.DefaultStatus}
	ctx, err := a.resolve(hc.Context(), c, op)
	if err != nil {
		a.report.Write(w, r, err)
		return
	}
	if !isStream(op) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, maxTime)
		defer cancel()
	}
	ctx = app.WithRequest(ctx, httpx.RequestID(ctx))
	next(huma.WithContext(hc, context.WithValue(ctx, callerKey{}, c)))
}

func (a *API) resolve(ctx context.Context, c *caller, op *huma.Operation) (context.Context, error) {
	err := a.identify(ctx, c, needOf(op))
	if limited := a.limit(c, op); limited != nil {
		return nil, limited
	}
	if err != nil {
		return nil, err
	}
	n := needOf(op)
	if n != anybody {
		if c.NeedsTOTP && op.Metadata[beforeTOTPKey] != true {
			return nil, app.ErrNeedsTOTP()
		}
		if err := n.check(c.Viewer); err != nil {
			return nil, err
		}
	}
	if err := checkQuery(c.request.URL.RawQuery); err != nil {
		return nil, err
	}
	body, err := prepareBody(c.request, op)
	if err != nil {
		return nil, err
	}
	if op.Method != http.MethodPost || n == anybody {
		return ctx, nil
	}
	if c.once, err = a.onceFor(c, op, body); err != nil {
		return nil, err
	}
	return app.WithOnce(ctx, c.once), nil
}

// identify finds the account and, where the route asks for it, who is signed in.
func (a *API) identify(ctx context.Context, c *caller, n need) (err error) {
	if c.account, err = a.accounts.at(ctx, a.app, c.request.Host); err != nil || n == anybody {
		return err
	}
	c.Signed, err = a.signedIn(ctx, c)
	return err
}

// signedIn resolves who asks. A request with an Authorization header is judged
// by it alone.
func (a *API) signedIn(ctx context.Context, c *caller) (*app.Signed, error) {
	if header := c.request.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			token = "" // answered as an unknown one
		}
		return a.app.ByToken(ctx, c.account.ID, strings.TrimSpace(token))
	}
	return a.bySession(ctx, c)
}

const maxIdempotencyKey = 200

// onceFor makes of a POST what a repeat is recognised by.
func (a *API) onceFor(c *caller, op *huma.Operation, body []byte) (*app.Once, error) {
	o := &app.Once{Account: c.account.ID, Person: c.Viewer.Person(), Route: op.Method + " " + op.Path,
		Made: op.DefaultStatus, Stood: http.StatusOK}
	values := c.request.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return o, nil
	}
	o.Key = values[0]
	if len(values) > 1 || !isKey(o.Key) {
		return nil, dm.BadField("Idempotency-Key", "A key has 1 to %d characters of plain ASCII without spaces.", maxIdempotencyKey)
	}
	sum := sha256.New()
	sum.Write([]byte(c.request.URL.RequestURI() + "\n"))
	sum.Write(body)
	o.Digest = hex.EncodeToString(sum.Sum(nil))
	return o, nil
}

func isKey(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return text != "" && len(text) <= maxIdempotencyKey
}
