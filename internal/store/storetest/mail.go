package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/store"
)

// testMailTwiceAtOnce has two transactions deal with two copies of a mail at the
// same time: one of them finds that it came before.
func testMailTwiceAtOnce(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	mail := func(recipient string) *store.RawMail {
		m := &store.RawMail{Account: account, EnvelopeFrom: "kim@customer.example", Recipient: recipient, Digest: "d"}
		write(t, db, func(tx *store.Tx) error { return tx.InsertRawMail(m) })
		return m
	}
	const copies = 2
	for round := range 3 {
		id := fmt.Sprintf("one%d@customer.example", round)
		asked := make(chan bool, 2*copies) // a transaction may run twice
		fresh := make([]bool, copies)
		var all sync.WaitGroup
		for i := range copies {
			m := mail("help@acme.example")
			all.Go(func() {
				err := db.Write(t.Context(), store.Normal, func(tx *store.Tx) error {
					again, err := tx.SeenMail(m, id, 0)
					if err != nil {
						return err
					}
					fresh[i] = !again
					asked <- true
					// Both have asked before either has written, where nothing keeps them from it.
					for end := time.Now().Add(200 * time.Millisecond); len(asked) < copies && time.Now().Before(end); {
						time.Sleep(time.Millisecond)
					}
					if again {
						return nil
					}
					if err := tx.KeepMailID(m, id); err != nil {
						return err
					}
					m.State = "ignored"
					return tx.FinishRawMail(m)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if fresh[0] == fresh[1] {
			t.Fatalf("round %d: the copies are the first: %v", round, fresh)
		}
	}
}
