package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// JobForgetMails drops the raw mails of an erased person.
const JobForgetMails = "person.forget"

type forgetArgs struct {
	Person int64 `json:"person"`
}

func (a *App) forgetMailsOf(ctx context.Context, account, person int64) error {
	return a.forgetMails(ctx, account, func(tx *store.Tx) ([]store.RawMail, error) { return tx.RawMailsOf(account, person, sweepBatch) })
}

// ErasePerson blanks a person for good: name, addresses, and everything they
// could sign in with; jobs then drop the raw mails they sent and take their
// name out of the search. History and tickets go on naming them by id. It needs
// people.erase and every permission the person has; nobody erases themselves,
// and the account keeps an active owner. Conflict for somebody erased already.
func (a *App) ErasePerson(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.PeopleErase, func(t *act) error {
		if id == t.viewer.Person() {
			return dm.Errorf(dm.Forbidden, "You cannot erase yourself.").With("own_account")
		}
		if _, err := t.manageable(id, true); err != nil {
			return err
		}
		if err := t.tx.ErasePerson(t.account, id); err != nil {
			return err
		}
		if err := t.keepOwner(); err != nil {
			return err
		}
		if err := reindexLater(t.tx, t.account, id); err != nil {
			return err
		}
		_, _, err := t.tx.Enqueue(store.NewJob{Account: t.account, Kind: JobForgetMails, Args: forgetArgs{Person: id}, Urgency: store.Bulk})
		if err != nil {
			return err
		}
		return t.log("person.erased", "person", id)
	})
}
