-- +goose Up

-- Servers that mail leaves by: an inbox's own, or, where inbox_id is NULL, the
-- account's. Where neither is, mail leaves by the one the program was started with.
CREATE TABLE mail_servers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  inbox_id INTEGER,
  host TEXT NOT NULL CHECK (length(host) BETWEEN 1 AND 255),
  port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
  security TEXT NOT NULL CHECK (security IN ('tls', 'starttls', 'none')),
  auth TEXT NOT NULL CHECK (auth IN ('none', 'password', 'oauth2')),
  username TEXT NOT NULL DEFAULT '' CHECK (length(username) <= 320),
  secret TEXT NOT NULL DEFAULT '' CHECK (length(secret) <= 40000),
  token_url TEXT NOT NULL DEFAULT '' CHECK (length(token_url) <= 1000),
  client_id TEXT NOT NULL DEFAULT '' CHECK (length(client_id) <= 500),
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  version INTEGER NOT NULL DEFAULT 1,
  last_error TEXT NOT NULL DEFAULT '' CHECK (length(last_error) <= 500),
  failures INTEGER NOT NULL DEFAULT 0,
  failed_at INTEGER,
  sent_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX mail_servers_key ON mail_servers(account_id, id);
CREATE UNIQUE INDEX mail_servers_inbox ON mail_servers(account_id, inbox_id) WHERE inbox_id IS NOT NULL;
CREATE UNIQUE INDEX mail_servers_account ON mail_servers(account_id) WHERE inbox_id IS NULL;

-- Keys that sign what leaves for a domain (DKIM). One of a kind signs; one that
-- was replaced stays until somebody deletes it, as its record must stay in the
-- domain name system for a while.
CREATE TABLE dkim_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  domain TEXT NOT NULL CHECK (length(domain) BETWEEN 1 AND 255),
  selector TEXT NOT NULL CHECK (length(selector) BETWEEN 1 AND 63),
  algorithm TEXT NOT NULL CHECK (algorithm IN ('rsa', 'ed25519')),
  secret TEXT NOT NULL CHECK (length(secret) <= 8000),
  public TEXT NOT NULL CHECK (length(public) <= 1000),
  state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'signing', 'retired')),
  found TEXT NOT NULL DEFAULT '' CHECK (found IN ('', 'yes', 'missing', 'different', 'unknown')),
  checked_at INTEGER,
  signing_at INTEGER,
  retired_at INTEGER,
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX dkim_keys_key ON dkim_keys(account_id, id);
CREATE UNIQUE INDEX dkim_keys_selector ON dkim_keys(account_id, domain, selector);
CREATE UNIQUE INDEX dkim_keys_signing ON dkim_keys(account_id, domain, algorithm) WHERE state = 'signing';

-- What became of every mail that leaves, a row for each recipient, written when
-- the job that sends it ends. job_id names it in the signed address that reports
-- of failure come back to.
CREATE TABLE outgoing_mails (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  job_id INTEGER NOT NULL,
  job_kind TEXT NOT NULL CHECK (length(job_kind) <= 60),
  job_args TEXT NOT NULL CHECK (length(job_args) <= 1000),
  ticket_id INTEGER,
  inbox_id INTEGER,
  person_id INTEGER,
  address TEXT NOT NULL CHECK (length(address) <= 320),
  kind TEXT NOT NULL CHECK (length(kind) <= 40),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'deferred', 'sent', 'failed', 'bounced', 'held', 'dropped')),
  step TEXT NOT NULL DEFAULT '' CHECK (length(step) <= 20),
  code INTEGER NOT NULL DEFAULT 0,
  detail TEXT NOT NULL DEFAULT '' CHECK (length(detail) <= 500),
  tries INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX outgoing_mails_key ON outgoing_mails(account_id, id);
CREATE UNIQUE INDEX outgoing_mails_job ON outgoing_mails(account_id, job_id);
CREATE INDEX outgoing_mails_ticket ON outgoing_mails(account_id, ticket_id, id) WHERE ticket_id IS NOT NULL;
CREATE INDEX outgoing_mails_person ON outgoing_mails(account_id, person_id) WHERE person_id IS NOT NULL;
CREATE INDEX outgoing_mails_state ON outgoing_mails(account_id, state, id) WHERE state <> 'sent';

-- Addresses that mail came back from for good. Nobody is notified there until an
-- agent says so or a mail comes from it.
CREATE TABLE undeliverable_addresses (
  account_id INTEGER NOT NULL,
  address_folded TEXT NOT NULL CHECK (length(address_folded) <= 640),
  status TEXT NOT NULL DEFAULT '' CHECK (length(status) <= 20),
  detail TEXT NOT NULL DEFAULT '' CHECK (length(detail) <= 500),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, address_folded),
  FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
) STRICT;

-- +goose Down
SELECT 1;
