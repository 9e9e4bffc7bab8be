package nhd

import (
	"bytes"
	"encoding/json"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// dateForm is how moments are written.
const dateForm = "2006-01-02 15:04:05 -0700"

func dateText(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := t.UTC().Format(dateForm)
	return &s
}

// encode writes JSON without the escapes meant for HTML pages.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

type actorJSON struct {
	UUID string  `json:"uuid"`
	Name string  `json:"name"`
	Role *string `json:"role"`
}

func actorOut(a *Actor) *actorJSON {
	if a == nil {
		return nil
	}
	out := &actorJSON{UUID: a.UUID, Name: a.Name}
	if a.Role != "" {
		out.Role = &a.Role
	}
	return out
}

type agreementJSON struct {
	ReceiverURL          *string         `json:"receiver_url,omitempty"`
	SenderURL            *string         `json:"sender_url,omitempty"`
	Status               *string         `json:"status,omitempty"`
	UUID                 *string         `json:"uuid,omitempty"`
	AccessKey            *string         `json:"access_key,omitempty"`
	Name                 *string         `json:"name,omitempty"`
	CurrentActor         *actorJSON      `json:"current_actor,omitempty"`
	DeactivatedBy        *string         `json:"deactivated_by,omitempty"`
	SyncTags             *bool           `json:"sync_tags,omitempty"`
	SyncCustomFields     *bool           `json:"sync_custom_fields,omitempty"`
	AllowsPublicComments *bool           `json:"allows_public_comments,omitempty"`
	Deskmesh             json.RawMessage `json:"deskmesh,omitempty"`
}

// Encode writes the agreement; what is nil is left out.
func (a *Agreement) Encode() ([]byte, error) {
	return encode(&agreementJSON{a.ReceiverURL, a.SenderURL, a.Status, a.UUID, a.AccessKey, a.Name, actorOut(a.CurrentActor), a.DeactivatedBy,
		a.SyncTags, a.SyncCustomFields, a.AllowsPublicComments, a.Deskmesh})
}

type ticketJSON struct {
	UUID         *string           `json:"uuid,omitempty"`
	Subject      *string           `json:"subject,omitempty"`
	RequestedAt  *string           `json:"requested_at,omitempty"`
	Status       *string           `json:"status,omitempty"`
	Requester    *actorJSON        `json:"requester,omitempty"`
	Comments     []commentJSON     `json:"comments"`
	CurrentActor *actorJSON        `json:"current_actor,omitempty"`
	Tags         *[]string         `json:"tags,omitempty"`
	OriginalID   *string           `json:"original_id,omitempty"`
	CustomFields map[string]string `json:"custom_fields,omitempty"`
	CustomStatus *string           `json:"custom_status,omitempty"`
	Deskmesh     json.RawMessage   `json:"deskmesh,omitempty"`
}

type commentJSON struct {
	UUID        string           `json:"uuid"`
	Author      *actorJSON       `json:"author"`
	Body        string           `json:"body"`
	HTML        *string          `json:"html_body,omitempty"`
	AuthoredAt  *string          `json:"authored_at"`
	Public      bool             `json:"public"`
	Attachments []attachmentJSON `json:"attachments,omitempty"`
}

type attachmentJSON struct {
	URL         string `json:"url"`
	Filename    string `json:"filename"`
	ContentType string `json:"content_type,omitempty"`
	DisplayName string `json:"display_filename,omitempty"`
}

// Encode writes the ticket: comments always as a list, whether one is public
// always as true or false, and nothing that was not said.
func (t *Ticket) Encode() ([]byte, error) {
	out := &ticketJSON{UUID: t.UUID, Subject: t.Subject, RequestedAt: dateText(t.RequestedAt), Status: t.Status, Requester: actorOut(t.Requester),
		Comments: []commentJSON{}, CurrentActor: actorOut(t.CurrentActor), Tags: t.Tags, OriginalID: t.OriginalID, CustomStatus: t.CustomStatus, Deskmesh: t.Deskmesh}
	for i := range t.Comments {
		c := &t.Comments[i]
		j := commentJSON{UUID: c.UUID, Author: actorOut(c.Author), Body: c.Body, AuthoredAt: dateText(c.AuthoredAt), Public: c.Public != nil && *c.Public}
		if c.HTML != "" {
			j.HTML = &c.HTML
		}
		for _, f := range c.Attachments {
			j.Attachments = append(j.Attachments, attachmentJSON(f))
		}
		out.Comments = append(out.Comments, j)
	}
	for _, f := range t.Fields {
		if out.CustomFields == nil {
			out.CustomFields = map[string]string{}
		}
		out.CustomFields[f.Title] = f.Value
	}
	return encode(out)
}

// wireStatus is how a status is said to every maker's desk.
func wireStatus(s dm.Status) string {
	switch s {
	case dm.StatusPending:
		return "pending"
	case dm.StatusSolved, dm.StatusClosed:
		return "solved"
	}
	return "open"
}

// readStatus gives what a word for a status means; "" for one that nobody knows.
func readStatus(word string) dm.Status {
	switch word {
	case "new", "open":
		return dm.StatusOpen
	case "pending":
		return dm.StatusPending
	case "hold", "on_hold", "on-hold", "onhold":
		return dm.StatusOnHold
	case "solved", "resolved", "closed":
		return dm.StatusSolved
	}
	return ""
}

// takesPublic says whether a comment is public for this desk: one that does not
// say so is, where the agreement allows public ones.
func (c *Comment) takesPublic(allowed bool) bool {
	switch {
	case !allowed, c.PublicNull:
		return false
	case c.Public == nil:
		return true
	}
	return *c.Public
}
