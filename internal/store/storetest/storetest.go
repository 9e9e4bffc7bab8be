// Package storetest is the contract that package store keeps on every engine:
// a list of tests that run on SQLite and on PostgreSQL alike.
//
// Each test gets an empty, migrated database and uses nothing but what store
// exports, so that it can know nothing of the engine. Whatever two engines
// could do differently belongs here: unique and foreign keys, order and search
// of folded names, pages, and what happens when two transactions want the same
// thing at once.
package storetest

import (
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// contract is one named test of the suite.
type contract struct {
	name string
	test func(*testing.T, *store.DB)
}

// contracts lists every test; a new noun appends its own.
var contracts = []contract{
	{"accounts", testAccounts},
	{"access version", testAccessVersion},
	{"hosts", testHosts},
	{"settings", testSettings},
	{"people", testPeople},
	{"people list", testPeopleList},
	{"people list pages", testPeoplePages},
	{"addresses", testAddresses},
	{"requesters at once", testRequestersAtOnce},
	{"erased person", testErasedPerson},
	{"second factor", testSecondFactor}, {"sign-in providers", testSignInProviders}, {"people imports", testPeopleImports},
	{"deactivated person", testDeactivatedPerson},
	{"reach lists", testReachLists},
	{"roles", testRoles},
	{"groups", testGroups},
	{"brands and inboxes", testBrandsAndInboxes},
	{"departments and companies", testDepartmentsAndCompanies},
	{"names page by page", testNamedPages},
	{"statuses and fields", testStatusesAndFields},
	{"sessions", testSessions},
	{"tokens", testTokens},
	{"setup links", testSetupLinks},
	{"setup link used once", testSetupLinkOnce},
	{"audit", testAudit},
	{"notice switches", testNoticeSwitches},
	{"mail templates", testMailTemplates}, {"a mail twice at once", testMailTwiceAtOnce},
	{"secrets", testSecrets},
	{"views", testViews},
	{"sidebar", testSidebar},
	{"exports", testExports},
	{"bulks", testBulks},
	{"parts of a transaction", testTry},
	{"access requests", testAccessRequests},
	{"drafts", testDrafts},
	{"one moment", testMoment},
	{"idempotency keys", testIdempotencyKeys},
	{"other accounts", testOtherAccounts},
	{"pokes", testPokes},
	{"live tickets", testLiveTickets},
	{"viewers of many people", testManyViewers},
	{"proofs", testProofs},
}

// Run runs the whole contract; open gives a test its own empty, migrated
// database and closes it afterwards.
func Run(t *testing.T, open func(t *testing.T) *store.DB) {
	for _, c := range contracts {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, open(t))
		})
	}
}

// write runs one transaction that must succeed.
func write(t *testing.T, db *store.DB, f func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), store.Urgent, f); err != nil {
		t.Fatal(err)
	}
}

// refused runs one transaction that must fail with the code.
func refused(t *testing.T, db *store.DB, code dm.Code, f func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), store.Urgent, f); err == nil || dm.CodeOf(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

// read reads one thing that must be there.
func read[T any](t *testing.T, db *store.DB, f func(*store.Tx) (T, error)) T {
	t.Helper()
	var got T
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		var err error
		got, err = f(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// unread reads one thing that must be refused with the code.
func unread[T any](t *testing.T, db *store.DB, code dm.Code, f func(*store.Tx) (T, error)) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		_, err := f(tx)
		return err
	})
	if err == nil || dm.CodeOf(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

// made runs one transaction that makes something and gives its id.
func made(t *testing.T, db *store.DB, f func(*store.Tx) (int64, error)) int64 {
	t.Helper()
	var id int64
	write(t, db, func(tx *store.Tx) error {
		var err error
		id, err = f(tx)
		return err
	})
	if id <= 0 {
		t.Fatalf("made id %d", id)
	}
	return id
}

func newAccount(t *testing.T, db *store.DB, slug string) int64 {
	t.Helper()
	return made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateAccount(dm.Account{Slug: slug, Name: "Desk " + slug, BaseURL: "https://" + slug + ".example", Edition: "community"})
	})
}

func newPerson(t *testing.T, db *store.DB, account int64, kind dm.PersonKind, name, address string) int64 {
	t.Helper()
	return made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreatePerson(account, &dm.Person{Kind: kind, Name: name, Address: address})
	})
}

// atOnce runs f several times at the same moment and gives the answers.
func atOnce[T any](n int, f func() (T, error)) ([]T, []error) {
	type answer struct {
		got T
		err error
	}
	answers := make(chan answer, n)
	start := make(chan struct{})
	for range n {
		go func() {
			<-start
			got, err := f()
			answers <- answer{got, err}
		}()
	}
	close(start)
	var list []T
	var errs []error
	for range n {
		a := <-answers
		if a.err != nil {
			errs = append(errs, a.err)
		} else {
			list = append(list, a.got)
		}
	}
	return list, errs
}
