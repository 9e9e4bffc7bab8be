package app

import (
	"context"

	"github.com/deskmesh/deskmesh/internal/store"
)

// JobReindexRequester brings the search up to date with a requester's name and
// address.
const JobReindexRequester = "search.requester"

type reindexArgs struct {
	Person int64 `json:"person"`
}

// reindexBatch is how many tickets are written anew in one transaction.
const reindexBatch = 50

// reindexLater leaves it to a job to let the search find a person's tickets by
// their present name and address.
func reindexLater(tx *store.Tx, account, person int64) error {
	_, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobReindexRequester, Args: reindexArgs{Person: person}, Urgency: store.Bulk})
	return err
}

// reindexRequester writes the search documents of a requester's tickets anew.
// It may be repeated.
func (a *App) reindexRequester(ctx context.Context, account, person int64) error {
	for last := int64(0); ; {
		next := int64(0)
		err := a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) (err error) {
			next, err = tx.ReindexRequester(account, person, last, reindexBatch)
			return err
		})
		if err != nil || next == 0 {
			return err
		}
		last = next
	}
}
