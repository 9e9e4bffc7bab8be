package site

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/locales"
)

//go:embed templates
var templateFiles embed.FS

// templates holds every page by its name, each with the layout; built once,
// read only.
var templates = func() map[string]*template.Template {
	all := map[string]*template.Template{}
	for _, name := range []string{"sign_in", "code", "two_step", "setup", "sign_in_mail", "list", "ticket", "new", "share", "me", "mailbox", "error", "link", "link_gate", "unsubscribe", "satisfaction"} {
		t := template.New("layout.html").Funcs(template.FuncMap{"icon": icon, "asset": assetAddress, "lines": richText, "initials": initials, "hue": hue, "pair": pair})
		all[name] = template.Must(t.ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/"+name+".html"))
	}
	return all
}()

// icon draws one of the icons of assets/icons.svg; it says nothing to screen
// readers, so a word always stands beside it.
func icon(name string, class ...string) template.HTML {
	classes := strings.Join(append([]string{"icon"}, class...), " ")
	return template.HTML(`<svg class="` + template.HTMLEscapeString(classes) + `" viewBox="0 0 16 16" aria-hidden="true"><use href="` + //nolint:gosec // every value is escaped
		assetAddress("icons.svg") + `#` + template.HTMLEscapeString(name) + `"/></svg>`)
}

// paired hands a template the page's frame together with one value.
type paired struct {
	Frame *frame
	Value any
}

func pair(f *frame, value any) paired { return paired{f, value} }

// frame is what every page shows around its own content.
type frame struct {
	Title   string
	Account string
	Look    look
	Person  *dm.PersonRef // nil while nobody is signed in
	Agent   bool          // they have the workspace, too
	Demo    bool
	Page    string // the part of the navigation that the page belongs to
	Narrow  bool
	Medium  bool // the page is one column to read
	Bare    bool // the page leads nowhere else
	Own     any  // the page's own content
	words   *locales.Catalogue
	clock   clockWords
}

// Lang is the language of the page.
func (f *frame) Lang() string { return f.words.Language() }

// T gives a text of the catalogue; pairs are names and values for its placeholders.
func (f *frame) T(key string, pairs ...string) string {
	return f.words.T(key, argsOf(pairs))
}

// N is T for a text that depends on a number.
func (f *frame) N(key string, count int, pairs ...string) string {
	return f.words.N(key, count, argsOf(pairs))
}

// Hint says who a person of the demo is.
func (f *frame) Hint(who string) string { return f.words.T("site.demo." + who) }

// Level says what a share lets its target do.
func (f *frame) Level(l dm.Level) string { return f.words.T("site.level." + string(l)) }

// May says the same as what one lets somebody do.
func (f *frame) May(l dm.Level) string { return f.words.T("site.share.may." + string(l)) }

// LinkState says how a public link stands, and Notice what a mail is about.
func (f *frame) LinkState(s dm.LinkState) string { return f.words.T("site.link_state." + string(s)) }
func (f *frame) Notice(k dm.NoticeKind) string   { return f.words.T("site.notice." + string(k)) }

// LanguageName names a language in itself.
func (f *frame) LanguageName(code string) string { return f.words.T("site.language." + code) }

// Status, Priority and Type name the built-in values of a ticket.
func (f *frame) Status(s dm.Status) string     { return f.words.T("status." + string(s)) }
func (f *frame) Priority(p dm.Priority) string { return f.words.T("priority." + string(p)) }
func (f *frame) Type(t dm.TicketType) string   { return f.words.T("type." + string(t)) }

// Ago says how long ago a moment was; Date and Moment name it.
func (f *frame) Ago(t dm.Time) string    { return f.clock.ago(t) }
func (f *frame) Date(t dm.Time) string   { return f.clock.date(t) }
func (f *frame) Moment(t dm.Time) string { return f.clock.moment(t) }

// Machine writes a moment for the datetime attribute.
func (f *frame) Machine(t dm.Time) string { return t.Std().Format("2006-01-02T15:04:05Z") }

func argsOf(pairs []string) locales.Args {
	args := make(locales.Args, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return args
}

// newFrame begins a page with a title from the catalogue.
func (v *visit) newFrame(page, title string) *frame {
	f := &frame{Title: title, Page: page, Demo: v.app.Demo, words: v.words, clock: clockWords{words: v.words, now: dm.TimeOf(v.options.Now())}}
	if v.person != nil && v.person.Preferences.TimeZone != "" {
		if zone, err := time.LoadLocation(v.person.Preferences.TimeZone); err == nil {
			f.clock.zone = zone
		}
	}
	if v.account != nil {
		f.Account = v.account.Name
	}
	if b := v.brand(); b != nil {
		f.Account = b.Name
	}
	f.Look = lookOf(v.face)
	f.Agent = v.signed != nil && v.viewer().IsAgent() && v.options.Workspace != nil
	if v.person != nil {
		f.Person = &dm.PersonRef{ID: v.person.ID, Name: v.person.Name, Address: v.person.Address, Kind: v.person.Kind}
	}
	return f
}

// t gives a text of the catalogue; pairs are names and values.
func (v *visit) t(key string, pairs ...string) string {
	return v.words.T(key, argsOf(pairs))
}

// show sends a page. It is rendered whole before the first byte is sent, so an
// error gives an error page and not half a page.
func (v *visit) show(status int, name string, f *frame, own any) error {
	f.Own = own
	var body bytes.Buffer
	if err := templates[name].Execute(&body, f); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "Accept-Language, Cookie")
	v.w.WriteHeader(status)
	if v.r.Method == http.MethodHead {
		return nil
	}
	if _, err := v.w.Write(body.Bytes()); err != nil {
		return nil //nolint:nilerr // the client is gone
	}
	return nil
}
