-- +goose Up

-- What did not match in one chain of rules is one line of no rule, which names them
-- in misses between blanks; why then is an object, a list for each rule's id. A line
-- for each of them cost more than asking a thousand rules.
CREATE TABLE rule_log_next (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  rule_id INTEGER,
  ticket_id INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('matched', 'not_matched', 'skipped', 'failed', 'stopped')),
  why TEXT NOT NULL DEFAULT '[]' CHECK (length(why) <= 100000),
  actions TEXT NOT NULL DEFAULT '[]' CHECK (length(actions) <= 200000),
  created_at INTEGER NOT NULL,
  misses TEXT NOT NULL DEFAULT '' CHECK (length(misses) <= 1000),
  CHECK ((rule_id IS NULL) = (misses <> '')),
  FOREIGN KEY (account_id, rule_id) REFERENCES rules(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO rule_log_next (id, account_id, rule_id, ticket_id, outcome, why, actions, created_at)
SELECT id, account_id, rule_id, ticket_id, outcome, why, actions, created_at FROM rule_log;
DROP TABLE rule_log;
ALTER TABLE rule_log_next RENAME TO rule_log;
CREATE INDEX rule_log_rule ON rule_log(account_id, rule_id, id);
CREATE INDEX rule_log_outcome ON rule_log(account_id, rule_id, outcome, id) WHERE outcome <> 'not_matched';
CREATE INDEX rule_log_week ON rule_log(account_id, rule_id, created_at) WHERE outcome <> 'not_matched';
CREATE INDEX rule_log_ticket ON rule_log(account_id, ticket_id);
CREATE INDEX rule_log_age ON rule_log(created_at);

-- +goose Down
SELECT 1;
