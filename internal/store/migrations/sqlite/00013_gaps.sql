-- +goose Up

-- A change by a bulk is told in one letter too: one line for each person and
-- group whom it concerns. internal is told only to those who see internal
-- matters.
CREATE TABLE bulk_events_new (
  account_id INTEGER NOT NULL,
  bulk_id INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  share_id INTEGER NOT NULL,
  notice TEXT NOT NULL CHECK (notice IN ('share', 'unshare', 'assigned', 'update')),
  target_kind TEXT NOT NULL CHECK (target_kind IN ('agent', 'group', 'requester')),
  target_id INTEGER NOT NULL,
  gone TEXT NOT NULL DEFAULT '' CHECK (length(gone) <= 1000000),
  internal INTEGER NOT NULL DEFAULT 0 CHECK (internal IN (0, 1)),
  PRIMARY KEY (account_id, bulk_id, event_id, target_kind, target_id),
  FOREIGN KEY (account_id, bulk_id) REFERENCES bulks(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, event_id) REFERENCES events(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
) STRICT;
INSERT INTO bulk_events_new (account_id, bulk_id, event_id, ticket_id, share_id, notice, target_kind, target_id, gone)
SELECT account_id, bulk_id, event_id, ticket_id, share_id, notice, target_kind, target_id, gone FROM bulk_events;
DROP TABLE bulk_events;
ALTER TABLE bulk_events_new RENAME TO bulk_events;
CREATE INDEX bulk_events_target ON bulk_events(account_id, bulk_id, notice, target_kind, target_id, event_id);

-- Where a session was opened and when it was last used, for its person to tell
-- them apart: the network is the client's address without its last part.
ALTER TABLE sessions ADD COLUMN user_agent TEXT NOT NULL DEFAULT '' CHECK (length(user_agent) <= 300);
ALTER TABLE sessions ADD COLUMN network TEXT NOT NULL DEFAULT '' CHECK (length(network) <= 60);
ALTER TABLE sessions ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;

-- How far each agent has read the tickets that they opened: the newest message
-- they saw, or 0 where they marked the ticket as unread.
CREATE TABLE ticket_seen (
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL CHECK (message_id >= 0),
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, person_id, ticket_id),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX ticket_seen_age ON ticket_seen(account_id, seen_at);
CREATE INDEX ticket_seen_ticket ON ticket_seen(account_id, ticket_id);

-- +goose Down
SELECT 1;
