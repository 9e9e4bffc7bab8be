package seed_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/search"
	"github.com/deskmesh/deskmesh/internal/seed"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// small is the desk of the tests.
var small = seed.Options{Tickets: 2000, Agents: 60, Groups: 12, Shares: 300, Seed: 7}

// target is a filled database, open through the store and beside it.
type target struct {
	db  *store.DB
	raw *sql.DB
}

// engines gives an empty, migrated database of each engine.
var engines = map[string]func(t *testing.T) target{
	"sqlite": func(t *testing.T) target {
		path := t.TempDir() + "/volume.db"
		return openTarget(t, "sqlite:"+path, "sqlite", "file:"+path)
	},
	"postgres": func(t *testing.T) target {
		dsn := pgtest.Empty(t)
		return openTarget(t, dsn, "pgx", dsn)
	},
}

func openTarget(t *testing.T, dsn, driver, rawDSN string) target {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{Relaxed: true})
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	check(t, db.Migrate(t.Context()))
	raw, err := sql.Open(driver, rawDSN)
	check(t, err)
	t.Cleanup(func() { check(t, raw.Close()) })
	return target{db, raw}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (x target) fill(t *testing.T, o seed.Options) {
	t.Helper()
	check(t, seed.Volume(t.Context(), x.db, o, func(string) {}))
}

func (x target) number(t *testing.T, query string) int {
	t.Helper()
	var n int
	if err := x.raw.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func (x target) texts(t *testing.T, query string) []string {
	t.Helper()
	rows, err := x.raw.QueryContext(t.Context(), query)
	check(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	check(t, err)
	var all []string
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(any)
		}
		check(t, rows.Scan(cells...))
		var line strings.Builder
		for _, cell := range cells {
			fmt.Fprintf(&line, "%v|", *cell.(*any))
		}
		all = append(all, line.String())
	}
	check(t, rows.Err())
	slices.Sort(all)
	return all
}

// digests gives a digest of the rows of every table.
func (x target) digests(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	check(t, x.db.Snapshot(t.Context(), func(s *store.Snapshot) error {
		for _, table := range s.Tables {
			sum, rows := sha256.New(), 0
			err := s.Rows(table, func(row []any) error {
				rows++
				_, err := fmt.Fprintf(sum, "%q\n", row)
				return err
			})
			if err != nil {
				return err
			}
			all[table.Name] = fmt.Sprintf("%d rows, %x", rows, sum.Sum(nil))
		}
		return nil
	}))
	return all
}

func TestVolumeIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	o := seed.Options{Tickets: 600, Agents: 50, Groups: 10, Shares: 100, Seed: 7}
	first := engines["sqlite"](t)
	first.fill(t, o)
	want := first.digests(t)
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			again := open(t)
			again.fill(t, o)
			if diff := cmp.Diff(want, again.digests(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
	changed := o
	changed.Seed++
	other := engines["sqlite"](t)
	other.fill(t, changed)
	if other.digests(t)["messages"] == want["messages"] {
		t.Error("another seed gives the same messages")
	}
}

func TestVolume(t *testing.T) {
	t.Parallel()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := open(t)
			before := x.schema(t)
			x.fill(t, small)
			if diff := cmp.Diff(before, x.schema(t)); diff != "" {
				t.Error("indexes and foreign keys before and after:", diff)
			}
			t.Run("counts", x.testCounts)
			t.Run("copies", x.testCopies)
			t.Run("viewers", x.testViewers)
			t.Run("search", x.testSearch)
			t.Run("goes on", x.testGoesOn)
			if err := seed.Volume(t.Context(), x.db, small, func(string) {}); dm.CodeOf(err) != dm.Conflict {
				t.Errorf("a second time: %v, want a conflict", err)
			}
		})
	}
}

// schema lists indexes, and on PostgreSQL foreign keys.
func (x target) schema(t *testing.T) []string {
	t.Helper()
	if x.db.Engine() == "sqlite" {
		return x.texts(t, `SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index'`)
	}
	return append(x.texts(t, `SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'`),
		x.texts(t, `SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint WHERE connamespace = 'public'::regnamespace`)...)
}

