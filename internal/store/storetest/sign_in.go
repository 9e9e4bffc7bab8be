package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

func testSecondFactor(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	kept := func(account int64) *store.TOTP {
		return read(t, db, func(tx *store.Tx) (*store.TOTP, error) { return tx.TOTP(account, ann) })
	}
	if kept(account) != nil {
		t.Error("a second factor from the start")
	}
	if err := db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error { return tx.BeginTOTP(other, ann, "sealed") }); err == nil {
		t.Error("a second factor in one account for a person of another")
	}
	write(t, db, func(tx *store.Tx) error { return tx.BeginTOTP(account, ann, "first") })
	write(t, db, func(tx *store.Tx) error { return tx.BeginTOTP(account, ann, "second") })
	if diff := cmp.Diff(&store.TOTP{Secret: "second"}, kept(account)); diff != "" {
		t.Error(diff)
	}
	if person(t, db, account, ann).HasTOTP {
		t.Error("it counts before it is confirmed")
	}
	write(t, db, func(tx *store.Tx) error { return tx.ConfirmTOTP(account, ann) })
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.ConfirmTOTP(account, ann) })
	refused(t, db, dm.Conflict, func(tx *store.Tx) error { return tx.BeginTOTP(account, ann, "third") })
	if !person(t, db, account, ann).HasTOTP || kept(other) != nil {
		t.Error("it does not count, or counts elsewhere")
	}
	took := func(account, step int64) bool {
		var ok bool
		write(t, db, func(tx *store.Tx) (err error) { ok, err = tx.TakeTOTPStep(account, ann, step); return err })
		return ok
	}
	if took(other, 100) || !took(account, 100) || took(account, 100) || took(account, 99) || !took(account, 101) {
		t.Error("a step is taken twice, or an earlier one after it")
	}
	codes := []string{digest("a"), digest("b")}
	write(t, db, func(tx *store.Tx) error { return tx.SetRecoveryCodes(account, ann, codes) })
	used := func(account int64, code string) bool {
		var ok bool
		write(t, db, func(tx *store.Tx) (err error) { ok, err = tx.UseRecoveryCode(account, ann, code); return err })
		return ok
	}
	if used(other, codes[0]) || used(account, digest("c")) || !used(account, codes[0]) || used(account, codes[0]) {
		t.Error("a recovery code counts twice, or elsewhere")
	}
	if n := read(t, db, func(tx *store.Tx) (int, error) { return tx.CountRecoveryCodes(account, ann) }); n != 1 {
		t.Errorf("%d recovery codes are left", n)
	}
	write(t, db, func(tx *store.Tx) error { return tx.ErasePerson(account, ann) })
	if n := read(t, db, func(tx *store.Tx) (int, error) { return tx.CountRecoveryCodes(account, ann) }); n != 0 || kept(account) != nil {
		t.Error("an erased person keeps a second factor")
	}
}

