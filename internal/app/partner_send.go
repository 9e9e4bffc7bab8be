package app

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/url"
	"strconv"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Kinds of jobs that send to partners.
const (
	JobPartner    = "partner"     // sends what waits in one line, in order
	JobPartnerDue = "partner.due" // puts the former in line when the next try's time has come
)

// partnerArgs names a line: a ticket's link, or with 0 the agreement itself.
type partnerArgs struct {
	Partner int64 `json:"partner"`
	Link    int64 `json:"link,omitempty"`
}

func (l partnerArgs) key() string { return "partner " + idText(l.Partner) + " " + idText(l.Link) }

// PartnerClient writes messages in the protocol's form and sends them to other
// desks.
type PartnerClient interface {
	// Check says whether requests may go to an address at all, as far as that can
	// be told without asking for the addresses of a name.
	Check(u *url.URL) error
	Send(ctx context.Context, m *PartnerMessage) PartnerAnswer
	// Fetch opens a file of a partner, of which at most most bytes are read. problem
	// says in words why there is none. The agreement's key goes to the partner's own
	// host alone.
	Fetch(ctx context.Context, p *dm.Partner, key, address string, most int64) (body io.ReadCloser, problem string)
}

// PartnerMessage is one message to a partner: what may be said, before it is
// written in the protocol's form.
type PartnerMessage struct {
	Kind    dm.PartnerMessageKind
	ID      int64 // of the delivery, the same at every try
	Partner *dm.Partner
	Account *dm.Account // ours
	Key     string      // of the agreement
	NextKey string      // of SendAgreementKey
	Status  dm.PartnerStatus
	Actor   *PartnerActor
	At      time.Time
	Ticket  *PartnerTicket // of the messages about tickets
}

// PartnerActor is a person as partners are told of them.
type PartnerActor struct {
	UUID string
	Name string
	Role string
}

// PartnerFault is what kept a message from arriving.
type PartnerFault string

// The faults. With an answer there is none, whatever it says.
const (
	PartnerNoFault PartnerFault = ""
	PartnerNetwork PartnerFault = "network"
	PartnerTLS     PartnerFault = "tls"
	PartnerAddress PartnerFault = "address" // nothing may be sent there
	PartnerNoHost  PartnerFault = "host"    // the name is not known, or not now
)

// PartnerAnswer is what came of a message. Problem is "" where it was taken, else
// a sentence for administrators.
type PartnerAnswer struct {
	Status     int // 0 without an answer
	Fault      PartnerFault
	Problem    string
	RetryAfter time.Duration
	Size       int // of what was sent
	Digest     string
	Took       time.Duration
	Body       []byte         // of the answer
	Capable    bool           // the answer is that of a Deskmesh desk
	ticket     *PartnerTicket // what was sent
}

// OK says whether the partner took the message.
func (a *PartnerAnswer) OK() bool { return a.Problem == "" }

// Final says whether another try is of no use: the answer is a refusal, or the
// address may not be sent to.
func (a *PartnerAnswer) Final() bool {
	switch {
	case a.Status == 0:
		return a.Fault == PartnerAddress
	case a.Status == 408 || a.Status == 429 || a.Status >= 500:
		return false
	}
	return !a.OK()
}

// partnerPauses are the waits after failed tries; the last try is about a day
// after the first.
var partnerPauses = []time.Duration{
	500 * time.Millisecond, 2 * time.Second, 10 * time.Second, time.Minute, 5 * time.Minute, 20 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 6 * time.Hour, 8 * time.Hour,
}

const (
	partnerTurn = 20 * time.Second       // after which a line goes to the end of the queue
	partnerSlot = 250 * time.Millisecond // next tries are woken together, once per slot
)

// partnerKind is how messages of a kind are written and what comes of them. Every
// function runs in a transaction, with the agreement as it is now; done and lost
// may change it, and it is saved when they did.
type partnerKind struct {
	// write fills in the message. why, where it is not "", is a reason to send
	// nothing: the message has been overtaken.
	write func(a *App, tx *store.Tx, m *PartnerMessage, d *dm.PartnerDelivery) (why string, err error)
	// done and lost note what came of it: that it was taken, or is given up.
	done, lost func(*App, *partnerTry) error
	// late notes a try that failed and is made again; nil for nothing.
	late func(*App, *partnerTry) error
}

// partnerTry is a try whose outcome is being kept.
type partnerTry struct {
	tx       *store.Tx
	account  int64
	partner  *dm.Partner // locked
	delivery *dm.PartnerDelivery
	answer   *PartnerAnswer
}

func nothingMore(*App, *partnerTry) error { return nil }

// kindOfPartnerMessage finds it; false for a message of another version.
func kindOfPartnerMessage(kind dm.PartnerMessageKind) (partnerKind, bool) {
	switch kind {
	case dm.SendAgreement:
		return partnerKind{write: writeInvitation, done: (*App).invitationDone, lost: (*App).invitationLost}, true
	case dm.SendAgreementStatus:
		return partnerKind{write: writeAgreementStatus, done: nothingMore, lost: (*App).statusLost}, true
	case dm.SendAgreementKey:
		return partnerKind{write: writeNextKey, done: (*App).keyDone, lost: (*App).keyLost}, true
	}
	k, known := ticketKinds[kind]
	return k, known
}

