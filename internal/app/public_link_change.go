package app

import (
	"strings"
	"time"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/locales"
)

// linkDays is how long a public link lasts when no end is given, as far as the
// account lets it.
const linkDays = 14

// changePublicLinks makes, changes, resets and ends public links.
func (w *work) changePublicLinks() error {
	ch := &w.ch.PublicLinks
	if ch.Empty() {
		return nil
	}
	standing, err := w.tx.StandingLinks(w.account, w.t.ID)
	if err != nil {
		return err
	}
	if ch.RevokeAll {
		for i := range standing {
			if err := w.revokeLink(&standing[i]); err != nil {
				return err
			}
		}
		if len(standing) == 0 {
			return w.maySetShares()
		}
		return nil
	}
	for _, id := range ch.Revoke {
		l, err := w.linkOf(standing, id)
		if err != nil {
			return err
		}
		if err := w.revokeLink(l); err != nil {
			return err
		}
	}
	if ch.Make == nil && ch.Amend == nil && ch.Reset == 0 {
		return nil
	}
	if err := w.mayGiveLinks(ch.Make); err != nil {
		return err
	}
	if ch.Amend != nil {
		if err := w.amendLink(standing, ch.Amend); err != nil {
			return err
		}
	}
	if ch.Reset != 0 {
		if err := w.resetLink(standing, ch.Reset); err != nil {
			return err
		}
	}
	if ch.Make == nil {
		return nil
	}
	return w.makeLink(standing, ch.Make)
}

// linkOf finds a link by its id among those that are not revoked; for a requester
// among their own. To whoever may not set shares every id answers alike.
func (w *work) linkOf(standing []dm.PublicLink, id int64) (*dm.PublicLink, error) {
	for i := range standing {
		if standing[i].ID == id && (!w.viewer.IsRequester() || standing[i].CreatedBy == w.viewer.Person()) {
			return &standing[i], nil
		}
	}
	if err := w.maySetShares(); err != nil {
		return nil, err
	}
	return nil, dm.Missing("link")
}

// mayGiveLinks checks that the viewer may let the holders of a link in (C13),
// and that the desk and the ticket allow links.
func (w *work) mayGiveLinks(n *dm.NewPublicLink) error {
	byRule := w.viewer.IsSystem() && n != nil && n.MakerID != 0
	if !w.viewer.MayGiveLinks(&w.decision) || w.viewer.Person() == 0 && !byRule {
		return dm.ErrForbidden
	}
	if err := w.sharingOpen(); err != nil {
		return err
	}
	switch {
	case !w.dir.Settings.LinksEnabled:
		return dm.Errorf(dm.Forbidden, "Public links are switched off for this desk.").With("links_disabled")
	case w.t.Private:
		return dm.Errorf(dm.Conflict, "A private ticket has no public links.").With("private")
	}
	return nil
}

func (w *work) makeLink(standing []dm.PublicLink, n *dm.NewPublicLink) error {
	live := 0
	for i := range standing {
		if standing[i].Live(w.tx.Now()) {
			live++
		}
	}
	if live >= dm.MaxLinks {
		return dm.Errorf(dm.Conflict, "A ticket has at most %d public links. Revoke one that nobody needs.", dm.MaxLinks).With("cap").Showing(map[string]any{"cap": dm.MaxLinks})
	}
	l := &dm.PublicLink{TicketID: w.t.ID, Level: n.Level, PasswordHash: n.PasswordHash, CreatedBy: w.viewer.Person()}
	if w.viewer.IsSystem() {
		l.CreatedBy = n.MakerID
	}
	if l.Level == "" {
		l.Level = dm.LevelView
	}
	var err error
	if l.Label, err = linkLabel(n.Label); err != nil {
		return err
	}
	if err := w.checkLinkLevel(l.Level); err != nil {
		return err
	}
	if l.ExpiresAt, err = w.linkEnd(n.ExpiresAt); err != nil {
		return err
	}
	if l.MaxUses, err = w.linkUses(n.MaxUses); err != nil {
		return err
	}
	if err := w.checkLinkPassword(l.PasswordHash); err != nil {
		return err
	}
	secret := credential.NewSecret(credential.Link)
	if err := w.tx.InsertPublicLink(w.account, l, credential.HashSecret(secret)); err != nil {
		return err
	}
	w.res.Links, w.res.Secret = append(w.res.Links, *l), secret
	w.event(dm.PublicLinkCreated, true, dm.EventData{Link: eventLink(l)})
	return nil
}

