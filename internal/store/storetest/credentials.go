package storetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// digest stands for the hash of a secret.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

const longTime = dm.Time(1e12) // microseconds, some eleven days

func testSessions(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	for _, s := range []string{"one", "two", "three"} {
		write(t, db, func(tx *store.Tx) error { return tx.CreateSession(account, ann, digest(s), tx.Now()+longTime) })
	}
	write(t, db, func(tx *store.Tx) error { return tx.CreateSession(account, ann, digest("old"), tx.Now()) })
	open := func(secret string, want bool) {
		t.Helper()
		if !want {
			unread(t, db, dm.Unauthenticated, func(tx *store.Tx) (*store.Signed, error) { return tx.BySession(digest(secret), account) })
			return
		}
		s := read(t, db, func(tx *store.Tx) (*store.Signed, error) { return tx.BySession(digest(secret), account) })
		if s.Viewer.Person() != ann || s.Viewer.Account() != account {
			t.Errorf("session %q is of %d", secret, s.Viewer.Person())
		}
	}
	open("one", true)
	open("old", false)
	open("never", false)
	unread(t, db, dm.Unauthenticated, func(tx *store.Tx) (*store.Signed, error) { return tx.BySession(digest("one"), other) })
	write(t, db, func(tx *store.Tx) error { return tx.DeleteSession(other, digest("one")) })
	open("one", true)
	write(t, db, func(tx *store.Tx) error { return tx.DeleteSession(account, digest("one")) })
	open("one", false)
	write(t, db, func(tx *store.Tx) error { return tx.DeleteSessions(account, ann, digest("two")) })
	open("two", true)
	open("three", false)
	for i := range 3 {
		write(t, db, func(tx *store.Tx) error { return tx.CreateSession(account, ann, digest(fmt.Sprint(i)), tx.Now()) })
	}
	for _, want := range []int64{2, 1, 0} {
		write(t, db, func(tx *store.Tx) error {
			n, err := tx.DropExpiredSessions(2)
			if n != want {
				t.Errorf("dropped %d sessions, want %d", n, want)
			}
			return err
		})
	}
	open("two", true)
}

func testTokens(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	bob := newPerson(t, db, account, dm.Agent, "Bob", "bob@acme.example")
	role := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateRole(account, &dm.Role{Name: "r", Permissions: dm.PermissionsOf(dm.NotesRead, dm.TicketsShare)})
	})
	write(t, db, func(tx *store.Tx) error { return tx.SetPersonRoles(account, ann, []int64{role}) })
	var tokens []store.APIToken
	for i := range 5 {
		n := store.APIToken{PersonID: ann, Name: fmt.Sprintf("Token %d", i), Scopes: dm.PermissionsOf(dm.NotesRead, dm.PeopleManage)}
		if i == 4 {
			n.ExpiresAt = 1
		}
		n.ID = made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateAPIToken(account, &n, digest(n.Name)) })
		got := read(t, db, func(tx *store.Tx) (*store.APIToken, error) { return tx.APIToken(account, n.ID) })
		n.CreatedAt = got.CreatedAt
		if diff := cmp.Diff(&n, got); diff != "" {
			t.Error(diff)
		}
		tokens = append(tokens, n)
	}
	s := read(t, db, func(tx *store.Tx) (*store.Signed, error) { return tx.ByToken(digest("Token 0"), account) })
	if got := s.Viewer.Permissions(); s.Viewer.Person() != ann || got != dm.PermissionsOf(dm.NotesRead) {
		t.Errorf("the token of %d may %v", s.Viewer.Person(), got.List())
	}
	unread(t, db, dm.Unauthenticated, func(tx *store.Tx) (*store.Signed, error) { return tx.ByToken(digest("Token 4"), account) })
	write(t, db, func(tx *store.Tx) error { return tx.RevokeAPIToken(account, tokens[1].ID) })
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.RevokeAPIToken(account, tokens[1].ID) })
	unread(t, db, dm.Unauthenticated, func(tx *store.Tx) (*store.Signed, error) { return tx.ByToken(digest("Token 1"), account) })
	var got []string
	for cursor := ""; ; {
		for _, n := range read(t, db, func(tx *store.Tx) ([]store.APIToken, error) {
			list, next, err := tx.APITokens(account, ann, store.Page{Limit: 3, Cursor: cursor})
			cursor = next
			return list, err
		}) {
			got = append(got, n.Name)
		}
		if cursor == "" {
			break
		}
	}
	if want := []string{"Token 0", "Token 2", "Token 3", "Token 4"}; !slices.Equal(got, want) {
		t.Errorf("tokens: %v", got)
	}
	if list := read(t, db, func(tx *store.Tx) ([]store.APIToken, error) {
		list, _, err := tx.APITokens(account, bob, store.Page{})
		return list, err
	}); len(list) != 0 {
		t.Errorf("somebody else's tokens: %v", list)
	}
}

