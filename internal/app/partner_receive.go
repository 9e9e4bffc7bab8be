package app

import (
	"context"
	"crypto/subtle"
	"strings"
	"time"
	"unicode"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Limits of invitations that nobody asked for.
const (
	invitationsAnHour = 5 // from one network address
	invitationRest    = time.Hour
)

// ReceivedInvitation is an invitation as another desk has sent it.
type ReceivedInvitation struct {
	UUID        string
	Name        string // what they call themselves
	SenderURL   string
	ReceiverURL string
	Key         string
	Status      string
	Flags       dm.PartnerFlags
	Terms       *dm.PartnerTerms // the whole set, where they say it
	Capable     bool
	Secret      string // of the one-time address that it came through; "" the public one
	Host        string // that the request was sent to
	Remote      string // the network address it came from
}

// RateLimit is how long somebody has to wait who was refused with RateLimited.
func RateLimit() time.Duration { return invitationRest }

// ReceiveInvitation keeps an invitation until an administrator decides on it:
// nothing is fetched from the other desk before, and nothing is sent there. One
// that is known already, with the same key, is not made again. Only its form is
// looked at. NotFound for a one-time address that does not work, Forbidden where
// this desk takes no invitations, RateLimited where there are too many.
func (a *App) ReceiveInvitation(ctx context.Context, account int64, in ReceivedInvitation) (made bool, err error) {
	err = a.DB.Write(ctx, store.Urgent, func(tx *store.Tx) error {
		made = false
		if err := tx.LockAccount(account); err != nil {
			return err
		}
		dir, err := tx.Directory(account)
		if err != nil {
			return err
		}
		r := &receipt{app: a, tx: tx, dir: dir, account: account, in: &in}
		made, err = r.take()
		return err
	})
	return made, err
}

// receipt is one invitation that came in.
type receipt struct {
	app     *App
	tx      *store.Tx
	dir     *store.Directory
	account int64
	in      *ReceivedInvitation
	through *dm.PartnerInvitation // the one-time address; nil the public one
}

func (r *receipt) take() (bool, error) {
	if !PartnersOn(r.dir) {
		return false, dm.Errorf(dm.Forbidden, "This desk does not share tickets with other desks.").With("disabled")
	}
	p, err := r.read()
	if err != nil {
		return false, err
	}
	if known, err := r.tx.PartnerByUUID(r.account, r.in.UUID); err == nil {
		return false, r.again(known, p)
	} else if dm.CodeOf(err) != dm.NotFound {
		return false, err
	}
	if err := r.admit(); err != nil {
		return false, err
	}
	keys, err := keysOf(r.tx, r.account, p.UUID)
	if err != nil {
		return false, err
	}
	s := &store.SealedPartner{}
	s.Secret, s.Hash = keys.seal(r.in.Key)
	if err := r.tx.InsertPartner(r.account, p, s); err != nil {
		return false, err
	}
	if r.through != nil {
		if err := r.tx.UsePartnerInvitation(r.account, r.through.ID, p.ID); err != nil {
			return false, err
		}
	}
	if err := auditPartner(r.tx, r.account, p, "partner.received", dm.FieldChange{Field: "host", New: p.Host}, dm.FieldChange{Field: "terms", New: termsText(&p.Terms)}); err != nil {
		return false, err
	}
	return true, r.app.partnerNews(r.tx, r.account, p, partnerReceived)
}

// read checks the form of an invitation.
func (r *receipt) read() (*dm.Partner, error) {
	in := r.in
	if in.Status != string(dm.PartnerPending) {
		return nil, dm.BadField("status", "An invitation has the status pending.")
	}
	if in.Key == "" || len(in.Key) > 200 || strings.ContainsFunc(in.Key, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return nil, dm.BadField("access_key", "This is a key of 1 to 200 characters.")
	}
	from, ok := sharingURL(in.SenderURL)
	if !ok {
		return nil, dm.BadField("sender_url", "This is the address of a desk.")
	}
	if err := r.checkAddresses(); err != nil {
		return nil, err
	}
	p := &dm.Partner{UUID: in.UUID, Direction: dm.PartnerInbound, PartnerName: plainName(in.Name), Host: from.Host, PartnerURL: from.String(), OurURL: strings.TrimRight(in.ReceiverURL, "/"),
		Status: dm.PartnerPending, Fingerprint: fingerprintOf(in.Key), Terms: in.Flags.Terms(), Capable: in.Capable, RemoteAddress: in.Remote}
	if in.Terms != nil {
		f := &inputFaults{}
		if terms := f.partnerTerms("deskmesh.terms", in.Terms.Within(in.Flags)); f.err() == nil {
			p.Terms = terms
		}
	}
	return p, nil
}

// checkAddresses sees that the invitation is meant for this desk, and is not its
// own.
func (r *receipt) checkAddresses() error {
	to, ok := sharingURL(r.in.ReceiverURL)
	if ok {
		ours, err := isOurs(r.tx, r.dir, r.in.ReceiverURL)
		if err != nil {
			return err
		}
		ok = ours || to.Host == strings.ToLower(r.in.Host)
		path, _, _ := strings.Cut(strings.Trim(to.Path, "/"), "/")
		ok = ok && "/"+path == SharingPath
	}
	if !ok {
		return dm.BadField("receiver_url", "This is not the address of this desk.")
	}
	own, err := isOurs(r.tx, r.dir, r.in.SenderURL)
	if err != nil {
		return err
	}
	if from, _ := sharingURL(r.in.SenderURL); own || from.Host == to.Host {
		return dm.BadField("sender_url", "A desk makes no agreement with itself.")
	}
	return nil
}

// again answers an invitation that was sent once more, since its sender may have
// lost the answer. Another one under the same id is refused.
func (r *receipt) again(known, p *dm.Partner) error {
	s, err := r.tx.SealedPartner(r.account, known.ID)
	if err != nil {
		return err
	}
	if known.Direction != dm.PartnerInbound || known.PartnerURL != p.PartnerURL || subtle.ConstantTimeCompare([]byte(s.Hash), []byte(credential.HashSecret(r.in.Key))) != 1 {
		return dm.BadField("uuid", "There is another agreement with this id.")
	}
	return nil
}

// admit holds an invitation against the settings and the limits. One through a
// one-time address was asked for, and is bound by neither.
func (r *receipt) admit() (err error) {
	if r.in.Secret != "" {
		r.through, err = r.tx.PartnerInvitationBySecret(r.account, credential.HashSecret(r.in.Secret))
		if dm.CodeOf(err) == dm.NotFound || err == nil && !r.through.Open(r.tx.Now()) {
			return dm.Errorf(dm.NotFound, "This address does not work, or not any more.").With("not_found")
		}
		return err
	}
	if r.dir.Settings.PartnersDeclineAll {
		return dm.Errorf(dm.Forbidden, "This desk takes no invitations that it has not asked for.").With("declined")
	}
	live, waiting, err := r.tx.CountPartners(r.account)
	if err != nil {
		return err
	}
	recent, err := r.tx.InvitationsFrom(r.account, r.in.Remote, r.tx.Now().Add(-invitationRest))
	if err != nil {
		return err
	}
	if waiting >= dm.MaxPartnerInvitations || live >= dm.MaxPartners || recent >= invitationsAnHour {
		return dm.Errorf(dm.RateLimited, "Too many invitations wait at this desk. Please try again later.").With("too_many")
	}
	return nil
}

// plainName makes a name of a foreign text: one line without anything that steers
// a screen.
func plainName(text string) string {
	text = strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return ' '
		}
		if !unicode.IsGraphic(c) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(text, ""))
	runes := []rune(strings.Join(strings.Fields(text), " "))
	return string(runes[:min(len(runes), dm.MaxPartnerName)])
}

