-- +goose Up

-- Switches have a channel, and those of the account may be locked: nobody then
-- decides otherwise for themselves. What the account had off stays off for all.
CREATE TABLE notice_switches_next (
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  brand_id INTEGER NOT NULL DEFAULT 0,
  person_id INTEGER NOT NULL DEFAULT 0,
  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  channel TEXT NOT NULL DEFAULT 'mail' CHECK (channel IN ('mail', 'in_app')),
  locked INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
  PRIMARY KEY (account_id, person_id, brand_id, kind, channel)
) STRICT;
INSERT INTO notice_switches_next (account_id, brand_id, person_id, kind, enabled, locked)
SELECT account_id, brand_id, person_id, kind, enabled, CASE WHEN person_id = 0 AND brand_id = 0 AND enabled = 0 THEN 1 ELSE 0 END FROM notice_switches;
DROP TABLE notice_switches;
ALTER TABLE notice_switches_next RENAME TO notice_switches;

-- A line that only a mail was sent for is kept, so that it is sent once, and not shown.
ALTER TABLE notifications ADD COLUMN listed INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0, 1));

-- Where mail about what concerns a group goes.
ALTER TABLE groups ADD COLUMN mail TEXT NOT NULL DEFAULT 'members' CHECK (mail IN ('members', 'address', 'none'));
ALTER TABLE groups ADD COLUMN mail_address TEXT NOT NULL DEFAULT '' CHECK (length(mail_address) <= 320);

-- Tickets of which people want to hear no more. Like following it gives no access.
CREATE TABLE ticket_mutes (
  account_id INTEGER NOT NULL,
  ticket_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, ticket_id, person_id),
  FOREIGN KEY (account_id, ticket_id) REFERENCES tickets(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;
CREATE INDEX ticket_mutes_person ON ticket_mutes(account_id, person_id);

-- Notices that wait to be sent together. They hold ids alone: what each of them
-- says, and whether it may, is decided when they are sent.
CREATE TABLE digest_lines (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  args TEXT NOT NULL CHECK (length(args) <= 2000),
  due_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, event_id) REFERENCES events(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX digest_lines_person ON digest_lines(account_id, person_id, due_at);
CREATE INDEX digest_lines_event ON digest_lines(account_id, event_id);
CREATE INDEX digest_lines_due ON digest_lines(account_id, due_at);

-- +goose Down
SELECT 1;
