package app

import (
	"context"
	"html"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/locales"
)

const (
	maxSideParties = 20  // addresses of one side conversation
	maxForwarded   = 500 // messages quoted at once
)

// Forward begins a side conversation with addresses outside. The viewer needs
// the right to forward, which a share gives only where the account and the share
// say so (decision C13).
func (a *App) Forward(ctx context.Context, v *access.Viewer, number int64, m dm.NewMessage) error {
	m.Kind = dm.Note
	_, err := a.Apply(ctx, v, dm.Change{Number: number, Messages: []dm.NewMessage{m}})
	return err
}

// Follow lets the viewer, an agent, follow a ticket that they can open, or stop.
func (a *App) Follow(ctx context.Context, v *access.Viewer, number int64, on bool) error {
	_, err := a.Apply(ctx, v, dm.Change{Number: number, Follow: &on})
	return err
}

// Mute says whether the viewer, an agent, wants to hear no more of what happens on
// a ticket that they can open. It ends nothing else, and is nobody's business but
// theirs: the history says nothing of it.
func (a *App) Mute(ctx context.Context, v *access.Viewer, number int64, on bool) error {
	return a.write(ctx, func(tx *store.Tx) error {
		f, err := seeable(tx, v, number)
		if err != nil {
			return err
		}
		return tx.SetMuted(v.Account(), v.Person(), f, on)
	})
}

// SideView is a side conversation with who began it.
type SideView struct {
	dm.SideConversation
	Author dm.PersonRef
}

// Sides lists a ticket's side conversations, the newest first, to agents who see
// what is internal; to others it is Forbidden.
func (a *App) Sides(ctx context.Context, v *access.Viewer, number int64) ([]SideView, error) {
	return fetch(ctx, a, func(tx *store.Tx) ([]SideView, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if !v.IsAgent() || !f.Decision.Has(access.SeeInternal) {
			return nil, dm.ErrForbidden
		}
		sides, err := tx.Sides(f, 0)
		if err != nil {
			return nil, err
		}
		var ids []int64
		for i := range sides {
			ids = append(ids, sides[i].PersonID)
		}
		people, err := tx.PeopleRefs(v.Account(), distinct(ids))
		list := make([]SideView, len(sides))
		for i, s := range sides {
			list[i] = SideView{s, people[s.PersonID]}
		}
		return list, err
	})
}

// sideWork is a message of a side conversation on its way.
type sideWork struct {
	side  dm.SideConversation
	fresh bool
	party int64           // who wrote it from outside
	files []dm.Attachment // of forwarded messages
}

// id gives the conversation's id; 0 for none.
func (s *sideWork) id() int64 {
	if s == nil {
		return 0
	}
	return s.side.ID
}

// beginSide checks a message of a side conversation and gives it with what it
// forwards quoted under its text.
func (w *work) beginSide(n *dm.NewMessage, where string) (*dm.NewMessage, *sideWork, error) {
	if n.Kind != dm.Note || w.created {
		return nil, nil, dm.BadField(where+"kind", "A message of a side conversation is a note on a ticket that there is.")
	}
	if !w.viewer.IsSystem() {
		if err := w.mayForward(); err != nil {
			return nil, nil, err
		}
	}
	s, err := w.sideOf(n.Side, where)
	if err != nil {
		return nil, nil, err
	}
	own := *n // the caller's may be used again
	if err := w.quote(&own, s, where); err != nil {
		return nil, nil, err
	}
	return &own, s, nil
}

// mayForward checks the right to bring in addresses outside. Whoever has the
// ticket by a share alone hears what would give it.
func (w *work) mayForward() error {
	if err := w.disclosure(""); err != nil {
		return err
	}
	return w.need(access.Forward | access.SeeInternal)
}

// sideOf finds the conversation, or starts one.
func (w *work) sideOf(n *dm.NewSide, where string) (*sideWork, error) {
	if n.ID != 0 {
		found, err := w.tx.Sides(w.found(), n.ID)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, dm.Missing("side conversation")
		}
		return &sideWork{side: found[0], party: n.Party}, nil
	}
	s := &sideWork{fresh: true, side: dm.SideConversation{TicketID: w.t.ID, PersonID: w.viewer.Person(), Subject: w.t.Subject}}
	if strings.TrimSpace(n.Subject) != "" {
		subject, err := cleanSubject(n.Subject)
		if err != nil {
			return nil, err
		}
		s.side.Subject = subject
	}
	var err error
	s.side.Parties, err = w.sideParties(n.To, where)
	return s, err
}

