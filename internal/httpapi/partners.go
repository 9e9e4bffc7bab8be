package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// PartnerJSON is an agreement with another desk, without its key.
type PartnerJSON struct {
	ID            int64               `json:"id"`
	Direction     dm.PartnerDirection `json:"direction" enum:"outbound,inbound" doc:"Outbound: we invited, and share tickets. Inbound: they did."`
	Status        dm.PartnerStatus    `json:"status" enum:"draft,pending,accepted,declined,inactive,failed,ssl_error,configuration_error" doc:"Draft: the invitation is on its way. The last three: it did not arrive."`
	Name          string              `json:"name" doc:"What we call them; empty while nobody has accepted them."`
	PartnerName   string              `json:"partner_name" doc:"What they call themselves. Trust the host."`
	Host          string              `json:"host"`
	Address       string              `json:"address" doc:"Theirs, of the protocol."`
	OurAddress    string              `json:"our_address" doc:"Ours, as they know it."`
	Fingerprint   string              `json:"fingerprint" doc:"Of the key: the same on both desks. Compare it by phone."`
	Terms         partnerTermsJSON    `json:"terms"`
	InboxID       orNull[int64]       `json:"inbox_id" doc:"Where tickets from them are filed; null for the first inbox."`
	Reason        string              `json:"reason" doc:"Why it is as it is, in words; empty where all is well."`
	Paused        bool                `json:"paused" doc:"Nothing is sent until it is resumed."`
	DeactivatedBy dm.PartnerSide      `json:"deactivated_by" enum:",sender,receiver"`
	Capable       bool                `json:"capable" doc:"It is a Deskmesh desk: all terms hold, and keys can be changed."`
	Signs         bool                `json:"signs" doc:"It signs its requests, and one that is not signed is refused."`
	Rotating      bool                `json:"rotating" doc:"A new key is under way."`
	Tickets       int                 `json:"tickets" doc:"That cross now, or did when the agreement ended."`
	Waiting       int                 `json:"waiting" doc:"Messages on their way."`
	Late          string              `json:"late" doc:"Why what waits has not arrived, of the latest try; empty where nothing was tried in vain."`
	CreatedAt     time.Time           `json:"created_at"`
	DecidedAt     orNull[time.Time]   `json:"decided_at" doc:"When it was accepted or declined."`
	UpdatedAt     time.Time           `json:"updated_at"`
	Version       int64               `json:"version" doc:"Sent back with a change."`
}

// partnerTermsJSON says what of a shared ticket crosses.
type partnerTermsJSON struct {
	PublicComments  bool       `json:"public_comments"`
	PrivateComments bool       `json:"private_comments" doc:"Notes. Local notes never leave the desk."`
	Status          bool       `json:"status"`
	Tags            bool       `json:"tags"`
	Attachments     bool       `json:"attachments"`
	Fields          []string   `json:"fields" maxItems:"50" doc:"Titles of own fields; * alone means all that both desks have."`
	History         dm.History `json:"history" enum:"all,from_now" doc:"The most of earlier messages that goes along."`
	OnlyMarked      bool       `json:"only_marked" doc:"Only messages that are marked for the partner cross."`
}

func partnerTermsOf(t *dm.PartnerTerms) partnerTermsJSON {
	out := partnerTermsJSON(*t)
	if out.Fields = filled(out.Fields); out.History == "" {
		out.History = dm.HistoryAll
	}
	return out
}

func partnerOf(p *app.PartnerView) PartnerJSON {
	return PartnerJSON{
		ID: p.ID, Direction: p.Direction, Status: p.Status, Name: p.Name, PartnerName: p.PartnerName, Host: p.Host, Address: p.PartnerURL, OurAddress: p.OurURL,
		Fingerprint: p.Fingerprint, Terms: partnerTermsOf(&p.Terms), InboxID: idOrNull(p.InboxID), Reason: p.Reason, Paused: p.Paused, DeactivatedBy: p.DeactivatedBy,
		Capable: p.Capable, Signs: p.Signs, Rotating: p.Rotating, Tickets: p.Tickets, Waiting: p.Waiting, Late: p.Late, CreatedAt: p.CreatedAt.Std(), DecidedAt: moment(p.DecidedAt),
		UpdatedAt: p.UpdatedAt.Std(), Version: p.Version,
	}
}

