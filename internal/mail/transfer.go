package mail

import (
	"bytes"
	"fmt"
	"strings"
)

// decodeTransfer undoes a Content-Transfer-Encoding (RFC 2045 section 6). It
// never fails: what cannot be decoded is left out or kept as it stands, and
// note says so.
func decodeTransfer(b []byte, encoding string) (out []byte, note string) {
	switch encoding = strings.ToLower(strings.TrimSpace(encoding)); encoding {
	case "base64":
		return decodeBase64(b)
	case "quoted-printable":
		return decodeQuotedPrintable(b), ""
	case "", "7bit", "8bit", "binary":
		return b, ""
	}
	return b, "A part is encoded in a way that is not known."
}

var base64Value = func() (table [256]int8) {
	for i := range table {
		table[i] = -1
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		table[c] = int8(i)
	}
	return table
}()

// decodeBase64 skips every byte outside the alphabet, as RFC 2045 section 6.8
// says, and starts a new group after padding, so that joined pieces decode.
func decodeBase64(b []byte) (out []byte, note string) {
	out = make([]byte, 0, len(b)/4*3+3)
	var group uint32
	bits, foreign := 0, 0
	for _, c := range b {
		switch v := base64Value[c]; {
		case v >= 0:
			group = group<<6 | uint32(v)
			if bits += 6; bits >= 8 {
				bits -= 8
				out = append(out, byte(group>>bits))
			}
		case c == '=':
			group, bits = 0, 0
		case c != '\r' && c != '\n' && c != ' ' && c != '\t':
			foreign++
		}
	}
	if foreign > 0 {
		note = fmt.Sprintf("A part is not clean base64: %d wrong bytes were skipped.", foreign)
	}
	return out, note
}

// decodeQuotedPrintable decodes RFC 2045 section 6.7; an equals sign that starts
// nothing valid stays an equals sign.
func decodeQuotedPrintable(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '=' {
			out = append(out, b[i])
			continue
		}
		rest := b[i+1:]
		if len(rest) >= 2 && hexValue(rest[0]) >= 0 && hexValue(rest[1]) >= 0 {
			out = append(out, byte(hexValue(rest[0])<<4|hexValue(rest[1])))
			i += 2
			continue
		}
		if n := softBreak(rest); n > 0 {
			i += n
			continue
		}
		out = append(out, '=')
	}
	return out
}

// softBreak gives the length of the white space and line end after an equals
// sign, or 0. White space beyond 76 bytes is no soft break, to stay linear.
func softBreak(rest []byte) int {
	blank := len(rest[:min(len(rest), 76)]) - len(bytes.TrimLeft(rest[:min(len(rest), 76)], " \t"))
	switch after := rest[blank:]; {
	case bytes.HasPrefix(after, []byte("\r\n")):
		return blank + 2
	case bytes.HasPrefix(after, []byte("\n")):
		return blank + 1
	}
	return 0
}

func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
