package deskmesh

// Draft is a message that an agent is writing. Each agent has one of each kind
// on a ticket, and one for a ticket that is not filed yet.
type Draft struct {
	ID       int64
	PersonID int64
	TicketID int64 // 0: of a ticket that is not filed yet
	Kind     MessageKind
	Text     string
	HTML     string       // sanitised; "" when only text was given
	Files    []Attachment // uploaded, and taken by no message yet
	Form     DraftForm    // of a ticket that is not filed yet
	// UpdatedAt is when it was last saved.
	UpdatedAt Time
}

// DraftForm is what was filled in for a ticket that is not filed yet. Nothing in
// it is checked before the ticket is filed, and ids give no right.
type DraftForm struct {
	Subject          string     `json:"subject,omitempty"`
	InboxID          int64      `json:"inbox_id,omitempty"`
	RequesterID      int64      `json:"requester_id,omitempty"`
	RequesterAddress string     `json:"requester_address,omitempty"`
	RequesterName    string     `json:"requester_name,omitempty"`
	GroupID          int64      `json:"group_id,omitempty"`
	AssigneeID       int64      `json:"assignee_id,omitempty"`
	Priority         Priority   `json:"priority,omitempty"`
	Type             TicketType `json:"type,omitempty"`
	Private          bool       `json:"private,omitempty"`
	Tags             []string   `json:"tags,omitempty"`
	CCs              []string   `json:"ccs,omitempty"`
}

// Empty says whether nothing was filled in.
func (f *DraftForm) Empty() bool {
	texts := f.Subject + f.RequesterAddress + f.RequesterName + string(f.Priority) + string(f.Type)
	return texts == "" && f.InboxID|f.RequesterID|f.GroupID|f.AssigneeID == 0 && !f.Private && len(f.Tags)+len(f.CCs) == 0
}
