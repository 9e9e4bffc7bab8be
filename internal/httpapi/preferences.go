package httpapi

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/locales"
)

// preferencesJSON is what somebody likes on screens.
type preferencesJSON struct {
	Theme     dm.Theme     `json:"theme" enum:"system,light,dark"`
	Density   dm.Density   `json:"density" enum:"comfortable,compact"`
	Shortcuts bool         `json:"shortcuts" doc:"Single keys do things."`
	Locale    string       `json:"locale" enum:"de,en," doc:"The language of screens and mail, of those there are; empty for the browser's. It is what language says, as far as there are texts in it."`
	TimeZone  string       `json:"time_zone" doc:"An IANA name such as Europe/Berlin; empty for the device's."`
	AfterSend dm.AfterSend `json:"after_send" enum:"stay,next,list" doc:"Where to go on when a reply was sent: stay in the ticket, the next one of the list, or the list."`
}

func preferencesOf(p *dm.Person) preferencesJSON {
	l := p.Preferences
	j := preferencesJSON{Theme: l.Theme, Density: l.Density, Shortcuts: l.Shortcuts, TimeZone: l.TimeZone, AfterSend: l.AfterSend}
	if p.Language != "" {
		j.Locale = locales.For(p.Language).Language()
	}
	return j
}

type preferencesPatchJSON struct {
	Theme     maybe[dm.Theme]     `json:"theme,omitempty" enum:"system,light,dark"`
	Density   maybe[dm.Density]   `json:"density,omitempty" enum:"comfortable,compact"`
	Shortcuts maybe[bool]         `json:"shortcuts,omitempty"`
	Locale    maybe[string]       `json:"locale,omitempty" enum:"de,en," doc:"Sets language; not together with it."`
	TimeZone  maybe[string]       `json:"time_zone,omitempty" maxLength:"100"`
	AfterSend maybe[dm.AfterSend] `json:"after_send,omitempty" enum:"stay,next,list"`
}

func (p *preferencesPatchJSON) patch() *app.PreferencesPatch {
	return &app.PreferencesPatch{Theme: p.Theme.pointer(), Density: p.Density.pointer(), Shortcuts: p.Shortcuts.pointer(),
		TimeZone: p.TimeZone.pointer(), AfterSend: p.AfterSend.pointer()}
}