// AgreementNews is what another desk has said about an agreement, under a token
// that is good. What is "" was not said. Terms, addresses and keys are fixed, and
// whatever is said of them is not read.
type AgreementNews struct {
	Status  string
	Name    string
	NextKey string // a new key, from a desk that reads ours
	Capable bool
}

// TakeAgreementNews changes an agreement as the other desk says. What it knows
// already changes nothing. Invalid for a step that is not theirs, or not possible
// any more.
func (a *App) TakeAgreementNews(ctx context.Context, account, partner int64, news AgreementNews) error {
	return a.DB.Write(ctx, store.Urgent, func(tx *store.Tx) error {
		p, err := tx.LockPartner(account, partner)
		if err != nil {
			return err
		}
		before := *p
		if name := plainName(news.Name); name != "" {
			p.PartnerName = name
		}
		p.Capable = p.Capable || news.Capable
		if err := a.takeStatus(tx, account, p, dm.PartnerStatus(news.Status)); err != nil {
			return err
		}
		if news.NextKey != "" {
			if err := takeNextKey(tx, account, p, news.NextKey); err != nil {
				return err
			}
		}
		if !partnerChanged(&before, p) {
			return nil
		}
		return tx.SavePartner(account, p)
	})
}

// takeStatus goes to the state that the other desk says.
func (a *App) takeStatus(tx *store.Tx, account int64, p *dm.Partner, next dm.PartnerStatus) error {
	old := p.Status
	switch {
	case next == "" || next == old, next == dm.PartnerPending && old == dm.PartnerDraft:
		return nil
	case !p.May(next, false):
		return dm.BadField("status", "The agreement cannot go to this status.")
	}
	news := partnerAccepted
	switch next {
	case dm.PartnerInactive:
		theirs := dm.SideSender
		if p.Direction == dm.PartnerOutbound {
			theirs = dm.SideReceiver
		}
		if err := endPartner(tx, account, p, theirs); err != nil {
			return err
		}
		news = partnerEnded
	case dm.PartnerDeclined:
		p.Status, p.Reason, p.DecidedAt, news = next, "", tx.Now(), partnerDeclined
	default:
		p.Status, p.Reason, p.DecidedAt = next, "", tx.Now()
	}
	if err := auditPartner(tx, account, p, "partner."+news, dm.FieldChange{Field: "status", Old: string(old), New: string(next)}); err != nil {
		return err
	}
	return a.partnerNews(tx, account, p, news)
}