func (x target) testCounts(t *testing.T) {
	for query, want := range map[string]int{
		`SELECT COUNT(*) FROM tickets`:                                                              small.Tickets,
		`SELECT COUNT(*) FROM tickets WHERE account_id = 1`:                                         small.Tickets * 4 / 5,
		`SELECT COUNT(*) FROM messages`:                                                             small.Tickets * 3,
		`SELECT COUNT(*) FROM shares`:                                                               small.Shares,
		`SELECT COUNT(*) FROM people WHERE account_id = 1 AND kind = 'agent'`:                       small.Agents,
		`SELECT COUNT(*) FROM groups WHERE account_id = 1`:                                          small.Groups,
		`SELECT COUNT(*) FROM inboxes WHERE account_id = 1`:                                         10,
		`SELECT COUNT(*) FROM brands WHERE account_id = 1`:                                          3,
		`SELECT COUNT(*) FROM accounts`:                                                             5,
		`SELECT COUNT(*) FROM hosts WHERE account_id = 1`:                                           2,
		`SELECT COUNT(*) FROM events WHERE kind = 'ticket.created'`:                                 small.Tickets,
		`SELECT COUNT(*) FROM events WHERE kind = 'ticket.message'`:                                 small.Tickets * 3,
		`SELECT COUNT(*) FROM events WHERE kind = 'ticket.share.created'`:                           small.Shares,
		`SELECT COUNT(*) FROM messages WHERE text LIKE '%rare%'`:                                    small.Tickets * 3 / 1000,
		`SELECT COUNT(*) FROM ticket_tags k JOIN tags g ON g.id = k.tag_id WHERE g.name = 'needle'`: 20,
	} {
		if got := x.number(t, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	within := func(what string, got, least, most int) {
		t.Helper()
		if got < least || got > most {
			t.Errorf("%s: %d, want %d to %d", what, got, least, most)
		}
	}
	within("open tickets", x.number(t, `SELECT COUNT(*) FROM tickets WHERE list_state = 1`), small.Tickets*8/100, small.Tickets*12/100)
	within("messages with the common word", x.number(t, `SELECT COUNT(*) FROM messages WHERE text LIKE '%invoice%'`), small.Tickets*3*8/100, small.Tickets*3*12/100)
	within("shares that expired unswept", x.number(t, `SELECT COUNT(*) FROM shares WHERE ended_at IS NULL AND expires_at < 1760000000000000`), 1, 10)
	within("shares that ended", x.number(t, `SELECT COUNT(*) FROM shares WHERE ended_at IS NOT NULL`), 20, 100)
	within("longest message", x.number(t, `SELECT MAX(length(text)) FROM messages`), 150, 280)
}

// testCopies checks everything that is stored twice.
func (x target) testCopies(t *testing.T) {
	for what, query := range map[string]string{
		"share counts":                `SELECT COUNT(*) FROM tickets t WHERE t.share_count <> (SELECT COUNT(*) FROM shares s WHERE s.ticket_id = t.id AND s.ended_at IS NULL)`,
		"message counts":              `SELECT COUNT(*) FROM tickets t WHERE t.message_count <> (SELECT COUNT(*) FROM messages m WHERE m.ticket_id = t.id)`,
		"list keys of shares":         `SELECT COUNT(*) FROM shares s JOIN tickets t ON t.id = s.ticket_id WHERE s.ticket_list_state <> t.list_state OR s.ticket_updated_at <> t.updated_at`,
		"list keys of CCs":            `SELECT COUNT(*) FROM ticket_ccs s JOIN tickets t ON t.id = s.ticket_id WHERE s.ticket_list_state <> t.list_state OR s.ticket_updated_at <> t.updated_at`,
		"pairs missing":               `SELECT COUNT(*) FROM tickets t WHERE t.group_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inbox_groups p WHERE p.account_id = t.account_id AND p.inbox_id = t.inbox_id AND p.group_id = t.group_id)`,
		"pairs without tickets":       `SELECT COUNT(*) FROM inbox_groups p WHERE NOT EXISTS (SELECT 1 FROM tickets t WHERE p.account_id = t.account_id AND p.inbox_id = t.inbox_id AND p.group_id = t.group_id)`,
		"last numbers":                `SELECT COUNT(*) FROM accounts a WHERE a.last_number <> (SELECT COALESCE(MAX(number), 0) FROM tickets t WHERE t.account_id = a.id)`,
		"numbers with gaps":           `SELECT COUNT(*) FROM accounts a WHERE a.last_number <> (SELECT COUNT(*) FROM tickets t WHERE t.account_id = a.id)`,
		"departments":                 `SELECT COUNT(*) FROM tickets t JOIN people p ON p.id = t.requester_id WHERE coalesce(t.department_id, 0) <> coalesce(p.department_id, 0)`,
		"list states":                 `SELECT COUNT(*) FROM tickets WHERE list_state <> CASE WHEN deleted = 1 THEN 3 WHEN spam = 1 THEN 2 WHEN status IN ('solved', 'closed') THEN 0 ELSE 1 END`,
		"times running backwards":     `SELECT COUNT(*) FROM messages m JOIN messages l ON l.id = m.id - 1 WHERE m.created_at < l.created_at`,
		"tickets older than messages": `SELECT COUNT(*) FROM tickets t JOIN messages m ON m.ticket_id = t.id WHERE t.updated_at < m.created_at OR t.created_at > m.created_at`,
		"groups without members":      `SELECT COUNT(*) FROM groups g WHERE NOT EXISTS (SELECT 1 FROM group_members m WHERE m.group_id = g.id)`,
		"people without address":      `SELECT COUNT(*) FROM people p WHERE NOT EXISTS (SELECT 1 FROM addresses a WHERE a.person_id = p.id AND a.address = p.address AND a.is_primary = 1)`,
	} {
		if n := x.number(t, query); n != 0 {
			t.Errorf("%s: %d wrong", what, n)
		}
	}
	if x.db.Engine() == "sqlite" {
		if broken := x.texts(t, `PRAGMA foreign_key_check`); len(broken) > 0 {
			t.Error(broken)
		}
		return
	}
	for _, line := range x.texts(t, `SELECT pg_get_serial_sequence('tickets', 'id') = 'public.tickets_id_seq', nextval('tickets_id_seq') > (SELECT MAX(id) FROM tickets)`) {
		if line != "true|true|" {
			t.Error("the sequence of tickets:", line)
		}
	}
}

// viewer resolves a person of the main account by address.
func (x target) viewer(t *testing.T, address string) *access.Viewer {
	t.Helper()
	var v *access.Viewer
	check(t, x.db.Read(t.Context(), func(tx *store.Tx) error {
		id, err := tx.PersonIDByAddress(1, address)
		if err == nil {
			v, err = tx.Viewer(1, id)
		}
		return err
	}))
	return v
}

func (x target) count(t *testing.T, address string, view store.View) int {
	t.Helper()
	v := x.viewer(t, address)
	total := 0
	check(t, x.db.Read(t.Context(), func(tx *store.Tx) error {
		var err error
		total, _, err = tx.CountTickets(v, store.ListQuery{View: view})
		return err
	}))
	return total
}

func (x target) testViewers(t *testing.T) {
	inMain := small.Tickets * 4 / 5
	for _, c := range []struct {
		address     string
		view        store.View
		least, most int
	}{
		{seed.FullAddress, store.ViewAll, 1000, 1000}, // the bound
		{seed.TypicalAddress, store.ViewAll, inMain * 11 / 100, inMain * 19 / 100},
		{seed.WideAddress, store.ViewAll, inMain / 2, 1000},
		{seed.SparseAddress, store.ViewAll, 0, 0},
		{seed.SparseAddress, store.ViewSharedWithMe, 15, 20}, // spam and deleted ones are not listed
		{seed.MineAddress, store.ViewMine, inMain * 2 / 100, inMain * 12 / 100},
		{seed.GroupedAddress, store.ViewSharedWithMine, 110, 120},
		{seed.GroupedAddress, store.ViewSharedWithMe, 5, 40},
		{seed.TargetAddress, store.ViewSharedWithMe, 0, 0},
		{seed.RequesterAddress, store.ViewAll, 13, 15},
	} {
		if n := x.count(t, c.address, c.view); n < c.least || n > c.most {
			t.Errorf("%s %s: %d, want %d to %d", c.address, c.view, n, c.least, c.most)
		}
	}
	if n := x.number(t, `SELECT COUNT(*) FROM tickets WHERE requester_id = (SELECT id FROM people WHERE address = '`+seed.RequesterAddress+`')`); n != 15 {
		t.Errorf("the requester has %d tickets, want 15", n)
	}
	if n := x.number(t, `SELECT COUNT(*) FROM group_members m JOIN groups g ON g.id = m.group_id WHERE g.name = '`+seed.ThirtyGroup+`'`); n != 30 {
		t.Errorf("%s has %d members, want 30", seed.ThirtyGroup, n)
	}
	hashes := x.texts(t, `SELECT DISTINCT password_hash FROM people`)
	if len(hashes) != 1 {
		t.Fatalf("%d password hashes, want one", len(hashes))
	}
	ok, rehash, err := credential.NewHasher(credential.DefaultParams).Verify(t.Context(), strings.TrimSuffix(hashes[0], "|"), seed.Password)
	if err != nil || !ok || rehash {
		t.Errorf("the password: right %t, at another cost %t, %v", ok, rehash, err)
	}
}

func (x target) testSearch(t *testing.T) {
	v := x.viewer(t, seed.FullAddress)
	for q, want := range map[string]int{
		// A message of the main account, which the owner sees unless it is spam or deleted.
		seed.RareWord + "1": x.number(t, `SELECT COUNT(*) FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE m.text LIKE '%rare1.%' AND m.account_id = 1 AND list_state <= 1`),
		seed.CommonWord:     50,
		seed.ScarceWord:     x.number(t, `SELECT COUNT(DISTINCT ticket_id) FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE m.text LIKE '%refund%' AND m.account_id = 1 AND list_state <= 1`),
	} {
		check(t, x.db.Read(t.Context(), func(tx *store.Tx) error {
			list, _, err := tx.SearchTickets(v, store.SearchQuery{Terms: search.Parse(q).Terms, List: store.ListQuery{Limit: 50}})
			if len(list) != want {
				t.Errorf("search for %s: %d, want %d", q, len(list), want)
			}
			return err
		}))
	}
}

// testGoesOn makes the first ticket after the load: ids and numbers go on.
func (x target) testGoesOn(t *testing.T) {
	next := x.number(t, `SELECT last_number + 1 FROM accounts WHERE id = 1`)
	ticket := dm.Ticket{Subject: "One more", Status: dm.StatusNew, Priority: dm.PriorityNormal, Type: dm.TypeQuestion, Via: dm.ViaAPI,
		InboxID: int64(x.number(t, `SELECT MIN(id) FROM inboxes WHERE account_id = 1`)), RequesterID: x.viewer(t, seed.FullAddress).Person()}
	check(t, x.db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
		if err := tx.InsertTicket(1, &ticket); err != nil {
			return err
		}
		if err := tx.InsertMessage(1, &dm.Message{TicketID: ticket.ID, Kind: dm.Reply, AuthorID: ticket.RequesterID, Text: "More", Via: dm.ViaAPI}, true); err != nil {
			return err
		}
		if err := tx.InsertEvent(1, &dm.Event{TicketID: ticket.ID, Kind: dm.TicketCreated, Cause: dm.Cause{Kind: dm.CausePerson}}); err != nil {
			return err
		}
		return tx.NumberTicket(1, &ticket)
	}))
	if ticket.Number != int64(next) {
		t.Errorf("number %d, want %d", ticket.Number, next)
	}
}

