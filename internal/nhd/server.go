package nhd

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// Server answers other desks below /sharing. Its answers are statuses that every
// maker's desk takes without falling over: 200, 201, 401, 403, 404, 405, 410, 422,
// 500 and 503; never a redirect.
type Server struct {
	app   *app.App
	log   *slog.Logger
	rates *httpx.Rates
}

// NewServer makes a server. rates counts the requests of an agreement, and of an
// address those without one; share it with the other doors of the process. Nil
// limits nothing.
func NewServer(a *app.App, log *slog.Logger, rates *httpx.Rates) *Server {
	return &Server{a, log, rates}
}

// Over puts the server over another handler: requests below /sharing are its own,
// however many slashes their paths have, all others go on.
func (s *Server) Over(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parts := strings.FieldsFunc(r.URL.Path, func(c rune) bool { return c == '/' })
		if len(parts) == 0 || "/"+parts[0] != app.SharingPath {
			next.ServeHTTP(w, r)
			return
		}
		s.serve(w, r, parts[1:])
	})
}

// call is one request of another desk.
type call struct {
	*Server
	ctx     context.Context
	request *http.Request
	writer  http.ResponseWriter
	account *dm.Account
	secret  string // of the one-time address that it came through; "" the public one
	id      string // of the agreement or ticket that the path names
	body    []byte
	partner *dm.Partner // once the token is known to be good
}

// serve finds what is asked for. The path may hold the secret of a one-time
// address, so the log is given a pattern in its place.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, parts []string) {
	c := &call{Server: s, ctx: r.Context(), request: r, writer: w}
	r.Pattern = app.SharingPath + "/"
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if len(parts) > 2 && parts[0] == "i" {
		c.secret, parts = parts[1], parts[2:]
	}
	var serve map[string]func() error
	switch {
	case len(parts) == 5 && parts[0] == "files":
		r.Pattern = app.SharingPath + "/files/{ticket}/{file}/{sign}/{name}"
		if err := c.file(parts); err != nil {
			c.refuse(err)
		}
		return
	case len(parts) == 2 && parts[0] == "agreements":
		r.Pattern, serve = app.SharingPath+"/agreements/{uuid}", c.agreements()
	case len(parts) == 2 && parts[0] == "tickets":
		r.Pattern, serve = app.SharingPath+"/tickets/{uuid}", c.tickets()
	}
	if err := c.route(serve, parts); err != nil {
		c.refuse(err)
	}
}

var errNotHere = dm.Errorf(dm.NotFound, "There is nothing here.").With("not_found")

func (c *call) route(serve map[string]func() error, parts []string) error {
	if serve == nil {
		return errNotHere
	}
	if c.id = CleanID(parts[1]); c.id == "" {
		return dm.BadField("uuid", "This is an id of 1 to 64 letters, digits, dots, lines or underscores.")
	}
	do, known := serve[c.request.Method]
	if !known {
		return errMethod
	}
	if err := c.begin(); err != nil {
		return err
	}
	return do()
}

// begin finds the account by the host, and looks at the headers.
func (c *call) begin() (err error) {
	if c.account, _, err = c.app.AccountAt(c.ctx, hostName(c.request.Host)); dm.CodeOf(err) == dm.NotFound {
		return errNotHere
	}
	if err != nil {
		return err
	}
	if v := strings.TrimSpace(c.request.Header.Get(headerVersion)); v != "" && v != protocol {
		return dm.Errorf(dm.Invalid, "This desk speaks version 1 of the protocol.").With("version")
	}
	if !readable(c.request.Header) {
		return dm.Errorf(dm.Invalid, "The body is JSON, in UTF-8 and not compressed.").With("content_type")
	}
	return nil
}

// readable says whether a body of this type may be JSON.
func readable(h http.Header) bool {
	if coding := h.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return false
	}
	text := h.Get("Content-Type")
	if text == "" {
		return true
	}
	kind, _, err := mime.ParseMediaType(text)
	return err == nil && (kind == "application/json" || kind == "text/x-json" || kind == "text/json")
}

