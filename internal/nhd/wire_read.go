package nhd

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// fault is the first thing that is wrong with a body.
type fault struct{ found *dm.Error }

// object reads the members of a JSON object by their kind. A member that is
// missing or null was not said; one of another kind is a fault at its place.
type object struct {
	members map[string]json.RawMessage
	place   string // of the object, with a dot behind it
	faults  *fault
}

func (o *object) err() error {
	if o.faults.found == nil {
		return nil
	}
	return o.faults.found
}

func (o *object) wrong(name, format string, args ...any) {
	if o.faults.found == nil {
		o.faults.found = dm.BadField(o.place+name, format, args...)
	}
}

// raw gives a member as it stands; nil where nothing was said.
func (o *object) raw(name string) json.RawMessage {
	raw := o.members[name]
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return raw
}

// null says whether a member is an explicit null.
func (o *object) null(name string) bool { return bytes.Equal(o.members[name], []byte("null")) }

func (o *object) text(name string, most int) *string {
	raw := o.raw(name)
	if raw == nil {
		return nil
	}
	var s string
	switch {
	case json.Unmarshal(raw, &s) != nil:
		o.wrong(name, "This is a text.")
		return nil
	case len(s) > most:
		o.wrong(name, "This text has at most %d bytes.", most)
		return nil
	}
	s = strings.ReplaceAll(s, "\x00", "")
	return &s
}

// id reads an id of the protocol. Those in hexadecimal are compared in lower case.
func (o *object) id(name string) *string {
	s := o.text(name, maxKey)
	if s == nil {
		return nil
	}
	id := CleanID(*s)
	if id == "" {
		o.wrong(name, "This is an id of 1 to 64 letters, digits, dots, lines or underscores.")
		return nil
	}
	return &id
}

// CleanID gives an id of the protocol as it is kept, "" for what can be none.
func CleanID(id string) string {
	if !dm.ForeignID(id) {
		return ""
	}
	if lower := strings.ToLower(id); strings.Trim(lower, "0123456789abcdef") == "" {
		return lower
	}
	return id
}

func (o *object) flag(name string) *bool {
	raw := o.raw(name)
	if raw == nil {
		return nil
	}
	var b bool
	if json.Unmarshal(raw, &b) != nil {
		o.wrong(name, "This is true or false.")
		return nil
	}
	return &b
}

// number reads a number that may be a text or a number, as its text.
func (o *object) number(name string) *string {
	raw := o.raw(name)
	if raw == nil || raw[0] == '"' {
		return o.text(name, maxKey)
	}
	var n json.Number
	if json.Unmarshal(raw, &n) != nil || len(n) > 64 {
		o.wrong(name, "This is a text or a number.")
		return nil
	}
	s := n.String()
	return &s
}

// dateForms are those in which desks write moments.
var dateForms = []string{"2006-01-02 15:04:05 -0700", time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", "2006-01-02 15:04:05 -07:00", "2006-01-02 15:04:05 MST",
	"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02"}

// date reads a moment. A text that is none was not said: nothing is refused for a
// date. Without a zone it is UTC.
func (o *object) date(name string) *time.Time {
	raw := o.raw(name)
	if raw == nil || raw[0] != '"' {
		return nil
	}
	s := o.text(name, maxKey)
	if s == nil {
		return nil
	}
	for _, form := range dateForms {
		if t, err := time.Parse(form, strings.TrimSpace(*s)); err == nil && t.Year() > 1970 && t.Year() < 9999 {
			t = t.UTC()
			return &t
		}
	}
	return nil
}

// child reads an object; nil where nothing was said.
func (o *object) child(name string) *object {
	raw := o.raw(name)
	if raw == nil {
		return nil
	}
	return o.within(name, raw)
}

func (o *object) within(name string, raw json.RawMessage) *object {
	c := &object{place: o.place + name + ".", faults: o.faults}
	if json.Unmarshal(raw, &c.members) != nil || c.members == nil {
		o.wrong(name, "This is an object.")
		return nil
	}
	return c
}

// list reads the elements of an array.
func (o *object) list(name string, most int) []json.RawMessage {
	raw := o.raw(name)
	if raw == nil || bytes.Equal(bytes.TrimSpace(raw), []byte("{}")) {
		return nil
	}
	var list []json.RawMessage
	switch {
	case json.Unmarshal(raw, &list) != nil:
		o.wrong(name, "This is a list.")
	case len(list) > most:
		o.wrong(name, "This list has at most %d entries.", most)
	default:
		return list
	}
	return nil
}

