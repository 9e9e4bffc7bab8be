-- +goose Up

-- When people work. Hours are '' around the clock; holidays and hours are JSON.
CREATE TABLE calendars (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  name_folded TEXT NOT NULL CHECK (length(name_folded) <= 400),
  description TEXT NOT NULL DEFAULT '' CHECK (length(description) <= 500),
  time_zone TEXT NOT NULL CHECK (length(time_zone) BETWEEN 1 AND 100),
  hours TEXT NOT NULL DEFAULT '' CHECK (length(hours) <= 4000),
  holidays TEXT NOT NULL DEFAULT '[]' CHECK (length(holidays) <= 200000),
  is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
  version INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX calendars_key ON calendars(account_id, id);
CREATE UNIQUE INDEX calendars_name ON calendars(account_id, name_folded);
CREATE UNIQUE INDEX calendars_default ON calendars(account_id) WHERE is_default = 1;

-- Times that are promised. One that was deleted stays for the clocks that name it.
CREATE TABLE sla_policies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  name_folded TEXT NOT NULL CHECK (length(name_folded) <= 400),
  description TEXT NOT NULL DEFAULT '' CHECK (length(description) <= 500),
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  position INTEGER NOT NULL DEFAULT 0,
  condition TEXT NOT NULL DEFAULT '' CHECK (length(condition) <= 40000),
  calendar_id INTEGER,
  targets TEXT NOT NULL CHECK (length(targets) <= 2000),
  pause TEXT NOT NULL CHECK (length(pause) <= 200),
  version INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  FOREIGN KEY (account_id, calendar_id) REFERENCES calendars(account_id, id)
) STRICT;
CREATE UNIQUE INDEX sla_policies_key ON sla_policies(account_id, id);
CREATE UNIQUE INDEX sla_policies_name ON sla_policies(account_id, name_folded) WHERE deleted_at IS NULL;
CREATE INDEX sla_policies_calendar ON sla_policies(account_id, calendar_id);

-- What each ticket's promises stand at. Lengths are microseconds of working time.
CREATE TABLE ticket_clocks (
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('first_reply', 'next_reply', 'resolution')),
  policy_id INTEGER,
  started_at INTEGER NOT NULL,
  target INTEGER NOT NULL,
  spent INTEGER NOT NULL,
  since INTEGER,
  due_at INTEGER,
  ended_at INTEGER,
  late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),
  breached_at INTEGER,
  PRIMARY KEY (account_id, ticket_id, kind),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, policy_id) REFERENCES sla_policies(account_id, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX ticket_clocks_due ON ticket_clocks(account_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ticket_clocks_missed ON ticket_clocks(account_id, due_at) WHERE due_at IS NOT NULL AND late = 0;

-- +goose Down
SELECT 1;