// tellPartner puts a message at the end of its line and the job that sends it in
// the queue. Data holds ids and states, never content.
func (a *App) tellPartner(tx *store.Tx, account int64, p *dm.Partner, link int64, kind dm.PartnerMessageKind, data any) error {
	d := &dm.PartnerDelivery{PartnerID: p.ID, LinkID: link, Kind: kind, State: dm.PartnerWaiting, NextAt: tx.Now()}
	if data != nil {
		raw, err := json.Marshal(data)
		if err != nil {
			return err
		}
		d.Data = string(raw)
	}
	if err := tx.InsertPartnerDelivery(account, d); err != nil {
		return err
	}
	return enqueuePartner(tx, account, partnerArgs{p.ID, link})
}

// enqueuePartner puts a job in the line's own order: one at a time sends whatever
// is due, so that the one after a change always sees it.
func enqueuePartner(tx *store.Tx, account int64, line partnerArgs) error {
	_, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobPartner, Args: line, Urgency: store.Normal, OrderingKey: line.key()})
	return err
}

// wakePartner has a line looked at again at a moment, or a slot later.
func wakePartner(tx *store.Tx, account int64, line partnerArgs, at dm.Time) error {
	slot := store.SlotOf(at, partnerSlot)
	if slot < at {
		slot = slot.Add(partnerSlot)
	}
	_, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobPartnerDue, Args: line, RunAt: slot, Urgency: store.Normal,
		UniqueKey: line.key() + " " + strconv.FormatInt(int64(slot), 10)})
	return err
}

// partnerDue does the job JobPartnerDue.
func (a *App) partnerDue(ctx context.Context, account int64, line partnerArgs) error {
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error { return enqueuePartner(tx, account, line) })
}

// sendToPartner does the job JobPartner: it sends what waits in a line, the oldest
// first, until one has to wait for its next try or its turn is over.
func (a *App) sendToPartner(ctx context.Context, account int64, line partnerArgs) error {
	if a.Partners == nil {
		return jobs.Snooze(hookWait)
	}
	end := a.DB.Now().Add(partnerTurn)
	for {
		d, paused, err := a.nextForPartner(ctx, account, line)
		if err != nil || d == nil {
			return err
		}
		if paused {
			held, err := a.holdPartner(ctx, account, line.Partner)
			if err != nil || held {
				return err
			}
		}
		if now := a.DB.Now(); d.NextAt > now || now >= end {
			return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
				if now >= end {
					return enqueuePartner(tx, account, line)
				}
				return wakePartner(tx, account, line, d.NextAt)
			})
		}
		if err := a.tryPartner(ctx, account, d); err != nil {
			return err
		}
	}
}

// nextForPartner gives the head of a line, nil for none, and says whether it is to be
// held back.
func (a *App) nextForPartner(ctx context.Context, account int64, line partnerArgs) (d *dm.PartnerDelivery, paused bool, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		if d, err = tx.HeadOfPartnerLine(account, line.Partner, line.Link); err != nil || d == nil || line.Link == 0 {
			return err
		}
		p, err := tx.Partner(account, line.Partner)
		if err == nil {
			paused = p.Paused
		}
		return gone(err)
	})
	return d, paused, err
}

// holdPartner holds back what waits for a partner that is paused, and says whether
// it is still. It is done here and not where a message is put in line: what is put
// in line while the partner is resumed would be held for good.
func (a *App) holdPartner(ctx context.Context, account, partner int64) (held bool, err error) {
	err = a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		p, err := tx.LockPartner(account, partner)
		if err != nil {
			return gone(err)
		}
		if held = p.Paused; held {
			return tx.HoldPartner(account, partner)
		}
		return nil
	})
	return held, err
}

// tryPartner writes a message anew, as it may be said now, sends it and keeps what
// came of it. A crash between the answer and the keeping sends it a second time:
// whoever takes it knows it again.
func (a *App) tryPartner(ctx context.Context, account int64, d *dm.PartnerDelivery) error {
	m, why, err := a.writeToPartner(ctx, account, d)
	if err != nil {
		return err
	}
	var answer PartnerAnswer
	if why == "" {
		answer = a.sendPartner(ctx, m)
		answer.ticket = m.Ticket
		if !answer.OK() && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return a.DB.Write(context.WithoutCancel(ctx), store.Normal, func(tx *store.Tx) error { return a.keepPartnerTry(tx, account, d.PartnerID, d.ID, why, &answer) })
}

// sendPartner sends a message and measures how long that takes.
func (a *App) sendPartner(ctx context.Context, m *PartnerMessage) PartnerAnswer {
	began := a.DB.Now()
	answer := a.Partners.Send(ctx, m)
	answer.Took = a.DB.Now().Sub(began)
	return answer
}

func (a *App) writeToPartner(ctx context.Context, account int64, d *dm.PartnerDelivery) (m *PartnerMessage, why string, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		m, why, err = a.partnerMessage(tx, account, d)
		return err
	})
	return m, why, err
}

