package app

import (
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// meet keeps what a partner says of somebody.
func (in *partnerIntake) meet(a *PartnerActor) (int64, error) {
	p := &dm.PartnerPerson{PartnerID: in.p.ID, UUID: a.UUID, Name: cutText(plainName(a.Name), 200), Role: cutText(plainName(a.Role), 60)}
	err := in.tx.MeetPartnerPerson(in.account, p)
	return p.ID, err
}

// takeComments takes the comments that are not known yet, in their order.
func (in *partnerIntake) takeComments(f *store.Found) error {
	known, err := in.known(f)
	if err != nil {
		return err
	}
	for i := range in.said.Comments {
		c := &in.said.Comments[i]
		if known[c.UUID] {
			continue
		}
		if err := in.takeComment(c, f != nil); err != nil {
			return err
		}
	}
	return nil
}

// known says which comments are here: those that came or went over the link, and
// ours that are on their way.
func (in *partnerIntake) known(f *store.Found) (map[string]bool, error) {
	if f == nil || len(in.said.Comments) == 0 {
		return map[string]bool{}, nil
	}
	uuids := make([]string, len(in.said.Comments))
	for i := range in.said.Comments {
		uuids[i] = in.said.Comments[i].UUID
	}
	known, err := in.tx.KnownPartnerComments(in.account, in.link.ID, uuids)
	if err != nil {
		return nil, err
	}
	r, err := readAsPartner(in.tx, in.dir, in.p, in.link)
	if dm.CodeOf(err) == dm.NotFound {
		return known, nil
	}
	if err != nil {
		return nil, err
	}
	ours, err := r.comments(0, partnerCommentsAtOnce)
	for i := range ours {
		known[ours[i].UUID] = true
	}
	return known, err
}

// written is when a comment was written there, as they say; 0 where they do not, or
// cannot be right.
func (in *partnerIntake) written(c *PartnerComment) dm.Time {
	if c.At < 0 || c.At > in.tx.Now().Add(24*time.Hour) {
		return 0
	}
	return c.At
}

// takeComment makes a message of a comment: public where the terms and the comment
// say so, else a note. One that the terms keep out is known, and not taken.
func (in *partnerIntake) takeComment(c *PartnerComment, there bool) error {
	terms := &in.p.Terms
	m := dm.NewMessage{Kind: dm.Note, Text: cutText(strings.TrimSpace(cleanText(c.Text)), maxMessageText), Comment: &dm.PartnerComment{UUID: c.UUID, At: in.written(c)}}
	if c.Public && terms.PublicComments {
		m.Kind = dm.Reply
	}
	if m.Kind == dm.Note && !terms.PrivateComments && (c.Private || there) {
		if !there {
			return nil
		}
		return in.tx.InsertPartnerMessage(in.account, in.link.ID, &store.PartnerMessage{UUID: c.UUID, Theirs: true})
	}
	if len(c.HTML) <= maxMessageHTML {
		m.HTML = c.HTML
	}
	if m.Text == "" && m.HTML == "" {
		m.Text = "(no text)"
	}
	if c.Author != nil {
		var err error
		if m.Comment.AuthorID, err = in.meet(c.Author); err != nil {
			return err
		}
		m.Comment.Cause = in.cause(c.Author).Name
	}
	in.change.Messages, in.files = append(in.change.Messages, m), append(in.files, c.Files)
	return nil
}
