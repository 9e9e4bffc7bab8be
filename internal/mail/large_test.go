package mail

import (
	"bytes"
	"encoding/base64"
	"runtime"
	"testing"
)

// TestLargeMail is not parallel: it counts what is allocated while it runs.
func TestLargeMail(t *testing.T) {
	const size = 25 << 20
	line := append(bytes.Repeat([]byte("QUJD"), 19), "\r\n"...)
	for name, raw := range map[string][]byte{
		"one attachment": append([]byte("From: a@example.com\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"), bytes.Repeat(line, (size-1000)/len(line))...),
		"one text":       append([]byte("From: a@example.com\r\nContent-Type: text/plain\r\n\r\n"), bytes.Repeat([]byte("A line of a very long text.\r\n"), (size-1000)/29)...),
		"one HTML":       append([]byte("From: a@example.com\r\nContent-Type: text/html\r\n\r\n"), bytes.Repeat([]byte("<p>A <b>line</b> &amp; more</p>"), (size-1000)/31)...),
		"one header":     append([]byte("From: a@example.com\r\nSubject: "), bytes.Repeat([]byte("x"), size-1000)...),
		"winmail.dat":    append([]byte("From: a@example.com\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"), base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0x78, 0x9f, 0x3e, 0x22, 1, 0}, 2<<20))...),
	} {
		t.Run("resource exhaustion: 25 MB, "+name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			in, err := Parse(raw, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			_, _ = Sanitise(in.HTML, nil)
			_, _ = SplitQuote(in.Text)
			_ = in.Digest()
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 6*size {
				t.Errorf("%d MiB were allocated for %d MiB", used>>20, len(raw)>>20)
			}
		})
	}
}

func FuzzTNEF(f *testing.F) {
	f.Add([]byte{0x78, 0x9f, 0x3e, 0x22, 1, 0, 2, 2, 0x90, 6, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		files, _, _ := readTNEF(b)
		if len(files) > maxTNEFFiles {
			t.Errorf("%d files", len(files))
		}
	})
}

func FuzzSplitSignature(f *testing.F) {
	f.Add("Hello\n\n-- \nAnna\n")
	f.Add("Hello\n\nSent from my iPhone")
	f.Fuzz(func(t *testing.T, text string) {
		fresh, _ := SplitSignature(text)
		if len(fresh) > len(text) || text[:len(fresh)] != fresh || fresh == "" && text != "" {
			t.Errorf("%q of %q", fresh, text)
		}
	})
}
