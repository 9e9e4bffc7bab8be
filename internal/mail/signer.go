package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"math"
	"strings"

	"github.com/deskmesh/deskmesh"
)

const (
	minKey       = 32 // bytes
	macLength    = 16 // 128 bits
	maxLocalPart = 64 // RFC 5321 section 4.5.3.1.1
	maxToken     = 128

	replyMark    = "+r"
	noteMark     = "+n"
	sideMark     = "+s"
	bounceMark   = "+b"
	idMark       = "dm."
	replyDomain  = "deskmesh mail reply address 1"
	sideDomain   = "deskmesh mail side address 1"
	bounceDomain = "deskmesh mail bounce address 1"
	noteDomain   = "deskmesh mail note address 1"
	idDomain     = "deskmesh mail message id 1"

	unsubscribeDomain  = "deskmesh mail unsubscribe 1"
	satisfactionDomain = "deskmesh mail satisfaction 1"
)

// Reply is what a signed address stands for: this person, answering on this
// ticket of this account. It proves that Deskmesh gave the address to that
// person once; it is no right. Whoever receives it decides the sender's access
// anew, and whether the sender is that person.
type Reply struct {
	Account int64
	Ticket  int64
	Person  int64
	Note    bool // what comes to the address is an internal note, never a reply
}

// Signer makes and reads signed reply addresses and Message-IDs. Its zero value
// accepts nothing. It is safe for concurrent use.
type Signer struct {
	keys [][]byte // the first one signs, all of them verify
}

// NewSigner makes a signer. key signs; older keys are still accepted, so that a
// key can be changed without cutting off open conversations. It answers Invalid
// for a key under 32 bytes.
func NewSigner(key []byte, older ...[]byte) (*Signer, error) {
	s := &Signer{}
	for _, k := range append([][]byte{key}, older...) {
		if len(k) < minKey {
			return nil, deskmesh.Errorf(deskmesh.Invalid, "The key that signs reply addresses needs at least %d bytes.", minKey)
		}
		s.keys = append(s.keys, append([]byte(nil), k...))
	}
	return s, nil
}

// ReplyAddress gives base with a token for r in its local part, such as
// support+raebagbqd...@example.com, or +n for a note. The token holds for this base only. Where it
// would make the local part longer than the 64 bytes that RFC 5321 section
// 4.5.3.1.1 allows, base comes back as it is, and only the Message-ID leads an
// answer to its ticket. With usual numbers that needs a local part over 20 bytes.
func (s *Signer) ReplyAddress(base string, r Reply) string {
	if r.Note {
		return s.address(base, noteMark, noteDomain, r.Account, r.Ticket, r.Person)
	}
	return s.address(base, replyMark, replyDomain, r.Account, r.Ticket, r.Person)
}

// address puts a token for three numbers into the local part of base.
func (s *Signer) address(base, mark, domain string, numbers ...int64) string {
	at := strings.LastIndexByte(base, '@')
	if at < 1 || len(s.keys) == 0 {
		return base
	}
	local := base[:at] + mark + s.seal(domain, strings.ToLower(base), numbers...)
	if len(local) > maxLocalPart || len(local)+len(base)-at > 254 {
		return base
	}
	return local + base[at:]
}

// Parse reads an address that ReplyAddress made, in any case. base comes back in
// lower case. ok is false for every other address: without a token, with a
// changed character, or signed with another key.
func (s *Signer) Parse(address string) (base string, r Reply, ok bool) {
	note := false
	base, n, ok := s.parse(address, replyMark, replyDomain, 3)
	if !ok {
		note = true
		base, n, ok = s.parse(address, noteMark, noteDomain, 3)
	}
	if !ok {
		return "", Reply{}, false
	}
	return base, Reply{Account: n[0], Ticket: n[1], Person: n[2], Note: note}, true
}

// Side is what a signed address of a side conversation stands for: this address
// outside, answering in this conversation of this account. Like Reply it is no
// right: whoever receives it compares the sender with the party.
type Side struct {
	Account int64
	Side    int64
	Party   int64
}

