package app

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// WebhookEvent is what one webhook may be told of one event, as it sees it now.
// Of a test everything but the webhook and the kind is left out.
type WebhookEvent struct {
	Webhook   *dm.Webhook
	Kind      dm.EventKind
	At        dm.Time // when it happened
	Viewer    *access.Viewer
	Directory *store.Directory
	Event     *EventView
	Number    int64       // of the ticket
	Ticket    *TicketView // nil for a deleted one, of which nothing else is told
	Message   *MessageRow // of an event about a message; nil where it may not be read
}

// viewForWebhook finds again what an event is about, through the webhook as it
// is now; nil where it may not hear of it any more.
func (a *App) viewForWebhook(tx *store.Tx, account int64, w *dm.Webhook, d *dm.Delivery) (*WebhookEvent, error) {
	e, err := tx.Event(account, d.EventID)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, nil
	}
	if err != nil || !w.Reach.Tells(e) {
		return nil, err
	}
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	out := &WebhookEvent{Webhook: w, Kind: e.Kind, At: e.CreatedAt, Directory: dir, Viewer: webhookViewer(dir, w, e.Kind)}
	f, err := tx.TicketByID(out.Viewer, e.TicketID)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out.Number = f.Ticket.Number
	views, err := a.viewEvents(tx, out.Viewer, []dm.Event{*e})
	if err != nil {
		return nil, err
	}
	out.Event = &views[0]
	if e.Kind == dm.TicketDeleted {
		return out, nil
	}
	if out.Ticket, err = a.viewTicket(tx, out.Viewer, f); err != nil || e.Data.MessageID == 0 {
		return out, err
	}
	return out, out.readMessage(tx, f)
}

// readMessage adds the message that the event is about, unless it was moved to
// another ticket or may not be read.
func (e *WebhookEvent) readMessage(tx *store.Tx, f *store.Found) error {
	m, err := tx.MessageOf(e.Directory.Account.ID, f, e.Event.Data.MessageID)
	if dm.CodeOf(err) == dm.NotFound {
		return nil
	}
	if err == nil && m.Kind != dm.LocalNote {
		e.Message = m
	}
	return err
}
