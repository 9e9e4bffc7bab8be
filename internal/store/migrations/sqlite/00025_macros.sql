-- +goose Up

-- Bulks do more, can pause, and can be taken back: undone_by is the bulk that
-- does so, undo what it has to do to each ticket. What refers to them is made
-- anew with them, since their checks change.
CREATE TABLE bulks_before AS SELECT * FROM bulks;
CREATE TABLE bulk_items_before AS SELECT * FROM bulk_items;
CREATE TABLE bulk_events_before AS SELECT * FROM bulk_events;
CREATE TABLE bulks_last AS SELECT seq FROM sqlite_sequence WHERE name = 'bulks';
DROP TABLE bulk_events;
DROP TABLE bulk_items;
DROP TABLE bulks;

CREATE TABLE bulks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  token_id INTEGER,
  action TEXT NOT NULL CHECK (action IN ('share', 'unshare', 'change', 'revoke', 'message', 'move', 'macro', 'undo')),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'paused', 'done', 'cancelled')),
  work TEXT NOT NULL CHECK (length(work) <= 4000000),
  total INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  undone_by INTEGER,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX bulks_key ON bulks(account_id, id);
CREATE INDEX bulks_person ON bulks(account_id, person_id, id) WHERE finished_at IS NULL;
CREATE INDEX bulks_age ON bulks(account_id, created_at);
INSERT INTO bulks (id, account_id, person_id, token_id, action, state, work, total, done, failed, told, created_at, finished_at)
SELECT id, account_id, person_id, token_id, action, state, work, total, done, failed, told, created_at, finished_at FROM bulks_before;
DELETE FROM sqlite_sequence WHERE name = 'bulks';
INSERT INTO sqlite_sequence (name, seq) SELECT 'bulks', seq FROM bulks_last;

CREATE TABLE bulk_items (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  bulk_id INTEGER NOT NULL,
  number INTEGER NOT NULL DEFAULT 0,
  ticket_id INTEGER,
  share_id INTEGER,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'changed', 'same', 'failed')),
  code TEXT NOT NULL DEFAULT '' CHECK (length(code) <= 60),
  message TEXT NOT NULL DEFAULT '' CHECK (length(message) <= 1000),
  undo TEXT NOT NULL DEFAULT '' CHECK (length(undo) <= 60000),
  FOREIGN KEY (account_id, bulk_id) REFERENCES bulks(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX bulk_items_state ON bulk_items(account_id, bulk_id, state, id);
INSERT INTO bulk_items (id, account_id, bulk_id, number, ticket_id, share_id, state, code, message)
SELECT id, account_id, bulk_id, number, ticket_id, share_id, state, code, message FROM bulk_items_before;

CREATE TABLE bulk_events (
  account_id INTEGER NOT NULL,
  bulk_id INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  share_id INTEGER NOT NULL,
  notice TEXT NOT NULL CHECK (notice IN ('share', 'unshare', 'assigned', 'group_assigned', 'update')),
  target_kind TEXT NOT NULL CHECK (target_kind IN ('agent', 'group', 'requester')),
  target_id INTEGER NOT NULL,
  gone TEXT NOT NULL DEFAULT '' CHECK (length(gone) <= 1000000),
  internal INTEGER NOT NULL DEFAULT 0 CHECK (internal IN (0, 1)),
  PRIMARY KEY (account_id, bulk_id, event_id, target_kind, target_id),
  FOREIGN KEY (account_id, bulk_id) REFERENCES bulks(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, event_id) REFERENCES events(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO bulk_events (account_id, bulk_id, event_id, ticket_id, share_id, notice, target_kind, target_id, gone, internal)
SELECT account_id, bulk_id, event_id, ticket_id, share_id, notice, target_kind, target_id, gone, internal FROM bulk_events_before;
CREATE INDEX bulk_events_target ON bulk_events(account_id, bulk_id, notice, target_kind, target_id, event_id);

DROP TABLE bulks_before;
DROP TABLE bulk_items_before;
DROP TABLE bulk_events_before;
DROP TABLE bulks_last;

-- What agents run on a ticket: some actions under a name. actions is a JSON list.
CREATE TABLE macros (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  owner_id INTEGER NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('private', 'group', 'everyone')),
  group_id INTEGER,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  name_folded TEXT NOT NULL CHECK (length(name_folded) <= 400),
  description TEXT NOT NULL DEFAULT '' CHECK (length(description) <= 1000),
  actions TEXT NOT NULL CHECK (length(actions) <= 400000),
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  position INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((scope = 'group') = (group_id IS NOT NULL)),
  FOREIGN KEY (account_id, owner_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id)
) STRICT;
CREATE UNIQUE INDEX macros_key ON macros(account_id, id);
CREATE INDEX macros_owner ON macros(account_id, owner_id);
CREATE INDEX macros_scope ON macros(account_id, scope, group_id);

-- Built-in roles are written down with each account: the new permission joins
-- those that have it from now on.
UPDATE roles SET permissions = substr(permissions, 1, length(permissions) - 1) || ',"macros.manage"]'
WHERE built_in IN ('owner', 'administrator', 'manager') AND length(permissions) > 2 AND permissions NOT LIKE '%"macros.manage"%';

-- +goose Down
SELECT 1;
