package app

import (
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
)

const (
	maxMessageText = 200_000 // characters
	maxMessageHTML = 500_000
	maxFilesTaken  = 50 // files of one message
)

// addMessages adds the messages, takes their files, and moves the status along:
// an answer opens a new ticket, a requester's word opens a resting one again.
func (w *work) addMessages() error {
	if w.created && len(w.ch.Messages) == 0 {
		return dm.BadField("text", "A new ticket needs a first message.")
	}
	for i := range w.ch.Messages {
		where := ""
		if len(w.ch.Messages) > 1 {
			where = "messages[" + strconv.Itoa(i) + "]."
		}
		if err := w.addMessage(&w.ch.Messages[i], where); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) addMessage(n *dm.NewMessage, where string) error {
	var side *sideWork
	var err error
	if n.Side != nil {
		if n, side, err = w.beginSide(n, where); err != nil {
			return err
		}
	} else if err := w.mayWrite(n.Kind, where); err != nil {
		return err
	}
	if err := w.nothingNewer(n, where); err != nil {
		return err
	}
	told, err := w.mentioned(n, where)
	if err != nil {
		return err
	}
	m := dm.Message{TicketID: w.t.ID, Kind: n.Kind, AuthorID: w.viewer.Person(), Via: w.ch.Via, RawMailID: n.RawMailID}
	if w.viewer.IsSystem() {
		m.AuthorID = n.AuthorID
	}
	if err := w.byLink(&m, n); err != nil {
		return err
	}
	if err := cleanBody(&m, n, where); err != nil {
		return err
	}
	first := w.created && len(w.res.Messages) == 0
	if err := w.tx.InsertMessage(w.account, &m, first); err != nil {
		return err
	}
	if err := w.takeFiles(&m, n.Attachments, where); err != nil {
		return err
	}
	if err := w.notePartnerMessage(&m, n); err != nil {
		return err
	}
	if side != nil {
		if err := w.finishSide(side, &m); err != nil {
			return err
		}
	} else if err := w.dropDraft(m.Kind); err != nil {
		return err
	}
	w.t.Messages++
	if m.Kind == dm.Reply {
		w.t.Preview, w.t.PreviewBy = dm.PreviewOf(m.Text), m.AuthorID
	}
	w.touch(false)
	w.res.Messages = append(w.res.Messages, m)
	i := w.event(dm.TicketMessage, m.Internal(), dm.EventData{MessageID: m.ID, Message: m.Kind, Mentions: told, SideID: side.id()})
	if w.viewer.IsSystem() {
		w.events[i].ActorID = m.AuthorID
		if n.Comment != nil && n.Comment.Cause != "" {
			w.events[i].Cause.Name = n.Comment.Cause
		}
	}
	if first {
		w.silence(i)
		return w.tx.SetMessages(w.account, w.t)
	}
	w.followStatus(&m)
	if w.created {
		return w.tx.SetMessages(w.account, w.t)
	}
	return nil
}

// mayWrite checks the right to add a message of a kind. Whoever files a ticket
// may write its first message.
func (w *work) mayWrite(kind dm.MessageKind, where string) error {
	switch kind {
	case dm.Reply:
		if w.created {
			return nil
		}
		return w.need(access.Reply)
	case dm.Note, dm.LocalNote:
		return w.need(access.Note)
	}
	return dm.BadField(where+"kind", "A message is a reply, a note or a local_note.")
}

// cleanBody checks and cleans text and HTML; a text is made of the HTML where
// only that was given.
func cleanBody(m *dm.Message, n *dm.NewMessage, where string) error {
	if err := cleanParts(m, n, where); err != nil {
		return err
	}
	if m.Text == "" && len(n.Attachments) == 0 && m.HTML == "" && n.RawMailID == 0 {
		return dm.BadField(where+"text", "A message needs a text.")
	}
	return nil
}

// cleanParts is cleanBody for a text that may still be empty.
func cleanParts(m *dm.Message, n *dm.NewMessage, where string) error {
	m.Text = strings.TrimSpace(cleanText(n.Text))
	if n.HTML != "" {
		if len(n.HTML) > maxMessageHTML {
			return dm.BadField(where+"html", "A message's HTML has at most %d bytes.", maxMessageHTML)
		}
		clean, text := mail.Sanitise(cleanText(n.HTML), nil)
		m.HTML = clean
		if m.Text == "" {
			m.Text = strings.TrimSpace(text)
		}
	}
	if len([]rune(m.Text)) > maxMessageText {
		return dm.BadField(where+"text", "A message has at most %d characters.", maxMessageText)
	}
	return nil
}

func (w *work) takeFiles(m *dm.Message, files []int64, where string) error {
	if len(files) > maxFilesTaken {
		return dm.BadField(where+"attachments", "A message has at most %d files.", maxFilesTaken)
	}
	for i, id := range files {
		taken, err := w.tx.TakeAttachment(w.account, id, w.viewer.Person(), w.t.ID, m.ID)
		if err != nil {
			return err
		}
		if !taken {
			return dm.BadField(where+"attachments["+strconv.Itoa(i)+"]", "There is no such file of yours, or a message has it already.")
		}
	}
	if len(files) == 0 {
		return nil
	}
	return w.tx.ReindexMessage(w.account, m.ID)
}

// followStatus moves the status after a public message.
func (w *work) followStatus(m *dm.Message) {
	if m.Kind != dm.Reply || w.ch.Set.Status != nil || w.ch.Set.StatusID != nil {
		return
	}
	outside := m.AuthorID == w.t.RequesterID || m.LinkID != 0
	switch {
	case outside && w.t.Status != dm.StatusNew && w.t.Status != dm.StatusOpen:
		w.setStatus(dm.StatusOpen, 0)
	case !outside && w.viewer.IsAgent() && w.t.Status == dm.StatusNew:
		w.setStatus(dm.StatusOpen, 0)
	}
}
