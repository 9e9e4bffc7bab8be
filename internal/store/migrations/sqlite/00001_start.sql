-- +goose Up

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 63),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  base_url TEXT NOT NULL CHECK (length(base_url) BETWEEN 1 AND 500),
  edition TEXT NOT NULL CHECK (length(edition) BETWEEN 1 AND 50),
  access_version INTEGER NOT NULL DEFAULT 1,
  last_number INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_slug ON accounts(slug);

CREATE TABLE hosts (
  name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 253),
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  brand_id INTEGER,
  FOREIGN KEY (account_id, brand_id) REFERENCES brands(account_id, id)
) STRICT;
CREATE INDEX hosts_account ON hosts(account_id);

CREATE TABLE secrets (
  name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 100),
  value TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  value TEXT NOT NULL CHECK (length(value) <= 2000),
  PRIMARY KEY (account_id, name)
) STRICT;

CREATE TABLE departments (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_folded TEXT NOT NULL,
  deleted_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX departments_key ON departments(account_id, id);
CREATE UNIQUE INDEX departments_name ON departments(account_id, name_folded) WHERE deleted_at IS NULL;

CREATE TABLE people (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('agent', 'requester')),
  name TEXT NOT NULL CHECK (length(name) <= 200),
  name_folded TEXT NOT NULL CHECK (length(name_folded) <= 400),
  address TEXT NOT NULL CHECK (length(address) <= 320),
  scope TEXT NOT NULL DEFAULT 'restricted' CHECK (scope IN ('global', 'group', 'restricted')),
  all_brands INTEGER NOT NULL DEFAULT 0 CHECK (all_brands IN (0, 1)),
  all_inboxes INTEGER NOT NULL DEFAULT 0 CHECK (all_inboxes IN (0, 1)),
  department_id INTEGER,
  company_id INTEGER,
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
  password_hash TEXT NOT NULL DEFAULT '' CHECK (length(password_hash) <= 500),
  language TEXT NOT NULL DEFAULT '' CHECK (length(language) <= 20),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, department_id) REFERENCES departments(account_id, id),
  FOREIGN KEY (account_id, company_id) REFERENCES companies(account_id, id)
) STRICT;
CREATE UNIQUE INDEX people_key ON people(account_id, id);
CREATE INDEX people_name ON people(account_id, kind, active, name_folded, id);
CREATE INDEX people_department ON people(account_id, department_id) WHERE department_id IS NOT NULL;

CREATE TABLE companies (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_folded TEXT NOT NULL,
  manager_id INTEGER,
  deleted_at INTEGER,
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, manager_id) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX companies_key ON companies(account_id, id);
CREATE UNIQUE INDEX companies_name ON companies(account_id, name_folded) WHERE deleted_at IS NULL;

CREATE TABLE addresses (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  address TEXT NOT NULL CHECK (length(address) BETWEEN 3 AND 320),
  folded TEXT NOT NULL CHECK (length(folded) BETWEEN 3 AND 640),
  is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1)),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX addresses_folded ON addresses(account_id, folded);
CREATE INDEX addresses_person ON addresses(account_id, person_id);
CREATE UNIQUE INDEX addresses_primary ON addresses(account_id, person_id) WHERE is_primary = 1;

CREATE TABLE roles (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_folded TEXT NOT NULL,
  built_in TEXT NOT NULL DEFAULT '' CHECK (built_in IN ('', 'owner', 'administrator', 'manager', 'agent')),
  permissions TEXT NOT NULL CHECK (length(permissions) <= 4000),
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX roles_key ON roles(account_id, id);
CREATE UNIQUE INDEX roles_name ON roles(account_id, name_folded);

CREATE TABLE person_roles (
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  role_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, person_id, role_id),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, role_id) REFERENCES roles(account_id, id)
) STRICT;
CREATE INDEX person_roles_role ON person_roles(account_id, role_id);

