package httpapi

import (
	"encoding/json"
	"time"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/webhook"
)

// hookBodyJSON is what a webhook is sent.
type hookBodyJSON struct {
	Type       dm.EventKind `json:"type"`
	Timestamp  time.Time    `json:"timestamp"` // of the event
	APIVersion string       `json:"api_version"`
	Data       hookDataJSON `json:"data"`
}

type hookDataJSON struct {
	Account hookAccountJSON `json:"account"`
	Webhook nameJSON        `json:"webhook"`
	// Of a test there is neither of these.
	Ticket  any              `json:"ticket,omitempty"`
	Event   any              `json:"event,omitempty"`
	Message *hookMessageJSON `json:"message,omitempty"`
}

type hookAccountJSON struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

// hookMessageJSON is a message without its HTML.
type hookMessageJSON struct {
	ID          int64               `json:"id"`
	Kind        dm.MessageKind      `json:"kind"`
	Author      orNull[contactJSON] `json:"author"`
	Link        orNull[linkAuthor]  `json:"link"`
	Via         dm.Via              `json:"via"`
	Text        string              `json:"text"`
	Cut         bool                `json:"cut"` // the text was too long
	Attachments []attachmentJSON    `json:"attachments"`
	CreatedAt   time.Time           `json:"created_at"`
}

// hookTicketJSON is all that is told of a deleted ticket.
type hookTicketJSON struct {
	Number  int64 `json:"number"`
	Deleted bool  `json:"deleted"`
}

// hookFits are the limits of text that are tried, in bytes, until the body fits.
// At the last one of a ticket only the properties are told that lists show, and
// of a change only what was changed.
var hookFits = []int{64 << 10, 8 << 10, 1 << 10}

// cutMark ends a text that was too long.
const cutMark = " […]"

// WebhookPayload writes what a webhook is sent of an event: the event and its
// ticket as the API shows them to the webhook, at most webhook.MaxBody bytes.
func WebhookPayload(e *app.WebhookEvent) ([]byte, error) {
	var body []byte
	for _, limit := range hookFits {
		var err error
		if body, err = json.Marshal(hookBody(e, limit)); err != nil || len(body) <= webhook.MaxBody {
			return body, err
		}
	}
	short := hookBody(e, hookFits[len(hookFits)-1])
	short.Data.Ticket, short.Data.Event, short.Data.Message = hookTicketJSON{Number: e.Number}, nil, nil
	return json.Marshal(short)
}

func hookBody(e *app.WebhookEvent, limit int) hookBodyJSON {
	account := &e.Directory.Account
	out := hookBodyJSON{Type: e.Kind, Timestamp: e.At.Std(), APIVersion: e.Webhook.APIVersion,
		Data: hookDataJSON{Account: hookAccountJSON{account.Slug, account.Name, account.BaseURL}, Webhook: nameJSON{e.Webhook.ID, e.Webhook.Name}}}
	if e.Event == nil {
		return out
	}
	c := &caller{Signed: &app.Signed{Viewer: e.Viewer, Directory: e.Directory}}
	event := *e.Event
	event.Data.Changes = cutChanges(event.Data.Changes, limit)
	event.Data.Reason, _ = cutText(event.Data.Reason, limit)
	out.Data.Event = c.event(&event)
	out.Data.Ticket = hookTicketJSON{Number: e.Number, Deleted: e.Ticket == nil}
	if e.Ticket != nil {
		// How many messages there are would count local notes.
		row := c.row(rowOf(e.Ticket), false)
		if out.Data.Ticket = any(row); limit != hookFits[len(hookFits)-1] {
			whole := c.agentTicket(e.Ticket)
			whole.Messages = row.Messages
			out.Data.Ticket = whole
		}
	}
	out.Data.Message = hookMessage(e.Message, limit)
	return out
}

func hookMessage(m *app.MessageRow, limit int) *hookMessageJSON {
	if m == nil {
		return nil
	}
	out := &hookMessageJSON{ID: m.ID, Kind: m.Kind, Via: m.Via, Attachments: each(m.Attachments, attachmentOf), CreatedAt: m.CreatedAt.Std()}
	if out.Text, out.Cut = cutText(m.Text, limit); m.AuthorID != 0 {
		out.Author = some(contactOf(m.Author))
	}
	if m.LinkID != 0 {
		out.Link = some(linkAuthor{m.LinkID, m.Link, m.Visitor})
	}
	return out
}

func cutChanges(list []dm.FieldChange, limit int) []dm.FieldChange {
	out := make([]dm.FieldChange, len(list))
	for i, c := range list {
		c.Old, _ = cutText(c.Old, limit)
		c.New, _ = cutText(c.New, limit)
		out[i] = c
	}
	return out
}

// cutText shortens a text to a number of bytes, with a mark at its end.
func cutText(text string, limit int) (string, bool) {
	if len(text) <= limit {
		return text, false
	}
	text = text[:limit-len(cutMark)]
	for len(text) > 0 {
		if r, size := utf8.DecodeLastRuneInString(text); r != utf8.RuneError || size > 1 {
			break
		}
		text = text[:len(text)-1]
	}
	return text + cutMark, true
}
