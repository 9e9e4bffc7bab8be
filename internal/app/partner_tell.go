package app

import (
	"context"
	"fmt"
	"html"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/locales"
)

// JobPartnerNews tells one administrator by mail what became of an agreement.
const JobPartnerNews = "partner.news"

// What administrators are told of.
const (
	partnerReceived = "received" // another desk invites us
	partnerAccepted = "accepted"
	partnerDeclined = "declined"
	partnerEnded    = "ended"  // by the other desk
	partnerFailed   = "failed" // an invitation did not arrive
	partnerUntold   = "untold" // they do not know that we have accepted
)

type partnerNewsArgs struct {
	Partner int64  `json:"partner"`
	Person  int64  `json:"person"`
	News    string `json:"news"`
}

// partnerNews puts a mail in line for everybody who keeps partners.
func (a *App) partnerNews(tx *store.Tx, account int64, p *dm.Partner, news string) error {
	people, err := tx.AgentsWith(account, dm.PartnersManage)
	if err != nil {
		return err
	}
	list := make([]store.NewJob, 0, len(people))
	for _, person := range people {
		list = append(list, store.NewJob{Account: account, Kind: JobPartnerNews, Urgency: store.Normal, Args: partnerNewsArgs{p.ID, person, news}})
	}
	return tx.EnqueueAll(list)
}

// sendPartnerNews does the job JobPartnerNews, for whoever may keep partners now.
func (a *App) sendPartnerNews(ctx context.Context, j *jobs.Job, args partnerNewsArgs) error {
	return a.dispatch(ctx, j, dm.MailPartner, func(tx *store.Tx) (*letter, error) { return writePartnerNews(tx, j, args) })
}

func writePartnerNews(tx *store.Tx, j *jobs.Job, args partnerNewsArgs) (*letter, error) {
	v, err := tx.Viewer(j.Account, args.Person)
	if err != nil || !v.Can(dm.PartnersManage) {
		return nil, gone(err)
	}
	person, err := tx.Person(j.Account, args.Person)
	if err != nil || !person.Active || person.Address == "" {
		return nil, gone(err)
	}
	dir, err := tx.Directory(j.Account)
	if err != nil {
		return nil, err
	}
	p, known := dir.Partners[args.Partner]
	box := sendingInbox(dir)
	if !known || box.ID == 0 {
		return nil, nil
	}
	return composePartnerNews(tx, dir, &p, person, box, j.ID, args.News)
}

// sendingInbox is the inbox that mail about the account itself comes from: the
// first active one that has an address.
func sendingInbox(dir *store.Directory) (first dm.Inbox) {
	for _, box := range dir.Inboxes {
		if box.Active && box.Address != "" && (first.ID == 0 || box.ID < first.ID) {
			first = box
		}
	}
	return first
}

func composePartnerNews(tx *store.Tx, dir *store.Directory, p *dm.Partner, person *dm.Person, box dm.Inbox, job int64, news string) (*letter, error) {
	c, url := locales.For(person.Language), dir.Account.BaseURL+"/admin/partners/"+idText(p.ID)
	name := p.PartnerName
	if name == "" {
		name = p.Label()
	}
	// The host comes first: a name can be anything.
	args := locales.Args{"host": p.Host, "name": name, "reason": p.Reason, "account": dir.Account.Name, "fingerprint": p.Fingerprint}
	subject, text, open := c.T("partner."+news+".subject", args), c.T("partner."+news+".text", args), c.T("partner.open", args)
	_, domain, _ := strings.Cut(box.Address, "@")
	l := &letter{from: mail.Address{Name: dir.Account.Name, Email: box.Address}, to: mail.Address{Name: person.Name, Email: person.Address}, inbox: box.ID, person: person.ID, automatic: true}
	var err error
	l.raw, err = mail.Compose(mail.Outgoing{From: l.from, To: []mail.Address{l.to}, Subject: subject, Text: text + "\n\n" + url + "\n",
		HTML:          "<p>" + html.EscapeString(text) + `</p><p><a href="` + html.EscapeString(url) + `">` + html.EscapeString(open) + `</a></p>`,
		AutoSubmitted: true, MessageID: fmt.Sprintf("partner.%d.%d.%d@%s", dir.Account.ID, job, person.ID, domain), Loop: loopMark(&dir.Account), Date: tx.Now().Std()})
	return l, err
}
