package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// sideMark says that a message belongs to a side conversation.
type sideMark struct {
	ID      int64    `json:"id"`
	Subject string   `json:"subject"`
	From    string   `json:"from" doc:"The address that wrote it; empty where an agent did."`
	To      []string `json:"to" doc:"Whom an agent's message went to."`
}

// sideJSON is an exchange of mail about a ticket with people outside.
type sideJSON struct {
	ID        int64            `json:"id"`
	Subject   string           `json:"subject"`
	With      []string         `json:"with" doc:"The addresses that it is with."`
	Author    orNull[nameJSON] `json:"author"`
	CreatedAt time.Time        `json:"created_at"`
}

// SideText is the text of a message of a side conversation.
type SideText struct {
	Text        string  `json:"text,omitempty" maxLength:"200000"`
	HTML        string  `json:"html,omitempty" maxLength:"500000" doc:"Cleaned on arrival. Without a text one is made of it."`
	Attachments []int64 `json:"attachments,omitempty" maxItems:"50" doc:"Ids of files that one has uploaded."`
}

type forwardInput struct {
	NumberInput
	Body forwardJSON
}

type forwardJSON struct {
	SideText
	To       []string `json:"to" maxItems:"20" doc:"Addresses outside. Each gets a mail of its own, and answers by it."`
	Subject  string   `json:"subject,omitempty" maxLength:"2000" doc:"Left out: the ticket's."`
	Messages []int64  `json:"messages,omitempty" maxItems:"500" doc:"Messages to quote. A local note is refused."`
	Thread   bool     `json:"thread,omitempty" doc:"Quote every public message."`
	Files    bool     `json:"files,omitempty" doc:"Send the files of the quoted messages along."`
}

type sideMessageInput struct {
	NumberInput
	IDInput
	Body SideText
}

func (t *SideText) note(side *dm.NewSide) dm.NewMessage {
	return dm.NewMessage{Text: t.Text, HTML: t.HTML, Attachments: t.Attachments, Side: side}
}

func sideRoutes(a *API) {
	forward := operation(http.MethodPost, "/tickets/{number}/forwards", "forward-ticket", "Forward messages to addresses outside: a side conversation begins", "forwarding")
	forward.DefaultStatus = http.StatusCreated
	post(a, forward, ticketRight(access.Forward), func(ctx context.Context, c *caller, in *forwardInput) error {
		b := &in.Body
		return a.app.Forward(ctx, c.Viewer, in.Number, b.note(&dm.NewSide{To: b.To, Subject: b.Subject, Forward: b.Messages, Thread: b.Thread, Files: b.Files}))
	}, func(ctx context.Context, c *caller, in *forwardInput, ids []int64) (*answerOf[messageAnswer], error) {
		return a.showMessage(ctx, c, in.Number, ids[0])
	})
	route(a, operation(http.MethodGet, "/tickets/{number}/side-conversations", "list-side-conversations", "A ticket's conversations with people outside, the newest first", "forwarding"), ticketRight(access.SeeInternal),
		func(ctx context.Context, c *caller, in *NumberInput) (*pageAnswer[sideJSON], error) {
			list, err := a.app.Sides(ctx, c.Viewer, in.Number)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[sideJSON]{pageOf(each(list, sideOf), "")}, nil
		})
	more := operation(http.MethodPost, "/tickets/{number}/side-conversations/{id}/messages", "add-side-message", "Write to those whom a side conversation is with", "forwarding")
	more.DefaultStatus = http.StatusCreated
	post(a, more, ticketRight(access.Forward), func(ctx context.Context, c *caller, in *sideMessageInput) error {
		return a.app.Forward(ctx, c.Viewer, in.Number, in.Body.note(&dm.NewSide{ID: in.ID}))
	}, func(ctx context.Context, c *caller, in *sideMessageInput, ids []int64) (*answerOf[messageAnswer], error) {
		return a.showMessage(ctx, c, in.Number, ids[0])
	})
}

// followRoutes let an agent follow a ticket that they can open.
func followRoutes(a *API) {
	post(a, operation(http.MethodPost, "/tickets/{number}/follow", "follow-ticket", "Follow a ticket: hear of what happens on it", "tickets"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) error {
			return a.app.Follow(ctx, c.Viewer, in.Number, true)
		},
		func(ctx context.Context, c *caller, in *NumberInput, _ []int64) (*ticketOutput, error) {
			return a.showChanged(ctx, c, in.Number)
		})
	route(a, operation(http.MethodDelete, "/tickets/{number}/follow", "unfollow-ticket", "Stop following a ticket", "tickets"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) (*struct{}, error) {
			return nil, a.app.Follow(ctx, c.Viewer, in.Number, false)
		})
}

func sideOf(s *app.SideView) sideJSON {
	return sideJSON{ID: s.ID, Subject: s.Subject, With: each(s.Parties, func(p *dm.SideParty) string { return p.Address }), Author: named(s.PersonID, s.Author.Name), CreatedAt: s.CreatedAt.Std()}
}

func (a *API) showMessage(ctx context.Context, c *caller, number, id int64) (*answerOf[messageAnswer], error) {
	m, err := a.app.Message(ctx, c.Viewer, number, id)
	if err != nil {
		return nil, err
	}
	return &answerOf[messageAnswer]{c.message(m)}, nil
}
