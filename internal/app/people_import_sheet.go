package app

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	utf "golang.org/x/text/encoding/unicode"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Limits of a file with people.
const (
	maxImportBytes   = 5 << 20
	maxImportLines   = 20_000
	maxImportColumns = 100
	maxImportCell    = 5_000 // bytes
)

type importField struct {
	name    string
	kind    dm.PersonKind // "" for both
	several bool          // several columns may hold it
	headers []string
}

// importFields are the properties of a person that a column can hold, with the
// headers it is known by, folded and without anything but letters.
var importFields = []importField{
	{name: "name", headers: []string{"name", "fullname", "displayname", "anzeigename", "vollername", "vollständigername"}},
	{name: "first_name", headers: []string{"firstname", "givenname", "vorname"}},
	{name: "last_name", headers: []string{"lastname", "surname", "familyname", "nachname", "familienname"}},
	{name: "address", headers: []string{"address", "email", "mail", "emailaddress", "mailaddress", "primaryemail", "emailadresse", "mailadresse"}},
	{name: "others", several: true, headers: []string{"others", "moreaddresses", "otheraddresses", "furtheraddresses", "secondaryemail", "secondaryemails", "weitereadressen", "weitereemailadressen"}},
	{name: "language", headers: []string{"language", "locale", "sprache"}},
	{name: "department", kind: dm.Requester, headers: []string{"department", "abteilung"}},
	{name: "company", kind: dm.Requester, headers: []string{"company", "organisation", "organization", "firma", "unternehmen"}},
	{name: "roles", kind: dm.Agent, headers: []string{"roles", "role", "rollen", "rolle"}},
	{name: "groups", kind: dm.Agent, headers: []string{"groups", "group", "gruppen", "gruppe"}},
}

// importSheet is a file with people that was read.
type importSheet struct {
	columns []dm.ImportColumn
	rows    []importRow
}

type importRow struct {
	line    int
	cells   []string
	problem string // why it cannot be read as a line
}

// readSheet reads a file: its character set and its separator are found out, its
// first line has the names of the columns. Invalid for what is no such file, or
// too large.
func readSheet(kind dm.PersonKind, data []byte, mapping map[string]string) (*importSheet, string, error) {
	if len(data) > maxImportBytes {
		return nil, "", tooLargeImport()
	}
	text, err := decodeText(data)
	if err != nil {
		return nil, "", err
	}
	if len(text) > maxImportBytes {
		return nil, "", tooLargeImport()
	}
	s := &importSheet{}
	if err := s.parse(text); err != nil {
		return nil, "", err
	}
	return s, text, s.name(kind, mapping)
}

func tooLargeImport() error {
	return dm.BadField("csv", "A file with people has at most %d MB. Split it into several.", maxImportBytes>>20)
}

// decodeText makes UTF-8 of UTF-8, UTF-16 and Windows-1252, which holds Latin-1.
// A byte order mark decides; without one, what is no UTF-8 is the last of them,
// and many NULs are UTF-16.
func decodeText(data []byte) (string, error) {
	var err error
	switch nul := bytes.Count(data[:min(len(data), 2000)], []byte{0}); {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		data, err = utf.UTF16(utf.LittleEndian, utf.UseBOM).NewDecoder().Bytes(data)
	case nul > 0 && len(data) > 1 && data[0] == 0:
		data, err = utf.UTF16(utf.BigEndian, utf.IgnoreBOM).NewDecoder().Bytes(data)
	case nul > 0:
		data, err = utf.UTF16(utf.LittleEndian, utf.IgnoreBOM).NewDecoder().Bytes(data)
	case !utf8.Valid(data):
		data, err = charmap.Windows1252.NewDecoder().Bytes(data)
	}
	if err != nil || bytes.IndexByte(data, 0) >= 0 {
		return "", dm.BadField("csv", "This is not a text file. Save the table as CSV.")
	}
	return strings.TrimPrefix(string(data), "\ufeff"), nil
}

