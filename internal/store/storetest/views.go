package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

func testViews(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	bob := newPerson(t, db, account, dm.Agent, "Bob", "bob@acme.example")
	group := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateGroup(account, &dm.Group{Name: "HR"}) })
	filter, err := dm.ParseCondition([]byte(`{"all":[{"field":"priority","op":"is","value":"urgent"},{"field":"group","op":"is","value":"mine"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	keep := func(v *dm.OwnView) {
		t.Helper()
		v.ID = made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateView(account, v) })
	}
	private := &dm.OwnView{OwnerID: ann, Audience: dm.ForOwner, Name: "Über", Base: "all", Columns: []string{"number"}, Position: 2}
	team := &dm.OwnView{OwnerID: bob, Audience: dm.ForGroup, GroupID: group, Name: "team", Base: "mine", State: "open", Filter: filter, Columns: []string{"number", "field:7"}, Sort: "-created", Position: 2}
	all := &dm.OwnView{OwnerID: bob, Audience: dm.ForEveryone, Name: "Zebra", Base: "spam", Columns: []string{"subject"}, Position: 1}
	for _, v := range []*dm.OwnView{private, team, all} {
		keep(v)
	}
	got := read(t, db, func(tx *store.Tx) (*dm.OwnView, error) { return tx.OwnView(account, team.ID) })
	want := *team
	want.CreatedAt, want.UpdatedAt = got.CreatedAt, got.UpdatedAt
	if diff := cmp.Diff(&want, got); diff != "" || got.CreatedAt == 0 {
		t.Errorf("a view comes back as another: %s", diff)
	}
	has := func(person int64, groups ...int64) []int64 {
		return viewIDs(read(t, db, func(tx *store.Tx) ([]dm.OwnView, error) { return tx.OwnViews(account, person, groups) }))
	}
	if got := has(ann); !slices.Equal(got, []int64{all.ID, private.ID}) {
		t.Errorf("Ann has %v", got)
	}
	if got := has(ann, group); !slices.Equal(got, []int64{all.ID, team.ID, private.ID}) { // "team" before "über"
		t.Errorf("Ann in the group has %v", got)
	}
	if got := has(bob); !slices.Equal(got, []int64{all.ID, team.ID}) {
		t.Errorf("Bob has %v", got)
	}
	if n := len(read(t, db, func(tx *store.Tx) ([]dm.OwnView, error) { return tx.AllViews(account) })); n != 3 {
		t.Errorf("%d views in all", n)
	}
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.OwnView, error) { return tx.OwnView(other, team.ID) })
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.SaveView(other, team) })
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.DeleteView(other, team.ID) })
	foreign := *private
	foreign.OwnerID = 999999
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.SaveView(account, &foreign) })
	private.Name, private.Filter, private.Position = "Aber", filter, 0
	write(t, db, func(tx *store.Tx) error { return tx.SaveView(account, private) })
	if got := has(ann); !slices.Equal(got, []int64{private.ID, all.ID}) {
		t.Errorf("after a change Ann has %v", got)
	}
	var counted, owned int
	write(t, db, func(tx *store.Tx) (err error) {
		counted, owned, err = tx.CountViews(account, bob)
		return err
	})
	if counted != 3 || owned != 2 {
		t.Errorf("%d views, %d of Bob", counted, owned)
	}
	write(t, db, func(tx *store.Tx) error { return tx.DeleteView(account, team.ID) })
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.OwnView, error) { return tx.OwnView(account, team.ID) })
}

func viewIDs(list []dm.OwnView) []int64 {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	return ids
}

func testSidebar(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	inactive := func(account int64) map[string]bool {
		return read(t, db, func(tx *store.Tx) (map[string]bool, error) { return tx.InactiveViews(account) })
	}
	for range 2 {
		write(t, db, func(tx *store.Tx) error { return tx.SetViewActive(account, "spam", false) })
	}
	if got := inactive(account); len(got) != 1 || !got["spam"] || len(inactive(other)) != 0 {
		t.Errorf("inactive: %v", got)
	}
	for range 2 {
		write(t, db, func(tx *store.Tx) error { return tx.SetViewActive(account, "spam", true) })
	}
	if got := inactive(account); len(got) != 0 {
		t.Errorf("inactive: %v", got)
	}
	for _, keys := range [][]string{nil, {"v7", "all"}, {"mine"}, nil} {
		write(t, db, func(tx *store.Tx) error { return tx.SetViewOrder(account, ann, keys) })
		if got := read(t, db, func(tx *store.Tx) ([]string, error) { return tx.ViewOrder(account, ann) }); !slices.Equal(got, keys) {
			t.Errorf("the order is %v, not %v", got, keys)
		}
	}
}

func testExports(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	bob := newPerson(t, db, account, dm.Agent, "Bob", "bob@acme.example")
	filter, err := dm.ParseCondition([]byte(`{"field":"priority","op":"is","value":"urgent"}`))
	if err != nil {
		t.Fatal(err)
	}
	first := &dm.Export{PersonID: ann, State: dm.ExportWaiting, View: "v7", ListState: "open", Filter: filter, Sort: "-created", Columns: []string{"number", "field:7"}, BOM: true}
	second := &dm.Export{PersonID: ann, State: dm.ExportWaiting, Query: "word", TokenID: 5, Columns: []string{"subject"}}
	for _, e := range []*dm.Export{first, second} {
		e.ID = made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateExport(account, e) })
	}
	show := func(id int64) *dm.Export {
		t.Helper()
		return read(t, db, func(tx *store.Tx) (*dm.Export, error) { return tx.Export(account, id) })
	}
	want := *first
	want.CreatedAt = show(first.ID).CreatedAt
	if diff := cmp.Diff(&want, show(first.ID)); diff != "" || want.CreatedAt == 0 {
		t.Errorf("an export comes back as another: %s", diff)
	}
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.Export, error) { return tx.Export(other, first.ID) })
	ids := func(person, token, before int64, limit int) []int64 {
		var ids []int64
		for _, e := range read(t, db, func(tx *store.Tx) ([]dm.Export, error) { return tx.Exports(account, person, token, before, limit) }) {
			ids = append(ids, e.ID)
		}
		return ids
	}
	for _, c := range []struct{ got, want []int64 }{
		{ids(ann, 0, 0, 9), []int64{second.ID, first.ID}}, {ids(ann, 0, 0, 1), []int64{second.ID}}, {ids(ann, 0, second.ID, 9), []int64{first.ID}},
		{ids(ann, 5, 0, 9), []int64{second.ID}}, {ids(bob, 0, 0, 9), nil},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
	first.State, first.Rows, first.CutOff, first.BlobKey = dm.ExportDone, 12, true, "00000000000000000000000000000001"
	for _, once := range []bool{true, false} {
		write(t, db, func(tx *store.Tx) error {
			ended, err := tx.FinishExport(account, first)
			if ended != once {
				t.Errorf("ended: %v", ended)
			}
			return err
		})
	}
	if e := show(first.ID); e.State != dm.ExportDone || e.Rows != 12 || !e.CutOff || e.FinishedAt == 0 {
		t.Errorf("after its end: %+v", e)
	}
	write(t, db, func(tx *store.Tx) error {
		all, waiting, err := tx.CountExports(account, ann, tx.Now().Add(-time.Hour))
		if all != 2 || waiting != 1 {
			t.Errorf("%d exports, %d waiting", all, waiting)
		}
		_, late, _ := tx.CountExports(account, ann, tx.Now())
		if late != 0 {
			t.Errorf("%d wait since now", late)
		}
		return err
	})
	owners := read(t, db, func(tx *store.Tx) ([]int64, error) { return tx.ExportOwners(account) })
	used := read(t, db, func(tx *store.Tx) (bool, error) { return tx.BlobInUse(first.BlobKey) })
	none := read(t, db, func(tx *store.Tx) (bool, error) { return tx.BlobInUse("") })
	if !slices.Equal(owners, []int64{ann}) || !used || none {
		t.Errorf("owners %v, its file in use %v, no file in use %v", owners, used, none)
	}
	old := read(t, db, func(tx *store.Tx) ([]int64, error) { return tx.OldExports(account, tx.Now().Add(time.Second), 9) })
	if !slices.Equal(old, []int64{first.ID, second.ID}) {
		t.Errorf("old: %v", old)
	}
	write(t, db, func(tx *store.Tx) error {
		key, err := tx.DeleteExport(account, first.ID)
		if key != first.BlobKey {
			t.Errorf("the file is %q", key)
		}
		return err
	})
	refused(t, db, dm.NotFound, func(tx *store.Tx) error {
		_, err := tx.DeleteExport(account, first.ID)
		return err
	})
}

// testMoment sees that a read at one moment stays at it.
func testMoment(t *testing.T, db *store.DB) {
	newAccount(t, db, "acme")
	for range 2 { // the second time with prepared statements
		err := db.ReadMoment(t.Context(), func(tx *store.Tx) error {
			before, err := tx.Accounts()
			if err != nil {
				return err
			}
			newAccount(t, db, "acme"+string(rune('a'+len(before))))
			after, err := tx.Accounts()
			if len(after) != len(before) {
				t.Errorf("%d accounts and then %d", len(before), len(after))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	// As many at once as there are connections, each with statements of its own.
	_, errs := atOnce(32, func() (int64, error) {
		var n int64
		return n, db.ReadMoment(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Accounts()
			if err == nil {
				_, err = tx.InactiveViews(1)
			}
			if err == nil {
				_, err = tx.OwnViews(1, 1, make([]int64, 40))
			}
			return err
		})
	})
	if len(errs) > 0 {
		t.Error(errs)
	}
}
