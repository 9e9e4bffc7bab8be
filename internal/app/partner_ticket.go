package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// PartnerTicket is a ticket as it crosses to a partner or comes from one. What is
// nil or empty was not said.
type PartnerTicket struct {
	UUID        string
	Subject     *string
	RequestedAt dm.Time
	Status      dm.Status
	Requester   *PartnerActor
	Actor       *PartnerActor
	Comments    []PartnerComment
	Tags        *[]string
	OriginalID  string // the sender's number
	Number      string // the number of whoever speaks; Deskmesh desks alone say it
	Fields      []PartnerFieldValue
	Clocks      map[string]PartnerClock // nil from other makers
	Digest      string                  // of the message it came in

	sent map[string]partnerValue
}

// PartnerComment is one comment of it.
type PartnerComment struct {
	UUID    string
	Author  *PartnerActor
	Text    string
	HTML    string
	At      dm.Time
	Public  bool
	Private bool // it was said to be private, not only made so by the terms
	Files   []PartnerAttachment

	message int64
}

// PartnerAttachment is a file of a comment, by address.
type PartnerAttachment struct {
	URL, Name, Type string
}

// PartnerFieldValue is the value of a field, by its title; "" is none.
type PartnerFieldValue struct {
	Title, Value string
}

// Bounds of one message; what is more follows in the next one.
const (
	partnerCommentsAtOnce = 100
	partnerBytesAtOnce    = 2 << 20
)

// nothingToSay is the reason of a message that was overtaken by another one.
const nothingToSay = "Nothing was left to say."

// ticketKinds are the messages about tickets.
var ticketKinds map[dm.PartnerMessageKind]partnerKind

func init() {
	ticketKinds = map[dm.PartnerMessageKind]partnerKind{
		dm.SendTicket:       {write: writeTicket, done: (*App).ticketDone, lost: (*App).ticketLost, late: (*App).ticketLate},
		dm.SendTicketUpdate: {write: writeTicket, done: (*App).ticketDone, lost: (*App).ticketLost, late: (*App).ticketLate},
		dm.SendTicketEnd:    {write: writeTicketEnd, done: nothingMore, lost: nothingMore},
	}
}

// writeTicketEnd says that a ticket is shared no more.
func writeTicketEnd(_ *App, tx *store.Tx, m *PartnerMessage, d *dm.PartnerDelivery) (string, error) {
	k, err := tx.PartnerLink(m.Account.ID, d.LinkID)
	if err != nil {
		return "The ticket is not there any more.", gone(err)
	}
	m.Ticket = &PartnerTicket{UUID: k.UUID}
	return "", nil
}

// tellData is what a message about a ticket keeps: whose change put it in line.
type tellData struct {
	Person int64 `json:"person,omitempty"`
}

// writeTicket says what of a ticket the partner is still to be told, as they may
// see it now.
func writeTicket(_ *App, tx *store.Tx, m *PartnerMessage, d *dm.PartnerDelivery) (string, error) {
	dir, err := tx.Directory(m.Account.ID)
	if err != nil {
		return "", err
	}
	k, err := tx.PartnerLink(dir.Account.ID, d.LinkID)
	switch {
	case dm.CodeOf(err) == dm.NotFound:
		return "The ticket is not there any more.", nil
	case err != nil:
		return "", err
	case !k.State.Live() || m.Partner.Status != dm.PartnerAccepted || !PartnersOn(dir):
		return "The ticket is not shared any more.", nil
	}
	var data tellData
	if err := json.Unmarshal([]byte(d.Data), &data); err != nil {
		return "", err
	}
	t, err := partnerTicket(tx, dir, m.Partner, k, d.Kind == dm.SendTicket)
	switch {
	case dm.CodeOf(err) == dm.NotFound:
		return "The partner may not see the ticket any more.", nil
	case err != nil:
		return "", err
	case d.Kind == dm.SendTicketUpdate && len(t.sent) == 0 && len(t.Comments) == 0:
		return nothingToSay, nil
	}
	m.Ticket = t
	t.Actor, err = partnerActor(tx, dir.Account.ID, data.Person)
	return "", err
}

