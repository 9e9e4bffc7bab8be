package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// mailJSON is what agents are told of the mail that a message came in.
type mailJSON struct {
	From    mailAddressJSON `json:"from" doc:"The sender as the mail's header names it."`
	Source  dm.MailSource   `json:"source" enum:"smtp,lmtp,imap,pipe"`
	Verdict dm.MailVerdict  `json:"verdict" enum:"unknown,pass,fail" doc:"Whether the checks proved the sender's domain."`
	Checks  mailChecksJSON  `json:"checks"`
	Kept    bool            `json:"kept" doc:"The raw mail is still there to be looked at."`
}

type mailAddressJSON struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// mailChecksJSON holds results in the words of RFC 8601; empty where a check was
// not made.
type mailChecksJSON struct {
	SPF        string `json:"spf"`
	SPFDomain  string `json:"spf_domain"`
	DKIM       string `json:"dkim"`
	DKIMDomain string `json:"dkim_domain"`
	DMARC      string `json:"dmarc"`
	By         string `json:"by" doc:"The trusted host that checked; empty for this desk."`
}

func mailOf(m *dm.MailInfo) orNull[mailJSON] {
	if m == nil {
		return orNull[mailJSON]{}
	}
	return some(mailJSON{From: mailAddressJSON{m.FromName, m.FromAddress}, Source: m.Source, Verdict: m.Verdict, Checks: mailChecksJSON(m.Checks), Kept: m.Kept})
}

// suggestedMailJSON is a mail that waits on a ticket for a decision.
type suggestedMailJSON struct {
	ID        int64               `json:"id"`
	Reason    dm.SuggestionReason `json:"reason" enum:"stranger,no_access,unverified" doc:"stranger: the sender has no part in the ticket. no_access: they could write there once. unverified: the checks failed, or did not prove an agent."`
	Person    orNull[contactJSON] `json:"person" doc:"Whom the sender's address belongs to; null for nobody."`
	Subject   string              `json:"subject"`
	Text      string              `json:"text" doc:"What is new in it."`
	Files     int                 `json:"files"`
	Mail      mailJSON            `json:"mail"`
	CreatedAt time.Time           `json:"created_at"`
}

func suggestedMailOf(s *app.SuggestedMail) suggestedMailJSON {
	raw := &s.Mail
	out := suggestedMailJSON{ID: s.MailID, Reason: s.Reason, Subject: s.Subject, Text: s.Text, Files: s.Files, CreatedAt: s.CreatedAt.Std(),
		Mail: mailJSON{From: mailAddressJSON{raw.FromName, raw.FromAddress}, Source: raw.Source, Verdict: raw.Verdict, Checks: mailChecksJSON(raw.Checks), Kept: raw.BlobKey != ""}}
	if s.PersonID != 0 {
		out.Person = some(contactOf(s.Person))
	}
	return out
}

type suggestedMailInput struct {
	NumberInput
	ID int64 `path:"id" minimum:"1"`
}

type settledOutput struct{ Body settledJSON }

type settledJSON struct {
	Number int64 `json:"number" doc:"The ticket that the mail is on now."`
}

type mailTextOutput struct{ Body mailTextJSON }

type mailTextJSON struct {
	Text string `json:"text"`
	HTML string `json:"html" doc:"Clean enough for a sandboxed frame."`
}

type messageInput struct {
	NumberInput
	ID int64 `path:"id" minimum:"1"`
}

// mailRoutes are the mails that messages came in, and those that wait on a ticket.
func mailRoutes(a *API) {
	route(a, operation(http.MethodGet, "/tickets/{number}/messages/{id}/original", "show-original-mail", "The whole text of the mail that a message came in", "messages"),
		ticketRight(access.SeeInternal), func(ctx context.Context, c *caller, in *messageInput) (*mailTextOutput, error) {
			t, err := a.app.MailOriginal(ctx, c.Viewer, in.Number, in.ID)
			if err != nil {
				return nil, err
			}
			return &mailTextOutput{mailTextJSON{t.Text, t.HTML}}, nil
		})
	route(a, operation(http.MethodGet, "/tickets/{number}/suggested-mails", "list-suggested-mails", "Mails on a ticket by somebody who may not write there, oldest first", "messages"),
		ticketRight(access.SeeInternal), func(ctx context.Context, c *caller, in *NumberInput) (*pageAnswer[suggestedMailJSON], error) {
			list, err := a.app.SuggestedMails(ctx, c.Viewer, in.Number)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[suggestedMailJSON]{pageOf(each(list, suggestedMailOf), "")}, nil
		})
	settles(a, "accept", "Make a waiting mail a message of its ticket", access.Reply, a.app.AcceptSuggestion)
	settles(a, "move", "Make a ticket of its own of a waiting mail", access.Edit, a.app.MoveSuggestion)
	route(a, operation(http.MethodDelete, "/tickets/{number}/suggested-mails/{id}", "discard-suggested-mail", "Let a waiting mail become nothing", "messages"),
		ticketRight(access.Edit), func(ctx context.Context, c *caller, in *suggestedMailInput) (*struct{}, error) {
			return nil, a.app.DiscardSuggestion(ctx, c.Viewer, in.Number, in.ID)
		})
}

// settles registers a decision on a waiting mail that makes something of it.
func settles(a *API, verb, summary string, right access.Right, do func(ctx context.Context, v *access.Viewer, number, id int64) error) {
	op := operation(http.MethodPost, "/tickets/{number}/suggested-mails/{id}/"+verb, verb+"-suggested-mail", summary, "messages")
	op.DefaultStatus = http.StatusOK
	post(a, op, ticketRight(right),
		func(ctx context.Context, c *caller, in *suggestedMailInput) error {
			return do(ctx, c.Viewer, in.Number, in.ID)
		},
		func(_ context.Context, _ *caller, _ *suggestedMailInput, ids []int64) (*settledOutput, error) {
			return &settledOutput{settledJSON{Number: ids[0]}}, nil
		})
}
