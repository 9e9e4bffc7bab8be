package deskmesh

import "unicode"

// MessageKind tells who may read a message.
type MessageKind string

// The kinds of message. A reply is public; a note is for those who may see
// internal content; a local note never leaves this desk.
const (
	Reply     MessageKind = "reply"
	Note      MessageKind = "note"
	LocalNote MessageKind = "local_note"
)

// Message is one contribution to a ticket's conversation.
type Message struct {
	ID          int64
	TicketID    int64
	Kind        MessageKind
	AuthorID    int64 // 0: the system
	Text        string
	HTML        string // sanitised; "" when only text was given
	Via         Via
	RawMailID   int64  // 0 none
	MergedFrom  int64  // id of the merged ticket it came from; 0 none
	LinkID      int64  // the public link it came through; 0 none
	Visitor     string // the name given there; "" none
	Foreign     *ForeignAuthor
	Missing     []PartnerFile // files of a partner's message that are not here
	ForPartners bool          // marked for partners that are sent marked messages alone
	Attachments []Attachment
	Side        *SideMark // of a message of a side conversation
	CreatedAt   Time
}

// ForeignAuthor is somebody of another desk who wrote a message there. They are
// nobody here.
type ForeignAuthor struct {
	ID         int64 // of the PartnerPerson
	Name       string
	Role       string // as their desk says; a label
	PartnerID  int64
	PersonID   int64 // who they are here, linked by hand; 0 nobody
	PersonName string
	At         Time // when it was written there, as their desk says; 0 unknown
}

// Internal says whether the right to see internal content is needed.
func (m *Message) Internal() bool { return m.Kind != Reply }

// PreviewOf gives the beginning of a text for a list: one line of at most 200 characters.
func PreviewOf(text string) string {
	line := make([]rune, 0, 200)
	space := false
	for _, c := range text {
		if unicode.IsSpace(c) || unicode.IsControl(c) {
			space = len(line) > 0
			continue
		}
		if len(line)+2 > cap(line) {
			break
		}
		if space {
			line = append(line, ' ')
			space = false
		}
		line = append(line, c)
	}
	return string(line)
}
