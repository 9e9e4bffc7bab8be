package nhd

import (
	"encoding/json"
	"time"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
)

// Limits of what is read from another desk.
const (
	MaxBody     = 4 << 20 // bytes
	maxDepth    = 20
	maxValues   = 300_000 // members and elements, at all levels
	MaxComments = 1000
	maxFiles    = 50 // of one comment
	maxTagsRead = 200
	maxFields   = 200
	maxBodyText = 200_000 // bytes of a comment
	maxHTML     = 500_000
	maxSubject  = 2000
	maxNameText = 1000
	maxAddress  = 2000
	maxKey      = 200
)

// Agreement is an agreement as it crosses. A nil value was not said: null and
// absent mean the same.
type Agreement struct {
	UUID                 *string
	Name                 *string
	SenderURL            *string
	ReceiverURL          *string
	AccessKey            *string
	Status               *string
	DeactivatedBy        *string
	SyncTags             *bool
	SyncCustomFields     *bool
	AllowsPublicComments *bool
	CurrentActor         *Actor
	Deskmesh             json.RawMessage // what only Deskmesh desks say; nil none
}

// Actor is somebody of the other desk. Without a uuid of theirs they get one made
// of their name, so that the same name is the same person.
type Actor struct {
	UUID string
	Name string
	Role string
}

// Ticket is a ticket as it crosses. A nil value was not said.
type Ticket struct {
	UUID         *string
	Subject      *string
	RequestedAt  *time.Time
	Status       *string
	Requester    *Actor
	Comments     []Comment
	CurrentActor *Actor
	Tags         *[]string
	OriginalID   *string
	Fields       []Field
	CustomStatus *string
	Deskmesh     json.RawMessage
}

// Comment is one contribution. Public is nil where nothing was said of it:
// PublicNull tells the explicit null, which means private.
type Comment struct {
	UUID        string
	Author      *Actor
	Body        string
	HTML        string
	AuthoredAt  *time.Time
	Public      *bool
	PublicNull  bool
	Attachments []Attachment
}

// Attachment is a file, by reference.
type Attachment struct {
	URL         string
	Filename    string
	ContentType string
	DisplayName string
}

// Field is the value of an own field, by its title; "" clears it.
type Field struct {
	Title string
	Value string
}

// ParseAgreement reads an agreement. What is wrong with it is Invalid with the
// place, never the value.
func ParseAgreement(body []byte) (*Agreement, error) {
	o, err := parseObject(body)
	if err != nil {
		return nil, err
	}
	a := &Agreement{
		UUID: o.id("uuid"), Name: o.text("name", maxNameText), SenderURL: o.text("sender_url", maxAddress), ReceiverURL: o.text("receiver_url", maxAddress),
		AccessKey: o.text("access_key", maxKey), Status: o.text("status", 40), DeactivatedBy: o.text("deactivated_by", 40),
		SyncTags: o.flag("sync_tags"), SyncCustomFields: o.flag("sync_custom_fields"), AllowsPublicComments: o.flag("allows_public_comments"),
		CurrentActor: o.actor("current_actor"), Deskmesh: o.raw("deskmesh"),
	}
	return a, o.err()
}

// ParseTicket reads a ticket. What is wrong with it is Invalid with the place,
// never the value; members that nobody knows are left out.
func ParseTicket(body []byte) (*Ticket, error) {
	o, err := parseObject(body)
	if err != nil {
		return nil, err
	}
	t := &Ticket{
		UUID: o.id("uuid"), Subject: o.text("subject", maxSubject), RequestedAt: o.date("requested_at"), Status: o.text("status", 40),
		Requester: o.actor("requester"), CurrentActor: o.actor("current_actor"), OriginalID: o.number("original_id"),
		CustomStatus: o.text("custom_status", 200), Deskmesh: o.raw("deskmesh"),
	}
	t.Comments = o.comments("comments")
	t.Tags = o.tags("tags")
	t.Fields = o.fields("custom_fields")
	return t, o.err()
}

// parseObject reads the members of a body: UTF-8 JSON, an object, within the
// limits of size and depth.
func parseObject(body []byte) (*object, error) {
	switch {
	case len(body) > MaxBody:
		return nil, dm.Errorf(dm.Invalid, "The body is larger than %d bytes.", MaxBody).With("too_large")
	case !utf8.Valid(body):
		return nil, dm.Errorf(dm.Invalid, "The body is not UTF-8.").With("not_json")
	}
	switch depth, values := shapeOf(body); {
	case depth > maxDepth:
		return nil, dm.Errorf(dm.Invalid, "The body is nested deeper than %d levels.", maxDepth).With("too_deep")
	case values > maxValues:
		return nil, dm.Errorf(dm.Invalid, "The body has more than %d values.", maxValues).With("too_many")
	}
	o := &object{faults: &fault{}}
	if err := json.Unmarshal(body, &o.members); err != nil || o.members == nil {
		return nil, dm.Errorf(dm.Invalid, "The body is not a JSON object.").With("not_json")
	}
	return o, nil
}

// shapeOf looks at the nesting of a body and how many values it may have, before
// anything is built of it.
func shapeOf(body []byte) (deepest, values int) {
	depth, inText := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
			values++
		case c == '}' || c == ']':
			depth--
		case c == ',':
			values++
		}
	}
	return deepest, values
}