// actor reads somebody; a bare name is somebody too.
func (o *object) actor(name string) *Actor {
	raw := o.raw(name)
	if raw == nil {
		return nil
	}
	if raw[0] == '"' {
		if s := o.text(name, maxNameText); s != nil {
			return namedActor(&Actor{Name: *s})
		}
		return nil
	}
	c := o.within(name, raw)
	if c == nil {
		return nil
	}
	a := &Actor{Name: value(c.text("name", maxNameText)), Role: value(c.text("role", maxNameText))}
	a.UUID = value(c.id("uuid"))
	return namedActor(a)
}

// namedActor gives somebody without an id one that is made of their name.
func namedActor(a *Actor) *Actor {
	a.Name, a.Role = strings.Join(strings.Fields(a.Name), " "), strings.TrimSpace(a.Role)
	if a.UUID == "" {
		a.UUID = hashID("actors/" + dm.Fold(a.Name))
	}
	return a
}

// hashID makes an id of the protocol of a text (SHA-1, 40 digits).
func hashID(text string) string {
	sum := sha1.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func (o *object) comments(name string) []Comment {
	var list []Comment
	seen := map[string]bool{}
	for i, raw := range o.list(name, MaxComments) {
		if bytes.Equal(raw, []byte("null")) {
			continue
		}
		c := o.within(name+"["+strconv.Itoa(i)+"]", raw)
		if c == nil {
			return nil
		}
		m := Comment{UUID: value(c.id("uuid")), Author: c.actor("author"), Body: value(c.text("body", maxBodyText)), HTML: value(c.text("html_body", maxHTML)),
			AuthoredAt: c.date("authored_at"), Public: c.flag("public"), PublicNull: c.null("public"), Attachments: c.attachments("attachments")}
		if m.UUID == "" {
			c.wrong("uuid", "A comment has an id.")
		}
		if !seen[m.UUID] {
			seen[m.UUID] = true
			list = append(list, m)
		}
	}
	return list
}

func (o *object) attachments(name string) []Attachment {
	var list []Attachment
	for i, raw := range o.list(name, maxFiles) {
		c := o.within(name+"["+strconv.Itoa(i)+"]", raw)
		if c == nil {
			return nil
		}
		a := Attachment{URL: strings.TrimSpace(value(c.text("url", maxAddress))), Filename: value(c.text("filename", maxNameText)),
			ContentType: value(c.text("content_type", 200)), DisplayName: value(c.text("display_filename", maxNameText))}
		if a.URL == "" {
			c.wrong("url", "A file has an address.")
		}
		list = append(list, a)
	}
	return list
}

// tags reads a list of texts, or one text with blanks between them.
func (o *object) tags(name string) *[]string {
	raw := o.raw(name)
	if raw == nil {
		return nil
	}
	list := []string{}
	if raw[0] == '"' {
		list = strings.Fields(value(o.text(name, maxBodyText)))
	} else {
		for i, raw := range o.list(name, maxTagsRead) {
			var s string
			if json.Unmarshal(raw, &s) != nil {
				o.wrong(name+"["+strconv.Itoa(i)+"]", "This is a text.")
				return nil
			}
			if s = strings.TrimSpace(strings.ReplaceAll(s, "\x00", "")); s != "" {
				list = append(list, s)
			}
		}
	}
	if len(list) > maxTagsRead {
		o.wrong(name, "This list has at most %d entries.", maxTagsRead)
		return nil
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return &list
}

// fields reads values by title, sorted by it. What stands one level deeper, in
// the name of a maker, counts as well; deeper things are no values.
func (o *object) fields(name string) []Field {
	c := o.child(name)
	if c == nil {
		return nil
	}
	var list []Field
	for _, title := range sortedNames(c.members) {
		raw := c.members[title]
		if len(raw) > 0 && raw[0] == '{' {
			var inner map[string]json.RawMessage
			if json.Unmarshal(raw, &inner) == nil {
				for _, t := range sortedNames(inner) {
					list = addField(list, t, inner[t])
				}
			}
			continue
		}
		list = addField(list, title, raw)
	}
	if len(list) > maxFields {
		o.wrong(name, "There are at most %d fields.", maxFields)
		return nil
	}
	return list
}

func sortedNames(m map[string]json.RawMessage) []string {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// addField adds a plain value in its text form; null was not said.
func addField(list []Field, title string, raw json.RawMessage) []Field {
	title = strings.Join(strings.Fields(strings.ReplaceAll(title, "\x00", "")), " ")
	if title == "" || len(title) > maxNameText || len(raw) == 0 {
		return list
	}
	f := Field{Title: title}
	switch raw[0] {
	case '"':
		if json.Unmarshal(raw, &f.Value) != nil || len(f.Value) > maxBodyText {
			return list
		}
		f.Value = strings.ReplaceAll(f.Value, "\x00", "")
	case 'n', '[', '{':
		return list
	default: // a number, true or false
		f.Value = string(raw)
	}
	return append(list, f)
}
