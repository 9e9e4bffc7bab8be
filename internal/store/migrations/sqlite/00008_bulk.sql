-- +goose Up

CREATE TABLE bulks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  token_id INTEGER,
  action TEXT NOT NULL CHECK (action IN ('share', 'unshare', 'change', 'revoke')),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled')),
  work TEXT NOT NULL CHECK (length(work) <= 4000000),
  total INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX bulks_key ON bulks(account_id, id);
CREATE INDEX bulks_person ON bulks(account_id, person_id, id) WHERE finished_at IS NULL;
CREATE INDEX bulks_age ON bulks(account_id, created_at);

-- Tickets by the number that the maker knows. A revocation names shares, and
-- their tickets by id: its maker may not know them.
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
  FOREIGN KEY (account_id, bulk_id) REFERENCES bulks(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX bulk_items_state ON bulk_items(account_id, bulk_id, state, id);

-- What a bulk did that people are told of in one letter. gone are those who lost
-- access by it, settled when it happened.
CREATE TABLE bulk_events (
  account_id INTEGER NOT NULL,
  bulk_id INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  share_id INTEGER NOT NULL,
  notice TEXT NOT NULL CHECK (notice IN ('share', 'unshare')),
  target_kind TEXT NOT NULL CHECK (target_kind IN ('agent', 'group', 'requester')),
  target_id INTEGER NOT NULL,
  gone TEXT NOT NULL DEFAULT '' CHECK (length(gone) <= 1000000),
  PRIMARY KEY (account_id, bulk_id, event_id),
  FOREIGN KEY (account_id, bulk_id) REFERENCES bulks(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, event_id) REFERENCES events(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX bulk_events_target ON bulk_events(account_id, bulk_id, notice, target_kind, target_id, event_id);

-- All shares of an account, live or not, newest first: of everybody, with one
-- target, by one author. The targets are indexed by their references, so that no
-- list of tickets takes these for its own.
CREATE INDEX shares_all ON shares(account_id, created_at, id);
CREATE INDEX shares_all_person ON shares(account_id, person_id, created_at, id) WHERE person_id IS NOT NULL;
CREATE INDEX shares_all_group ON shares(account_id, group_id, created_at, id) WHERE group_id IS NOT NULL;
CREATE INDEX shares_all_author ON shares(account_id, created_by, created_at, id);

-- +goose Down
SELECT 1;
