package httpapi

import (
	"slices"
	"strconv"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// TicketRowJSON is a ticket in a list, as agents see it.
type TicketRowJSON struct {
	Number        int64             `json:"number"`
	Subject       string            `json:"subject"`
	Status        dm.Status         `json:"status"`
	StatusName    string            `json:"status_name" doc:"The account's own name for the status; the status itself where it has none."`
	Priority      dm.Priority       `json:"priority"`
	Type          dm.TicketType     `json:"type"`
	Private       bool              `json:"private"`
	Inbox         nameJSON          `json:"inbox"`
	Brand         nameJSON          `json:"brand"`
	BrandInactive bool              `json:"brand_inactive,omitempty"`
	Group         orNull[nameJSON]  `json:"group"`
	Assignee      orNull[nameJSON]  `json:"assignee"`
	Requester     contactJSON       `json:"requester"`
	Tags          []string          `json:"tags"`
	Preview       string            `json:"preview" doc:"The beginning of the newest reply, on one line."`
	PreviewBy     orNull[int64]     `json:"preview_by" doc:"Who wrote that reply; null where nobody is known."`
	Shares        int               `json:"shares" doc:"Live shares."`
	PublicLink    bool              `json:"public_link" doc:"A public link that is neither revoked, over nor used up leads to it."`
	Messages      orNull[int]       `json:"messages" doc:"Messages, notes included; null where the reader may not know of notes."`
	Version       int64             `json:"version" doc:"Sent back with a change, so that nobody overwrites what they have not seen."`
	CreatedAt     time.Time         `json:"created_at"`
	UpdatedAt     time.Time         `json:"updated_at"`
	SolvedAt      orNull[time.Time] `json:"solved_at"`
	Spam          bool              `json:"spam"`
	Deleted       bool              `json:"deleted"`
	SLA           orNull[SLAJSON]   `json:"sla" doc:"What is promised for it; null where nothing is."`
	Values        map[string]string `json:"values,omitempty" doc:"In an own view: what its columns show that is not in the row, by column. field:7 is the own field 7."`
}

// ticketJSON is one ticket, as agents see it.
type ticketJSON struct {
	TicketRowJSON
	Merged     bool              `json:"merged" doc:"It was merged into another ticket and is read-only."`
	MergedInto orNull[int64]     `json:"merged_into" doc:"The number of that ticket; null where there is none, or none that the reader may open."`
	Creator    orNull[nameJSON]  `json:"creator" doc:"Null where the desk itself made the ticket, as from mail."`
	Department orNull[nameJSON]  `json:"department"`
	CCs        []contactJSON     `json:"ccs"`
	Followers  []nameJSON        `json:"followers"`
	Muted      bool              `json:"muted" doc:"One has chosen to hear no more of it, but for mentions and what is meant for oneself alone."`
	Fields     []fieldValueJSON  `json:"fields"`
	Links      []linkJSON        `json:"links"`
	Partners   []PartnerMarkJSON `json:"partners" doc:"The other desks that it is or was shared with, newest first."`
	AccessJSON
}

// AccessJSON is what the reader may do with a ticket, and why.
type AccessJSON struct {
	Rights  []string     `json:"rights" doc:"What the reader may do with the ticket."`
	Level   string       `json:"level" enum:"full,edit,comment,view"`
	Reasons []reasonJSON `json:"reasons" doc:"The ways in that the reader has."`
}

// listedJSON is a ticket in a list or found by a search, as agents see it.
type listedJSON struct {
	TicketRowJSON
	Unread bool       `json:"unread" doc:"For oneself: somebody wrote since one has seen the ticket, or one never opened it while it is open and one's own, new and nobody's, or, in the list of those, shared with one."`
	Match  *matchJSON `json:"match,omitempty"`
}

// listedForRequesterJSON is the same for requesters.
type listedForRequesterJSON struct {
	RequesterRowJSON
	Match *matchJSON `json:"match,omitempty"`
}

// RequesterRowJSON is a ticket in a list, as requesters see it.
type RequesterRowJSON struct {
	Number     int64             `json:"number"`
	Subject    string            `json:"subject"`
	Status     dm.Status         `json:"status"`
	StatusName string            `json:"status_name"`
	Brand      nameJSON          `json:"brand"`
	Requester  nameJSON          `json:"requester"`
	CreatedAt  time.Time         `json:"created_at"`
	UpdatedAt  time.Time         `json:"updated_at"`
	SolvedAt   orNull[time.Time] `json:"solved_at"`
}

// requesterTicketJSON is one ticket, as requesters see it.
type requesterTicketJSON struct {
	RequesterRowJSON
	CCs     []nameJSON   `json:"ccs"`
	Rights  []string     `json:"rights"`
	Level   string       `json:"level" enum:"full,edit,comment,view"`
	Reasons []reasonJSON `json:"reasons"`
}

// contactJSON names a person with their address, for agents.
type contactJSON struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Address string `json:"address"`
}

