-- +goose Up

-- Messages that are sent later. They are nobody's message yet: a job that holds
-- the id alone decides again when their time has come. reviewed is the access
-- version of the account at which the author was last known to see the ticket,
-- after the newest message of the ticket that the author has seen.
CREATE TABLE scheduled_replies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  token_id INTEGER,
  kind TEXT NOT NULL CHECK (kind IN ('reply', 'note', 'local_note')),
  text TEXT NOT NULL CHECK (length(text) <= 1000000),
  html TEXT NOT NULL CHECK (length(html) <= 3000000),
  mentions TEXT NOT NULL DEFAULT '[]' CHECK (length(mentions) <= 2000),
  set_status TEXT NOT NULL DEFAULT '' CHECK (length(set_status) <= 20),
  set_status_id INTEGER NOT NULL DEFAULT 0,
  send_at INTEGER NOT NULL,
  time_zone TEXT NOT NULL DEFAULT '' CHECK (length(time_zone) <= 100),
  hold INTEGER NOT NULL DEFAULT 0 CHECK (hold IN (0, 1)),
  undo INTEGER NOT NULL DEFAULT 0 CHECK (undo IN (0, 1)),
  after INTEGER NOT NULL DEFAULT 0,
  reviewed INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'held', 'failed', 'sent', 'cancelled', 'removed')),
  reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 60),
  message_id INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  ended_at INTEGER,
  CHECK ((state IN ('waiting', 'held', 'failed')) = (ended_at IS NULL)),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX scheduled_replies_key ON scheduled_replies(account_id, id);
CREATE INDEX scheduled_replies_ticket ON scheduled_replies(account_id, ticket_id, send_at, id) WHERE ended_at IS NULL;
CREATE INDEX scheduled_replies_person ON scheduled_replies(account_id, person_id, send_at, id) WHERE ended_at IS NULL;
CREATE INDEX scheduled_replies_review ON scheduled_replies(account_id, reviewed, id) WHERE ended_at IS NULL;
CREATE INDEX scheduled_replies_of ON scheduled_replies(account_id, ticket_id);
CREATE INDEX scheduled_replies_by ON scheduled_replies(account_id, person_id);
CREATE INDEX scheduled_replies_age ON scheduled_replies(account_id, ended_at) WHERE ended_at IS NOT NULL;

-- Files that wait for a scheduled message to be sent.
CREATE TABLE scheduled_files (
  account_id INTEGER NOT NULL,
  scheduled_id INTEGER NOT NULL,
  attachment_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (account_id, scheduled_id, attachment_id),
  FOREIGN KEY (account_id, scheduled_id) REFERENCES scheduled_replies(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, attachment_id) REFERENCES attachments(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX scheduled_files_attachment ON scheduled_files(account_id, attachment_id);

-- Conversations with people outside about a ticket. Their messages are notes of
-- the ticket, so that nobody who reads as a requester ever sees them.
CREATE TABLE side_conversations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  person_id INTEGER,
  subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 500),
  created_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX side_conversations_key ON side_conversations(account_id, id);
CREATE INDEX side_conversations_ticket ON side_conversations(account_id, ticket_id, id);
CREATE INDEX side_conversations_person ON side_conversations(account_id, person_id);

-- The addresses outside that such a conversation is with.
CREATE TABLE side_parties (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  side_id INTEGER NOT NULL,
  address TEXT NOT NULL CHECK (length(address) BETWEEN 3 AND 320),
  address_folded TEXT NOT NULL CHECK (length(address_folded) <= 640),
  FOREIGN KEY (account_id, side_id) REFERENCES side_conversations(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX side_parties_key ON side_parties(account_id, id);
CREATE UNIQUE INDEX side_parties_once ON side_parties(account_id, side_id, address_folded);

-- Which notes are messages of such a conversation; party_id is who wrote one
-- from outside.
CREATE TABLE side_messages (
  account_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  side_id INTEGER NOT NULL,
  party_id INTEGER,
  PRIMARY KEY (account_id, message_id),
  FOREIGN KEY (account_id, message_id) REFERENCES messages(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, side_id) REFERENCES side_conversations(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, party_id) REFERENCES side_parties(account_id, id)
) STRICT;
CREATE INDEX side_messages_side ON side_messages(account_id, side_id, message_id);
CREATE INDEX side_messages_party ON side_messages(account_id, party_id) WHERE party_id IS NOT NULL;

-- +goose Down
SELECT 1;