// partnerTicket renders a ticket as the partner sees it: with all values where it
// is told whole, else with those that they are still to be told; NotFound where
// they may not see it.
func partnerTicket(tx *store.Tx, dir *store.Directory, p *dm.Partner, k *dm.PartnerLink, whole bool) (*PartnerTicket, error) {
	r, err := readAsPartner(tx, dir, p, k)
	if err != nil {
		return nil, err
	}
	t := &PartnerTicket{UUID: k.UUID, Clocks: map[string]PartnerClock{}, sent: map[string]partnerValue{}, Number: idText(r.found.Ticket.Number)}
	base, err := readPartnerBase(k)
	if err != nil {
		return nil, err
	}
	now := partnerValuesOf(&r.found.Ticket, dir.Fields, p, k.StatusFrozen)
	base.note(now, k.Direction == dm.LinkSent)
	for _, name := range sortedKeys(base.Values) {
		v := base.Values[name]
		if _, crosses := now[name]; crosses && (whole || v.waits()) {
			t.put(name, v, dir)
		}
	}
	if t.Comments, err = r.comments(0, partnerCommentsAtOnce); err != nil || !whole {
		return t, err
	}
	t.RequestedAt = r.found.Ticket.CreatedAt
	if k.Direction == dm.LinkSent {
		t.OriginalID = t.Number
	} else {
		t.OriginalID = k.RemoteNumber
	}
	if t.Requester, err = r.requester(); err != nil {
		return nil, err
	}
	if len(t.Comments) == 0 { // every desk wants a first comment
		uuid, err := partnerUUID(tx, dir.Account.ID, "start", k.ID)
		t.Comments = []PartnerComment{{UUID: uuid, Author: r.desk(), Text: r.found.Ticket.Subject, At: k.CreatedAt, Public: p.Terms.PublicComments}}
		return t, err
	}
	return t, nil
}

// put says a value.
func (t *PartnerTicket) put(name string, v *partnerValue, dir *store.Directory) {
	t.Clocks[name], t.sent[name] = v.Clock, *v
	switch name {
	case partnerSubject:
		t.Subject = &v.Value
	case partnerStatus:
		t.Status = dm.Status(v.Value)
	case partnerTags:
		tags := splitTags(v.Value)
		t.Tags = &tags
	default:
		if def, ok := fieldByTitle(dir, strings.TrimPrefix(name, partnerField)); ok {
			t.Fields = append(t.Fields, PartnerFieldValue{def.Name, v.Value})
		}
	}
}

// fieldByTitle finds an active field by its title, folded or not.
func fieldByTitle(dir *store.Directory, title string) (dm.TicketField, bool) {
	folded := dm.Fold(title)
	for _, id := range sortedKeys(dir.Fields) {
		if def := dir.Fields[id]; def.Active && dm.Fold(def.Name) == folded {
			return def, true
		}
	}
	return dm.TicketField{}, false
}

// partnerReader reads one ticket as a partner.
type partnerReader struct {
	tx    *store.Tx
	dir   *store.Directory
	p     *dm.Partner
	k     *dm.PartnerLink
	found *store.Found
	links []dm.PartnerLink
	// Of messages: ids of the protocol, the link that one came over, and who of the
	// partner wrote it.
	uuids   map[int64]string
	from    map[int64]int64
	authors map[int64]int64
}

func readAsPartner(tx *store.Tx, dir *store.Directory, p *dm.Partner, k *dm.PartnerLink) (*partnerReader, error) {
	f, err := tx.TicketByID(store.PartnerViewer(dir, p, k.TicketID), k.TicketID)
	if err != nil {
		return nil, err
	}
	r := &partnerReader{tx: tx, dir: dir, p: p, k: k, found: f}
	if err := tx.LoadDetails(dir.Account.ID, &f.Ticket); err != nil {
		return nil, err
	}
	if r.links, err = tx.PartnerLinks(dir.Account.ID, f); err != nil {
		return nil, err
	}
	r.uuids, r.from, r.authors, err = tx.CommentIDs(dir.Account.ID, f)
	return r, err
}