func testSetupLinks(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	link := func(secret string, purpose store.LinkPurpose, life dm.Time) {
		write(t, db, func(tx *store.Tx) error {
			return tx.CreateSetupLink(account, store.SetupLink{PersonID: ann, Purpose: purpose, ExpiresAt: tx.Now() + life}, digest(secret))
		})
	}
	gone := map[string]string{}
	dead := func(secret string, account int64) {
		t.Helper()
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			_, err := tx.SetupLink(account, digest(secret))
			return err
		})
		if dm.CodeOf(err) != dm.Gone {
			t.Fatalf("link %q: %v", secret, err)
		}
		gone[err.Error()] = secret
	}
	dead("unknown", account)
	link("expired", store.LinkInvite, 0)
	dead("expired", account)
	link("first", store.LinkInvite, longTime)
	dead("first", other)
	link("second", store.LinkReset, longTime)
	dead("first", account)
	l := read(t, db, func(tx *store.Tx) (*store.SetupLink, error) { return tx.SetupLink(account, digest("second")) })
	if l.PersonID != ann || l.Purpose != store.LinkReset {
		t.Errorf("link: %+v", l)
	}
	refused(t, db, dm.Gone, func(tx *store.Tx) error {
		_, err := tx.UseSetupLink(other, digest("second"))
		return err
	})
	write(t, db, func(tx *store.Tx) error {
		_, err := tx.UseSetupLink(account, digest("second"))
		return err
	})
	dead("second", account)
	if len(gone) != 1 {
		t.Errorf("dead links answer differently: %v", gone)
	}
}

func testSetupLinkOnce(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	write(t, db, func(tx *store.Tx) error {
		return tx.CreateSetupLink(account, store.SetupLink{PersonID: ann, Purpose: store.LinkInvite, ExpiresAt: tx.Now() + longTime}, digest("link"))
	})
	used, errs := atOnce(10, func() (bool, error) {
		return true, db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
			_, err := tx.UseSetupLink(account, digest("link"))
			return err
		})
	})
	if len(used) != 1 {
		t.Errorf("the link was used %d times", len(used))
	}
	for _, err := range errs {
		if dm.CodeOf(err) != dm.Gone {
			t.Error(err)
		}
	}
}

func testAudit(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	lines := []store.AuditLine{
		{Action: "account.created"},
		{ActorID: ann, Action: "group.updated", ObjectKind: "group", ObjectID: 7, Data: store.AuditData{
			Cause: dm.CauseToken, CauseID: 3, Changes: []dm.FieldChange{{Field: "name", Old: "a", New: "b"}}}},
		{ActorID: ann, Action: "field.updated", ObjectKind: "field", ObjectID: 1, Data: store.AuditData{
			Cause: dm.CausePerson, Changes: []dm.FieldChange{{Field: "options", Old: strings.Repeat("ä", 15000), New: strings.Repeat("\"", 9000)}}}},
	}
	for i := range lines {
		write(t, db, func(tx *store.Tx) error { return tx.Audit(account, &lines[i]) })
	}
	write(t, db, func(tx *store.Tx) error { return tx.Audit(other, &store.AuditLine{Action: "account.created"}) })
	lines[2].Data.Shortened, lines[2].Data.Changes = true, []dm.FieldChange{{Field: "options"}}
	slices.Reverse(lines)
	var got []store.AuditLine
	for cursor := ""; ; {
		page := read(t, db, func(tx *store.Tx) ([]store.AuditLine, error) {
			list, next, err := tx.AuditLines(account, store.AuditFilter{}, store.Page{Limit: 2, Cursor: cursor})
			cursor = next
			return list, err
		})
		got = append(got, page...)
		if cursor == "" {
			break
		}
	}
	for _, f := range []store.AuditFilter{{Actor: ann, Object: "group"}, {Action: "group.updated"}, {Object: "group", Since: 1}} {
		found := read(t, db, func(tx *store.Tx) ([]store.AuditLine, error) {
			list, next, err := tx.AuditLines(account, f, store.Page{Limit: 1})
			if next != "" {
				t.Errorf("%+v has a next page", f)
			}
			return list, err
		})
		if len(found) != 1 || found[0].Action != "group.updated" {
			t.Errorf("%+v gives %+v", f, found)
		}
	}
	for i := range got {
		if got[i].ID == 0 || got[i].CreatedAt == 0 {
			t.Errorf("line without id or time: %+v", got[i])
		}
		got[i].ID, got[i].CreatedAt = 0, 0
	}
	if diff := cmp.Diff(lines, got); diff != "" {
		t.Error(diff)
	}
}

