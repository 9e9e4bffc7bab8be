package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// TemplateBrandInput names the brand whose mail is meant.
type TemplateBrandInput struct {
	Brand int64 `query:"brand" minimum:"1" doc:"The brand whose mail is meant; left out, that of every brand without words of its own."`
}

// TemplateInput names one template.
type TemplateInput struct {
	Kind     string `path:"kind" maxLength:"60" doc:"A kind of notice, or signature, bulk or refusal."`
	Language string `path:"language" maxLength:"20" doc:"Such as en."`
	TemplateBrandInput
}

func (in *TemplateInput) key() app.MailTemplateKey {
	return app.MailTemplateKey{Brand: in.Brand, Kind: dm.MailKind(in.Kind), Language: in.Language}
}

// MailTemplateLine is one kind of mail in one language, in the list.
type MailTemplateLine struct {
	Kind      dm.MailKind       `json:"kind"`
	Language  string            `json:"language"`
	Source    string            `json:"source" enum:"brand,account,standard" doc:"Whose words its mails have."`
	UpdatedAt orNull[time.Time] `json:"updated_at" doc:"Of the template of this brand, or of the account."`
}

func mailTemplateLine(x *app.MailTemplateView) MailTemplateLine {
	return MailTemplateLine{Kind: x.Kind, Language: x.Language, Source: x.Source, UpdatedAt: moment(x.UpdatedAt)}
}

// TemplateTexts are the words of a mail.
type TemplateTexts struct {
	Subject string `json:"subject" doc:"One line. A signature has none."`
	Opening string `json:"opening" doc:"Instead of the greeting and of what happened. A signature has none."`
	Closing string `json:"closing" doc:"Below what the program says; of a signature, its text."`
}

type mailTemplateJSON struct {
	MailTemplateLine
	TemplateTexts
	Version  int64               `json:"version" doc:"Sent back with a change; 0 where there is no template under this kind, language and brand."`
	Below    templateBelowJSON   `json:"below" doc:"What holds once it is reset."`
	Standard TemplateTexts       `json:"standard" doc:"The program's own words, as a template."`
	Values   []templateValueJSON `json:"values" doc:"What its texts may name between double braces."`
}

type templateBelowJSON struct {
	Source string `json:"source" enum:"account,standard"`
	TemplateTexts
}

type templateValueJSON struct {
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
}

// templateValueHelp says what each value of a template is.
var templateValueHelp = map[string]string{
	"greeting":             "A greeting with the recipient's name.",
	"headline":             "What happened, in one sentence without its full stop.",
	"recipient.name":       "The name of whoever gets the mail.",
	"recipient.first_name": "Its first word.",
	"account.name":         "The name of the account.",
	"brand.name":           "The name of the ticket's brand.",
	"actor.name":           "Who did it; empty where the program did.",
	"ticket.number":        "The ticket's number, without the sign before it.",
	"ticket.subject":       "The ticket's subject.",
	"ticket.status":        "The ticket's status, in words.",
	"ticket.requester":     "The name of the requester.",
	"ticket.priority":      "The ticket's priority; empty for requesters.",
	"ticket.inbox":         "The ticket's inbox; empty for requesters.",
	"ticket.group":         "The ticket's group; empty for requesters.",
	"ticket.assignee":      "Who the ticket is assigned to; empty for requesters.",
	"share.level":          "How far the share goes, or the access that is asked for.",
	"share.reason":         "The reason that was given.",
	"share.until":          "When the share ends; empty where it does not.",
	"group.name":           "The recipient's group, where the share is with one.",
}

func mailTemplateOf(x *app.MailTemplateView) mailTemplateJSON {
	return mailTemplateJSON{
		MailTemplateLine: mailTemplateLine(x), Version: x.Version,
		TemplateTexts: TemplateTexts{x.Subject, x.Opening, x.Closing},
		Below:         templateBelowJSON{x.BelowSource, TemplateTexts{x.Below.Subject, x.Below.Opening, x.Below.Closing}},
		Standard:      TemplateTexts{x.Standard.Subject, x.Standard.Opening, x.Standard.Closing},
		Values:        each(x.Values, func(name *string) templateValueJSON { return templateValueJSON{*name, templateValueHelp[*name]} }),
	}
}

// NewTemplateTexts are the words of a mail as they are sent.
type NewTemplateTexts struct {
	Subject string `json:"subject,omitempty" maxLength:"300" doc:"One line; needed, but for a signature."`
	Opening string `json:"opening,omitempty" maxLength:"5000" doc:"Needed, but for a signature."`
	Closing string `json:"closing,omitempty" maxLength:"5000" doc:"Needed for a signature."`
}

