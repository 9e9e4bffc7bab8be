package httpapi_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// pngClaiming is a small PNG that says it is of another size: one that is decoded
// before its size is looked at takes as much memory as it says.
func pngClaiming(width, height uint32) []byte {
	var whole bytes.Buffer
	if err := png.Encode(&whole, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		panic(err)
	}
	b := whole.Bytes()
	head := b[12:29] // "IHDR" and its 13 bytes, after the signature and a length
	binary.BigEndian.PutUint32(head[4:], width)
	binary.BigEndian.PutUint32(head[8:], height)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(head))
	return b
}

func drawn(width, height int, write func(*bytes.Buffer, image.Image) error) []byte {
	m := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White, color.RGBA{0, 90, 160, 255}})
	for i := range m.Pix {
		m.Pix[i] = uint8(i / 7 % 2)
	}
	var b bytes.Buffer
	if err := write(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestBrandLogo(t *testing.T) {
	asPNG := func(b *bytes.Buffer, m image.Image) error { return png.Encode(b, m) }
	asJPEG := func(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, nil) }
	asGIF := func(b *bytes.Buffer, m image.Image) error { return gif.Encode(b, m, nil) }
	onEngines(t, func(t *testing.T, w *world) {
		path := fmt.Sprintf("/brands/%d", w.acme().brands["Company"])
		owner := w.as("owner")
		put := func(c *client, name string, content []byte) int64 {
			return c.with("Content-Type", "application/octet-stream").post("/attachments?name="+name, content).is(201).number("id")
		}
		t.Run("a PNG, JPEG or GIF is drawn anew", func(t *testing.T) {
			for name, content := range map[string][]byte{"a.png": drawn(80, 40, asPNG), "a.jpg": drawn(80, 40, asJPEG), "a.gif": drawn(80, 40, asGIF), "b.txt": drawn(90, 40, asPNG)} {
				if a := owner.patch(path, map[string]any{"logo_file": put(owner, name, content)}).is(200); !strings.HasPrefix(a.text("logo"), "/assets/brand/") {
					t.Errorf("%s becomes %s", name, a.raw)
				}
			}
		})
		before := owner.get(path).ok().raw
		t.Run("anything else is refused and changes nothing", func(t *testing.T) {
			svg := []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><script>alert(1)</script></svg>`)
			whole := drawn(80, 40, asPNG)
			for name, content := range map[string][]byte{
				"logo.svg": svg, "svg.png": svg, "text.png": []byte("no picture"), "page.png": []byte("<html><script>alert(1)</script>"), "cut.png": whole[:len(whole)/2], "empty.gif": []byte("GIF89a"),
				"bomb.png": pngClaiming(60000, 60000), "largest.png": pngClaiming(1<<31-1, 1<<31-1), "within.png": pngClaiming(4096, 4096), "nothing.png": pngClaiming(0, 0),
				"long.png": drawn(4097, 1000, asPNG), "area.gif": drawn(3000, 3000, asGIF), "flat.png": drawn(700, 100, asPNG), "heavy.png": append(whole, make([]byte, 1<<20)...),
			} {
				a := owner.patch(path, map[string]any{"logo_file": put(owner, name, content)}).refused(422, "logo_file")
				if strings.Contains(a.raw, name) || strings.Contains(a.raw, "alert") {
					t.Errorf("%s: what was sent comes back: %s", name, a.raw)
				}
			}
		})
		t.Run("nobody else's file becomes a logo, read or not", func(t *testing.T) {
			n := w.file("accounts", "With a picture")
			file := put(w.as("accounts.agent"), "theirs.png", drawn(80, 40, asPNG))
			w.as("accounts.agent").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "Here it is.", "attachments": []int64{file}}).is(201)
			owner.patch(path, map[string]any{"logo_file": file}).refused(422, "logo_file")
			owner.patch(path, map[string]any{"logo_file": put(w.as("hr.agent"), "unused.png", drawn(80, 40, asPNG))}).refused(422, "logo_file")
			w.as("accounts.agent").patch(path, map[string]any{"logo_file": file}).is(403)
			w.as("staff.one").patch(path, map[string]any{"logo_file": file}).is(403)
		})
		t.Run("a host of another account is taken, and whose it is stays untold", func(t *testing.T) {
			a := owner.patch(path, map[string]any{"host": w.desks["globex"].host}).is(409)
			if strings.Contains(strings.ToLower(a.raw), "globex") {
				t.Error(a.raw)
			}
		})
		if after := owner.get(path).ok().raw; after != before {
			t.Errorf("the brand was %s and is %s", before, after)
		}
		if a := owner.patch(path, map[string]any{"logo_file": 0}).is(200); a.at("logo") != nil {
			t.Error(a.raw)
		}
	})
}

// TestRequesterFields asks the API, as a requester, for the account's own fields:
// what the portal does not show is not there either.
func TestRequesterFields(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner, one := w.as("owner"), w.as("staff.one")
		field := func(name, use string) string {
			return fmt.Sprint(owner.post("/ticket-fields", map[string]any{"name": name, "kind": "text", "portal": use}).is(201).number("id"))
		}
		hidden, seen, filled := field("Secret margin", "none"), field("Order code", "see"), field("Room", "fill")
		n := w.file("support", "A desk")
		owner.patch(at(n), map[string]any{"fields": map[string]any{hidden: "toucan", seen: "A-17"}}).is(200)
		owner.patch(at(n), map[string]any{"status": "solved"}).is(200)
		t.Run("values stay with agents, on every path of the API", func(t *testing.T) {
			for _, path := range []string{at(n), at(n, "events") + "?limit=200", at(n, "messages"), "/tickets?limit=200", "/search?q=toucan", "/tickets?q=toucan", "/ticket-filters", "/notifications"} {
				if a := one.get(path).ok(); strings.Contains(strings.ReplaceAll(a.raw, `"q":"toucan"`, ""), "toucan") && !strings.Contains(path, "q=toucan") || strings.Contains(a.raw, "Secret margin") {
					t.Errorf("%s: %s", path, a.raw)
				}
			}
			same(t, "found by a hidden value", one.get("/tickets?q=toucan").ok().numbers(), []int64{})
			for _, id := range []string{hidden, seen, filled} {
				one.get(w.listPath("/tickets", cond("field:"+id, "is", "toucan"))).refused(422, "filter")
				one.get("/tickets?sort=field:" + id).is(422)
			}
			one.get("/ticket-fields").is(403)
		})
		t.Run("a requester changes none of them without the right to change details", func(t *testing.T) {
			for _, id := range []string{hidden, seen, filled} {
				one.patch(at(n), map[string]any{"fields": map[string]any{id: "mine"}}).is(403)
			}
			owner.patch("/settings", map[string]any{"portal.share_level": "edit"}).ok()
			for _, id := range []string{hidden, seen, filled} {
				a := one.patch(at(n), map[string]any{"fields": map[string]any{id: "mine"}}).refused(422, "fields."+id)
				if strings.Contains(a.raw, "Secret") || strings.Contains(a.raw, "mine") {
					t.Error(a.raw)
				}
			}
			one.patch(at(n), map[string]any{"fields": map[string]any{"99999999": "mine"}}).refused(422, "fields.99999999")
		})
	})
}
