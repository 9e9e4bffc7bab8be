package site

import (
	"log/slog"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// Options are what the pages need besides the app.
type Options struct {
	Log *slog.Logger
	// Now is the clock, for words such as "5 min ago".
	Now func() time.Time
	// SignIns limits the tries to sign in; share it with the other doors.
	SignIns *httpx.SignInGate
	// Rates limits how many pages somebody asks for, together with the other
	// doors; nil limits nothing.
	Rates *httpx.Rates
	// Workspace is what agents work in; nil shows them the pages without JavaScript.
	Workspace Workspace
	// Hints lists people of an account whom everybody may sign in as: a demo's.
	// Nil for a real desk.
	Hints func(*dm.Account) *Hints
}

// Workspace is the agents' front end.
type Workspace interface {
	// Page answers with its document.
	Page(http.ResponseWriter, *http.Request)
	// Asset answers with the file of that name, and says whether there is one.
	Asset(w http.ResponseWriter, r *http.Request, name string) bool
}

// Hints tell a visitor of a demo how to sign in.
type Hints struct {
	Password string
	People   []Hint
}

// Hint is one person of a demo. Who is a key of the catalogue below site.demo.
type Hint struct{ Address, Who string }

// requestTime bounds the work for one page.
const requestTime = 30 * time.Second

// policy allows what the pages load: their own style sheets and icons.
var policy = httpx.Policy{CSP: "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"}

// site is the pages of every account of this server.
type site struct {
	app      *app.App
	options  Options
	reporter httpx.Reporter
}

// New makes the handler of the pages. It belongs behind httpx.Identify,
// AccessLog and Recover, at the root of the server.
func New(a *app.App, o Options) (http.Handler, error) {
	s := &site{app: a, options: o, reporter: httpx.Reporter{Log: o.Log}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/{name}", s.serveAsset)
	mux.HandleFunc("GET /assets/accent/{name}", serveAccent)
	for pattern, h := range map[string]func(*visit) error{
		"GET /{$}":                                 (*visit).start,
		"GET /sign-in":                             (*visit).signInPage,
		"POST /sign-in":                            (*visit).signIn,
		"GET /sign-in/code":                        (*visit).codePage,
		"POST /sign-in/code":                       (*visit).code,
		"GET /sign-in/oidc/{id}":                   (*visit).toProvider,
		"GET " + app.ProviderCallback:              (*visit).fromProvider,
		"GET /two-step":                            (*visit).twoStepPage,
		"POST /two-step":                           (*visit).beginTwoStep,
		"POST /two-step/confirm":                   (*visit).confirmTwoStep,
		"POST /sign-out":                           (*visit).signOut,
		"GET /setup/{secret}":                      (*visit).setupPage,
		"POST /setup/{secret}":                     (*visit).setup,
		"GET /tickets/{number}":                    (*visit).ticket,
		"GET /portal":                              (*visit).list,
		"GET /portal/new":                          (*visit).newTicketPage,
		"POST /portal/new":                         (*visit).newTicket,
		"GET /portal/me":                           (*visit).mePage,
		"POST /portal/me":                          (*visit).saveMe,
		"POST /portal/me/password":                 (*visit).savePassword,
		"POST /portal/me/notices":                  (*visit).saveNotices,
		"GET /portal/tickets/{number}":             (*visit).portalTicket,
		"POST /portal/tickets/{number}/messages":   (*visit).reply,
		"POST /portal/tickets/{number}/status":     (*visit).resolve,
		"POST /portal/tickets/{number}/details":    (*visit).change,
		"GET /portal/tickets/{number}/files/{id}":  (*visit).file,
		"GET /portal/tickets/{number}/share":       (*visit).sharePage,
		"POST /portal/tickets/{number}/share":      (*visit).share,
		"POST /portal/tickets/{number}/people":     (*visit).removePerson,
		"POST /portal/tickets/{number}/links":      (*visit).makeLink,
		"POST /portal/tickets/{number}/links/{id}": (*visit).revokeLink,
		"GET /sign-in/mail":                        (*visit).mailSignInPage,
		"POST /sign-in/mail":                       (*visit).askLink,
		"GET /sign-in/mail/{secret}":               (*visit).mailLinkPage,
		"POST /sign-in/mail/{secret}":              (*visit).enterByMail,
		"GET /tickets":                             (*visit).workspace,
		"GET /tickets/new":                         (*visit).workspace,
		"GET /requests":                            (*visit).workspace,
		"GET /scheduled":                           (*visit).workspace,
		"GET /notifications":                       (*visit).workspace,
		"GET /me":                                  (*visit).workspace,
		"GET /admin":                               (*visit).workspace,
		"GET /admin/":                              (*visit).workspace,
		"GET /s/{secret}":                          (*visit).link,
		"POST /s/{secret}":                         (*visit).enterLink,
		"POST /s/{secret}/messages":                (*visit).writeByLink,
		"GET /s/{secret}/files/{id}":               (*visit).linkFile,
		"GET " + app.UnsubscribePath + "{token}":   (*visit).unsubscribe,
		"POST " + app.UnsubscribePath + "{token}":  (*visit).turnOff,
		"GET /assets/brand/{id}/{name}":            (*visit).logo,
		"GET " + app.SatisfactionPath + "{token}":  (*visit).satisfaction,
		"POST " + app.SatisfactionPath + "{token}": (*visit).rateByMail,
		"POST /portal/tickets/{number}/rating":     (*visit).rate,
		"GET /demo/mailbox":                        (*visit).mailbox,
		"GET /demo/mailbox/{id}/html":              (*visit).mailHTML,
		"/":                                        (*visit).missing,
	} {
		mux.Handle(pattern, s.page(h))
	}
	crossOrigin, err := httpx.ProtectCrossOrigin()
	if err != nil {
		return nil, err
	}
	return httpx.Chain(mux, httpx.Secure(policy), crossOrigin, s.timed), nil
}

// maxForm bounds a form, which may hold a long message.
const maxForm = 512 << 10

// page runs a handler for the account and the person that the request is for,
// and shows a page for the error it gives.
func (s *site) page(h func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(app.WithRequest(r.Context(), httpx.RequestID(r.Context())))
		most := int64(maxForm)
		if hasFiles(r) {
			most = maxUpload
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		v := &visit{site: s, w: w, r: r}
		err := v.arrive()
		if limited := v.limit(); limited != nil {
			err = limited
		}
		switch {
		case err != nil:
		case v.mustTwoStep():
			v.redirect("/two-step")
		default:
			err = h(v)
		}
		if err != nil {
			v.fail(err)
		}
	})
}
