package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/search"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// dumpDesk is a desk with a row in every table.
type dumpDesk struct {
	*testing.T
	engine string
	db     *DB
}

func onDumpDesks(t *testing.T, f func(t *testing.T, d *dumpDesk)) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			f(t, openDumpDesk(t, engine))
		})
	}
}

// openDumpDesk opens a migrated database without rows.
func openDumpDesk(t *testing.T, engine string) *dumpDesk {
	t.Helper()
	return &dumpDesk{t, engine, openJobDB(t, engine, Options{Relaxed: true})}
}

// fill puts a row into every table.
func (d *dumpDesk) fill() {
	d.Helper()
	text, err := os.ReadFile("testdata/every_table.sql")
	if err != nil {
		d.Fatal(err)
	}
	pool := d.db.pool
	if d.engine == "sqlite" {
		if pool, err = sql.Open("sqlite", sqliteDSN(d.db.path, "foreign_keys(ON)", "busy_timeout(10000)")); err != nil {
			d.Fatal(err)
		}
		defer pool.Close()
	}
	if _, err := pool.ExecContext(d.Context(), string(text)); err != nil {
		d.Fatal(err)
	}
}

// fresh opens a database without any tables.
func (d *dumpDesk) fresh() *dumpDesk {
	d.Helper()
	dsn := "sqlite:" + filepath.Join(d.TempDir(), "fresh.db")
	if d.engine == "postgres" {
		dsn = pgtest.Empty(d)
	}
	db, err := Open(d.Context(), dsn, Options{Relaxed: true})
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { db.Close() })
	return &dumpDesk{d.T, d.engine, db}
}

// content is every row of every table, as text.
type content map[string][]string

func (d *dumpDesk) content() content {
	d.Helper()
	all := content{}
	err := d.db.Snapshot(d.Context(), func(s *Snapshot) error { return all.read(s) })
	if err != nil {
		d.Fatal(err)
	}
	return all
}