CREATE TABLE brands (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_folded TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX brands_key ON brands(account_id, id);
CREATE UNIQUE INDEX brands_name ON brands(account_id, name_folded);

CREATE TABLE groups (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_folded TEXT NOT NULL,
  owner_id INTEGER,
  deleted_at INTEGER,
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, owner_id) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX groups_key ON groups(account_id, id);
CREATE UNIQUE INDEX groups_name ON groups(account_id, name_folded) WHERE deleted_at IS NULL;

CREATE TABLE group_members (
  account_id INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, group_id, person_id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX group_members_person ON group_members(account_id, person_id, group_id);

CREATE TABLE inboxes (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  brand_id INTEGER NOT NULL,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  address TEXT NOT NULL CHECK (length(address) BETWEEN 3 AND 320),
  address_folded TEXT NOT NULL CHECK (length(address_folded) BETWEEN 3 AND 640),
  default_group_id INTEGER,
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, brand_id) REFERENCES brands(account_id, id),
  FOREIGN KEY (account_id, default_group_id) REFERENCES groups(account_id, id)
) STRICT;
CREATE UNIQUE INDEX inboxes_key ON inboxes(account_id, id);
CREATE UNIQUE INDEX inboxes_address ON inboxes(address_folded);

CREATE TABLE person_brands (
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  brand_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, person_id, brand_id),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, brand_id) REFERENCES brands(account_id, id)
) STRICT;

CREATE TABLE person_inboxes (
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  inbox_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, person_id, inbox_id),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes(account_id, id)
) STRICT;

CREATE TABLE inbox_groups (
  account_id INTEGER NOT NULL,
  inbox_id INTEGER NOT NULL,
  group_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, inbox_id, group_id),
  FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes(account_id, id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id)
) STRICT;

CREATE TABLE ticket_statuses (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  name_folded TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('new', 'open', 'pending', 'on_hold', 'solved', 'closed')),
  deleted_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX ticket_statuses_key ON ticket_statuses(account_id, id);
CREATE UNIQUE INDEX ticket_statuses_name ON ticket_statuses(account_id, name_folded) WHERE deleted_at IS NULL;

CREATE TABLE ticket_fields (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  name_folded TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('text', 'number', 'date', 'choice', 'checkbox')),
  options TEXT NOT NULL DEFAULT '[]' CHECK (length(options) <= 20000),
  required INTEGER NOT NULL DEFAULT 0 CHECK (required IN (0, 1)),
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  position INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX ticket_fields_key ON ticket_fields(account_id, id);
CREATE UNIQUE INDEX ticket_fields_name ON ticket_fields(account_id, name_folded) WHERE active = 1;

CREATE TABLE tags (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60)
) STRICT;
CREATE UNIQUE INDEX tags_key ON tags(account_id, id);
CREATE UNIQUE INDEX tags_name ON tags(account_id, name);

CREATE TABLE tickets (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 500),
  status TEXT NOT NULL CHECK (status IN ('new', 'open', 'pending', 'on_hold', 'solved', 'closed')),
  status_id INTEGER,
  list_state INTEGER NOT NULL CHECK (list_state BETWEEN 0 AND 3),
  priority INTEGER NOT NULL DEFAULT 2 CHECK (priority BETWEEN 1 AND 4),
  type TEXT NOT NULL DEFAULT 'question' CHECK (type IN ('question', 'incident', 'problem', 'task', 'service_request', 'change')),
  private INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1)),
  spam INTEGER NOT NULL DEFAULT 0 CHECK (spam IN (0, 1)),
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  inbox_id INTEGER NOT NULL,
  group_id INTEGER,
  assignee_id INTEGER,
  requester_id INTEGER NOT NULL,
  creator_id INTEGER,
  department_id INTEGER,
  merged_into INTEGER,
  via TEXT NOT NULL CHECK (via IN ('api', 'mail', 'portal', 'system', 'partner', 'rule')),
  share_count INTEGER NOT NULL DEFAULT 0,
  message_count INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  solved_at INTEGER,
  FOREIGN KEY (account_id, status_id) REFERENCES ticket_statuses(account_id, id),
  FOREIGN KEY (account_id, inbox_id) REFERENCES inboxes(account_id, id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id),
  FOREIGN KEY (account_id, assignee_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, requester_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, creator_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, department_id) REFERENCES departments(account_id, id),
  FOREIGN KEY (account_id, merged_into) REFERENCES tickets(account_id, id)
) STRICT;
CREATE UNIQUE INDEX tickets_number ON tickets(account_id, number);
CREATE UNIQUE INDEX tickets_key ON tickets(account_id, id);
CREATE INDEX tickets_all_upd ON tickets(account_id, list_state, updated_at, id);
CREATE INDEX tickets_inbox_upd ON tickets(account_id, inbox_id, list_state, updated_at, id);
CREATE INDEX tickets_pair_upd ON tickets(account_id, inbox_id, group_id, list_state, updated_at, id);
CREATE INDEX tickets_assignee_upd ON tickets(account_id, assignee_id, list_state, updated_at, id);
CREATE INDEX tickets_requester_upd ON tickets(account_id, requester_id, list_state, updated_at, id);
CREATE INDEX tickets_department_upd ON tickets(account_id, department_id, list_state, updated_at, id) WHERE department_id IS NOT NULL AND private = 0;
CREATE INDEX tickets_all_created ON tickets(account_id, list_state, created_at, id);
CREATE INDEX tickets_inbox_created ON tickets(account_id, inbox_id, list_state, created_at, id);
CREATE INDEX tickets_pair_created ON tickets(account_id, inbox_id, group_id, list_state, created_at, id);
CREATE INDEX tickets_assignee_created ON tickets(account_id, assignee_id, list_state, created_at, id);
CREATE INDEX tickets_merged ON tickets(account_id, merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE ticket_tags (
  account_id INTEGER NOT NULL,
  tag_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, tag_id, ticket_id),
  FOREIGN KEY (account_id, tag_id) REFERENCES tags(account_id, id),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;
CREATE INDEX ticket_tags_ticket ON ticket_tags(account_id, ticket_id, tag_id);

CREATE TABLE ticket_ccs (
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  ticket_list_state INTEGER NOT NULL,
  ticket_updated_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, ticket_id, person_id),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX ticket_ccs_upd ON ticket_ccs(account_id, person_id, ticket_list_state, ticket_updated_at, ticket_id);

CREATE TABLE ticket_followers (
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, ticket_id, person_id),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX ticket_followers_person ON ticket_followers(account_id, person_id);

CREATE TABLE ticket_field_values (
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  field_id INTEGER NOT NULL,
  value TEXT NOT NULL CHECK (length(value) <= 4000),
  PRIMARY KEY (account_id, ticket_id, field_id),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, field_id) REFERENCES ticket_fields(account_id, id)
) WITHOUT ROWID, STRICT;
CREATE INDEX ticket_field_values_field ON ticket_field_values(account_id, field_id);

