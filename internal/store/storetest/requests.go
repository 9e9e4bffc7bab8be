package storetest

import (
	"slices"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// testAccessRequests holds that asking is counted by the day, that one request
// of a person waits on a ticket, and that it is decided once.
func testAccessRequests(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann, bob := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example"), newPerson(t, db, account, dm.Agent, "Bob", "bob@acme.example")
	ticket := newTicket(t, db, account, newPerson(t, db, account, dm.Requester, "Rob", "rob@acme.example"))
	for _, c := range []struct{ person, day, want int64 }{{ann, 7, 1}, {ann, 7, 2}, {bob, 7, 1}, {ann, 8, 1}, {ann, 8, 2}} {
		if got := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CountAsk(account, c.person, c.day) }); got != c.want {
			t.Errorf("on day %d it is time %d, not %d", c.day, got, c.want)
		}
	}
	counts, errs := atOnce(8, func() (n int64, err error) {
		err = db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
			n, err = tx.CountAsk(account, bob, 9)
			return err
		})
		return n, err
	})
	slices.Sort(counts)
	if slices.ContainsFunc(errs, func(err error) bool { return err != nil }) || !slices.Equal(counts, []int64{1, 2, 3, 4, 5, 6, 7, 8}) {
		t.Errorf("at once: %v, %v", counts, errs)
	}

	wish := store.AccessWish{PersonID: ann, Number: 1 << 60, Level: dm.LevelEdit, Reason: "Größe"}
	id := made(t, db, func(tx *store.Tx) (int64, error) { return tx.AddAccessWish(account, &wish) })
	for _, want := range []*store.AccessWish{&wish, nil} {
		write(t, db, func(tx *store.Tx) error {
			got, err := tx.TakeAccessWish(account, id)
			if (got == nil) != (want == nil) || got != nil && *got != *want {
				t.Errorf("taken is %v, not %v", got, want)
			}
			return err
		})
	}

	r := &dm.AccessRequest{TicketID: ticket.ID, PersonID: ann, Level: dm.LevelComment, Reason: "one"}
	put := func(want bool) {
		t.Helper()
		write(t, db, func(tx *store.Tx) error {
			fresh, err := tx.PutAccessRequest(account, r)
			if fresh != want {
				t.Errorf("fresh is %v", fresh)
			}
			return err
		})
	}
	system := access.System(account, "test")
	list := func(v *access.Viewer, state dm.AccessState) []store.AccessRow {
		t.Helper()
		return read(t, db, func(tx *store.Tx) ([]store.AccessRow, error) {
			return tx.AccessRequests(v, store.AccessQuery{State: state, Limit: 10})
		})
	}
	put(true)
	again := *r
	again.Reason = "two"
	r = &again
	put(false)
	if l := list(system, dm.AccessWaiting); len(l) != 1 || l[0].Reason != "two" || l[0].Number != ticket.Number || l[0].Subject != ticket.Subject {
		t.Errorf("waiting are %+v", l)
	}
	if l := list(access.System(other, "test"), ""); len(l) != 0 {
		t.Errorf("another account has %+v", l)
	}
	write(t, db, func(tx *store.Tx) error { return tx.FulfilAccessRequest(account, ticket.ID, ann, dm.LevelView, bob) })
	if l := list(system, dm.AccessWaiting); len(l) != 1 {
		t.Error("a lesser level fulfils a request")
	}
	for _, want := range []bool{true, false} {
		write(t, db, func(tx *store.Tx) error {
			done, err := tx.DecideAccessRequest(account, l0(list(system, "")), dm.AccessDeclined, bob)
			if done != want {
				t.Errorf("decided: %v", done)
			}
			return err
		})
	}
	put(true)
	write(t, db, func(tx *store.Tx) error { return tx.FulfilAccessRequest(account, ticket.ID, ann, dm.LevelComment, bob) })
	if l := list(system, dm.AccessGranted); len(l) != 1 || l[0].DecidedBy != bob || l[0].DecidedAt == 0 {
		t.Errorf("granted are %+v", l)
	}
	put(true)
	write(t, db, func(tx *store.Tx) error { return tx.SetPersonActive(account, ann, false) })
	if l := list(system, dm.AccessWaiting); len(l) != 0 {
		t.Errorf("of somebody who is gone there waits %+v", l)
	}
}