// fieldValueJSON is the value of an own field, in its text form: numbers in
// decimal, dates as 2006-01-02, checkboxes as true or false.
type fieldValueJSON struct {
	ID    int64        `json:"id"`
	Name  string       `json:"name"`
	Kind  dm.FieldKind `json:"kind"`
	Value string       `json:"value"`
}

// reasonJSON is one way in.
type reasonJSON struct {
	Way     access.Way       `json:"way" enum:"reach,assignee,share,group_share,requester,cc"`
	Level   dm.Level         `json:"level,omitempty" doc:"Of a share."`
	Group   orNull[nameJSON] `json:"group" doc:"The group that the share is with, or that brings the ticket in reach."`
	ShareID orNull[int64]    `json:"share_id"`
}

type (
	ticketItem struct {
		forReader[listedJSON, listedForRequesterJSON]
	}
	ticketAnswer struct {
		forReader[ticketJSON, requesterTicketJSON]
	}
)

func contactOf(p dm.PersonRef) contactJSON {
	return contactJSON{ID: p.ID, Name: p.Name, Address: p.Address}
}

func nameOf(p dm.PersonRef) nameJSON { return nameJSON{ID: p.ID, Name: p.Name} }

// row renders a ticket for a list. counts says whether the reader may know how
// many messages there are, notes included.
func (c *caller) row(t *app.TicketRow, counts bool) TicketRowJSON {
	dir := c.Directory
	brand := dir.BrandOf(t.InboxID)
	row := TicketRowJSON{
		Number: t.Number, Subject: t.Subject, Status: t.Status, StatusName: c.statusName(&t.Ticket), Priority: t.Priority, Type: t.Type, Private: t.Private,
		Inbox: nameJSON{t.InboxID, dir.Inboxes[t.InboxID].Name}, Brand: nameJSON{brand.ID, brand.Name}, BrandInactive: !brand.Active,
		Group: named(t.GroupID, dir.GroupName(t.GroupID)), Assignee: named(t.AssigneeID, t.Assignee.Name), Requester: contactOf(t.Requester),
		Tags: append([]string{}, t.Tags...), Preview: t.Preview, PreviewBy: idOrNull(t.PreviewBy), Shares: t.Shares, PublicLink: t.HasLink, Version: t.Version,
		CreatedAt: t.CreatedAt.Std(), UpdatedAt: t.UpdatedAt.Std(), SolvedAt: moment(t.SolvedAt), Spam: t.Spam, Deleted: t.Deleted, SLA: c.sla(t.Clocks),
	}
	if counts {
		row.Messages = some(t.Messages)
	}
	return row
}

func (c *caller) statusName(t *dm.Ticket) string {
	if own, ok := c.Directory.Statuses[t.StatusID]; ok {
		return own.Name
	}
	return string(t.Status)
}

func (c *caller) requesterRow(t *app.TicketRow) RequesterRowJSON {
	brand := c.Directory.BrandOf(t.InboxID)
	return RequesterRowJSON{Number: t.Number, Subject: t.Subject, Status: t.Status, StatusName: c.statusName(&t.Ticket),
		Brand: nameJSON{brand.ID, brand.Name}, Requester: nameOf(t.Requester),
		CreatedAt: t.CreatedAt.Std(), UpdatedAt: t.UpdatedAt.Std(), SolvedAt: moment(t.SolvedAt)}
}

func (c *caller) item(t *app.TicketRow, counts bool) ticketItem {
	return c.foundItem(t, counts, nil)
}

// foundItem renders a ticket with what a search found in it.
func (c *caller) foundItem(t *app.TicketRow, counts bool, match *matchJSON) ticketItem {
	return ticketItem{sayFor(c, func() listedJSON { return listedJSON{c.row(t, counts), t.Unread, match} },
		func() listedForRequesterJSON { return listedForRequesterJSON{c.requesterRow(t), match} })}
}

