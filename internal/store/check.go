package store

import (
	"context"
	"database/sql"
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// Rule is something that the rows of a sound database keep and that the
// database itself cannot hold.
type Rule struct {
	Name  string // as in "share_count"
	Means string // what is wrong where it is broken
	// Notice is set where a broken rule is worth a look and is no fault.
	Notice bool
	// Mendable is set where the broken value follows from other rows, so that
	// Mend can write it anew.
	Mendable bool

	find func(tx *Tx, each func(Fault) error) error
	mend func(tx *Tx, f Fault) error
}

// Fault names a row that breaks a rule, and nothing of its content.
type Fault struct {
	Table   string
	Account int64 // 0 where the row belongs to none, or to one that is not known
	// ID is the row's; of its ticket or person where the table has no ids of its own.
	ID int64
	// Other is a further part of the row's name, such as the person of a CC; 0 for none.
	Other  int64
	Column string // what refers to nothing; "" in other rules
}

// Rules lists every rule, in the order in which they are to be looked at: what
// others are copies of comes first. jobKinds are the kinds of jobs that the
// program runs.
func Rules(jobKinds []string) []Rule {
	return slices.Concat(ticketRules(), copyRules(), shareRules(), partnerRules(), messageRules(), peopleRules(), jobRules(jobKinds), []Rule{
		{Name: "reference", Means: "refers to a row that is not there", find: (*Tx).danglingReferences},
	})
}

// Find calls each for every row that breaks the rule. It changes nothing, and
// each statement sees one moment, so that work going on meanwhile breaks no
// rule. No Scope bounds it: only the operator of the machine can ask.
func (db *DB) Find(ctx context.Context, r Rule, each func(Fault) error) error {
	return db.Read(ctx, func(tx *Tx) error { return r.find(tx, each) })
}

// mendMost bounds one transaction of Mend.
const mendMost = 50

// Mend writes the broken values of a mendable rule anew, in small transactions
// that let other work through. A fault that is gone meanwhile is left alone.
func (db *DB) Mend(ctx context.Context, r Rule, faults []Fault) error {
	if r.mend == nil {
		return dm.Errorf(dm.Invalid, "The rule %s cannot be mended: what is right does not follow from other rows.", r.Name)
	}
	for some := range slices.Chunk(faults, mendMost) {
		err := db.Write(ctx, Bulk, func(tx *Tx) error {
			for _, f := range some {
				if err := r.mend(tx, f); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// rowsOf makes the find of a rule from a statement that gives account, id and a
// further number of each broken row of a table.
func rowsOf(table, query string) func(*Tx, func(Fault) error) error {
	return func(tx *Tx, each func(Fault) error) error { return tx.faults(table, query, each) }
}

func (tx *Tx) faults(table, query string, each func(Fault) error, args ...any) error {
	return tx.query(query, func(rows *sql.Rows) error {
		f := Fault{Table: table}
		if err := rows.Scan(&f.Account, &f.ID, &f.Other); err != nil {
			return err
		}
		return each(f)
	}, args...)
}

// settled keeps others from changing a ticket until the transaction ends: what
// is counted afterwards stays true. SQLite has one writer.
func (tx *Tx) settled(account, ticket int64) error {
	_, err := tx.ids(`SELECT id FROM tickets WHERE account_id = ? AND id = ?`+tx.db.dialect.forUpdate, account, ticket)
	return err
}

// mending makes a mend of a statement that takes an account and a ticket, which
// ticketOf finds in the fault.
func mending(query string, ticketOf func(Fault) int64) func(*Tx, Fault) error {
	return func(tx *Tx, f Fault) error {
		if err := tx.settled(f.Account, ticketOf(f)); err != nil {
			return err
		}
		_, err := tx.exec(query, f.Account, ticketOf(f))
		return err
	}
}

func byID(f Fault) int64    { return f.ID }
func byOther(f Fault) int64 { return f.Other }
