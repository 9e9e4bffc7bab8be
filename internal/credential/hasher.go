package credential

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"unicode/utf8"

	"github.com/deskmesh/deskmesh"
)

const (
	maxRunning = 2  // hashings at the same time; each holds its memory
	maxWaiting = 64 // more than these in the queue are turned away at once
)

// Hasher hashes and checks passwords. It is safe for concurrent use; a process
// should have exactly one, because the limit on concurrent hashings is its own.
type Hasher struct {
	params  Params
	running chan struct{}
	queued  chan struct{}
	dummy   hash // stands in for the hash of somebody who has none
}

// NewHasher makes a hasher of the given cost, usually DefaultParams. It panics on
// a cost that no password hash may have.
func NewHasher(params Params) *Hasher {
	if !params.within(maxParams) {
		panic("credential: parameters out of bounds")
	}
	h := &Hasher{
		params:  params,
		running: make(chan struct{}, maxRunning),
		queued:  make(chan struct{}, maxRunning+maxWaiting),
	}
	h.dummy = hash{params: params, salt: randomBytes(saltBytes), key: randomBytes(keyBytes)}
	return h
}

// Hash gives the PHC string to store for a password. It does not apply
// CheckPassword, except that more than MaxPassword characters are refused.
// It returns Invalid for those, and Unavailable when too many people wait or ctx ends.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if tooLong(password) {
		return "", deskmesh.BadField("password", "The password may have at most %d characters.", MaxPassword)
	}
	made := hash{params: h.params, salt: randomBytes(saltBytes)}
	err := h.inTurn(ctx, func() { made.key = h.params.derive(password, made.salt) })
	if err != nil {
		return "", err
	}
	return made.String(), nil
}

// Verify reports whether the password belongs to the stored PHC string. Pass an
// empty string for an unknown address or a person without a password: the answer
// is no, after the same work. rehash tells that the password is right but was
// hashed at another cost than this hasher's, so the caller should store it anew.
// It returns Unavailable when too many people wait or ctx ends, and Internal
// when the stored text is damaged.
func (h *Hasher) Verify(ctx context.Context, stored, password string) (ok, rehash bool, err error) {
	against, known := h.dummy, false
	if stored != "" {
		if against, err = parseHash(stored); err != nil {
			against = h.dummy
		}
		known = err == nil
	}
	if tooLong(password) {
		password, known = "", false
	}
	var key []byte
	if turnErr := h.inTurn(ctx, func() { key = against.params.derive(password, against.salt) }); turnErr != nil {
		return false, false, turnErr
	}
	if err != nil {
		return false, false, deskmesh.Errorf(deskmesh.Internal, "Signing in failed on our side.").Because(err)
	}
	same := subtle.ConstantTimeCompare(key, against.key) == 1
	ok = same && known
	return ok, ok && against.params != h.params, nil
}

// inTurn runs work when one of the few places is free. Work that has begun is
// finished: argon2 cannot be stopped half way.
func (h *Hasher) inTurn(ctx context.Context, work func()) error {
	select {
	case h.queued <- struct{}{}:
		defer func() { <-h.queued }()
	default:
		return errBusy
	}
	select {
	case h.running <- struct{}{}:
		defer func() { <-h.running }()
	case <-ctx.Done():
		return errBusy.Because(ctx.Err())
	}
	work()
	return nil
}

var errBusy = deskmesh.Errorf(deskmesh.Unavailable, "Too many people are signing in right now. Please try again in a moment.")

// tooLong guards against megabytes of password; bytes are checked first because
// they are free to count.
func tooLong(password string) bool {
	return len(password) > 16*MaxPassword || utf8.RuneCountInString(canonical(password)) > MaxPassword
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}
