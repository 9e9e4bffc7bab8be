package nhd

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
)

func (c *call) tickets() map[string]func() error {
	return map[string]func() error{http.MethodGet: c.showTicket, http.MethodPost: c.takeTicket, http.MethodPut: c.changeTicket, http.MethodDelete: c.endTicket}
}

// letIn lets in who may speak of tickets at all.
func (c *call) letIn() error {
	if err := c.authenticate(); err != nil {
		return err
	}
	return inForce(c.partner)
}

// inForce refuses what is said of tickets while the agreement is not in force.
func inForce(p *dm.Partner) error {
	if p.Status == dm.PartnerAccepted {
		return nil
	}
	return dm.Errorf(dm.Forbidden, "The agreement is not in force.").With("not_in_force")
}

// takeTicket takes a ticket that a partner shares. The same one again is answered
// as the first time.
func (c *call) takeTicket() error {
	if err := c.letIn(); err != nil {
		return err
	}
	t, in, err := readTicket(c.body, c.partner)
	if err != nil {
		return err
	}
	if err := c.sameID(in.UUID, true); err != nil {
		return err
	}
	if in.Status != nil && t.Status == "" {
		t.Status = dm.StatusOpen
	}
	t.UUID = c.id
	number, made, err := c.app.ReceiveTicket(c.ctx, c.account.ID, c.partner, t)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if made {
		status = http.StatusCreated
	}
	return c.taken(status, number)
}

// changeTicket takes a change of a shared ticket.
func (c *call) changeTicket() error {
	if err := c.letIn(); err != nil {
		return err
	}
	t, in, err := readTicket(c.body, c.partner)
	if err != nil {
		return err
	}
	if err := c.sameID(in.UUID, false); err != nil {
		return err
	}
	t.UUID = c.id
	number, err := c.app.UpdateFromPartner(c.ctx, c.account.ID, c.partner, t)
	if err != nil {
		return err
	}
	return c.taken(http.StatusOK, number)
}

// taken answers with the ticket's number here, which Deskmesh desks show.
func (c *call) taken(status int, number int64) error {
	raw, err := json.Marshal(&ticketExtension{Version: extensionVersion, Number: strconv.FormatInt(number, 10)})
	if err != nil {
		return err
	}
	body, err := (&Ticket{UUID: &c.id, Deskmesh: raw}).Encode()
	if err != nil {
		return err
	}
	return c.answer(status, body)
}

// endTicket notes that the partner shares a ticket no more.
func (c *call) endTicket() error {
	if err := c.letIn(); err != nil {
		return err
	}
	if err := c.app.UnshareFromPartner(c.ctx, c.account.ID, c.partner, c.id); err != nil {
		return err
	}
	return c.answer(http.StatusOK, nil)
}

// showTicket shows a shared ticket to its partner.
func (c *call) showTicket() error {
	if err := c.letIn(); err != nil {
		return err
	}
	t, err := c.app.TicketForPartner(c.ctx, c.account.ID, c.partner, c.id)
	if err != nil {
		return err
	}
	body, err := ticketBody(t)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, body)
}

// file serves a file of a shared ticket to whoever has its signed address. It is a
// download, never a page.
func (c *call) file(parts []string) error {
	if c.request.Method != http.MethodGet && c.request.Method != http.MethodHead {
		return errMethod
	}
	if err := c.begin(); err != nil {
		return err
	}
	if err := c.stranger(nil); err != nil { // who fetches shows no token
		return err
	}
	id, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return errNotHere
	}
	f, body, err := c.app.PartnerFile(c.ctx, c.account.ID, CleanID(parts[1]), id, parts[3])
	if err != nil {
		return err
	}
	defer body.Close()
	h := c.writer.Header()
	h.Set("Content-Type", f.ContentType)
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	c.writer.WriteHeader(http.StatusOK)
	if c.request.Method == http.MethodGet {
		io.Copy(c.writer, body) // who hangs up has what they wanted
	}
	return nil
}
