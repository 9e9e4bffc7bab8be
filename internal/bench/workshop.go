package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/deskmesh/deskmesh/internal/seed"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// workshop is the folder with the databases, the binary, and the PostgreSQL
// server, which runs with everything that makes commits durable.
type workshop struct {
	o        *options
	binary   string
	postgres *pgtest.Server
}

// postgresSettings differ from PostgreSQL's own only where these are made for
// the smallest machines.
var postgresSettings = map[string]string{
	"shared_buffers": "1GB", "effective_cache_size": "4GB", "max_wal_size": "4GB", "wal_level": "replica", "max_wal_senders": "10",
}

func newWorkshop(o *options) (*workshop, error) {
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return nil, err
	}
	// The folder keeps itself out of the repository.
	if err := os.WriteFile(filepath.Join(o.dir, ".gitignore"), []byte("*\n"), 0o644); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(o.dir)
	return &workshop{o: o, binary: filepath.Join(dir, "deskmesh")}, err
}

func (w *workshop) close() error {
	if w.postgres == nil {
		return nil
	}
	return w.postgres.Stop()
}

func (w *workshop) build(ctx context.Context) error {
	say("building")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", w.binary, "./cmd/deskmesh")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build the binary: %w\n%s", err, &out)
	}
	return nil
}

// volume gives the options of the world of a size. One group has 2,000 shares at
// 10,000 and 100,000 tickets and 20,000 at a million; the other shares are on
// 5 % of the tickets, less those.
func volume(size int) seed.Options {
	o := seed.Options{Tickets: size, Agents: 200, Groups: 20, Shares: size / 20, Crowd: max(size/50, min(2000, size/5)), Seed: 1}
	o.Shares = max(o.Shares, o.Crowd*5/4)
	return o
}

// fingerprint names what a kept database was made from.
type fingerprint struct {
	Volume  seed.Options
	Version int
	Schema  string
}

func fingerprintOf(engine string, size int) (*fingerprint, error) {
	files, err := filepath.Glob("internal/store/migrations/" + engine + "/*.sql")
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		sum.Write(text)
	}
	return &fingerprint{volume(size), seed.VolumeVersion, fmt.Sprintf("%x", sum.Sum(nil))}, nil
}

// seeding is what filling a database took, kept beside it.
type seeding struct {
	Made    fingerprint
	Summary string
}

// kept gives the seeding of a database that can be used again, or nil.
func (w *workshop) kept(name string, want *fingerprint) *seeding {
	text, err := os.ReadFile(filepath.Join(w.o.dir, name+".json"))
	if err != nil {
		return nil
	}
	var have seeding
	if json.Unmarshal(text, &have) != nil {
		return nil
	}
	if w.o.older {
		have.Made.Schema = want.Schema
	}
	if have.Made != *want {
		return nil
	}
	return &have
}

func (w *workshop) keep(name string, s *seeding) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.o.dir, name+".json"), append(text, '\n'), 0o644)
}

// The copies of a database that can be there at the same time.
const (
	workCopy = "work" // what the rows are measured on
	twinCopy = "twin" // for rows that compare two servers
)

// copyOf gives a fresh copy, under a name, of the database of a size, which is
// made where it is missing, and what its filling took.
func (w *workshop) copyOf(ctx context.Context, engine string, size int, as string) (dsn string, s *seeding, err error) {
	want, err := fingerprintOf(engine, size)
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("%s_%d", engine, size)
	if engine == "postgres" {
		return w.copyPostgres(ctx, name, as, want)
	}
	return w.copySQLite(ctx, name, as, want)
}

func (w *workshop) copySQLite(ctx context.Context, name, as string, want *fingerprint) (string, *seeding, error) {
	path := filepath.Join(w.o.dir, name+".db")
	have := w.kept(name, want)
	if have == nil {
		if err := removeSQLite(path); err != nil {
			return "", nil, err
		}
		var err error
		if have, err = fill(ctx, "sqlite:"+path, want); err != nil {
			return "", nil, err
		}
		if err := w.keep(name, have); err != nil {
			return "", nil, err
		}
	}
	work := filepath.Join(w.o.dir, as+".db")
	if err := removeSQLite(work); err != nil {
		return "", nil, err
	}
	return "sqlite:" + work, have, copyFile(work, path)
}

func removeSQLite(path string) error {
	var all error
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

func (w *workshop) copyPostgres(ctx context.Context, name, as string, want *fingerprint) (string, *seeding, error) {
	if err := w.startPostgres(); err != nil {
		return "", nil, err
	}
	have := w.kept(name, want)
	if have == nil {
		if err := w.freshDatabase(ctx, name, ""); err != nil {
			return "", nil, err
		}
		var err error
		if have, err = fill(ctx, w.postgres.DSN(name), want); err != nil {
			return "", nil, err
		}
		if err := w.keep(name, have); err != nil {
			return "", nil, err
		}
	}
	return w.postgres.DSN(as), have, w.freshDatabase(ctx, as, name)
}

func (w *workshop) startPostgres() (err error) {
	if w.postgres == nil {
		w.postgres, err = pgtest.Start(filepath.Join(w.o.dir, "postgres"), pgtest.Options{Durable: true, Settings: postgresSettings})
	}
	return err
}

func (w *workshop) freshDatabase(ctx context.Context, name, template string) error {
	if err := w.postgres.DropDatabase(ctx, name); err != nil {
		return err
	}
	return w.postgres.CreateDatabase(ctx, name, template)
}

// drop removes a copy.
func (w *workshop) drop(ctx context.Context, engine, as string) error {
	if engine == "postgres" {
		return w.postgres.DropDatabase(context.WithoutCancel(ctx), as)
	}
	return removeSQLite(filepath.Join(w.o.dir, as+".db"))
}

// fill makes the database that will be kept.
func fill(ctx context.Context, dsn string, made *fingerprint) (*seeding, error) {
	db, err := store.Open(ctx, dsn, store.Options{Relaxed: true})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	s := &seeding{Made: *made}
	return s, seed.Volume(ctx, db, made.Volume, func(line string) {
		say("  %s", line)
		s.Summary = line
	})
}

// postgresVersion is the major version of the server, "" where none ran.
func (w *workshop) postgresVersion() string {
	text, err := os.ReadFile(filepath.Join(w.o.dir, "postgres", "data", "PG_VERSION"))
	if err != nil || w.postgres == nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
