package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"image"
	_ "image/gif"  // for reading logos
	_ "image/jpeg" // for reading logos
	"image/png"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // for reading logos

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// This file is how a brand looks: its colour, its logo and its address.

const (
	maxLogoFile  = 1 << 20 // bytes
	maxLogoSide  = 4096    // pixels
	maxLogoArea  = 4 << 20 // pixels, which are at most 32 MB while it is drawn
	maxLogoDrawn = 6 << 10 // bytes, so that a page with it keeps to its budget
)

// logoKinds are the pictures that a logo is made of. SVG is none of them: it is a
// program of its own.
var logoKinds = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// drawnLogo is a logo as it is kept.
type drawnLogo struct {
	dm.Logo
	png string // in base64
}

// newLogo draws a logo anew from a picture that the actor has uploaded, so that
// nothing of the file but what one sees is ever served. It gives nil where none is
// asked for, and an empty one for 0.
func (a *App) newLogo(ctx context.Context, v *access.Viewer, id *int64) (*drawnLogo, error) {
	if id == nil || *id == 0 {
		if id == nil {
			return nil, nil
		}
		return &drawnLogo{}, nil
	}
	file, body, err := a.File(ctx, v, *id)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, dm.BadField("logo_file", "There is no such file.")
	}
	if err != nil {
		return nil, err
	}
	defer body.Close()
	switch {
	case file.UploaderID != v.Person():
		return nil, dm.BadField("logo_file", "There is no such file.")
	case !slices.Contains(logoKinds, file.ContentType):
		return nil, dm.BadField("logo_file", "A logo is a PNG, JPEG, GIF or WebP picture.")
	case file.Size > maxLogoFile:
		return nil, dm.BadField("logo_file", "A logo has at most 1 MB.")
	}
	raw, err := io.ReadAll(io.LimitReader(body, maxLogoFile+1))
	if err != nil {
		return nil, err
	}
	return drawLogo(raw)
}

func drawLogo(raw []byte) (*drawnLogo, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || size.Width < 1 || size.Height < 1 {
		return nil, dm.BadField("logo_file", "This picture cannot be read.").Because(err)
	}
	if size.Width > maxLogoSide || size.Height > maxLogoSide {
		return nil, dm.BadField("logo_file", "A logo has at most %d pixels on a side.", maxLogoSide)
	}
	if size.Width*size.Height > maxLogoArea {
		return nil, dm.BadField("logo_file", "A logo has at most %d pixels.", maxLogoArea)
	}
	picture, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, dm.BadField("logo_file", "This picture cannot be read.").Because(err)
	}
	width := max(1, size.Width*dm.LogoHeight/size.Height)
	if width > dm.LogoMaxWidth {
		return nil, dm.BadField("logo_file", "A logo is at most %d times as wide as high.", dm.LogoMaxWidth/dm.LogoHeight)
	}
	// Twice as many pixels as are shown, or fewer where they are too many bytes.
	for _, scale := range []int{4, 3, 2} {
		to := image.NewNRGBA(image.Rect(0, 0, width*scale/2, dm.LogoHeight*scale/2))
		draw.CatmullRom.Scale(to, to.Bounds(), picture, picture.Bounds(), draw.Src, nil)
		var out bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, to); err != nil {
			return nil, err
		}
		if out.Len() > maxLogoDrawn {
			continue
		}
		sum := sha256.Sum256(out.Bytes())
		return &drawnLogo{Logo: dm.Logo{Hash: hex.EncodeToString(sum[:6]), Width: width}, png: base64.StdEncoding.EncodeToString(out.Bytes())}, nil
	}
	return nil, dm.BadField("logo_file", "This picture is too rich for a logo. Please choose one with fewer colours, such as a sign without a photo.")
}

// patchLook checks a brand's colour and address.
func (t *act) patchLook(b *dm.Brand, p *BrandPatch) {
	if p.Accent != nil {
		b.Accent = strings.ToLower(strings.TrimSpace(*p.Accent))
		if _, ok := AccentsOf(b.Accent); !ok && b.Accent != "" {
			t.faults.add("accent", "A colour is written such as #0b6e4f.")
		}
	}
	if p.Host != nil {
		if b.Host = strings.TrimSpace(*p.Host); b.Host != "" {
			b.Host = t.faults.host("host", b.Host)
		}
	}
}

// saveLook keeps what of a brand's look lies outside its row.
func (t *act) saveLook(old, b *dm.Brand, logo *drawnLogo) error {
	if b.Host != old.Host {
		if err := t.tx.SetBrandHost(t.account, b.ID, b.Host); err != nil {
			return err
		}
	}
	if logo == nil || logo.Hash == old.Logo.Hash {
		return nil
	}
	return t.tx.SetBrandLogo(t.account, b.ID, logo.Logo, logo.png)
}

// LogoPath is where a brand's logo is served. The address changes with the logo.
func LogoPath(b *dm.Brand) string {
	return "/assets/brand/" + strconv.FormatInt(b.ID, 10) + "/" + b.Logo.Hash + ".png"
}

// BrandLogo gives the PNG of a brand's logo, which everybody may see.
func (a *App) BrandLogo(ctx context.Context, account, brand int64, hash string) ([]byte, error) {
	text, err := fetch(ctx, a, func(tx *store.Tx) (*string, error) {
		text, err := tx.BrandLogo(account, brand, hash)
		return &text, err
	})
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(*text)
}

// Face gives the brand whose look the pages of a host have: its own, and at an
// account's address that of its only active brand; nil for none.
func Face(dir *store.Directory, brand int64) *dm.Brand {
	if b, ok := dir.Brands[brand]; ok {
		return &b
	}
	var only *dm.Brand
	for _, id := range sortedKeys(dir.Brands) {
		b := dir.Brands[id]
		if b.Active && only != nil {
			return nil
		}
		if b.Active {
			only = &b
		}
	}
	return only
}

// FaceAt is Face where nobody is signed in.
func (a *App) FaceAt(ctx context.Context, account, brand int64) (*dm.Brand, error) {
	dir, err := a.directory(ctx, account)
	if err != nil {
		return nil, err
	}
	return Face(dir, brand), nil
}
