package app

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"strings"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// The second factor is a code that changes with time (RFC 6238): six digits,
// SHA-1, thirty seconds, which every authenticator understands. The code of the
// step before and after is taken too, and each step once.
const (
	totpPeriod    = 30 // seconds
	totpSkew      = 1  // steps
	recoveryCodes = 10
	recoveryBytes = 10 // 80 random bits in each
	maxCode       = 100
)

// signInSecret names the server's key under which everything about signing in is
// sealed: secrets of second factors and of providers, and the steps of a sign-in.
const signInSecret = "sign-in"

var (
	errWrongCode    = dm.Errorf(dm.Unauthenticated, "The code is wrong, or was used before.").With("wrong_code")
	errCodeRequired = dm.Errorf(dm.Unauthenticated, "The password is right. Now enter the code of your authenticator, or a recovery code.").With("code_required")
	errNoTOTP       = dm.Errorf(dm.Conflict, "The second factor is not being set up. Begin anew.").With("totp_off")
)

// TOTPSetup is a second factor that is being set up: what an authenticator reads.
type TOTPSetup struct {
	Secret string // in base32, to be typed
	URI    string // otpauth://, which the code in two dimensions holds
}

// TOTPState is how a person's second factor stands.
type TOTPState struct {
	On        bool
	Required  bool // the account asks this person for it
	CodesLeft int
}

func totpPlace(account, person int64) string {
	return "account " + idText(account) + " person " + idText(person) + " totp"
}

// signInSealer seals what belongs to signing in. The key must be there already,
// or the transaction be a write.
func signInSealer(tx *store.Tx) (*credential.Sealer, error) {
	key, err := tx.Secret(signInSecret)
	if err != nil {
		return nil, err
	}
	return credential.NewSealer(key)
}

// mayHaveTOTP refuses those who have no second factor of their own: requesters,
// and programs, which sign in with a token.
func mayHaveTOTP(v *access.Viewer) error {
	if v == nil || v.Person() == 0 || v.ByToken() || !v.IsAgent() {
		return dm.ErrForbidden
	}
	return nil
}

// TOTPState tells how the viewer's second factor stands.
func (a *App) TOTPState(ctx context.Context, v *access.Viewer) (TOTPState, error) {
	return fetch(ctx, a, func(tx *store.Tx) (s TOTPState, err error) {
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return s, err
		}
		s.Required = dir.Settings.RequireTOTP.Demands(v.IsAgent(), v.Permissions())
		if s.On, err = tx.HasTOTP(v.Account(), v.Person()); err != nil || !s.On {
			return s, err
		}
		s.CodesLeft, err = tx.CountRecoveryCodes(v.Account(), v.Person())
		return s, err
	})
}

// BeginTOTP makes a secret for the viewer's second factor, which does not count
// before ConfirmTOTP. Forbidden for requesters and API tokens, Conflict with the
// reason totp_on where it is on.
func (a *App) BeginTOTP(ctx context.Context, v *access.Viewer) error {
	if err := mayHaveTOTP(v); err != nil {
		return err
	}
	return a.administer(ctx, v, "", func(t *act) error {
		key, err := totp.Generate(totp.GenerateOpts{Issuer: "Deskmesh", AccountName: "-", Period: totpPeriod})
		if err != nil {
			return err
		}
		sealer, err := signInSealer(t.tx)
		if err != nil {
			return err
		}
		return t.tx.BeginTOTP(t.account, t.viewer.Person(), sealer.Seal(totpPlace(t.account, t.viewer.Person()), key.Secret()))
	})
}

// PendingTOTP shows the second factor that the viewer is setting up; nil when
// none is, or when it is on.
func (a *App) PendingTOTP(ctx context.Context, v *access.Viewer) (*TOTPSetup, error) {
	if err := mayHaveTOTP(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*TOTPSetup, error) {
		kept, err := tx.TOTP(v.Account(), v.Person())
		if err != nil || kept == nil || kept.Confirmed {
			return nil, err
		}
		secret, err := openTOTP(tx, v.Account(), v.Person(), kept)
		if err != nil {
			return nil, err
		}
		account, err := tx.Account(v.Account())
		if err != nil {
			return nil, err
		}
		person, err := tx.Person(v.Account(), v.Person())
		if err != nil {
			return nil, err
		}
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
		if err != nil {
			return nil, err
		}
		// A colon would end the name of the desk in the address.
		key, err := totp.Generate(totp.GenerateOpts{Issuer: strings.ReplaceAll(account.Name, ":", " "), AccountName: person.Address, Period: totpPeriod, Secret: raw})
		if err != nil {
			return nil, err
		}
		return &TOTPSetup{Secret: secret, URI: key.URL()}, nil
	})
}

// ConfirmTOTP turns the viewer's second factor on with a first code and gives
// the recovery codes, which are shown this once. Unauthenticated with the reason
// wrong_code, Conflict where nothing is being set up.
func (a *App) ConfirmTOTP(ctx context.Context, v *access.Viewer, code string) (codes []string, err error) {
	if err := mayHaveTOTP(v); err != nil {
		return nil, err
	}
	err = a.administer(ctx, v, "", func(t *act) error {
		person := t.viewer.Person()
		kept, err := t.tx.TOTP(t.account, person)
		if err != nil {
			return err
		}
		if kept == nil || kept.Confirmed {
			return errNoTOTP
		}
		if ok, err := checkTOTP(t.tx, t.account, person, kept, code); err != nil || !ok {
			return orWrongCode(err)
		}
		if err := t.tx.ConfirmTOTP(t.account, person); err != nil {
			return err
		}
		if codes, err = newRecoveryCodes(t.tx, t.account, person); err != nil {
			return err
		}
		return t.log("person.totp_on", "person", person)
	})
	return codes, err
}