// crosses says whether the partner is told of a message, by the terms: what was
// read went through the partner's viewer before, so that it is no local note.
func (r *partnerReader) crosses(m *store.MessageRow) (bool, string) {
	terms := &r.p.Terms
	switch {
	case m.ID < r.k.FromMessage:
		return false, leftEarlier
	case m.Kind == dm.LocalNote:
		return false, leftLocal
	case m.Side != nil:
		return false, leftSide
	case m.MergedFrom != 0:
		return false, leftMerged
	case terms.OnlyMarked && !m.ForPartners:
		return false, leftUnmarked
	case m.Kind == dm.Note && !terms.PrivateComments, !terms.PublicComments && !terms.PrivateComments:
		return false, leftPrivate
	case r.from[m.ID] != 0 && r.from[m.ID] == r.k.ID:
		return false, "" // it is theirs
	case m.Kind == dm.Note && r.from[m.ID] != 0 && !r.privateFrom(r.from[m.ID]):
		return false, leftOther
	}
	return true, ""
}

// privateFrom says whether the agreement of another link lets private comments
// cross as well: one partner's go to another only where both do.
func (r *partnerReader) privateFrom(link int64) bool {
	at := slices.IndexFunc(r.links, func(k dm.PartnerLink) bool { return k.ID == link })
	if at < 0 {
		return false
	}
	p := r.dir.Partners[r.links[at].PartnerID]
	return p.Terms.PrivateComments
}

// comments lists the messages that the partner does not have yet, from an id on.
func (r *partnerReader) comments(from int64, most int) ([]PartnerComment, error) {
	held, err := r.held()
	if err != nil {
		return nil, err
	}
	var list []PartnerComment
	size := 0
	for from = max(from, r.k.FromMessage); ; {
		page, err := r.tx.UnsentMessages(r.dir.Account.ID, r.found, r.k.ID, from, r.p.Terms.OnlyMarked, partnerCommentsAtOnce)
		if err != nil {
			return nil, err
		}
		for i := range page {
			m := &page[i]
			if yes, _ := r.crosses(m); !yes || held[m.ID] {
				continue
			}
			c, err := r.comment(m)
			if err != nil {
				return nil, err
			}
			if size += len(c.Text) + len(c.HTML); len(list) > 0 && (len(list) == most || size > partnerBytesAtOnce) {
				return list, nil
			}
			list = append(list, *c)
		}
		if len(page) < partnerCommentsAtOnce {
			return list, nil
		}
		from = page[len(page)-1].ID + 1
	}
}

// held names the messages that came from another partner and wait for their files:
// a comment crosses once, with its files.
func (r *partnerReader) held() (map[int64]bool, error) {
	if len(r.links) < 2 || !r.p.Terms.Attachments {
		return nil, nil
	}
	return r.tx.FilesOnTheWay(r.dir.Account.ID, r.found, partnerFileHold)
}

func (r *partnerReader) comment(m *store.MessageRow) (*PartnerComment, error) {
	c := &PartnerComment{UUID: r.uuids[m.ID], Text: m.Text, At: m.CreatedAt, Public: m.Kind == dm.Reply, message: m.ID}
	if m.Foreign != nil && m.Foreign.At != 0 { // it is passed on from one desk to another
		c.At = m.Foreign.At
	}
	if c.Text == "" {
		c.Text = "(no text)"
	}
	if m.HTML != "" && !strings.Contains(m.HTML, "/api/v1/attachments/") { // pictures there are for people of ours
		c.HTML = m.HTML
	}
	var err error
	if c.UUID == "" {
		if c.UUID, err = partnerUUID(r.tx, r.dir.Account.ID, "message", m.ID); err != nil {
			return nil, err
		}
	}
	if c.Author, err = r.author(m); err != nil || !r.p.Terms.Attachments {
		return c, err
	}
	for i := range m.Attachments {
		f := &m.Attachments[i]
		address, err := partnerFileAddress(r.tx, r.dir.Account.ID, r.p, r.k, f)
		if err != nil {
			return nil, err
		}
		c.Files = append(c.Files, PartnerAttachment{URL: address, Name: f.Name, Type: f.ContentType})
	}
	return c, nil
}