CREATE TABLE ticket_links (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  other_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('related', 'parent', 'child')),
  created_at INTEGER NOT NULL,
  CHECK (ticket_id <> other_id),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, other_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX ticket_links_pair ON ticket_links(account_id, ticket_id, other_id);
CREATE INDEX ticket_links_other ON ticket_links(account_id, other_id);

CREATE TABLE raw_mails (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  envelope_from TEXT NOT NULL CHECK (length(envelope_from) <= 320),
  recipient TEXT NOT NULL CHECK (length(recipient) <= 320),
  remote_ip TEXT NOT NULL CHECK (length(remote_ip) <= 64),
  size INTEGER NOT NULL,
  blob_key TEXT NOT NULL CHECK (length(blob_key) <= 100),
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'ticket', 'reply', 'held', 'ignored', 'failed')),
  detail TEXT NOT NULL DEFAULT '' CHECK (length(detail) <= 1000),
  person_id INTEGER,
  ticket_id INTEGER,
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id)
) STRICT;
CREATE UNIQUE INDEX raw_mails_key ON raw_mails(account_id, id);
CREATE INDEX raw_mails_age ON raw_mails(account_id, created_at);
CREATE INDEX raw_mails_blob ON raw_mails(blob_key);
CREATE INDEX raw_mails_state ON raw_mails(account_id, state, id);
CREATE INDEX raw_mails_person ON raw_mails(account_id, person_id) WHERE person_id IS NOT NULL;

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('reply', 'note', 'local_note')),
  author_id INTEGER,
  text TEXT NOT NULL CHECK (length(text) <= 1000000),
  html TEXT NOT NULL DEFAULT '' CHECK (length(html) <= 3000000),
  via TEXT NOT NULL CHECK (via IN ('api', 'mail', 'portal', 'system', 'partner', 'rule')),
  raw_mail_id INTEGER,
  merged_from INTEGER,
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, author_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, raw_mail_id) REFERENCES raw_mails(account_id, id),
  FOREIGN KEY (account_id, merged_from) REFERENCES tickets(account_id, id)
) STRICT;
CREATE UNIQUE INDEX messages_key ON messages(account_id, id);
CREATE INDEX messages_ticket ON messages(account_id, ticket_id, id);
CREATE UNIQUE INDEX messages_raw_mail ON messages(account_id, raw_mail_id) WHERE raw_mail_id IS NOT NULL;

CREATE VIRTUAL TABLE messages_fts USING fts5(body, subject, requester, files, content='', contentless_delete=1, tokenize='ascii');

-- The words of an account's search documents, to find those that begin with
-- something. Words are added and never taken away, but by a restore.
CREATE TABLE search_words (
  account_id INTEGER NOT NULL,
  word TEXT NOT NULL CHECK (length(word) <= 64),
  PRIMARY KEY (account_id, word)
) WITHOUT ROWID, STRICT;

