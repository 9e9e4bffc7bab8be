package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/notify"
	"github.com/deskmesh/deskmesh/internal/store"
)

// JobTemplateTest sends somebody a mail as its template would make it.
const JobTemplateTest = "mail.template_test"

// TemplateTrial is a template to be looked at before it is saved.
type TemplateTrial struct {
	MailTemplateKey
	Texts MailTemplateTexts
	// Ticket is the number of a ticket to take values from, of those that the
	// viewer can open; 0 for made-up ones.
	Ticket int64
}

type templateTestArgs struct {
	Person int64         `json:"person"`
	Trial  TemplateTrial `json:"trial"`
}

// trial is a template being tried out for somebody.
type trial struct {
	*TemplateTrial
	tx      *store.Tx
	viewer  *access.Viewer
	dir     *store.Directory
	person  *dm.Person
	box     dm.Inbox // of the brand
	example notify.Example
}

// PreviewMailTemplate writes a mail as a template would make it, with made-up
// values or with those of a ticket that the viewer can open. Nothing is kept. It
// needs settings.manage; errors as SaveMailTemplate, and Invalid for a ticket that
// they cannot open.
func (a *App) PreviewMailTemplate(ctx context.Context, v *access.Viewer, x TemplateTrial) (*notify.Mail, error) {
	if err := require(v, dm.SettingsManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*notify.Mail, error) {
		t := &trial{TemplateTrial: &x, tx: tx, viewer: v}
		if err := t.prepare(); err != nil {
			return nil, err
		}
		m := notify.RenderExample(t.example)
		return &m, nil
	})
}

// TestMailTemplate sends the viewer what PreviewMailTemplate would show. Errors as
// there; Conflict for somebody without an
// address.
func (a *App) TestMailTemplate(ctx context.Context, v *access.Viewer, x TemplateTrial) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		try := &trial{TemplateTrial: &x, tx: t.tx, viewer: t.viewer}
		if err := try.prepare(); err != nil {
			return err
		}
		if try.person.Address == "" || try.box.Address == "" {
			return dm.Errorf(dm.Conflict, "There is no address to send it to, or no inbox to send it from.").With("address")
		}
		_, _, err := t.tx.Enqueue(store.NewJob{Account: t.account, Kind: JobTemplateTest, Urgency: store.Normal, Args: templateTestArgs{t.viewer.Person(), x}})
		return err
	})
}

// prepare checks the texts and gathers what the mail holds.
func (t *trial) prepare() error {
	account := t.viewer.Account()
	if err := checkTemplateKey(t.tx, account, t.MailTemplateKey); err != nil {
		return err
	}
	var f inputFaults
	if t.Texts.check(&f, t.Kind); f.err() != nil {
		return f.err()
	}
	var err error
	if t.dir, err = t.tx.Directory(account); err != nil {
		return err
	}
	if t.person, err = t.tx.Person(account, t.viewer.Person()); err != nil {
		return err
	}
	brand := t.brand()
	texts, err := mailTexts(t.tx, account, brand.ID, dm.MailSignature, t.Language)
	if err != nil {
		return err
	}
	if t.Kind == dm.MailSignature {
		texts.Signature = t.Texts.Closing
	} else {
		texts.Subject, texts.Opening, texts.Closing = t.Texts.Subject, t.Texts.Opening, t.Texts.Closing
	}
	t.example = notify.Example{Kind: t.Kind, Language: t.Language, Recipient: t.person.Name, Account: t.dir.Account.Name, Brand: brand.Name, Texts: texts,
		URL: t.dir.Account.BaseURL + "/tickets", Now: t.tx.Now().Std()}
	return t.ticket()
}

// brand is the brand whose mail it is; of a template for every brand, the first
// one that is in use. Its first inbox is where a test comes from.
func (t *trial) brand() dm.Brand {
	brand := t.dir.Brands[t.Brand]
	var boxes []dm.Inbox
	for _, box := range t.dir.Inboxes {
		if of := t.dir.Brands[box.BrandID]; t.Brand == of.ID || t.Brand == 0 && of.Active {
			boxes = append(boxes, box)
		}
	}
	if len(boxes) > 0 {
		t.box = slices.MinFunc(boxes, func(a, b dm.Inbox) int { return cmp.Compare(a.ID, b.ID) })
		brand = t.dir.Brands[t.box.BrandID]
	}
	return brand
}

// ticket takes the values of a real ticket, as the viewer sees it.
func (t *trial) ticket() error {
	if t.Ticket == 0 {
		return nil
	}
	f, err := t.tx.Ticket(t.viewer, t.Ticket)
	if dm.CodeOf(err) == dm.NotFound {
		return dm.BadField("ticket", "There is no such ticket, or you cannot open it.")
	}
	if err != nil {
		return err
	}
	x := &f.Ticket
	people, err := t.tx.PeopleRefs(t.viewer.Account(), distinct([]int64{x.RequesterID, x.AssigneeID}))
	if err != nil {
		return err
	}
	status := string(x.Status)
	if own, ok := t.dir.Statuses[x.StatusID]; ok {
		status = own.Name
	}
	t.example.Ticket = &notify.Ticket{Number: x.Number, Subject: x.Subject, Status: status, Priority: string(x.Priority), Inbox: t.dir.Inboxes[x.InboxID].Name,
		Group: t.dir.GroupName(x.GroupID), Assignee: people[x.AssigneeID].Name, Requester: people[x.RequesterID].Name}
	return nil
}

// sendTemplateTest does the job JobTemplateTest, for whoever asked for it as they
// are now.
func (a *App) sendTemplateTest(ctx context.Context, j *jobs.Job, args templateTestArgs) error {
	return a.dispatch(ctx, j, dm.MailTest, func(tx *store.Tx) (*letter, error) { return writeTemplateTest(tx, j.Account, &args) })
}

// writeTemplateTest composes the mail; nil where its reader may not ask for it any
// more, or lost the ticket.
func writeTemplateTest(tx *store.Tx, account int64, args *templateTestArgs) (*letter, error) {
	v, err := tx.Viewer(account, args.Person)
	if err != nil || !v.Can(dm.SettingsManage) {
		return nil, ignoring(err, dm.NotFound)
	}
	t := &trial{TemplateTrial: &args.Trial, tx: tx, viewer: v}
	if err := t.prepare(); err != nil {
		return nil, ignoring(err, dm.NotFound, dm.Invalid)
	}
	if !t.person.Active || t.person.Address == "" || t.box.Address == "" {
		return nil, nil
	}
	text := notify.RenderExample(t.example)
	_, domain, _ := strings.Cut(t.box.Address, "@")
	l := &letter{from: mail.Address{Name: t.example.Brand, Email: t.box.Address}, to: mail.Address{Name: t.person.Name, Email: t.person.Address},
		inbox: t.box.ID, person: t.person.ID, automatic: true}
	l.raw, err = mail.Compose(mail.Outgoing{From: l.from, To: []mail.Address{l.to}, Subject: text.Subject, Text: text.Text, HTML: text.HTML, AutoSubmitted: true,
		MessageID: "template." + idText(account) + "." + idText(args.Person) + "." + idText(int64(tx.Now())) + "@" + domain, Loop: loopMark(&t.dir.Account), Date: tx.Now().Std()})
	return l, err
}

// ignoring gives an error unless it has one of the codes.
func ignoring(err error, codes ...dm.Code) error {
	if slices.Contains(codes, dm.CodeOf(err)) {
		return nil
	}
	return err
}