// author is who wrote a message, as the partner is told: somebody of another desk
// keeps the id that they have there.
func (r *partnerReader) author(m *store.MessageRow) (*PartnerActor, error) {
	account := r.dir.Account.ID
	switch {
	case m.Foreign != nil && m.Foreign.ID != 0:
		return r.foreign(m.Foreign.ID)
	case m.AuthorID != 0:
		a, err := partnerActor(r.tx, account, m.AuthorID)
		if a != nil || err != nil {
			return a, err
		}
	case m.LinkID != 0:
		uuid, err := partnerUUID(r.tx, account, "visitor", m.LinkID)
		return &PartnerActor{UUID: uuid, Name: strings.TrimSpace(m.Visitor + " (link)"), Role: "user"}, err
	}
	return r.desk(), nil
}

func (r *partnerReader) foreign(id int64) (*PartnerActor, error) {
	people, err := r.tx.PartnerPeopleByID(r.dir.Account.ID, []int64{id})
	if err != nil || len(people) == 0 {
		return r.desk(), err
	}
	return &PartnerActor{UUID: people[0].UUID, Name: people[0].Name, Role: people[0].Role}, nil
}

// desk is this desk itself, where nobody of it is meant.
func (r *partnerReader) desk() *PartnerActor {
	sum := sha256.Sum256([]byte("desk " + r.p.UUID))
	return &PartnerActor{UUID: hex.EncodeToString(sum[:20]), Name: r.dir.Account.Name, Role: "agent"}
}

// requester is who asked; of a ticket that came from another desk their person.
func (r *partnerReader) requester() (*PartnerActor, error) {
	for i := range r.links {
		if r.links[i].Direction != dm.LinkReceived {
			continue
		}
		base, err := readPartnerBase(&r.links[i])
		if err != nil {
			return nil, err
		}
		if base.Requester != 0 {
			return r.foreign(base.Requester)
		}
	}
	return partnerActor(r.tx, r.dir.Account.ID, r.found.Ticket.RequesterID)
}

// partnerFileAddress is where a partner fetches a file of a message: bound to the
// agreement, the ticket and the file, and good while all three are shared.
func partnerFileAddress(tx *store.Tx, account int64, p *dm.Partner, k *dm.PartnerLink, f *dm.Attachment) (string, error) {
	sign, err := partnerFileSign(tx, account, p, k, f.ID)
	return p.OurURL + "/files/" + k.UUID + "/" + idText(f.ID) + "/" + sign + "/" + url.PathEscape(f.Name), err
}

func partnerFileSign(tx *store.Tx, account int64, p *dm.Partner, k *dm.PartnerLink, file int64) (string, error) {
	secret, err := tx.Secret(partnerSecret)
	if err != nil {
		return "", err
	}
	sum := hmac.New(sha256.New, secret)
	sum.Write([]byte("file " + idText(account) + " " + p.UUID + " " + k.UUID + " " + idText(k.ID) + " " + idText(file)))
	return hex.EncodeToString(sum.Sum(nil)[:20]), nil
}

// seesPartnerFile says whether a file of a message is shared over the link.
func (r *partnerReader) seesFile(f *dm.Attachment) (bool, error) {
	if !r.p.Terms.Attachments || f.TicketID != r.found.Ticket.ID || f.MessageID == 0 {
		return false, nil
	}
	m, err := r.tx.MessageOf(r.dir.Account.ID, r.found, f.MessageID)
	if err != nil {
		return false, gone(err)
	}
	yes, _ := r.crosses(m)
	return yes && r.found.Decision.Has(access.See), nil
}
