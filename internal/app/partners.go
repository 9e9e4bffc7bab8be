package app

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// SharingPath is where the protocol between desks is served; what people give
// each other is the account's address with it.
const SharingPath = "/sharing"

// PartnerView is an agreement as administrators see it.
type PartnerView struct {
	dm.Partner
	Tickets  int    // that cross now
	Waiting  int    // messages on their way
	Late     string // why what waits has not arrived; "" while nothing was tried in vain
	Rotating bool   // a new key is under way
}

// NewPartner asks for an invitation.
type NewPartner struct {
	Address string // of the other desk, whole or its host alone
	Name    string // "" their host
	Terms   *dm.PartnerTerms
	InboxID int64
}

// PartnerPatch changes an agreement; nil leaves a value as it is.
type PartnerPatch struct {
	Status  *dm.PartnerStatus // accepted, declined or inactive
	Paused  *bool
	Name    *string
	InboxID *int64 // pointing at 0: the account's first inbox
	Version *int64 // that was looked at
}

// PartnersOn says whether sharing between desks is switched on and part of the
// account's edition.
func PartnersOn(dir *store.Directory) bool {
	return dir.Settings.PartnersEnabled && dir.Account.Entitled(dm.SharingPartner)
}

// requirePartners refuses what begins something new while partners are off.
func requirePartners(dir *store.Directory) error {
	if PartnersOn(dir) {
		return nil
	}
	return dm.Errorf(dm.Conflict, "Sharing with other desks is switched off in the settings.").With("partners_disabled")
}

// ListPartners lists the account's agreements, newest first, in a state and of a
// direction; "" is any. It needs partners.manage.
func (a *App) ListPartners(ctx context.Context, v *access.Viewer, status dm.PartnerStatus, direction dm.PartnerDirection) ([]PartnerView, error) {
	if err := require(v, dm.PartnersManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]PartnerView, error) {
		list, err := tx.Partners(v.Account(), status, direction)
		if err != nil {
			return nil, err
		}
		return viewPartners(tx, v.Account(), list)
	})
}

// Partner reads one agreement. It needs partners.manage.
func (a *App) Partner(ctx context.Context, v *access.Viewer, id int64) (*PartnerView, error) {
	if err := require(v, dm.PartnersManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*PartnerView, error) {
		p, err := tx.Partner(v.Account(), id)
		if err != nil {
			return nil, err
		}
		views, err := viewPartners(tx, v.Account(), []dm.Partner{*p})
		if err != nil {
			return nil, err
		}
		return &views[0], nil
	})
}

func viewPartners(tx *store.Tx, account int64, list []dm.Partner) ([]PartnerView, error) {
	tickets, err := tx.TicketsOfPartners(account)
	if err != nil {
		return nil, err
	}
	waiting, err := tx.WaitingForPartners(account)
	if err != nil {
		return nil, err
	}
	late, err := tx.LateForPartners(account)
	if err != nil {
		return nil, err
	}
	rotating, err := tx.RotatingPartners(account)
	views := make([]PartnerView, len(list))
	for i, p := range list {
		views[i] = PartnerView{Partner: p, Tickets: tickets[p.ID], Waiting: waiting[p.ID], Late: late[p.ID], Rotating: rotating[p.ID] > 0}
	}
	return views, err
}

// InvitePartner makes an agreement and sends the invitation. It needs
// partners.manage. Conflict while partners are off, where the account has as many
// as it may, and where there is one with that desk already.
func (a *App) InvitePartner(ctx context.Context, v *access.Viewer, n NewPartner) error {
	return a.administer(ctx, v, dm.PartnersManage, func(t *act) error {
		dir, err := t.tx.Directory(t.account)
		if err != nil {
			return err
		}
		if err := requirePartners(dir); err != nil {
			return err
		}
		p, err := t.newPartner(dir, &n)
		if err != nil {
			return err
		}
		if err := t.roomForPartner(p); err != nil {
			return err
		}
		key := randomHex()
		keys, err := keysOf(t.tx, t.account, p.UUID)
		if err != nil {
			return err
		}
		s := &store.SealedPartner{}
		s.Secret, s.Hash = keys.seal(key)
		p.Fingerprint = fingerprintOf(key)
		if err := t.tx.InsertPartner(t.account, p, s); err != nil {
			return err
		}
		if err := t.app.tellPartner(t.tx, t.account, p, 0, dm.SendAgreement, nil); err != nil {
			return err
		}
		t.changed("host", "", p.Host)
		t.changed("terms", "", termsText(&p.Terms))
		return t.log("partner.invited", "partner", p.ID)
	})
}

