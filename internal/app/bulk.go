package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

const (
	// maxBulksOpen is how many bulks of one person may wait or run.
	maxBulksOpen = 10
	// shownOfBulk is how many failures and changed tickets a bulk shows by itself.
	shownOfBulk = 100
	// bulkRescue is when a job looks for what a crash has left of a bulk whose
	// maker waits for it.
	bulkRescue = 30 * time.Second
)

// NewBulk asks for one act on many tickets: on those with the numbers, or on
// those that a list has when the bulk begins.
type NewBulk struct {
	Action  dm.BulkAction
	Numbers []int64
	List    *dm.BulkList
	Work    dm.BulkWork
}

// CreateBulk does one act on many tickets, each decided by itself and through
// the same write path as a single one: up to dm.BulkAtOnce at once, more by a
// job. Either way a bulk is kept that tells what became of each. It needs what
// the single act needs. Invalid for what no ticket could take and for a list of
// more than dm.MaxBulk, Conflict with the reason cap where too many of the
// viewer's bulks are under way.
func (a *App) CreateBulk(ctx context.Context, v *access.Viewer, n NewBulk) error {
	items, err := a.checkedItems(ctx, v, &n)
	if err != nil {
		return err
	}
	b := &dm.Bulk{PersonID: v.Person(), TokenID: tokenOf(v), Action: n.Action, Work: n.Work, List: n.List}
	err = a.write(ctx, func(tx *store.Tx) error { return a.startBulk(tx, v, onceOf(ctx), b, items) })
	if err == nil {
		a.finishAtOnce(ctx, v.Account(), b)
	}
	return err
}

// checkedItems checks what is asked for and gives what it is about.
func (a *App) checkedItems(ctx context.Context, v *access.Viewer, n *NewBulk) (items []dm.BulkItem, err error) {
	if v == nil || !v.IsAgent() {
		return nil, dm.ErrForbidden
	}
	err = a.DB.ReadMoment(ctx, func(tx *store.Tx) error {
		if err := a.checkBulk(tx, v, n); err != nil {
			return err
		}
		numbers := n.Numbers
		if n.List != nil {
			if numbers, err = a.listedNumbers(tx, v, n.List, dm.MaxBulk+1); err != nil {
				return Within("list", err)
			}
		}
		items = itemsOf(numbers)
		return nil
	})
	if err == nil && len(items) > dm.MaxBulk {
		field := "tickets"
		if n.List != nil {
			field = "list"
		}
		err = tooMany(field, "tickets")
	}
	return items, err
}

func tooMany(field, what string) error {
	return dm.BadField(field, "These are more than %d %s. Narrow them and take one part after the other.", dm.MaxBulk, what).With("too_many")
}

// itemsOf makes items of numbers, each once. They are ordered, so that no two
// bulks wait for each other's tickets.
func itemsOf(numbers []int64) []dm.BulkItem {
	numbers = slices.Compact(slices.Sorted(slices.Values(numbers)))
	items := make([]dm.BulkItem, len(numbers))
	for i, n := range numbers {
		items[i] = dm.BulkItem{Number: n}
	}
	return items
}

// listedNumbers reads the numbers of the tickets of a list, at most so many.
func (a *App) listedNumbers(tx *store.Tx, v *access.Viewer, l *dm.BulkList, most int) ([]int64, error) {
	var numbers []int64
	cursor := ""
	for {
		q := ListQuery{View: View(l.View), State: l.State, Filter: l.Filter, Cursor: cursor, Limit: min(200, most-len(numbers))}
		var rows []store.TicketRow
		if l.Query != "" {
			_, page, err := a.found(tx, v, &TicketSearch{Text: l.Query, List: q})
			if err != nil {
				return nil, err
			}
			for i := range page.Found {
				rows = append(rows, page.Found[i].TicketRow)
			}
			cursor = page.Next
		} else {
			q, _, err := a.listing(tx, v, q)
			if err == nil {
				rows, cursor, err = tx.Tickets(v, q)
			}
			if err != nil {
				return nil, err
			}
		}
		for i := range rows {
			numbers = append(numbers, rows[i].Number)
		}
		if cursor == "" || len(numbers) >= most {
			return numbers, nil
		}
	}
}

