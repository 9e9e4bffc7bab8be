-- +goose Up

-- Agreements with other desks, one row for each direction. The key is sealed;
-- its hash is what a request's token is compared with. The old key is good for
-- a while after a change, the next one while the other desk is told of it.
CREATE TABLE partners (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  uuid TEXT NOT NULL CHECK (length(uuid) BETWEEN 1 AND 64),
  direction TEXT NOT NULL CHECK (direction IN ('outbound', 'inbound')),
  name TEXT NOT NULL CHECK (length(name) <= 200),
  partner_name TEXT NOT NULL DEFAULT '' CHECK (length(partner_name) <= 200),
  host TEXT NOT NULL CHECK (length(host) BETWEEN 1 AND 300),
  partner_url TEXT NOT NULL CHECK (length(partner_url) BETWEEN 1 AND 1000),
  our_url TEXT NOT NULL CHECK (length(our_url) BETWEEN 1 AND 1000),
  status TEXT NOT NULL CHECK (status IN ('draft', 'pending', 'accepted', 'declined', 'inactive', 'failed', 'ssl_error', 'configuration_error')),
  reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
  deactivated_by TEXT NOT NULL DEFAULT '' CHECK (deactivated_by IN ('', 'sender', 'receiver')),
  secret TEXT NOT NULL CHECK (length(secret) BETWEEN 1 AND 400),
  secret_hash TEXT NOT NULL CHECK (length(secret_hash) = 64),
  old_secret TEXT NOT NULL DEFAULT '' CHECK (length(old_secret) <= 400),
  old_secret_hash TEXT NOT NULL DEFAULT '' CHECK (length(old_secret_hash) IN (0, 64)),
  old_secret_until INTEGER,
  next_secret TEXT NOT NULL DEFAULT '' CHECK (length(next_secret) <= 400),
  next_secret_hash TEXT NOT NULL DEFAULT '' CHECK (length(next_secret_hash) IN (0, 64)),
  fingerprint TEXT NOT NULL CHECK (length(fingerprint) <= 60),
  terms TEXT NOT NULL CHECK (length(terms) <= 20000),
  inbox_id INTEGER,
  capable INTEGER NOT NULL DEFAULT 0 CHECK (capable IN (0, 1)),
  signs INTEGER NOT NULL DEFAULT 0 CHECK (signs IN (0, 1)),
  paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
  remote_address TEXT NOT NULL DEFAULT '' CHECK (length(remote_address) <= 64),
  version INTEGER NOT NULL DEFAULT 1,
  created_by INTEGER,
  decided_by INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  decided_at INTEGER,
  deleted_at INTEGER,
  FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes(account_id, id),
  FOREIGN KEY (account_id, created_by) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, decided_by) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX partners_key ON partners(account_id, id);
CREATE UNIQUE INDEX partners_uuid ON partners(account_id, uuid);
CREATE INDEX partners_status ON partners(account_id, status, id);
CREATE INDEX partners_from ON partners(account_id, remote_address, created_at) WHERE remote_address <> '';

-- Addresses through which one desk can invite us, each once.
CREATE TABLE partner_invitations (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  secret_hash TEXT NOT NULL CHECK (length(secret_hash) = 64),
  note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 200),
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  partner_id INTEGER,
  created_by INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, partner_id) REFERENCES partners(account_id, id),
  FOREIGN KEY (account_id, created_by) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX partner_invitations_key ON partner_invitations(account_id, id);
CREATE UNIQUE INDEX partner_invitations_secret ON partner_invitations(account_id, secret_hash);

-- Tickets shared over an agreement. uuid is the ticket's in the protocol and
-- means something together with the agreement alone. base holds the values that
-- both desks agreed on last.
CREATE TABLE partner_links (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  partner_id INTEGER NOT NULL,
  uuid TEXT NOT NULL CHECK (length(uuid) BETWEEN 1 AND 64),
  direction TEXT NOT NULL CHECK (direction IN ('sent', 'received')),
  state TEXT NOT NULL CHECK (state IN ('sending', 'synced', 'delayed', 'declined', 'closed', 'ended', 'orphaned', 'detached', 'frozen')),
  reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
  remote_number TEXT NOT NULL DEFAULT '' CHECK (length(remote_number) <= 64),
  base TEXT NOT NULL DEFAULT '{}' CHECK (length(base) <= 100000),
  from_message INTEGER NOT NULL DEFAULT 0,
  flips INTEGER NOT NULL DEFAULT 0,
  flips_since INTEGER,
  status_frozen INTEGER NOT NULL DEFAULT 0 CHECK (status_frozen IN (0, 1)),
  actor_id INTEGER,
  cause_kind TEXT NOT NULL CHECK (length(cause_kind) BETWEEN 1 AND 30),
  cause_id INTEGER,
  cause_name TEXT NOT NULL DEFAULT '' CHECK (length(cause_name) <= 200),
  synced_at INTEGER,
  ended_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, partner_id) REFERENCES partners(account_id, id),
  FOREIGN KEY (account_id, actor_id) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX partner_links_key ON partner_links(account_id, id);
