package app

import (
	"context"
	"encoding/json"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Signed is who a session or an API token stands for.
type Signed = store.Signed

var (
	errWrongSignIn = dm.Errorf(dm.Unauthenticated, "The address or the password is wrong.").With("wrong_sign_in")
	errNotSignedIn = dm.Errorf(dm.Unauthenticated, "Sign in to do this.")
	errNoPasswords = dm.Errorf(dm.Forbidden, "Agents of this desk sign in through a provider, not with a password.").With("password_sign_in_off")
	errStepOver    = dm.Errorf(dm.Unauthenticated, "This took too long. Please sign in again.").With("step_over")
	errNeedsTOTP   = dm.Errorf(dm.Forbidden, "This desk asks you for a second factor. Set it up first.").With("totp_required")
)

// ErrNeedsTOTP is the answer for everything but setting up a second factor, to
// whoever must have one and has none.
func ErrNeedsTOTP() error { return errNeedsTOTP }

// NewSession is what signing in gives: the secret of the session, which is kept
// nowhere, and whose it is.
type NewSession struct {
	Secret  string
	Expires dm.Time
	Person  dm.PersonRef
}

// SignIn opens a session for the person with this primary address, and gives
// its secret, which is kept nowhere. Whoever is unknown, deactivated or without
// a password gets the same Unauthenticated, after the same time, as somebody
// with a wrong password. Whoever has a second factor gets Unauthenticated with
// the reason code_required: see SignInWith. Forbidden with the reason
// password_sign_in_off where agents sign in through a provider. Unavailable when
// too many people sign in at once.
func (a *App) SignIn(ctx context.Context, account int64, address, password string) (secret string, expires dm.Time, person dm.PersonRef, err error) {
	s, err := a.SignInWith(ctx, account, address, password, "")
	return s.Secret, s.Expires, s.Person, err
}

// SignInWith is SignIn with the code of the second factor, or a recovery code:
// "" for those who have none. A wrong code, and one that was used before, is
// Unauthenticated with the reason wrong_code.
func (a *App) SignInWith(ctx context.Context, account int64, address, password, code string) (NewSession, error) {
	c, err := a.checkPassword(ctx, account, address, password)
	if err != nil {
		return NewSession{}, err
	}
	return a.passwordSession(ctx, c, code)
}

// BeginSignIn is SignIn for pages. Where a second factor is asked for it gives a
// step instead of a session: a sealed text that stands for the right password
// for some minutes, to be kept in the browser and given to FinishSignIn.
func (a *App) BeginSignIn(ctx context.Context, account int64, address, password string) (s NewSession, step string, err error) {
	c, err := a.checkPassword(ctx, account, address, password)
	if err != nil {
		return s, "", err
	}
	s, err = a.passwordSession(ctx, c, "")
	if dm.ReasonOf(err) != errCodeRequired.Reason {
		return s, "", err
	}
	// The key is there: the second factor is sealed with it.
	sealer, err := fetch(ctx, a, signInSealer)
	if err != nil {
		return NewSession{}, "", err
	}
	text, err := json.Marshal(signInStep{Person: c.known.Person.ID, Address: address, Password: credential.HashSecret(c.known.PasswordHash), Until: a.Now().Add(stepLasts)})
	return NewSession{}, sealer.Seal(stepPlace(account), string(text)), err
}

// FinishSignIn opens the session for which BeginSignIn gave the step.
// Unauthenticated with the reason step_over when its time is over, or the
// password was changed meanwhile, and wrong_code as SignInWith.
func (a *App) FinishSignIn(ctx context.Context, account int64, step, code string) (NewSession, error) {
	s, err := a.readStep(ctx, account, step)
	if err != nil {
		return NewSession{}, err
	}
	known, err := fetch(ctx, a, func(tx *store.Tx) (store.SignIn, error) { return tx.SignInOf(account, s.Person) })
	if err != nil {
		return NewSession{}, err
	}
	if credential.HashSecret(known.PasswordHash) != s.Password {
		return NewSession{}, errStepOver
	}
	if code == "" {
		return NewSession{}, errWrongCode
	}
	return a.passwordSession(ctx, &passwordCheck{account: account, known: known}, code)
}

// StepAddress gives the address that a step was begun with, by which tries are
// counted; "" for a step that does not hold.
func (a *App) StepAddress(ctx context.Context, account int64, step string) string {
	s, err := a.readStep(ctx, account, step)
	if err != nil {
		return ""
	}
	return s.Address
}

// signInStep is what a sealed step says.
type signInStep struct {
	Person   int64   `json:"p"`
	Address  string  `json:"a"`
	Password string  `json:"h"` // of the hash that was right, hashed
	Until    dm.Time `json:"u"`
}

// stepLasts is how long somebody may look for their code.
const stepLasts = 10 * time.Minute

func stepPlace(account int64) string { return "account " + idText(account) + " step" }

func (a *App) readStep(ctx context.Context, account int64, step string) (*signInStep, error) {
	sealer, err := fetch(ctx, a, signInSealer)
	if err != nil {
		return nil, errStepOver // there is no key, so nobody was given a step
	}
	text, err := sealer.Open(stepPlace(account), step)
	if err != nil {
		return nil, errStepOver
	}
	s := &signInStep{}
	if err := json.Unmarshal([]byte(text), s); err != nil || s.Until <= a.Now() {
		return nil, errStepOver
	}
	return s, nil
}

// passwordCheck is a password that was found right.
type passwordCheck struct {
	account int64
	known   store.SignIn
	newHash string // "" where the kept one will do
}

func (a *App) checkPassword(ctx context.Context, account int64, address, password string) (*passwordCheck, error) {
	if len(address) > 1000 {
		address = ""
	}
	known, err := fetch(ctx, a, func(tx *store.Tx) (store.SignIn, error) { return tx.SignInByAddress(account, address) })
	if err != nil {
		return nil, err
	}
	ok, rehash, err := passwords.Verify(ctx, known.PasswordHash, password)
	if err != nil {
		return nil, err
	}
	if !ok || !known.Person.Active {
		return nil, errWrongSignIn
	}
	c := &passwordCheck{account: account, known: known}
	if rehash {
		c.newHash, err = passwords.Hash(ctx, password)
	}
	return c, err
}

// passwordSession opens the session of somebody whose password was right, if
// nothing has changed since and the code is right where one is asked for.
func (a *App) passwordSession(ctx context.Context, c *passwordCheck, code string) (s NewSession, err error) {
	person := c.known.Person.ID
	err = a.write(ctx, func(tx *store.Tx) error {
		now, err := tx.SignInOf(c.account, person)
		if err != nil {
			return err
		}
		if !now.Person.Active || now.PasswordHash != c.known.PasswordHash {
			return errWrongSignIn
		}
		method, err := secondFactor(tx, c.account, &now.Person, code)
		if err != nil {
			return err
		}
		if c.newHash != "" {
			if err := tx.SetPasswordHash(c.account, person, c.newHash); err != nil {
				return err
			}
		}
		s = NewSession{Person: now.Person}
		if s.Secret, s.Expires, err = openSession(tx, dm.ByPassword, c.account, person); err != nil {
			return err
		}
		return auditSignIn(tx, c.account, &now.Person, method)
	})
	if err != nil {
		return NewSession{}, err
	}
	return s, nil
}

// secondFactor refuses whoever may not sign in with a password, and asks those
// who have a second factor for its code. It says by what the person signs in.
func secondFactor(tx *store.Tx, account int64, p *dm.PersonRef, code string) (method string, err error) {
	if allowed, err := passwordAllowed(tx, account, p); err != nil || !allowed {
		if err == nil {
			err = errNoPasswords
		}
		return "", err
	}
	kept, err := tx.TOTP(account, p.ID)
	if err != nil || kept == nil || !kept.Confirmed || p.Kind != dm.Agent {
		return "password", err
	}
	if code == "" {
		return "", errCodeRequired
	}
	recovery, ok, err := checkCode(tx, account, p.ID, kept, code)
	switch {
	case err != nil || !ok:
		return "", orWrongCode(err)
	case recovery:
		return "password, recovery code", nil
	}
	return "password, code", nil
}

// passwordAllowed says whether a person may sign in with a password.
func passwordAllowed(tx *store.Tx, account int64, p *dm.PersonRef) (bool, error) {
	if p.Kind != dm.Agent {
		return true, nil
	}
	dir, err := tx.Directory(account)
	if err != nil || dir.Settings.PasswordSignIn {
		return err == nil, err
	}
	owner, err := tx.IsActiveOwner(account, p.ID)
	return owner, err
}

// auditSignIn adds a line about an agent who signed in, with the method.
func auditSignIn(tx *store.Tx, account int64, p *dm.PersonRef, method string) error {
	if p.Kind != dm.Agent {
		return nil
	}
	return tx.Audit(account, &store.AuditLine{ActorID: p.ID, Action: "person.signed_in", ObjectKind: "person", ObjectID: p.ID,
		Data: store.AuditData{Cause: dm.CausePerson, Changes: []dm.FieldChange{{Field: "method", New: method}}}})
}

// openSession keeps a new session, as long as the account's settings say.
func openSession(tx *store.Tx, method dm.SignInMethod, account, person int64) (secret string, expires dm.Time, err error) {
	s, err := tx.Settings(account)
	if err != nil {
		return "", 0, err
	}
	secret = credential.NewSecret(credential.Session)
	expires = tx.Now().Add(time.Duration(s.SessionDays) * 24 * time.Hour)
	return secret, expires, tx.CreateSessionBy(method, account, person, credential.HashSecret(secret), expires)
}

// SignOut ends a session by its secret. An unknown one is no error.
func (a *App) SignOut(ctx context.Context, account int64, secret string) error {
	if !credential.IsSecret(credential.Session, secret) {
		return nil
	}
	return a.write(ctx, func(tx *store.Tx) error { return tx.DeleteSession(account, credential.HashSecret(secret)) })
}

// BySession resolves the secret of a session to who is signed in. Unknown,
// ended and expired ones, and those of deactivated people, are Unauthenticated.
func (a *App) BySession(ctx context.Context, account int64, secret string) (*Signed, error) {
	if !credential.IsSecret(credential.Session, secret) {
		return nil, errNotSignedIn
	}
	return fetch(ctx, a, func(tx *store.Tx) (*Signed, error) { return tx.BySession(credential.HashSecret(secret), account) })
}

// ByToken resolves the secret of an API token, as BySession does.
func (a *App) ByToken(ctx context.Context, account int64, secret string) (*Signed, error) {
	if !credential.IsSecret(credential.APIToken, secret) {
		return nil, errNotSignedIn
	}
	return fetch(ctx, a, func(tx *store.Tx) (*Signed, error) { return tx.ByToken(credential.HashSecret(secret), account) })
}
