package httpapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// PartnerNameJSON names a partner: the host stands beside the name, which can be
// anything.
type PartnerNameJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Host string `json:"host"`
}

func partnerName(p *dm.Partner) PartnerNameJSON { return PartnerNameJSON{p.ID, p.Label(), p.Host} }

// PartnerMarkJSON is a mark under a ticket's title: to or from whom it crosses.
type PartnerMarkJSON struct {
	Partner      PartnerNameJSON         `json:"partner"`
	Direction    dm.PartnerLinkDirection `json:"direction" enum:"sent,received"`
	State        dm.PartnerLinkState     `json:"state" enum:"sending,synced,delayed,declined,closed,ended,orphaned,detached,frozen"`
	RemoteNumber string                  `json:"remote_number" doc:"What the partner calls the ticket; empty where they do not say."`
	Requester    string                  `json:"requester" doc:"Who asked there, of a ticket that was received."`
}

func partnerMarkOf(k *app.TicketPartner) PartnerMarkJSON {
	m := PartnerMarkJSON{Partner: partnerName(&k.Partner), Direction: k.Direction, State: k.State, RemoteNumber: k.RemoteNumber}
	if k.Requester != nil {
		m.Requester = k.Requester.Name
	}
	return m
}

// ticketPartnerJSON is a ticket's link with a partner.
type ticketPartnerJSON struct {
	ID int64 `json:"id"`
	PartnerMarkJSON
	Reason       string            `json:"reason" doc:"Why it is delayed, declined or ended, in words."`
	StatusFrozen bool              `json:"status_frozen" doc:"The status went to and fro too often, and does not cross until somebody resumes it."`
	NextTryAt    orNull[time.Time] `json:"next_try_at"`
	SyncedAt     orNull[time.Time] `json:"synced_at"`
	SharedBy     orNull[nameJSON]  `json:"shared_by" doc:"Null for the program, and for what a partner shared."`
	SharedAt     time.Time         `json:"shared_at"`
	EndedAt      orNull[time.Time] `json:"ended_at"`
	Terms        partnerTermsJSON  `json:"terms"`
}

func ticketPartnerOf(k *app.TicketPartner) ticketPartnerJSON {
	return ticketPartnerJSON{ID: k.ID, PartnerMarkJSON: partnerMarkOf(k), Reason: k.Reason, StatusFrozen: k.StatusFrozen, NextTryAt: moment(k.NextTryAt), SyncedAt: moment(k.SyncedAt),
		SharedBy: named(k.ActorID, k.SharedBy.Name), SharedAt: k.CreatedAt.Std(), EndedAt: moment(k.EndedAt), Terms: partnerTermsOf(&k.Partner.Terms)}
}

// partnerChoiceJSON is a partner that the ticket may be shared with.
type partnerChoiceJSON struct {
	PartnerNameJSON
	Terms partnerTermsJSON `json:"terms"`
}

type ticketPartnersJSON struct {
	Items   []ticketPartnerJSON `json:"items" doc:"Newest first, those that are over too."`
	Choices []partnerChoiceJSON `json:"choices" doc:"The partners that one may share the ticket with now."`
}

type sharePartnersInput struct {
	NumberInput
	Body sharePartnersJSON
}

type sharePartnersJSON struct {
	PartnerIDs []int64 `json:"partner_ids" minItems:"1" maxItems:"50"`
	FromNow    *bool   `json:"from_now,omitempty" doc:"Earlier messages stay here. It can ask for less than the terms, never for more."`
}

// partnerPreviewJSON is what one partner would be told of a ticket.
type partnerPreviewJSON struct {
	Partner   PartnerNameJSON      `json:"partner"`
	Subject   string               `json:"subject"`
	Status    string               `json:"status" doc:"Empty where the terms keep it here."`
	Requester string               `json:"requester" doc:"The name alone: no address crosses."`
	Tags      []string             `json:"tags"`
	Fields    []previewFieldJSON   `json:"fields"`
	Messages  []previewMessageJSON `json:"messages"`
	LeftOut   []previewLeftOutJSON `json:"left_out" doc:"What stays here, with the reason."`
}

type previewFieldJSON struct {
	Title string `json:"title"`
	Value string `json:"value"`
}

