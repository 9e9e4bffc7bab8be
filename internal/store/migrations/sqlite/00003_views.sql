-- +goose Up

CREATE TABLE views (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  owner_id INTEGER NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('owner', 'group', 'everyone')),
  group_id INTEGER,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  name_folded TEXT NOT NULL CHECK (length(name_folded) <= 400),
  base TEXT NOT NULL CHECK (length(base) BETWEEN 1 AND 40),
  state TEXT NOT NULL DEFAULT '' CHECK (state IN ('', 'open', 'done')),
  filter TEXT NOT NULL CHECK (length(filter) <= 50000),
  columns TEXT NOT NULL CHECK (length(columns) <= 4000),
  sort TEXT NOT NULL DEFAULT '' CHECK (length(sort) <= 40),
  position INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((audience = 'group') = (group_id IS NOT NULL)),
  FOREIGN KEY (account_id, owner_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id)
) STRICT;
CREATE UNIQUE INDEX views_key ON views(account_id, id);
CREATE INDEX views_owner ON views(account_id, owner_id, position, name_folded, id);
CREATE INDEX views_group ON views(account_id, group_id) WHERE group_id IS NOT NULL;

CREATE TABLE inactive_views (
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  view TEXT NOT NULL CHECK (length(view) BETWEEN 1 AND 40),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, view)
) STRICT;

CREATE TABLE view_orders (
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  views TEXT NOT NULL CHECK (length(views) <= 20000),
  PRIMARY KEY (account_id, person_id),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE exports (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  token_id INTEGER,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
  view TEXT NOT NULL DEFAULT '' CHECK (length(view) <= 40),
  list_state TEXT NOT NULL DEFAULT '' CHECK (list_state IN ('', 'open', 'done')),
  filter TEXT NOT NULL DEFAULT '' CHECK (length(filter) <= 50000),
  query TEXT NOT NULL DEFAULT '' CHECK (length(query) <= 2000),
  sort TEXT NOT NULL DEFAULT '' CHECK (length(sort) <= 40),
  columns TEXT NOT NULL CHECK (length(columns) <= 4000),
  bom INTEGER NOT NULL DEFAULT 0 CHECK (bom IN (0, 1)),
  row_count INTEGER NOT NULL DEFAULT 0,
  cut_off INTEGER NOT NULL DEFAULT 0 CHECK (cut_off IN (0, 1)),
  problem TEXT NOT NULL DEFAULT '' CHECK (length(problem) <= 1000),
  blob_key TEXT NOT NULL DEFAULT '' CHECK (length(blob_key) <= 100),
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX exports_key ON exports(account_id, id);
CREATE INDEX exports_person ON exports(account_id, person_id, id);
CREATE INDEX exports_age ON exports(account_id, created_at);
CREATE INDEX exports_blob ON exports(blob_key) WHERE blob_key <> '';

-- What was unshared lately, newest first.
CREATE INDEX shares_ended ON shares(account_id, ended_at, id, ticket_id) WHERE ended_at IS NOT NULL;

-- Built-in roles are written down with each account: the new permissions join
-- those that have them from now on.
UPDATE roles SET permissions = substr(permissions, 1, length(permissions) - 1) || ',"views.manage","tickets.export"]'
WHERE built_in IN ('owner', 'administrator', 'manager') AND length(permissions) > 2 AND permissions NOT LIKE '%"views.manage"%';

-- +goose Down
SELECT 1;