// authenticate sees whose token it is, that partners are switched on, and that
// whoever signs has signed. Nothing of a body is read before the token is good.
func (c *call) authenticate() error {
	p, key, err := c.token()
	if dm.CodeOf(err) == dm.Unauthenticated {
		return c.stranger(err)
	}
	if err != nil {
		return err
	}
	if err := c.rates.Partner(c.writer, strconv.FormatInt(c.account.ID, 10)+"."+strconv.FormatInt(p.ID, 10), costOf(c.request)); err != nil {
		return err
	}
	if err := c.read(MaxBody); err != nil {
		return err
	}
	if err := c.checkSignature(p, key); err != nil {
		return err
	}
	c.partner = p
	return c.app.PartnersAllowed(c.ctx, c.account.ID)
}

// token finds the agreement of the request's token.
func (c *call) token() (*dm.Partner, string, error) {
	uuid, key, ok := strings.Cut(c.request.Header.Get(headerToken), ":")
	uuid = CleanID(uuid)
	if !ok || uuid == "" || len(key) > maxKey {
		return nil, "", errToken
	}
	p, err := c.app.PartnerByToken(c.ctx, c.account.ID, uuid, key)
	return p, key, err
}

var errToken = dm.Errorf(dm.Unauthenticated, "A request needs the token of an agreement with this desk.").With("unauthorized")

// checkSignature takes a request without one only from a desk that has never
// signed.
func (c *call) checkSignature(p *dm.Partner, key string) error {
	if !Signed(c.request) {
		if p.Signs {
			return dm.Errorf(dm.Unauthenticated, "This desk has signed its requests before, and this one is not.").With("signature")
		}
		return nil
	}
	if err := Verify(c.request, p.UUID, key, c.body, c.app.Now().Std()); err != nil {
		return dm.Errorf(dm.Unauthenticated, "The signature is wrong, or the clocks of the two desks are more than %d minutes apart.", int(signatureLife/time.Minute)).With("signature").Because(err)
	}
	if p.Signs {
		return nil
	}
	return c.app.PartnerSigned(c.ctx, c.account.ID, p.ID)
}

// answer sends a body, or an empty object.
func (c *call) answer(status int, body []byte) error {
	if body == nil {
		body = []byte("{}")
	}
	c.writer.Header().Set("Content-Type", bodyType)
	c.writer.Header().Set("Content-Length", strconv.Itoa(len(body)))
	c.writer.WriteHeader(status)
	c.writer.Write(body) // nobody is left to tell when it fails
	return nil
}

var errMethod = dm.Errorf(dm.Invalid, "This method is not used here.").With("method")

// refuse answers with an error in one of the statuses that every desk takes.
func (c *call) refuse(err error) {
	known, ok := errors.AsType[*dm.Error](err)
	if !ok {
		known = dm.Errorf(dm.Internal, "Something went wrong.")
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			known = dm.Errorf(dm.Unavailable, "This took too long. Please try again.")
		}
	}
	status := http.StatusInternalServerError
	switch known.Code {
	case dm.Invalid, dm.Conflict, dm.TooLarge:
		status = http.StatusUnprocessableEntity
	case dm.Unauthenticated:
		status = http.StatusUnauthorized
		c.writer.Header().Set("WWW-Authenticate", "X-Ticket-Sharing")
	case dm.Forbidden:
		status = http.StatusForbidden
	case dm.NotFound:
		status = http.StatusNotFound
	case dm.Gone:
		status = http.StatusGone
	case dm.RateLimited, dm.Unavailable:
		status = http.StatusServiceUnavailable
		c.writer.Header().Set("Retry-After", strconv.Itoa(int(rest(err, known.Code)/time.Second)))
	}
	if known == errMethod {
		status = http.StatusMethodNotAllowed
		c.writer.Header().Set("Allow", "GET, POST, PUT, DELETE")
	}
	if status == http.StatusInternalServerError {
		c.log.ErrorContext(c.ctx, "a request of another desk failed", "error", err, "request", httpx.RequestID(c.ctx))
	}
	c.answer(status, refusal(known))
}

func refusal(e *dm.Error) []byte {
	out := struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}{e.Reason, e.Public}
	if out.Error == "" {
		out.Error = string(e.Code)
	}
	if e.Field != "" {
		out.Message = e.Field + ": " + e.Public
	}
	body, _ := json.Marshal(out)
	return body
}

// hostName cuts the port off and folds the case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}