// SideAddress is ReplyAddress for a party of a side conversation.
func (s *Signer) SideAddress(base string, x Side) string {
	return s.address(base, sideMark, sideDomain, x.Account, x.Side, x.Party)
}

// ParseSide reads an address that SideAddress made, as Parse does.
func (s *Signer) ParseSide(address string) (base string, x Side, ok bool) {
	base, n, ok := s.parse(address, sideMark, sideDomain, 3)
	if !ok {
		return "", Side{}, false
	}
	return base, Side{Account: n[0], Side: n[1], Party: n[2]}, true
}

// Bounce is what a signed envelope sender stands for: the mail that this job of
// this account sent. Reports that it could not be delivered come back to it.
type Bounce struct {
	Account int64
	Job     int64
}

// BounceAddress is ReplyAddress for the envelope's sender. Where base comes back
// as it is, reports lead to no mail.
func (s *Signer) BounceAddress(base string, b Bounce) string {
	return s.address(base, bounceMark, bounceDomain, b.Account, b.Job)
}

// ParseBounce reads an address that BounceAddress made, as Parse does.
func (s *Signer) ParseBounce(address string) (base string, b Bounce, ok bool) {
	base, n, ok := s.parse(address, bounceMark, bounceDomain, 2)
	if !ok {
		return "", Bounce{}, false
	}
	return base, Bounce{Account: n[0], Job: n[1]}, true
}

// SideMessageID gives the Message-ID, without angle brackets, of the mail that
// brings a party a message of its conversation: the same for every try. It leads
// back to nothing; answers come to the signed address.
func (s *Signer) SideMessageID(domain string, x Side, message int64) string {
	domain = strings.ToLower(domain)
	return "dms." + s.seal(sideDomain, domain, x.Account, x.Side, x.Party, message) + "@" + domain
}

// parse reads an address that address made of so many numbers.
func (s *Signer) parse(address, mark, domain string, count int) (base string, numbers []int64, ok bool) {
	if len(address) > 320 {
		return "", nil, false
	}
	address = strings.ToLower(address)
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "", nil, false
	}
	cut := strings.LastIndex(address[:at], mark)
	if cut < 1 {
		return "", nil, false
	}
	base = address[:cut] + address[at:]
	numbers, ok = s.open(domain, base, address[cut+len(mark):at], count)
	return base, numbers, ok
}

// MessageID gives the Message-ID, without angle brackets, of the mail that tells
// r's person of the event. It is the same for every try, so a mail that was sent
// twice is recognised as one.
func (s *Signer) MessageID(domain string, r Reply, event int64) string {
	domain = strings.ToLower(domain)
	return idMark + s.seal(idDomain, domain, r.Account, r.Ticket, r.Person, event) + "@" + domain
}

// ParseMessageID reads an id that MessageID made, in any case, with or without
// angle brackets.
func (s *Signer) ParseMessageID(id string) (r Reply, event int64, ok bool) {
	if len(id) > maxID {
		return Reply{}, 0, false
	}
	id = strings.ToLower(id)
	if inner, found := strings.CutPrefix(id, "<"); found {
		if id, found = strings.CutSuffix(inner, ">"); !found {
			return Reply{}, 0, false
		}
	}
	token, domain, found := strings.Cut(id, "@")
	token, marked := strings.CutPrefix(token, idMark)
	if !found || !marked {
		return Reply{}, 0, false
	}
	numbers, ok := s.open(idDomain, domain, token, 4)
	if !ok {
		return Reply{}, 0, false
	}
	return Reply{Account: numbers[0], Ticket: numbers[1], Person: numbers[2]}, numbers[3], true
}

// Unsubscribe is what a token that turns a kind of mail off stands for: this
// person of this account, and a ticket where the mail is about one alone. Day is
// the day of the mail, in days since 1970; whoever reads it decides how old it may
// be.
type Unsubscribe struct {
	Account int64
	Person  int64
	Ticket  int64
	Day     int64
}

