package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// zendeskBase is where scripts written for Zendesk look for its API. What is
// served there of it are the sharing agreements, and of tickets by which of them
// they are shared.
const zendeskBase = "/api/v2/"

// Zendesk serves the sharing agreements in the shape of Zendesk's API, so that
// scripts go on working: the same paths, with or without .json at their end, and
// the token as password too, as "address/token:secret". Everything else is the
// API's own.
func (a *API) Zendesk() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.URL.Path = base + "/zendesk/" + strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, zendeskBase), ".json")
		r.URL.RawPath = ""
		if user, secret, ok := r.BasicAuth(); ok && strings.HasSuffix(user, "/token") {
			r.Header.Set("Authorization", "Bearer "+secret)
		}
		a.ServeHTTP(w, r)
	})
}

// sharingAgreementJSON is an agreement as Zendesk shows it.
type sharingAgreementJSON struct {
	ID              int64            `json:"id"`
	Name            string           `json:"name"`
	Type            string           `json:"type" enum:"inbound,outbound"`
	Status          dm.PartnerStatus `json:"status" enum:"accepted,declined,pending,inactive,failed,ssl_error,configuration_error"`
	PartnerName     orNull[string]   `json:"partner_name" doc:"Always null: no maker is told apart."`
	RemoteSubdomain string           `json:"remote_subdomain" doc:"Of a desk at Zendesk; of others their host."`
	URL             string           `json:"url"`
	CreatedAt       time.Time        `json:"created_at"`
	UpdatedAt       time.Time        `json:"updated_at"`
}

const zendeskHost = ".zendesk.com"

func sharingAgreementOf(base string, p *dm.Partner) sharingAgreementJSON {
	out := sharingAgreementJSON{ID: p.ID, Name: p.Label(), Type: string(p.Direction), Status: p.Status, RemoteSubdomain: strings.TrimSuffix(p.Host, zendeskHost),
		URL: base + zendeskBase + "sharing_agreements/" + strconv.FormatInt(p.ID, 10) + ".json", CreatedAt: p.CreatedAt.Std(), UpdatedAt: p.UpdatedAt.Std()}
	if p.Status == dm.PartnerDraft {
		out.Status = dm.PartnerPending
	}
	return out
}

type sharingAgreementsOutput struct {
	Body struct {
		SharingAgreements []sharingAgreementJSON `json:"sharing_agreements"`
		NextPage          orNull[string]         `json:"next_page"`
		PreviousPage      orNull[string]         `json:"previous_page"`
		Count             int                    `json:"count"`
	}
}

type sharingAgreementOutput struct {
	Body struct {
		SharingAgreement sharingAgreementJSON `json:"sharing_agreement"`
	}
}

type newSharingAgreementInput struct {
	Body struct {
		SharingAgreement newSharingAgreementJSON `json:"sharing_agreement"`
	}
}

type newSharingAgreementJSON struct {
	RemoteSubdomain string        `json:"remote_subdomain" minLength:"1" maxLength:"1000" doc:"Of a desk at Zendesk, or the address of any other."`
	Name            maybe[string] `json:"name,omitempty" maxLength:"200"`
}

type sharingAgreementChange struct {
	IDInput
	Body struct {
		SharingAgreement sharingAgreementPatchJSON `json:"sharing_agreement"`
	}
}

type sharingAgreementPatchJSON struct {
	Status dm.PartnerStatus `json:"status" enum:"accepted,declined,inactive"`
}

// zendeskRoutes are Zendesk's sharing agreements: to be read by agents, and
// written by those who keep partners.
func zendeskRoutes(a *API) {
	zendeskTicketRoutes(a)
	manage := permission(dm.PartnersManage)
	at := func(method, path, id, summary string) huma.Operation {
		return operation(method, "/zendesk/sharing_agreements"+path, id, summary+" (as at Zendesk, under /api/v2)", "partners")
	}
	route(a, at(http.MethodGet, "", "list-sharing-agreements", "Sharing agreements"), agents,
		func(ctx context.Context, c *caller, _ *struct{}) (*sharingAgreementsOutput, error) {
			list, err := a.app.Agreements(ctx, c.Viewer)
			if err != nil {
				return nil, err
			}
			out := &sharingAgreementsOutput{}
			out.Body.SharingAgreements = each(list, func(p *dm.Partner) sharingAgreementJSON { return sharingAgreementOf(c.account.BaseURL, p) })
			out.Body.Count = len(list)
			return out, nil
		})
	route(a, at(http.MethodGet, "/{id}", "show-sharing-agreement", "One sharing agreement"), agents,
		func(ctx context.Context, c *caller, in *IDInput) (*sharingAgreementOutput, error) {
			return a.showSharingAgreement(ctx, c, in.ID)
		})
	create := at(http.MethodPost, "", "create-sharing-agreement", "Invite another desk")
	create.DefaultStatus = http.StatusCreated
	post(a, create, manage,
		func(ctx context.Context, c *caller, in *newSharingAgreementInput) error {
			n := in.Body.SharingAgreement
			if !strings.ContainsAny(n.RemoteSubdomain, "./:") {
				n.RemoteSubdomain += zendeskHost
			}
			return a.app.InvitePartner(ctx, c.Viewer, app.NewPartner{Address: n.RemoteSubdomain, Name: n.Name.value})
		},
		func(ctx context.Context, c *caller, _ *newSharingAgreementInput, ids []int64) (*sharingAgreementOutput, error) {
			return a.showSharingAgreement(ctx, c, ids[0])
		})
	route(a, at(http.MethodPut, "/{id}", "change-sharing-agreement", "Accept, decline or end a sharing agreement"), manage,
		func(ctx context.Context, c *caller, in *sharingAgreementChange) (*sharingAgreementOutput, error) {
			if err := a.app.UpdatePartner(ctx, c.Viewer, in.ID, app.PartnerPatch{Status: &in.Body.SharingAgreement.Status}); err != nil {
				return nil, err
			}
			return a.showSharingAgreement(ctx, c, in.ID)
		})
	route(a, at(http.MethodDelete, "/{id}", "delete-sharing-agreement", "End a sharing agreement and take it off the list"), manage,
		func(ctx context.Context, c *caller, in *IDInput) (*struct{}, error) {
			return nil, a.app.DeletePartner(ctx, c.Viewer, in.ID)
		})
}

func (a *API) showSharingAgreement(ctx context.Context, c *caller, id int64) (*sharingAgreementOutput, error) {
	p, err := a.app.Agreement(ctx, c.Viewer, id)
	if err != nil {
		return nil, err
	}
	out := &sharingAgreementOutput{}
	out.Body.SharingAgreement = sharingAgreementOf(c.account.BaseURL, p)
	return out, nil
}
