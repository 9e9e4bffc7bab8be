package app

import (
	"cmp"
	"context"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ShareByTemplate makes the part of a change that a share template stands for:
// its shares and its note, which are written together. Targets that cannot be
// shared with any more are left out; NotFound when there is no such template,
// Invalid with the reason empty_template when nobody is left. What the viewer may
// share is decided when the change is applied: by the same rights, caps and
// policy as by hand. What rules and macros share, shareByTemplate plans.
func (a *App) ShareByTemplate(tx *store.Tx, v *access.Viewer, id int64) ([]dm.NewShare, []dm.NewMessage, error) {
	t, err := tx.ShareTemplate(v.Account(), id)
	if err != nil {
		return nil, nil, err
	}
	known, err := a.resolve(tx, v, t.Targets)
	if err != nil {
		return nil, nil, err
	}
	var shares []dm.NewShare
	for _, target := range t.Targets {
		if _, ok := known[target]; !ok || target.Kind == dm.TargetAgent && target.ID == v.Person() {
			continue
		}
		shares = append(shares, templateShare(t, target, tx.Now()))
	}
	if len(shares) == 0 {
		return nil, nil, dm.BadField("template_id", "Nobody of this share template can be shared with now.").With("empty_template")
	}
	var notes []dm.NewMessage
	if t.Note != "" {
		notes = []dm.NewMessage{{Kind: dm.Note, Text: t.Note}}
	}
	return shares, notes, nil
}

// templateShare is what a template asks for one target. Requesters take no flags,
// and at most the level comment.
func templateShare(t *dm.ShareTemplate, target dm.Target, now dm.Time) dm.NewShare {
	n := dm.NewShare{Target: target, Level: t.Level, SeeInternal: t.SeeInternal, ReplyPublic: t.ReplyPublic, Forward: t.Forward, CanReshare: t.CanReshare, Reason: t.Reason, Notify: true}
	if t.ExpiryHours > 0 {
		n.ExpiresAt = now.Add(time.Duration(t.ExpiryHours) * time.Hour)
	}
	if target.Kind == dm.TargetRequester {
		n.SeeInternal, n.ReplyPublic, n.Forward, n.CanReshare = nil, nil, nil, nil
		if n.Level == dm.LevelEdit {
			n.Level = dm.LevelComment
		}
	}
	return n
}

// ShareRequest asks to share one ticket, with targets or by a template. What is
// left out of the rest follows the template, or else the account's defaults.
type ShareRequest struct {
	Number   int64
	Template int64 // 0 none
	// Targets, each at the same terms.
	Targets     []dm.Target
	Level       dm.Level
	SeeInternal *bool
	ReplyPublic *bool
	Forward     *bool
	CanReshare  *bool
	Reason      *string
	ExpiresAt   *dm.Time // pointing at 0: the account's default
	Notify      bool
	Note        *string // plain text to write with it; "" writes none
}

// ShareTicket shares a ticket and writes the note that belongs to it, both or
// neither. Its errors are those of Apply.
func (a *App) ShareTicket(ctx context.Context, v *access.Viewer, r ShareRequest) error {
	return a.writeAs(ctx, store.Urgent, func(tx *store.Tx) error {
		ch := dm.Change{Number: r.Number}
		if r.Template != 0 {
			if len(r.Targets) > 0 {
				return dm.BadField("targets", "Give either targets or a template.")
			}
			if err := maySeeTemplates(v); err != nil {
				return err
			}
			var err error
			if ch.Share, ch.Messages, err = a.ShareByTemplate(tx, v, r.Template); err != nil {
				return atTemplate(err)
			}
		}
		r.apply(&ch)
		if len(ch.Share) == 0 {
			return dm.BadField("targets", "Say with whom to share, or by which template.")
		}
		res, err := a.ApplyIn(tx, v, ch)
		if err != nil {
			return err
		}
		o := onceOf(ctx)
		o.note(res.made(&ch)...)
		if res.SharesMade+len(res.PartnersMade)+len(res.Messages) == 0 {
			o.stood()
		}
		return nil
	})
}

// atTemplate says of a template that is not there where it was named.
func atTemplate(err error) error {
	if dm.CodeOf(err) == dm.NotFound {
		return dm.BadField("template_id", "There is no such share template.")
	}
	return err
}

// apply puts what was asked for over what the template has.
func (r *ShareRequest) apply(ch *dm.Change) {
	for _, t := range r.Targets {
		ch.Share = append(ch.Share, dm.NewShare{Target: t})
	}
	for i := range ch.Share {
		n := &ch.Share[i]
		n.Notify = r.Notify
		n.Level = cmp.Or(r.Level, n.Level)
		n.SeeInternal, n.ReplyPublic = cmp.Or(r.SeeInternal, n.SeeInternal), cmp.Or(r.ReplyPublic, n.ReplyPublic)
		n.Forward, n.CanReshare = cmp.Or(r.Forward, n.Forward), cmp.Or(r.CanReshare, n.CanReshare)
		if r.Reason != nil {
			n.Reason = *r.Reason
		}
		if r.ExpiresAt != nil {
			n.ExpiresAt = *r.ExpiresAt
		}
	}
	if r.Note != nil {
		ch.Messages = nil
		if strings.TrimSpace(*r.Note) != "" {
			ch.Messages = []dm.NewMessage{{Kind: dm.Note, Text: *r.Note}}
		}
	}
}
