package store

import (
	"database/sql"
	"encoding/json"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// LogRules adds lines to the logs of rules, in their order.
func (tx *Tx) LogRules(account int64, lines []dm.RuleLogLine) error {
	var values []any
	for i := range lines {
		l := &lines[i]
		why, err := json.Marshal(append([]dm.RuleWhy{}, l.Why...))
		if err != nil {
			return err
		}
		actions, err := json.Marshal(append([]dm.ActionOutcome{}, l.Actions...))
		if err != nil {
			return err
		}
		values = append(values, account, l.RuleID, l.TicketID, l.Outcome, string(why), string(actions), int64(tx.now))
	}
	if len(lines) == 0 {
		return nil
	}
	return tx.later(`INSERT INTO rule_log (account_id, rule_id, ticket_id, outcome, why, actions, created_at) VALUES `+rowMarks(len(lines), 7), values...)
}

// RuleLog lists a rule's log with one outcome, "" for any, newest first, below an
// id; 0 begins at the newest. It names tickets by their ids: what of them is shown
// is decided for each.
func (tx *Tx) RuleLog(account, rule int64, outcome dm.RuleOutcome, before int64, limit int) ([]dm.RuleLogLine, error) {
	if before == 0 {
		before = 1 << 62
	}
	where, args := `account_id = ? AND rule_id = ? AND id < ?`, []any{account, rule, before}
	if outcome != "" {
		where, args = `account_id = ? AND rule_id = ? AND outcome = ? AND id < ?`, []any{account, rule, outcome, before}
	}
	list := []dm.RuleLogLine{}
	err := tx.query(`SELECT id, rule_id, ticket_id, outcome, why, actions, created_at FROM rule_log WHERE `+where+` ORDER BY id DESC LIMIT ?`, func(rows *sql.Rows) error {
		var l dm.RuleLogLine
		var why, actions string
		if err := rows.Scan(&l.ID, &l.RuleID, &l.TicketID, &l.Outcome, &why, &actions, &l.At); err != nil {
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
// beyond most.
func (tx *Tx) ShortenRuleLog(account, rule int64, most, limit int) (int64, error) {
	var edge int64
	err := tx.row(`SELECT id FROM rule_log WHERE account_id = ? AND rule_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?`, account, rule, most).Scan(&edge)
	if isNoRows(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return tx.exec(`DELETE FROM rule_log WHERE account_id = ? AND id IN (SELECT id FROM rule_log WHERE account_id = ? AND rule_id = ? AND id <= ? ORDER BY id LIMIT ?)`,
		account, account, rule, edge, limit)
}
