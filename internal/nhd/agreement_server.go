package nhd

import (
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

func (c *call) agreements() map[string]func() error {
	return map[string]func() error{http.MethodGet: c.showAgreement, http.MethodPost: c.takeInvitation, http.MethodPut: c.changeAgreement}
}

// maxAgreement bounds what anybody may send without a token.
const maxAgreement = 64 << 10

// takeInvitation keeps an invitation, from anybody: nothing comes of it before an
// administrator has looked at it.
func (c *call) takeInvitation() error {
	if err := c.stranger(nil); err != nil {
		return err
	}
	if err := c.read(maxAgreement); err != nil {
		return err
	}
	a, err := ParseAgreement(c.body)
	if err != nil {
		return err
	}
	if err := c.sameID(a.UUID, true); err != nil {
		return err
	}
	// Some desks send the token with the invitation already.
	if token := c.request.Header.Get(headerToken); token != "" && token != *a.UUID+":"+value(a.AccessKey) && token != c.id+":"+value(a.AccessKey) {
		return errToken
	}
	in := app.ReceivedInvitation{UUID: c.id, Name: value(a.Name), SenderURL: value(a.SenderURL), ReceiverURL: value(a.ReceiverURL), Key: value(a.AccessKey),
		Status: value(a.Status), Flags: flagsOf(a), Secret: c.secret, Host: c.request.Host, Remote: httpx.AddrKey(httpx.RemoteIP(c.request))}
	if e := readExtension(a.Deskmesh); e != nil {
		in.Capable, in.Terms = true, e.Terms
	}
	made, err := c.app.ReceiveInvitation(c.ctx, c.account.ID, in)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if made {
		status = http.StatusCreated
	}
	body, err := hello(c.id)
	if err != nil {
		return err
	}
	return c.answer(status, body)
}

// hello answers an invitation with nothing but its id and that this is a Deskmesh
// desk.
func hello(id string) ([]byte, error) {
	raw, err := extension{}.raw()
	if err != nil {
		return nil, err
	}
	return (&Agreement{UUID: &id, Deskmesh: raw}).Encode()
}

// changeAgreement takes what the other desk says of an agreement.
func (c *call) changeAgreement() error {
	if err := c.authenticate(); err != nil {
		return err
	}
	if c.partner.UUID != c.id {
		return errNotHere
	}
	a, err := ParseAgreement(c.body)
	if err != nil {
		return err
	}
	if err := c.sameID(a.UUID, false); err != nil {
		return err
	}
	news := app.AgreementNews{Status: value(a.Status), Name: value(a.Name)}
	if e := readExtension(a.Deskmesh); e != nil {
		news.Capable, news.NextKey = true, e.NextKey
	}
	if err := c.app.TakeAgreementNews(c.ctx, c.account.ID, c.partner.ID, news); err != nil {
		return err
	}
	body, err := hello(c.id)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, body)
}

// showAgreement shows an agreement to its partner, without the key.
func (c *call) showAgreement() error {
	if err := c.authenticate(); err != nil {
		return err
	}
	if c.partner.UUID != c.id {
		return errNotHere
	}
	body, err := shownAgreement(c.account.Name, c.partner)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, body)
}

// sameID compares the id in a body with that of the path.
func (c *call) sameID(id *string, needed bool) error {
	if id == nil && !needed || id != nil && *id == c.id {
		return nil
	}
	return dm.BadField("uuid", "The id in the body is that of the address.")
}