type previewMessageJSON struct {
	Author string    `json:"author"`
	Public bool      `json:"public"`
	Text   string    `json:"text"`
	Files  []string  `json:"files"`
	At     time.Time `json:"at"`
}

type previewLeftOutJSON struct {
	What  string `json:"what" enum:"message,file,status,tags,field"`
	Why   string `json:"why" enum:"earlier,local_note,side_conversation,merged,unmarked,private,other_partner,terms"`
	Count int    `json:"count"`
}

func partnerPreviewOf(p *app.PartnerPreview) partnerPreviewJSON {
	t := p.Ticket
	out := partnerPreviewJSON{Partner: partnerName(&p.Partner), Status: string(t.Status), Tags: []string{},
		Fields:  each(t.Fields, func(f *app.PartnerFieldValue) previewFieldJSON { return previewFieldJSON(*f) }),
		LeftOut: each(p.LeftOut, func(l *app.PartnerLeftOut) previewLeftOutJSON { return previewLeftOutJSON(*l) }),
		Messages: each(t.Comments, func(c *app.PartnerComment) previewMessageJSON {
			m := previewMessageJSON{Public: c.Public, Text: c.Text, At: c.At.Std(), Files: each(c.Files, func(f *app.PartnerAttachment) string { return f.Name })}
			if c.Author != nil {
				m.Author = c.Author.Name
			}
			return m
		})}
	if t.Subject != nil {
		out.Subject = *t.Subject
	}
	if t.Requester != nil {
		out.Requester = t.Requester.Name
	}
	if t.Tags != nil {
		out.Tags = append(out.Tags, *t.Tags...)
	}
	return out
}

// ticketPartnerRoutes share one ticket with other desks.
func ticketPartnerRoutes(a *API) {
	const path, tag = "/tickets/{number}/partners", "partners"
	route(a, operation(http.MethodGet, path, "list-ticket-partners", "Which other desks a ticket is shared with, and may be", tag), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) (*answerOf[ticketPartnersJSON], error) {
			list, err := a.app.TicketPartners(ctx, c.Viewer, in.Number)
			if err != nil {
				return nil, err
			}
			return &answerOf[ticketPartnersJSON]{ticketPartnersJSON{Items: each(list.Links, ticketPartnerOf),
				Choices: each(list.Choices, func(p *dm.Partner) partnerChoiceJSON {
					return partnerChoiceJSON{partnerName(p), partnerTermsOf(&p.Terms)}
				})}}, nil
		})
	share := operation(http.MethodPost, path, "share-ticket-with-partners", "Share a ticket with other desks", tag)
	share.DefaultStatus = http.StatusCreated
	post(a, share, ticketRight(access.Share),
		func(ctx context.Context, c *caller, in *sharePartnersInput) error {
			_, err := a.app.SharePartners(ctx, c.Viewer, in.Number, in.Body.PartnerIDs, in.Body.FromNow)
			return err
		},
		func(ctx context.Context, c *caller, in *sharePartnersInput, ids []int64) (*pageAnswer[ticketPartnerJSON], error) {
			items, err := a.linksOf(ctx, c, in.Number, ids)
			return &pageAnswer[ticketPartnerJSON]{pageOf(items, "")}, err
		})
	preview := operation(http.MethodPost, path+"/preview", "preview-ticket-for-partners", "What other desks would see of a ticket, exactly; nothing is shared", tag)
	preview.DefaultStatus = http.StatusOK
	post(a, preview, ticketRight(access.Share), func(context.Context, *caller, *sharePartnersInput) error { return nil },
		func(ctx context.Context, c *caller, in *sharePartnersInput, _ []int64) (*pageAnswer[partnerPreviewJSON], error) {
			list, err := a.app.PreviewPartners(ctx, c.Viewer, in.Number, in.Body.PartnerIDs, in.Body.FromNow)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[partnerPreviewJSON]{pageOf(each(list, partnerPreviewOf), "")}, nil
		})
	act := func(do dm.PartnerAct) func(context.Context, *caller, *PartInput) error {
		return func(ctx context.Context, c *caller, in *PartInput) error {
			_, err := a.app.ChangeTicketPartner(ctx, c.Viewer, in.Number, in.ID, do)
			return err
		}
	}
	show := func(ctx context.Context, c *caller, in *PartInput, _ []int64) (*answerOf[ticketPartnerJSON], error) {
		list, err := a.app.TicketPartners(ctx, c.Viewer, in.Number)
		if err != nil {
			return nil, err
		}
		k, err := pick(list.Links, nil, "partner", func(k *app.TicketPartner) bool { return k.ID == in.ID })
		if err != nil {
			return nil, err
		}
		return &answerOf[ticketPartnerJSON]{ticketPartnerOf(k)}, nil
	}
	route(a, operation(http.MethodDelete, path+"/{id}", "unshare-ticket-from-partner", "End the share with a partner. What they have of the ticket stays there, and follows no more", tag), ticketRight(access.Share),
		func(ctx context.Context, c *caller, in *PartInput) (*answerOf[ticketPartnerJSON], error) {
			if err := act(dm.UnsharePartner)(ctx, c, in); err != nil {
				return nil, err
			}
			return show(ctx, c, in, nil)
		})
	detach := operation(http.MethodPost, path+"/{id}/detach", "detach-ticket-from-partner", "Let a ticket that a partner shared follow theirs no more", tag)
	detach.DefaultStatus = http.StatusOK
	post(a, detach, ticketRight(access.Share), act(dm.DetachFromPartner), show)
	resume := operation(http.MethodPost, path+"/{id}/resume", "resume-ticket-with-partner", "Let the status cross again", tag)
	resume.DefaultStatus = http.StatusOK
	post(a, resume, ticketRight(access.Share), act(dm.ResumeWithPartner), show)
}

