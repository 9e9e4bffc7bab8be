package storetest

import (
	"slices"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

func testMailTemplates(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	brand := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateBrand(account, "Shop") })
	keep := func(m dm.MailTemplate) dm.MailTemplate {
		t.Helper()
		write(t, db, func(tx *store.Tx) error {
			next := m // the transaction may run twice
			err := tx.SaveMailTemplate(account, &next)
			m.ID = next.ID
			return err
		})
		return m
	}
	find := func(account, brand int64, kind dm.MailKind, language string) *dm.MailTemplate {
		t.Helper()
		return read(t, db, func(tx *store.Tx) (*dm.MailTemplate, error) { return tx.MailTemplate(account, brand, kind, language) })
	}
	own := keep(dm.MailTemplate{BrandID: brand, Kind: "reply", Language: "de", Subject: "Größe {{ticket.subject}}", Opening: "Zeile\nZwei", Closing: "Ende"})
	all := keep(dm.MailTemplate{Kind: "reply", Language: "de", Subject: "Alle", Opening: "Alle"})
	keep(dm.MailTemplate{Kind: dm.MailSignature, Language: "de", Closing: "Gruß"})
	keep(dm.MailTemplate{Kind: "reply", Language: "en", Subject: "All", Opening: "All"})

	got := find(account, brand, "reply", "de")
	if got == nil || got.ID != own.ID || got.BrandID != brand || got.Subject != own.Subject || got.Opening != own.Opening || got.Closing != own.Closing || got.Version != 1 || got.UpdatedAt == 0 {
		t.Errorf("the brand's: %+v", got)
	}
	if got := find(account, 0, "reply", "de"); got == nil || got.ID != all.ID || got.BrandID != 0 {
		t.Errorf("that for every brand: %+v", got)
	}
	if got := find(other, 0, "reply", "de"); got != nil {
		t.Errorf("another account has %+v", got)
	}
	own.Closing = "Schluss"
	keep(own)
	if got := find(account, brand, "reply", "de"); got.Closing != "Schluss" || got.Version != 2 {
		t.Errorf("changed: %+v", got)
	}
	words := func(brand int64) (list []string) {
		for _, m := range read(t, db, func(tx *store.Tx) ([]dm.MailTemplate, error) {
			return tx.MailTemplatesFor(account, brand, "reply", "de")
		}) {
			list = append(list, m.Subject+m.Closing)
		}
		return list
	}
	if got := words(brand); len(got) != 3 || got[2] != own.Subject+"Schluss" || !slices.Contains(got, "Gruß") {
		t.Errorf("for a mail of the brand: %v", got)
	}
	if got := words(0); len(got) != 2 {
		t.Errorf("for a mail of another brand: %v", got)
	}
	refused(t, db, dm.NotFound, func(tx *store.Tx) error {
		return tx.SaveMailTemplate(other, &dm.MailTemplate{BrandID: brand, Kind: "reply", Language: "de", Subject: "x", Opening: "x"})
	})
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.DeleteMailTemplate(other, own.ID) })
	write(t, db, func(tx *store.Tx) error { return tx.DeleteMailTemplate(account, own.ID) })
	if got := words(brand); len(got) != 2 {
		t.Errorf("after deleting: %v", got)
	}
}
