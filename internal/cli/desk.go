package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/backup"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/config"
	"github.com/deskmesh/deskmesh/internal/httpapi"
	"github.com/deskmesh/deskmesh/internal/seed"
	"github.com/deskmesh/deskmesh/internal/store"
)

// withDB opens a database for f and closes it.
func withDB(ctx context.Context, o config.Database, options store.Options, f func(*store.DB) error) (err error) {
	db, err := store.Open(ctx, o.DB, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return f(db)
}

// withStorage opens a database and the folder of files for f, and closes both.
func withStorage(ctx context.Context, o config.Storage, options store.Options, f func(*store.DB, blob.Store) error) error {
	return withDB(ctx, o.Database, options, func(db *store.DB) (err error) {
		blobs, err := blob.OpenFolder(blobFolder(o))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, blobs.Close()) }()
		return f(db, blobs)
	})
}

// blobFolder is where files lie inside the data folder.
func blobFolder(o config.Storage) string { return filepath.Join(o.Data, "files") }

// createAccount makes an account and prints the one-time link to set it up.
func (c *command) createAccount(ctx context.Context) error {
	o := c.Account.Create
	return withDB(ctx, o.Database, store.Options{}, func(db *store.DB) error {
		if err := db.Migrate(ctx); err != nil {
			return err
		}
		a := &app.App{DB: db}
		made, err := a.CreateAccount(ctx, app.NewAccount{Name: o.Name, Slug: o.Slug, Hosts: []string{o.Host}, BaseURL: o.BaseURL, OwnerName: o.OwnerName, OwnerAddress: o.OwnerAddress})
		if err != nil {
			return err
		}
		fmt.Fprintf(c.Err, "The account %s is there. With this link its owner sets it up, once, until %s:\n", made.Account.Slug, made.Link.Expires.Std().Format("2 January 2006 15:04 UTC"))
		_, err = fmt.Fprintln(c.Out, made.Link.URL)
		return err
	})
}

// migrate brings the schema up to date and stops.
func (c *command) migrate(ctx context.Context) error {
	return withDB(ctx, c.Migrate.Database, store.Options{}, func(db *store.DB) error {
		if err := db.Migrate(ctx); err != nil {
			return err
		}
		version, err := db.KnownSchema()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.Err, "The database has schema version %d.\n", version)
		return err
	})
}

// seed fills an empty database with made-up tickets. It gives up durability
// while it does: a load that was cut off begins anew.
func (c *command) seed(ctx context.Context) error {
	o := c.Seed
	return withDB(ctx, o.Database, store.Options{Relaxed: true}, func(db *store.DB) error {
		if err := db.Migrate(ctx); err != nil {
			return err
		}
		return seed.Volume(ctx, db, seed.Options{Tickets: o.Tickets, Agents: o.Agents, Groups: o.Groups, Shares: o.ShareCount(), Seed: o.Seed},
			func(line string) { fmt.Fprintln(c.Err, line) })
	})
}

// backup writes the whole desk into one archive.
func (c *command) backup(ctx context.Context) error {
	return withStorage(ctx, c.Backup.Storage, store.Options{}, func(db *store.DB, blobs blob.Store) error {
		s, err := backup.ToFile(ctx, db, blobs, c.Backup.To, c.Out)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.Err, "The backup holds %d rows of %d tables and %d files, as of %s.\n", s.Rows, s.Tables, s.Files, s.TakenAt.Std().Format("2006-01-02 15:04:05 UTC"))
		if s.Missing > 0 {
			fmt.Fprintf(c.Err, "%d files that the database names were not found; they were deleted meanwhile, or are lost.\n", s.Missing)
		}
		return nil
	})
}

// restore reads an archive into an empty database.
func (c *command) restore(ctx context.Context) error {
	return withStorage(ctx, c.Restore.Storage, store.Options{}, func(db *store.DB, blobs blob.Store) error {
		s, err := backup.FromFile(ctx, db, blobs, c.Restore.From)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.Err, "Restored %d rows of %d tables and %d files, as of %s.\n", s.Rows, s.Tables, s.Files, s.TakenAt.Std().Format("2006-01-02 15:04:05 UTC"))
		return err
	})
}

// openAPI prints the description of the API.
func (c *command) openAPI(context.Context) error {
	text, err := httpapi.OpenAPI()
	if err != nil {
		return err
	}
	_, err = c.Out.Write(text)
	return err
}
