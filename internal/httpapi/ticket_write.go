package httpapi

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
)

type newTicketInput struct{ Body newTicketJSON }

// newTicketJSON files a ticket. Ids that are null or left out mean none, or what
// the inbox gives.
type newTicketJSON struct {
	Subject          string               `json:"subject" maxLength:"2000"`
	InboxID          int64                `json:"inbox_id" minimum:"1"`
	RequesterID      orNull[int64]        `json:"requester_id,omitempty" minimum:"1" doc:"Who asks. Without a requester it is oneself."`
	RequesterAddress string               `json:"requester_address,omitempty" maxLength:"320" doc:"Who asks, by address; somebody not yet known becomes a requester."`
	RequesterName    string               `json:"requester_name,omitempty" maxLength:"200"`
	GroupID          orNull[int64]        `json:"group_id,omitempty" minimum:"1" doc:"Left out: the inbox's default group."`
	AssigneeID       orNull[int64]        `json:"assignee_id,omitempty" minimum:"1"`
	DepartmentID     orNull[int64]        `json:"department_id,omitempty" minimum:"1"`
	Priority         maybe[dm.Priority]   `json:"priority,omitempty" enum:"low,normal,high,urgent"`
	Type             maybe[dm.TicketType] `json:"type,omitempty" enum:"question,incident,problem,task,service_request,change"`
	Private          maybe[bool]          `json:"private,omitempty"`
	Tags             maybe[[]string]      `json:"tags,omitempty" maxItems:"200"`
	CCs              maybe[[]string]      `json:"ccs,omitempty" maxItems:"1000" doc:"Addresses; people not yet known become requesters."`
	Fields           map[string]any       `json:"fields,omitempty" maxProperties:"200" doc:"Values of own fields by the field's id."`
	KeepAccess       bool                 `json:"keep_access,omitempty" doc:"Share the ticket with oneself where one could not open it otherwise."`
	TextPart
}

// TextPart is the text of a message to add.
type TextPart struct {
	Kind        dm.MessageKind `json:"kind,omitempty" enum:"reply,note,local_note" doc:"A reply is public and the default; notes are for those who may read them, a local note never leaves this desk."`
	Text        string         `json:"text,omitempty" maxLength:"200000"`
	HTML        string         `json:"html,omitempty" maxLength:"500000" doc:"Cleaned on arrival. Without a text one is made of it."`
	Attachments []int64        `json:"attachments,omitempty" maxItems:"50" doc:"Ids of files that one has uploaded."`
}

func (m *TextPart) message() dm.NewMessage {
	n := dm.NewMessage{Kind: m.Kind, Text: m.Text, HTML: m.HTML, Attachments: m.Attachments}
	if n.Kind == "" {
		n.Kind = dm.Reply
	}
	return n
}

func (a *API) createTicket(ctx context.Context, c *caller, in *newTicketInput) error {
	b := &in.Body
	fields, err := fieldPatch(b.Fields)
	if err != nil {
		return err
	}
	requester := int64(0)
	if id := b.RequesterID.value; id != nil {
		requester = *id
	}
	if requester != 0 && b.RequesterAddress != "" {
		return dm.BadField("requester_address", "Name the requester by id or by address, not both.")
	}
	_, err = a.app.Apply(ctx, c.Viewer, dm.Change{
		Create: &dm.NewTicket{Subject: b.Subject, InboxID: b.InboxID, RequesterID: requester, RequesterAddress: b.RequesterAddress, RequesterName: b.RequesterName},
		Set: dm.TicketPatch{Priority: b.Priority.pointer(), Type: b.Type.pointer(), Private: b.Private.pointer(), GroupID: b.GroupID.id(), AssigneeID: b.AssigneeID.id(),
			DepartmentID: b.DepartmentID.id(), Tags: b.Tags.pointer(), CCs: b.CCs.pointer(), Fields: fields},
		Messages:   []dm.NewMessage{b.message()},
		KeepAccess: b.KeepAccess,
	})
	return err
}

type ticketPatchInput struct {
	NumberInput
	Body ticketPatchJSON
}

// ticketPatchJSON changes properties; what is left out stays. Null means none.
type ticketPatchJSON struct {
	Version int64             `json:"version,omitempty" minimum:"1" doc:"The version the change was made on. An older one is refused with 409 and what changed since."`
	Pending dm.PendingReplies `json:"pending,omitempty" enum:"keep,send,cancel" doc:"What becomes of the ticket's scheduled messages where the change ends its work. Left out, the answer is 409 with the reason pending_replies while there are any."`
	TicketProperties
}

// TicketProperties are what can be changed of a ticket, or of many.
type TicketProperties struct {
	Subject      maybe[string]        `json:"subject,omitempty" maxLength:"2000"`
	Status       maybe[dm.Status]     `json:"status,omitempty" enum:"new,open,pending,on_hold,solved,closed"`
	StatusID     orNull[int64]        `json:"status_id,omitempty" minimum:"1" doc:"One of the account's own statuses."`
	Priority     maybe[dm.Priority]   `json:"priority,omitempty" enum:"low,normal,high,urgent"`
	Type         maybe[dm.TicketType] `json:"type,omitempty" enum:"question,incident,problem,task,service_request,change"`
	Private      maybe[bool]          `json:"private,omitempty" doc:"Hidden from every requester."`
	InboxID      maybe[int64]         `json:"inbox_id,omitempty" minimum:"1"`
	GroupID      orNull[int64]        `json:"group_id,omitempty" minimum:"1"`
	AssigneeID   orNull[int64]        `json:"assignee_id,omitempty" minimum:"1"`
	RequesterID  maybe[int64]         `json:"requester_id,omitempty" minimum:"1"`
	DepartmentID orNull[int64]        `json:"department_id,omitempty" minimum:"1"`
	Tags         maybe[[]string]      `json:"tags,omitempty" maxItems:"200"`
	CCs          maybe[[]string]      `json:"ccs,omitempty" maxItems:"1000" doc:"Addresses; people not yet known become requesters."`
	Followers    maybe[[]int64]       `json:"followers,omitempty" maxItems:"200" doc:"Agents who follow the ticket."`
	Fields       map[string]any       `json:"fields,omitempty" maxProperties:"200" doc:"Values of own fields by the field's id; null clears one."`
	KeepAccess   bool                 `json:"keep_access,omitempty" doc:"Share the ticket with oneself where the change takes one's other ways in away."`
}

func (a *API) changeTicket(ctx context.Context, c *caller, in *ticketPatchInput) (*ticketOutput, error) {
	set, err := in.Body.patch()
	if err != nil {
		return nil, err
	}
	_, err = a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number, Version: in.Body.Version, KeepAccess: in.Body.KeepAccess, Pending: in.Body.Pending, Set: *set})
	if err != nil {
		return nil, err
	}
	return a.showChanged(ctx, c, in.Number)
}

func (b *TicketProperties) patch() (*dm.TicketPatch, error) {
	fields, err := fieldPatch(b.Fields)
	if err != nil {
		return nil, err
	}
	return &dm.TicketPatch{
		Subject: b.Subject.pointer(), Status: b.Status.pointer(), StatusID: b.StatusID.id(), Priority: b.Priority.pointer(), Type: b.Type.pointer(),
		Private: b.Private.pointer(), InboxID: b.InboxID.pointer(), GroupID: b.GroupID.id(), AssigneeID: b.AssigneeID.id(),
		RequesterID: b.RequesterID.pointer(), DepartmentID: b.DepartmentID.id(), Tags: b.Tags.pointer(), CCs: b.CCs.pointer(),
		Followers: b.Followers.pointer(), Fields: fields,
	}, nil
}
