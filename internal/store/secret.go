package store

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
)

const secretSize = 32

// Secret gives the server's secret of a name, 32 random bytes that are made
// when they are first asked for and stay the same for every node. It is for the
// server's own signatures and is never shown.
func (db *DB) Secret(ctx context.Context, name string) ([]byte, error) {
	var secret []byte
	err := db.Read(ctx, func(tx *Tx) error {
		var err error
		secret, err = tx.secret(name)
		return err
	})
	if !isNoRows(err) {
		return secret, err
	}
	err = db.Write(ctx, Urgent, func(tx *Tx) (err error) {
		secret, err = tx.Secret(name)
		return err
	})
	return secret, err
}

// Secret is DB.Secret inside a transaction; one that is made is there when the
// transaction commits. Outside of a write an unknown one is an error.
func (tx *Tx) Secret(name string) ([]byte, error) {
	secret, err := tx.secret(name)
	if !isNoRows(err) {
		return secret, err
	}
	fresh := make([]byte, secretSize)
	rand.Read(fresh)
	_, err = tx.exec(`INSERT INTO secrets (name, value, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING`,
		name, base64.StdEncoding.EncodeToString(fresh), tx.now)
	if err != nil {
		return nil, err
	}
	return tx.secret(name)
}

// secret reads a secret; sql.ErrNoRows when there is none yet.
func (tx *Tx) secret(name string) ([]byte, error) {
	var text string
	if err := tx.row(`SELECT value FROM secrets WHERE name = ?`, name).Scan(&text); err != nil {
		return nil, err
	}
	secret, err := base64.StdEncoding.DecodeString(text)
	if err == nil && len(secret) != secretSize {
		err = fmt.Errorf("%d bytes instead of %d", len(secret), secretSize)
	}
	if err != nil {
		return nil, fmt.Errorf("the stored secret %q is damaged: %w", name, err)
	}
	return secret, nil
}