// partnerMessage begins a message and has its kind fill it in.
func (a *App) partnerMessage(tx *store.Tx, account int64, d *dm.PartnerDelivery) (*PartnerMessage, string, error) {
	kind, known := kindOfPartnerMessage(d.Kind)
	if !known {
		return nil, "This version of the program does not know such a message.", nil
	}
	m, err := a.beginPartnerMessage(tx, account, d)
	if err != nil {
		return nil, "", err
	}
	why, err := kind.write(a, tx, m, d)
	return m, why, err
}

// beginPartnerMessage gives what every message has: the two desks and the keys.
func (a *App) beginPartnerMessage(tx *store.Tx, account int64, d *dm.PartnerDelivery) (*PartnerMessage, error) {
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	p := dir.Partners[d.PartnerID]
	m := &PartnerMessage{Kind: d.Kind, ID: d.ID, Partner: &p, Account: &dir.Account, Status: p.Status, At: tx.Now().Std()}
	keys, err := keysOf(tx, account, p.UUID)
	if err != nil {
		return nil, err
	}
	sealed, err := tx.SealedPartner(account, p.ID)
	if err != nil {
		return nil, err
	}
	if m.Key, err = keys.open(sealed.Secret); err != nil {
		return nil, err
	}
	if sealed.NextSecret != "" {
		if m.NextKey, err = keys.open(sealed.NextSecret); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// keepPartnerTry keeps what came of a try. The message may have been given up
// meanwhile; what the partner has answered counts all the same.
func (a *App) keepPartnerTry(tx *store.Tx, account, partner, id int64, why string, answer *PartnerAnswer) error {
	p, err := tx.LockPartner(account, partner)
	if err != nil {
		return gone(err)
	}
	d, err := tx.PartnerDelivery(account, partner, id)
	if err != nil {
		return gone(err)
	}
	kind, known := kindOfPartnerMessage(d.Kind)
	before := *p
	switch {
	case why == nothingToSay:
		d.State, d.NextAt, d.TriedAt = dm.PartnerDone, 0, tx.Now()
	case why != "":
		d.State, d.NextAt, d.Error = dm.PartnerLost, 0, why
	case !known:
		return nil
	default:
		noteTry(d, answer, tx.Now())
		if err := a.settlePartnerTry(&partnerTry{tx, account, p, d, answer}, kind); err != nil {
			return err
		}
	}
	if err := tx.SavePartnerDelivery(account, d); err != nil {
		return err
	}
	if partnerChanged(&before, p) {
		return tx.SavePartner(account, p)
	}
	return nil
}

func noteTry(d *dm.PartnerDelivery, answer *PartnerAnswer, now dm.Time) {
	d.Attempts++
	d.TriedAt, d.NextAt = now, 0
	d.Size, d.Digest = answer.Size, answer.Digest
	d.Status, d.Error, d.Millis = answer.Status, answer.Problem, answer.Took.Milliseconds()
}

// settlePartnerTry decides whether a message is done, lost or tried again.
func (a *App) settlePartnerTry(t *partnerTry, kind partnerKind) error {
	d, answer := t.delivery, t.answer
	if answer.OK() {
		d.State = dm.PartnerDone
		t.partner.Capable = t.partner.Capable || answer.Capable
		return kind.done(a, t)
	}
	wait, again := partnerPause(d.Attempts, answer.RetryAfter)
	if d.Kind == dm.SendAgreement && (answer.Fault == PartnerTLS || answer.Fault == PartnerNoHost) {
		again = false // people have to look at it before anything has begun
	}
	if d.State == dm.PartnerLost || answer.Final() || !again {
		d.State = dm.PartnerLost
		return kind.lost(a, t)
	}
	if d.State == dm.PartnerHeld {
		return nil
	}
	d.NextAt = t.tx.Now().Add(wait)
	if kind.late != nil {
		if err := kind.late(a, t); err != nil {
			return err
		}
	}
	return wakePartner(t.tx, t.account, partnerArgs{t.partner.ID, d.LinkID}, d.NextAt)
}

// partnerPause gives the wait after a number of failed tries; not ok after the
// last one.
func partnerPause(failed int, rest time.Duration) (time.Duration, bool) {
	if failed < 1 || failed > len(partnerPauses) {
		return 0, false
	}
	wait := partnerPauses[failed-1]
	return max(wait+rand.N(wait/4), min(rest, 24*time.Hour)), true
}

// partnerChanged says whether something that is saved has changed.
func partnerChanged(a, b *dm.Partner) bool {
	return a.Name != b.Name || a.PartnerName != b.PartnerName || a.Status != b.Status || a.Reason != b.Reason || a.DeactivatedBy != b.DeactivatedBy ||
		a.Fingerprint != b.Fingerprint || a.InboxID != b.InboxID || a.Capable != b.Capable || a.Signs != b.Signs || a.Paused != b.Paused ||
		a.DecidedBy != b.DecidedBy || a.DecidedAt != b.DecidedAt || a.DeletedAt != b.DeletedAt
}
