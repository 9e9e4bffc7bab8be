-- +goose Up

-- How a brand looks: its colour, and its logo as a small PNG in base64, drawn by
-- the program; the hash is part of the logo's address.
ALTER TABLE brands ADD COLUMN accent TEXT NOT NULL DEFAULT '' CHECK (length(accent) <= 7);
ALTER TABLE brands ADD COLUMN logo TEXT NOT NULL DEFAULT '' CHECK (length(logo) <= 24000);
ALTER TABLE brands ADD COLUMN logo_hash TEXT NOT NULL DEFAULT '' CHECK (length(logo_hash) <= 16);
ALTER TABLE brands ADD COLUMN logo_width BIGINT NOT NULL DEFAULT 0;

-- What requesters may do with an own field, and in tickets of which types it is
-- asked for: a JSON list, empty for every type.
ALTER TABLE ticket_fields ADD COLUMN portal TEXT NOT NULL DEFAULT 'none' CHECK (portal IN ('none', 'see', 'fill', 'edit'));
ALTER TABLE ticket_fields ADD COLUMN types TEXT NOT NULL DEFAULT '[]' CHECK (length(types) <= 200);

-- What a requester said of how their ticket was solved: one answer for each time
-- that it was.
CREATE TABLE satisfaction (
  account_id BIGINT NOT NULL,
  ticket_id BIGINT NOT NULL,
  solved_at BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('good', 'bad')),
  text TEXT NOT NULL DEFAULT '' CHECK (length(text) <= 1000),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, ticket_id, solved_at),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
);
CREATE INDEX satisfaction_person ON satisfaction(account_id, person_id);
