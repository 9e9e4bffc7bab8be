package store

import (
	"context"
	"database/sql"
	"strconv"
)

// Diagnosis is what a database says about itself.
type Diagnosis struct {
	// Version is the engine's own, as in "17.2" or "3.51.0".
	Version string
	// Settings are those that matter, by the engine's names: on SQLite
	// journal_mode and synchronous, on PostgreSQL fsync, full_page_writes,
	// synchronous_commit, server_encoding, max_connections and server_version_num.
	Settings map[string]string
}

// Number reads a setting as a number; 0 where it is none.
func (d *Diagnosis) Number(name string) int {
	n, err := strconv.Atoi(d.Settings[name])
	if err != nil {
		return 0
	}
	return n
}

// Diagnose asks the database about itself.
func (db *DB) Diagnose(ctx context.Context) (*Diagnosis, error) {
	d := &Diagnosis{Settings: map[string]string{}}
	if db.dialect.name == "sqlite" {
		return d, db.diagnoseSQLite(ctx, d)
	}
	err := db.Read(ctx, func(tx *Tx) error {
		return tx.query(`SELECT name, setting FROM pg_settings WHERE name IN
('server_version', 'server_version_num', 'fsync', 'full_page_writes', 'synchronous_commit', 'server_encoding', 'max_connections')`, func(rows *sql.Rows) error {
			var name, value string
			err := rows.Scan(&name, &value)
			d.Settings[name] = value
			return err
		})
	})
	d.Version = d.Settings["server_version"]
	return d, err
}

func (db *DB) diagnoseSQLite(ctx context.Context, d *Diagnosis) (err error) {
	if d.Settings["synchronous"], err = db.Durability(ctx); err != nil {
		return err
	}
	return db.Read(ctx, func(tx *Tx) error {
		var mode string
		if err := tx.row(`PRAGMA journal_mode`).Scan(&mode); err != nil {
			return err
		}
		d.Settings["journal_mode"] = mode
		return tx.row(`SELECT sqlite_version()`).Scan(&d.Version)
	})
}