func TestVolumeOfOtherSizes(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]seed.Options{
		"nothing":             {Agents: 1, Groups: 1},
		"one ticket":          {Tickets: 1, Agents: 1, Groups: 1, Shares: 1},
		"few of all":          {Tickets: 30, Agents: 2, Groups: 2, Shares: 150},
		"no shares":           {Tickets: 200, Agents: 20, Groups: 5},
		"a crowd":             {Tickets: 500, Agents: 20, Groups: 5, Shares: 300, Crowd: 250},
		"many agents, groups": {Tickets: 100, Agents: 400, Groups: 50, Shares: 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := engines["sqlite"](t)
			x.fill(t, o)
			for query, want := range map[string]int{
				`SELECT COUNT(*) FROM tickets`:                                        o.Tickets,
				`SELECT COUNT(*) FROM shares`:                                         o.Shares,
				`SELECT COUNT(*) FROM people WHERE account_id = 1 AND kind = 'agent'`: max(o.Agents, 10),
				`SELECT COUNT(*) FROM groups WHERE account_id = 1`:                    max(o.Groups, 4),
			} {
				if got := x.number(t, query); got != want {
					t.Errorf("%s: %d, want %d", query, got, want)
				}
			}
			x.testCopies(t)
		})
	}
	for name, o := range map[string]seed.Options{"minus one": {Tickets: -1}, "too many shares": {Tickets: 10, Shares: 51}, "minus a crowd": {Tickets: 10, Shares: 5, Crowd: -1}} {
		x := engines["sqlite"](t)
		if err := seed.Volume(t.Context(), x.db, o, func(string) {}); dm.CodeOf(err) != dm.Invalid {
			t.Errorf("%s: %v, want it refused", name, err)
		}
	}
}

// TestVolumeStopped ends a load half way: PostgreSQL is as before, a SQLite file
// has no account and takes no second load.
func TestVolumeStopped(t *testing.T) {
	t.Parallel()
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := open(t)
			before := x.schema(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			o := small
			o.Tickets = 16_000
			err := seed.Volume(ctx, x.db, o, func(line string) {
				if strings.HasPrefix(line, "14000 ") {
					cancel()
				}
			})
			if err == nil {
				t.Fatal("the load went on")
			}
			if n := x.number(t, `SELECT COUNT(*) FROM accounts`); n != 0 {
				t.Errorf("%d accounts", n)
			}
			err = seed.Volume(t.Context(), x.db, small, func(string) {})
			if name == "sqlite" {
				if dm.CodeOf(err) != dm.Conflict {
					t.Errorf("a second load: %v, want a conflict", err)
				}
				return
			}
			check(t, err)
			if diff := cmp.Diff(before, x.schema(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
