package deskmesh

// PartnerAct is what is done with a ticket and a partner.
type PartnerAct string

// The acts. Who sent a ticket ends it with unshare; who received it detaches.
// Resume lets the status cross again after it went to and fro too often.
const (
	ShareWithPartner   PartnerAct = "share"
	UnsharePartner     PartnerAct = "unshare"
	DetachFromPartner  PartnerAct = "detach"
	ResumeWithPartner  PartnerAct = "resume"
	EndPartnerOfTicket PartnerAct = "unshare_from" // by the partner's id, if there is a link
	OrphanOfPartner    PartnerAct = "orphan"       // theirs alone: they share it no more
)

// PartnerChange is one such act. PartnerID is for sharing and ending by partner,
// LinkID for the others.
type PartnerChange struct {
	Do        PartnerAct
	PartnerID int64
	LinkID    int64
	// FromNow leaves earlier messages here, or sends them where the terms let it;
	// nil takes what the terms say.
	FromNow *bool
	// Place names it in the request, for what is refused; "" as one of a list.
	Place string
}

// PartnerComment is a comment of a partner that becomes a message.
type PartnerComment struct {
	UUID     string
	AuthorID int64  // of the PartnerPerson; 0 unknown
	Cause    string // who wrote it and where, for the history; "" as the change says
	At       Time   // when it was written there, as they say; 0 unknown
}
