package notify

import dm "github.com/deskmesh/deskmesh"

// Switch names one switch for one kind of notice: that of the account where
// both ids are 0, else that of a brand or of a person.
type Switch struct {
	Brand  int64
	Person int64
	Kind   dm.NoticeKind
}

// Switches holds the switches that somebody has set. One that is not there is
// on; nil means that all are.
type Switches map[Switch]bool

// Allowed says whether a person may be sent a notice of a kind about a ticket
// of a brand: only where account, brand and person all leave it on (C11). None
// of them can turn on what another has turned off.
func Allowed(s Switches, brand, person int64, kind dm.NoticeKind) bool {
	return s.on(Switch{Kind: kind}) && s.on(Switch{Brand: brand, Kind: kind}) && s.on(Switch{Person: person, Kind: kind})
}

func (s Switches) on(which Switch) bool {
	on, set := s[which]
	return on || !set
}
