package store

import (
	"slices"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// FuzzFilters sends any text as a filter, an order and a cursor through the
// whole path: it is refused in words, or a page no longer than asked for comes.
func FuzzFilters(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"field":"text","op":"contains","value":"printer"}`, `{"field":"field:1001","op":"contains","value":"a"}`, `{"field":"company","op":"empty"}`,
		`{"all":[{"field":"tags","op":"has_all","value":["tag1","tag9"]},{"any":[{"field":"shared_with_agent","op":"is","value":"me"},{"field":"messages","op":"gt","value":1e15}]}]}`,
		`{"field":"share_expires","op":"before","value":"2200-12-31"}`, `{"field":"created","op":"older_than","value":{"days":3660}}`, `{"field":"number","op":"in","value":[-1e15,0.5,1e15]}`,
		`{"all":[{"field":"is_shared","op":"is","value":true},{"field":"requester_address","op":"is","value":"ann@example.com"}]}`,
	} {
		f.Add([]byte(seed), "-updated", "")
		f.Add([]byte(seed), "created", "Mjo0OmZhbHNlOjA6MDp3OjA")
		f.Add([]byte(seed), "-subject", "cjpzdWJqZWN0OnRydWU6e30")
	}
	db := openJobDB(f, "sqlite", Options{Relaxed: true, Now: func() time.Time { return filterNow.Std() }})
	w := newFilterWorld(f, db, 1)
	f.Fuzz(func(t *testing.T, raw []byte, sort, cursor string) {
		c, err := dm.ParseCondition(raw)
		if err != nil {
			return
		}
		for _, v := range w.viewers {
			err := db.Read(t.Context(), func(tx *Tx) error {
				list, _, err := tx.Tickets(v, ListQuery{Filter: c, Sort: sort, Cursor: cursor, Limit: 10})
				if len(list) > 10 {
					t.Fatalf("a page of %d", len(list))
				}
				return err
			})
			if err != nil && dm.CodeOf(err) != dm.Invalid {
				t.Fatal(err)
			}
			err = db.Read(t.Context(), func(tx *Tx) error {
				_, _, err := tx.CountTickets(v, ListQuery{Filter: c})
				return err
			})
			if err != nil && dm.CodeOf(err) != dm.Invalid {
				t.Fatal(err)
			}
		}
	})
}

// TestFilterBounds holds that a page stops where its effort ends, with a cursor,
// and that all pages together still give everything.
func TestFilterBounds(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		d.now.Store(int64(filterNow))
		w := newFilterWorld(d, d.db, 1)
		d.db.bounds = listBounds{window: 5, later: 5, rows: 10, ranked: 20, probe: 0, fence: 10, keep: 3}
		defer func() { d.db.bounds = usualBounds(&d.db.dialect) }()
		for _, c := range []struct {
			filter, sort string
			pages, found int
		}{
			{filter: `{"field":"messages","op":"gt","value":100}`, pages: 3},
			{filter: `{"field":"text","op":"contains","value":"nowhere"}`, pages: 4},
			{filter: `{"field":"number","op":"gt","value":0}`, sort: "subject", found: -1},
			{filter: `{"all":[{"field":"created","op":"before","value":"1999-01-01"},{"field":"created","op":"after","value":"1999-01-01"}]}`, sort: "created", pages: 1},
		} {
			filter, err := dm.ParseCondition([]byte(c.filter))
			if err != nil {
				d.Fatal(err)
			}
			pages, found, err := w.pages(ListQuery{Filter: filter, Sort: c.sort, Limit: 25})
			switch {
			case c.found < 0:
				if dm.CodeOf(err) != dm.Invalid {
					d.Errorf("%s by %s: %v, want a refusal", c.filter, c.sort, err)
				}
			case err != nil || pages < c.pages || found != c.found:
				d.Errorf("%s: %d tickets on %d pages (%v)", c.filter, found, pages, err)
			}
		}
	})
}

// pages reads a list to its end, as somebody who reaches everything.
func (w *filterWorld) pages(q ListQuery) (pages, found int, err error) {
	var seen []string
	err = w.db.Read(w.t.Context(), func(tx *Tx) error {
		tx.now = filterNow
		for {
			list, next, err := tx.Tickets(w.viewers[0], q)
			if err != nil {
				return err
			}
			pages, found = pages+1, found+len(list)
			if next == "" {
				return nil
			}
			if slices.Contains(seen, next) {
				w.t.Fatal("a cursor came twice")
			}
			seen = append(seen, next)
			q.Cursor = next
		}
	})
	return pages, found, err
}
