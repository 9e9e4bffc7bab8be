package app

import (
	"context"
	"html"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// PauseBulk lets one of the viewer's own bulks rest: what was done stays done,
// the rest waits for ResumeBulk. Conflict where it has ended; one that rests
// stays as it is.
func (a *App) PauseBulk(ctx context.Context, v *access.Viewer, id int64) error {
	return a.write(ctx, func(tx *store.Tx) error {
		b, err := tx.LockBulk(v.Account(), id)
		if b, err = ownBulk(v, b, err); err != nil {
			return err
		}
		onceOf(ctx).note(id)
		if b.State == dm.BulkPaused {
			return nil
		}
		if b.State.Ended() {
			return bulkEnded
		}
		b.State = dm.BulkPaused
		return tx.SaveBulk(v.Account(), b)
	})
}

var bulkEnded = dm.Errorf(dm.Conflict, "This bulk change has ended already.").With("done")

// ResumeBulk lets a job go on with one of the viewer's own bulks that rests.
// Conflict where it has ended; one that goes on already stays as it is.
func (a *App) ResumeBulk(ctx context.Context, v *access.Viewer, id int64) error {
	return a.write(ctx, func(tx *store.Tx) error {
		account := v.Account()
		b, err := tx.LockBulk(account, id)
		if b, err = ownBulk(v, b, err); err != nil {
			return err
		}
		onceOf(ctx).note(id)
		switch {
		case b.State.Ended():
			return bulkEnded
		case b.State != dm.BulkPaused:
			return nil
		}
		begun, err := tx.HasBulkItems(account, id)
		if err != nil {
			return err
		}
		// What a list has is looked up by the job where it was not before.
		if b.State = dm.BulkRunning; !begun {
			b.State = dm.BulkWaiting
		}
		if err := tx.SaveBulk(account, b); err != nil {
			return err
		}
		_, _, err = tx.Enqueue(bulkJob(account, b))
		return err
	})
}

// bulkJob is the job that does a bulk, after the other ones of its maker.
func bulkJob(account int64, b *dm.Bulk) store.NewJob {
	return store.NewJob{Account: account, Kind: JobBulk, Args: bulkArgs{Bulk: b.ID}, Urgency: store.Bulk, OrderingKey: "bulk " + idText(b.PersonID)}
}

// undoUntil gives the moment until which a bulk can be undone; 0 where it has
// not ended, is undone already, or did nothing that can be.
func undoUntil(tx *store.Tx, account int64, b *dm.Bulk) (dm.Time, error) {
	if !b.State.Ended() || b.UndoneBy != 0 {
		return 0, nil
	}
	until := b.FinishedAt.Add(dm.BulkUndoTime)
	if until <= tx.Now() {
		return 0, nil
	}
	n, err := tx.CountUndoItems(account, b.ID, 1)
	if err != nil || n == 0 {
		return 0, err
	}
	return until, nil
}

// UndoBulk takes back what one of the viewer's own bulks did, on every ticket
// where that can be, as a bulk of its own, whose id the request is told: each
// ticket is decided with the rights that the viewer has then, and one that
// somebody changed since stays as it is and is named. What was sent stays sent.
// Conflict, with the reason, where the bulk goes on, was undone, did nothing
// that can be undone, or ended longer ago than dm.BulkUndoTime.
func (a *App) UndoBulk(ctx context.Context, v *access.Viewer, id int64) error {
	var made *dm.Bulk
	err := a.write(ctx, func(tx *store.Tx) error {
		b, err := tx.LockBulk(v.Account(), id)
		if b, err = ownBulk(v, b, err); err != nil {
			return err
		}
		made, err = a.startUndo(tx, v, onceOf(ctx), b)
		return err
	})
	if err == nil {
		a.finishAtOnce(ctx, v.Account(), made)
	}
	return err
}

func (a *App) startUndo(tx *store.Tx, v *access.Viewer, o *Once, b *dm.Bulk) (*dm.Bulk, error) {
	account := v.Account()
	switch {
	case !b.State.Ended():
		return nil, dm.Errorf(dm.Conflict, "This bulk change is still going on. Stop it first.").With("running")
	case b.UndoneBy != 0:
		return nil, dm.Errorf(dm.Conflict, "This was undone already.").With("undone")
	case b.FinishedAt.Add(dm.BulkUndoTime) <= tx.Now():
		return nil, dm.Errorf(dm.Conflict, "This can be undone for %d minutes only.", int(dm.BulkUndoTime.Minutes())).With("too_late")
	}
	n, err := tx.CountUndoItems(account, b.ID, dm.MaxBulk)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, dm.Errorf(dm.Conflict, "There is nothing that can be undone.").With("nothing")
	}
	undo := &dm.Bulk{PersonID: b.PersonID, TokenID: b.TokenID, Action: dm.BulkUndo, Work: dm.BulkWork{UndoOf: b.ID}}
	if err := a.startBulk(tx, v, o, undo, make([]dm.BulkItem, n)); err != nil {
		return nil, err
	}
	b.UndoneBy = undo.ID
	return undo, tx.SaveBulk(account, b)
}

// checkBulkMessage checks what is to be written on every ticket, and cleans it
// once: what no ticket could take is refused at once.
func (t *act) checkBulkMessage(dir *store.Directory, n *dm.BulkWork) error {
	m := n.Message
	need := dm.TicketsReply
	if m.Kind != dm.Reply {
		need = dm.TicketsNote
	}
	if err := t.mayBulk(dir, need); err != nil {
		return err
	}
	if len(m.HTML) > maxSnippetHTML {
		return dm.BadField("html", "A message for many has at most %d bytes.", maxSnippetHTML)
	}
	clean, text := mail.Sanitise(cleanText(m.HTML), nil)
	if strings.TrimSpace(text) == "" {
		return dm.BadField("html", "A message needs a text.")
	}
	if unknownWords(clean) > 0 {
		return dm.BadField("html", "There are placeholders in it that nothing can be put in for. There are %s.", joinTexts(dm.SnippetWords))
	}
	m.HTML, m.Text = clean, ""
	return nil
}

// filledMessage gives a message for one ticket, with its placeholders filled in.
func filledMessage(tx *store.Tx, v *access.Viewer, number int64, m *dm.NewMessage) ([]dm.NewMessage, error) {
	filled := *m
	if strings.Contains(m.HTML, "{{") {
		values, err := snippetValues(tx, v, number)
		if err != nil {
			return nil, err
		}
		filled.HTML = fillWords(m.HTML, values, html.EscapeString)
	}
	return []dm.NewMessage{filled}, nil
}