// UnsubscribeToken gives a token for the address of a page, such as
// update.raebagbqd. what is one word of small letters and underscores.
func (s *Signer) UnsubscribeToken(what string, u Unsubscribe) string {
	return what + "." + s.seal(unsubscribeDomain, what, u.Account, u.Person, u.Ticket, u.Day)
}

// ParseUnsubscribe reads a token that UnsubscribeToken made. ok is false for every
// other text, and for a token that was made for something else.
func (s *Signer) ParseUnsubscribe(token string) (what string, u Unsubscribe, ok bool) {
	what, sealed, found := strings.Cut(token, ".")
	if !found || len(what) > 60 {
		return "", Unsubscribe{}, false
	}
	n, ok := s.open(unsubscribeDomain, what, sealed, 4)
	if !ok {
		return "", Unsubscribe{}, false
	}
	return what, Unsubscribe{Account: n[0], Person: n[1], Ticket: n[2], Day: n[3]}, true
}

var tokenEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// seal packs the numbers and signs them for one purpose and one address.
func (s *Signer) seal(purpose, bound string, numbers ...int64) string {
	var payload []byte
	for _, n := range numbers {
		payload = binary.AppendUvarint(payload, uint64(n))
	}
	if len(s.keys) == 0 {
		return tokenEncoding.EncodeToString(payload)
	}
	return tokenEncoding.EncodeToString(append(payload, mac(s.keys[0], purpose, bound, payload)...))
}

// open undoes seal. The signature is checked before the numbers are looked at,
// in constant time for each key.
func (s *Signer) open(purpose, bound, token string, count int) ([]int64, bool) {
	if len(token) > maxToken {
		return nil, false
	}
	sealed, err := tokenEncoding.DecodeString(token)
	// The last character holds unused bits; only their canonical form counts.
	if err != nil || len(sealed) <= macLength || tokenEncoding.EncodeToString(sealed) != token {
		return nil, false
	}
	payload, signature := sealed[:len(sealed)-macLength], sealed[len(sealed)-macLength:]
	signed := false
	for _, key := range s.keys {
		if hmac.Equal(signature, mac(key, purpose, bound, payload)) {
			signed = true
		}
	}
	if !signed {
		return nil, false
	}
	return unpack(payload, count)
}

func unpack(payload []byte, count int) ([]int64, bool) {
	numbers := make([]int64, 0, count)
	for range count {
		n, size := binary.Uvarint(payload)
		if size <= 0 || n > math.MaxInt64 {
			return nil, false
		}
		numbers = append(numbers, int64(n))
		payload = payload[size:]
	}
	return numbers, len(payload) == 0
}

// mac is HMAC-SHA256 over purpose, address and payload, each with its length
// before it, cut to 128 bits.
func mac(key []byte, purpose, bound string, payload []byte) []byte {
	var framed []byte
	for _, piece := range [][]byte{[]byte(purpose), []byte(bound), payload} {
		framed = binary.AppendUvarint(framed, uint64(len(piece)))
		framed = append(framed, piece...)
	}
	h := hmac.New(sha256.New, key)
	h.Write(framed)
	return h.Sum(nil)[:macLength]
}

// Asked is what a token in a mail stands for that asks somebody how their ticket
// was solved: this person of this account, and the moment it was solved, in
// microseconds. Like Reply it is no right: whoever reads it decides anew.
type Asked struct {
	Account int64
	Person  int64
	Ticket  int64
	Solved  int64
}

// SatisfactionToken gives the token for a mail that asks so.
func (s *Signer) SatisfactionToken(a Asked) string {
	return s.seal(satisfactionDomain, "", a.Account, a.Person, a.Ticket, a.Solved)
}

// ParseSatisfaction reads a token that SatisfactionToken made. ok is false for
// every other text.
func (s *Signer) ParseSatisfaction(token string) (a Asked, ok bool) {
	n, ok := s.open(satisfactionDomain, "", token, 4)
	if !ok {
		return Asked{}, false
	}
	return Asked{Account: n[0], Person: n[1], Ticket: n[2], Solved: n[3]}, true
}
