package deskmesh

import "encoding/json"

// Theme is the colours of a person's screens.
type Theme string

// The themes.
const (
	ThemeSystem Theme = "system" // as the device has it
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Density is how close together the lines of a person's screens stand.
type Density string

// The densities.
const (
	Comfortable Density = "comfortable"
	Compact     Density = "compact"
)

// AfterSend is where a person goes on when a reply has been sent.
type AfterSend string

// The places.
const (
	AfterSendStay AfterSend = "stay" // in the ticket
	AfterSendNext AfterSend = "next" // the next ticket of the list
	AfterSendList AfterSend = "list" // the list
)

// Preferences are what a person likes on screens, and when they want mail. They
// decide nothing about rights. The language is not one of them: it is Person.Language, which mail
// follows too.
type Preferences struct {
	Theme     Theme     `json:"theme,omitempty"`
	Density   Density   `json:"density,omitempty"`
	Shortcuts bool      `json:"shortcuts"`
	TimeZone  string    `json:"time_zone,omitempty"` // an IANA name; "" as the device has it
	AfterSend AfterSend `json:"after_send,omitempty"`

	Notices NoticeTimes `json:"notices"` // when mail goes out
}

// DefaultPreferences are those of somebody who has chosen nothing.
func DefaultPreferences() Preferences {
	return Preferences{Theme: ThemeSystem, Density: Comfortable, Shortcuts: true, AfterSend: AfterSendStay, Notices: DefaultNoticeTimes()}
}

// ParsePreferences reads preferences as they are stored, over the defaults.
func ParsePreferences(text string) (Preferences, error) {
	p := DefaultPreferences()
	return p, json.Unmarshal([]byte(text), &p)
}
