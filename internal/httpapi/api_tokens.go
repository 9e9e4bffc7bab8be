package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// APITokenJSON is a token without its secret.
type APITokenJSON struct {
	ID        int64             `json:"id"`
	PersonID  int64             `json:"person_id" doc:"Whose rights it has, as far as the scopes let it."`
	Name      string            `json:"name"`
	Scopes    []dm.Permission   `json:"scopes"`
	CreatedAt time.Time         `json:"created_at"`
	ExpiresAt orNull[time.Time] `json:"expires_at"`
}

func apiTokenOf(t *app.Token) APITokenJSON {
	return APITokenJSON{ID: t.ID, PersonID: t.PersonID, Name: t.Name, Scopes: t.Scopes.List(), CreatedAt: t.CreatedAt.Std(), ExpiresAt: moment(t.ExpiresAt)}
}

type madeTokenJSON struct {
	APITokenJSON
	Token orNull[string] `json:"token" doc:"The secret to send as Authorization: Bearer. It is shown this once: null when the request is repeated."`
}

type newTokenInput struct{ Body newTokenJSON }

type newTokenJSON struct {
	Name      string            `json:"name" maxLength:"200"`
	Scopes    []dm.Permission   `json:"scopes" maxItems:"100" doc:"Those of one's permissions that the token may use. Without any it reads what its person may see, internal notes excepted."`
	ExpiresAt orNull[time.Time] `json:"expires_at,omitempty"`
}

type tokensInput struct {
	PageInput
	Person int64 `query:"person" minimum:"1" doc:"Whose tokens, which needs people.manage; left out, one's own."`
}

// apiTokenRoutes are the ways in for programs.
func apiTokenRoutes(a *API) {
	route(a, operation(http.MethodGet, "/api-tokens", "list-api-tokens", "API tokens that work, without their secrets", "api-tokens"), agents, a.listTokens)
	create := operation(http.MethodPost, "/api-tokens", "create-api-token", "Make an API token of one's own", "api-tokens")
	create.DefaultStatus = http.StatusCreated
	post(a, create, permission(dm.TokensManage), a.createToken, a.showToken)
	route(a, operation(http.MethodDelete, "/api-tokens/{id}", "delete-api-token", "End an API token", "api-tokens"), agents,
		func(ctx context.Context, c *caller, in *IDInput) (*struct{}, error) {
			return nil, a.app.RevokeToken(ctx, c.Viewer, in.ID)
		})
}

func (a *API) listTokens(ctx context.Context, c *caller, in *tokensInput) (*pageAnswer[APITokenJSON], error) {
	person := in.Person
	if person == 0 {
		person = c.Viewer.Person()
	}
	list, next, err := a.app.Tokens(ctx, c.Viewer, person, app.Page{Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return &pageAnswer[APITokenJSON]{pageOf(each(list, apiTokenOf), next)}, nil
}

func (a *API) createToken(ctx context.Context, c *caller, in *newTokenInput) (err error) {
	n := app.NewToken{Name: in.Body.Name, Scopes: in.Body.Scopes}
	if at := in.Body.ExpiresAt.value; at != nil {
		if at.Unix() <= 0 {
			return dm.BadField("expires_at", "This moment has passed.")
		}
		n.ExpiresAt = dm.TimeOf(*at)
	}
	c.secret, _, err = a.app.CreateToken(ctx, c.Viewer, n)
	return err
}

// showToken finds the token among those that still work: one that was ended
// since is no more.
func (a *API) showToken(ctx context.Context, c *caller, _ *newTokenInput, ids []int64) (*answerOf[madeTokenJSON], error) {
	page := app.Page{Limit: 200}
	for {
		list, next, err := a.app.Tokens(ctx, c.Viewer, c.Viewer.Person(), page)
		if err != nil {
			return nil, err
		}
		t, err := pick(list, nil, "token", func(t *app.Token) bool { return t.ID == ids[0] })
		if err == nil {
			out := madeTokenJSON{APITokenJSON: apiTokenOf(t)}
			if c.secret != "" {
				out.Token = some(c.secret)
			}
			return &answerOf[madeTokenJSON]{out}, nil
		}
		if next == "" {
			return nil, err
		}
		page.Cursor = next
	}
}