// newPartner checks what is asked for; all that is wrong is said at once.
func (t *act) newPartner(dir *store.Directory, n *NewPartner) (*dm.Partner, error) {
	p := &dm.Partner{UUID: randomHex(), Direction: dm.PartnerOutbound, Status: dm.PartnerDraft, Terms: dm.DefaultPartnerTerms(), CreatedBy: t.viewer.Person(), OurURL: ourSharing(&dir.Account)}
	if p.OurURL == "" {
		return nil, dm.Errorf(dm.Conflict, "This desk has no public address yet. Set it first.").With("no_base_url")
	}
	if u := t.app.partnerAddress(&t.faults, "address", n.Address); u != nil {
		p.PartnerURL, p.Host = u.String(), u.Host
		ours, err := isOurs(t.tx, dir, p.PartnerURL)
		if err != nil {
			return nil, err
		}
		if ours {
			t.faults.add("address", "This is the address of your own desk.")
		}
	}
	if p.Name = n.Name; p.Name != "" {
		p.Name = t.faults.name("name", p.Name, dm.MaxPartnerName)
	}
	if n.Terms != nil {
		p.Terms = t.faults.partnerTerms("terms", *n.Terms)
	}
	t.partnerInbox(dir, p, n.InboxID)
	if p.Name == "" {
		p.Name = p.Host
	}
	return p, t.faults.err()
}

func (t *act) partnerInbox(dir *store.Directory, p *dm.Partner, inbox int64) {
	if p.InboxID = inbox; inbox != 0 && !dir.Inboxes[inbox].Active {
		t.faults.add("inbox_id", "There is no such inbox.")
	}
}

// roomForPartner refuses one agreement too many, and a second one with a desk.
func (t *act) roomForPartner(p *dm.Partner) error {
	live, _, err := t.tx.CountPartners(t.account)
	if err != nil {
		return err
	}
	if live >= dm.MaxPartners {
		return dm.Errorf(dm.Conflict, "A desk has at most %d agreements that have not ended.", dm.MaxPartners).With("partner_limit")
	}
	list, err := t.tx.Partners(t.account, "", dm.PartnerOutbound)
	if err != nil {
		return err
	}
	for i := range list {
		if !list[i].Over() && list[i].PartnerURL == p.PartnerURL {
			return dm.Errorf(dm.Conflict, "There is an agreement with this desk already. End it before you make another one.").With("partner_exists")
		}
	}
	return nil
}

// ourSharing is where other desks reach the account; "" while it has no address.
func ourSharing(account *dm.Account) string {
	if account.BaseURL == "" {
		return ""
	}
	return account.BaseURL + SharingPath
}

// partnerAddress reads the address of a desk as people type it, and sees that
// requests may go there.
func (a *App) partnerAddress(f *inputFaults, field, text string) *url.URL {
	text = strings.TrimSpace(text)
	if text != "" && !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, ok := sharingURL(text)
	if !ok {
		f.add(field, "This is the address of a desk, such as https://desk.example.com/sharing.")
		return nil
	}
	if u.Path == "" {
		u.Path = SharingPath
	}
	if a.Partners != nil && a.Partners.Check(u) != nil {
		f.add(field, "%s", partnerBlocked)
		return nil
	}
	return u
}

const partnerBlocked = "This server may not send to that address: it takes https, no user name, the port 443 or one from 1024 on, and a host outside the server's own network."

