package app

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/notify"
	"github.com/deskmesh/deskmesh/internal/notify/wording"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/locales"
)

// MailTemplateKey names a template: a kind of mail in one language, for one brand
// or, with Brand 0, for all that have none of their own.
type MailTemplateKey struct {
	Brand    int64
	Kind     dm.MailKind
	Language string
}

// Where the words of a mail come from.
const (
	WordsOfBrand   = "brand"
	WordsOfAccount = "account"
	WordsStandard  = "standard"
)

// MailTemplateView is one template as it is edited: the words that hold now, and
// those that would without it.
type MailTemplateView struct {
	dm.MailTemplate // Version is 0 where there is no template under this very key
	Source          string
	Below           dm.MailTemplate
	BelowSource     string
	Standard        notify.Texts
	Values          []string
}

// MailTemplateTexts are the words of a template to be saved or tried out.
type MailTemplateTexts struct {
	Subject string
	Opening string
	Closing string
}

// checkTemplateKey refuses a key that names no mail: NotFound, as for a brand that
// the account does not have.
func checkTemplateKey(tx *store.Tx, account int64, k MailTemplateKey) error {
	if !slices.Contains(dm.MailKinds, k.Kind) || !slices.Contains(locales.Languages(), k.Language) {
		return dm.Missing("mail template")
	}
	if k.Brand == 0 {
		return nil
	}
	_, err := tx.Brand(account, k.Brand)
	return err
}

// MailTemplates lists every kind of mail in every language, with the words that
// hold for the brand or, with brand 0, for brands that have none of their own. It
// needs settings.manage.
func (a *App) MailTemplates(ctx context.Context, v *access.Viewer, brand int64) ([]MailTemplateView, error) {
	if err := require(v, dm.SettingsManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]MailTemplateView, error) {
		if brand != 0 {
			if _, err := tx.Brand(v.Account(), brand); err != nil {
				return nil, err
			}
		}
		rows, err := tx.MailTemplates(v.Account(), brand)
		if err != nil {
			return nil, err
		}
		var list []MailTemplateView
		for _, kind := range dm.MailKinds {
			for _, language := range locales.Languages() {
				list = append(list, viewTemplate(MailTemplateKey{brand, kind, language}, rows))
			}
		}
		return list, nil
	})
}

// MailTemplate reads one template. It needs settings.manage. NotFound for a kind,
// language or brand that there is not.
func (a *App) MailTemplate(ctx context.Context, v *access.Viewer, k MailTemplateKey) (*MailTemplateView, error) {
	if err := require(v, dm.SettingsManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*MailTemplateView, error) {
		if err := checkTemplateKey(tx, v.Account(), k); err != nil {
			return nil, err
		}
		rows, err := tx.MailTemplates(v.Account(), k.Brand)
		view := viewTemplate(k, rows)
		return &view, err
	})
}

// viewTemplate finds the words that hold for a key among the templates for every
// brand and for this one.
func viewTemplate(k MailTemplateKey, rows []dm.MailTemplate) MailTemplateView {
	x := MailTemplateView{Standard: notify.Standard(k.Kind, k.Language), Values: notify.ValueNames(k.Kind), BelowSource: WordsStandard}
	x.Below = dm.MailTemplate{Kind: k.Kind, Language: k.Language, Subject: x.Standard.Subject, Opening: x.Standard.Opening, Closing: x.Standard.Closing}
	x.MailTemplate, x.Source = x.Below, WordsStandard
	for _, source := range []string{WordsOfAccount, WordsOfBrand} {
		at := slices.IndexFunc(rows, func(r dm.MailTemplate) bool {
			return r.Kind == k.Kind && r.Language == k.Language && (r.BrandID != 0) == (source == WordsOfBrand)
		})
		if at < 0 {
			continue
		}
		x.MailTemplate, x.Source = rows[at], source
		if rows[at].BrandID != k.Brand {
			x.Below, x.BelowSource = rows[at], source
		}
	}
	if x.BrandID != k.Brand || x.ID == 0 { // the words of something wider
		x.ID, x.BrandID, x.Version, x.UpdatedAt = 0, k.Brand, 0, 0
	}
	return x
}