func linkLabel(label string) (string, error) {
	label = strings.Join(strings.Fields(cleanText(label)), " ")
	if label == "" {
		return "", nil
	}
	var f inputFaults
	label = f.name("label", label, dm.MaxLinkLabel)
	return label, f.err()
}

// checkLinkLevel wants a level that a link can have and that its maker may give.
func (w *work) checkLinkLevel(level dm.Level) error {
	switch {
	case level != dm.LevelView && level != dm.LevelComment:
		return dm.BadField("level", "The level of a public link is view or comment.")
	case level == dm.LevelComment && !w.decision.Has(access.Reply):
		return &dm.Error{Code: dm.Forbidden, Reason: "more_than_held", Field: "level", Public: "You cannot let others reply where you may not."}
	}
	return nil
}

// linkEnd checks and completes the end of a link; nil takes the default.
// Whoever is let in by shares alone cannot let others in for longer.
func (w *work) linkEnd(asked *dm.Time) (dm.Time, error) {
	now, most := w.tx.Now(), w.dir.Settings.LinkMaxDays
	end := now.Add(days(linkDays))
	if asked != nil {
		end = *asked
	} else if most > 0 {
		end = min(end, now.Add(days(most)))
	}
	if end != 0 && end <= now {
		return 0, dm.BadField("expires_at", "The end of a link must be in the future.")
	}
	// A minute is left for the way here: people choose "90 days from now".
	if most > 0 && (end == 0 || end > now.Add(days(most)+time.Minute)) {
		return 0, dm.BadField("expires_at", "A public link lasts at most %d days here.", most)
	}
	if own, bounded := w.ownExpiry(); bounded && (end == 0 || end > own) {
		if asked == nil {
			return own, nil
		}
		return 0, &dm.Error{Code: dm.Forbidden, Reason: "more_than_held", Field: "expires_at", Public: "You cannot give access for longer than you have it yourself."}
	}
	return end, nil
}

// maxLinkUses is the highest number of visits that can be asked for.
const maxLinkUses = 10_000

// linkUses checks and completes the number of visits; nil takes the most that
// the account allows.
func (w *work) linkUses(asked *int) (int, error) {
	most := w.dir.Settings.LinkMaxViews
	switch {
	case asked == nil:
		return most, nil
	case *asked < 0 || *asked > maxLinkUses:
		return 0, dm.BadField("max_views", "A link is opened 1 to %d times.", maxLinkUses)
	case most > 0 && (*asked == 0 || *asked > most):
		return 0, dm.BadField("max_views", "A public link is opened at most %d times here.", most)
	}
	return *asked, nil
}

func (w *work) checkLinkPassword(hash string) error {
	if w.dir.Settings.LinkPassword && hash == "" {
		return dm.BadField("password", "A public link needs a password here.")
	}
	return nil
}