// startBulk keeps a bulk and what it is about, with the job that does it. The
// job of one whose maker waits only sees to what a crash leaves. What a list
// has is looked up again by the job.
func (a *App) startBulk(tx *store.Tx, v *access.Viewer, o *Once, b *dm.Bulk, items []dm.BulkItem) error {
	account := v.Account()
	open, err := tx.CountBulks(account, b.PersonID)
	switch {
	case err != nil:
		return err
	case open >= maxBulksOpen:
		return dm.Errorf(dm.Conflict, "%d of your bulk changes are still under way. Try again when one is done.", maxBulksOpen).With("cap")
	}
	b.State, b.Total = dm.BulkWaiting, len(items)
	if len(items) <= dm.BulkAtOnce {
		b.State = dm.BulkRunning
		o.stood()
	}
	if err := tx.CreateBulk(account, b); err != nil {
		return err
	}
	o.note(b.ID)
	if b.Action == dm.BulkUndo {
		_, err = tx.AddUndoItems(account, b.ID, b.Work.UndoOf)
	} else if b.State == dm.BulkRunning || b.List == nil && b.Shares == nil {
		err = tx.AddBulkItems(account, b.ID, items)
	}
	if err != nil {
		return err
	}
	job := bulkJob(account, b)
	if b.State == dm.BulkRunning {
		job.OrderingKey, job.RunAt = "", tx.Now().Add(bulkRescue)
	}
	_, _, err = tx.Enqueue(job)
	return err
}

// finishAtOnce does a small bulk while its maker waits. What it cannot finish,
// because the maker left or the database did not answer, is left to the job.
func (a *App) finishAtOnce(ctx context.Context, account int64, b *dm.Bulk) {
	if b.State == dm.BulkRunning {
		_ = a.workBulk(WithOnce(ctx, nil), account, b.ID)
	}
}

// BulkFailure is a ticket of a bulk that was not changed, and why. Number and
// Subject of a ticket that the reader cannot open are left out, but for a number
// that they named themselves.
type BulkFailure struct {
	ID      int64
	Number  int64
	Subject string
	Visible bool
	ShareID int64
	Code    string
	Message string
}

// BulkInfo is a bulk as its maker sees it, with its first failures and the
// numbers of the first tickets that were changed.
type BulkInfo struct {
	dm.Bulk
	Failures []BulkFailure
	Changed  []int64
	// UndoUntil is the moment until which it can be undone; 0 where it cannot.
	// Sent says that messages were sent, which stay sent.
	UndoUntil dm.Time
	Sent      bool
}

// ownBulk finds a bulk that is the viewer's: by a token only one that the same
// token asked for. Anything else is NotFound.
func ownBulk(v *access.Viewer, b *dm.Bulk, err error) (*dm.Bulk, error) {
	if err == nil && (v.Person() == 0 || b.PersonID != v.Person() || v.ByToken() && b.TokenID != tokenOf(v)) {
		return nil, dm.Missing("bulk")
	}
	return b, err
}

// Bulk reads one of the viewer's own bulks.
func (a *App) Bulk(ctx context.Context, v *access.Viewer, id int64) (*BulkInfo, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*BulkInfo, error) {
		b, err := tx.Bulk(v.Account(), id)
		if b, err = ownBulk(v, b, err); err != nil {
			return nil, err
		}
		info := &BulkInfo{Bulk: *b, Sent: b.Work.Message != nil || sends(b.Work.Actions)}
		if info.UndoUntil, err = undoUntil(tx, v.Account(), b); err != nil {
			return nil, err
		}
		if info.Failures, err = bulkFailures(tx, v, id, 0, shownOfBulk); err != nil {
			return nil, err
		}
		changed, err := tx.BulkItems(v.Account(), id, dm.ItemChanged, 0, shownOfBulk)
		if err != nil {
			return nil, err
		}
		info.Changed, err = knownNumbers(tx, v, changed)
		return info, err
	})
}

