package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

func testBulks(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	filter, err := dm.ParseCondition([]byte(`{"field":"priority","op":"is","value":"urgent"}`))
	if err != nil {
		t.Fatal(err)
	}
	yes, tags := true, []string{}
	b := &dm.Bulk{PersonID: ann, Action: dm.BulkShare, State: dm.BulkRunning, Total: 3, List: &dm.BulkList{View: "all", State: "open", Filter: filter, Query: "x\x00"},
		Work: dm.BulkWork{Share: []dm.NewShare{{Target: dm.Target{Kind: dm.TargetAgent, ID: 7}, SeeInternal: &yes, Reason: "<why>"}}, Set: dm.TicketPatch{Tags: &tags, Fields: map[int64]*string{3: nil}}}}
	plain := &dm.Bulk{PersonID: ann, Action: dm.BulkRevoke, State: dm.BulkWaiting, Shares: &dm.ShareFilter{CreatedBy: 9}, List: &dm.BulkList{}}
	for _, one := range []*dm.Bulk{b, plain} {
		write(t, db, func(tx *store.Tx) error { return tx.CreateBulk(account, one) })
		got := read(t, db, func(tx *store.Tx) (*dm.Bulk, error) { return tx.Bulk(account, one.ID) })
		if diff := cmp.Diff(one, got); diff != "" {
			t.Errorf("a bulk comes back as another: %s", diff)
		}
	}
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.Bulk, error) { return tx.Bulk(other, b.ID) })
	big := &dm.Bulk{PersonID: ann, Action: dm.BulkChange, State: dm.BulkWaiting, Work: dm.BulkWork{Set: dm.TicketPatch{AddTags: []string{string(make([]byte, 1_000_000))}}}}
	refused(t, db, dm.TooLarge, func(tx *store.Tx) error { return tx.CreateBulk(account, big) })
	if n := read(t, db, func(tx *store.Tx) (int, error) { return tx.CountBulks(account, ann) }); n != 2 {
		t.Errorf("%d bulks have not ended", n)
	}

	write(t, db, func(tx *store.Tx) error {
		return tx.AddBulkItems(account, b.ID, []dm.BulkItem{{Number: 4}, {Number: 2}, {TicketID: 8, ShareID: 9}})
	})
	items := func(state dm.BulkItemState) []dm.BulkItem {
		return read(t, db, func(tx *store.Tx) ([]dm.BulkItem, error) { return tx.BulkItems(account, b.ID, state, 0, 10) })
	}
	waiting := items(dm.ItemWaiting)
	if len(waiting) != 3 || waiting[0].Number != 4 || waiting[2].ShareID != 9 {
		t.Fatalf("the items are %+v", waiting)
	}
	first := waiting[0]
	first.State = dm.ItemChanged
	write(t, db, func(tx *store.Tx) error { return tx.SaveBulkItem(account, &first) })
	first.State, first.Code = dm.ItemFailed, "late"
	write(t, db, func(tx *store.Tx) error { return tx.SaveBulkItem(account, &first) })
	if len(items(dm.ItemChanged)) != 1 || len(items(dm.ItemFailed)) != 0 {
		t.Error("an item is done twice")
	}
	write(t, db, func(tx *store.Tx) error {
		n, err := tx.FailBulkItems(account, b.ID, "internal", "Something went wrong.")
		if n != 2 {
			t.Errorf("%d items are given up", n)
		}
		return err
	})
	for i, want := range []bool{true, false} {
		write(t, db, func(tx *store.Tx) error {
			mine, err := tx.TellBulk(account, b.ID)
			if mine != want {
				t.Errorf("told the %dth time: %v", i+1, mine)
			}
			return err
		})
	}
	b.State, b.Failed = dm.BulkDone, 2
	write(t, db, func(tx *store.Tx) error { return tx.SaveBulk(account, b) })
	var gone int64
	write(t, db, func(tx *store.Tx) (err error) {
		gone, err = tx.DeleteOldBulks(account, tx.Now().Add(time.Hour), 10)
		return err
	})
	if left := items(dm.ItemFailed); gone != 1 || len(left) != 0 {
		t.Errorf("%d bulks are deleted, with items left: %v; one that has not ended stays", gone, left)
	}
}

// testTry: a part of a transaction is taken back alone, with what was to be told
// of it.
func testTry(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	broken := errors.New("broken")
	var told []string
	write(t, db, func(tx *store.Tx) error {
		told = nil
		part := func(name string, fails error) error {
			return tx.Try(func() error {
				if _, err := tx.CreateGroup(account, &dm.Group{Name: name}); err != nil {
					return err
				}
				tx.AfterCommit(func() { told = append(told, name) })
				return fails
			})
		}
		for _, p := range []struct {
			name string
			err  error
		}{{"one", nil}, {"two", broken}, {"three", nil}} {
			if err := part(p.name, p.err); !errors.Is(err, p.err) {
				return err
			}
		}
		if err := part("one", nil); dm.CodeOf(err) != dm.Conflict { // what the engine refuses, too
			t.Errorf("the same name twice: %v", err)
		}
		return nil
	})
	var names []string
	for _, g := range read(t, db, func(tx *store.Tx) ([]dm.Group, error) {
		list, _, err := tx.Groups(account, store.Page{})
		return list, err
	}) {
		names = append(names, g.Name)
	}
	if want := []string{"one", "three"}; !slices.Equal(names, want) || !slices.Equal(told, want) {
		t.Errorf("%v stand, %v are told, not %v", names, told, want)
	}
}
