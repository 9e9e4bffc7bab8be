-- +goose Up

-- A change by a bulk is told in one letter too: one line for each person and
-- group whom it concerns. internal is told only to those who see internal
-- matters.
ALTER TABLE bulk_events DROP CONSTRAINT bulk_events_notice_check;
ALTER TABLE bulk_events ADD CONSTRAINT bulk_events_notice_check CHECK (notice IN ('share', 'unshare', 'assigned', 'update'));
ALTER TABLE bulk_events ADD COLUMN internal BIGINT NOT NULL DEFAULT 0 CHECK (internal IN (0, 1));
ALTER TABLE bulk_events DROP CONSTRAINT bulk_events_pkey;
ALTER TABLE bulk_events ADD PRIMARY KEY (account_id, bulk_id, event_id, target_kind, target_id);

-- Where a session was opened and when it was last used, for its person to tell
-- them apart: the network is the client's address without its last part.
ALTER TABLE sessions ADD COLUMN user_agent TEXT NOT NULL DEFAULT '' CHECK (length(user_agent) <= 300);
ALTER TABLE sessions ADD COLUMN network TEXT NOT NULL DEFAULT '' CHECK (length(network) <= 60);
ALTER TABLE sessions ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;

-- How far each agent has read the tickets that they opened: the newest message
-- they saw, or 0 where they marked the ticket as unread.
CREATE TABLE ticket_seen (
  account_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  ticket_id BIGINT NOT NULL,
  message_id BIGINT NOT NULL CHECK (message_id >= 0),
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, person_id, ticket_id),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE
);
CREATE INDEX ticket_seen_age ON ticket_seen(account_id, seen_at);
CREATE INDEX ticket_seen_ticket ON ticket_seen(account_id, ticket_id);

-- +goose Down
SELECT 1;
