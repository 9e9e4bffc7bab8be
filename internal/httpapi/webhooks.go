package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// WebhookJSON is a webhook without its secret and without the values of its
// headers.
type WebhookJSON struct {
	ID             int64                     `json:"id"`
	Name           string                    `json:"name"`
	URL            string                    `json:"url"`
	Events         []dm.EventKind            `json:"events" doc:"The events it hears of; all alone stands for every event."`
	Condition      orNull[hookConditionJSON] `json:"condition" doc:"Only tickets that it holds for; null for every ticket."`
	Broken         bool                      `json:"broken" doc:"The condition was written by another version of the program and cannot be read; until a new one is set the webhook hears of nothing."`
	HeaderNames    []string                  `json:"header_names" doc:"Of the extra headers; their values are shown to nobody."`
	AllBrands      bool                      `json:"all_brands"`
	Brands         []int64                   `json:"brands"`
	AllInboxes     bool                      `json:"all_inboxes"`
	Inboxes        []int64                   `json:"inboxes"`
	AllGroups      bool                      `json:"all_groups" doc:"Tickets without a group too."`
	Groups         []int64                   `json:"groups"`
	SeeInternal    bool                      `json:"see_internal" doc:"It hears of notes, internal changes and private tickets. Local notes never leave the desk."`
	APIVersion     string                    `json:"api_version" doc:"The form of the payload."`
	Active         bool                      `json:"active"`
	Pause          orNull[hookPauseJSON]     `json:"pause" doc:"Why the desk itself switched it off; null where it did not."`
	Failures       int                       `json:"failures" doc:"Failed tries since the last one that succeeded."`
	FailingFrom    orNull[time.Time]         `json:"failing_from"`
	DeliveredAt    orNull[time.Time]         `json:"delivered_at" doc:"The last try that succeeded."`
	HoldUntil      orNull[time.Time]         `json:"hold_until" doc:"The receiver asked to be left alone until then."`
	OldSecretUntil orNull[time.Time]         `json:"old_secret_until" doc:"Until then the secret before the present one signs too."`
	CreatedBy      orNull[int64]             `json:"created_by" doc:"The person who made it."`
	CreatedAt      time.Time                 `json:"created_at"`
	UpdatedAt      time.Time                 `json:"updated_at"`
}

type hookPauseJSON struct {
	Reason dm.PauseReason `json:"reason" enum:"failures,gone"`
	At     time.Time      `json:"at"`
}

// madeWebhookJSON is a webhook whose secret has just been made.
type madeWebhookJSON struct {
	WebhookJSON
	Secret orNull[string] `json:"secret" doc:"The signing secret. It is shown this once: null when the request is repeated."`
}

func webhookOf(w *dm.Webhook) WebhookJSON {
	out := WebhookJSON{
		ID: w.ID, Name: w.Name, URL: w.URL, Events: w.Events, Condition: hookConditionOf(&w.Condition), Broken: w.Broken, HeaderNames: filled(w.Headers),
		AllBrands: w.Reach.AllBrands, Brands: filled(w.Reach.Brands), AllInboxes: w.Reach.AllInboxes, Inboxes: filled(w.Reach.Inboxes),
		AllGroups: w.Reach.AllGroups, Groups: filled(w.Reach.Groups), SeeInternal: w.Reach.SeeInternal, APIVersion: w.APIVersion,
		Active: w.Active, Failures: w.Failures, FailingFrom: moment(w.FailingFrom), DeliveredAt: moment(w.DeliveredAt), HoldUntil: moment(w.HoldUntil),
		OldSecretUntil: moment(w.OldSecretAt), CreatedBy: idOrNull(w.CreatedBy), CreatedAt: w.CreatedAt.Std(), UpdatedAt: w.UpdatedAt.Std(),
	}
	if len(w.Events) == 0 {
		out.Events = []dm.EventKind{app.AllEvents}
	}
	if w.PauseReason != dm.NotPaused {
		out.Pause = some(hookPauseJSON{w.PauseReason, w.PausedAt.Std()})
	}
	return out
}

// hookConditionJSON is a condition as dm.ParseCondition reads it.
type hookConditionJSON struct{ raw json.RawMessage }

// UnmarshalJSON implements json.Unmarshaler.
func (c *hookConditionJSON) UnmarshalJSON(data []byte) error {
	c.raw = bytes.Clone(data)
	return nil
}

// MarshalJSON implements json.Marshaler.
func (c hookConditionJSON) MarshalJSON() ([]byte, error) {
	if len(c.raw) == 0 {
		return []byte("{}"), nil
	}
	return c.raw, nil
}

// Schema implements huma.SchemaProvider.
func (hookConditionJSON) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "A tree of all, any and leaves, as in ?filter= of a list."}
}

func hookConditionOf(c *dm.Condition) orNull[hookConditionJSON] {
	raw, err := c.MarshalJSON()
	if c.Empty() || err != nil {
		return orNull[hookConditionJSON]{}
	}
	return some(hookConditionJSON{raw})
}

type newWebhookJSON struct {
	Name   string         `json:"name" maxLength:"200"`
	URL    string         `json:"url" maxLength:"2000" doc:"Where events are sent: https, and no host inside the server's own network."`
	Events []dm.EventKind `json:"events" maxItems:"100" doc:"The events it hears of, or all alone."`
	WebhookParts
}

