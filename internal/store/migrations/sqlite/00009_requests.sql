-- +goose Up

-- What agents ask to be let in to. A wish for a ticket that nobody has, or that
-- the agent has already, leaves nothing here.
CREATE TABLE access_requests (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('view', 'comment', 'edit')),
  reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'granted', 'declined')),
  created_at INTEGER NOT NULL,
  decided_by INTEGER,
  decided_at INTEGER,
  CHECK ((state = 'waiting') = (decided_at IS NULL)),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, decided_by) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX access_requests_key ON access_requests(account_id, id);
CREATE UNIQUE INDEX access_requests_once ON access_requests(account_id, ticket_id, person_id) WHERE state = 'waiting';
CREATE INDEX access_requests_state ON access_requests(account_id, state, id);
CREATE INDEX access_requests_ticket ON access_requests(account_id, ticket_id, id);
CREATE INDEX access_requests_person ON access_requests(account_id, person_id);

-- How often an agent has asked on their last day of asking, in days since 1970.
CREATE TABLE access_asks (
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  asked INTEGER NOT NULL,
  PRIMARY KEY (account_id, person_id),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;

-- What was asked and is not looked at yet: a job finds out whether there is such
-- a ticket, so that whoever asks learns nothing by the answer or its time.
CREATE TABLE access_wishes (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('view', 'comment', 'edit')),
  reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX access_wishes_key ON access_wishes(account_id, id);
CREATE INDEX access_wishes_person ON access_wishes(account_id, person_id);

-- Messages that are being written; without a ticket, the one ticket that a
-- person is about to file.
CREATE TABLE drafts (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  ticket_id INTEGER,
  kind TEXT NOT NULL CHECK (kind IN ('reply', 'note', 'local_note')),
  text TEXT NOT NULL CHECK (length(text) <= 1000000),
  html TEXT NOT NULL CHECK (length(html) <= 3000000),
  form TEXT NOT NULL DEFAULT '' CHECK (length(form) <= 1000000),
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX drafts_key ON drafts(account_id, id);
CREATE UNIQUE INDEX drafts_ticket ON drafts(account_id, person_id, ticket_id, kind) WHERE ticket_id IS NOT NULL;
CREATE UNIQUE INDEX drafts_new ON drafts(account_id, person_id) WHERE ticket_id IS NULL;
CREATE INDEX drafts_of ON drafts(account_id, ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX drafts_age ON drafts(account_id, updated_at);

-- Files that wait for a draft to be sent.
CREATE TABLE draft_files (
  account_id INTEGER NOT NULL,
  draft_id INTEGER NOT NULL,
  attachment_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (account_id, draft_id, attachment_id),
  FOREIGN KEY (account_id, draft_id) REFERENCES drafts(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, attachment_id) REFERENCES attachments(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX draft_files_attachment ON draft_files(account_id, attachment_id);

CREATE TABLE snippets (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  owner_id INTEGER NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('private', 'group', 'everyone')),
  group_id INTEGER,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  name_folded TEXT NOT NULL CHECK (length(name_folded) <= 400),
  html TEXT NOT NULL CHECK (length(html) <= 200000),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((scope = 'group') = (group_id IS NOT NULL)),
  FOREIGN KEY (account_id, owner_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id)
) STRICT;
CREATE UNIQUE INDEX snippets_key ON snippets(account_id, id);
CREATE INDEX snippets_owner ON snippets(account_id, owner_id);
CREATE INDEX snippets_scope ON snippets(account_id, scope, group_id);

-- Built-in roles are written down with each account: the new permission joins
-- those that have it from now on.
UPDATE roles SET permissions = substr(permissions, 1, length(permissions) - 1) || ',"snippets.manage"]'
WHERE built_in IN ('owner', 'administrator', 'manager') AND length(permissions) > 2 AND permissions NOT LIKE '%"snippets.manage"%';

-- +goose Down
SELECT 1;