// linksOf gives those of a ticket's links with partners that have these ids.
func (a *API) linksOf(ctx context.Context, c *caller, number int64, ids []int64) ([]ticketPartnerJSON, error) {
	list, err := a.app.TicketPartners(ctx, c.Viewer, number)
	if err != nil {
		return nil, err
	}
	return each(slices.DeleteFunc(list.Links, func(k app.TicketPartner) bool { return !slices.Contains(ids, k.ID) }), ticketPartnerOf), nil
}

// foreignJSON is somebody of another desk who wrote a message there.
type foreignJSON struct {
	ID         orNull[int64]     `json:"id"`
	Name       string            `json:"name" doc:"As their desk says."`
	Role       string            `json:"role" doc:"As their desk says; it gives no rights."`
	Partner    nameJSON          `json:"partner"`
	Person     orNull[int64]     `json:"person_id" doc:"Who they are here, linked by hand."`
	PersonName string            `json:"person_name" doc:"Of that person; empty for nobody."`
	WrittenAt  orNull[time.Time] `json:"written_at" doc:"When it was written there, as their desk says; the message stands where it came in."`
}

func (c *caller) foreign(f *dm.ForeignAuthor) *foreignJSON {
	if f == nil {
		return nil
	}
	p := c.Directory.Partners[f.PartnerID]
	return &foreignJSON{ID: idOrNull(f.ID), Name: f.Name, Role: f.Role, Partner: nameJSON{p.ID, p.Label()}, Person: idOrNull(f.PersonID), PersonName: f.PersonName,
		WrittenAt: moment(f.At)}
}

// partnerEvent is a partner's link as it was when something happened to it.
type partnerEvent struct {
	ID        int64                   `json:"id"`
	LinkID    int64                   `json:"link_id"`
	Name      string                  `json:"name"`
	Direction dm.PartnerLinkDirection `json:"direction"`
	State     dm.PartnerLinkState     `json:"state"`
	Reason    string                  `json:"reason"`
}

func partnerOfEvent(e *app.EventView) *partnerEvent {
	if e.Data.Partner == nil {
		return nil
	}
	p := partnerEvent(*e.Data.Partner)
	return &p
}

// missingFileJSON is a file of a partner's message that is not here.
type missingFileJSON struct {
	Name   string `json:"name"`
	Coming bool   `json:"coming" doc:"It is tried again."`
	Reason string `json:"reason"`
}

func missingFileOf(f *dm.PartnerFile) missingFileJSON {
	return missingFileJSON{f.Name, f.State == dm.PartnerWaiting, f.Error}
}
