package credential

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh"
)

// cheap keeps the tests fast; only the cost differs from the real thing.
var cheap = Params{Memory: 64, Passes: 1, Lanes: 1}

func TestSecret(t *testing.T) {
	t.Parallel()
	for _, kind := range []Kind{Session, APIToken, SetupLink} {
		a, b := NewSecret(kind), NewSecret(kind)
		if a == b {
			t.Fatalf("two secrets are equal: %s", kind)
		}
		if !IsSecret(kind, a) || len(a) != 4+43 {
			t.Errorf("%q is not recognised as a secret of kind %s", a, kind)
		}
		if HashSecret(a) == HashSecret(b) || len(HashSecret(a)) != 64 || strings.Contains(HashSecret(a), a) {
			t.Errorf("bad hash of a secret")
		}
	}
	good := NewSecret(Session)
	for name, text := range map[string]string{
		"empty":         "",
		"prefix only":   "dms_",
		"other kind":    NewSecret(APIToken),
		"one short":     good[:len(good)-1],
		"one long":      good + "A",
		"bad character": good[:10] + "+" + good[11:],
		"line break":    good[:10] + "\n" + good[11:],
		"loose bits":    "dms_" + strings.Repeat("A", 42) + "B",
	} {
		if IsSecret(Session, text) {
			t.Errorf("%s: %q is taken for a secret", name, text)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, password string
		ok             bool
	}{
		{"demo password", "deskmesh-demo", true},
		{"ten characters", "abcdefghij", true},
		{"nine characters", "abcdefghi", false},
		{"nine characters in many bytes", strings.Repeat("ü", 9), false},
		{"ten characters in many bytes", strings.Repeat("ü", 10), true},
		{"nine composed from eighteen", strings.Repeat("u\u0308", 9), false},
		{"two hundred", strings.Repeat("ü", 200), true},
		{"two hundred and one", strings.Repeat("a", 201), false},
		{"the address", "mira@acme.example", false},
		{"the address in capitals", "MIRA@ACME.EXAMPLE", false},
		{"invalid text", "abcdefghijk\xff", false},
		{"empty", "", false},
	} {
		err := CheckPassword(tc.password, "Mira@acme.example")
		if (err == nil) != tc.ok {
			t.Errorf("%s: err = %v, want ok %t", tc.name, err, tc.ok)
		}
		if err == nil {
			continue
		}
		var e *deskmesh.Error
		if !errors.As(err, &e) || e.Code != deskmesh.Invalid || e.Field != "password" {
			t.Errorf("%s: %v is not an invalid password field", tc.name, err)
		}
		if tc.password != "" && strings.Contains(err.Error(), tc.password) {
			t.Errorf("%s: the error repeats the password", tc.name)
		}
	}
}

func TestHashAndVerify(t *testing.T) {
	t.Parallel()
	ctx, h := t.Context(), NewHasher(cheap)
	stored, err := h.Hash(ctx, "grün und lang")
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Hash(ctx, "grün und lang")
	if err != nil || again == stored {
		t.Fatalf("the salt is missing: %v", err)
	}
	older, err := NewHasher(Params{Memory: 32, Passes: 1, Lanes: 1}).Hash(ctx, "grün und lang")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, stored, password string
		ok, rehash             bool
	}{
		{"right", stored, "grün und lang", true, false},
		{"right, typed decomposed", stored, "gru\u0308n und lang", true, false},
		{"wrong", stored, "grün und kurz", false, false},
		{"empty password", stored, "", false, false},
		{"unknown address", "", "grün und lang", false, false},
		{"unknown address, empty password", "", "", false, false},
		{"far too long", stored, strings.Repeat("a", 1<<20), false, false},
		{"hashed at another cost", older, "grün und lang", true, true},
		{"wrong at another cost", older, "something else", false, false},
	} {
		ok, rehash, err := h.Verify(ctx, tc.stored, tc.password)
		if err != nil || ok != tc.ok || rehash != tc.rehash {
			t.Errorf("%s: got %t %t %v", tc.name, ok, rehash, err)
		}
	}
	if _, err := h.Hash(ctx, strings.Repeat("a", 201)); deskmesh.CodeOf(err) != deskmesh.Invalid {
		t.Errorf("a password of 201 characters: %v", err)
	}
}