CREATE UNIQUE INDEX partner_links_uuid ON partner_links(account_id, partner_id, uuid);
CREATE UNIQUE INDEX partner_links_live ON partner_links(account_id, ticket_id, partner_id) WHERE state IN ('sending', 'synced', 'delayed', 'frozen');
CREATE INDEX partner_links_ticket ON partner_links(account_id, ticket_id, id);
CREATE INDEX partner_links_partner ON partner_links(account_id, partner_id, direction, state, ticket_id);
CREATE INDEX partner_links_found ON partner_links(account_id, uuid);

-- People of other desks; person_id only where somebody has said who it is.
CREATE TABLE partner_people (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  partner_id INTEGER NOT NULL,
  uuid TEXT NOT NULL CHECK (length(uuid) BETWEEN 1 AND 64),
  name TEXT NOT NULL CHECK (length(name) <= 200),
  role TEXT NOT NULL DEFAULT '' CHECK (length(role) <= 60),
  person_id INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, partner_id) REFERENCES partners(account_id, id),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX partner_people_key ON partner_people(account_id, id);
CREATE UNIQUE INDEX partner_people_uuid ON partner_people(account_id, partner_id, uuid);
CREATE INDEX partner_people_person ON partner_people(account_id, person_id) WHERE person_id IS NOT NULL;

-- Which message is which comment of a shared ticket. message_id is empty for a
-- comment that was known and not taken, so that it is not looked at again.
CREATE TABLE partner_messages (
  account_id INTEGER NOT NULL,
  link_id INTEGER NOT NULL,
  uuid TEXT NOT NULL CHECK (length(uuid) BETWEEN 1 AND 64),
  message_id INTEGER,
  origin TEXT NOT NULL CHECK (origin IN ('ours', 'theirs')),
  author_id INTEGER,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, link_id, uuid),
  FOREIGN KEY (account_id, link_id) REFERENCES partner_links(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, message_id) REFERENCES messages(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, author_id) REFERENCES partner_people(account_id, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX partner_messages_message ON partner_messages(account_id, message_id, link_id) WHERE message_id IS NOT NULL;

-- What goes to partners, and the log of it: in order for each link, and for the
-- agreement itself where there is none.
CREATE TABLE partner_deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  partner_id INTEGER NOT NULL,
  link_id INTEGER,
  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
  data TEXT NOT NULL DEFAULT '{}' CHECK (length(data) <= 4000),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed', 'paused')),
  attempts INTEGER NOT NULL DEFAULT 0,
  status INTEGER NOT NULL DEFAULT 0,
  millis INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '' CHECK (length(error) <= 500),
  size INTEGER NOT NULL DEFAULT 0,
  digest TEXT NOT NULL DEFAULT '' CHECK (length(digest) IN (0, 64)),
  next_at INTEGER,
  tried_at INTEGER,
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, partner_id) REFERENCES partners(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, link_id) REFERENCES partner_links(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX partner_deliveries_key ON partner_deliveries(account_id, id);
CREATE INDEX partner_deliveries_due ON partner_deliveries(account_id, partner_id, link_id, id) WHERE state = 'waiting';
CREATE INDEX partner_deliveries_log ON partner_deliveries(account_id, partner_id, id);
CREATE INDEX partner_deliveries_state ON partner_deliveries(account_id, partner_id, state, id);
CREATE INDEX partner_deliveries_link ON partner_deliveries(account_id, link_id, id) WHERE link_id IS NOT NULL;
CREATE INDEX partner_deliveries_age ON partner_deliveries(account_id, created_at);

-- Files that messages of partners name, fetched by a job.
CREATE TABLE partner_files (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  link_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  url TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
  name TEXT NOT NULL CHECK (length(name) <= 255),
  type TEXT NOT NULL DEFAULT '' CHECK (length(type) <= 200),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '' CHECK (length(error) <= 500),
  attachment_id INTEGER,
  next_at INTEGER,
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, link_id) REFERENCES partner_links(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, message_id) REFERENCES messages(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, attachment_id) REFERENCES attachments(account_id, id)
) STRICT;
CREATE UNIQUE INDEX partner_files_key ON partner_files(account_id, id);
CREATE INDEX partner_files_message ON partner_files(account_id, message_id, id);
CREATE INDEX partner_files_link ON partner_files(account_id, link_id, state, id);

-- Fields that partners have sent, with what became of their values.
CREATE TABLE partner_fields (
  account_id INTEGER NOT NULL,
  partner_id INTEGER NOT NULL,
  title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
  title_folded TEXT NOT NULL CHECK (length(title_folded) <= 400),
  field_id INTEGER,
  problem TEXT NOT NULL DEFAULT '' CHECK (length(problem) <= 200),
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, partner_id, title_folded),
  FOREIGN KEY (account_id, partner_id) REFERENCES partners(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, field_id) REFERENCES ticket_fields(account_id, id)
) WITHOUT ROWID, STRICT;

-- Accounts that exist already give the new permission to those who keep the desk.
UPDATE roles SET permissions = replace(permissions, ']', ',"partners.manage"]') WHERE built_in IN ('owner', 'administrator');