-- The words of people's names and addresses.
CREATE TABLE person_words (
  account_id INTEGER NOT NULL,
  word TEXT NOT NULL CHECK (length(word) <= 64),
  person_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, word, person_id),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;
CREATE INDEX person_words_person ON person_words(account_id, person_id);

CREATE TABLE mail_ids (
  account_id INTEGER NOT NULL,
  message_id_header TEXT NOT NULL CHECK (length(message_id_header) <= 998),
  raw_mail_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, message_id_header, raw_mail_id),
  FOREIGN KEY (account_id, raw_mail_id) REFERENCES raw_mails(account_id, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE attachments (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  uploader_id INTEGER,
  ticket_id INTEGER,
  message_id INTEGER,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  content_type TEXT NOT NULL CHECK (length(content_type) <= 200),
  size INTEGER NOT NULL,
  digest TEXT NOT NULL CHECK (length(digest) = 64),
  blob_key TEXT NOT NULL CHECK (length(blob_key) <= 100),
  content_id TEXT NOT NULL DEFAULT '' CHECK (length(content_id) <= 500),
  created_at INTEGER NOT NULL,
  CHECK ((ticket_id IS NULL) = (message_id IS NULL)),
  FOREIGN KEY (account_id, uploader_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, message_id) REFERENCES messages(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX attachments_key ON attachments(account_id, id);
CREATE INDEX attachments_message ON attachments(account_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX attachments_loose ON attachments(created_at) WHERE message_id IS NULL;
CREATE INDEX attachments_blob ON attachments(blob_key);

CREATE TABLE shares (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  target_kind TEXT NOT NULL CHECK (target_kind IN ('agent', 'group', 'requester')),
  target_id INTEGER NOT NULL,
  person_id INTEGER,
  group_id INTEGER,
  level TEXT NOT NULL CHECK (level IN ('view', 'comment', 'edit')),
  see_internal INTEGER NOT NULL CHECK (see_internal IN (0, 1)),
  reply_public INTEGER NOT NULL CHECK (reply_public IN (0, 1)),
  forward INTEGER NOT NULL CHECK (forward IN (0, 1)),
  can_reshare INTEGER NOT NULL CHECK (can_reshare IN (0, 1)),
  by_requester INTEGER NOT NULL DEFAULT 0 CHECK (by_requester IN (0, 1)),
  reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
  cause_kind TEXT NOT NULL CHECK (length(cause_kind) BETWEEN 1 AND 30),
  cause_id INTEGER,
  cause_name TEXT NOT NULL DEFAULT '' CHECK (length(cause_name) <= 200),
  created_by INTEGER,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  opened_at INTEGER,
  ended_at INTEGER,
  ended_by INTEGER,
  end_cause TEXT NOT NULL DEFAULT '' CHECK (length(end_cause) <= 100),
  ticket_list_state INTEGER NOT NULL,
  ticket_updated_at INTEGER NOT NULL,
  CHECK ((target_kind = 'group') = (group_id IS NOT NULL)),
  CHECK ((target_kind <> 'group') = (person_id IS NOT NULL)),
  CHECK (target_id = coalesce(person_id, group_id)),
  CHECK (target_kind <> 'requester' OR (see_internal = 0 AND can_reshare = 0)),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id),
  FOREIGN KEY (account_id, created_by) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, ended_by) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX shares_key ON shares(account_id, id);
CREATE UNIQUE INDEX shares_ticket ON shares(account_id, ticket_id, target_kind, target_id) WHERE ended_at IS NULL;
CREATE INDEX shares_history ON shares(account_id, ticket_id, id);
CREATE INDEX shares_upd ON shares(account_id, target_kind, target_id, ticket_list_state, ticket_updated_at, ticket_id, expires_at) WHERE ended_at IS NULL;
CREATE INDEX shares_created ON shares(account_id, target_kind, target_id, created_at, id, ticket_id, expires_at) WHERE ended_at IS NULL;
CREATE INDEX shares_author ON shares(account_id, created_by, ticket_list_state, ticket_updated_at, ticket_id, expires_at) WHERE ended_at IS NULL;
CREATE INDEX shares_expiry ON shares(expires_at, account_id, id) WHERE ended_at IS NULL AND expires_at IS NOT NULL;

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
  actor_id INTEGER,
  cause_kind TEXT NOT NULL CHECK (length(cause_kind) BETWEEN 1 AND 30),
  cause_id INTEGER,
  cause_name TEXT NOT NULL DEFAULT '' CHECK (length(cause_name) <= 200),
  internal INTEGER NOT NULL DEFAULT 0 CHECK (internal IN (0, 1)),
  data TEXT NOT NULL DEFAULT '{}' CHECK (length(data) <= 100000),
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, actor_id) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX events_key ON events(account_id, id);
CREATE INDEX events_ticket ON events(account_id, ticket_id, id);

CREATE TABLE notifications (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
  created_at INTEGER NOT NULL,
  read_at INTEGER,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, event_id) REFERENCES events(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX notifications_once ON notifications(account_id, person_id, event_id);
CREATE INDEX notifications_person ON notifications(account_id, person_id, id);
CREATE INDEX notifications_age ON notifications(account_id, created_at);

CREATE TABLE notice_switches (
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  brand_id INTEGER NOT NULL DEFAULT 0,
  person_id INTEGER NOT NULL DEFAULT 0,
  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  PRIMARY KEY (account_id, person_id, brand_id, kind)
) STRICT;

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY CHECK (length(token_hash) = 64),
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX sessions_person ON sessions(account_id, person_id);
CREATE INDEX sessions_expiry ON sessions(expires_at);

CREATE TABLE api_tokens (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  token_hash TEXT NOT NULL CHECK (length(token_hash) = 64),
  scopes TEXT NOT NULL CHECK (length(scopes) <= 4000),
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens(token_hash);
CREATE INDEX api_tokens_person ON api_tokens(account_id, person_id, id);

CREATE TABLE setup_links (
  token_hash TEXT PRIMARY KEY CHECK (length(token_hash) = 64),
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('first_run', 'invite', 'reset')),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX setup_links_person ON setup_links(account_id, person_id);

CREATE TABLE idempotency_keys (
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 200),
  route TEXT NOT NULL CHECK (length(route) <= 300),
  request_digest TEXT NOT NULL CHECK (length(request_digest) = 64),
  status INTEGER NOT NULL,
  ids TEXT NOT NULL CHECK (length(ids) <= 10000),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, person_id, idempotency_key),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX idempotency_keys_age ON idempotency_keys(created_at);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  actor_id INTEGER,
  action TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 100),
  object_kind TEXT NOT NULL DEFAULT '' CHECK (length(object_kind) <= 60),
  object_id INTEGER,
  data TEXT NOT NULL DEFAULT '{}' CHECK (length(data) <= 20000),
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, actor_id) REFERENCES people(account_id, id)
) STRICT;
CREATE INDEX audit_account ON audit(account_id, id);

