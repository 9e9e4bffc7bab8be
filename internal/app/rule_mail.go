package app

import (
	"context"
	"fmt"
	"html"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/locales"
)

// JobRuleMail sends one person the mail of a rule's action.
const JobRuleMail = "rule.mail"

// ruleMailArgs names an action by its rule, the version and its place there, so
// that no job holds a text or a name.
type ruleMailArgs struct {
	Rule    int64 `json:"rule"`
	Version int64 `json:"version"`
	Action  int   `json:"action"`
	Ticket  int64 `json:"ticket"`
	Person  int64 `json:"person"`
}

func enqueueRuleMail(tx *store.Tx, account int64, r *dm.Rule, ticket int64, m *ruleMail) error {
	var list []store.NewJob
	for _, person := range m.People {
		list = append(list, store.NewJob{Account: account, Kind: JobRuleMail, Urgency: store.Normal,
			Args: ruleMailArgs{Rule: r.ID, Version: r.Version, Action: m.Action, Ticket: ticket, Person: person}})
	}
	return tx.EnqueueAll(list)
}

// sendRuleMail does the job JobRuleMail: it decides again, now, whether the person
// may open the ticket. Whoever may not gets nothing.
func (a *App) sendRuleMail(ctx context.Context, j *jobs.Job, args ruleMailArgs) error {
	return a.dispatch(ctx, j, dm.MailRule, func(tx *store.Tx) (*letter, error) { return a.writeRuleMail(tx, j, args) })
}

func (a *App) writeRuleMail(tx *store.Tx, j *jobs.Job, args ruleMailArgs) (*letter, error) {
	versions, err := tx.RuleVersions(j.Account, args.Rule)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(versions, func(v dm.RuleVersion) bool { return v.Version == args.Version && !v.Rule.Broken })
	if at < 0 || args.Action >= len(versions[at].Rule.Actions) {
		return nil, nil
	}
	f, err := tx.TicketByID(access.System(j.Account, "rule mail"), args.Ticket)
	if err != nil {
		return nil, gone(err)
	}
	p, err := tx.Person(j.Account, args.Person)
	if err != nil || !p.Active || p.Address == "" || f.Ticket.Deleted || f.Ticket.Spam {
		return nil, gone(err)
	}
	dir, err := tx.Directory(j.Account)
	if err != nil {
		return nil, err
	}
	v, err := tx.ViewerIn(dir, p.ID)
	if err != nil {
		return nil, err
	}
	if !v.IsAgent() || p.ID == f.Ticket.RequesterID && !isStaff(v, f, tx.Now()) {
		v = v.AsRequester()
	}
	if err := tx.LoadDetails(j.Account, &f.Ticket); err != nil {
		return nil, err
	}
	f.Facts.CCs = f.Ticket.CCs
	d := access.Decide(v, &f.Facts, tx.Now())
	if !d.Has(access.See) {
		return nil, nil
	}
	people, err := tx.PeopleRefs(j.Account, distinct([]int64{f.Ticket.RequesterID}))
	if err != nil {
		return nil, err
	}
	m := &ruleLetter{app: a, dir: dir, ticket: &f.Ticket, person: p, viewer: v, decision: d,
		values: wordValues(&f.Ticket, people[f.Ticket.RequesterID].Name, dir.Account.Name, dir.Account.Name)}
	return m.compose(tx, j.ID, &versions[at].Rule.Actions[args.Action])
}

// isStaff says whether an agent has the ticket in the workspace.
func isStaff(v *access.Viewer, f *store.Found, now dm.Time) bool {
	d := access.Decide(v, &f.Facts, now)
	return d.Has(access.See)
}

// gone makes a thing that is no longer there nothing to do.
func gone(err error) error {
	if dm.CodeOf(err) == dm.NotFound {
		return nil
	}
	return err
}

// ruleLetter is one such mail being written.
type ruleLetter struct {
	app      *App
	dir      *store.Directory
	ticket   *dm.Ticket
	person   *dm.Person
	viewer   *access.Viewer
	decision access.Decision
	values   map[string]string
}

func (m *ruleLetter) compose(tx *store.Tx, job int64, act *dm.Action) (*letter, error) {
	box, number := m.dir.Inboxes[m.ticket.InboxID], idText(m.ticket.Number)
	url := m.dir.Account.BaseURL + "/tickets/" + number
	if m.viewer.IsRequester() {
		url = m.dir.Account.BaseURL + PortalPath + "/tickets/" + number
	}
	open := locales.For(m.person.Language).T("rule.mail.open", locales.Args{"number": number})
	body, text := mail.Sanitise(fillWords(act.HTML, m.values, html.EscapeString)+`<p><a href="`+html.EscapeString(url)+`">`+html.EscapeString(open)+`</a></p>`, nil)
	text = strings.TrimSpace(text) + "\n\n" + url + "\n"
	subject := cleanText(strings.Join(strings.Fields(fillWords(act.Subject, m.values, func(s string) string { return s })), " "))
	_, domain, _ := strings.Cut(box.Address, "@")
	l := &letter{from: mail.Address{Name: m.dir.BrandOf(box.ID).Name, Email: box.Address}, to: mail.Address{Name: m.person.Name, Email: m.person.Address},
		ticket: m.ticket.ID, inbox: box.ID, person: m.person.ID, automatic: true}
	o := mail.Outgoing{From: l.from, To: []mail.Address{l.to}, Subject: subject, Text: text, HTML: body, AutoSubmitted: true,
		MessageID: fmt.Sprintf("rule.%d.%d.%d@%s", m.dir.Account.ID, job, m.person.ID, domain), Loop: loopMark(&m.dir.Account), Date: tx.Now().Std()}
	if m.decision.Rights&(access.Reply|access.Note) != 0 {
		answer := mail.Reply{Account: m.dir.Account.ID, Ticket: m.ticket.ID, Person: m.person.ID, Note: !m.decision.Has(access.Reply)}
		o.ReplyTo = []mail.Address{{Name: l.from.Name, Email: m.app.Signer.ReplyAddress(box.Address, answer)}}
	}
	var err error
	l.raw, err = mail.Compose(o)
	return l, err
}
