package app

import (
	"context"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/notify"
	"github.com/deskmesh/deskmesh/internal/store"
)

// JobSignInLink sends a requester a link to sign in with.
const JobSignInLink = "mail.sign_in"

const (
	signInLinkLasts = 15 * time.Minute
	signInLinksOpen = 5 // that one person may have at once
)

// signInLinkArgs hold no secret: it is made when the mail is written.
type signInLinkArgs struct {
	Address  string `json:"address"`
	Next     string `json:"next"`
	Language string `json:"language"`
}

// AskSignInLink has a one-time link sent to the requester with this primary
// address; next is the page to go on to. It does and answers the same for an
// address that nobody has, for an agent's and for a further one of somebody: a
// job finds out, which nobody waits for.
func (a *App) AskSignInLink(ctx context.Context, account int64, address, next, language string) error {
	address = strings.TrimSpace(address)
	if !validAddress(address) {
		return dm.BadField("address", "This is not an e-mail address.")
	}
	return a.write(ctx, func(tx *store.Tx) error {
		_, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobSignInLink, Args: signInLinkArgs{Address: address, Next: next, Language: language}, Urgency: store.Urgent})
		return err
	})
}

// sendSignInLink does the job JobSignInLink. A try again makes another link; at
// most signInLinksOpen work at a time.
func (a *App) sendSignInLink(ctx context.Context, j *jobs.Job, args signInLinkArgs) error {
	if a.Mail == nil {
		return nil
	}
	if later, err := a.putOff(ctx, j); err != nil || later != nil {
		return errorsOf(err, later)
	}
	var l *letter
	err := a.DB.Write(ctx, store.Urgent, func(tx *store.Tx) (err error) {
		l, err = a.writeSignInLink(tx, j.Account, args)
		return err
	})
	if err != nil {
		return err
	}
	return a.dispatch(ctx, j, dm.MailSignIn, func(*store.Tx) (*letter, error) { return l, nil })
}

func (a *App) writeSignInLink(tx *store.Tx, account int64, args signInLinkArgs) (*letter, error) {
	g, err := tx.GuestByAddress(account, args.Address)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, nil
	}
	if err != nil || !g.Active || g.Kind != dm.Requester {
		return nil, err
	}
	p, err := tx.Person(account, g.ID)
	if err != nil {
		return nil, err
	}
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	box := sender(dir)
	if box == nil {
		return nil, nil
	}
	secret := credential.NewSecret(credential.SignInLink)
	made, err := tx.CreateSignInLink(account, store.SignInLink{PersonID: p.ID, Next: args.Next, ExpiresAt: tx.Now().Add(signInLinkLasts)}, credential.HashSecret(secret), signInLinksOpen)
	if err != nil || !made {
		return nil, err
	}
	language := p.Language
	if language == "" {
		language = args.Language
	}
	text := notify.RenderSignIn(notify.SignIn{Language: language, Recipient: p.Name, Account: dir.Account.Name,
		URL: dir.Account.BaseURL + SignInLinkPath + secret, Minutes: int(signInLinkLasts / time.Minute)})
	l := &letter{from: mail.Address{Name: dir.Account.Name, Email: box.Address}, to: mail.Address{Name: p.Name, Email: p.Address},
		inbox: box.ID, person: p.ID}
	_, domain, _ := strings.Cut(box.Address, "@")
	l.raw, err = mail.Compose(mail.Outgoing{From: l.from, To: []mail.Address{l.to}, Subject: text.Subject, Text: text.Text, HTML: text.HTML, AutoSubmitted: true,
		MessageID: "sign-in." + credential.HashSecret("id " + secret)[:32] + "@" + domain, Loop: loopMark(&dir.Account), Date: tx.Now().Std()})
	return l, err
}

// sender gives the inbox that mail comes from which is about no ticket: the first
// one of an active brand; nil for none.
func sender(dir *store.Directory) *dm.Inbox {
	for _, id := range sortedKeys(dir.Inboxes) {
		if box := dir.Inboxes[id]; box.Active && dir.Brands[box.BrandID].Active {
			return &box
		}
	}
	return nil
}

// SignInLinkPath leads to the page behind such a link; the secret follows.
const SignInLinkPath = "/sign-in/mail/"

// SignInLinkWorks says whether a link can still be used; Gone otherwise. Looking
// does not use it up, since programs look at addresses in mails.
func (a *App) SignInLinkWorks(ctx context.Context, account int64, secret string) error {
	if !credential.IsSecret(credential.SignInLink, secret) {
		return store.ErrLinkGone
	}
	return a.DB.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.SignInLink(account, credential.HashSecret(secret))
		return err
	})
}

// SignInByLink uses a link up and opens a session; next is the page to go on to.
// Unknown, used and expired links answer the same Gone.
func (a *App) SignInByLink(ctx context.Context, account int64, secret string) (s NewSession, next string, err error) {
	if !credential.IsSecret(credential.SignInLink, secret) {
		return s, "", store.ErrLinkGone
	}
	err = a.write(ctx, func(tx *store.Tx) error {
		l, err := tx.UseSignInLink(account, credential.HashSecret(secret))
		if err != nil {
			return err
		}
		known, err := tx.SignInOf(account, l.PersonID)
		if err != nil {
			return err
		}
		s, next = NewSession{Person: known.Person}, l.Next
		s.Secret, s.Expires, err = openSession(tx, dm.ByLink, account, l.PersonID)
		return err
	})
	if err != nil {
		return NewSession{}, "", err
	}
	return s, next, nil
}