// SaveMailTemplate keeps a template, and every mail from now on has its words. It
// needs settings.manage. version, where given, is the version it was changed from,
// 0 for none: Conflict when somebody was faster. What is wrong with a text is told
// with its field and line.
func (a *App) SaveMailTemplate(ctx context.Context, v *access.Viewer, k MailTemplateKey, texts MailTemplateTexts, version *int64) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		old, err := t.templateToChange(k, version)
		if err != nil {
			return err
		}
		texts.check(&t.faults, k.Kind)
		if err := t.faults.err(); err != nil {
			return err
		}
		next := dm.MailTemplate{BrandID: k.Brand, Kind: k.Kind, Language: k.Language}
		if old != nil {
			next = *old
		}
		next.Subject, next.Opening, next.Closing = texts.Subject, texts.Opening, texts.Closing
		if old != nil && next == *old {
			return nil
		}
		if err := t.tx.SaveMailTemplate(t.account, &next); err != nil {
			return err
		}
		return t.logTemplate("mail_template.updated", &next)
	})
}

// ResetMailTemplate deletes a template: its mails have the words again that hold
// without it. Errors as SaveMailTemplate; NotFound where there is none.
func (a *App) ResetMailTemplate(ctx context.Context, v *access.Viewer, k MailTemplateKey, version *int64) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		old, err := t.templateToChange(k, version)
		if err != nil {
			return err
		}
		if old == nil {
			return dm.Missing("mail template")
		}
		if err := t.tx.DeleteMailTemplate(t.account, old.ID); err != nil {
			return err
		}
		return t.logTemplate("mail_template.reset", old)
	})
}

// templateToChange reads the template under a key, nil where there is none, and
// sees that it is the version that was looked at.
func (t *act) templateToChange(k MailTemplateKey, version *int64) (*dm.MailTemplate, error) {
	if err := checkTemplateKey(t.tx, t.account, k); err != nil {
		return nil, err
	}
	old, err := t.tx.MailTemplate(t.account, k.Brand, k.Kind, k.Language)
	if err != nil {
		return nil, err
	}
	now := int64(0)
	if old != nil {
		now = old.Version
	}
	if version != nil && *version != now {
		return nil, dm.Errorf(dm.Conflict, "Somebody else changed this mail meanwhile. Load it again and look at what changed.").With("version")
	}
	return old, nil
}

func (t *act) logTemplate(action string, m *dm.MailTemplate) error {
	t.changed("mail", "", string(m.Kind))
	t.changed("language", "", m.Language)
	t.changedID("brand", 0, m.BrandID)
	return t.log(action, "mail_template", m.ID)
}

// check cleans the texts of a kind of mail and names what is wrong with them. A
// signature has a closing alone.
func (x *MailTemplateTexts) check(f *inputFaults, kind dm.MailKind) {
	x.Subject, x.Opening, x.Closing = strings.TrimSpace(x.Subject), plainLines(x.Opening), plainLines(x.Closing)
	signature := kind == dm.MailSignature
	for _, text := range []struct {
		field, value string
		most         int
		needed, none bool
	}{
		{"subject", x.Subject, dm.MaxTemplateSubject, !signature, signature},
		{"opening", x.Opening, dm.MaxTemplateText, !signature, signature},
		{"closing", x.Closing, dm.MaxTemplateText, signature, false},
	} {
		err := wording.Check(text.value, notify.ValueNames(kind))
		switch {
		case text.needed && text.value == "":
			f.add(text.field, "This needs a text.")
		case text.none && text.value != "":
			f.add(text.field, "A signature has no such text.")
		case utf8.RuneCountInString(text.value) > text.most:
			f.add(text.field, "This may have at most %d characters.", text.most)
		case text.field == "subject" && strings.ContainsAny(text.value, "\r\n"):
			f.add(text.field, "A subject is one line.")
		case err != nil:
			f.add(text.field, "%s", err.Error())
		}
	}
}

// plainLines ends every line in the same way.
func plainLines(s string) string {
	return strings.Trim(strings.ReplaceAll(s, "\r\n", "\n"), "\n ")
}

// mailTexts gives the words that an account has for a mail to somebody who reads
// the language: those of the brand, else those for every brand.
func mailTexts(tx *store.Tx, account, brand int64, kind dm.MailKind, language string) (notify.Texts, error) {
	rows, err := tx.MailTemplatesFor(account, brand, kind, locales.For(language).Language())
	var t notify.Texts
	for _, r := range rows {
		if r.Kind == dm.MailSignature {
			t.Signature = r.Closing
		} else {
			t.Subject, t.Opening, t.Closing = r.Subject, r.Opening, r.Closing
		}
	}
	return t, err
}