type webhookPatchJSON struct {
	Name   maybe[string]         `json:"name,omitempty" maxLength:"200"`
	URL    maybe[string]         `json:"url,omitempty" maxLength:"2000"`
	Events maybe[[]dm.EventKind] `json:"events,omitempty" maxItems:"100"`
	Active maybe[bool]           `json:"active,omitempty" doc:"Switched on, it begins with what has waited."`
	WebhookParts
}

// WebhookParts is what may be left out of any webhook. Of a new one's reach, what
// is left out is everything, but never internal content.
type WebhookParts struct {
	Condition   orNull[hookConditionJSON] `json:"condition,omitempty"`
	Headers     maybe[map[string]string]  `json:"headers,omitempty" doc:"All extra headers, with their values, which are shown to nobody."`
	AllBrands   maybe[bool]               `json:"all_brands,omitempty"`
	Brands      maybe[[]int64]            `json:"brands,omitempty" maxItems:"1000"`
	AllInboxes  maybe[bool]               `json:"all_inboxes,omitempty"`
	Inboxes     maybe[[]int64]            `json:"inboxes,omitempty" maxItems:"1000"`
	AllGroups   maybe[bool]               `json:"all_groups,omitempty"`
	Groups      maybe[[]int64]            `json:"groups,omitempty" maxItems:"1000"`
	SeeInternal maybe[bool]               `json:"see_internal,omitempty"`
	APIVersion  maybe[string]             `json:"api_version,omitempty" maxLength:"20"`
}

func (p *WebhookParts) patch() app.WebhookPatch {
	out := app.WebhookPatch{Headers: p.Headers.pointer(), AllBrands: p.AllBrands.pointer(), Brands: p.Brands.pointer(),
		AllInboxes: p.AllInboxes.pointer(), Inboxes: p.Inboxes.pointer(), AllGroups: p.AllGroups.pointer(), Groups: p.Groups.pointer(),
		SeeInternal: p.SeeInternal.pointer(), APIVersion: p.APIVersion.pointer()}
	if p.Condition.given {
		raw := []byte{}
		if p.Condition.value != nil {
			raw = p.Condition.value.raw
		}
		out.Condition = &raw
	}
	return out
}

// webhookRoutes are the programs that hear of events, and what became of each.
func webhookRoutes(a *API) {
	manage := permission(dm.WebhooksManage)
	hooks := &noun[dm.Webhook, WebhookJSON]{path: "/webhooks", name: "webhook", find: a.app.Webhook, say: webhookOf}
	hooks.whole(a, manage, "Webhooks", a.app.Webhooks)
	hooks.one(a, manage)
	create := hooks.operation(http.MethodPost, "", "create", "Make a webhook")
	create.DefaultStatus = http.StatusCreated
	post(a, create, manage,
		func(ctx context.Context, c *caller, in *creationOf[newWebhookJSON]) (err error) {
			p := in.Body.patch()
			p.Name, p.URL, p.Events = &in.Body.Name, &in.Body.URL, &in.Body.Events
			c.secret, err = a.app.CreateWebhook(ctx, c.Viewer, p)
			return err
		},
		func(ctx context.Context, c *caller, _ *creationOf[newWebhookJSON], ids []int64) (*answerOf[madeWebhookJSON], error) {
			return a.showSecret(ctx, c, ids[0])
		})
	changes(a, hooks, manage, "Change a webhook, or switch it off and on", func(ctx context.Context, c *caller, id int64, b *webhookPatchJSON) error {
		p := b.patch()
		p.Name, p.URL, p.Events, p.Active = b.Name.pointer(), b.URL.pointer(), b.Events.pointer(), b.Active.pointer()
		return a.app.UpdateWebhook(ctx, c.Viewer, id, p)
	})
	hooks.deletes(a, manage, "Delete a webhook with its log; what waits is never sent", a.app.DeleteWebhook)
	rotate := hooks.operation(http.MethodPost, "/{id}/rotate-secret", "rotate-secret-of", "Make a new signing secret; the old one signs too for a day")
	rotate.DefaultStatus = http.StatusOK
	post(a, rotate, manage,
		func(ctx context.Context, c *caller, in *IDInput) (err error) {
			c.secret, err = a.app.RotateWebhookSecret(ctx, c.Viewer, in.ID)
			return err
		},
		func(ctx context.Context, c *caller, in *IDInput, _ []int64) (*answerOf[madeWebhookJSON], error) {
			return a.showSecret(ctx, c, in.ID)
		})
	deliveryRoutes(a, hooks)
}

// showSecret shows a webhook with the secret that was just made.
func (a *API) showSecret(ctx context.Context, c *caller, id int64) (*answerOf[madeWebhookJSON], error) {
	w, err := a.app.Webhook(ctx, c.Viewer, id)
	if err != nil {
		return nil, err
	}
	out := madeWebhookJSON{WebhookJSON: webhookOf(w)}
	if c.secret != "" {
		out.Secret = some(c.secret)
	}
	return &answerOf[madeWebhookJSON]{out}, nil
}
