package nhd

import (
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// extensionVersion is the version of what Deskmesh desks add to the protocol.
const extensionVersion = 1

// extension is the member "deskmesh" of an agreement: what only Deskmesh desks
// say to each other. A desk that does not know it leaves it out.
type extension struct {
	Version int              `json:"version"`
	Terms   *dm.PartnerTerms `json:"terms,omitempty"`
	NextKey string           `json:"next_access_key,omitempty"`
}

// readExtension reads what was added; nil where nothing was, or nothing that can
// be read: the message counts without it.
func readExtension(raw json.RawMessage) *extension {
	var e extension
	if len(raw) == 0 || json.Unmarshal(raw, &e) != nil || e.Version < 1 {
		return nil
	}
	return &e
}

func (e extension) raw() (json.RawMessage, error) {
	e.Version = extensionVersion
	return json.Marshal(e)
}

// agreementBody writes a message about an agreement. The key stands in the
// invitation alone; the terms too, since they are fixed afterwards.
func agreementBody(m *app.PartnerMessage) ([]byte, error) {
	p := m.Partner
	status, name := string(m.Status), m.Account.Name
	sender, receiver := p.PartnerURL, p.OurURL
	if p.Direction == dm.PartnerOutbound {
		sender, receiver = p.OurURL, p.PartnerURL
	}
	a := &Agreement{UUID: &p.UUID, Name: &name, SenderURL: &sender, ReceiverURL: &receiver, Status: &status, CurrentActor: actorOf(m.Actor)}
	e := extension{}
	switch m.Kind {
	case dm.SendAgreement:
		flags := p.Terms.Flags()
		a.AccessKey, e.Terms = &m.Key, &p.Terms
		a.SyncTags, a.SyncCustomFields, a.AllowsPublicComments = &flags.SyncTags, &flags.SyncCustomFields, &flags.AllowsPublicComments
	case dm.SendAgreementKey:
		e.NextKey = m.NextKey
	}
	if m.Status == dm.PartnerInactive {
		by := string(p.DeactivatedBy)
		a.DeactivatedBy = &by
	}
	var err error
	if a.Deskmesh, err = e.raw(); err != nil {
		return nil, err
	}
	return a.Encode()
}

func actorOf(a *app.PartnerActor) *Actor {
	if a == nil {
		return nil
	}
	return &Actor{UUID: a.UUID, Name: a.Name, Role: a.Role}
}

// shownAgreement is an agreement as its partner is shown it: never with the key.
func shownAgreement(account string, p *dm.Partner) ([]byte, error) {
	status, flags := string(p.Status), p.Terms.Flags()
	if p.Status == dm.PartnerDraft {
		status = string(dm.PartnerPending)
	}
	sender, receiver := p.PartnerURL, p.OurURL
	if p.Direction == dm.PartnerOutbound {
		sender, receiver = p.OurURL, p.PartnerURL
	}
	a := &Agreement{UUID: &p.UUID, Name: &account, SenderURL: &sender, ReceiverURL: &receiver, Status: &status,
		SyncTags: &flags.SyncTags, SyncCustomFields: &flags.SyncCustomFields, AllowsPublicComments: &flags.AllowsPublicComments}
	if p.DeactivatedBy != "" {
		by := string(p.DeactivatedBy)
		a.DeactivatedBy = &by
	}
	var err error
	if a.Deskmesh, err = (extension{Terms: &p.Terms}).raw(); err != nil {
		return nil, err
	}
	return a.Encode()
}

// flagsOf gives the three flags; what was not said is not allowed.
func flagsOf(a *Agreement) dm.PartnerFlags {
	return dm.PartnerFlags{SyncTags: value(a.SyncTags), SyncCustomFields: value(a.SyncCustomFields), AllowsPublicComments: value(a.AllowsPublicComments)}
}
