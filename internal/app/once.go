package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Once is one request that changes something, and what came of it. With a Key
// it is done at most once in 24 hours: the key is claimed, and what came of it
// kept, in the transaction that does the work, so that both stand or fall
// together. What is kept are a status and ids, never a body or a secret.
type Once struct {
	Account int64
	Person  int64
	Key     string // chosen by the sender; "" when a repeat is a new request
	Route   string // method and pattern
	Digest  string // SHA-256 of the whole request, hex
	// Made and Stood are the statuses of a request that did what it asked for, and
	// of one that found everything as it wanted it. They mean nothing here.
	Made  int
	Stood int

	// Status and IDs are what came of it: Made or Stood, and the ids of what was
	// made. Of a new ticket it is the number.
	Status int
	IDs    []int64

	done bool
}

// Replay is the error of a request that was done before under the same key.
// Nothing was changed this time.
type Replay struct {
	Status int
	IDs    []int64
}

// Error gives a text for logs.
func (r *Replay) Error() string { return "done before, with status " + strconv.Itoa(r.Status) }

type onceKey struct{}

// WithOnce makes the first write under the context the work of o; nil makes no
// further write anybody's.
func WithOnce(ctx context.Context, o *Once) context.Context {
	return context.WithValue(ctx, onceKey{}, o)
}

func onceOf(ctx context.Context) *Once {
	o, _ := ctx.Value(onceKey{}).(*Once)
	return o
}

// note keeps the ids of what was made. Nothing happens outside of a Once.
func (o *Once) note(ids ...int64) {
	if o != nil {
		o.IDs = append(o.IDs, ids...)
	}
}

// stood keeps that nothing had to be made.
func (o *Once) stood() {
	if o != nil {
		o.Status = o.Stood
	}
}

// bind adds to what the digest covers: for requests whose body is not read
// before it is used.
func (o *Once) bind(parts ...string) {
	if o == nil {
		return
	}
	sum := sha256.New()
	sum.Write([]byte(o.Digest))
	for _, part := range parts {
		sum.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	o.Digest = hex.EncodeToString(sum.Sum(nil))
}

// claim takes the key, or gives the Replay of the request that has it. A key
// that was sent with another request before is Invalid.
func (o *Once) claim(tx *store.Tx) error {
	if o.Key == "" {
		return nil
	}
	earlier, err := tx.ClaimIdempotencyKey(o.Account, o.record())
	if err != nil || earlier == nil {
		return err
	}
	if earlier.Route != o.Route || earlier.Digest != o.Digest {
		return dm.BadField("Idempotency-Key", "This key was sent with another request before. Every request needs a key of its own.").With("key_reused")
	}
	return &Replay{Status: earlier.Status, IDs: earlier.IDs}
}

func (o *Once) finish(tx *store.Tx) error {
	if o.Key == "" {
		return nil
	}
	return tx.FinishIdempotencyKey(o.Account, o.record())
}

func (o *Once) record() *store.IdempotencyKey {
	return &store.IdempotencyKey{PersonID: o.Person, Key: o.Key, Route: o.Route, Digest: o.Digest, Status: o.Status, IDs: o.IDs}
}

// write runs one transaction. The first one under a Once is its work.
func (a *App) write(ctx context.Context, f func(*store.Tx) error) error {
	return a.writeAs(ctx, store.Urgent, f)
}

func (a *App) writeAs(ctx context.Context, u store.Urgency, f func(*store.Tx) error) error {
	o := onceOf(ctx)
	if o == nil || o.done {
		return a.DB.Write(ctx, u, f)
	}
	err := a.DB.Write(ctx, u, func(tx *store.Tx) error {
		o.Status, o.IDs = o.Made, nil // the closure may run twice
		if err := o.claim(tx); err != nil {
			return err
		}
		if err := f(tx); err != nil {
			return err
		}
		return o.finish(tx)
	})
	o.done = err == nil
	return err
}
