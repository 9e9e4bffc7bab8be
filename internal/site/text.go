package site

import (
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/locales"
)

// webAddress is an address in a text. Only https and http become links: no
// other scheme ever stands in a link that a stranger wrote.
var webAddress = regexp.MustCompile(`https?://[^\s<>"'\x60{}|\\^]+`)

// richText shows a plain text: everything escaped, web addresses as links that
// give nothing away about where they were followed.
func richText(text string) template.HTML {
	var b strings.Builder
	for {
		at := webAddress.FindStringIndex(text)
		if at == nil {
			b.WriteString(template.HTMLEscapeString(text))
			return template.HTML(b.String()) //nolint:gosec // every part was escaped
		}
		address := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)]")
		b.WriteString(template.HTMLEscapeString(text[:at[0]]))
		escaped := template.HTMLEscapeString(address)
		b.WriteString(`<a href="` + escaped + `" rel="noopener noreferrer nofollow">` + escaped + `</a>`)
		text = text[at[0]+len(address):]
	}
}

// initials gives at most two letters for somebody's avatar: of the first and the
// last word, or the first two of a single one.
func initials(name string) string {
	var words [][]rune
	for word := range strings.FieldsSeq(name) {
		if r, _ := utf8.DecodeRuneInString(word); unicode.IsLetter(r) || unicode.IsDigit(r) {
			words = append(words, []rune(word))
		}
	}
	if len(words) == 0 {
		return "?"
	}
	first := words[0]
	if len(words) == 1 {
		return string(unicode.ToUpper(first[0])) + string(first[1:min(2, len(first))])
	}
	return string([]rune{unicode.ToUpper(first[0]), unicode.ToUpper(words[len(words)-1][0])})
}

const hues = 12

// hue gives the number of a person's own colour.
func hue(id int64) int64 { return ((id*7)%hues + hues) % hues }

// clockWords says moments in the reader's language. Without a script a page does
// not know the reader's time zone, unless they have chosen one: recent moments
// are told by how long ago they were, older ones by their date there, else in UTC.
type clockWords struct {
	words *locales.Catalogue
	now   dm.Time
	zone  *time.Location // nil takes UTC
}

// in gives a moment as the reader's clock shows it.
func (c clockWords) in(t dm.Time) time.Time {
	if c.zone == nil {
		return t.Std().UTC()
	}
	return t.Std().In(c.zone)
}

func (c clockWords) ago(t dm.Time) string {
	d := c.now.Sub(t)
	switch {
	case d < time.Minute:
		return c.words.T("site.time.now")
	case d < time.Hour:
		return c.words.N("site.time.minutes", int(d/time.Minute))
	case d < 24*time.Hour:
		return c.words.N("site.time.hours", int(d/time.Hour))
	case d < 7*24*time.Hour:
		return c.words.N("site.time.days", int(d/(24*time.Hour)))
	}
	return c.date(t)
}

func (c clockWords) date(t dm.Time) string {
	at := c.in(t)
	month := c.words.T("site.month." + strconv.Itoa(int(at.Month())))
	return c.words.T("site.time.date", locales.Args{"day": strconv.Itoa(at.Day()), "month": month, "year": strconv.Itoa(at.Year())})
}

// day writes a day without a time, such as 2026-01-31, which is the same in every zone.
func (c clockWords) day(text string) string {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return clockWords{words: c.words}.date(dm.TimeOf(at))
}

func (c clockWords) moment(t dm.Time) string {
	return c.words.T("site.time.moment", locales.Args{"date": c.date(t), "time": c.in(t).Format("15:04"), "zone": c.in(t).Format("MST")})
}

// fileSize writes a number of bytes for people.
func fileSize(bytes int64) string {
	const unit = 1000
	switch {
	case bytes < unit:
		return strconv.FormatInt(bytes, 10) + " B"
	case bytes < unit*unit:
		return strconv.FormatInt((bytes+unit/2)/unit, 10) + " KB"
	}
	return strconv.FormatFloat(float64(bytes)/(unit*unit), 'f', 1, 64) + " MB"
}
