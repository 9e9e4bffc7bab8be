package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/rules"
)

// DirRule is a rule as it is asked, with what its condition reads. Nothing in it is
// ever changed: the next directory may have it too.
type DirRule struct {
	dm.Rule
	Needs  rules.Needs
	Leaves int
	said   ruleTexts
}

// dirRules keeps the rules that are on, so that a change in an account without any
// costs nothing. To read what a rule does is most of the work, and of nearly all
// rules the directory before has done it.
func (tx *Tx) dirRules(d *Directory, account int64) error {
	known := tx.knownRules(account)
	return tx.query(`SELECT `+ruleColumns+` FROM rules WHERE account_id = ? AND enabled = 1 ORDER BY kind, position, id`, func(rows *sql.Rows) error {
		r, said, err := scanRule(rows)
		if err != nil {
			return err
		}
		next := DirRule{Rule: r, said: said}
		if old := known[r.ID]; old != nil && old.said == said {
			next.Events, next.Condition, next.Actions = old.Events, old.Condition, old.Actions
			next.Needs, next.Leaves, next.said = old.Needs, old.Leaves, old.said
		} else if said.read(&next.Rule); !next.Broken {
			next.Needs = rules.NeedsOf(&next.Condition)
			_ = next.Condition.Walk(func(*dm.Condition, string) error { next.Leaves++; return nil })
		}
		if !next.Broken {
			d.Rules = append(d.Rules, next)
		}
		return nil
	}, account)
}

// knownRules gives the rules of the directory that there was before; none where
// this is the first.
func (tx *Tx) knownRules(account int64) map[int64]*DirRule {
	d := tx.dir
	if d == nil || d.Account.ID != account {
		got, ok := tx.db.directories.Load(account)
		if !ok {
			return nil
		}
		d = got.(*Directory)
	}
	known := make(map[int64]*DirRule, len(d.Rules))
	for i := range d.Rules {
		known[d.Rules[i].ID] = &d.Rules[i]
	}
	return known
}
