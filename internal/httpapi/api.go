package httpapi

import (
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// base is the path that every route begins with.
const base = "/api/v1"

const (
	maxBody   = 1 << 20         // of a JSON request
	maxUpload = 100<<20 + 1<<20 // of a file with its wrapping; the account's own setting is lower
	maxTime   = 30 * time.Second
)

// Options tune the API. The zero value is right for tests.
type Options struct {
	// Log takes what goes wrong; nil drops it.
	Log *slog.Logger
	// SignIns limits tries to sign in, together with the other doors that let
	// people in; nil makes one for the API alone.
	SignIns *httpx.SignInGate
	// Rates limits how many requests a caller makes, together with the other
	// doors; nil limits nothing.
	Rates *httpx.Rates
}

// API is the JSON API over one App.
type API struct {
	app      *app.App
	huma     huma.API
	handler  http.Handler
	report   httpx.Reporter
	signIns  *httpx.SignInGate
	rates    *httpx.Rates
	accounts accountCache
	routes   []Route
}

// New makes the API. It is served at /api/v1/ without stripping the path, inside
// of httpx.Identify and httpx.Recover.
func New(a *app.App, o Options) *API {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	api := &API{app: a, report: httpx.Reporter{Log: o.Log}, signIns: o.SignIns, rates: o.Rates}
	if api.signIns == nil {
		api.signIns = httpx.NewSignInGate(func() time.Time { return a.Now().Std() })
	}
	mux := http.NewServeMux()
	api.huma = humago.NewWithPrefix(mux, base, config())
	api.huma.UseMiddleware(api.admit)
	for _, register := range []func(*API){
		sessionRoutes, meRoutes, homeRoutes, ticketRoutes, filterRoutes, quickRoutes, ticketActRoutes, mergeRoutes, messageRoutes, sourceRoutes, mailRoutes, readerRoutes, draftRoutes, scheduledRoutes, sideRoutes, followRoutes, muteRoutes, eventRoutes, linkRoutes,
		shareRoutes, publicLinkRoutes, ticketPartnerRoutes, allShareRoutes, sharePolicyRoutes, shareTemplateRoutes, bulkRoutes, accessRoutes, accessRequestRoutes, snippetRoutes, macroRoutes, calendarRoutes, slaPolicyRoutes, attachmentRoutes, notificationRoutes, liveRoutes, viewRoutes, exportRoutes, administrationRoutes,
	} {
		register(api)
	}
	api.serveDescription(mux)
	api.handler = httpx.Chain(httpx.Fallback(mux),
		httpx.Secure(httpx.Policy{}), protectCookies, httpx.LimitBody(bodyLimit))
	return api
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Routes lists everything that is served, in the order of registration.
func (a *API) Routes() []Route { return a.routes }

// config is huma's part of the frame: no links to schemas, no pages of its own,
// and nothing accepted that is not described.
func config() huma.Config {
	c := huma.DefaultConfig("Deskmesh", "1")
	c.Info.Description = "The API of a Deskmesh desk. Errors are problem+json (RFC 9457). Times are RFC 3339 in UTC. Lists answer with items and next, the cursor of the next page or null."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.RejectUnknownQueryParameters = true
	format := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal}
	c.Transformers = []huma.Transformer{noContent, plainAnswer}
	c.Formats = map[string]huma.Format{"application/json": format, "json": format} // the second serves +json
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: httpx.SessionCookieName(""), Description: "The cookie that POST /sessions sets; its name begins with __Host- where the desk is reached by https."},
		"token":   {Type: "http", Scheme: "bearer", Description: "An API token."},
	}
	return c
}

// noContent takes the type off an answer that has no body after all.
func noContent(hc huma.Context, status string, v any) (any, error) {
	if status == "204" {
		_, w := humago.Unwrap(hc)
		w.Header().Del("Content-Type")
	}
	return v, nil
}

// schemaName names a struct in the description: personJSON is Person there.
func schemaName(t reflect.Type, hint string) string {
	return strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "JSON")
}

// protectCookies refuses requests that a page of another origin made a browser
// send. A bearer token is never sent by a browser on its own.
func protectCookies(next http.Handler) http.Handler {
	protect, err := httpx.ProtectCrossOrigin()
	if err != nil {
		panic(fmt.Sprintf("no origin is given, so none is wrong: %v", err))
	}
	protected := protect(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			next.ServeHTTP(w, r)
			return
		}
		protected.ServeHTTP(w, r)
	})
}

func bodyLimit(r *http.Request) int64 {
	switch r.URL.Path {
	case base + uploadPath:
		return maxUpload
	case base + importPath:
		return maxImportBody
	}
	return maxBody
}
