package mail

import "regexp"

// signedToken finds what looks like a token of a signed reply address or
// Message-ID, also where quoted-printable breaks its line.
var signedToken = regexp.MustCompile(`(?i)(\+[rns]|dms?\.)((?:[a-z2-7]|=\r?\n){28,})(@|=40)`)

// MaskTokens writes stars over the tokens of signed reply addresses and
// Message-IDs in the source of a mail, in place and with the same length. With
// such a token somebody else could answer in the name of whom it was given to.
// A body in base64 is left as it is.
func MaskTokens(source []byte) {
	for _, found := range signedToken.FindAllSubmatchIndex(source, -1) {
		for i := found[4]; i < found[5]; i++ {
			if c := source[i]; c != '\r' && c != '\n' && c != '=' {
				source[i] = '*'
			}
		}
	}
}
