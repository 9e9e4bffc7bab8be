-- +goose Up

-- Messages that are marked for partners whose terms let marked ones cross alone.
CREATE TABLE partner_marks (
  account_id BIGINT NOT NULL,
  message_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, message_id),
  FOREIGN KEY (account_id, message_id) REFERENCES messages(account_id, id) ON DELETE CASCADE
);
