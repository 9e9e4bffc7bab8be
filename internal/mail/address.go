package mail

import (
	"io"
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

const (
	maxAddresses     = 500
	maxAddressHeader = 64 << 10
	maxName          = 200 // runes
)

// Address is one mailbox and the name its owner goes by, which may be empty.
type Address struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email"`
}

// String renders the address for a header, encoded and quoted where RFC 5322
// section 3.4 needs it.
func (a Address) String() string {
	return (&mail.Address{Name: a.Name, Address: a.Email}).String()
}

// ValidEmail tells whether s is a plain address that can be put into a header
// and an SMTP command as it stands: one @, nothing that needs quoting, no white
// space, no control characters, within the lengths of RFC 5321 section 4.5.3.1.
// Quoted local parts are refused.
func ValidEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 || at == len(s)-1 || len(s) > 254 || !utf8.ValidString(s) {
		return false
	}
	host := s[at+1:]
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = strings.ReplaceAll(host[1:len(host)-1], ":", "")
	}
	return host != "" && plainAtoms(s[:at]) && plainAtoms(host)
}

func plainAtoms(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`()<>[]:;\,"@`, r)
	})
}

// parseAddresses reads the values of an address header. What cannot be read is
// left out, and clean is then false.
func parseAddresses(values []string) (list []Address, clean bool) {
	clean = true
	for _, value := range values {
		if len(value) > maxAddressHeader {
			value, clean = value[:maxAddressHeader], false
		}
		value = line(toUTF8(value))
		found, ok := strictAddresses(value)
		if !ok {
			found, ok = looseAddresses(value)
		}
		clean = clean && ok
		list = append(list, found...)
	}
	if len(list) > maxAddresses {
		return list[:maxAddresses], false
	}
	return list, clean
}

// addressWords decodes the encoded words that net/mail meets, in any character
// set, so that a name it does not know never costs the address.
var addressWords = &mime.WordDecoder{CharsetReader: func(label string, r io.Reader) (io.Reader, error) {
	enc := encodingOf(label)
	if enc == nil {
		enc = charmap.Windows1252
	}
	return enc.NewDecoder().Reader(r), nil
}}

func strictAddresses(value string) ([]Address, bool) {
	if value == "" {
		return nil, true
	}
	parsed, err := (&mail.AddressParser{WordDecoder: addressWords}).ParseList(value)
	if err != nil {
		return nil, false
	}
	list := make([]Address, 0, len(parsed))
	for _, p := range parsed {
		if !ValidEmail(p.Address) {
			return nil, false
		}
		list = append(list, Address{Name: displayName(p.Name), Email: p.Address})
	}
	return list, true
}

var (
	looseEmail   = regexp.MustCompile(`[^\s<>()\[\],;:"'@]+@[^\s<>()\[\],;:"'@]+`)
	bracketEmail = regexp.MustCompile(`<\s*([^\s<>()\[\],;:"@]+@[^\s<>()\[\],;:"@]+)`)
)

// looseAddresses finds the addresses of a header that breaks the rules, such as
// "Anna Berg anna@example.com" or "<anna@example.com": in each piece between
// commas, the address is what stands after a bracket, or else the first thing
// with an @, and the rest is the name. So "ceo@acme.example <other@example.net>"
// is never taken for a mail from ceo.
func looseAddresses(value string) (list []Address, clean bool) {
	clean = true
	for _, piece := range splitUnquoted(value) {
		if strings.TrimSpace(piece) == "" {
			continue
		}
		email := looseEmail.FindString(piece)
		if match := bracketEmail.FindStringSubmatch(piece); match != nil {
			email = match[1]
		}
		if !ValidEmail(email) {
			clean = false
			continue
		}
		name := strings.Replace(piece, email, " ", 1)
		name = strings.ReplaceAll(name, "mailto:", " ")
		name = strings.Trim(name, ` <>()[]"';:`)
		list = append(list, Address{Name: displayName(name), Email: email})
	}
	return list, clean
}

// splitUnquoted divides at commas and semicolons outside of quotes.
func splitUnquoted(s string) []string {
	var pieces []string
	quoted, start := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case (s[i] == ',' || s[i] == ';') && !quoted:
			pieces = append(pieces, s[start:i])
			start = i + 1
		}
	}
	return append(pieces, s[start:])
}

func displayName(s string) string {
	return decodeField(s, maxName)
}
