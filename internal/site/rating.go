package site

import (
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/locales"
)

// rating is the form that asks how a ticket was solved. Opening it answers
// nothing: programs look at addresses in mails, too.
type rating struct {
	Path   string // where it is sent to
	Answer dm.SatisfactionAnswer
	Text   string
	Most   int
	Fault  string
	Said   bool // it was answered before, and may be changed
}

func newRating(path string, said *dm.Satisfaction) *rating {
	r := &rating{Path: path, Most: dm.SatisfactionText}
	if said != nil {
		r.Answer, r.Text, r.Said = said.Answer, said.Text, true
	}
	return r
}

// typed reads what was answered, and what is wrong with it.
func (v *visit) typedRating(r *rating, in *sent) {
	r.Answer, r.Text = dm.SatisfactionAnswer(in.Get("answer")), in.text("words")
	if r.Answer != dm.SatisfactionGood && r.Answer != dm.SatisfactionBad {
		r.Fault = v.t("site.rating.choose")
	} else if len([]rune(r.Text)) > r.Most {
		r.Fault = v.t("site.new.long")
	}
}

// rate takes the answer of whoever is signed in, on the page of the ticket.
func (v *visit) rate() error {
	number, in, err := v.portalForm()
	if in == nil {
		return err
	}
	form := newRating(portalTicket(number)+"/rating", nil)
	if v.typedRating(form, in); form.Fault != "" {
		return v.showPortal(http.StatusUnprocessableEntity, number, &typed{rating: form})
	}
	_, err = v.app.Apply(v.ctx(), v.requester(), dm.Change{Number: number, Via: dm.ViaPortal, Satisfaction: &dm.Satisfaction{Answer: form.Answer, Text: form.Text}})
	if err != nil {
		return err
	}
	v.redirect(portalTicket(number) + "?done=rated")
	return nil
}

// ratingPage is the page behind the mail that asks.
type ratingPage struct {
	Number  int64
	Subject string
	Rating  *rating
	Done    bool
}

// satisfaction shows the question. Nobody signs in for it.
func (v *visit) satisfaction() error { return v.showSatisfaction(http.StatusOK, nil) }

// rateByMail takes the answer.
func (v *visit) rateByMail() error {
	in, err := v.plainForm()
	if err != nil {
		return err
	}
	form := newRating(v.r.URL.Path, nil)
	if v.typedRating(form, in); form.Fault != "" {
		return v.showSatisfaction(http.StatusUnprocessableEntity, form)
	}
	if err := v.app.RateBy(v.ctx(), v.account.ID, v.r.PathValue("token"), form.Answer, form.Text); err != nil {
		return err
	}
	v.redirect(v.r.URL.Path + "?done=1")
	return nil
}

// plainForm reads a form of somebody who may not be signed in, and so sends no files.
func (v *visit) plainForm() (*sent, error) {
	if err := v.r.ParseForm(); err != nil {
		return nil, err
	}
	return &sent{Values: v.r.PostForm}, nil
}

func (v *visit) showSatisfaction(status int, form *rating) error {
	v.w.Header().Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	page, err := v.app.SatisfactionBy(v.ctx(), v.account.ID, v.r.PathValue("token"))
	if err != nil {
		return err
	}
	if page.Language != "" {
		v.words = locales.For(page.Language)
	}
	v.allowForm()
	own := &ratingPage{Number: page.Number, Subject: page.Subject, Rating: form, Done: form == nil && page.Said != nil && v.r.URL.Query().Get("done") != ""}
	if form == nil {
		own.Rating = newRating(v.r.URL.Path, page.Said)
	}
	f := v.branded(v.t("site.rating.title"), &page.Brand)
	f.Narrow = true
	return v.show(status, "satisfaction", f, own)
}