// knownNumbers gives the numbers of items as far as the viewer may know them:
// those they named or listed, and those of tickets that they can open.
func knownNumbers(tx *store.Tx, v *access.Viewer, items []dm.BulkItem) ([]int64, error) {
	names, err := tx.TicketNames(v.Scope(access.See, access.Open), ticketsOf(items))
	var numbers []int64
	for i := range items {
		if n := cmp.Or(items[i].Number, names[items[i].TicketID].Number); n != 0 {
			numbers = append(numbers, n)
		}
	}
	return slices.Compact(numbers), err
}

// ticketsOf gives the ids of tickets that items name by them.
func ticketsOf(items []dm.BulkItem) []int64 {
	var ids []int64
	for i := range items {
		if items[i].TicketID != 0 {
			ids = append(ids, items[i].TicketID)
		}
	}
	return ids
}

// BulkFailures gives a page of the tickets of one of the viewer's own bulks that
// were not changed, after the given failure.
func (a *App) BulkFailures(ctx context.Context, v *access.Viewer, id, after int64, limit int) ([]BulkFailure, error) {
	return fetch(ctx, a, func(tx *store.Tx) ([]BulkFailure, error) {
		b, err := tx.Bulk(v.Account(), id)
		if _, err = ownBulk(v, b, err); err != nil {
			return nil, err
		}
		return bulkFailures(tx, v, id, after, limit)
	})
}

func bulkFailures(tx *store.Tx, v *access.Viewer, id, after int64, limit int) ([]BulkFailure, error) {
	items, err := tx.BulkItems(v.Account(), id, dm.ItemFailed, after, limit)
	if err != nil {
		return nil, err
	}
	return namedFailures(tx, v, items)
}

// namedFailures adds the subjects of the tickets that the viewer can open now.
func namedFailures(tx *store.Tx, v *access.Viewer, items []dm.BulkItem) ([]BulkFailure, error) {
	scope := v.Scope(access.See, access.Open)
	byID, err := tx.TicketNames(scope, ticketsOf(items))
	if err != nil {
		return nil, err
	}
	var numbers []int64
	for i := range items {
		if items[i].Number != 0 {
			numbers = append(numbers, items[i].Number)
		}
	}
	byNumber, err := tx.TicketNamesByNumber(scope, numbers)
	if err != nil {
		return nil, err
	}
	list := make([]BulkFailure, len(items))
	for i, it := range items {
		f := BulkFailure{ID: it.ID, Number: it.Number, ShareID: it.ShareID, Code: it.Code, Message: it.Message}
		name, ok := byNumber[it.Number]
		if it.Number == 0 {
			name, ok = byID[it.TicketID]
		}
		if ok {
			f.Number, f.Subject, f.Visible = name.Number, name.Subject, true
		}
		list[i] = f
	}
	return list, nil
}

// CancelBulk stops one of the viewer's own bulks: what was done stays done, and
// people are told of it. Conflict where it is done; one that was stopped before
// stays as it is.
func (a *App) CancelBulk(ctx context.Context, v *access.Viewer, id int64) error {
	return a.write(ctx, func(tx *store.Tx) error {
		b, err := tx.LockBulk(v.Account(), id)
		if b, err = ownBulk(v, b, err); err != nil {
			return err
		}
		onceOf(ctx).note(id)
		switch b.State {
		case dm.BulkCancelled:
			return nil
		case dm.BulkDone:
			return dm.Errorf(dm.Conflict, "This bulk change is done already.").With("done")
		}
		return a.endBulk(tx, v.Account(), b, dm.BulkCancelled)
	})
}

// endBulk ends a locked bulk. Whoever it concerns is told once, of all tickets
// together.
func (a *App) endBulk(tx *store.Tx, account int64, b *dm.Bulk, state dm.BulkState) error {
	b.State = state
	if err := tx.SaveBulk(account, b); err != nil {
		return err
	}
	_, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobTellBulk, Args: bulkArgs{Bulk: b.ID}, Urgency: store.Normal})
	return err
}
