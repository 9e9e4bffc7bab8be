package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// LogRules adds lines to the logs of rules, in their order. Lines about one ticket
// that say that rules did not match are kept as one, before the others.
func (tx *Tx) LogRules(account int64, lines []dm.RuleLogLine) error {
	const columns = 8
	var values []any
	add := func(rule, ticket int64, outcome dm.RuleOutcome, misses string, why any, actions []dm.ActionOutcome) error {
		said, err := json.Marshal(why)
		if err != nil {
			return err
		}
		done, err := json.Marshal(append([]dm.ActionOutcome{}, actions...))
		values = append(values, account, none(rule), ticket, outcome, misses, string(said), string(done), int64(tx.now))
		return err
	}
	missed, misses := missesOf(lines)
	if missed != nil {
		if err := add(0, lines[0].TicketID, dm.RuleNotMatched, misses, missed, nil); err != nil {
			return err
		}
	}
	for i := range lines {
		l := &lines[i]
		if l.Outcome == dm.RuleNotMatched {
			continue
		}
		if err := add(l.RuleID, l.TicketID, l.Outcome, "", append([]dm.RuleWhy{}, l.Why...), l.Actions); err != nil {
			return err
		}
	}
	if len(values) == 0 {
		return nil
	}
	return tx.later(`INSERT INTO rule_log (account_id, rule_id, ticket_id, outcome, misses, why, actions, created_at) VALUES `+rowMarks(len(values)/columns, columns), values...)
}

// missesOf gathers, of one ticket's lines, why rules did not match: by their ids,
// and these between blanks. Of a rule that was asked twice the last counts.
func missesOf(lines []dm.RuleLogLine) (why map[string][]dm.RuleWhy, names string) {
	for i := range lines {
		l := &lines[i]
		if l.Outcome != dm.RuleNotMatched {
			continue
		}
		if why == nil {
			why, names = map[string][]dm.RuleWhy{}, " "
		}
		id := strconv.FormatInt(l.RuleID, 10)
		if _, twice := why[id]; !twice {
			names += id + " "
		}
		why[id] = append([]dm.RuleWhy{}, l.Why...)
	}
	return why, names
}

// maxRuleMisses is how many lines of an account about rules that did not match are
// looked at for those about one of them.
const maxRuleMisses = 5000

// RuleLog lists a rule's log with one outcome, "" for any, newest first, below an
// id; 0 begins at the newest. It names tickets by their ids: what of them is shown
// is decided for each.
func (tx *Tx) RuleLog(account, rule int64, outcome dm.RuleOutcome, before int64, limit int) ([]dm.RuleLogLine, error) {
	if before == 0 {
		before = 1 << 62
	}
	list, err := tx.ruleLines(account, rule, outcome, before, limit)
	if err != nil || outcome != "" && outcome != dm.RuleNotMatched {
		return list, err
	}
	missed, err := tx.ruleMisses(account, rule, before, limit)
	list = append(list, missed...)
	slices.SortFunc(list, func(a, b dm.RuleLogLine) int { return cmp.Compare(b.ID, a.ID) })
	return list[:min(limit, len(list))], err
}

// ruleLines lists the lines that are of one rule alone.
func (tx *Tx) ruleLines(account, rule int64, outcome dm.RuleOutcome, before int64, limit int) ([]dm.RuleLogLine, error) {
	where, args := ``, []any{account, rule, before}
	switch outcome {
	case "":
	case dm.RuleNotMatched: // from before misses were kept together
		where = ` AND outcome = 'not_matched'`
	default:
		where, args = ` AND outcome = ? AND outcome <> 'not_matched'`, append(args, outcome)
	}
	list := []dm.RuleLogLine{}
	err := tx.query(`SELECT id, ticket_id, outcome, why, actions, created_at FROM rule_log WHERE account_id = ? AND rule_id = ? AND id < ?`+where+` ORDER BY id DESC LIMIT ?`, func(rows *sql.Rows) error {
		l := dm.RuleLogLine{RuleID: rule}
		var why, actions string
		if err := rows.Scan(&l.ID, &l.TicketID, &l.Outcome, &why, &actions, &l.At); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(why), &l.Why); err != nil {
			return err
		}
		err := json.Unmarshal([]byte(actions), &l.Actions)
		list = append(list, l)
		return err
	}, append(args, limit)...)
	return list, err
}

