package app

import (
	"context"
	"errors"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// BulkPreview is what a bulk would do.
type BulkPreview struct {
	Count   int  // tickets that were tried, or shares
	More    bool // there are more
	Allowed int
	Same    int // of those, the ones that are as wanted already
	Refused []BulkFailure
	// People is how many would gain access, of BulkShare.
	People int
}

// errTakenBack ends a transaction that only tried.
var errTakenBack = errors.New("tried only")

// PreviewBulk tries a bulk on its first dm.BulkPreview tickets and changes
// nothing: each is done as the bulk would do it, and taken back. It refuses what
// CreateBulk refuses.
func (a *App) PreviewBulk(ctx context.Context, v *access.Viewer, n NewBulk) (*BulkPreview, error) {
	items, err := a.checkedItems(ctx, v, &n)
	if err != nil {
		return nil, err
	}
	return a.tryBulk(ctx, v, &dm.Bulk{PersonID: v.Person(), Action: n.Action, Work: n.Work}, items)
}

// tryBulk does the items of a bulk that is not kept, some at a time, and takes
// each batch back.
func (a *App) tryBulk(ctx context.Context, v *access.Viewer, b *dm.Bulk, items []dm.BulkItem) (*BulkPreview, error) {
	p := &BulkPreview{Count: len(items)}
	if p.Count > dm.BulkPreview {
		p.Count, p.More = dm.BulkPreview, true
	}
	gain := map[int64]bool{}
	for rest := items[:p.Count]; len(rest) > 0; {
		batch := rest[:min(len(rest), bulkBatch)]
		rest = rest[len(batch):]
		var gained map[int64]bool
		err := a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) (err error) {
			if gained, err = a.tryBatch(tx, v, b, batch); err != nil {
				return err
			}
			return errTakenBack
		})
		if !errors.Is(err, errTakenBack) {
			return nil, err
		}
		for id := range gained {
			gain[id] = true
		}
	}
	p.People = len(gain)
	return p, a.nameRefused(ctx, v, p, items[:p.Count])
}

func (a *App) tryBatch(tx *store.Tx, v *access.Viewer, b *dm.Bulk, items []dm.BulkItem) (map[int64]bool, error) {
	g := &gainers{tx: tx, people: map[int64]bool{}, members: map[int64][]int64{}}
	for i := range items {
		res, err := a.bulkOne(tx, v, b, &items[i])
		if err == nil && res != nil {
			err = g.add(v.Account(), res)
		}
		if err != nil {
			return nil, err
		}
	}
	return g.people, nil
}

// nameRefused counts the items that would be done and names the others.
func (a *App) nameRefused(ctx context.Context, v *access.Viewer, p *BulkPreview, items []dm.BulkItem) error {
	var refused []dm.BulkItem
	for i := range items {
		switch items[i].State {
		case dm.ItemFailed:
			refused = append(refused, items[i])
		case dm.ItemSame:
			p.Same++
		}
	}
	p.Allowed = len(items) - len(refused)
	return a.DB.Read(ctx, func(tx *store.Tx) (err error) {
		p.Refused, err = namedFailures(tx, v, refused)
		return err
	})
}

// gainers collects who gains sight of any ticket by the shares that were made.
type gainers struct {
	tx      *store.Tx
	people  map[int64]bool
	members map[int64][]int64 // of groups
}

func (g *gainers) add(account int64, res *Result) error {
	before := g.tx.FactsBefore(res.TicketID)
	if before == nil || res.SharesMade == 0 {
		return nil
	}
	var asked []int64
	for i := range res.Events {
		e := &res.Events[i]
		if e.Kind != dm.ShareCreated {
			continue
		}
		people, err := g.targetPeople(account, e.Data.Target)
		if err != nil {
			return err
		}
		for _, id := range people {
			if !g.people[id] {
				asked = append(asked, id)
			}
		}
	}
	if len(asked) == 0 {
		return nil
	}
	dir, err := g.tx.Directory(account)
	if err != nil {
		return err
	}
	viewers, err := g.tx.ViewersIn(dir, asked)
	for id, v := range viewers {
		if d := access.Decide(v, before, g.tx.Now()); !d.Has(access.See) {
			g.people[id] = true
		}
	}
	return err
}

func (g *gainers) targetPeople(account int64, t *dm.EventTarget) ([]int64, error) {
	if t.Kind != dm.TargetGroup {
		return []int64{t.ID}, nil
	}
	if list, ok := g.members[t.ID]; ok {
		return list, nil
	}
	list, err := g.tx.ActiveMembers(account, t.ID)
	g.members[t.ID] = list
	return list, err
}
