package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/check"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/store"
)

// shownMost is how many findings of one rule are shown one by one.
const shownMost = 100

// errFaults ends a check that has found something.
var errFaults = errors.New("there are faults")

// check looks for faults in the data.
func (c *command) check(ctx context.Context) error {
	o := c.Check
	if err := errors.Join(databaseThere(o.DB), folderThere(o.Data)); err != nil {
		return err
	}
	return withStorage(ctx, o.Storage, store.Options{}, func(db *store.DB, blobs blob.Store) error {
		list := findings{text: !o.JSON, command: c, Rules: []*ruleFindings{}}
		sum, err := check.Run(ctx, db, blobs, check.Options{JobKinds: jobKinds(db), Deep: o.Deep, Repair: o.Repair, Each: list.add})
		if err != nil {
			return err
		}
		return list.end(sum)
	})
}

// jobKinds are the kinds of jobs that this program runs.
func jobKinds(db *store.DB) []string {
	r := &jobs.Runner{DB: db}
	(&app.App{DB: db}).Jobs(r)
	return r.Kinds()
}

// findings gathers what a check finds: as lines at once, or as JSON at the end.
type findings struct {
	*command `json:"-"`
	text     bool

	OK      bool            `json:"ok"`
	Faults  int             `json:"faults"`
	Notices int             `json:"notices"`
	Mended  int             `json:"mended"`
	Rules   []*ruleFindings `json:"rules"`
}

// ruleFindings is what was found of one rule.
type ruleFindings struct {
	Rule   string       `json:"rule"`
	Means  string       `json:"means"`
	Notice bool         `json:"notice"`
	Found  int          `json:"found"`
	Mended int          `json:"mended"`
	Rows   []rowFinding `json:"rows"` // the first of them
}

// rowFinding names a row.
type rowFinding struct {
	Table   string `json:"table"`
	Account int64  `json:"account,omitempty"`
	ID      int64  `json:"id,omitempty"`
	Other   int64  `json:"other,omitempty"`
	Column  string `json:"column,omitempty"`
	Blob    string `json:"blob,omitempty"`
}

func (l *findings) add(f check.Finding) {
	rule := l.ruleOf(f)
	rule.Found++
	if f.Mended {
		rule.Mended++
	}
	if rule.Found > shownMost {
		return
	}
	row := rowFinding{f.Table, f.Account, f.ID, f.Other, f.Column, f.Blob}
	if l.text {
		fmt.Fprintf(l.Out, "%s %s: %s %s\n", wordFor(f), f.Rule, row, f.Means)
		return
	}
	rule.Rows = append(rule.Rows, row)
}

func (l *findings) ruleOf(f check.Finding) *ruleFindings {
	for _, rule := range l.Rules {
		if rule.Rule == f.Rule {
			return rule
		}
	}
	rule := &ruleFindings{Rule: f.Rule, Means: f.Means, Notice: f.Notice, Rows: []rowFinding{}}
	l.Rules = append(l.Rules, rule)
	return rule
}

func wordFor(f check.Finding) string {
	switch {
	case f.Mended:
		return "mended"
	case f.Notice:
		return "notice"
	}
	return "fault "
}

// String is how a line names a row: "tickets 17 (account 1)".
func (r rowFinding) String() string {
	text := r.Table
	for _, n := range []int64{r.ID, r.Other} {
		if n != 0 {
			text += fmt.Sprintf(" %d", n)
		}
	}
	if r.Blob != "" {
		text += " " + r.Blob
	}
	if r.Column != "" {
		text += " " + r.Column
	}
	if r.Account != 0 {
		text += fmt.Sprintf(" (account %d)", r.Account)
	}
	return text
}

// end prints what remains and fails where there are faults.
func (l *findings) end(sum check.Summary) error {
	l.OK, l.Faults, l.Notices, l.Mended = sum.Faults == 0, sum.Faults, sum.Notices, sum.Mended
	if !l.text {
		if err := printJSON(l.Out, l); err != nil {
			return err
		}
	} else {
		for _, rule := range l.Rules {
			if more := rule.Found - shownMost; more > 0 {
				fmt.Fprintf(l.Out, "and %d more of %s\n", more, rule.Rule)
			}
		}
		fmt.Fprintf(l.Out, "%d faults, %d notices, %d mended\n", l.Faults, l.Notices, l.Mended)
	}
	if !l.OK {
		return errFaults
	}
	return nil
}

func printJSON(to io.Writer, v any) error {
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
