package live

import (
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

// Names of the lines of a stream.
const (
	nameTicket   = "ticket"
	nameAccess   = "access"
	nameCounts   = "counts"
	nameNotice   = "notification"
	nameBulk     = "bulk"
	namePresence = "presence"
	nameReset    = "reset"
	nameEnd      = "end"
)

// Reasons of a reset: why what was fetched before may be out of date.
const (
	resetOpened = "opened" // the stream begins here
	resetSlow   = "slow"   // its reader was too slow for all lines
	resetGap    = "gap"    // news of another node may be missing
)

// Reasons of the last line of a stream.
const (
	endSignedOut  = "signed_out"
	endRestarting = "restarting"
)

// ticketData is what a stream says of a ticket. Only the fields that the line
// needs are set.
type ticketData struct {
	Number  int64        `json:"number"`
	Kind    dm.EventKind `json:"kind,omitempty"`
	Version int64        `json:"version,omitempty"`
	Person  int64        `json:"person,omitempty"`
	State   string       `json:"state,omitempty"`
}

// bulkData names a bulk that came further.
type bulkData struct {
	ID int64 `json:"id"`
}

type reasonData struct {
	Reason string `json:"reason"`
}

// nothing is the data of a line that says all by its name.
type nothing struct{}

// line renders one event in the form of server-sent events (HTML Living
// Standard section 9.2.6).
func line(name string, data any) string {
	text, err := json.Marshal(data)
	if err != nil {
		panic("live: " + err.Error()) // numbers and words always can be written
	}
	return "event: " + name + "\ndata: " + string(text) + "\n\n"
}

// The lines that are alike for everybody.
var (
	lineCounts = line(nameCounts, nothing{})
	lineNotice = line(nameNotice, nothing{})
	lineRights = line(nameAccess, nothing{})
)

// accessLines are about requests for access. Whoever decides on them counts them
// anew, also where the lines themselves are internal.
var accessLines = map[dm.EventKind]bool{dm.AccessAsked: true, dm.AccessAllowed: true, dm.AccessRefused: true}

// uncounted are the kinds of change that leave every list with the tickets it
// had.
var uncounted = map[dm.EventKind]bool{
	dm.TicketMessage: true, dm.TicketLinked: true, dm.TicketUnlinked: true, dm.ShareOpened: true, dm.ShareDeclinedCap: true,
	dm.MailSuggested: true, dm.MailFailed: true, dm.MailAccepted: true, dm.MailMoved: true, dm.MailDiscarded: true,
	dm.PublicLinkUsed: true,
}
