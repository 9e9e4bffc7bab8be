package app

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// RequesterTypes are the kinds of ticket that a requester files.
var RequesterTypes = []dm.TicketType{dm.TypeQuestion, dm.TypeIncident, dm.TypeServiceRequest}

// patchAsRequester applies the few properties that a requester may set: that the
// ticket is solved or open again, and with portal.share_level edit subject and
// priority. The type is chosen when it is filed. Everything else is refused,
// whatever it is.
func (w *work) patchAsRequester(p *dm.TicketPatch) error {
	rest := *p
	rest.Subject, rest.Status, rest.Priority, rest.Fields = nil, nil, nil, nil
	if w.created {
		rest.Type = nil
	}
	if !rest.Empty() {
		return dm.ErrForbidden
	}
	if p.Type != nil {
		if !slices.Contains(RequesterTypes, *p.Type) {
			return dm.BadField("type", "The type is one of question, incident and service_request.")
		}
		w.t.Type = *p.Type
	}
	if err := w.patchDetails(p); err != nil {
		return err
	}
	if err := w.patchPortalFields(p); err != nil {
		return err
	}
	return w.patchResolved(p.Status)
}

func (w *work) patchDetails(p *dm.TicketPatch) error {
	if p.Subject == nil && p.Priority == nil {
		return nil
	}
	if err := w.need(access.Details); err != nil {
		return err
	}
	if p.Subject != nil {
		subject, err := cleanSubject(*p.Subject)
		if err != nil {
			return err
		}
		w.change("subject", w.t.Subject, subject)
		w.t.Subject = subject
	}
	if p.Priority != nil {
		if !slices.Contains(dm.Priorities, *p.Priority) {
			return dm.BadField("priority", "The priority is one of low, normal, high and urgent.")
		}
		w.change("priority", string(w.t.Priority), string(*p.Priority))
		w.t.Priority = *p.Priority
	}
	return nil
}

// patchResolved says that a ticket is solved, or opens it again. Which fields must
// be filled in first is the desk's business and not asked of a requester.
func (w *work) patchResolved(status *dm.Status) error {
	if status == nil {
		return nil
	}
	if err := w.need(access.Resolve); err != nil {
		return err
	}
	switch done := w.t.Status.Done(); {
	case *status == dm.StatusSolved && !done, *status == dm.StatusOpen && done:
		w.setStatus(*status, 0)
	case *status == dm.StatusSolved, *status == dm.StatusOpen: // it is so already
	default:
		return dm.BadField("status", "A requester solves a ticket or opens it again.")
	}
	return nil
}
