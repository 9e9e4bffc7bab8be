package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// outgoingMailJSON is what became of a mail to one recipient.
type outgoingMailJSON struct {
	ID        int64                 `json:"id"`
	Kind      string                `json:"kind" doc:"A kind of notice such as reply, assigned or share; side: a side conversation; refused: that somebody cannot write any more; bulk: about many tickets. Empty where it is not for you."`
	To        string                `json:"to" doc:"The recipient's address; empty where it is not for you."`
	Person    orNull[personJSON]    `json:"person" doc:"The recipient; null for an address outside."`
	State     dm.OutgoingState      `json:"state" enum:"waiting,deferred,sent,failed,bounced,held,dropped" doc:"waiting: no server yet, or about to be sent. deferred: a try failed, another follows. bounced: it was taken and came back. held: mail to the address came back before. dropped: when its turn came it was not to be sent any more."`
	Code      int                   `json:"code" doc:"The server's answer, such as 550; 0 for none."`
	Detail    string                `json:"detail" doc:"What the server said, or why it was not sent."`
	Tries     int                   `json:"tries"`
	NextAt    orNull[time.Time]     `json:"next_at" doc:"When it is tried again."`
	CreatedAt time.Time             `json:"created_at" doc:"Of the first try."`
	UpdatedAt time.Time             `json:"updated_at"`
	Retryable bool                  `json:"retryable" doc:"You may send it again."`
	Ticket    orNull[jobTicketJSON] `json:"ticket" doc:"The ticket that it is about; null where it is about none, or about many."`
}

func outgoingMailOf(m *app.OutgoingView) outgoingMailJSON {
	out := outgoingMailJSON{ID: m.ID, Kind: string(m.Kind), To: m.Address, State: m.State, Code: m.Code, Detail: m.Detail, Tries: m.Tries, NextAt: moment(m.NextAt),
		CreatedAt: m.Created.Std(), UpdatedAt: m.Updated.Std(), Retryable: m.Retry}
	if m.Person.ID != 0 {
		out.Person = some(personOf(m.Person))
	}
	switch {
	case m.Visible:
		out.Ticket = some(jobTicketJSON{Visible: true, Number: some(m.Number), Subject: some(m.Subject)})
	case m.OfTicket:
		out.Ticket = some(jobTicketJSON{})
	}
	return out
}

type ticketMailsInput struct {
	NumberInput
	PageInput
}

type ticketMailInput struct {
	NumberInput
	ID int64 `path:"id" minimum:"1"`
}

type mailsInput struct {
	PageInput
	State dm.OutgoingState `query:"state" enum:"waiting,deferred,sent,failed,bounced,held,dropped"`
}

// outgoingRoutes are the logs of mails that left, of a ticket and of the account.
func outgoingRoutes(a *API) {
	route(a, operation(http.MethodGet, "/tickets/{number}/mails", "list-ticket-mails", "Mails that left for a ticket, or are to leave, newest first", "messages"), ticketRight(access.SeeInternal),
		func(ctx context.Context, c *caller, in *ticketMailsInput) (*pageAnswer[outgoingMailJSON], error) {
			before, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.TicketMails(ctx, c.Viewer, in.Number, before, in.Limit+1)
			return outgoingPage(list, in.Limit, err)
		})
	again := operation(http.MethodPost, "/tickets/{number}/mails/{id}/retry", "retry-ticket-mail", "Send a mail again that was not sent, or that came back; also needs to see internal", "messages")
	post(a, again, ticketRight(access.Reply),
		func(ctx context.Context, c *caller, in *ticketMailInput) error {
			return a.app.RetryTicketMail(ctx, c.Viewer, in.Number, in.ID)
		},
		func(context.Context, *caller, *ticketMailInput, []int64) (*struct{}, error) { return nil, nil })
	manage := permission(dm.InboxesManage)
	route(a, operation(http.MethodGet, "/mails", "list-mails", "Mails that left the account, or are to leave, newest first; of those about a ticket as much as its own list tells you", "inboxes"), manage,
		func(ctx context.Context, c *caller, in *mailsInput) (*pageAnswer[outgoingMailJSON], error) {
			before, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.OutgoingMails(ctx, c.Viewer, in.State, before, in.Limit+1)
			return outgoingPage(list, in.Limit, err)
		})
	post(a, operation(http.MethodPost, "/mails/{id}/retry", "retry-mail", "Send a mail again that is about no ticket alone", "inboxes"), manage,
		func(ctx context.Context, c *caller, in *IDInput) error {
			return a.app.RetryMail(ctx, c.Viewer, in.ID)
		},
		func(context.Context, *caller, *IDInput, []int64) (*struct{}, error) { return nil, nil })
}

func outgoingPage(list []app.OutgoingView, limit int, err error) (*pageAnswer[outgoingMailJSON], error) {
	if err != nil {
		return nil, err
	}
	list, next := cutPage(list, limit, func(m *app.OutgoingView) int64 { return m.ID })
	return &pageAnswer[outgoingMailJSON]{pageOf(each(list, outgoingMailOf), next)}, nil
}
