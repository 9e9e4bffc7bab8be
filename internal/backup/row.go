package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"unicode/utf8"
)

// A row is one line: an array with a number, a text or null for each column.
// Text that is no valid UTF-8, which JSON cannot hold, is written as
// {"base64": "..."}.

// rawText is a text that is no valid UTF-8.
type rawText struct {
	Base64 []byte `json:"base64"`
}

// rowEncoder writes rows as lines and sums them up.
type rowEncoder struct {
	json   *json.Encoder
	row    []any
	rows   int64
	digest hash.Hash
}

func newRowEncoder(w io.Writer) *rowEncoder {
	e := &rowEncoder{digest: sha256.New()}
	e.json = json.NewEncoder(io.MultiWriter(w, e.digest))
	e.json.SetEscapeHTML(false)
	return e
}

func (e *rowEncoder) write(row []any) error {
	e.row = append(e.row[:0], row...)
	for i, value := range e.row {
		switch v := value.(type) {
		case nil, int64:
		case string:
			if !utf8.ValidString(v) {
				e.row[i] = rawText{[]byte(v)}
			}
		default:
			return fmt.Errorf("a backup cannot hold a %T", value)
		}
	}
	e.rows++
	return e.json.Encode(e.row)
}

func (e *rowEncoder) total(table string) tableTotal {
	return tableTotal{Name: table, Rows: e.rows, SHA256: hex.EncodeToString(e.digest.Sum(nil))}
}

// readRows decodes lines up to the end of r.
func readRows(r io.Reader, each func(row []any) error) error {
	decoder := json.NewDecoder(r)
	decoder.UseNumber()
	for {
		var row []any
		if err := decoder.Decode(&row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return damaged(err)
		}
		for i := range row {
			var err error
			if row[i], err = fromJSON(row[i]); err != nil {
				return damaged(err)
			}
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

func fromJSON(value any) (any, error) {
	switch v := value.(type) {
	case nil, string:
		return v, nil
	case json.Number:
		return strconv.ParseInt(v.String(), 10, 64)
	case map[string]any:
		var raw rawText
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&raw); err != nil {
			return nil, err
		}
		return string(raw.Base64), nil
	}
	return nil, fmt.Errorf("a row holds a %T", value)
}