type newPartnerJSON struct {
	Address string                  `json:"address" maxLength:"1000" doc:"Of the other desk: what its administrator gave, or its host alone."`
	Name    maybe[string]           `json:"name,omitempty" maxLength:"200" doc:"What we call them; left out, their host."`
	Terms   maybe[partnerTermsJSON] `json:"terms,omitempty" doc:"They are fixed once the invitation is out."`
	InboxID orNull[int64]           `json:"inbox_id,omitempty"`
}

type partnerPatchJSON struct {
	Status  maybe[dm.PartnerStatus] `json:"status,omitempty" enum:"accepted,declined,inactive" doc:"Inactive withdraws an invitation, or ends the agreement for good."`
	Paused  maybe[bool]             `json:"paused,omitempty"`
	Name    maybe[string]           `json:"name,omitempty" maxLength:"200"`
	InboxID orNull[int64]           `json:"inbox_id,omitempty"`
	Version maybe[int64]            `json:"version,omitempty" minimum:"1" doc:"The version the change was made on. Another one is refused with 409."`
}

type partnersInput struct {
	Status    dm.PartnerStatus    `query:"status" enum:"draft,pending,accepted,declined,inactive,failed,ssl_error,configuration_error"`
	Direction dm.PartnerDirection `query:"direction" enum:"outbound,inbound"`
}

type partnerTestJSON struct {
	OK         bool        `json:"ok"`
	Reason     string      `json:"reason" doc:"What is wrong, in words; empty where nothing is."`
	StatusCode orNull[int] `json:"status_code" doc:"Of the other desk's answer."`
	MS         int64       `json:"ms"`
}

// partnerRoutes are the agreements with other desks.
func partnerRoutes(a *API) {
	manage := permission(dm.PartnersManage)
	n := &noun[app.PartnerView, PartnerJSON]{path: "/partners", name: "partner", find: a.app.Partner, say: partnerOf}
	route(a, operation(http.MethodGet, "/partners", "list-partners", "Agreements with other desks, newest first", "partners"), manage,
		func(ctx context.Context, c *caller, in *partnersInput) (*pageAnswer[PartnerJSON], error) {
			list, err := a.app.ListPartners(ctx, c.Viewer, in.Status, in.Direction)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[PartnerJSON]{pageOf(each(list, partnerOf), "")}, nil
		})
	n.one(a, manage)
	creates(a, n, manage, "Invite another desk; the invitation is tried until it arrives", func(ctx context.Context, c *caller, b *newPartnerJSON) error {
		in := app.NewPartner{Address: b.Address, Name: b.Name.value}
		if b.Terms.given {
			terms := dm.PartnerTerms(b.Terms.value)
			in.Terms = &terms
		}
		if b.InboxID.value != nil {
			in.InboxID = *b.InboxID.value
		}
		return a.app.InvitePartner(ctx, c.Viewer, in)
	})
	changes(a, n, manage, "Accept, decline, withdraw or end an agreement, pause it, or name it. What is decided stands at once; the other desk is told until it knows",
		func(ctx context.Context, c *caller, id int64, b *partnerPatchJSON) error {
			return a.app.UpdatePartner(ctx, c.Viewer, id, app.PartnerPatch{Status: b.Status.pointer(), Paused: b.Paused.pointer(), Name: b.Name.pointer(), InboxID: b.InboxID.id(), Version: b.Version.pointer()})
		})
	n.deletes(a, manage, "Take an agreement off the list; one in force is ended first", a.app.DeletePartner)
	n.acts(a, manage, "rotate-key", "Make a new key, which the other desk is told of; the old one is good for a day", a.app.RotatePartnerKey)
	n.acts(a, manage, "retry", "Try everything that waits for the other desk at once, and an invitation that did not arrive", a.app.RetryPartner)
	test := n.operation(http.MethodPost, "/{id}/test", "test", "Ask the other desk for the agreement, now")
	test.DefaultStatus = http.StatusOK
	post(a, costly(test, costSearch), manage,
		func(ctx context.Context, c *caller, in *IDInput) error {
			_, err := a.app.TestPartner(ctx, c.Viewer, in.ID)
			return err
		},
		func(ctx context.Context, c *caller, in *IDInput, ids []int64) (*answerOf[partnerTestJSON], error) {
			d, err := a.app.PartnerDelivery(ctx, c.Viewer, in.ID, ids[0])
			if err != nil {
				return nil, err
			}
			return &answerOf[partnerTestJSON]{partnerTestJSON{OK: d.State == dm.PartnerDone, Reason: d.Error, StatusCode: statusOrNull(d.Status), MS: d.Millis}}, nil
		})
	partnerLogRoutes(a)
	partnerPeopleRoutes(a)
	partnerInvitationRoutes(a)
}

