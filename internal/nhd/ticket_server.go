package nhd

import (
	"errors"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

func (c *call) tickets() map[string]func() error {
	return map[string]func() error{http.MethodGet: c.ticket, http.MethodPost: c.ticket, http.MethodPut: c.ticket, http.MethodDelete: c.ticket}
}

// ticket lets in who may speak of tickets at all.
func (c *call) ticket() error {
	if err := c.authenticate(); err != nil {
		return err
	}
	if err := inForce(c.partner); err != nil {
		return err
	}
	return errNotHere
}

// inForce refuses what is said of tickets while the agreement is not in force.
func inForce(p *dm.Partner) error {
	if p.Status == dm.PartnerAccepted {
		return nil
	}
	return dm.Errorf(dm.Forbidden, "The agreement is not in force.").With("not_in_force")
}

// writeTicket writes a message about a ticket.
func writeTicket(*app.PartnerMessage) (method, path string, body []byte, err error) {
	return "", "", nil, errors.New("nhd: an unknown kind of message")
}
