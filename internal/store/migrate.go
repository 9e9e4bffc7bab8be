package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	dm "github.com/deskmesh/deskmesh"
)

//go:embed migrations
var migrations embed.FS

// Migrate brings the schema up to date. Several nodes may call it at once: the
// others wait for the first. A schema newer than this program is refused with
// Unavailable.
func (db *DB) Migrate(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations/"+db.dialect.name)
	if err != nil {
		return err
	}
	dialect, pool := goose.DialectSQLite3, db.pool
	var opts []goose.ProviderOption
	if db.dialect.name == "postgres" {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	} else {
		pool, err = sql.Open("sqlite", sqliteDSN(db.path, "busy_timeout(60000)", "journal_mode(WAL)"))
		if err != nil {
			return err
		}
		defer pool.Close()
		pool.SetMaxOpenConns(1)
	}
	provider, err := goose.NewProvider(dialect, pool, dir, opts...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if err := refuseNewer(ctx, provider); err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if db.dialect.name == "sqlite" {
		return forgetSamples(ctx, pool)
	}
	return nil
}

// dropSamples empties what ANALYZE samples of SQLite's indexes. Where there are
// samples, SQLite looks at the parameters of a statement while it plans it, and
// plans it anew whenever they are others: a list of 160 arms takes 50 ms
// instead of 2 at every run. The figures in sqlite_stat1 stay; they depend on
// no parameter.
const dropSamples = `DELETE FROM sqlite_stat4`

// forgetSamples does so where somebody has analysed the database.
func forgetSamples(ctx context.Context, pool *sql.DB) error {
	var analysed bool
	err := pool.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat4')`).Scan(&analysed)
	if err == nil && analysed {
		_, err = pool.ExecContext(ctx, dropSamples)
	}
	if err != nil {
		return fmt.Errorf("forget samples: %w", err)
	}
	return nil
}

func refuseNewer(ctx context.Context, p *goose.Provider) error {
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	var known int64
	for _, s := range p.ListSources() {
		known = max(known, s.Version)
	}
	if have > known {
		return dm.Errorf(dm.Unavailable, "The database has schema version %d, but this program knows versions up to %d. Use a newer deskmesh.", have, known)
	}
	return nil
}

// isNoRows says whether a row was not found.
func isNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }
