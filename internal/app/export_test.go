package app

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

func TestSafeCell(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "word": "word", "1+1": "1+1", " =1": " =1", "=1+1": "'=1+1", "+49": "'+49", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1", "＝1": "'＝1", "'=1": "'=1", "é=": "é=",
	} {
		if got := safeCell(in); got != want {
			t.Errorf("%q becomes %q, not %q", in, got, want)
		}
	}
}

// TestSafeCellSurvivesCSV writes any cells and reads them as another program
// would: none may begin like a formula, and none may be lost.
func TestSafeCellSurvivesCSV(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.StringMatching(`[=+\-@\t\r\n"',;a ]{0,6}`)), 1, 6).Draw(t, "cells")
		safe := make([]string, len(cells))
		for i, c := range cells {
			safe[i] = safeCell(c)
		}
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		w.UseCRLF = true
		if err := w.Write(safe); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		r := csv.NewReader(&file)
		r.FieldsPerRecord = -1
		line, err := r.Read()
		if len(cells) == 1 && safe[0] == "" {
			return // an empty line
		}
		if err != nil || len(line) != len(cells) {
			t.Fatalf("%q is read as %q: %v", safe, line, err)
		}
		for i := range line {
			if strings.ContainsAny(line[i][:min(1, len(line[i]))], "=+-@\t\r\n") {
				t.Errorf("%q begins like a formula", line[i])
			}
			if !strings.Contains(strings.ReplaceAll(line[i], "\r", ""), strings.ReplaceAll(cells[i], "\r", "")) {
				t.Errorf("%q is read as %q", cells[i], line[i])
			}
		}
	})
}

// TestExportCutOff fills a file to its brim.
func TestExportCutOff(t *testing.T) {
	t.Parallel()
	e := &dm.Export{Columns: []string{"number"}}
	w := &exportWriter{export: e, seen: map[int64]bool{}}
	rows := make([]store.TicketRow, 500)
	for page := 0; !w.done; page++ {
		for i := range rows {
			rows[i].ID = int64(1 + page*499 + i) // one ticket of every page comes again
			rows[i].Number = rows[i].ID
		}
		if err := w.write(rows, &store.Directory{}); err != nil {
			t.Fatal(err)
		}
	}
	lines := bytes.Split(bytes.TrimSpace(w.buf.Bytes()), []byte("\n"))
	if e.Rows != maxExportRows || !e.CutOff || len(lines) != maxExportRows+1 {
		t.Errorf("%d rows, %d lines, cut off: %v", e.Rows, len(lines), e.CutOff)
	}
	var last exportLine
	if err := json.Unmarshal(lines[len(lines)-1], &last); err != nil || fmt.Sprint(last.Ticket) != last.Cells[0] || last.Ticket != maxExportRows {
		t.Errorf("the last line is %s: %v", lines[len(lines)-1], err)
	}
}
