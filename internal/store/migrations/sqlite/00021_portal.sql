-- +goose Up

-- What a requester sees of their own department beyond their own tickets: its
-- tickets, and its changes, which are tickets of that type.
ALTER TABLE people ADD COLUMN department_tickets TEXT NOT NULL DEFAULT 'none' CHECK (department_tickets IN ('none', 'read', 'write'));
ALTER TABLE people ADD COLUMN department_changes TEXT NOT NULL DEFAULT 'none' CHECK (department_changes IN ('none', 'read', 'write'));
CREATE INDEX tickets_department_changes ON tickets(account_id, department_id, list_state, updated_at, id) WHERE department_id IS NOT NULL AND private = 0 AND type = 'change';

-- Links by mail with which a requester signs in, once. The secret is kept as a hash.
CREATE TABLE sign_in_links (
  token_hash TEXT PRIMARY KEY CHECK (length(token_hash) = 64),
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  next TEXT NOT NULL CHECK (length(next) <= 2000),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX sign_in_links_person ON sign_in_links(account_id, person_id, expires_at);

-- Whom requesters let in, by share or CC: what the limits per hour count. The
-- person let in stands in the share or the CC.
CREATE TABLE let_ins (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX let_ins_key ON let_ins(account_id, id);
CREATE INDEX let_ins_person ON let_ins(account_id, person_id, created_at);
CREATE INDEX let_ins_ticket ON let_ins(account_id, ticket_id, created_at);
