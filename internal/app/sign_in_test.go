package app

import (
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// signIn signs in with the test password.
func (d *desk) signIn(address string) string {
	d.Helper()
	secret, _, _, err := d.SignIn(d.Context(), d.account, address, testPassword)
	d.must(err)
	return secret
}

func (d *desk) wantSession(secret string, person int64) {
	d.Helper()
	s, err := d.BySession(d.Context(), d.account, secret)
	if person == 0 {
		d.refused(err, dm.Unauthenticated)
		return
	}
	d.must(err)
	if s.Viewer.Person() != person {
		d.Errorf("session of %d, want %d", s.Viewer.Person(), person)
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	ann, rob := d.agent("Ann", d.roles["agent"]), d.requester("Rob")
	nobody := d.agent("Nopass", d.roles["agent"])
	for _, id := range []int64{ann, rob} {
		d.must(d.SetPassword(t.Context(), d.asOwner(), id, testPassword))
	}
	d.must(d.UpdatePerson(t.Context(), d.asOwner(), ann, PersonPatch{Others: &[]string{"ann.two@acme.example"}}))
	secret, expires, person, err := d.SignIn(t.Context(), d.account, "ANN@acme.example", testPassword)
	d.must(err)
	if !credential.IsSecret(credential.Session, secret) || person.ID != ann || person.Name != "Ann" || person.Kind != dm.Agent {
		t.Errorf("signed in as %+v with %q", person, secret)
	}
	if life := expires.Sub(d.DB.Now()); life < 13*24*time.Hour || life > 14*24*time.Hour {
		t.Errorf("the session lasts %s", life)
	}
	d.wantSession(secret, ann)
	d.wantSession(d.signIn("rob@acme.example"), rob)
	other := addDesk(t, d.App, "globex")
	answers := map[string]bool{}
	for name, in := range map[string]struct {
		account           int64
		address, password string
	}{
		"wrong password":      {d.account, "ann@acme.example", testPassword + "x"},
		"empty password":      {d.account, "ann@acme.example", ""},
		"no password set":     {d.account, "nopass@acme.example", testPassword},
		"no password, empty":  {d.account, "nopass@acme.example", ""},
		"unknown":             {d.account, "unknown@acme.example", testPassword},
		"empty address":       {d.account, "", testPassword},
		"very long address":   {d.account, strings.Repeat("a", 1<<20), testPassword},
		"very long password":  {d.account, "ann@acme.example", strings.Repeat("a", 1<<20)},
		"secondary address":   {d.account, "ann.two@acme.example", testPassword},
		"in another account":  {other.account, "ann@acme.example", testPassword},
		"in no account":       {0, "ann@acme.example", testPassword},
		"the hash as address": {d.account, "$argon2id$", "$argon2id$"},
	} {
		secret, expires, person, err := d.SignIn(t.Context(), in.account, in.address, in.password)
		if dm.CodeOf(err) != dm.Unauthenticated || secret != "" || expires != 0 || person != (dm.PersonRef{}) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		answers[err.Error()] = true
	}
	if len(answers) != 1 {
		t.Errorf("the answers differ: %v", answers)
	}
	if d.person(nobody).HasPassword {
		t.Error("somebody got a password")
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	d.must(d.SetPassword(t.Context(), d.asOwner(), d.owner, testPassword))
	one, two := d.signIn("owner@acme.example"), d.signIn("owner@acme.example")
	d.must(d.SignOut(t.Context(), d.account+1, one))
	d.wantSession(one, d.owner)
	d.must(d.SignOut(t.Context(), d.account, one))
	d.must(d.SignOut(t.Context(), d.account, one))
	d.must(d.SignOut(t.Context(), d.account, "rubbish"))
	d.wantSession(one, 0)
	d.wantSession(two, d.owner)
	d.wantSession("", 0)
	d.refused(second(d.ByToken(t.Context(), d.account, two)), dm.Unauthenticated)
}

func TestRehash(t *testing.T) {
	d := testDesk(t)
	d.must(d.SetPassword(t.Context(), d.asOwner(), d.owner, testPassword))
	stored := func() string {
		known, err := fetch(t.Context(), d.App, func(tx *store.Tx) (store.SignIn, error) { return tx.SignInOf(d.account, d.owner) })
		d.must(err)
		return known.PasswordHash
	}
	before, cheap := stored(), passwords
	passwords = credential.NewHasher(credential.Params{Memory: 128, Passes: 2, Lanes: 1})
	defer func() { passwords = cheap }()
	d.signIn("owner@acme.example")
	if after := stored(); after == before || !strings.Contains(after, "m=128,t=2") {
		t.Errorf("the stored hash is %q", after)
	}
	d.signIn("owner@acme.example")
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	ann := d.agent("Ann", d.roles["agent"])
	d.must(d.SetPassword(t.Context(), d.asOwner(), ann, testPassword))
	here, there := d.signIn("ann@acme.example"), d.signIn("ann@acme.example")
	v := d.as(ann)
	change := func(v *access.Viewer, old, password string) error {
		return d.ChangePassword(t.Context(), v, here, old, password)
	}
	d.refused(change(v, "wrong", "another long password"), dm.Unauthenticated)
	d.refused(change(nil, testPassword, "another long password"), dm.Forbidden)
	d.refused(change(v.WithToken(1, "t", dm.AllPermissions), testPassword, "another long password"), dm.Forbidden)
	d.refused(change(access.System(d.account, "x"), testPassword, "another long password"), dm.Forbidden)
	d.faulty(change(v, testPassword, "short"), "password")
	d.faulty(change(v, testPassword, "Ann@acme.example"), "password")
	d.wantSession(there, ann)
	d.must(change(v, testPassword, "another long password"))
	d.wantSession(here, ann)
	d.wantSession(there, 0)
	_, _, _, err := d.SignIn(t.Context(), d.account, "ann@acme.example", testPassword)
	d.refused(err, dm.Unauthenticated)
	_, _, _, err = d.SignIn(t.Context(), d.account, "ann@acme.example", "another long password")
	d.must(err)
	d.faulty(d.SetPassword(t.Context(), d.asOwner(), ann, "short"), "password")
}

func TestFirstRun(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	page, err := d.SetupPage(t.Context(), d.account, d.link.Secret)
	d.must(err)
	if !page.FirstRun || !page.SharingEnabled || page.AccountName != "Desk acme" || page.Person.Address != "owner@acme.example" {
		t.Errorf("page: %+v", page)
	}
	finish := func(in FirstRun) (string, error) {
		session, _, _, err := d.FinishSetup(t.Context(), d.account, d.link.Secret, in)
		return session, err
	}
	_, err = finish(FirstRun{AccountName: "  ", Password: "short", SharingEnabled: true})
	d.faulty(err, "account_name", "password")
	_, _, _, err = d.TakeInvite(t.Context(), d.account, d.link.Secret, testPassword)
	d.refusedFor(err, dm.Gone, "link_gone")
	session, err := finish(FirstRun{AccountName: "Acme Ltd", Password: testPassword, SharingEnabled: true})
	d.must(err)
	d.wantSession(session, d.owner)
	d.wantSession(d.signIn("owner@acme.example"), d.owner)
	account, err := d.Account(t.Context(), d.asOwner())
	d.must(err)
	settings, err := d.Settings(t.Context(), d.asOwner())
	d.must(err)
	if account.Name != "Acme Ltd" || settings["sharing.enabled"] != true {
		t.Errorf("account %q, sharing %v", account.Name, settings["sharing.enabled"])
	}
	_, err = finish(FirstRun{AccountName: "Mine", Password: "another long password"})
	d.refusedFor(err, dm.Gone, "link_gone")
	d.refusedFor(second(d.SetupPage(t.Context(), d.account, d.link.Secret)), dm.Gone, "link_gone")
	lines, _, err := d.AuditLog(t.Context(), d.asOwner(), AuditFilter{}, Page{})
	d.must(err)
	for _, l := range lines {
		for _, c := range l.Data.Changes {
			if strings.Contains(c.Old+c.New, testPassword) || strings.Contains(c.Old+c.New, d.link.Secret) || strings.Contains(c.New, "argon2") {
				t.Errorf("a secret in the log: %+v", l)
			}
		}
	}
}

func TestFirstRunWithoutSharing(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	_, _, _, err := d.FinishSetup(t.Context(), d.account, d.link.Secret, FirstRun{AccountName: "Acme", Password: testPassword})
	d.must(err)
	settings, err := d.Settings(t.Context(), d.asOwner())
	d.must(err)
	if settings["sharing.enabled"] != false {
		t.Error("sharing is on although the owner said no")
	}
}

func TestInvite(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	ann := d.agent("Ann", d.roles["agent"])
	first, err := d.InvitePerson(t.Context(), d.asOwner(), ann)
	d.must(err)
	if life := first.Expires.Sub(d.DB.Now()); life < 6*24*time.Hour || life > 7*24*time.Hour {
		t.Errorf("an invitation lasts %s", life)
	}
	link, err := d.InvitePerson(t.Context(), d.asOwner(), ann)
	d.must(err)
	take := func(secret, password string) (string, error) {
		session, _, person, err := d.TakeInvite(t.Context(), d.account, secret, password)
		if err == nil && person.ID != ann {
			t.Errorf("signed in as %+v", person)
		}
		return session, err
	}
	answers := map[string]bool{}
	for _, secret := range []string{"", "rubbish", first.Secret, credential.NewSecret(credential.SetupLink), credential.NewSecret(credential.Session)} {
		_, err := take(secret, testPassword)
		d.refusedFor(err, dm.Gone, "link_gone")
		answers[err.Error()] = true
	}
	if len(answers) != 1 {
		t.Errorf("the answers differ: %v", answers)
	}
	_, _, _, err = d.TakeInvite(t.Context(), d.account+1, link.Secret, testPassword)
	d.refused(err, dm.Gone)
	_, _, _, err = d.FinishSetup(t.Context(), d.account, link.Secret, FirstRun{AccountName: "Mine", Password: testPassword})
	d.refused(err, dm.Gone)
	_, err = take(link.Secret, "ANN@acme.example")
	d.faulty(err, "password")
	session, err := take(link.Secret, testPassword)
	d.must(err)
	d.wantSession(session, ann)
	_, err = take(link.Secret, testPassword)
	d.refused(err, dm.Gone)
	// A link for a new password lasts a day and ends the sessions.
	reset, err := d.InvitePerson(t.Context(), d.asOwner(), ann)
	d.must(err)
	if life := reset.Expires.Sub(d.DB.Now()); life > 24*time.Hour {
		t.Errorf("a link for a new password lasts %s", life)
	}
	_, err = take(reset.Secret, "another long password")
	d.must(err)
	d.wantSession(session, 0)
}

func TestTokens(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	ann := d.agent("Ann", d.roles["agent"])
	bob := d.agent("Bob", d.roles["agent"])
	v := d.as(ann)
	_, _, err := d.CreateToken(t.Context(), v, NewToken{Name: " ", Scopes: []dm.Permission{dm.TicketsShare, dm.PeopleManage, "x"}, ExpiresAt: 1})
	d.faulty(err, "name", "scopes[1]", "scopes[2]", "expires_at")
	secret, token, err := d.CreateToken(t.Context(), v, NewToken{Name: "Script", Scopes: []dm.Permission{dm.TicketsShare}, ExpiresAt: d.DB.Now().Add(time.Hour)})
	d.must(err)
	if !credential.IsSecret(credential.APIToken, secret) || token.PersonID != ann || token.CreatedAt == 0 {
		t.Errorf("token %q: %+v", secret, token)
	}
	s, err := d.ByToken(t.Context(), d.account, secret)
	d.must(err)
	if s.Viewer.Person() != ann || s.Viewer.Permissions() != dm.PermissionsOf(dm.TicketsShare) || s.Viewer.Cause().ID != token.ID {
		t.Errorf("the token may %v", s.Viewer.Permissions().List())
	}
	readOnly, _, err := d.CreateToken(t.Context(), v, NewToken{Name: "Reader"})
	d.must(err)
	if s, err := d.ByToken(t.Context(), d.account, readOnly); err != nil || s.Viewer.Permissions() != 0 {
		t.Errorf("a token without scopes: %v", err)
	}
	for _, w := range []*access.Viewer{nil, s.Viewer, d.as(d.requester("Rob")), access.System(d.account, "x"), d.asOwner().WithToken(9, "t", dm.AllPermissions)} {
		_, _, err := d.CreateToken(t.Context(), w, NewToken{Name: "More"})
		d.refused(err, dm.Forbidden)
	}
	_, _, err = d.Tokens(t.Context(), d.as(bob), ann, Page{})
	d.refused(err, dm.Forbidden)
	for _, w := range []*access.Viewer{v, d.asOwner()} {
		list, _, err := d.Tokens(t.Context(), w, ann, Page{})
		d.must(err)
		if len(list) != 2 || list[0].Name != "Script" {
			t.Errorf("tokens: %+v", list)
		}
	}
	d.refused(d.RevokeToken(t.Context(), d.as(bob), token.ID), dm.NotFound)
	d.must(d.RevokeToken(t.Context(), d.asOwner(), token.ID))
	d.refused(second(d.ByToken(t.Context(), d.account, secret)), dm.Unauthenticated)
	d.refused(d.RevokeToken(t.Context(), v, token.ID), dm.NotFound)
	d.refused(second(d.ByToken(t.Context(), d.account, "")), dm.Unauthenticated)
	d.refused(second(d.BySession(t.Context(), d.account, readOnly)), dm.Unauthenticated)
	list, _, err := d.Tokens(t.Context(), v, ann, Page{})
	d.must(err)
	if len(list) != 1 {
		t.Errorf("tokens after one was revoked: %+v", list)
	}
}
