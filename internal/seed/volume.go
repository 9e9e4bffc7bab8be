// Package seed fills databases with made-up desks. Demo plays the past of a few
// believable ones through app, for showing the program. Volume makes as many
// tickets as are asked for through the store's loader, for measuring it.
//
// What Volume makes depends on its options alone, on every engine and machine:
// not on the clock, on the order of a map, or on fractions. The package knows
// neither SQL nor the doors of the program.
package seed

import (
	"context"
	"fmt"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// VolumeVersion rises whenever the same options give other rows than before.
const VolumeVersion = 2

// Password is that of everybody made up who can sign in.
const Password = "deskmesh-demo"

// passwordHash is Password hashed, always with the same salt, so that the same
// options give the same rows. It protects nothing: the password is public.
const passwordHash = "$argon2id$v=19$m=19456,t=3,p=1$clqlIkvOR4/Zm0AEYGvJ9A$kILlKPSFKkW26G5WqeTAbiqKBI0pqlGE71QmPyEbVss"

// Options say how much Volume makes.
type Options struct {
	Tickets int // four in five of them in the account "volume"
	Agents  int // of that account; at least 10 are made
	Groups  int // of that account; at least 4 are made
	Shares  int // live, expired and ended ones, of all accounts
	// Crowd is how many of the shares go to one group; 0 takes two in five.
	Crowd int
	Seed  uint64
}

// People of the account "volume" who stand for a kind of viewer.
const (
	FullAddress      = "full@volume.example"      // owner, reaches everything
	TypicalAddress   = "typical@volume.example"   // two groups in one inbox: about 14 % of the tickets
	SparseAddress    = "sparse@volume.example"    // restricted, with twenty old shares and nothing else
	MineAddress      = "mine@volume.example"      // has 3 % of the tickets assigned
	WideAddress      = "wide@volume.example"      // ten groups in eight inboxes
	GroupedAddress   = "grouped@volume.example"   // in the group with many shares, and has many of their own
	TargetAddress    = "target@volume.example"    // restricted, nothing is shared with them yet
	RequesterAddress = "requester@volume.example" // fifteen tickets of their own
)

// Groups of the account "volume" made for sharing; they hold no tickets.
const (
	CrowdGroup  = "Shared desk"   // Options.Crowd tickets are shared with it
	ThirtyGroup = "Review circle" // thirty members, nothing is shared with it yet
)

// Words that a search for measuring looks for. Every thousandth message holds
// RareWord with a number that no other message has.
const (
	CommonWord = "invoice" // in one message of ten
	ScarceWord = "refund"  // in one of two hundred
	RareWord   = "rare"    // "rare1", "rare2" ...
)

// The time that the tickets are spread over: it lies in the past, so that what
// has expired in them has expired.
const (
	volumeBegin dm.Time = 1_656_633_600_000_000 // 2022-07-01
	volumeEnd   dm.Time = 1_751_328_000_000_000 // 2025-07-01
	second      dm.Time = 1_000_000
	minute              = 60 * second
	day                 = 24 * 60 * minute
	endless             = volumeEnd + 20*365*day // the expiry of shares that stay live
)

// Volume fills an empty, migrated database with tickets, people, messages,
// histories and shares. A database that holds anything is a Conflict, options
// that cannot be met are Invalid. progress gets lines for people to read.
func Volume(ctx context.Context, db *store.DB, o Options, progress func(string)) error {
	o, err := o.checked()
	if err != nil {
		return err
	}
	step := func(s store.LoadStep) { progress("loading " + string(s)) }
	report, err := db.Load(ctx, step, func(l *store.Loader) error {
		v := newVolume(o)
		if err := v.loadDesks(l); err != nil {
			return err
		}
		if err := v.loadTickets(ctx, l, rateTeller(db, o.Tickets, progress)); err != nil {
			return err
		}
		return l.Accounts(v.accounts())
	})
	if err != nil {
		return err
	}
	progress(summary(o, report))
	return nil
}

func (o Options) checked() (Options, error) {
	o.Agents, o.Groups = max(o.Agents, 10), max(o.Groups, 4)
	if o.Tickets < 0 || o.Tickets > 100_000_000 {
		return o, dm.BadField("tickets", "Between none and 100 million tickets can be made.")
	}
	if o.Shares < 0 || o.Shares > 5*o.Tickets {
		return o, dm.BadField("shares", "At most five shares for each ticket can be made.")
	}
	if o.Crowd == 0 {
		o.Crowd = o.Shares * 2 / 5
	}
	o.Crowd = min(o.Crowd, o.Shares, mainTickets(o.Tickets))
	if o.Crowd < 0 {
		return o, dm.BadField("crowd", "The number of shares with one group is not negative.")
	}
	return o, nil
}

// rateTeller gives a function that is told how many tickets are loaded and
// reports every tenth of them.
func rateTeller(db *store.DB, all int, progress func(string)) func(int) {
	began, told := db.Now(), 0
	return func(done int) {
		if done*10/max(all, 1) == told {
			return
		}
		told = done * 10 / max(all, 1)
		progress(fmt.Sprintf("%d of %d tickets, %d a second", done, all, perSecond(done, db.Now()-began)))
	}
}

func perSecond(n int, took dm.Time) int64 { return int64(n) * int64(second) / max(int64(took), 1) }

func summary(o Options, r store.LoadReport) string {
	return fmt.Sprintf("%d tickets in %.1f s: %d a second, %d without the search index", o.Tickets, float64(r.Total)/float64(second),
		perSecond(o.Tickets, r.Total), perSecond(o.Tickets, r.Total-r.Search))
}

// volume is a run of the generator. Every choice comes from a dice of its own,
// made of the seed and of what it is for, so that no choice depends on another.
type volume struct {
	o     Options
	main  *desk
	desks []*desk // the main one first
	small wheel   // of the others
	ids   struct{ brand, inbox, group, department, role, person, message, share, event int64 }
	words *vocabulary
	plan  *sharePlan
}

func newVolume(o Options) *volume {
	v := &volume{o: o, words: newVocabulary(), plan: newSharePlan(o)}
	v.small = newWheel(smallDesks, 1)
	for i := range 1 + smallDesks {
		v.desks = append(v.desks, v.newDesk(i))
	}
	v.main = v.desks[0]
	return v
}

// mainTickets is how many of n tickets lie in the main account: all but every
// fifth one.
func mainTickets(n int) int { return n - n/5 }

// mainTicket turns a position among the main account's tickets into one among all.
func mainTicket(i int) int { return i/4*5 + i%4 }

func isMain(i int) bool { return i%5 != 4 }
