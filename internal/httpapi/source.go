package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/deskmesh/deskmesh/internal/access"
)

// sourceRoutes give mails as they arrived.
func sourceRoutes(a *API) {
	op := costly(stream(operation(http.MethodGet, "/tickets/{number}/messages/{id}/source", "show-message-source",
		"The mail that a message came by, as it arrived; also needs inboxes.manage", "messages")), costSearch)
	op.Responses = map[string]*huma.Response{
		"200": {Description: "OK", Content: map[string]*huma.MediaType{"message/rfc822": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}},
		"410": {Description: "The mail is no longer kept."},
	}
	route(a, op, ticketRight(access.SeeInternal), a.messageSource)
}

// messageSource answers with the mail as a file: browsers save it, show nothing
// of it and run nothing.
func (a *API) messageSource(ctx context.Context, c *caller, in *PartInput) (*fileOutput, error) {
	source, err := a.app.MessageSource(ctx, c.Viewer, in.Number, in.ID)
	if err != nil {
		return nil, err
	}
	return &fileOutput{Body: func(huma.Context) {
		a.extendDeadlines(c)
		h := c.writer.Header()
		asFile(h, "message/rfc822", fmt.Sprintf("ticket-%d-message-%d.eml", in.Number, in.ID))
		h.Set("Content-Length", strconv.Itoa(len(source)))
		_, _ = c.writer.Write(source) // whoever went away needs no answer
	}}, nil
}

// asFile sets the headers of a file that is saved and never shown.
func asFile(h http.Header, contentType, name string) {
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", disposition(name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
}
