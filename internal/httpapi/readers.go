package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// readersJSON is who would read a message that one writes now, by its kind.
type readersJSON struct {
	Reply     readerJSON `json:"reply"`
	Note      readerJSON `json:"note"`
	LocalNote readerJSON `json:"local_note"`
}

type readerJSON struct {
	Names   []TargetJSON `json:"names" doc:"Up to five who are in on the ticket by name, people outside first."`
	Count   int          `json:"count" doc:"People, without oneself; agents in whose reach the ticket is among them."`
	Outside int          `json:"outside" doc:"How many of them read as requesters."`
	Link    bool         `json:"link" doc:"So does whoever holds a public link; nobody knows how many they are."`
}

func readerOf(r *app.Readers) readerJSON {
	return readerJSON{Count: r.Count, Outside: r.Outside, Link: r.Link, Names: each(r.Names, func(n *app.Reader) TargetJSON { return TargetJSON(*n) })}
}

func readerRoutes(a *API) {
	op := operation(http.MethodGet, "/tickets/{number}/readers", "show-readers", "Who would read a message of each kind, written now", "messages")
	route(a, op, ticketRight(access.See), func(ctx context.Context, c *caller, in *NumberInput) (*answerOf[readersJSON], error) {
		all, err := a.app.Readers(ctx, c.Viewer, in.Number)
		if err != nil {
			return nil, err
		}
		return &answerOf[readersJSON]{readersJSON{Reply: readerOf(all[dm.Reply]), Note: readerOf(all[dm.Note]), LocalNote: readerOf(all[dm.LocalNote])}}, nil
	})
}