// itemOf is item with what the columns of an own view show beyond it.
func (c *caller) itemOf(t *app.TicketRow, counts bool, columns []string) ticketItem {
	item := c.item(t, counts)
	if item.agent == nil {
		return item
	}
	values := map[string]string{}
	for _, column := range columns {
		field := dm.FieldColumn(column)
		switch {
		case column == "department" && t.DepartmentID != 0:
			values[column] = c.Directory.Depts[t.DepartmentID].Name
		case field != 0:
			for _, f := range t.Fields {
				if f.FieldID == field {
					values[column] = f.Value
				}
			}
		}
	}
	item.agent.Values = values
	return item
}

// ticket renders one ticket for its reader.
func (c *caller) ticket(v *app.TicketView) ticketAnswer {
	return ticketAnswer{sayFor(c, func() ticketJSON { return c.agentTicket(v) }, func() requesterTicketJSON { return c.requesterTicket(v) })}
}

func rowOf(v *app.TicketView) *app.TicketRow {
	t := &v.Ticket
	return &app.TicketRow{Ticket: *t, Clocks: v.Clocks, Requester: v.People[t.RequesterID], Assignee: v.People[t.AssigneeID]}
}

func (c *caller) agentTicket(v *app.TicketView) ticketJSON {
	t := &v.Ticket
	out := ticketJSON{
		Merged:        t.MergedInto != 0,
		TicketRowJSON: c.row(rowOf(v), v.Decision.Has(access.SeeInternal)),
		Creator:       named(t.CreatorID, v.People[t.CreatorID].Name),
		Department:    named(t.DepartmentID, c.Directory.Depts[t.DepartmentID].Name),
		CCs:           each(t.CCs, func(id *int64) contactJSON { return contactOf(v.People[*id]) }),
		Followers:     each(t.Followers, func(id *int64) nameJSON { return nameOf(v.People[*id]) }),
		Muted:         slices.Contains(t.Mutes, c.Viewer.Person()),
		Fields:        fieldValues(v),
		Links:         each(v.Links, linkOf),
		Partners:      each(v.Partners, partnerMarkOf),
		AccessJSON:    AccessJSON{Rights: v.Decision.Rights.Names(), Level: v.Decision.Level(), Reasons: c.reasons(v.Decision.Reasons)},
	}
	if v.MergedInto != 0 {
		out.MergedInto = some(v.MergedInto)
	}
	return out
}

func (c *caller) requesterTicket(v *app.TicketView) requesterTicketJSON {
	return requesterTicketJSON{
		RequesterRowJSON: c.requesterRow(rowOf(v)),
		CCs:              each(v.Ticket.CCs, func(id *int64) nameJSON { return nameOf(v.People[*id]) }),
		Rights:           v.Decision.Rights.Names(), Level: v.Decision.Level(), Reasons: c.reasons(v.Decision.Reasons),
	}
}

func (c *caller) reasons(list []access.Reason) []reasonJSON {
	return each(list, func(r *access.Reason) reasonJSON {
		out := reasonJSON{Way: r.Way, Level: r.Level, Group: named(r.GroupID, c.Directory.GroupName(r.GroupID))}
		if r.ShareID != 0 {
			out.ShareID = some(r.ShareID)
		}
		return out
	})
}

// fieldValues lists the values of the account's own fields, in the fields' order.
func fieldValues(v *app.TicketView) []fieldValueJSON {
	list := []fieldValueJSON{}
	order := map[int64]int64{}
	for _, value := range v.Ticket.Fields {
		def, ok := v.Fields[value.FieldID]
		if !ok || !def.Active {
			continue
		}
		order[def.ID] = def.Position
		list = append(list, fieldValueJSON{ID: def.ID, Name: def.Name, Kind: def.Kind, Value: value.Value})
	}
	slices.SortStableFunc(list, func(a, b fieldValueJSON) int { return int(order[a.ID] - order[b.ID]) })
	return list
}

// fieldPatch reads values of own fields by id. A value is given in its text form
// or as JSON's own number or boolean; null clears it.
func fieldPatch(values map[string]any) (map[int64]*string, error) {
	if len(values) == 0 {
		return nil, nil
	}
	patch := make(map[int64]*string, len(values))
	for key, value := range values {
		id, err := strconv.ParseInt(key, 10, 64)
		if err != nil || id < 1 {
			return nil, dm.BadField("fields."+clip(key), "There is no such field.")
		}
		text := ""
		switch v := value.(type) {
		case nil:
			patch[id] = nil
			continue
		case string:
			text = v
		case bool:
			text = strconv.FormatBool(v)
		case float64:
			text = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			return nil, dm.BadField("fields."+key, "The value is a text, a number, true, false or null.")
		}
		patch[id] = &text
	}
	return patch, nil
}
