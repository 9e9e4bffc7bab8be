package locales

import (
	"embed"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// fallback is the language that every other one falls back to.
const fallback = "en"

// Args are the values for the placeholders of an entry, by name.
type Args = map[string]string

// Catalogue is the texts of one language. It is read only and safe to share.
type Catalogue struct {
	language string
	texts    map[string]string
	next     *Catalogue // where a missing key is looked for; nil in the last one
}

//go:embed *.json
var files embed.FS

// catalogues holds every language by its code; built once, read only.
var catalogues = load()

// load reads the embedded files. They are part of the program and tested, so a
// fault in one is a fault of the build and stops the start.
func load() map[string]*Catalogue {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic("locales: " + err.Error())
	}
	all := make(map[string]*Catalogue, len(entries))
	for _, entry := range entries {
		raw, err := files.ReadFile(entry.Name())
		if err != nil {
			panic("locales: " + err.Error())
		}
		c := &Catalogue{language: strings.TrimSuffix(entry.Name(), ".json")}
		if err := json.Unmarshal(raw, &c.texts); err != nil {
			panic("locales: " + entry.Name() + ": " + err.Error())
		}
		all[c.language] = c
	}
	for language, c := range all {
		if language != fallback {
			c.next = all[fallback]
		}
	}
	return all
}

// For gives the catalogue of a language tag such as "de", "de-AT" or "DE_ch":
// that of the tag itself, else that of its first part, else English.
func For(lang string) *Catalogue {
	tag := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(lang), "_", "-"))
	if c, ok := catalogues[tag]; ok {
		return c
	}
	first, _, _ := strings.Cut(tag, "-")
	if c, ok := catalogues[first]; ok {
		return c
	}
	return catalogues[fallback]
}

// Languages lists the codes of all languages in alphabetical order.
func Languages() []string { return slices.Sorted(maps.Keys(catalogues)) }

// Language is the code of the catalogue's language, such as "de": the value of
// the lang attribute of what is written with it.
func (c *Catalogue) Language() string { return c.language }

// Find gives the raw text of a key, and whether there is one: for values that
// may be words of the catalogue or words of the account's own.
func (c *Catalogue) Find(key string) (string, bool) {
	for ; c != nil; c = c.next {
		if text, ok := c.texts[key]; ok {
			return text, true
		}
	}
	return "", false
}

// T gives the text of a key with its placeholders filled in. A key that no
// language has comes back as itself, a placeholder without a value stays.
func (c *Catalogue) T(key string, args ...Args) string {
	text, ok := c.Find(key)
	if !ok {
		return key
	}
	return fill(text, args)
}

// N is T for a text that depends on a number: it takes key.one for 1 and
// key.other for everything else, and fills {count} with the number.
func (c *Catalogue) N(key string, count int, args ...Args) string {
	form := ".other"
	if count == 1 {
		form = ".one"
	}
	return c.T(key+form, append(args, Args{"count": strconv.Itoa(count)})...)
}

// fill puts the values in, in one pass: what a value holds is never looked at.
func fill(text string, args []Args) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := valueOf(name, args)
		if !closed || !known {
			b.WriteByte('{')
			text = rest
			continue
		}
		b.WriteString(value)
		text = after
	}
}

func valueOf(name string, args []Args) (string, bool) {
	for _, a := range args {
		if value, ok := a[name]; ok {
			return value, true
		}
	}
	return "", false
}