func (c content) read(s *Snapshot) error {
	for _, t := range s.Tables {
		c[t.Name] = []string{}
		if err := s.Rows(t, func(row []any) error {
			c[t.Name] = append(c[t.Name], fmt.Sprintf("%#v", row))
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// copyTo puts all rows into another database.
func (d *dumpDesk) copyTo(to *dumpDesk) error {
	return d.db.Snapshot(d.Context(), func(s *Snapshot) error {
		return to.db.Restore(d.Context(), s.Schema, func(r *Restore) error { return copyRows(s, r) })
	})
}

func copyRows(s *Snapshot, r *Restore) error {
	for _, t := range s.Tables {
		last, err := s.LastID(t)
		if err != nil {
			return err
		}
		r.SetLastID(t, last)
		if err := s.Rows(t, func(row []any) error { return r.Put(t, [][]any{slices.Clone(row)}) }); err != nil {
			return err
		}
	}
	return nil
}

// definitions lists what the schema is made of, in the engine's own words.
func (d *dumpDesk) definitions() []string {
	d.Helper()
	queries := []string{`SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_schema`}
	if d.engine == "postgres" {
		queries = []string{
			`SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'`,
			`SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated FROM pg_constraint WHERE connamespace = 'public'::regnamespace`,
		}
	}
	var all []string
	for _, query := range queries {
		d.read(func(tx *Tx) error {
			return tx.query(query, func(rows *sql.Rows) error {
				var line string
				err := rows.Scan(&line)
				all = append(all, line)
				return err
			})
		})
	}
	slices.Sort(all)
	return all
}

func (d *dumpDesk) read(f func(tx *Tx) error) {
	d.Helper()
	if err := d.db.Read(d.Context(), f); err != nil {
		d.Fatal(err)
	}
}

// TestDumpHoldsEveryTable holds that no table of the schema is forgotten: each
// is dumped or on the list of those that are left out, and the fixture of the
// round trips has rows in all of them.
func TestDumpHoldsEveryTable(t *testing.T) {
	onDumpDesks(t, func(t *testing.T, d *dumpDesk) {
		d.fill()
		query := `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'messages_fts_%'`
		if d.engine == "postgres" {
			query = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
		}
		var live []string
		d.read(func(tx *Tx) error {
			return tx.query(query, func(rows *sql.Rows) error {
				var name string
				err := rows.Scan(&name)
				live = append(live, name)
				return err
			})
		})
		slices.Sort(live)
		all := d.content()
		want := slices.Sorted(maps.Keys(all))
		want = append(want, slices.Collect(maps.Keys(notDumped))...)
		slices.Sort(want)
		if diff := cmp.Diff(want, live); diff != "" {
			t.Errorf("dumped or left out (-) and in the database (+):\n%s", diff)
		}
		for table, rows := range all {
			if len(rows) == 0 {
				t.Errorf("testdata/every_table.sql has no row for the table %s", table)
			}
		}
	})
}

// TestDumpIsNeutral holds that both engines give the same tables, columns, rows
// and order.
func TestDumpIsNeutral(t *testing.T) {
	t.Parallel()
	var all []content
	var tables [][]string
	for _, engine := range []string{"sqlite", "postgres"} {
		d := openDumpDesk(t, engine)
		d.fill()
		all = append(all, d.content())
		var lines []string
		if err := d.db.Snapshot(t.Context(), func(s *Snapshot) error {
			for _, table := range s.Tables {
				lines = append(lines, fmt.Sprint(table.Name, table.Columns))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, lines)
	}
	if diff := cmp.Diff(tables[0], tables[1]); diff != "" {
		t.Errorf("tables of SQLite (-) and PostgreSQL (+):\n%s", diff)
	}
	if diff := cmp.Diff(all[0], all[1]); diff != "" {
		t.Errorf("rows of SQLite (-) and PostgreSQL (+):\n%s", diff)
	}
}

func TestSnapshotStandsStill(t *testing.T) {
	onDumpDesks(t, func(t *testing.T, d *dumpDesk) {
		d.fill()
		before := d.content()
		err := d.db.Snapshot(t.Context(), func(s *Snapshot) error {
			err := d.db.Write(t.Context(), Urgent, func(tx *Tx) error {
				_, err := tx.exec(`UPDATE tickets SET subject = 'changed'`)
				if err != nil {
					return err
				}
				_, err = tx.exec(`INSERT INTO job_slots (kind, slot) VALUES ('later', 1)`)
				return err
			})
			if err != nil {
				return err
			}
			during := content{}
			if err := during.read(s); err != nil {
				return err
			}
			if diff := cmp.Diff(before, during); diff != "" {
				t.Errorf("the snapshot moved (-before +during):\n%s", diff)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if cmp.Equal(before, d.content()) {
			t.Error("the write was lost")
		}
	})
}

func TestSnapshotBlobKeys(t *testing.T) {
	onDumpDesks(t, func(t *testing.T, d *dumpDesk) {
		d.fill()
		var keys []string
		if err := d.db.Snapshot(t.Context(), func(s *Snapshot) error {
			return s.BlobKeys(func(key string) error { keys = append(keys, key); return nil })
		}); err != nil {
			t.Fatal(err)
		}
		want := []string{"00000000000000000000000000000001", "00000000000000000000000000000002", "00000000000000000000000000000003", "00000000000000000000000000000005"}
		if diff := cmp.Diff(want, keys); diff != "" {
			t.Errorf("keys (-want +got):\n%s", diff)
		}
	})
}

func TestRestoreIsWhole(t *testing.T) {
	onDumpDesks(t, func(t *testing.T, d *dumpDesk) {
		d.fill()
		migrated := openDumpDesk(t, d.engine)
		for name, to := range map[string]*dumpDesk{"no tables": d.fresh(), "empty tables": migrated} {
			if err := d.copyTo(to); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if diff := cmp.Diff(d.content(), to.content()); diff != "" {
				t.Errorf("%s: rows (-want +got):\n%s", name, diff)
			}
			if diff := cmp.Diff(d.definitions(), to.definitions()); diff != "" {
				t.Errorf("%s: schema (-want +got):\n%s", name, diff)
			}
			to.checkGoesOn()
		}
	})
}

// checkGoesOn holds that a restored desk can be worked with: new ids, search,
// references.
func (d *dumpDesk) checkGoesOn() {
	d.Helper()
	if got := d.found("burns") + d.found("日本語"); got != 2 {
		d.Errorf("the search finds %d of 2 messages", got)
	}
	if got := d.found("fire"); got != 1 {
		d.Errorf("the search finds %d subjects", got)
	}
	err := d.db.Write(d.Context(), Urgent, func(tx *Tx) error {
		id, err := tx.CreateBrand(1, "After")
		if err == nil && id != 3 {
			err = fmt.Errorf("the new brand has the id %d", id)
		}
		if err != nil {
			return err
		}
		job, _, err := tx.Enqueue(NewJob{Kind: "work"})
		// PostgreSQL's counter does not know of ids that were written by hand.
		if want := int64(71); err == nil && job != want && d.engine == "sqlite" {
			err = fmt.Errorf("the new job has the id %d, not %d", job, want)
		}
		return err
	})
	if err != nil {
		d.Error(err)
	}
	err = d.db.Write(d.Context(), Urgent, func(tx *Tx) error {
		_, err := tx.exec(`INSERT INTO ticket_followers (account_id, ticket_id, person_id) VALUES (1, 12, 77)`)
		return err
	})
	if !isForeignKey(err) {
		d.Errorf("a reference that leads nowhere is taken: %v", err)
	}
}

// found counts the messages that hold a word.
func (d *dumpDesk) found(word string) (n int) {
	d.Helper()
	query := `SELECT COUNT(*) FROM messages_fts WHERE messages_fts MATCH ?`
	if d.engine == "postgres" {
		query = `SELECT COUNT(*) FROM messages_fts WHERE tsv @@ ?::tsquery`
	}
	word = search.Words(word)[0].Text
	d.read(func(tx *Tx) error { return tx.row(query, word).Scan(&n) })
	return n
}

// TestRestoreKeepsLastID holds that an id is not given out twice although its
// row is gone.
func TestRestoreKeepsLastID(t *testing.T) {
	onDumpDesks(t, func(t *testing.T, d *dumpDesk) {
		enqueue := func(on *dumpDesk) (id int64) {
			if err := on.db.Write(t.Context(), Urgent, func(tx *Tx) (err error) {
				id, _, err = tx.Enqueue(NewJob{Kind: "work"})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return id
		}
		for range 3 {
			enqueue(d)
		}
		if err := d.db.Write(t.Context(), Urgent, func(tx *Tx) error {
			_, err := tx.exec(`DELETE FROM jobs`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		to := d.fresh()
		if err := d.copyTo(to); err != nil {
			t.Fatal(err)
		}
		if id := enqueue(to); id != 4 {
			t.Errorf("the next id is %d, not 4", id)
		}
	})
}

func TestRestoreAllOrNothing(t *testing.T) {
	broken := errors.New("the archive broke")
	account := []any{int64(1), "acme", "Acme", "https://a.example", "full", int64(1), int64(0), int64(1)}
	for name, tc := range map[string]struct {
		fill func(r *Restore, table func(string) Table) error
		want func(error) bool
	}{
		"caller fails": {func(r *Restore, table func(string) Table) error {
			return errors.Join(r.Put(table("accounts"), [][]any{account}), broken)
		}, func(err error) bool { return errors.Is(err, broken) }},
		"reference leads nowhere": {func(r *Restore, table func(string) Table) error {
			return r.Put(table("settings"), [][]any{{int64(5), "a", "b"}})
		}, func(err error) bool { return dm.CodeOf(err) == dm.Invalid }},
		"twice the same": {func(r *Restore, table func(string) Table) error {
			return r.Put(table("accounts"), [][]any{account, account})
		}, func(err error) bool { return dm.CodeOf(err) == dm.Invalid }},
		"a check": {func(r *Restore, table func(string) Table) error {
			return r.Put(table("secrets"), [][]any{{"", "x", int64(1)}})
		}, func(err error) bool { return dm.CodeOf(err) == dm.Invalid }},
		"too few values": {func(r *Restore, table func(string) Table) error {
			return r.Put(table("accounts"), [][]any{account, account[:3]})
		}, func(err error) bool { return dm.CodeOf(err) == dm.Invalid }},
		"a text for a number": {func(r *Restore, table func(string) Table) error {
			return r.Put(table("secrets"), [][]any{{"a", "b", "c"}})
		}, func(err error) bool { return err != nil }},
	} {
		t.Run(name, func(t *testing.T) {
			onDumpDesks(t, func(t *testing.T, d *dumpDesk) {
				before, schema := d.content(), d.definitions()
				newest, err := d.db.KnownSchema()
				if err != nil {
					t.Fatal(err)
				}
				err = d.db.Restore(t.Context(), newest, func(r *Restore) error {
					return tc.fill(r, func(name string) Table {
						return r.Tables[slices.IndexFunc(r.Tables, func(t Table) bool { return t.Name == name })]
					})
				})
				if !tc.want(err) {
					t.Errorf("got %v", err)
				}
				if diff := cmp.Diff(before, d.content()); diff != "" {
					t.Errorf("rows stay (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(schema, d.definitions()); diff != "" {
					t.Errorf("the schema differs (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestRestoreRefuses(t *testing.T) {
	onDumpDesks(t, func(t *testing.T, d *dumpDesk) {
		called := func(*Restore) error { t.Error("rows are put"); return nil }
		known, err := d.db.KnownSchema()
		if err != nil {
			t.Fatal(err)
		}
		for _, version := range []int64{known + 1, 0, -1} {
			if err := d.fresh().db.Restore(t.Context(), version, called); dm.CodeOf(err) != dm.Unavailable {
				t.Errorf("schema %d: %v", version, err)
			}
		}
		later := openDumpDesk(t, d.engine)
		later.mustExec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (?, TRUE)`, known+1)
		if err := later.db.Restore(t.Context(), known, called); dm.CodeOf(err) != dm.Conflict {
			t.Errorf("a database of a newer schema: %v", err)
		}
		for _, insert := range []string{
			`INSERT INTO secrets (name, value, created_at) VALUES ('a', 'b', 1)`,
			`INSERT INTO job_slots (kind, slot) VALUES ('a', 1)`,
		} {
			filled := openDumpDesk(t, d.engine)
			filled.mustExec(insert)
			if err := filled.db.Restore(t.Context(), known, called); dm.CodeOf(err) != dm.Conflict || dm.ReasonOf(err) != "not_empty" {
				t.Errorf("after %s: %v", insert, err)
			}
		}
	})
}

func (d *dumpDesk) mustExec(query string, args ...any) {
	d.Helper()
	if err := d.db.Write(context.Background(), Urgent, func(tx *Tx) error {
		_, err := tx.exec(query, args...)
		return err
	}); err != nil {
		d.Fatal(err)
	}
}

// TestRestoreOlderSchema brings an empty database to the first version only,
// and afterwards to the newest.
func TestRestoreOlderSchema(t *testing.T) {
	onDumpDesks(t, func(t *testing.T, d *dumpDesk) {
		to := d.fresh()
		err := to.db.Restore(t.Context(), 1, func(r *Restore) error {
			if r.Schema != 1 {
				t.Errorf("rows are put into schema %d", r.Schema)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d.definitions(), to.definitions()); diff != "" {
			t.Errorf("the schema differs (-want +got):\n%s", diff)
		}
	})
}