// takeNextKey takes a new key. Where both desks change it at once, the sender's
// stands.
func takeNextKey(tx *store.Tx, account int64, p *dm.Partner, key string) error {
	if p.Status != dm.PartnerAccepted || len(key) != 40 || strings.Trim(key, "0123456789abcdef") != "" {
		return dm.BadField("deskmesh.next_access_key", "This is a new key of 40 hexadecimal digits, for an agreement in force.")
	}
	s, err := tx.SealedPartner(account, p.ID)
	if err != nil {
		return err
	}
	hash := credential.HashSecret(key)
	switch {
	case s.Hash == hash:
		return nil
	case s.NextSecret != "" && p.Direction == dm.PartnerOutbound:
		return dm.BadField("deskmesh.next_access_key", "A new key of the sender's is under way.")
	}
	keys, err := keysOf(tx, account, p.UUID)
	if err != nil {
		return err
	}
	sealed, hash := keys.seal(key)
	if err := rotatePartnerKey(tx, account, p, sealed, hash, key); err != nil {
		return err
	}
	return auditPartner(tx, account, p, "partner.key_rotated", dm.FieldChange{Field: "key"})
}

// PartnerSigned notes that a partner has signed a request: from now on it must.
func (a *App) PartnerSigned(ctx context.Context, account, partner int64) error {
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		p, err := tx.LockPartner(account, partner)
		if err != nil || p.Signs {
			return err
		}
		p.Signs, p.Capable = true, true
		return tx.SavePartner(account, p)
	})
}

// PartnersAllowed refuses the requests of partners where partners are switched
// off.
func (a *App) PartnersAllowed(ctx context.Context, account int64) error {
	return a.DB.Read(ctx, func(tx *store.Tx) error {
		dir, err := tx.Directory(account)
		if err == nil && !PartnersOn(dir) {
			return dm.Errorf(dm.Forbidden, "This desk does not share tickets with other desks.").With("disabled")
		}
		return err
	})
}
