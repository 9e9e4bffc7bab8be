-- +goose Up

-- What did not match in one chain of rules is one line of no rule, which names them
-- in misses between blanks; why then is an object, a list for each rule's id. A line
-- for each of them cost more than asking a thousand rules.
ALTER TABLE rule_log ALTER COLUMN rule_id DROP NOT NULL;
ALTER TABLE rule_log ADD COLUMN misses TEXT NOT NULL DEFAULT '' CHECK (length(misses) <= 1000);
ALTER TABLE rule_log DROP CONSTRAINT rule_log_why_check;
ALTER TABLE rule_log ADD CONSTRAINT rule_log_why_check CHECK (length(why) <= 100000);
ALTER TABLE rule_log ADD CONSTRAINT rule_log_misses CHECK ((rule_id IS NULL) = (misses <> ''));
DROP INDEX rule_log_outcome;
CREATE INDEX rule_log_outcome ON rule_log(account_id, rule_id, outcome, id) WHERE outcome <> 'not_matched';

-- +goose Down
SELECT 1;