// sharingURL reads an address of the protocol, with or without a slash at the end.
// Only its form is looked at.
func sharingURL(text string) (*url.URL, bool) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" ||
		len(text) > dm.MaxPartnerURL || len(u.Host) > 300 || !utf8.ValidString(text) {
		return nil, false
	}
	u.Host = strings.ToLower(u.Host)
	return u, true
}

// isOurs says whether an address is one of the account's own: a name of its own,
// at the port of its public address, since two desks may share a machine.
func isOurs(tx *store.Tx, dir *store.Directory, text string) (bool, error) {
	u, ok := sharingURL(text)
	own, set := sharingURL(dir.Account.BaseURL)
	if !ok || !set || portOf(own) != portOf(u) {
		return false, nil
	}
	if own.Hostname() == u.Hostname() {
		return true, nil
	}
	hosts, err := tx.Hosts(dir.Account.ID)
	return slices.ContainsFunc(hosts, func(h dm.Host) bool { return h.Name == u.Hostname() }), err
}

// portOf gives a port that an address names beyond its scheme's own.
func portOf(u *url.URL) string {
	if u.Scheme == "http" && u.Port() == "80" || u.Scheme == "https" && u.Port() == "443" {
		return ""
	}
	return u.Port()
}

// partnerTerms checks terms: titles of fields are cleaned, each once.
func (f *inputFaults) partnerTerms(field string, t dm.PartnerTerms) dm.PartnerTerms {
	if t.History == "" {
		t.History = dm.HistoryAll
	}
	t.History = oneOf(f, field+".history", t.History, dm.HistoryAll, dm.HistoryFromNow)
	if len(t.Fields) > dm.MaxTermFields {
		f.add(field+".fields", "This list may have at most %d entries.", dm.MaxTermFields)
		return t
	}
	titles := []string{}
	for i, title := range t.Fields {
		clean := f.name(field+".fields["+strconv.Itoa(i)+"]", title, dm.MaxTermField)
		if !slices.ContainsFunc(titles, func(known string) bool { return dm.Fold(known) == dm.Fold(clean) }) {
			titles = append(titles, clean)
		}
	}
	t.Fields = titles
	return t
}

func termsText(t *dm.PartnerTerms) string {
	raw, _ := json.Marshal(t)
	return string(raw)
}

// DeletePartner takes an agreement off the list, and ends it first where it is in
// force. History and log still name it. It needs partners.manage.
func (a *App) DeletePartner(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.PartnersManage, func(t *act) error {
		if _, err := t.tx.Partner(t.account, id); err != nil {
			return err
		}
		p, err := t.tx.LockPartner(t.account, id)
		if err != nil {
			return err
		}
		switch {
		case p.Over():
		case p.May(dm.PartnerInactive, true):
			err = t.endAgreement(p)
		default:
			err = t.decide(p, dm.PartnerDeclined)
		}
		if err != nil {
			return err
		}
		p.DeletedAt = t.tx.Now()
		if err := t.tx.SavePartner(t.account, p); err != nil {
			return err
		}
		return t.log("partner.deleted", "partner", id)
	})
}

// Agreements lists the agreements of the account for every agent: what they are
// called and how they stand. Those that other desks ask for are shown to nobody
// but those who keep partners, until one of them has decided.
func (a *App) Agreements(ctx context.Context, v *access.Viewer) ([]dm.Partner, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]dm.Partner, error) {
		list, err := tx.Partners(v.Account(), "", "")
		return slices.DeleteFunc(list, func(p dm.Partner) bool { return !agreementShown(v, &p) }), err
	})
}

// Agreement reads one of them; NotFound for one that the viewer is not shown.
func (a *App) Agreement(ctx context.Context, v *access.Viewer, id int64) (*dm.Partner, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Partner, error) {
		p, err := tx.Partner(v.Account(), id)
		if err == nil && !agreementShown(v, p) {
			return nil, dm.Missing("partner")
		}
		return p, err
	})
}

func agreementShown(v *access.Viewer, p *dm.Partner) bool {
	return v.Can(dm.PartnersManage) || p.DecidedAt != 0 && p.Status != dm.PartnerDeclined || p.Direction == dm.PartnerOutbound
}
