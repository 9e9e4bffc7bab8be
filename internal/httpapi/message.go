package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// messageJSON is a message, as agents see it.
type messageJSON struct {
	MessagePart
	Author orNull[contactJSON] `json:"author" doc:"Null for the desk itself."`
	Via    dm.Via              `json:"via"`
	Link   orNull[linkAuthor]  `json:"link" doc:"The public link it came through. The author is null then: whoever holds a link is nobody."`
	Merged bool                `json:"merged" doc:"It came with a ticket that was merged into this one."`
	Mail   orNull[mailJSON]    `json:"mail" doc:"The mail it came in; null for others."`
	Source bool                `json:"source" doc:"It came by mail, and with see_internal on the ticket one may read the mail as it arrived."`
	// Side stands in messages of side conversations alone.
	Side *sideMark `json:"side,omitempty" doc:"Of a message of a side conversation: which one, and who outside wrote or got it. It is a note: requesters never see it."`
	// Foreign stands in messages that came from a partner alone.
	Foreign     *foreignJSON      `json:"foreign,omitempty" doc:"Who wrote it on another desk. The author is null then."`
	Missing     []missingFileJSON `json:"missing_files,omitempty" doc:"Files of a partner's message that could not be copied, or not yet."`
	ForPartners bool              `json:"for_partners,omitempty" doc:"It is marked for partners that are sent marked messages alone."`
	// NotTold stands in the answer to a new message alone.
	NotTold []int64 `json:"not_told,omitempty" doc:"In the answer to a new message: the agents it mentions who may not read it. They were told nothing."`
}

// requesterMessageJSON is a message, as requesters see it.
type requesterMessageJSON struct {
	MessagePart
	Author orNull[nameJSON] `json:"author"`
}

// MessagePart is what agents and requesters are both shown of a message.
type MessagePart struct {
	ID          int64            `json:"id"`
	Kind        dm.MessageKind   `json:"kind"`
	Text        string           `json:"text"`
	HTML        string           `json:"html" doc:"Clean enough for a sandboxed frame; empty where only a text was given."`
	Attachments []attachmentJSON `json:"attachments"`
	CreatedAt   time.Time        `json:"created_at"`
}

// linkAuthor is what is known of somebody who wrote through a public link.
type linkAuthor struct {
	ID    int64  `json:"id"`
	Label string `json:"label"`
	Name  string `json:"name" doc:"What they call themselves, which nobody has checked."`
}

type messageAnswer struct {
	forReader[messageJSON, requesterMessageJSON]
}

type messageListInput struct {
	NumberInput
	PageInput
}

type messageListOutput struct{ Body listOf[messageAnswer] }

type newMessageInput struct {
	NumberInput
	Body newMessageJSON
}

type newMessageJSON struct {
	TextPart
	Mentions    []int64 `json:"mentions,omitempty" maxItems:"20" doc:"Ids of agents to tell of the message, as far as they may read it."`
	ForPartners bool    `json:"for_partners,omitempty" doc:"Mark it for partners whose terms let marked messages cross alone."`
	After       int64   `json:"after,omitempty" minimum:"1" doc:"The newest message that one has seen. Where somebody else wrote a newer one, nothing is stored and the answer is 409 with the reason newer_message."`
	LaterPart
}

type messageOutput struct {
	Status int
	Body   addedAnswer
}

func messageRoutes(a *API) {
	route(a, operation(http.MethodGet, "/tickets/{number}/messages", "list-messages", "A ticket's messages, oldest first", "messages"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *messageListInput) (*messageListOutput, error) {
			after, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.Messages(ctx, c.Viewer, in.Number, after, in.Limit+1)
			if err != nil {
				return nil, err
			}
			list, next := cutPage(list, in.Limit, func(m *app.MessageRow) int64 { return m.ID })
			return &messageListOutput{pageOf(each(list, c.message), next)}, nil
		})
	add := operation(http.MethodPost, "/tickets/{number}/messages", "add-message", "Add a reply or a note", "messages")
	add.DefaultStatus = http.StatusCreated
	post(a, add, ticketRight(access.Note|access.Reply), a.addMessage,
		func(ctx context.Context, c *caller, in *newMessageInput, ids []int64) (*messageOutput, error) {
			if ids[0] == 0 {
				later, err := a.showScheduled(ctx, c, ids[1])
				if err != nil {
					return nil, err
				}
				return &messageOutput{http.StatusAccepted, addedAnswer{later: &later.Body}}, nil
			}
			m, err := a.app.Message(ctx, c.Viewer, in.Number, ids[0])
			if err != nil {
				return nil, err
			}
			out := c.message(m)
			if out.agent != nil {
				out.agent.NotTold = ids[1:]
			}
			return &messageOutput{http.StatusCreated, addedAnswer{message: &out}}, nil
		})
	alsoAnswers(a.huma.OpenAPI().Paths[add.Path].Post, http.StatusAccepted, "The message is scheduled.")
}

func (a *API) addMessage(ctx context.Context, c *caller, in *newMessageInput) error {
	m := in.Body.message()
	m.Mentions, m.After, m.ForPartners = in.Body.Mentions, in.Body.After, in.Body.ForPartners
	return a.app.Write(ctx, c.Viewer, in.Number, in.Body.writing(m))
}

// message renders a message for its reader.
func (c *caller) message(m *app.MessageRow) messageAnswer {
	part := MessagePart{ID: m.ID, Kind: m.Kind, Text: m.Text, HTML: m.HTML, CreatedAt: m.CreatedAt.Std(), Attachments: each(m.Attachments, attachmentOf)}
	return messageAnswer{sayFor(c,
		func() messageJSON {
			out := messageJSON{MessagePart: part, Via: m.Via, Merged: m.MergedFrom != 0, Mail: mailOf(m.Mail), Source: m.RawMailID != 0 && c.Viewer.Can(dm.InboxesManage),
				Foreign: c.foreign(m.Foreign), ForPartners: m.ForPartners}
			if len(m.Missing) > 0 {
				out.Missing = each(m.Missing, missingFileOf)
			}
			if m.Side != nil {
				out.Side = &sideMark{ID: m.Side.ID, Subject: m.Side.Subject, From: m.Side.From, To: append([]string{}, m.Side.To...)}
			}
			if m.AuthorID != 0 {
				out.Author = some(contactOf(m.Author))
			}
			if m.LinkID != 0 {
				out.Link = some(linkAuthor{m.LinkID, m.Link, m.Visitor})
			}
			return out
		},
		func() requesterMessageJSON {
			return requesterMessageJSON{MessagePart: part, Author: named(m.AuthorID, m.Author.Name)}
		})}
}
