package app

import (
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// maxMentions bounds the people whom one message mentions.
const maxMentions = 20

// nothingNewer refuses a message whose writer has not seen what somebody else
// wrote meanwhile, as far as the writer may read it.
func (w *work) nothingNewer(n *dm.NewMessage, where string) error {
	if n.After == 0 || w.created {
		return nil
	}
	newest, err := w.tx.NewestByOthers(w.account, w.found(), w.viewer.Person(), n.After)
	if err != nil || newest == 0 {
		return err
	}
	e := dm.Errorf(dm.Conflict, "Somebody else wrote a message meanwhile. Read it before you send yours.").With("newer_message").Showing(map[string]any{"newest": newest})
	e.Field = where + "after"
	return e
}

// found is the ticket with what was decided for the viewer, for readers of its
// parts.
func (w *work) found() *store.Found {
	return &store.Found{Ticket: *w.t, Shares: w.shares, Facts: w.facts(), Decision: w.decision}
}

// mentioned checks whom a message mentions and gives those who may read it now,
// who are told of it. The others stand in the result: nobody tells them.
func (w *work) mentioned(n *dm.NewMessage, where string) (told []int64, err error) {
	switch {
	case len(n.Mentions) == 0:
		return nil, nil
	case !w.viewer.IsAgent() && !w.viewer.IsSystem():
		return nil, dm.BadField(where+"mentions", "Only agents can mention others.")
	case len(n.Mentions) > maxMentions:
		return nil, dm.BadField(where+"mentions", "A message mentions at most %d people.", maxMentions)
	}
	viewers, err := w.tx.ViewersIn(w.dir, distinct(n.Mentions))
	if err != nil {
		return nil, err
	}
	for i, id := range n.Mentions {
		if v := viewers[id]; v == nil || !v.IsAgent() {
			return nil, dm.BadField(where+"mentions["+strconv.Itoa(i)+"]", "There is no such agent.")
		}
	}
	need := access.See
	if n.Kind != dm.Reply {
		need |= access.SeeInternal
	}
	facts := w.facts()
	for _, id := range distinct(n.Mentions) {
		may := access.Decide(viewers[id], &facts, w.tx.Now())
		switch {
		case id == w.viewer.Person():
		case may.Has(need):
			told = append(told, id)
		default:
			w.res.NotTold = append(w.res.NotTold, id)
		}
	}
	return told, nil
}

// dropDraft forgets the writer's draft once it was sent. What a script sends
// with somebody's token is not what they are writing on the screen, nor is what
// was written long ago.
func (w *work) dropDraft(kind dm.MessageKind) error {
	if !w.viewer.IsAgent() || w.viewer.ByToken() || w.ch.Scheduled || w.ch.Cause.Kind == dm.CauseBulk || w.ch.Cause.Kind == dm.CauseMacro {
		return nil
	}
	if w.created {
		return w.tx.DeleteDraft(w.account, w.viewer.Person(), 0, "")
	}
	return w.tx.DeleteDraft(w.account, w.viewer.Person(), w.t.ID, kind)
}
