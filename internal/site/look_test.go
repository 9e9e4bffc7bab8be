package site_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// picture writes a PNG of two colours, or of noise.
func picture(t *testing.T, width, height int, noise bool) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	r := rand.New(rand.NewPCG(1, 2))
	for y := range height {
		for x := range width {
			c := color.NRGBA{200, 30, 30, 255}
			if x < width/2 {
				c = color.NRGBA{30, 30, 200, 255}
			}
			if noise {
				c = color.NRGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255}
			}
			m.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBrandLook(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			testBrandLook(t, portalDeskOn(t, engine))
		})
	}
}

func testBrandLook(t *testing.T, d *desk) {
	_, owner := d.person(t, "owner@acme.example")
	brands, _, err := d.app.Brands(t.Context(), owner, app.Page{Limit: 10})
	if err != nil || len(brands) < 2 {
		t.Fatalf("%d brands, %v", len(brands), err)
	}
	brand := brands[0]
	patch := func(p app.BrandPatch) error { return d.app.UpdateBrand(t.Context(), owner, brand.ID, p) }
	put := func(name string, content []byte) *int64 {
		f, err := d.app.Upload(t.Context(), owner, name, bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		return &f.ID
	}
	accent, host := "#FFE600", "help.acme.example"
	if err := patch(app.BrandPatch{Accent: &accent, Host: &host, LogoFile: put("logo.png", picture(t, 400, 200, false))}); err != nil {
		t.Fatal(err)
	}
	v := d.visitor(t, host)
	p := v.get("/sign-in").want(http.StatusOK, "<strong class=\"clip\">"+brand.Name, `/assets/accent/ffe600.css`, `width="56" height="28"`)
	logo := regexp.MustCompile(`/assets/brand/\d+/[0-9a-f]{12}\.png`).FindString(p.body)
	if logo == "" {
		t.Fatal("the page has no logo")
	}
	shown := v.get(logo).want(http.StatusOK)
	if got := shown.header.Get("Content-Type") + shown.header.Get("Cache-Control"); got != "image/pngpublic, max-age=31536000, immutable" || !strings.Contains(shown.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the logo comes as %s", got)
	}
	sheet := v.get("/assets/accent/ffe600.css").want(http.StatusOK, "--accent:light-dark(#")
	if size := len(p.body) + len(shown.body) + len(sheet.body); size > 9<<10 { // the sheet and the icons of the program are 6 KB
		t.Errorf("a page with the brand's look has %d bytes more", size)
	}
	v.get(strings.Replace(logo, ".png", "0.png", 1)).want(http.StatusNotFound)
	v.get("/assets/accent/red.css").want(http.StatusNotFound)
	other := d.visitor(t, "globex.localhost")
	other.get(logo).want(http.StatusNotFound)

	t.Run("S2-09 the share control stands in every brand's theme", func(t *testing.T) {
		guest := d.visitor(t, host)
		guest.post("/sign-in", "address", "staff.two@acme.example", "password", "deskmesh-demo").want(http.StatusSeeOther)
		id := regexp.MustCompile(`name="inbox" value="(\d+)"|<option value="(\d+)"`).FindStringSubmatch(guest.get("/portal/new").want(http.StatusOK).body)
		path := guest.file("type", "question", "inbox", id[1]+id[2], "subject", "With a look", "text", "x")
		guest.get(path).want(http.StatusOK, "/assets/accent/ffe600.css", path+"/share")
	})
	t.Run("what is no logo and no colour is refused", func(t *testing.T) {
		svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
		for name, p := range map[string]app.BrandPatch{
			"svg":      {LogoFile: put("logo.svg", svg)},
			"text":     {LogoFile: put("logo.png", []byte("no picture"))},
			"broken":   {LogoFile: put("logo.png", picture(t, 40, 40, false)[:60])},
			"wide":     {LogoFile: put("logo.png", picture(t, 700, 100, false))},
			"huge":     {LogoFile: put("logo.png", picture(t, 5000, 1000, false))},
			"large":    {LogoFile: put("logo.png", picture(t, 2100, 2100, false))},
			"rich":     {LogoFile: put("logo.png", picture(t, 600, 100, true))},
			"absent":   {LogoFile: new(int64(1 << 40))},
			"colour":   {Accent: new("red")},
			"injected": {Accent: new("#fff}{")},
			"host":     {Host: new("help acme")},
		} {
			if err := patch(p); dm.CodeOf(err) != dm.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := patch(app.BrandPatch{Host: new("globex.localhost")}); dm.CodeOf(err) != dm.Conflict {
			t.Errorf("another account's address: %v", err)
		}
		_, agent := d.person(t, "accounts.agent@acme.example")
		if err := d.app.UpdateBrand(t.Context(), agent, brand.ID, app.BrandPatch{Accent: &accent}); dm.CodeOf(err) != dm.Forbidden {
			t.Errorf("an agent without the permission: %v", err)
		}
	})
	t.Run("a logo that holds the name stands alone, and one that does not beside the name", func(t *testing.T) {
		d.visitor(t, host).get("/sign-in").want(http.StatusOK, `<strong class="clip">`+brand.Name)
		if err := patch(app.BrandPatch{LogoFile: put("logo.png", picture(t, 400, 100, false))}); err != nil {
			t.Fatal(err)
		}
		d.visitor(t, host).get("/sign-in").want(http.StatusOK, `<strong class="vh">`+brand.Name)
	})
	t.Run("a link's first page and its ticket have the look of the ticket's brand", func(t *testing.T) {
		home := d.enter(t, "staff.one")
		boxes, err := d.app.PortalInboxes(t.Context(), owner.AsRequester(), brand.ID)
		if err != nil {
			t.Fatal(err)
		}
		path := home.file("type", "question", "inbox", itoa(boxes[0].ID), "subject", "Behind a link", "text", "x")
		made := home.post(path+"/links", "level", "view", "days", "7", "password", "six words").want(http.StatusOK)
		address := regexp.MustCompile(`/s/dml_[\w-]+`).FindString(made.body)
		stranger := d.visitor(t, "acme.localhost")
		stranger.get(address).want(http.StatusOK, "/assets/accent/ffe600.css", "Somebody at "+brand.Name).without("Behind a link")
		stranger.post(address, "password", "six words").want(http.StatusSeeOther)
		stranger.get(address).want(http.StatusOK, "/assets/accent/ffe600.css", "Behind a link")
		d.visitor(t, "acme.localhost").get("/s/dml_unknown").want(http.StatusNotFound).without("/assets/accent/")
	})
	t.Run("a brand's address lists its tickets, and leads to the others", func(t *testing.T) {
		inboxes := func(id int64) string {
			list, err := d.app.PortalInboxes(t.Context(), owner.AsRequester(), id)
			if err != nil || len(list) == 0 {
				t.Fatalf("%d inboxes, %v", len(list), err)
			}
			return itoa(list[0].ID)
		}
		home := d.enter(t, "staff.one")
		home.file("type", "question", "inbox", inboxes(brand.ID), "subject", "Of this brand", "text", "x")
		home.file("type", "question", "inbox", inboxes(brands[1].ID), "subject", "Of the other one", "text", "x")
		v.post("/sign-in", "address", "staff.one@acme.example", "password", "deskmesh-demo").want(http.StatusSeeOther)
		v.get("/portal").want(http.StatusOK, "Of this brand", "brands=all").without("Of the other one")
		v.get("/portal?brands=all").want(http.StatusOK, "Of this brand", "Of the other one")
		v.get("/portal?q=other+one").want(http.StatusOK).without("Of the other one")
		home.get("/portal").want(http.StatusOK, "Of this brand", "Of the other one").without("brands=all")
		d.set(t, map[string]any{"portal.other_brands": false})
		v.get("/portal?brands=all").want(http.StatusOK, "Of this brand").without("Of the other one", "brands=all")
	})
	if err := patch(app.BrandPatch{LogoFile: new(int64), Accent: new(string), Host: new(string)}); err != nil {
		t.Fatal(err)
	}
	d.visitor(t, "acme.localhost").get("/sign-in").want(http.StatusOK).without("/assets/accent/", "/assets/brand/")
}
