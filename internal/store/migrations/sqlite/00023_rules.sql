-- +goose Up

CREATE TABLE rules (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('create', 'update', 'time', 'assign')),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  description TEXT NOT NULL DEFAULT '' CHECK (length(description) <= 2000),
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  position INTEGER NOT NULL,
  brand_id INTEGER,
  hours TEXT NOT NULL DEFAULT 'any' CHECK (hours IN ('any', 'during', 'outside')),
  calendar_id INTEGER,
  performers TEXT NOT NULL DEFAULT '' CHECK (length(performers) <= 200),
  events TEXT NOT NULL DEFAULT '[]' CHECK (length(events) <= 100000),
  condition TEXT NOT NULL DEFAULT '' CHECK (length(condition) <= 120000),
  actions TEXT NOT NULL CHECK (length(actions) <= 1200000),
  version INTEGER NOT NULL DEFAULT 1,
  author_id INTEGER,
  confined INTEGER NOT NULL DEFAULT 0 CHECK (confined IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by INTEGER,
  FOREIGN KEY (account_id, brand_id) REFERENCES brands(account_id, id),
  FOREIGN KEY (account_id, calendar_id) REFERENCES calendars(account_id, id),
  FOREIGN KEY (account_id, author_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, updated_by) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX rules_key ON rules(account_id, id);
CREATE INDEX rules_calendar ON rules(account_id, calendar_id) WHERE calendar_id IS NOT NULL;
CREATE INDEX rules_order ON rules(account_id, kind, position, id);

CREATE TABLE rule_versions (
  account_id INTEGER NOT NULL,
  rule_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  author_id INTEGER,
  body TEXT NOT NULL CHECK (length(body) <= 1500000),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, rule_id, version),
  FOREIGN KEY (account_id, rule_id) REFERENCES rules(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, author_id) REFERENCES people(account_id, id)
) STRICT;

CREATE TABLE rule_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  rule_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('matched', 'not_matched', 'skipped', 'failed', 'stopped')),
  why TEXT NOT NULL DEFAULT '[]' CHECK (length(why) <= 20000),
  actions TEXT NOT NULL DEFAULT '[]' CHECK (length(actions) <= 200000),
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, rule_id) REFERENCES rules(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX rule_log_rule ON rule_log(account_id, rule_id, id);
CREATE INDEX rule_log_outcome ON rule_log(account_id, rule_id, outcome, id);
CREATE INDEX rule_log_week ON rule_log(account_id, rule_id, created_at) WHERE outcome <> 'not_matched';
CREATE INDEX rule_log_ticket ON rule_log(account_id, ticket_id);
CREATE INDEX rule_log_age ON rule_log(created_at);

CREATE TABLE rule_fired (
  account_id INTEGER NOT NULL,
  rule_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  holds INTEGER NOT NULL DEFAULT 1 CHECK (holds IN (0, 1)),
  times INTEGER NOT NULL DEFAULT 1,
  fired_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, rule_id, ticket_id),
  FOREIGN KEY (account_id, rule_id) REFERENCES rules(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX rule_fired_ticket ON rule_fired(account_id, ticket_id);

CREATE TABLE rule_turns (
  account_id INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  person_id INTEGER,
  PRIMARY KEY (account_id, group_id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id)
) STRICT;

-- Accounts that exist already give the new permission to those who keep the desk.
UPDATE roles SET permissions = replace(permissions, ']', ',"rules.manage"]') WHERE built_in IN ('owner', 'administrator');

-- +goose Down
SELECT 1;