func l0(list []store.AccessRow) int64 { return list[0].ID }

// testDrafts holds that a person has one draft of each kind on a ticket, and
// that its files outlive others.
func testDrafts(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	ticket := newTicket(t, db, account, newPerson(t, db, account, dm.Requester, "Rob", "rob@acme.example"))
	viewer := read(t, db, func(tx *store.Tx) (*access.Viewer, error) { return tx.Viewer(account, ann) })
	found := read(t, db, func(tx *store.Tx) (*store.Found, error) {
		return tx.TicketByID(access.System(account, "test"), ticket.ID)
	})
	upload := func() dm.Attachment {
		t.Helper()
		a := dm.Attachment{UploaderID: ann, Name: "a.txt", ContentType: "text/plain", Digest: digest("a"), BlobKey: "a"}
		write(t, db, func(tx *store.Tx) error { return tx.InsertAttachment(account, &a) })
		return a
	}
	kept, loose := upload(), upload()
	for i, text := range []string{"one", "two"} {
		d := &dm.Draft{PersonID: ann, TicketID: ticket.ID, Kind: dm.Note, Text: text, Files: []dm.Attachment{kept}}
		write(t, db, func(tx *store.Tx) error { return tx.PutDraft(account, d) })
		n := read(t, db, func(tx *store.Tx) (int, error) { return tx.CountDrafts(viewer) })
		got := read(t, db, func(tx *store.Tx) (*dm.Draft, error) { return tx.Draft(viewer, found, "") })
		if n != 1 || got.ID != d.ID || got.Text != text || len(got.Files) != 1 || got.Files[0].ID != kept.ID {
			t.Errorf("draft %d of %d is %+v", i, n, got)
		}
	}
	form := dm.DraftForm{Subject: `<"Größe">`, Tags: []string{"a"}, InboxID: 9}
	write(t, db, func(tx *store.Tx) error {
		return tx.PutDraft(account, &dm.Draft{PersonID: ann, Kind: dm.Reply, Form: form})
	})
	if d := read(t, db, func(tx *store.Tx) (*dm.Draft, error) { return tx.NewTicketDraft(viewer) }); d.Form.Subject != form.Subject || d.Form.InboxID != 9 {
		t.Errorf("the form is %+v", d.Form)
	}
	refused(t, db, dm.Invalid, func(tx *store.Tx) error {
		return tx.PutDraft(account, &dm.Draft{PersonID: ann, TicketID: ticket.ID, Kind: dm.Reply, Files: []dm.Attachment{{ID: 999999}}})
	})
	swept := read(t, db, func(tx *store.Tx) ([]dm.Attachment, error) { return tx.LooseAttachments(tx.Now().Add(time.Hour), 10) })
	if len(swept) != 1 || swept[0].ID != loose.ID {
		t.Errorf("to be swept are %+v", swept)
	}
	for id, want := range map[int64]bool{kept.ID: false, loose.ID: true} {
		write(t, db, func(tx *store.Tx) error {
			gone, err := tx.DeleteLooseAttachment(id)
			if gone != want {
				t.Errorf("file %d is gone: %v", id, gone)
			}
			return err
		})
	}
	write(t, db, func(tx *store.Tx) error { return tx.DeleteDraft(account, ann, ticket.ID, dm.Reply) })
	if n := read(t, db, func(tx *store.Tx) (int, error) { return tx.CountDrafts(viewer) }); n != 1 {
		t.Error("another kind's draft went too")
	}
	write(t, db, func(tx *store.Tx) error {
		n, err := tx.DeleteOldDrafts(account, tx.Now().Add(time.Hour), 10)
		if n != 2 {
			t.Errorf("%d drafts were old", n)
		}
		return err
	})
}