func TestParseHash(t *testing.T) {
	t.Parallel()
	good := hash{params: cheap, salt: make([]byte, 16), key: make([]byte, 32)}.String()
	if back, err := parseHash(good); err != nil || back.String() != good {
		t.Fatalf("round trip: %v", err)
	}
	for name, text := range map[string]string{
		"other algorithm":  strings.Replace(good, "argon2id", "argon2i", 1),
		"other version":    strings.Replace(good, "v=19", "v=16", 1),
		"too much memory":  strings.Replace(good, "m=64", "m=4194304", 1),
		"too many passes":  strings.Replace(good, "t=1", "t=17", 1),
		"no passes":        strings.Replace(good, "t=1", "t=0", 1),
		"no lanes":         strings.Replace(good, "p=1", "p=0", 1),
		"negative":         strings.Replace(good, "t=1", "t=-1", 1),
		"leading zero":     strings.Replace(good, "t=1", "t=01", 1),
		"trailing text":    good + "$x",
		"short key":        good[:len(good)-4],
		"spaces":           strings.ReplaceAll(good, "$", " "),
		"bcrypt":           "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"plain text":       "deskmesh-demo",
		"endless":          good + strings.Repeat("A", 1000),
		"empty salt, key":  "$argon2id$v=19$m=64,t=1,p=1$$",
		"padding in a key": good + "=",
	} {
		if _, err := parseHash(text); err == nil {
			t.Errorf("%s: %q is accepted", name, text)
		}
	}
	_, _, err := NewHasher(cheap).Verify(t.Context(), "damaged", "whatever it is")
	if deskmesh.CodeOf(err) != deskmesh.Internal || !errors.Is(err, errMalformed) {
		t.Errorf("a damaged hash answers %v", err)
	}
}

// TestSameWork holds that an unknown address costs what a known one costs: both
// derive a key with the parameters in force. Leaving the derivation out makes a
// case a thousand times shorter; a busy machine makes it a few times longer. The
// rounds are interleaved, the shortest of each counts, and the bound lies between.
func TestSameWork(t *testing.T) {
	h := NewHasher(Params{Memory: 4096, Passes: 2, Lanes: 1})
	stored, err := h.Hash(t.Context(), "deskmesh-demo")
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, stored, password string }{
		{"wrong password", stored, "wrong password"},
		{"unknown address", "", "wrong password"},
		{"right password", stored, "deskmesh-demo"},
		{"too long", stored, strings.Repeat("a", 5000)},
	}
	shortest := map[string]time.Duration{}
	for range 15 {
		for _, tc := range cases {
			start := time.Now()
			if _, _, err := h.Verify(t.Context(), tc.stored, tc.password); err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			if before, seen := shortest[tc.name]; !seen || took < before {
				shortest[tc.name] = took
			}
		}
	}
	known := shortest["wrong password"]
	for name, took := range shortest {
		if took < known/20 || took > known*20 {
			t.Errorf("%s takes %v, a wrong password %v", name, took, known)
		}
	}
}

func TestStormOfSignIns(t *testing.T) {
	t.Parallel()
	h := NewHasher(cheap)
	release := make(chan struct{})
	began := make(chan struct{}, maxRunning+1)
	var wg sync.WaitGroup
	for range maxRunning {
		wg.Go(func() {
			if err := h.inTurn(t.Context(), func() { began <- struct{}{}; <-release }); err != nil {
				t.Error(err)
			}
		})
	}
	for range maxRunning {
		<-began
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ctx, "deskmesh-demo"); deskmesh.CodeOf(err) != deskmesh.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who left: %v", err)
	}

	for range maxWaiting {
		h.queued <- struct{}{}
	}
	if _, _, err := h.Verify(t.Context(), "", "deskmesh-demo"); deskmesh.CodeOf(err) != deskmesh.Unavailable {
		t.Errorf("a full queue: %v", err)
	}
	for range maxWaiting {
		<-h.queued
	}
	close(release)
	wg.Wait()
	if _, err := h.Hash(t.Context(), "deskmesh-demo"); err != nil {
		t.Errorf("after the storm: %v", err)
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add(hash{params: cheap, salt: make([]byte, 16), key: make([]byte, 32)}.String())
	f.Add("$argon2id$v=19$m=64,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parseHash(text)
		if err == nil && (h.String() != text || !h.params.within(maxParams)) {
			t.Errorf("%q is read as %q", text, h)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	h := NewHasher(DefaultParams)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := h.Verify(context.Background(), "", "deskmesh-demo"); err != nil {
			b.Fatal(err)
		}
	}
}
