package nhd

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// ticketExtension is the member "deskmesh" of a ticket: the number it has on the
// desk that speaks, which change of each value is meant, and the status in words
// that other makers do not know.
type ticketExtension struct {
	Version int                         `json:"version"`
	Number  string                      `json:"number,omitempty"`
	Status  dm.Status                   `json:"status,omitempty"`
	Clocks  map[string]app.PartnerClock `json:"clocks,omitempty"`
}

// Bounds of what is read of it.
const (
	maxClocks = 300
	maxClock  = 1 << 40
)

// readTicketExtension reads what was added; nil where nothing was, or nothing that
// can be read.
func readTicketExtension(raw json.RawMessage) *ticketExtension {
	var e ticketExtension
	if len(raw) == 0 || json.Unmarshal(raw, &e) != nil || e.Version < 1 || len(e.Clocks) > maxClocks || len(e.Number) > 64 {
		return nil
	}
	for _, c := range e.Clocks {
		if c.N < 1 || c.N > maxClock {
			return nil
		}
	}
	if e.Clocks == nil {
		e.Clocks = map[string]app.PartnerClock{}
	}
	return &e
}

// writeTicket writes a message about a ticket.
func writeTicket(m *app.PartnerMessage) (method, path string, body []byte, err error) {
	path = "/tickets/" + m.Ticket.UUID
	switch m.Kind {
	case dm.SendTicket:
		method = http.MethodPost
	case dm.SendTicketEnd:
		return http.MethodDelete, path, nil, nil
	default:
		method = http.MethodPut
	}
	body, err = ticketBody(m.Ticket)
	return method, path, body, err
}

// ticketBody writes a ticket.
func ticketBody(t *app.PartnerTicket) ([]byte, error) {
	out := &Ticket{UUID: &t.UUID, Subject: t.Subject, Requester: actorOf(t.Requester), CurrentActor: actorOf(t.Actor), Tags: t.Tags}
	e := ticketExtension{Version: extensionVersion, Number: t.Number, Clocks: t.Clocks}
	if t.Status != "" {
		word := wireStatus(t.Status)
		out.Status = &word
		if readStatus(word) != t.Status {
			e.Status = t.Status
		}
	}
	if t.RequestedAt != 0 {
		at := t.RequestedAt.Std()
		out.RequestedAt = &at
	}
	if t.OriginalID != "" {
		out.OriginalID = &t.OriginalID
	}
	for _, f := range t.Fields {
		out.Fields = append(out.Fields, Field{f.Title, f.Value})
	}
	for i := range t.Comments {
		c := &t.Comments[i]
		at, public := c.At.Std(), c.Public
		w := Comment{UUID: c.UUID, Author: actorOf(c.Author), Body: c.Text, HTML: c.HTML, AuthoredAt: &at, Public: &public}
		for _, f := range c.Files {
			w.Attachments = append(w.Attachments, Attachment{URL: f.URL, Filename: f.Name, ContentType: f.Type, DisplayName: f.Name})
		}
		out.Comments = append(out.Comments, w)
	}
	var err error
	if out.Deskmesh, err = json.Marshal(&e); err != nil {
		return nil, err
	}
	return out.Encode()
}

// readTicket reads a ticket in the words of this desk. Whether a comment that does
// not say so is public depends on the terms.
func readTicket(body []byte, p *dm.Partner) (*app.PartnerTicket, *Ticket, error) {
	in, err := ParseTicket(body)
	if err != nil {
		return nil, nil, err
	}
	sum := sha256.Sum256(body)
	t := &app.PartnerTicket{Subject: in.Subject, Tags: in.Tags, Requester: personOf(in.Requester), Actor: personOf(in.CurrentActor), OriginalID: value(in.OriginalID),
		Status: readStatus(strings.ToLower(strings.TrimSpace(value(in.Status)))), Digest: hex.EncodeToString(sum[:])}
	if in.RequestedAt != nil {
		t.RequestedAt = dm.TimeOf(*in.RequestedAt)
	}
	for _, f := range in.Fields {
		t.Fields = append(t.Fields, app.PartnerFieldValue{Title: f.Title, Value: f.Value})
	}
	if e := readTicketExtension(in.Deskmesh); e != nil {
		t.Clocks, t.Number = e.Clocks, e.Number
		if e.Status == dm.StatusOnHold && t.Status == dm.StatusOpen {
			t.Status = dm.StatusOnHold
		}
	}
	for i := range in.Comments {
		t.Comments = append(t.Comments, commentOf(&in.Comments[i], p))
	}
	return t, in, nil
}

func commentOf(c *Comment, p *dm.Partner) app.PartnerComment {
	out := app.PartnerComment{UUID: c.UUID, Author: personOf(c.Author), Text: c.Body, HTML: c.HTML, Public: c.takesPublic(p.Terms.PublicComments),
		Private: c.PublicNull || c.Public != nil && !*c.Public}
	if c.AuthoredAt != nil {
		out.At = dm.TimeOf(*c.AuthoredAt)
	}
	for _, f := range c.Attachments {
		name := f.DisplayName
		if name == "" {
			name = f.Filename
		}
		out.Files = append(out.Files, app.PartnerAttachment{URL: f.URL, Name: name, Type: f.ContentType})
	}
	return out
}

func personOf(a *Actor) *app.PartnerActor {
	if a == nil {
		return nil
	}
	return &app.PartnerActor{UUID: a.UUID, Name: a.Name, Role: a.Role}
}

// fetchTime bounds the fetching of one file.
const fetchTime = 2 * time.Minute
