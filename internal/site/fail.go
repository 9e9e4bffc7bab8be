package site

import (
	"net/http"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// failure is what an error page says.
type failure struct {
	Heading, Text string
	// Home leads back to the tickets, SignIn to the sign-in page.
	Home, SignIn bool
	Request      string // the request's id, to quote in a report
}

// pageTexts are the texts of error pages by status, as keys below "site.error.".
var pageTexts = map[int]string{
	http.StatusForbidden:             "forbidden",
	http.StatusNotFound:              "missing",
	http.StatusGone:                  "gone",
	http.StatusMisdirectedRequest:    "misdirected",
	http.StatusRequestEntityTooLarge: "too_large",
	http.StatusTooManyRequests:       "too_many",
	http.StatusServiceUnavailable:    "unavailable",
}

// fail shows the page for an error. A ticket that is not there and one that is
// not visible give the same page.
func (v *visit) fail(err error) {
	p := v.reporter.Problem(v.ctx(), err)
	status, text := p.Status, pageTexts[p.Status]
	switch {
	case dm.ReasonOf(err) == errMisdirected.Reason:
		status, text = http.StatusMisdirectedRequest, pageTexts[http.StatusMisdirectedRequest]
	case isTicketMissing(err):
		text = "ticket"
	case dm.ReasonOf(err) == app.ErrLinkClosed.Reason:
		text = "link"
	case strings.HasPrefix(dm.ReasonOf(err), "unsubscribe_"), dm.ReasonOf(err) == app.ErrSatisfactionOver.Reason:
		text = dm.ReasonOf(err)
	case dm.ReasonOf(err) == errClosed.Reason:
		text = "closed"
	case text == "":
		text = "other"
	}
	if p.RetryAfter > 0 {
		v.w.Header().Set("Retry-After", strconv.Itoa(int(p.RetryAfter.Seconds()+0.999)))
	}
	own := failure{Heading: v.t("site.error." + text + ".title"), Text: v.t("site.error." + text + ".text")}
	own.Home, own.SignIn = v.signed != nil, v.signed == nil && v.account != nil && text != "link" && !strings.HasPrefix(text, "unsubscribe_")
	if text == "closed" {
		own.Home, own.SignIn = false, false
	}
	if status >= http.StatusInternalServerError {
		own.Request = httpx.RequestID(v.ctx())
	}
	f := v.newFrame("", own.Heading)
	f.Narrow = true
	if err := v.show(status, "error", f, own); err != nil {
		v.reporter.Write(v.w, v.r, err)
	}
}

// isTicketMissing recognises the one answer for tickets that are not there and
// tickets that do not open.
func isTicketMissing(err error) bool {
	return dm.CodeOf(err) == dm.NotFound && err.Error() == dm.ErrTicketNotFound.Error()
}
