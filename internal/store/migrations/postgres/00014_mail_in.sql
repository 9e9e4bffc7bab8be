-- +goose Up

-- What was found out about a mail: how it came in, who wrote it by its header,
-- what the checks of its sender gave, and by which digest a second copy is known.
ALTER TABLE raw_mails ADD COLUMN source TEXT NOT NULL DEFAULT 'smtp' CHECK (source IN ('smtp', 'lmtp', 'imap', 'pipe'));
ALTER TABLE raw_mails ADD COLUMN helo TEXT NOT NULL DEFAULT '' CHECK (length(helo) <= 255);
ALTER TABLE raw_mails ADD COLUMN trusted TEXT NOT NULL DEFAULT '' CHECK (length(trusted) <= 1000);
ALTER TABLE raw_mails ADD COLUMN from_name TEXT NOT NULL DEFAULT '' CHECK (length(from_name) <= 200);
ALTER TABLE raw_mails ADD COLUMN from_address TEXT NOT NULL DEFAULT '' CHECK (length(from_address) <= 320);
ALTER TABLE raw_mails ADD COLUMN digest TEXT NOT NULL DEFAULT '' CHECK (length(digest) <= 64);
ALTER TABLE raw_mails ADD COLUMN verdict TEXT NOT NULL DEFAULT 'unknown' CHECK (verdict IN ('unknown', 'pass', 'fail'));
ALTER TABLE raw_mails ADD COLUMN checks TEXT NOT NULL DEFAULT '' CHECK (length(checks) <= 2000);

-- Mails on a ticket whose sender may not write there. A row goes when an agent
-- decides.
CREATE TABLE mail_suggestions (
  account_id BIGINT NOT NULL,
  raw_mail_id BIGINT NOT NULL,
  ticket_id BIGINT NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('stranger', 'no_access', 'unverified')),
  person_id BIGINT,
  subject TEXT NOT NULL CHECK (length(subject) <= 500),
  text TEXT NOT NULL CHECK (length(text) <= 1000000),
  files BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, raw_mail_id),
  FOREIGN KEY (account_id, raw_mail_id) REFERENCES raw_mails(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id)
);
CREATE INDEX mail_suggestions_ticket ON mail_suggestions(account_id, ticket_id, raw_mail_id);
CREATE INDEX mail_suggestions_person ON mail_suggestions(account_id, person_id) WHERE person_id IS NOT NULL;

-- Who was told that they cannot write on a ticket any more: once.
CREATE TABLE mail_refusals (
  account_id BIGINT NOT NULL,
  ticket_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, ticket_id, person_id),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id)
);

-- The mailbox that an inbox fetches its mail from, and how far it came.
CREATE TABLE mailboxes (
  account_id BIGINT NOT NULL,
  inbox_id BIGINT NOT NULL,
  host TEXT NOT NULL CHECK (length(host) BETWEEN 1 AND 255),
  port BIGINT NOT NULL CHECK (port BETWEEN 1 AND 65535),
  security TEXT NOT NULL CHECK (security IN ('tls', 'starttls', 'none')),
  username TEXT NOT NULL CHECK (length(username) BETWEEN 1 AND 320),
  auth TEXT NOT NULL CHECK (auth IN ('password', 'oauth2')),
  secret TEXT NOT NULL DEFAULT '' CHECK (length(secret) <= 40000),
  token_url TEXT NOT NULL DEFAULT '' CHECK (length(token_url) <= 1000),
  client_id TEXT NOT NULL DEFAULT '' CHECK (length(client_id) <= 500),
  folder TEXT NOT NULL CHECK (length(folder) BETWEEN 1 AND 500),
  after_fetch TEXT NOT NULL CHECK (after_fetch IN ('seen', 'move', 'delete')),
  move_to TEXT NOT NULL DEFAULT '' CHECK (length(move_to) <= 500),
  trusted_host TEXT NOT NULL DEFAULT '' CHECK (length(trusted_host) <= 255),
  active BIGINT NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  version BIGINT NOT NULL DEFAULT 1,
  uid_validity BIGINT NOT NULL DEFAULT 0,
  last_uid BIGINT NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '' CHECK (length(last_error) <= 500),
  failures BIGINT NOT NULL DEFAULT 0,
  fetched_at BIGINT,
  mail_at BIGINT,
  lease_owner TEXT NOT NULL DEFAULT '' CHECK (length(lease_owner) <= 64),
  lease_until BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, inbox_id),
  FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes(account_id, id) ON DELETE CASCADE
);

-- +goose Down
SELECT 1;
