-- +goose Up

-- Public links: each opens one ticket to whoever holds its address. The secret
-- in it is kept as a hash. tries and tries_since count passwords that were
-- tried, right ones not among them.
CREATE TABLE public_links (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  label TEXT NOT NULL DEFAULT '' CHECK (length(label) <= 100),
  level TEXT NOT NULL CHECK (level IN ('view', 'comment')),
  secret_hash TEXT NOT NULL CHECK (length(secret_hash) = 64),
  password_hash TEXT NOT NULL DEFAULT '' CHECK (length(password_hash) <= 500),
  tries INTEGER NOT NULL DEFAULT 0,
  tries_since INTEGER NOT NULL DEFAULT 0,
  expires_at INTEGER,
  max_uses INTEGER CHECK (max_uses > 0),
  uses INTEGER NOT NULL DEFAULT 0,
  last_used_at INTEGER,
  created_by INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  revoked_by INTEGER,
  CHECK (revoked_by IS NULL OR revoked_at IS NOT NULL),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, created_by) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, revoked_by) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX public_links_key ON public_links(account_id, id);
CREATE UNIQUE INDEX public_links_secret ON public_links(account_id, secret_hash);
CREATE INDEX public_links_ticket ON public_links(account_id, ticket_id, id);
CREATE INDEX public_links_live ON public_links(account_id, ticket_id, expires_at, uses, max_uses) WHERE revoked_at IS NULL;

-- The log of a link. visit_hash names the visit that began with the line; while
-- it lasts, the same browser comes back without a further use.
CREATE TABLE public_link_uses (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  link_id INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('opened', 'wrong_password')),
  address TEXT NOT NULL CHECK (length(address) <= 64),
  visit_hash TEXT NOT NULL DEFAULT '' CHECK (length(visit_hash) IN (0, 64)),
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, link_id) REFERENCES public_links(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX public_link_uses_key ON public_link_uses(account_id, id);
CREATE INDEX public_link_uses_link ON public_link_uses(account_id, link_id, id);
CREATE INDEX public_link_uses_age ON public_link_uses(account_id, created_at);
CREATE UNIQUE INDEX public_link_uses_visit ON public_link_uses(account_id, visit_hash) WHERE visit_hash <> '';

-- Messages that came through a link, with the name that the visitor gave.
CREATE TABLE link_messages (
  account_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  link_id INTEGER NOT NULL,
  name TEXT NOT NULL DEFAULT '' CHECK (length(name) <= 100),
  PRIMARY KEY (account_id, message_id),
  FOREIGN KEY (account_id, message_id) REFERENCES messages(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, link_id) REFERENCES public_links(account_id, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX link_messages_link ON link_messages(account_id, link_id, message_id);
