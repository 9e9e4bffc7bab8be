package notify

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/locales"
)

// InApp gives the text of a row in a person's list of notifications. Actor may
// be empty for the program itself. The subject is left out where it is empty,
// and of notices about the end of a share in any case; whether the reader may
// see it is decided by the caller, when the row is read.
func InApp(lang string, kind dm.NoticeKind, actor string, number int64, subject string) string {
	w := words{locales.For(lang), &Notice{Kind: kind, Actor: actor, EndedBy: actor, Ticket: Ticket{Number: number, Subject: subject}}}
	return w.titled(w.headline())
}
