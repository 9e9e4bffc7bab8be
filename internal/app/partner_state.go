package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// statusData is what a message about a state holds.
type statusData struct {
	Status dm.PartnerStatus `json:"status"`
	Person int64            `json:"person,omitempty"` // who did it
}

// partnerUUID gives the id in the protocol of something of ours, the same for
// life and for every partner, without telling the number it is made of.
func partnerUUID(tx *store.Tx, account int64, noun string, id int64) (string, error) {
	secret, err := tx.Secret(partnerSecret)
	if err != nil {
		return "", err
	}
	sum := hmac.New(sha256.New, secret)
	sum.Write([]byte(idText(account) + " " + noun + " " + idText(id)))
	return hex.EncodeToString(sum.Sum(nil)[:20]), nil
}

// partnerActor is somebody of ours as partners are told of them; nil for nobody.
func partnerActor(tx *store.Tx, account, person int64) (*PartnerActor, error) {
	if person == 0 {
		return nil, nil
	}
	p, err := tx.Person(account, person)
	if err != nil {
		return nil, gone(err)
	}
	uuid, err := partnerUUID(tx, account, "person", person)
	role := "user"
	if p.Kind == dm.Agent {
		role = "agent"
	}
	return &PartnerActor{UUID: uuid, Name: p.Name, Role: role}, err
}

func writeInvitation(_ *App, tx *store.Tx, m *PartnerMessage, _ *dm.PartnerDelivery) (why string, err error) {
	if m.Partner.Status != dm.PartnerDraft {
		return "The invitation was withdrawn before it was sent.", nil
	}
	m.Status = dm.PartnerPending
	m.Actor, err = partnerActor(tx, m.Account.ID, m.Partner.CreatedBy)
	return "", err
}

func (a *App) invitationDone(t *partnerTry) error {
	if t.partner.Status == dm.PartnerDraft {
		t.partner.Status, t.partner.Reason = dm.PartnerPending, ""
	}
	return nil
}

// invitationLost says why an invitation did not arrive, in the states that scripts
// for other desks know.
func (a *App) invitationLost(t *partnerTry) error {
	p := t.partner
	if p.Status != dm.PartnerDraft {
		return nil
	}
	p.Status, p.Reason = dm.PartnerFailed, t.answer.Problem
	switch t.answer.Fault {
	case PartnerTLS:
		p.Status = dm.PartnerTLSError
	case PartnerAddress, PartnerNoHost:
		p.Status = dm.PartnerConfigError
	}
	return a.partnerNews(t.tx, t.account, p, partnerFailed)
}

func writeAgreementStatus(_ *App, tx *store.Tx, m *PartnerMessage, d *dm.PartnerDelivery) (why string, err error) {
	var data statusData
	if err := json.Unmarshal([]byte(d.Data), &data); err != nil {
		return "", err
	}
	if data.Status != m.Partner.Status {
		return "The agreement has gone on since.", nil
	}
	m.Status = data.Status
	m.Actor, err = partnerActor(tx, m.Account.ID, data.Person)
	return "", err
}

// statusLost keeps the state, which is ours to say, and tells the administrators
// that the other desk does not know of it.
func (a *App) statusLost(t *partnerTry) error {
	t.partner.Reason = "The partner was not told: " + t.answer.Problem
	if t.partner.Status != dm.PartnerAccepted {
		return nil
	}
	return a.partnerNews(t.tx, t.account, t.partner, partnerUntold)
}

func writeNextKey(_ *App, _ *store.Tx, m *PartnerMessage, _ *dm.PartnerDelivery) (string, error) {
	switch {
	case m.Partner.Status != dm.PartnerAccepted:
		return "No new key is under way any more.", nil
	case m.NextKey == "": // they have taken it, or told us of theirs
		return nothingToSay, nil
	}
	return "", nil
}

func (a *App) keyDone(t *partnerTry) error { return nextPartnerKey(t.tx, t.account, t.partner) }

func (a *App) keyLost(t *partnerTry) error {
	s, err := t.tx.SealedPartner(t.account, t.partner.ID)
	if err != nil {
		return err
	}
	s.NextSecret, s.NextHash = "", ""
	t.partner.Reason = "The new key was not taken, so the old one stays: " + t.answer.Problem
	return t.tx.SetSealedPartner(t.account, t.partner.ID, s)
}

// endPartner ends an agreement: shared tickets stay as they are, and nothing more
// crosses.
func endPartner(tx *store.Tx, account int64, p *dm.Partner, side dm.PartnerSide) error {
	p.Status, p.DeactivatedBy, p.Reason = dm.PartnerInactive, side, ""
	if err := tx.FreezePartnerLinks(account, p.ID, "The agreement was ended."); err != nil {
		return err
	}
	return tx.DropPartnerDeliveries(account, p.ID, "The agreement was ended.")
}

// auditPartner adds a line about an agreement that the other desk or the program
// itself has changed.
func auditPartner(tx *store.Tx, account int64, p *dm.Partner, action string, changes ...dm.FieldChange) error {
	return tx.Audit(account, &store.AuditLine{Action: action, ObjectKind: "partner", ObjectID: p.ID,
		Data: store.AuditData{Cause: dm.CausePartner, CauseID: p.ID, CauseName: p.Label(), Changes: changes}})
}
