package mail

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// The attributes of TNEF (MS-OXTNEF section 2.1.3) that are read.
const (
	tnefSignature = 0x223E9F78
	tnefBody      = 0x0002800C // the text
	tnefAttach    = 0x00069002 // a file begins
	tnefTitle     = 0x00018010 // its name
	tnefData      = 0x0006800F // its bytes
)

// maxTNEFFiles bounds the files of one winmail.dat.
const maxTNEFFiles = 100

// readTNEF takes the files and the text out of what Outlook sends as winmail.dat.
// ok is false for what is no TNEF, or breaks off: it stays a file as it is. The
// files share memory with b.
func readTNEF(b []byte) (files []Attachment, text string, ok bool) {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != tnefSignature {
		return nil, "", false
	}
	for b = b[6:]; len(b) >= 9; {
		id, size := binary.LittleEndian.Uint32(b[1:]), uint64(binary.LittleEndian.Uint32(b[5:]))
		if size > uint64(len(b)-9) {
			return nil, "", false
		}
		value := b[9 : 9+size]
		if b = b[9+size:]; len(b) >= 2 {
			b = b[2:] // a checksum, which says nothing that the mail server did not check
		}
		switch {
		case id == tnefBody:
			text = toUTF8(strings.TrimRight(string(value), "\x00"))
		case id == tnefAttach:
			if len(files) == maxTNEFFiles {
				return files, text, true
			}
			files = append(files, Attachment{ContentType: "application/octet-stream"})
		case len(files) == 0:
		case id == tnefTitle:
			name, _, _ := bytes.Cut(value, []byte{0})
			files[len(files)-1].Name = toUTF8(string(name))
		case id == tnefData:
			files[len(files)-1].Content = value
		}
	}
	return files, text, true
}

// unwrap puts the files of a winmail.dat in its place. Its text counts where the
// message has no other.
func (r *reader) unwrap(content []byte) ([]block, bool) {
	files, text, ok := readTNEF(content)
	if !ok {
		return nil, false
	}
	for _, f := range files {
		if len(f.Content) > 0 || f.Name != "" {
			r.attach(f)
		}
	}
	if len(text) > r.limits.Text {
		text = cutBytes(text, r.limits.Text)
	}
	r.tnef += scrub(text)
	return nil, true
}
