package check

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Options say what to look at and whom to tell.
type Options struct {
	// JobKinds are the kinds of jobs that the program runs.
	JobKinds []string
	// Deep has every attachment read and its digest compared.
	Deep bool
	// Repair has mended what can be.
	Repair bool
	// Each is told of every finding, in the order of the rules.
	Each func(Finding)
}

// Finding is one broken rule at one place.
type Finding struct {
	Rule   string
	Means  string
	Notice bool   // worth a look, no fault
	Mended bool   // written anew
	Blob   string // the key of the bytes, for rules about files
	store.Fault
}

// Summary counts findings.
type Summary struct {
	Faults  int // those that were not mended
	Notices int
	Mended  int
}

// check is one run.
type check struct {
	Options
	db    *store.DB
	blobs blob.Store
	sum   Summary
}

// Run looks at everything. Unavailable where the database's schema is not this
// program's.
func Run(ctx context.Context, db *store.DB, blobs blob.Store, o Options) (Summary, error) {
	c := &check{Options: o, db: db, blobs: blobs}
	if err := c.fits(ctx); err != nil {
		return Summary{}, err
	}
	for _, r := range store.Rules(o.JobKinds) {
		if err := c.rule(ctx, r); err != nil {
			return c.sum, err
		}
	}
	return c.sum, c.files(ctx)
}

func (c *check) fits(ctx context.Context) error {
	live, err := c.db.LiveSchema(ctx)
	if err != nil {
		return err
	}
	known, err := c.db.KnownSchema()
	if err != nil {
		return err
	}
	if live != known {
		return dm.Errorf(dm.Unavailable, "The database has schema version %d and this program version %d. Use the program that the server runs, or run deskmesh migrate.", live, known)
	}
	return nil
}

// batch is how many findings are kept until they are mended.
const batch = 500

// rule looks at one rule about rows.
func (c *check) rule(ctx context.Context, r store.Rule) error {
	mending := c.Repair && r.Mendable
	var waiting []store.Fault
	flush := func() error {
		if err := c.db.Mend(ctx, r, waiting); err != nil {
			return err
		}
		for _, f := range waiting {
			c.tell(Finding{Rule: r.Name, Means: r.Means, Notice: r.Notice, Mended: true, Fault: f})
		}
		waiting = waiting[:0]
		return nil
	}
	err := c.db.Find(ctx, r, func(f store.Fault) error {
		if !mending {
			c.tell(Finding{Rule: r.Name, Means: r.Means, Notice: r.Notice, Fault: f})
			return nil
		}
		if waiting = append(waiting, f); len(waiting) == batch {
			return flush()
		}
		return nil
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	return flush()
}

func (c *check) tell(f Finding) {
	switch {
	case f.Mended:
		c.sum.Mended++
	case f.Notice:
		c.sum.Notices++
	default:
		c.sum.Faults++
	}
	if c.Each != nil {
		c.Each(f)
	}
}