// parse cuts the text into lines and cells (RFC 4180).
func (s *importSheet) parse(text string) error {
	skipped := 0
	comma := separator(text)
	if first, rest, _ := strings.Cut(text, "\n"); strings.HasPrefix(strings.ToLower(first), "sep=") && len(strings.TrimSpace(first)) == 5 {
		comma, text, skipped = rune(first[4]), rest, 1 // as some spreadsheets write it
		if !strings.ContainsRune(separators, comma) {
			comma = separator(text)
		}
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = comma, -1
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		row := importRow{cells: cells}
		if e, ok := errors.AsType[*csv.ParseError](err); ok {
			row.line, row.problem = e.StartLine+skipped, "A quotation mark is out of place, or one is missing."
			row.cells = nil
		} else if err != nil {
			return err
		} else {
			line, _ := r.FieldPos(0)
			row.line = line + skipped
		}
		if row.problem == "" && !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			continue // an empty line
		}
		if len(s.rows) > maxImportLines {
			return dm.BadField("csv", "A file has at most %d people. Split it into several.", maxImportLines)
		}
		s.rows = append(s.rows, row)
	}
	return nil
}

const separators = ",;\t"

// separator finds out what stands between cells: what the first line has most
// of, outside of quotes.
func separator(text string) rune {
	counts, quoted := map[rune]int{}, false
	for _, r := range text {
		if r == '"' {
			quoted = !quoted
		}
		if r == '\n' && !quoted {
			break
		}
		if !quoted && strings.ContainsRune(separators, r) {
			counts[r]++
		}
	}
	best := ','
	for _, r := range separators {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

// name takes the first line as the names of the columns and settles what each
// holds: what the mapping says of its header, or what the header is known for.
func (s *importSheet) name(kind dm.PersonKind, mapping map[string]string) error {
	if len(s.rows) == 0 || s.rows[0].problem != "" {
		return dm.BadField("csv", "The first line needs the names of the columns.")
	}
	header := s.rows[0].cells
	s.rows = s.rows[1:]
	if len(header) > maxImportColumns {
		return dm.BadField("csv", "A file has at most %d columns.", maxImportColumns)
	}
	var f inputFaults
	taken, mapped := map[string]bool{}, 0
	for _, text := range header {
		text = strings.TrimSpace(text)
		if len(text) > 200 {
			f.add("csv", "The name of a column has at most 200 characters.")
		}
		field, given := mapping[text]
		if given {
			mapped++
			if field != "" && !knownField(field, kind) {
				f.add("columns", "One of these is not something that a column can hold: %s.", strings.Join(fieldNames(kind), ", "))
				field = ""
			}
		} else if field = fieldOf(text, kind); taken[field] && !severalOf(field) {
			field = "" // the first one counts
		}
		if given && taken[field] && !severalOf(field) {
			f.add("columns", "Two columns cannot hold the same.")
		}
		taken[field] = field != ""
		s.columns = append(s.columns, dm.ImportColumn{Header: text, Field: field})
	}
	if mapped < len(mapping) {
		f.add("columns", "The file has no such column.")
	}
	if !taken["address"] && len(f.list) == 0 {
		f.add("columns", "No column holds the e-mail address. Name it address, or say which column it is.")
	}
	return f.err()
}

func fieldOf(header string, kind dm.PersonKind) string {
	bare := bareLetters(header)
	for i := range importFields {
		if d := &importFields[i]; (d.kind == "" || d.kind == kind) && slices.Contains(d.headers, bare) {
			return d.name
		}
	}
	return ""
}

func knownField(field string, kind dm.PersonKind) bool {
	return slices.Contains(fieldNames(kind), field)
}

func fieldNames(kind dm.PersonKind) []string {
	var names []string
	for i := range importFields {
		if d := &importFields[i]; d.kind == "" || d.kind == kind {
			names = append(names, d.name)
		}
	}
	return names
}

func severalOf(field string) bool {
	return field == "" || slices.ContainsFunc(importFields, func(d importField) bool { return d.name == field && d.several })
}

// bareLetters is what headers are compared by.
func bareLetters(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -_./()*:", r) {
			return -1
		}
		return r
	}, store.Fold(text))
}