func (b *NewTemplateTexts) texts() app.MailTemplateTexts {
	return app.MailTemplateTexts{Subject: b.Subject, Opening: b.Opening, Closing: b.Closing}
}

type templateSave struct {
	TemplateInput
	Body templateSaveJSON
}

type templateSaveJSON struct {
	NewTemplateTexts
	Version maybe[int64] `json:"version,omitempty" minimum:"0" doc:"The version the change was made on, 0 for none. Another one is refused with 409."`
}

type templateReset struct {
	TemplateInput
	Version int64 `query:"version" minimum:"1" doc:"The version that was looked at. Another one is refused with 409."`
}

type templateTry struct {
	TemplateInput
	Body templateTryJSON
}

type templateTryJSON struct {
	NewTemplateTexts
	Ticket int64 `json:"ticket,omitempty" minimum:"1" doc:"The number of a ticket that one can open, to take values from; left out, they are made up."`
}

func (in *templateTry) trial() app.TemplateTrial {
	return app.TemplateTrial{MailTemplateKey: in.key(), Texts: in.Body.texts(), Ticket: in.Body.Ticket}
}

// mailPreviewJSON is a mail as it would arrive.
type mailPreviewJSON struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html" doc:"A whole page without script, meant for a sandboxed frame."`
}

// mailTemplateRoutes are the account's own words for its mails.
func mailTemplateRoutes(a *API) {
	const path, one = "/mail-templates", "/mail-templates/{kind}/{language}"
	who := permission(dm.SettingsManage)
	show := func(ctx context.Context, c *caller, k app.MailTemplateKey) (*answerOf[mailTemplateJSON], error) {
		x, err := a.app.MailTemplate(ctx, c.Viewer, k)
		if err != nil {
			return nil, err
		}
		return &answerOf[mailTemplateJSON]{mailTemplateOf(x)}, nil
	}
	route(a, operation(http.MethodGet, path, "list-mail-templates", "Every kind of mail in every language, and whose words it has", "mail-templates"), who,
		func(ctx context.Context, c *caller, in *TemplateBrandInput) (*pageAnswer[MailTemplateLine], error) {
			list, err := a.app.MailTemplates(ctx, c.Viewer, in.Brand)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[MailTemplateLine]{pageOf(each(list, mailTemplateLine), "")}, nil
		})
	route(a, operation(http.MethodGet, one, "show-mail-template", "The words of a mail, and what they may name", "mail-templates"), who,
		func(ctx context.Context, c *caller, in *TemplateInput) (*answerOf[mailTemplateJSON], error) {
			return show(ctx, c, in.key())
		})
	route(a, operation(http.MethodPut, one, "save-mail-template", "Give a mail words of one's own", "mail-templates"), who,
		func(ctx context.Context, c *caller, in *templateSave) (*answerOf[mailTemplateJSON], error) {
			if err := a.app.SaveMailTemplate(ctx, c.Viewer, in.key(), in.Body.texts(), in.Body.Version.pointer()); err != nil {
				return nil, err
			}
			return show(ctx, c, in.key())
		})
	route(a, operation(http.MethodDelete, one, "reset-mail-template", "Give a mail the words again that it has without a template", "mail-templates"), who,
		func(ctx context.Context, c *caller, in *templateReset) (*struct{}, error) {
			var version *int64
			if in.Version != 0 {
				version = &in.Version
			}
			return nil, a.app.ResetMailTemplate(ctx, c.Viewer, in.key(), version)
		})
	mailTemplateTries(a, one, who)
}

// mailTemplateTries show and send a mail whose words are not saved.
func mailTemplateTries(a *API, one string, who need) {
	preview := costly(operation(http.MethodPost, one+"/preview", "preview-mail-template", "A mail as these words would make it; nothing is kept", "mail-templates"), costSearch)
	preview.DefaultStatus = http.StatusOK
	post(a, preview, who,
		func(context.Context, *caller, *templateTry) error { return nil },
		func(ctx context.Context, c *caller, in *templateTry, _ []int64) (*answerOf[mailPreviewJSON], error) {
			m, err := a.app.PreviewMailTemplate(ctx, c.Viewer, in.trial())
			if err != nil {
				return nil, err
			}
			return &answerOf[mailPreviewJSON]{mailPreviewJSON{m.Subject, m.Text, m.HTML}}, nil
		})
	test := costly(operation(http.MethodPost, one+"/test", "test-mail-template", "Send oneself a mail as these words would make it", "mail-templates"), costHeavy)
	test.DefaultStatus = http.StatusAccepted
	post(a, test, who,
		func(ctx context.Context, c *caller, in *templateTry) error {
			return a.app.TestMailTemplate(ctx, c.Viewer, in.trial())
		},
		func(context.Context, *caller, *templateTry, []int64) (*struct{}, error) { return nil, nil })
}