// amendLink changes a link. What it may be is asked as when one is made, of the
// parts that change.
func (w *work) amendLink(standing []dm.PublicLink, a *dm.LinkAmendment) error {
	l, err := w.linkOf(standing, a.ID)
	if err != nil {
		return err
	}
	next := *l
	if a.Label != nil {
		if next.Label, err = linkLabel(*a.Label); err != nil {
			return err
		}
	}
	if a.Level != nil && *a.Level != l.Level {
		if err := w.checkLinkLevel(*a.Level); err != nil {
			return err
		}
		next.Level = *a.Level
	}
	if a.ExpiresAt != nil && *a.ExpiresAt != l.ExpiresAt {
		if next.ExpiresAt, err = w.linkEnd(a.ExpiresAt); err != nil {
			return err
		}
	}
	if a.MaxUses != nil && *a.MaxUses != l.MaxUses {
		if next.MaxUses, err = w.linkUses(a.MaxUses); err != nil {
			return err
		}
	}
	if a.PasswordHash != nil {
		if err := w.checkLinkPassword(*a.PasswordHash); err != nil {
			return err
		}
		next.PasswordHash = *a.PasswordHash
	}
	w.res.Links = append(w.res.Links, next)
	if next == *l {
		return nil
	}
	if err := w.tx.UpdatePublicLink(w.account, l, &next); err != nil {
		return err
	}
	*l = next
	w.event(dm.PublicLinkUpdated, true, dm.EventData{Link: eventLink(l)})
	return nil
}

// resetLink gives a link a new secret; the old one is dead at once.
func (w *work) resetLink(standing []dm.PublicLink, id int64) error {
	l, err := w.linkOf(standing, id)
	if err != nil {
		return err
	}
	secret := credential.NewSecret(credential.Link)
	if err := w.tx.ResetPublicLink(w.account, l.ID, credential.HashSecret(secret)); err != nil {
		return err
	}
	w.res.Links, w.res.Secret = append(w.res.Links, *l), secret
	told := eventLink(l)
	told.Reset = true
	w.event(dm.PublicLinkUpdated, true, dm.EventData{Link: told})
	return nil
}

// revokeLink ends a link. Those who share, administrators of shares and whoever
// made it may end it, also while links are switched off.
func (w *work) revokeLink(l *dm.PublicLink) error {
	own := l.CreatedBy == w.viewer.Person() && (w.viewer.Can(dm.TicketsShare) || w.viewer.IsRequester())
	if err := w.maySetShares(); err != nil && !own {
		return err
	}
	if err := w.tx.RevokePublicLink(w.account, l, w.viewer.Person()); err != nil {
		return err
	}
	w.event(dm.PublicLinkRevoked, true, dm.EventData{Link: eventLink(l), EndCause: "revoked"})
	return nil
}

func eventLink(l *dm.PublicLink) *dm.EventLink {
	return &dm.EventLink{ID: l.ID, Label: l.Label, Level: l.Level, Password: l.PasswordHash != "", MaxUses: l.MaxUses, ExpiresAt: l.ExpiresAt}
}

// What may come through one link in an hour, and how long one message may be.
const (
	linkMessagesHourly = 20
	maxLinkMessage     = 20_000 // characters
)

// byLink marks a message that comes through a public link, and bounds what may
// come that way.
func (w *work) byLink(m *dm.Message, n *dm.NewMessage) error {
	if w.viewer.Link() == 0 {
		return nil
	}
	m.LinkID, m.Visitor = w.viewer.Link(), n.Visitor
	if utf8.RuneCountInString(n.Text) > maxLinkMessage {
		return dm.BadField("text", "A message through a link has at most %d characters.", maxLinkMessage)
	}
	at, err := w.tx.LinkMessageBefore(w.account, w.viewer, linkMessagesHourly-1)
	if err == nil && at > w.tx.Now().Add(-time.Hour) {
		err = dm.Errorf(dm.RateLimited, "Many messages came through this link within an hour. Please try again later.").With("link_messages")
	}
	return err
}

// visitorName is how people are told of somebody who wrote through a link: never
// by a bare name, which could be anybody's.
func visitorName(name, language string) string {
	words := locales.For(language)
	if name == "" {
		return words.T("mail.link_visitor.nobody")
	}
	return words.T("mail.link_visitor", locales.Args{"name": name})
}
