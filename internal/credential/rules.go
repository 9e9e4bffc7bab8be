package credential

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/deskmesh/deskmesh"
)

// The bounds of a password, counted in characters.
const (
	MinPassword = 10
	MaxPassword = 200
)

// CheckPassword says whether a new password may be taken for the person with
// this address. Length is what makes a password strong, so there are no rules
// about kinds of characters. It returns an Invalid error that names the field
// "password" and never repeats the password.
func CheckPassword(password, address string) error {
	if !utf8.ValidString(password) {
		return deskmesh.BadField("password", "The password is not valid text.")
	}
	n := utf8.RuneCountInString(canonical(password))
	switch {
	case n < MinPassword:
		return deskmesh.BadField("password", "The password needs at least %d characters.", MinPassword)
	case n > MaxPassword:
		return deskmesh.BadField("password", "The password may have at most %d characters.", MaxPassword)
	case strings.EqualFold(canonical(password), canonical(strings.TrimSpace(address))):
		return deskmesh.BadField("password", "The password must not be the address.")
	}
	return nil
}

// canonical makes the same text typed on different keyboards the same bytes,
// as RFC 8265 section 4.2.2 asks for passwords.
func canonical(password string) string { return norm.NFC.String(password) }
