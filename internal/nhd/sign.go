package nhd

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Signatures between Deskmesh desks: HTTP Message Signatures (RFC 9421) with
// HMAC-SHA256 under a key derived from the agreement's, over the method, the path
// and the digest of the body (RFC 9530). Desks of other makers do not read them.
const (
	headerDigest    = "Content-Digest"
	headerInput     = "Signature-Input"
	headerSignature = "Signature"

	signLabel = "deskmesh"
	// signatureLife is how far the clocks of two desks may be apart, and how long a
	// request can be repeated by somebody who has overheard it.
	signatureLife = 15 * time.Minute
)

var errSignature = errors.New("nhd: the signature of the request is missing, old or wrong")

func signingKey(key string) ([]byte, error) {
	return hkdf.Key(sha256.New, []byte(key), nil, "deskmesh http signature", sha256.Size)
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// signatureParams are what stands behind the label in Signature-Input.
func signatureParams(agreement string, at time.Time) string {
	return `("@method" "@path" "content-digest");created=` + strconv.FormatInt(at.Unix(), 10) + `;keyid="` + agreement + `";alg="hmac-sha256"`
}

// signatureOf gives the signature of a request with these parameters.
func signatureOf(key, method, path, digest, params string) ([]byte, error) {
	secret, err := signingKey(key)
	if err != nil {
		return nil, err
	}
	sum := hmac.New(sha256.New, secret)
	sum.Write([]byte(`"@method": ` + method + "\n" + `"@path": ` + path + "\n" + `"content-digest": ` + digest + "\n" + `"@signature-params": ` + params))
	return sum.Sum(nil), nil
}

// Sign adds the headers of a signature to a request with this body.
func Sign(r *http.Request, agreement, key string, body []byte, at time.Time) error {
	digest, params := digestOf(body), signatureParams(agreement, at)
	sum, err := signatureOf(key, r.Method, r.URL.EscapedPath(), digest, params)
	if err != nil {
		return err
	}
	r.Header.Set(headerDigest, digest)
	r.Header.Set(headerInput, signLabel+"="+params)
	r.Header.Set(headerSignature, signLabel+"=:"+base64.StdEncoding.EncodeToString(sum)+":")
	return nil
}

// Signed says whether a request bears a signature of this kind at all.
func Signed(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get(headerInput), signLabel+"=")
}

var createdForm = regexp.MustCompile(`;created=([0-9]{1,12});`)

// Verify checks the signature of a request with this body.
func Verify(r *http.Request, agreement, key string, body []byte, now time.Time) error {
	params, found := strings.CutPrefix(r.Header.Get(headerInput), signLabel+"=")
	created := createdForm.FindStringSubmatch(params)
	if !found || created == nil {
		return errSignature
	}
	seconds, err := strconv.ParseInt(created[1], 10, 64)
	if err != nil {
		return errSignature
	}
	at := time.Unix(seconds, 0)
	// Only what this program writes is taken, so that nothing that should be covered
	// can be left out.
	if params != signatureParams(agreement, at) || now.Sub(at).Abs() > signatureLife || r.Header.Get(headerDigest) != digestOf(body) {
		return errSignature
	}
	text, found := strings.CutPrefix(r.Header.Get(headerSignature), signLabel+"=:")
	text, closed := strings.CutSuffix(text, ":")
	given, err := base64.StdEncoding.DecodeString(text)
	if !found || !closed || err != nil {
		return errSignature
	}
	sum, err := signatureOf(key, r.Method, r.URL.EscapedPath(), digestOf(body), params)
	if err != nil || !hmac.Equal(sum, given) {
		return errors.Join(errSignature, err)
	}
	return nil
}