// RenewRecoveryCodes gives the viewer new recovery codes in place of all that
// are left. DeleteTOTP says what it needs.
func (a *App) RenewRecoveryCodes(ctx context.Context, v *access.Viewer, password, code string) (codes []string, err error) {
	err = a.withBothFactors(ctx, v, password, code, func(t *act) error {
		if codes, err = newRecoveryCodes(t.tx, t.account, t.viewer.Person()); err != nil {
			return err
		}
		return t.log("person.recovery_codes", "person", t.viewer.Person())
	})
	return codes, err
}

// DeleteTOTP turns the viewer's second factor off. It takes the password, where
// the person has one, and a code or a recovery code, so that a session that was
// left open is not enough. Where the account asks for a second factor the person
// is led to set up a new one.
func (a *App) DeleteTOTP(ctx context.Context, v *access.Viewer, password, code string) error {
	return a.withBothFactors(ctx, v, password, code, func(t *act) error {
		if _, err := t.tx.DeleteTOTP(t.account, t.viewer.Person()); err != nil {
			return err
		}
		return t.log("person.totp_off", "person", t.viewer.Person())
	})
}

// withBothFactors runs f when password and code are right. A wrong password is
// Unauthenticated with the reason old_password.
func (a *App) withBothFactors(ctx context.Context, v *access.Viewer, password, code string, f func(*act) error) error {
	if err := mayHaveTOTP(v); err != nil {
		return err
	}
	known, err := fetch(ctx, a, func(tx *store.Tx) (store.SignIn, error) { return tx.SignInOf(v.Account(), v.Person()) })
	if err != nil {
		return err
	}
	if known.PasswordHash != "" {
		ok, _, err := passwords.Verify(ctx, known.PasswordHash, password)
		if err != nil {
			return err
		}
		if !ok {
			return dm.Errorf(dm.Unauthenticated, "The password is wrong.").With("old_password")
		}
	}
	return a.administer(ctx, v, "", func(t *act) error {
		kept, err := t.tx.TOTP(t.account, t.viewer.Person())
		if err != nil {
			return err
		}
		if kept == nil || !kept.Confirmed {
			return dm.Errorf(dm.Conflict, "There is no second factor.").With("totp_off")
		}
		if _, ok, err := checkCode(t.tx, t.account, t.viewer.Person(), kept, code); err != nil || !ok {
			return orWrongCode(err)
		}
		return f(t)
	})
}

// ResetTOTP turns somebody else's second factor off, for people who have lost
// their device and their recovery codes. It needs people.manage and every
// permission the person has. NotFound when there is none.
func (a *App) ResetTOTP(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.PeopleManage, func(t *act) error {
		if id == t.viewer.Person() {
			return dm.Errorf(dm.Forbidden, "Turn your own second factor off with your password and a code.").With("own_account")
		}
		if _, err := t.manageable(id, true); err != nil {
			return err
		}
		had, err := t.tx.DeleteTOTP(t.account, id)
		if err != nil {
			return err
		}
		if !had {
			return dm.Missing("second factor")
		}
		return t.log("person.totp_reset", "person", id)
	})
}

func orWrongCode(err error) error {
	if err != nil {
		return err
	}
	return errWrongCode
}

func openTOTP(tx *store.Tx, account, person int64, kept *store.TOTP) (string, error) {
	sealer, err := signInSealer(tx)
	if err != nil {
		return "", err
	}
	return sealer.Open(totpPlace(account, person), kept.Secret)
}

// checkCode takes the code of an authenticator or a recovery code, each once.
// It says which of them it was.
func checkCode(tx *store.Tx, account, person int64, kept *store.TOTP, code string) (recovery, ok bool, err error) {
	if len(code) > maxCode {
		return false, false, nil
	}
	if ok, err := checkTOTP(tx, account, person, kept, code); ok || err != nil {
		return false, ok, err
	}
	ok, err = tx.UseRecoveryCode(account, person, hashRecoveryCode(code))
	return true, ok, err
}

// checkTOTP takes the code of an authenticator: of the present step and of its
// neighbours, but of none up to the last one that was accepted.
func checkTOTP(tx *store.Tx, account, person int64, kept *store.TOTP, code string) (bool, error) {
	secret, err := openTOTP(tx, account, person, kept)
	if err != nil {
		return false, err
	}
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	now := tx.Now().Std().Unix() / totpPeriod
	for step := now - totpSkew; step <= now+totpSkew; step++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return false, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return tx.TakeTOTPStep(account, person, step)
		}
	}
	return false, nil
}

// newRecoveryCodes makes a person's recovery codes and keeps their hashes. They
// are random enough for a plain hash.
func newRecoveryCodes(tx *store.Tx, account, person int64) ([]string, error) {
	codes, hashes := make([]string, recoveryCodes), make([]string, recoveryCodes)
	for i := range codes {
		raw := make([]byte, recoveryBytes)
		rand.Read(raw)
		text := strings.ToLower(base32.StdEncoding.EncodeToString(raw)) // 16 letters and digits
		codes[i] = strings.Join([]string{text[:4], text[4:8], text[8:12], text[12:]}, "-")
		hashes[i] = hashRecoveryCode(codes[i])
	}
	return codes, tx.SetRecoveryCodes(account, person, hashes)
}

// hashRecoveryCode is the form in which a recovery code is kept; how it was
// typed makes no difference.
func hashRecoveryCode(code string) string {
	bare := strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(strings.TrimSpace(code)))
	return credential.HashSecret("recovery code " + bare)
}
