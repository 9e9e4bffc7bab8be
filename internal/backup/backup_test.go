package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// desk is a database with a file store.
type desk struct {
	t      *testing.T
	engine string
	dsn    string
	folder string
	db     *store.DB
	blobs  *blob.Folder
}

var engines = []string{"sqlite", "postgres"}

// newDesk opens a desk without any tables.
func newDesk(t *testing.T, engine string) *desk {
	t.Helper()
	d := &desk{t: t, engine: engine, dsn: "sqlite:" + filepath.Join(t.TempDir(), "desk.db"), folder: filepath.Join(t.TempDir(), "data")}
	if engine == "postgres" {
		d.dsn = pgtest.Empty(t)
	}
	var err error
	if d.db, err = store.Open(t.Context(), d.dsn, store.Options{Relaxed: true}); err != nil {
		t.Fatal(err)
	}
	if d.blobs, err = blob.OpenFolder(d.folder); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(d.db.Close(), d.blobs.Close()); err != nil {
			t.Error(err)
		}
	})
	return d
}

// filledDesk opens a desk with a row in every table and two of its four files.
func filledDesk(t *testing.T, engine string) *desk {
	t.Helper()
	d := newDesk(t, engine)
	if err := d.db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	fixture, err := os.ReadFile("../store/testdata/every_table.sql")
	if err != nil {
		t.Fatal(err)
	}
	d.exec(string(fixture))
	for key, content := range map[string]string{keyOne: "From: x\r\n", keyTwo: strings.Repeat("\xff\x00", 40_000)} {
		if err := d.blobs.PutAs(t.Context(), key, strings.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

const (
	keyOne   = "00000000000000000000000000000001"
	keyTwo   = "00000000000000000000000000000002"
	keyThree = "00000000000000000000000000000003" // named by a row, not stored, as a fourth is
)

// sql opens the database beside the store.
func (d *desk) sql() *sql.DB {
	d.t.Helper()
	driver, dsn := "pgx", d.dsn
	if path, ok := strings.CutPrefix(d.dsn, "sqlite:"); ok {
		driver, dsn = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		d.t.Fatal(err)
	}
	return db
}

func (d *desk) exec(query string) {
	d.t.Helper()
	db := d.sql()
	defer db.Close()
	if _, err := db.ExecContext(d.t.Context(), query); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) number(query string) (n int64) {
	d.t.Helper()
	db := d.sql()
	defer db.Close()
	if err := db.QueryRowContext(d.t.Context(), query).Scan(&n); err != nil {
		d.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// backup takes an archive into memory.
func (d *desk) backup() ([]byte, *Summary) {
	d.t.Helper()
	var archive bytes.Buffer
	summary, err := Write(d.t.Context(), d.db, d.blobs, &archive)
	if err != nil {
		d.t.Fatal(err)
	}
	return archive.Bytes(), summary
}

func (d *desk) restore(archive []byte) (*Summary, error) {
	return Restore(d.t.Context(), d.db, d.blobs, bytes.NewReader(archive))
}

// files gives every stored file.
func (d *desk) files() map[string]string {
	d.t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(d.folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		all[filepath.Base(path)] = string(content)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

// untouched holds that a restore has left nothing.
func (d *desk) untouched(what string) {
	d.t.Helper()
	if err := d.db.Snapshot(d.t.Context(), func(s *store.Snapshot) error {
		if len(s.Tables) > 0 {
			d.t.Errorf("%s: the database has tables", what)
		}
		return nil
	}); err != nil {
		d.t.Error(err)
	}
	if files := d.files(); len(files) > 0 {
		d.t.Errorf("%s: %d files", what, len(files))
	}
}

// opened is an archive taken apart.
type opened struct {
	names    []string
	contents map[string][]byte
	manifest manifest
	totals   totals
}

func open(t *testing.T, archive []byte) *opened {
	t.Helper()
	compressed, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	o := &opened{contents: map[string][]byte{}}
	entries := tar.NewReader(compressed)
	for {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(entries)
		if err != nil {
			t.Fatal(err)
		}
		o.names = append(o.names, h.Name)
		o.contents[h.Name] = content
	}
	if err := errors.Join(json.Unmarshal(o.contents[manifestName], &o.manifest), json.Unmarshal(o.contents[totalsName], &o.totals)); err != nil {
		t.Fatal(err)
	}
	return o
}

// pack puts an archive together again, with the right digest.
func (o *opened) pack(t *testing.T) []byte {
	t.Helper()
	var archive bytes.Buffer
	w, err := newArchiveWriter(&archive)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.manifest(&o.manifest); err != nil {
		t.Fatal(err)
	}
	for _, name := range o.names {
		if name == manifestName || name == totalsName {
			continue
		}
		if err := w.entry(name, o.contents[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.finish(&o.totals); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, from := range engines {
		for _, to := range engines {
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				source, target := filledDesk(t, from), newDesk(t, to)
				archive, taken := source.backup()
				if taken.Engine != from || taken.Files != 2 || taken.Bytes != 80_009 || taken.Missing != 2 || taken.Rows < 70 {
					t.Errorf("taken: %+v", taken)
				}
				restored, err := target.restore(archive)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(taken, restored); diff != "" {
					t.Errorf("summary (-taken +restored):\n%s", diff)
				}
				if diff := cmp.Diff(source.files(), target.files()); diff != "" {
					t.Errorf("files (-want +got):\n%s", diff)
				}
				again, _ := target.backup()
				want, got := open(t, archive), open(t, again)
				if diff := cmp.Diff(want.totals.Tables, got.totals.Tables); diff != "" {
					t.Errorf("tables (-want +got):\n%s", diff)
				}
				if got, want := target.number(`SELECT COUNT(*) FROM messages_fts WHERE rowid % 2 = 0`), target.number(`SELECT COUNT(*) FROM messages`); got != want {
					t.Errorf("%d search documents for %d messages", got, want)
				}
				for _, left := range []string{"sessions", "idempotency_keys"} {
					if n := target.number(`SELECT COUNT(*) FROM ` + left); n != 0 {
						t.Errorf("%s has %d rows", left, n)
					}
				}
			})
		}
	}
}

// TestParts writes a table that is longer than a part, with texts that are
// longer than one, and bytes that are no valid UTF-8.
func TestParts(t *testing.T) {
	t.Parallel()
	source, target := filledDesk(t, "sqlite"), newDesk(t, "sqlite")
	db := source.sql()
	defer db.Close()
	for i := range 40 {
		text := strings.Repeat("<é>\u2028\x01", i*5_000)
		if i == 7 {
			text += "\xff\xc3(\x00"
		}
		if _, err := db.ExecContext(t.Context(), `INSERT INTO messages (account_id, ticket_id, kind, text, via, created_at) VALUES (1, 12, 'note', ?, 'api', 1)`, text); err != nil {
			t.Fatal(err)
		}
	}
	archive, _ := source.backup()
	want := open(t, archive)
	if n := strings.Count(strings.Join(want.names, "\n"), "tables/messages/"); n < 5 {
		t.Errorf("the messages are in %d parts", n)
	}
	if _, err := target.restore(archive); err != nil {
		t.Fatal(err)
	}
	again, _ := target.backup()
	if diff := cmp.Diff(want.totals.Tables, open(t, again).totals.Tables); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
	const broken = `SELECT COUNT(*) FROM messages WHERE hex(text) LIKE '%FFC32800'`
	if source.number(broken) != 1 || target.number(broken) != 1 {
		t.Error("the broken text is another now")
	}
}

func TestDamage(t *testing.T) {
	t.Parallel()
	archive, _ := filledDesk(t, "sqlite").backup()
	target := newDesk(t, "sqlite")
	refused := func(what string, damaged []byte) {
		t.Helper()
		if _, err := target.restore(damaged); dm.CodeOf(err) != dm.Invalid {
			t.Errorf("%s: %v", what, err)
		}
		target.untouched(what)
	}
	for n := 0; n < len(archive); n += 1 + n/7 {
		refused("cut short", archive[:n])
	}
	for cut := range 9 {
		refused("cut at the end", archive[:len(archive)-1-cut])
	}
	// The ten bytes of gzip's head hold a time and the like, which say nothing.
	for at := 10; at < len(archive); at += 1 + at/40 {
		flipped := bytes.Clone(archive)
		flipped[at] ^= 0xff
		if bytes.Equal(unzipped(flipped), unzipped(archive)) {
			continue // it points at another copy of the same bytes: nothing is damaged
		}
		refused("a flipped byte", flipped)
	}
	for _, tail := range []string{"x", "\x00", string(archive)} {
		refused("something behind it", append(bytes.Clone(archive), tail...))
	}
	refused("no backup", []byte("SQLite format 3\x00"))
}

// unzipped is what an archive holds before its compression, nil when it cannot be read.
func unzipped(archive []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return nil
	}
	return content
}

// TestForged takes archives apart and puts them together with a right digest:
// what does not fit is found all the same.
func TestForged(t *testing.T) {
	t.Parallel()
	archive, _ := filledDesk(t, "sqlite").backup()
	const brands = "tables/brands/000001.jsonl"
	for name, tc := range map[string]struct {
		change func(o *opened)
		want   dm.Code
	}{
		"newer format":   {func(o *opened) { o.manifest.Format++ }, dm.Unavailable},
		"no format":      {func(o *opened) { o.manifest.Format = 0 }, dm.Invalid},
		"newer schema":   {func(o *opened) { o.manifest.Schema += 1000 }, dm.Unavailable},
		"no schema":      {func(o *opened) { o.manifest.Schema = 0 }, dm.Unavailable},
		"a table less":   {func(o *opened) { o.manifest.Tables = o.manifest.Tables[1:] }, dm.Invalid},
		"a column less":  {func(o *opened) { o.manifest.Tables[3].Columns = o.manifest.Tables[3].Columns[1:] }, dm.Invalid},
		"another column": {func(o *opened) { o.manifest.Tables[3].Columns[0] = `x") --` }, dm.Invalid},
		"a table more":   {func(o *opened) { o.manifest.Tables = append(o.manifest.Tables, manifestTable{Name: "x"}) }, dm.Invalid},
		"a row less":     {func(o *opened) { o.contents[brands] = o.contents[brands][:bytes.IndexByte(o.contents[brands], '\n')+1] }, dm.Invalid},
		"another row": {func(o *opened) {
			o.contents[brands] = bytes.Replace(o.contents[brands], []byte("Acme"), []byte("Acne"), 1)
		}, dm.Invalid},
		"no rows":            {func(o *opened) { o.contents[brands] = []byte("{}") }, dm.Invalid},
		"a fraction":         {func(o *opened) { o.contents[brands] = []byte(`[1.5,1,"a","a",1,1]`) }, dm.Invalid},
		"a value of no kind": {func(o *opened) { o.contents[brands] = []byte(`[true,1,"a","a",1,1]`) }, dm.Invalid},
		"an unknown object":  {func(o *opened) { o.contents[brands] = []byte(`[1,1,{"a":1},"a",1,1]`) }, dm.Invalid},
		"a part missing":     {func(o *opened) { o.rename(brands, "tables/brands/000002.jsonl") }, dm.Invalid},
		"a table unknown":    {func(o *opened) { o.rename(brands, "tables/brand/000001.jsonl") }, dm.Invalid},
		"a skipped table":    {func(o *opened) { o.rename(brands, "tables/goose_db_version/000001.jsonl") }, dm.Invalid},
		"a file's name":      {func(o *opened) { o.rename(blobsFolder+keyOne, "blobs/../../x") }, dm.Invalid},
		"a file less":        {func(o *opened) { o.totals.Blobs++ }, dm.Invalid},
		"totals of one less": {func(o *opened) { o.totals.Tables = o.totals.Tables[1:] }, dm.Invalid},
		"a count":            {func(o *opened) { o.totals.Tables[0].Rows++ }, dm.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := newDesk(t, "sqlite")
			o := open(t, archive)
			tc.change(o)
			if _, err := target.restore(o.pack(t)); dm.CodeOf(err) != tc.want {
				t.Errorf("got %v", err)
			}
			if err := target.db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := target.number(`SELECT (SELECT COUNT(*) FROM accounts) + (SELECT COUNT(*) FROM brands) + (SELECT COUNT(*) FROM messages)`); n != 0 {
				t.Errorf("%d rows stay", n)
			}
			if files := target.files(); len(files) != 0 {
				t.Errorf("%d files stay", len(files))
			}
		})
	}
}

func (o *opened) rename(from, to string) {
	for i, name := range o.names {
		if name == from {
			o.names[i] = to
		}
	}
	o.contents[to] = o.contents[from]
}

func TestNotEmpty(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			d := filledDesk(t, engine)
			archive, _ := d.backup()
			d.exec(`UPDATE accounts SET name = 'live' WHERE id = 1`)
			before := d.files()
			if _, err := d.restore(archive); dm.CodeOf(err) != dm.Conflict || dm.ReasonOf(err) != "not_empty" {
				t.Errorf("got %v", err)
			}
			if d.number(`SELECT COUNT(*) FROM accounts WHERE name = 'live'`) != 1 {
				t.Error("the live desk was changed")
			}
			if diff := cmp.Diff(before, d.files()); diff != "" {
				t.Errorf("files (-before +after):\n%s", diff)
			}
		})
	}
}

// TestSameFolder moves a desk to another database with the folder it has.
func TestSameFolder(t *testing.T) {
	t.Parallel()
	source, target := filledDesk(t, "sqlite"), newDesk(t, "sqlite")
	archive, _ := source.backup()
	before := source.files()
	if _, err := Restore(t.Context(), target.db, source.blobs, bytes.NewReader(archive)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, source.files()); diff != "" {
		t.Errorf("files (-before +after):\n%s", diff)
	}
}

func TestOtherFileOfThatKey(t *testing.T) {
	t.Parallel()
	source, target := filledDesk(t, "sqlite"), newDesk(t, "sqlite")
	archive, _ := source.backup()
	if err := target.blobs.PutAs(t.Context(), keyTwo, strings.NewReader("others")); err != nil {
		t.Fatal(err)
	}
	if _, err := target.restore(archive); dm.CodeOf(err) != dm.Conflict || dm.ReasonOf(err) != "other_file" {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(map[string]string{keyTwo: "others"}, target.files()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if n := target.number(`SELECT COUNT(*) FROM accounts`); n != 0 {
		t.Errorf("%d accounts stay", n)
	}
}

func TestNothingToTake(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "sqlite")
	if _, err := Write(t.Context(), d.db, d.blobs, io.Discard); dm.CodeOf(err) != dm.NotFound {
		t.Errorf("no tables: %v", err)
	}
	if err := d.db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	archive, _ := d.backup()
	if s, err := newDesk(t, "postgres").restore(archive); err != nil || s.Rows != 0 {
		t.Errorf("an empty desk: %+v, %v", s, err)
	}
	d.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (1000, 1)`)
	if _, err := Write(t.Context(), d.db, d.blobs, io.Discard); dm.CodeOf(err) != dm.Unavailable {
		t.Errorf("a newer schema: %v", err)
	}
}

func TestToFile(t *testing.T) {
	t.Parallel()
	source, target := filledDesk(t, "sqlite"), newDesk(t, "sqlite")
	folder := t.TempDir()
	path := filepath.Join(folder, "desk.tar.gz")
	if _, err := ToFile(t.Context(), source.db, source.blobs, path, nil); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for _, bad := range []string{path, folder, filepath.Join(folder, "missing", "x"), path + "/x"} {
		_, err := ToFile(t.Context(), source.db, source.blobs, bad, nil)
		var e *dm.Error
		if !errors.As(err, &e) || e.Code != dm.Invalid || e.Field != "to" {
			t.Errorf("%s: %v", bad, err)
		}
	}
	left, leave := context.WithCancel(t.Context())
	leave()
	if _, err := ToFile(left, source.db, source.blobs, filepath.Join(folder, "other"), nil); err == nil {
		t.Error("a cancelled backup is written")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("%v lie in the folder, %v", entries, err)
	}
	var stdout bytes.Buffer
	if _, err := ToFile(t.Context(), source.db, source.blobs, "-", &stdout); err != nil || stdout.Len() == 0 {
		t.Errorf("to stdout: %d bytes, %v", stdout.Len(), err)
	}
	for _, bad := range []string{filepath.Join(folder, "missing"), folder} {
		_, err := FromFile(t.Context(), target.db, target.blobs, bad)
		var e *dm.Error
		if !errors.As(err, &e) || e.Code != dm.Invalid || e.Field != "from" {
			t.Errorf("%s: %v", bad, err)
		}
	}
	target.untouched("nothing read yet")
	if s, err := FromFile(t.Context(), target.db, target.blobs, path); err != nil || s.Files != 2 {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestFailingWriter holds that an error of the place written to comes out.
func TestFailingWriter(t *testing.T) {
	t.Parallel()
	d := filledDesk(t, "sqlite")
	full := errors.New("the disk is full")
	if _, err := Write(t.Context(), d.db, d.blobs, failing{full}); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
