-- +goose Up

CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  url TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
  events TEXT NOT NULL CHECK (length(events) <= 4000),
  condition TEXT NOT NULL DEFAULT '' CHECK (length(condition) <= 40000),
  header_names TEXT NOT NULL DEFAULT '[]' CHECK (length(header_names) <= 4000),
  headers TEXT NOT NULL DEFAULT '' CHECK (length(headers) <= 40000),
  all_brands INTEGER NOT NULL DEFAULT 0 CHECK (all_brands IN (0, 1)),
  all_inboxes INTEGER NOT NULL DEFAULT 0 CHECK (all_inboxes IN (0, 1)),
  all_groups INTEGER NOT NULL DEFAULT 0 CHECK (all_groups IN (0, 1)),
  see_internal INTEGER NOT NULL DEFAULT 0 CHECK (see_internal IN (0, 1)),
  api_version TEXT NOT NULL CHECK (length(api_version) BETWEEN 1 AND 20),
  secret TEXT NOT NULL CHECK (length(secret) BETWEEN 1 AND 400),
  old_secret TEXT NOT NULL DEFAULT '' CHECK (length(old_secret) <= 400),
  old_secret_until INTEGER,
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  pause_reason TEXT NOT NULL DEFAULT '' CHECK (pause_reason IN ('', 'failures', 'gone')),
  paused_at INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  failing_from INTEGER,
  delivered_at INTEGER,
  hold_until INTEGER,
  created_by INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, created_by) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX webhooks_key ON webhooks(account_id, id);

CREATE TABLE webhook_brands (
  account_id INTEGER NOT NULL,
  webhook_id INTEGER NOT NULL,
  brand_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, webhook_id, brand_id),
  FOREIGN KEY (account_id, webhook_id) REFERENCES webhooks(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, brand_id) REFERENCES brands(account_id, id)
) STRICT;

CREATE TABLE webhook_inboxes (
  account_id INTEGER NOT NULL,
  webhook_id INTEGER NOT NULL,
  inbox_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, webhook_id, inbox_id),
  FOREIGN KEY (account_id, webhook_id) REFERENCES webhooks(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes(account_id, id)
) STRICT;

CREATE TABLE webhook_groups (
  account_id INTEGER NOT NULL,
  webhook_id INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, webhook_id, group_id),
  FOREIGN KEY (account_id, webhook_id) REFERENCES webhooks(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id)
) STRICT;

CREATE TABLE webhook_deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  webhook_id INTEGER NOT NULL,
  event_id INTEGER,
  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed', 'dropped')),
  attempts INTEGER NOT NULL DEFAULT 0,
  status INTEGER NOT NULL DEFAULT 0,
  millis INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '' CHECK (length(error) <= 500),
  size INTEGER NOT NULL DEFAULT 0,
  digest TEXT NOT NULL DEFAULT '' CHECK (length(digest) IN (0, 64)),
  next_at INTEGER,
  tried_at INTEGER,
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, webhook_id) REFERENCES webhooks(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, event_id) REFERENCES events(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries(account_id, event_id, webhook_id) WHERE event_id IS NOT NULL;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries(account_id, webhook_id, next_at, id) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries(account_id, webhook_id, id);
CREATE INDEX webhook_deliveries_state ON webhook_deliveries(account_id, webhook_id, state, id);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries(account_id, created_at);

-- Accounts that exist already give the new permission to those who keep the desk.
UPDATE roles SET permissions = replace(permissions, ']', ',"webhooks.manage"]') WHERE built_in IN ('owner', 'administrator');

-- +goose Down
SELECT 1;