func testSignInProviders(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	bob := newPerson(t, db, account, dm.Agent, "Bob", "bob@acme.example")
	role := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateRole(account, &dm.Role{Name: "Reader"}) })
	p := &dm.SignInProvider{Name: "Login", Issuer: "https://login.example", ClientID: "desk", Match: dm.MatchAddress, AllowedDomains: []string{"acme.example"}, DefaultRoles: []int64{role}}
	id := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateSignInProvider(account, p) })
	get := func() *dm.SignInProvider {
		return read(t, db, func(tx *store.Tx) (*dm.SignInProvider, error) { return tx.SignInProvider(account, id) })
	}
	p.CreatedAt, p.UpdatedAt = get().CreatedAt, get().UpdatedAt
	if diff := cmp.Diff(p, get()); diff != "" {
		t.Error(diff)
	}
	write(t, db, func(tx *store.Tx) error { return tx.SetProviderSecret(account, id, "sealed") })
	p.Enabled, p.CreateAgents, p.Name, p.DefaultRoles, p.AllowedDomains = true, true, "Sign-on", nil, []string{}
	write(t, db, func(tx *store.Tx) error { return tx.SaveSignInProvider(account, p) })
	if got := get(); !got.HasSecret || !got.Enabled || !got.CreateAgents || got.Name != "Sign-on" || len(got.DefaultRoles)+len(got.AllowedDomains) > 0 {
		t.Errorf("saved: %+v", got)
	}
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.SignInProvider, error) { return tx.SignInProvider(other, id) })
	unread(t, db, dm.NotFound, func(tx *store.Tx) (string, error) { return tx.ProviderSecret(other, id) })
	for _, f := range []func(*store.Tx) error{
		func(tx *store.Tx) error { return tx.SaveSignInProvider(other, p) },
		func(tx *store.Tx) error { return tx.SetProviderSecret(other, id, "x") },
		func(tx *store.Tx) error { return tx.DeleteSignInProvider(other, id) },
	} {
		refused(t, db, dm.NotFound, f)
	}

	write(t, db, func(tx *store.Tx) error { return tx.LinkSubject(account, ann, p.Issuer, "a") })
	refused(t, db, dm.Conflict, func(tx *store.Tx) error { return tx.LinkSubject(account, ann, p.Issuer, "another") })
	refused(t, db, dm.Conflict, func(tx *store.Tx) error { return tx.LinkSubject(account, bob, p.Issuer, "a") })
	if err := db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error { return tx.LinkSubject(other, ann, p.Issuer, "a") }); err == nil {
		t.Error("a link in one account to a person of another")
	}
	write(t, db, func(tx *store.Tx) error { return tx.LinkSubject(account, ann, "https://other.example", "a") })
	who := func(account int64, issuer, subject string) int64 {
		return read(t, db, func(tx *store.Tx) (int64, error) { return tx.PersonBySubject(account, issuer, subject) })
	}
	write(t, db, func(tx *store.Tx) error { return tx.DeleteSignInProvider(account, id) })
	if who(account, p.Issuer, "a") != ann || who(account, p.Issuer, "A") != 0 || who(account, p.Issuer+"/", "a") != 0 || who(other, p.Issuer, "a") != 0 {
		t.Error("a subject is not the person's, or also somebody else's")
	}
	write(t, db, func(tx *store.Tx) error { return tx.ErasePerson(account, ann) })
	if who(account, p.Issuer, "a") != 0 {
		t.Error("an erased person is still known")
	}
}

func testPeopleImports(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	i := &dm.PeopleImport{PersonID: ann, Kind: dm.Requester, Columns: []dm.ImportColumn{{Header: "E-Mail", Field: "address"}}, Total: 2}
	i.ID = made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreatePeopleImport(account, i, "source") })
	get := func() *dm.PeopleImport {
		return read(t, db, func(tx *store.Tx) (*dm.PeopleImport, error) { return tx.PeopleImport(account, i.ID) })
	}
	i.State, i.CreatedAt = dm.ImportWaiting, get().CreatedAt
	if diff := cmp.Diff(i, get()); diff != "" {
		t.Error(diff)
	}
	source := func() string {
		return read(t, db, func(tx *store.Tx) (string, error) { return tx.ImportSource(account, i.ID) })
	}
	faults := []dm.ImportFault{{Line: 3, Cells: []string{"x"}, Problems: []string{"No."}}}
	i.State, i.Done, i.Created, i.Faulty = dm.ImportRunning, 2, 1, 1
	write(t, db, func(tx *store.Tx) error { return tx.SaveImport(account, i) })
	for range 2 {
		write(t, db, func(tx *store.Tx) error { return tx.AddImportFaults(account, i.ID, faults) })
	}
	if source() != "source" || read(t, db, func(tx *store.Tx) (int, error) { return tx.CountWaitingImports(account, 0) }) != 1 {
		t.Error("what is left to do is gone")
	}
	i.State = dm.ImportDone
	write(t, db, func(tx *store.Tx) error { return tx.SaveImport(account, i) })
	if got := get(); source() != "" || got.FinishedAt == 0 || got.Created != 1 || got.Faulty != 1 {
		t.Errorf("at its end: %+v", got)
	}
	for at, want := range map[int64]int{account: 1, other: 0} {
		list := read(t, db, func(tx *store.Tx) ([]dm.ImportFault, error) { return tx.ImportFaults(at, i.ID, 0, 10) })
		if len(list) != want {
			t.Errorf("faulty lines: %+v", list)
		}
	}
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.PeopleImport, error) { return tx.PeopleImport(other, i.ID) })
	var n int64
	write(t, db, func(tx *store.Tx) (err error) { n, err = tx.DropOldImports(account, tx.Now()+1, 10); return err })
	if n != 1 || len(read(t, db, func(tx *store.Tx) ([]dm.PeopleImport, error) { return tx.PeopleImports(account, 0, 10) })) != 0 {
		t.Errorf("%d are dropped", n)
	}
	found := read(t, db, func(tx *store.Tx) (map[string]int64, error) {
		return tx.PeopleByAddresses(account, []string{store.Fold("Ann@acme.example"), "nobody@acme.example"})
	})
	if diff := cmp.Diff(map[string]int64{"ann@acme.example": ann}, found); diff != "" {
		t.Error(diff)
	}
}