-- Ids are never used again, although a finished job's row goes.
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL DEFAULT 0,
  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
  args TEXT NOT NULL CHECK (length(args) <= 100000),
  state TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'waiting', 'running', 'dead', 'cancelled')),
  urgency INTEGER NOT NULL DEFAULT 1 CHECK (urgency BETWEEN 0 AND 2),
  run_at INTEGER NOT NULL,
  lease_until INTEGER,
  lease_owner TEXT NOT NULL DEFAULT '' CHECK (length(lease_owner) <= 60),
  attempts INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL DEFAULT 20,
  unique_key TEXT NOT NULL DEFAULT '' CHECK (length(unique_key) <= 200),
  ordering_key TEXT NOT NULL DEFAULT '' CHECK (length(ordering_key) <= 200),
  last_error TEXT NOT NULL DEFAULT '' CHECK (length(last_error) <= 2000),
  created_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;
CREATE INDEX jobs_due ON jobs(run_at, id) WHERE state = 'ready';
CREATE INDEX jobs_lanes ON jobs(account_id, urgency, kind, run_at, id) WHERE state = 'ready';
CREATE INDEX jobs_running ON jobs(lease_until, account_id) WHERE state = 'running';
CREATE UNIQUE INDEX jobs_unique ON jobs(account_id, kind, unique_key) WHERE unique_key <> '' AND state IN ('ready', 'waiting', 'running');
CREATE UNIQUE INDEX jobs_ordering ON jobs(account_id, ordering_key) WHERE ordering_key <> '' AND state IN ('ready', 'running');
CREATE INDEX jobs_waiting ON jobs(account_id, ordering_key, id) WHERE state = 'waiting';
CREATE INDEX jobs_list ON jobs(account_id, state, id);
CREATE INDEX jobs_finished ON jobs(account_id, finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE job_slots (
  kind TEXT PRIMARY KEY CHECK (length(kind) BETWEEN 1 AND 60),
  slot INTEGER NOT NULL
) STRICT;

CREATE TABLE demo_mails (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  sender TEXT NOT NULL,
  recipients TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  headers TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- +goose Down
SELECT 1;
