package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/deskmesh/deskmesh/internal/store"
)

// openDatabase reaches the database, unless there is none yet: opening would
// make one.
func (d *doctor) openDatabase(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if path, isFile := strings.CutPrefix(d.DB, "sqlite:"); isFile && !d.fileThere(path) {
		return
	}
	db, err := store.Open(ctx, d.DB, store.Options{MaxConns: 2})
	if err == nil {
		if err = db.Ping(ctx); err != nil {
			err = errors.Join(err, db.Close())
		}
	}
	if err != nil {
		// The cause may repeat the address with its password.
		d.fail("database", "The database does not answer: "+cause(err, d.DB), "Look at --db, and whether the database runs and takes this user.")
		return
	}
	d.db = db
	d.ok("database", "The database (%s) answers.", db.Engine())
}

// cause gives the text of an error without the address that was used.
func cause(err error, address string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(err.Error()), " "), address, "(the address)")
}

// fileThere looks at the file of a SQLite database.
func (d *doctor) fileThere(path string) bool {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.warn("database", "There is no database at "+path+" yet.", "deskmesh serve makes it; look whether the path is the one you mean.")
		return false
	case err != nil:
		d.fail("database", "The database cannot be looked at: "+err.Error(), "Let the user of the server read its folder.")
		return false
	case !info.Mode().IsRegular():
		d.fail("database", path+" is no file.", "Name a file in --db.")
		return false
	case info.Mode().Perm()&0o077 != 0:
		d.warn("database file", fmt.Sprintf("Other users of this machine may open the database (mode %04o).", info.Mode().Perm()), "chmod 600 "+path)
	default:
		d.ok("database file", "Only its owner may open the database.")
	}
	return true
}

// leastPostgres is the oldest PostgreSQL that is supported.
const leastPostgres = 130000

// settings looks at what keeps acknowledged writes through a power cut.
func (d *doctor) settings(ctx context.Context) {
	about, err := d.db.Diagnose(ctx)
	if err != nil {
		d.fail("database settings", "The database does not tell its settings: "+cause(err, d.DB), "Look at the database's log.")
		return
	}
	var bad, advice []string
	wrong := func(says, do string) { bad, advice = append(bad, says), append(advice, do) }
	want := func(name string, good ...string) {
		for _, g := range good {
			if strings.EqualFold(about.Settings[name], g) {
				return
			}
		}
		wrong(name+" is "+about.Settings[name], "set it to "+good[0])
	}
	if d.db.Engine() == "sqlite" {
		want("journal_mode", "wal")
		want("synchronous", "FULL", "EXTRA")
	} else {
		want("fsync", "on")
		want("full_page_writes", "on")
		want("synchronous_commit", "on", "remote_apply", "remote_write", "local")
		want("server_encoding", "UTF8")
		if about.Number("server_version_num") < leastPostgres {
			wrong("the version is "+about.Version, "use PostgreSQL 13 or newer")
		}
		if about.Number("max_connections") < 20 {
			wrong("max_connections is "+about.Settings["max_connections"], "allow 20 at least for each node")
		}
	}
	if len(bad) > 0 {
		d.fail("database settings", "In the database "+strings.Join(bad, ", ")+".", strings.Join(advice, "; ")+".")
		return
	}
	d.ok("database settings", "%s %s keeps what was acknowledged.", d.db.Engine(), about.Version)
}

// schema compares the database's schema with this program's.
func (d *doctor) schema(ctx context.Context) {
	live, err := d.db.LiveSchema(ctx)
	known, knownErr := d.db.KnownSchema()
	switch err := errors.Join(err, knownErr); {
	case err != nil:
		d.fail("schema", "The schema's version cannot be read: "+cause(err, d.DB), "Look at the database's log.")
	case live > known:
		d.fail("schema", fmt.Sprintf("The database has schema version %d, this program knows %d.", live, known), "Use a newer deskmesh.")
	case live < known:
		d.warn("schema", fmt.Sprintf("The database has schema version %d, this program needs %d.", live, known), "deskmesh serve brings it up to date when it starts, and so does deskmesh migrate.")
	default:
		d.ok("schema", "The schema has version %d.", live)
	}
}

// The clocks may be this far apart before somebody should know. Times come from
// the database's clock; this machine's counts for certificates and logs.
const (
	skewWarns = 2 * time.Second
	skewFails = 5 * time.Minute
)

func (d *doctor) clock(context.Context) {
	skew := d.db.ClockOffset()
	text := fmt.Sprintf("The database's clock is %s away from this machine's.", skew.Abs().Round(time.Millisecond))
	switch {
	case d.db.Engine() == "sqlite":
		d.ok("clock", "This machine's clock is the desk's.")
	case skew.Abs() > skewFails:
		d.fail("clock", text, "Have both machines keep the time (NTP).")
	case skew.Abs() > skewWarns:
		d.warn("clock", text, "Have both machines keep the time (NTP).")
	default:
		d.ok("clock", "%s", text)
	}
}

// lateAfter is for how long a job may be due before somebody should know.
const lateAfter = 10 * time.Minute

// jobs looks for jobs that died, and for a queue that nobody works on.
func (d *doctor) jobs(ctx context.Context) {
	counts, err := d.db.JobCounts(ctx)
	if err != nil {
		d.fail("jobs", "The jobs cannot be counted: "+cause(err, d.DB), "Run deskmesh migrate if the database is new.")
		return
	}
	var dead, late int64
	now := int64(d.db.Now())
	for _, c := range counts {
		switch {
		case c.State == "dead":
			dead += c.Count
		case c.State == "ready" && now-c.Oldest > lateAfter.Microseconds():
			late += c.Count
		}
	}
	switch {
	case late > 0:
		d.warn("jobs", fmt.Sprintf("Jobs have been due for more than %s, %d are ready.", lateAfter, late), "Look whether deskmesh serve runs, and at its log.")
	case dead > 0:
		d.warn("jobs", fmt.Sprintf("%d jobs have failed for the last time.", dead), "Look at them in the administration or at GET /api/v1/jobs?state=dead, and retry or cancel them.")
	default:
		d.ok("jobs", "No job is late or dead.")
	}
}

// folderOf is the folder that the database's file lies in, "" on PostgreSQL.
func (d *doctor) folderOf() string {
	path, isFile := strings.CutPrefix(d.DB, "sqlite:")
	if !isFile {
		return ""
	}
	return filepath.Dir(path)
}