// ruleMisses lists when a rule did not match.
func (tx *Tx) ruleMisses(account, rule, before int64, limit int) ([]dm.RuleLogLine, error) {
	var list []dm.RuleLogLine
	id := strconv.FormatInt(rule, 10)
	err := tx.query(`SELECT id, ticket_id, why, created_at FROM (SELECT id, ticket_id, misses, why, created_at FROM rule_log
WHERE account_id = ? AND rule_id IS NULL AND id < ? ORDER BY id DESC LIMIT ?) latest WHERE misses LIKE ? ORDER BY id DESC LIMIT ?`, func(rows *sql.Rows) error {
		l := dm.RuleLogLine{RuleID: rule, Outcome: dm.RuleNotMatched}
		var raw string
		if err := rows.Scan(&l.ID, &l.TicketID, &raw, &l.At); err != nil {
			return err
		}
		var why map[string][]dm.RuleWhy
		err := json.Unmarshal([]byte(raw), &why)
		l.Why = why[id]
		list = append(list, l)
		return err
	}, account, before, maxRuleMisses, "% "+id+" %", limit)
	return list, err
}

// RuleCount is how often a rule matched lately, and when it last did.
type RuleCount struct {
	Matched int64 // in seven days
	Last    dm.Time
}

// maxRuleCount bounds what RuleCounts counts of one rule.
const maxRuleCount = 10_000

// RuleCounts counts, for each of some rules, the lines of the last seven days that
// say it matched.
func (tx *Tx) RuleCounts(account int64, ids []int64) (map[int64]RuleCount, error) {
	counts := map[int64]RuleCount{}
	for _, id := range ids {
		var c RuleCount
		if err := tx.row(`SELECT COUNT(*) FROM (SELECT 1 FROM rule_log WHERE account_id = ? AND rule_id = ? AND created_at > ? AND outcome <> 'not_matched' LIMIT ?) x`,
			account, id, int64(tx.now.Add(-7*24*time.Hour)), maxRuleCount).Scan(&c.Matched); err != nil {
			return nil, err
		}
		if err := tx.row(`SELECT MAX(created_at) FROM rule_log WHERE account_id = ? AND rule_id = ? AND outcome <> 'not_matched'`, account, id).Scan(opt(&c.Last)); err != nil {
			return nil, err
		}
		counts[id] = c
	}
	return counts, nil
}

// DropOldRuleLog removes up to limit lines of every account's rule log that are
// older than they are kept: those that did not match a week, the others
// ninety days.
func (tx *Tx) DropOldRuleLog(limit int) (int64, error) {
	return tx.exec(`DELETE FROM rule_log WHERE id IN (SELECT id FROM rule_log WHERE created_at < ? AND (outcome = 'not_matched' OR created_at < ?) ORDER BY created_at LIMIT ?)`,
		int64(tx.now.Add(-7*24*time.Hour)), int64(tx.now.Add(-90*24*time.Hour)), limit)
}

// ShortenRuleLog removes up to limit of the oldest lines that a rule's log has
// beyond most; rule 0 has the account's lines about rules that did not match.
func (tx *Tx) ShortenRuleLog(account, rule int64, most, limit int) (int64, error) {
	where, args := `account_id = ? AND rule_id = ?`, []any{account, rule}
	if rule == 0 {
		where, args = `account_id = ? AND rule_id IS NULL`, []any{account}
	}
	var edge int64
	err := tx.row(`SELECT id FROM rule_log WHERE `+where+` ORDER BY id DESC LIMIT 1 OFFSET ?`, append(slices.Clone(args), most)...).Scan(&edge)
	if isNoRows(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return tx.exec(`DELETE FROM rule_log WHERE account_id = ? AND id IN (SELECT id FROM rule_log WHERE `+where+` AND id <= ? ORDER BY id LIMIT ?)`,
		append(append([]any{account}, args...), edge, limit)...)
}