func testNoticeSwitches(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	brand := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateBrand(account, "Shop") })
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	bob := newPerson(t, db, account, dm.Agent, "Bob", "bob@acme.example")
	set := func(brand, person int64, kind dm.NoticeKind, on bool) {
		write(t, db, func(tx *store.Tx) error {
			if brand == 0 && person == 0 {
				return tx.SetNoticeCell(account, kind, dm.NoticeMail, dm.NoticeCell{On: on, Locked: !on})
			}
			return tx.SetNoticeSwitch(account, brand, person, kind, dm.NoticeMail, on)
		})
	}
	muted := func(brand int64, kind dm.NoticeKind, want map[int64]bool) {
		t.Helper()
		got := read(t, db, func(tx *store.Tx) (map[int64]bool, error) {
			rules, err := tx.NoticeRules(account, brand, []int64{ann, bob})
			silent := map[int64]bool{}
			for _, person := range []int64{ann, bob} {
				if err == nil && !rules.Hears(person, kind, dm.NoticeMail) {
					silent[person] = true
				}
			}
			return silent, err
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
	none, both := map[int64]bool{}, map[int64]bool{ann: true, bob: true}
	muted(brand, dm.NoticeShared, none)
	set(0, ann, dm.NoticeShared, false)
	muted(brand, dm.NoticeShared, map[int64]bool{ann: true})
	muted(brand, dm.NoticeUnshared, none)
	set(brand, 0, dm.NoticeShared, false)
	muted(brand, dm.NoticeShared, both)
	muted(brand+1, dm.NoticeShared, map[int64]bool{ann: true})
	set(brand, 0, dm.NoticeShared, true)
	set(0, ann, dm.NoticeShared, true)
	muted(brand, dm.NoticeShared, none)
	set(0, 0, dm.NoticeShared, false)
	set(0, bob, dm.NoticeShared, true)
	muted(brand, dm.NoticeShared, both)
	on := read(t, db, func(tx *store.Tx) (map[dm.NoticeKind]bool, error) { return tx.NoticeSwitches(account, 0, 0) })
	if len(on) != len(dm.NoticeKinds) || on[dm.NoticeShared] || !on[dm.NoticeUpdate] {
		t.Errorf("the account's switches: %v", on)
	}
	write(t, db, func(tx *store.Tx) error {
		return tx.SetNoticeSwitch(account, 0, ann, dm.NoticeShared, dm.NoticeInApp, false)
	})
	rules := read(t, db, func(tx *store.Tx) (*store.NoticeRules, error) { return tx.NoticeRules(account, 0, []int64{ann, bob}) })
	if rules.Hears(ann, dm.NoticeShared, dm.NoticeInApp) || !rules.Hears(bob, dm.NoticeShared, dm.NoticeInApp) {
		t.Error("the list does not follow its own switch")
	}
	write(t, db, func(tx *store.Tx) error {
		return tx.SetNoticeCell(account, dm.NoticeShared, dm.NoticeInApp, dm.NoticeCell{On: true, Locked: true})
	})
	rules = read(t, db, func(tx *store.Tx) (*store.NoticeRules, error) { return tx.NoticeRules(account, 0, []int64{ann}) })
	if !rules.Hears(ann, dm.NoticeShared, dm.NoticeInApp) {
		t.Error("what is locked on can be turned off")
	}
	if rules.Hears(ann, dm.NoticeGroup, dm.NoticeMail) || !rules.Sends(dm.NoticeGroup, dm.NoticeMail) {
		t.Error("what a group is assigned is told by itself, or not to an address")
	}
}

func testSecrets(t *testing.T, db *store.DB) {
	ask := func(name string) []byte {
		t.Helper()
		got, err := db.Secret(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	all, errs := atOnce(8, func() ([]byte, error) { return db.Secret(t.Context(), "mail") })
	if len(errs) > 0 {
		t.Fatal(errs[0])
	}
	for _, s := range all {
		if len(s) != 32 || !bytes.Equal(s, ask("mail")) {
			t.Errorf("secrets differ or are short: %x", s)
		}
	}
	if bytes.Equal(ask("mail"), ask("links")) {
		t.Error("two names have one secret")
	}
}

func testIdempotencyKeys(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	bob := newPerson(t, db, account, dm.Agent, "Bob", "bob@acme.example")
	claim := func(person int64, key, body string) (*store.IdempotencyKey, error) {
		var earlier *store.IdempotencyKey
		err := db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
			var err error
			earlier, err = tx.ClaimIdempotencyKey(account, &store.IdempotencyKey{PersonID: person, Key: key, Route: "POST /tickets", Digest: digest(body)})
			return err
		})
		return earlier, err
	}
	answers, errs := atOnce(8, func() (*store.IdempotencyKey, error) { return claim(ann, "k1", "body") })
	if len(errs) > 0 {
		t.Fatal(errs[0])
	}
	got := 0
	for _, earlier := range answers {
		if earlier == nil {
			got++
		} else if earlier.Digest != digest("body") || earlier.Status != 0 {
			t.Errorf("earlier request: %+v", earlier)
		}
	}
	if got != 1 {
		t.Errorf("%d of 8 requests got the key", got)
	}
	if earlier, err := claim(bob, "k1", "other"); err != nil || earlier != nil {
		t.Errorf("somebody else's key of the same name: %v, %v", earlier, err)
	}
	done := store.IdempotencyKey{PersonID: ann, Key: "k1", Route: "POST /tickets", Digest: digest("body"), Status: 201, IDs: []int64{17, 4}}
	write(t, db, func(tx *store.Tx) error { return tx.FinishIdempotencyKey(account, &done) })
	earlier, err := claim(ann, "k1", "body")
	if diff := cmp.Diff(&done, earlier); diff != "" || err != nil {
		t.Errorf("the repeated request: %v %s", err, diff)
	}
	write(t, db, func(tx *store.Tx) error {
		n, err := tx.DropOldIdempotencyKeys(100)
		if n != 0 {
			t.Errorf("dropped %d fresh keys", n)
		}
		return err
	})
	refused(t, db, dm.NotFound, func(tx *store.Tx) error {
		return tx.FinishIdempotencyKey(account, &store.IdempotencyKey{PersonID: ann, Key: "never"})
	})
}

// testOtherAccounts proves that ids of one account are nothing in another.
func testOtherAccounts(t *testing.T, db *store.DB) {
	mine, theirs := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	me := newPerson(t, db, mine, dm.Agent, "Me", "me@acme.example")
	person := newPerson(t, db, theirs, dm.Agent, "Them", "them@globex.example")
	brand := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateBrand(theirs, "Shop") })
	inbox := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateInbox(theirs, &dm.Inbox{BrandID: brand, Name: "In", Address: "in@globex.example"})
	})
	group := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateGroup(theirs, &dm.Group{Name: "HR"}) })
	role := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateRole(theirs, &dm.Role{Name: "r"}) })
	department := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateDepartment(theirs, "Sales") })
	company := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateCompany(theirs, &dm.Company{Name: "Initech"}) })
	status := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateTicketStatus(theirs, &dm.TicketStatus{Name: "s", Status: dm.StatusOpen})
	})
	field := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateTicketField(theirs, &dm.TicketField{Name: "f", Kind: dm.FieldText})
	})
	token := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateAPIToken(theirs, &store.APIToken{PersonID: person, Name: "t"}, digest("t"))
	})
	for name, f := range map[string]func(tx *store.Tx) error{
		"person":     func(tx *store.Tx) error { _, err := tx.Person(mine, person); return err },
		"brand":      func(tx *store.Tx) error { _, err := tx.Brand(mine, brand); return err },
		"inbox":      func(tx *store.Tx) error { _, err := tx.Inbox(mine, inbox); return err },
		"group":      func(tx *store.Tx) error { _, err := tx.Group(mine, group); return err },
		"role":       func(tx *store.Tx) error { _, err := tx.Role(mine, role); return err },
		"department": func(tx *store.Tx) error { _, err := tx.Department(mine, department); return err },
		"company":    func(tx *store.Tx) error { _, err := tx.Company(mine, company); return err },
		"status":     func(tx *store.Tx) error { _, err := tx.TicketStatus(mine, status); return err },
		"field":      func(tx *store.Tx) error { _, err := tx.TicketField(mine, field); return err },
		"token":      func(tx *store.Tx) error { _, err := tx.APIToken(mine, token); return err },
		"save person": func(tx *store.Tx) error {
			return tx.SavePerson(mine, &dm.Person{ID: person, Kind: dm.Agent, Scope: dm.GlobalScope})
		},
		"person off":        func(tx *store.Tx) error { return tx.SetPersonActive(mine, person, false) },
		"erase":             func(tx *store.Tx) error { return tx.ErasePerson(mine, person) },
		"address":           func(tx *store.Tx) error { return tx.AddAddress(mine, person, "x@acme.example") },
		"primary address":   func(tx *store.Tx) error { return tx.SetPrimaryAddress(mine, person, "x@acme.example") },
		"password":          func(tx *store.Tx) error { return tx.SetPasswordHash(mine, person, "hash") },
		"my brands":         func(tx *store.Tx) error { return tx.SetPersonBrands(mine, me, []int64{brand}) },
		"my inboxes":        func(tx *store.Tx) error { return tx.SetPersonInboxes(mine, me, []int64{inbox}) },
		"my groups":         func(tx *store.Tx) error { return tx.SetPersonGroups(mine, me, []int64{group}) },
		"my roles":          func(tx *store.Tx) error { return tx.SetPersonRoles(mine, me, []int64{role}) },
		"me in their group": func(tx *store.Tx) error { return tx.ChangeMembers(theirs, group, []int64{me}, nil) },
		"save group":        func(tx *store.Tx) error { return tx.SaveGroup(mine, &dm.Group{ID: group, Name: "x"}) },
		"delete group":      func(tx *store.Tx) error { return tx.DeleteGroup(mine, group) },
		"save brand":        func(tx *store.Tx) error { return tx.SaveBrand(mine, &dm.Brand{ID: brand, Name: "x"}) },
		"save inbox": func(tx *store.Tx) error {
			return tx.SaveInbox(mine, &dm.Inbox{ID: inbox, Name: "x", Address: "x@acme.example"})
		},
		"save role":         func(tx *store.Tx) error { return tx.SaveRole(mine, &dm.Role{ID: role, Name: "x"}) },
		"delete role":       func(tx *store.Tx) error { return tx.DeleteRole(mine, role) },
		"delete department": func(tx *store.Tx) error { return tx.DeleteDepartment(mine, department) },
		"delete company":    func(tx *store.Tx) error { return tx.DeleteCompany(mine, company) },
		"delete status":     func(tx *store.Tx) error { return tx.DeleteTicketStatus(mine, status) },
		"save field":        func(tx *store.Tx) error { return tx.SaveTicketField(mine, &dm.TicketField{ID: field, Name: "x"}) },
		"revoke token":      func(tx *store.Tx) error { return tx.RevokeAPIToken(mine, token) },
		"link": func(tx *store.Tx) error {
			return tx.CreateSetupLink(mine, store.SetupLink{PersonID: person, Purpose: store.LinkReset, ExpiresAt: tx.Now() + longTime}, digest("l"))
		},
	} {
		if err := db.Write(t.Context(), store.Urgent, f); dm.CodeOf(err) != dm.NotFound {
			t.Errorf("%s of another account: %v", name, err)
		}
	}
	if err := db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error { return tx.CreateSession(mine, person, digest("s"), tx.Now()+longTime) }); err == nil {
		t.Error("a session in one account for a person of another")
	}
}