// sideParties checks the addresses. The desk's own would only file new tickets.
func (w *work) sideParties(to []string, where string) ([]dm.SideParty, error) {
	if len(to) == 0 || len(to) > maxSideParties {
		return nil, dm.BadField(where+"to", "Give 1 to %d addresses.", maxSideParties)
	}
	var faults inputFaults
	var list []dm.SideParty
	for i, address := range to {
		field := where + "to[" + strconv.Itoa(i) + "]"
		address = faults.address(field, address)
		if _, _, err := w.tx.InboxByAddress(address); err == nil {
			faults.add(field, "This is the address of an inbox. Share the ticket, or file a new one.")
		} else if dm.CodeOf(err) != dm.NotFound {
			return nil, err
		}
		if !slices.ContainsFunc(list, func(p dm.SideParty) bool { return store.Fold(p.Address) == store.Fold(address) }) {
			list = append(list, dm.SideParty{Address: address})
		}
	}
	return list, faults.err()
}

// quote puts the messages that are forwarded under the text, and gathers their
// files.
func (w *work) quote(n *dm.NewMessage, s *sideWork, where string) error {
	list, err := w.forwarded(n.Side, where)
	if err != nil || len(list) == 0 {
		return err
	}
	language := ""
	if id := w.viewer.Person(); id != 0 {
		p, err := w.tx.Person(w.account, id)
		if err != nil {
			return err
		}
		language = p.Language
	}
	words := locales.For(language)
	body, plain := strings.Builder{}, strings.Builder{}
	if n.HTML == "" {
		body.WriteString(paragraphs(n.Text))
	} else {
		body.WriteString(n.HTML)
	}
	plain.WriteString(strings.TrimSpace(n.Text))
	for i := range list {
		m := &list[i]
		head := words.T("forward.head", locales.Args{"name": writerOf(m), "at": m.CreatedAt.Std().UTC().Format("2006-01-02 15:04") + " UTC"})
		content := m.HTML
		if content == "" {
			content = paragraphs(m.Text)
		}
		body.WriteString("<p>" + html.EscapeString(head) + "</p><blockquote>" + content + "</blockquote>")
		plain.WriteString("\n\n" + head + "\n> " + strings.ReplaceAll(m.Text, "\n", "\n> "))
		if n.Side.Files {
			s.files = append(s.files, m.Attachments...)
		}
	}
	if len(s.files)+len(n.Attachments) > maxFilesTaken {
		return dm.BadField(where+"files", "A message has at most %d files. Forward fewer messages, or leave their files out.", maxFilesTaken)
	}
	n.HTML = body.String()
	if n.Text != "" {
		n.Text = plain.String()
	}
	return nil
}

// writerOf names who wrote a message to somebody outside: by name alone, since
// an address is not the desk's to give away.
func writerOf(m *store.MessageRow) string {
	if m.Side != nil && m.Side.From != "" {
		return m.Side.From
	}
	return m.Author.Name
}

func paragraphs(text string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(part), "\n", "<br>") + "</p>")
		}
	}
	return b.String()
}

// forwarded gives the messages to quote, in their order: those named, or every
// public one. A local note never leaves the desk.
func (w *work) forwarded(n *dm.NewSide, where string) ([]store.MessageRow, error) {
	if len(n.Forward) == 0 && !n.Thread {
		return nil, nil
	}
	f := *w.found()
	if n.Thread {
		f.Decision.Rights &^= access.SeeInternal
		list, err := w.tx.Messages(w.account, &f, 0, maxForwarded+1)
		if err == nil && len(list) > maxForwarded {
			err = dm.BadField(where+"thread", "A conversation of more than %d messages cannot be forwarded as a whole. Choose messages.", maxForwarded)
		}
		return list, err
	}
	var list []store.MessageRow
	for i, id := range sortedSet(n.Forward) {
		field := where + "messages[" + strconv.Itoa(i) + "]"
		m, err := w.tx.MessageOf(w.account, &f, id)
		if dm.CodeOf(err) == dm.NotFound {
			return nil, dm.BadField(field, "There is no such message.")
		}
		if err != nil {
			return nil, err
		}
		if m.Kind == dm.LocalNote {
			return nil, dm.BadField(field, "A local note never leaves this desk.")
		}
		list = append(list, *m)
	}
	return list, nil
}

// finishSide keeps the conversation, lets the message belong to it, and sends it
// to the parties where an agent wrote it.
func (w *work) finishSide(s *sideWork, m *dm.Message) error {
	if s.fresh {
		if err := w.tx.InsertSide(w.account, &s.side); err != nil {
			return err
		}
	}
	if err := w.tx.LinkSide(w.account, m.ID, s.side.ID, s.party); err != nil {
		return err
	}
	for _, f := range s.files {
		f.TicketID, f.MessageID = w.t.ID, m.ID
		if err := w.tx.InsertAttachment(w.account, &f); err != nil {
			return err
		}
	}
	if len(s.files) > 0 {
		if err := w.tx.ReindexMessage(w.account, m.ID); err != nil {
			return err
		}
	}
	if s.party != 0 {
		return nil
	}
	var mails []store.NewJob
	for _, p := range s.side.Parties {
		mails = append(mails, store.NewJob{Account: w.account, Kind: JobSideMail, Args: sideMailArgs{Message: m.ID, Ticket: w.t.ID, Side: s.side.ID, Party: p.ID}, Urgency: store.Normal})
	}
	return w.tx.EnqueueAll(mails)
}