func statusOrNull(status int) orNull[int] {
	if status == 0 {
		return orNull[int]{}
	}
	return some(status)
}

// PartnerInvitationJSON is an address that one desk can use once.
type PartnerInvitationJSON struct {
	ID        int64             `json:"id"`
	Note      string            `json:"note" doc:"Whom it was made for."`
	ExpiresAt time.Time         `json:"expires_at"`
	UsedAt    orNull[time.Time] `json:"used_at"`
	PartnerID orNull[int64]     `json:"partner_id" doc:"The agreement that came through it."`
	CreatedAt time.Time         `json:"created_at"`
}

type madePartnerInvitationJSON struct {
	PartnerInvitationJSON
	URL orNull[string] `json:"url" doc:"The address. It is shown this once: null when the request is repeated."`
}

type newPartnerInvitationJSON struct {
	Note maybe[string] `json:"note,omitempty" maxLength:"200"`
}

func partnerInvitationOf(i *dm.PartnerInvitation) PartnerInvitationJSON {
	return PartnerInvitationJSON{ID: i.ID, Note: i.Note, ExpiresAt: i.ExpiresAt.Std(), UsedAt: moment(i.UsedAt), PartnerID: idOrNull(i.PartnerID), CreatedAt: i.CreatedAt.Std()}
}

// partnerInvitationRoutes are the addresses to be invited by, each once.
func partnerInvitationRoutes(a *API) {
	manage := permission(dm.PartnersManage)
	n := &noun[dm.PartnerInvitation, PartnerInvitationJSON]{path: "/partner-invitations", name: "partner-invitation", find: a.app.PartnerInvitation, say: partnerInvitationOf}
	n.whole(a, manage, "One-time addresses for invitations, newest first", func(ctx context.Context, v *access.Viewer) ([]dm.PartnerInvitation, error) {
		return a.app.PartnerInvitations(ctx, v)
	})
	create := n.operation(http.MethodPost, "", "create", "Make an address through which one desk can invite this one, once")
	create.DefaultStatus = http.StatusCreated
	post(a, create, manage,
		func(ctx context.Context, c *caller, in *creationOf[newPartnerInvitationJSON]) (err error) {
			c.secret, err = a.app.CreatePartnerInvitation(ctx, c.Viewer, in.Body.Note.value)
			return err
		},
		func(ctx context.Context, c *caller, _ *creationOf[newPartnerInvitationJSON], ids []int64) (*answerOf[madePartnerInvitationJSON], error) {
			i, err := a.app.PartnerInvitation(ctx, c.Viewer, ids[0])
			if err != nil {
				return nil, err
			}
			out := madePartnerInvitationJSON{PartnerInvitationJSON: partnerInvitationOf(i)}
			if c.secret != "" {
				out.URL = some(c.secret)
			}
			return &answerOf[madePartnerInvitationJSON]{out}, nil
		})
	n.deletes(a, manage, "Take an address back; an agreement that came through it stays", a.app.DeletePartnerInvitation)
}
