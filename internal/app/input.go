package app

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the names of time zones, wherever the program runs
	"unicode"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// inputFaults gathers everything that is wrong with an input, so that its
// sender hears all of it at once.
type inputFaults struct{ list []dm.Fault }

func (f *inputFaults) add(field, format string, args ...any) {
	f.list = append(f.list, dm.Fault{Field: field, Message: fmt.Sprintf(format, args...)})
}

// take adds the fault that an Invalid error names; any other error is given back.
func (f *inputFaults) take(err error) error {
	e, ok := errors.AsType[*dm.Error](err)
	if !ok || e.Code != dm.Invalid {
		return err
	}
	if len(e.Faults) > 0 {
		f.list = append(f.list, e.Faults...)
		return nil
	}
	f.add(e.Field, "%s", e.Public)
	return nil
}

// err is nil when nothing is wrong.
func (f *inputFaults) err() error {
	switch len(f.list) {
	case 0:
		return nil
	case 1:
		return dm.BadField(f.list[0].Field, "%s", f.list[0].Message)
	}
	return &dm.Error{Code: dm.Invalid, Public: fmt.Sprintf("%d values are wrong.", len(f.list)), Faults: f.list}
}

const maxNameLength = 200

// name cleans a name that people read: white space is one blank, at least one
// character can be seen, and nothing steers a terminal or a mail header.
func (f *inputFaults) name(field, value string, most int) string {
	if !utf8.ValidString(value) {
		f.add(field, "This is not valid text.")
		return ""
	}
	value = strings.Join(strings.Fields(value), " ")
	switch {
	case !strings.ContainsFunc(value, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }):
		f.add(field, "This needs a text.")
	case strings.ContainsFunc(value, unicode.IsControl):
		f.add(field, "This must not hold control characters.")
	case utf8.RuneCountInString(value) > most:
		f.add(field, "This may have at most %d characters.", most)
	}
	return value
}

// address cleans a mail address.
func (f *inputFaults) address(field, value string) string {
	value = strings.TrimSpace(value)
	if !validAddress(value) {
		f.add(field, "This is not an e-mail address.")
	}
	return value
}

// validAddress says whether mail can be sent to s and s can be kept.
func validAddress(s string) bool {
	return mail.ValidEmail(s) && len(s) >= 3 && utf8.RuneCountInString(store.Fold(s)) <= 640
}

// oneOf refuses a value that is not in the list.
func oneOf[T ~string](f *inputFaults, field string, value T, list ...T) T {
	if !slices.Contains(list, value) {
		f.add(field, "This is one of %s.", joinTexts(list))
	}
	return value
}

func joinTexts[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}

var languageForm = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

// language checks the form of a language tag (RFC 5646 section 2.1); "" is none.
func (f *inputFaults) language(field, value string) string {
	if value != "" && (len(value) > 20 || !languageForm.MatchString(value)) {
		f.add(field, "This is a language tag such as en or pt-BR.")
	}
	return value
}

// timeZone checks the name of a time zone (IANA); "" is none.
func (f *inputFaults) timeZone(field, value string) string {
	if value == "" {
		return ""
	}
	if _, err := time.LoadLocation(value); err != nil || value == "Local" || len(value) > 100 {
		f.add(field, "This is the name of a time zone such as Europe/Berlin.")
	}
	return value
}

var slugForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func (f *inputFaults) slug(field, value string) string {
	if !slugForm.MatchString(value) {
		f.add(field, "A short name has 1 to 63 lower-case letters, digits and hyphens, and no hyphen at either end.")
	}
	return value
}

var hostForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

// host cleans a host name: lower case, no dot at the end. A port is refused.
func (f *inputFaults) host(field, value string) string {
	value = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(value)), ".")
	_, err := netip.ParseAddr(value)
	if err != nil && (len(value) > 253 || !hostForm.MatchString(value)) {
		f.add(field, "This is a host name such as desk.example.com, without a port.")
	}
	return value
}

// baseURL cleans the address that links begin with.
func (f *inputFaults) baseURL(field, value string) string {
	value = strings.TrimRight(strings.TrimSpace(value), "/")
	u, err := url.Parse(value)
	if err != nil || len(value) > 500 || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" ||
		u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" {
		f.add(field, "This is an address such as https://desk.example.com, without a path.")
	}
	return value
}

// ids cleans a list of ids: sorted, each once. Which of them exist is asked
// with known, whose answer names the others as faults.
func (f *inputFaults) ids(field string, list []int64, most int, noun string, known func([]int64) (map[int64]bool, error)) ([]int64, error) {
	if len(list) > most {
		f.add(field, "This list may have at most %d entries.", most)
		return nil, nil
	}
	found, err := known(list)
	if err != nil {
		return nil, err
	}
	for i, id := range list {
		if !found[id] {
			f.add(field+"["+strconv.Itoa(i)+"]", "There is no such %s.", noun)
		}
	}
	return sortedSet(list), nil
}

// sortedSet gives the values in order, each once.
func sortedSet[T cmp.Ordered](list []T) []T {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// difference gives what is in a and not in b.
func difference[T comparable](a, b []T) []T {
	var rest []T
	for _, x := range a {
		if !slices.Contains(b, x) {
			rest = append(rest, x)
		}
	}
	return rest
}
