package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

type accessInput struct {
	NumberInput
	Person int64 `query:"person" minimum:"1" doc:"Answer for this person alone, also when they see nothing."`
}

type accessOutput struct{ Body sightListJSON }

type sightListJSON struct {
	Items     []sightJSON `json:"items"`
	Truncated bool        `json:"truncated" doc:"There are more people than are listed."`
}

// sightJSON is one person who can open a ticket, how far, and why.
type sightJSON struct {
	Person  personJSON        `json:"person"`
	Level   string            `json:"level" doc:"full, edit, comment, view; empty for none."`
	Rights  []string          `json:"rights"`
	Reasons []sightReasonJSON `json:"reasons"`
}

type sightReasonJSON struct {
	Way     access.Way     `json:"way" enum:"reach,assignee,share,group_share,requester,cc"`
	Level   string         `json:"level,omitempty" doc:"Of a share."`
	Group   orNull[string] `json:"group" doc:"The name of the group that brings the ticket."`
	ShareID orNull[int64]  `json:"share_id"`
}

type targetSearchInput struct {
	Q      string `query:"q" maxLength:"200" doc:"The beginning of a name, of a word of it, or of an address."`
	Ticket int64  `query:"ticket" minimum:"1" doc:"The ticket's number: whom the sharing policy allows for it, and who has access already."`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"10" doc:"Of each kind."`
}

type mentionSearchInput struct {
	NumberInput
	Q     string `query:"q" maxLength:"200" doc:"The beginning of a name, of a word of it, or of an address."`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"10"`
}

type targetSearchOutput struct{ Body listOf[targetChoiceJSON] }

type targetOfferOutput struct{ Body targetOfferJSON }

// targetOfferJSON is what the picker offers.
type targetOfferJSON struct {
	Items   []targetChoiceJSON `json:"items"`
	Limited bool               `json:"limited" doc:"The account has a sharing policy: only those it allows are listed."`
}

// targetChoiceJSON is a choice of the picker.
type targetChoiceJSON struct {
	PartyJSON
	Address orNull[string] `json:"address" doc:"Of a person; of a partner their host."`
	Members orNull[int]    `json:"members" doc:"Of a group."`
	Access  orNull[string] `json:"access" doc:"The level it has already; null for none."`
	Shared  bool           `json:"shared" doc:"The ticket is shared with exactly this target."`
}

// accessRoutes tell who sees a ticket, and whom it can be shared with.
func accessRoutes(a *API) {
	route(a, operation(http.MethodGet, "/tickets/{number}/access", "show-access", "Everybody who can open a ticket, how far, and why", "shares"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *accessInput) (*accessOutput, error) {
			list, truncated, err := a.app.WhoSees(ctx, c.Viewer, in.Number, in.Person)
			if err != nil {
				return nil, err
			}
			return &accessOutput{sightListJSON{Items: each(list, sightOf), Truncated: truncated}}, nil
		})
	route(a, operation(http.MethodGet, "/share-targets", "find-share-targets", "Agents, groups, requesters and partners that the sharing policy lets one share a ticket with", "shares"), agents,
		func(ctx context.Context, c *caller, in *targetSearchInput) (*targetOfferOutput, error) {
			offer, err := a.app.ShareTargets(ctx, c.Viewer, in.Q, in.Ticket, in.Limit)
			if err != nil {
				return nil, err
			}
			return &targetOfferOutput{targetOfferJSON{Items: each(offer.Targets, choiceOf), Limited: offer.Limited}}, nil
		})
	route(a, operation(http.MethodGet, "/tickets/{number}/mentionable", "find-mentionable", "Agents to mention in a message, those who can open the ticket first", "messages"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *mentionSearchInput) (*targetSearchOutput, error) {
			list, err := a.app.Mentionable(ctx, c.Viewer, in.Number, in.Q, in.Limit)
			if err != nil {
				return nil, err
			}
			return &targetSearchOutput{pageOf(each(list, choiceOf), "")}, nil
		})
}

func sightOf(s *app.Sight) sightJSON {
	return sightJSON{Person: personOf(s.Person), Level: s.Level, Rights: s.Rights, Reasons: each(s.Reasons, func(r *app.SightReason) sightReasonJSON {
		out := sightReasonJSON{Way: r.Way, Level: r.Level}
		if r.Group != "" {
			out.Group = some(r.Group)
		}
		if r.ShareID != 0 {
			out.ShareID = some(r.ShareID)
		}
		return out
	})}
}

func choiceOf(t *app.ShareTarget) targetChoiceJSON {
	out := targetChoiceJSON{PartyJSON: PartyJSON{t.Target.Kind, t.Target.ID, t.Name}, Shared: t.Shared}
	if t.Target.Kind == dm.TargetGroup {
		out.Members = some(t.Members)
	} else {
		out.Address = some(t.Address)
	}
	if t.Access != "" {
		out.Access = some(t.Access)
	}
	return out
}
