-- +goose Up

-- The account's own words for its mails: by kind and language, for one brand or
-- for all that have none of their own. What has no row here is as the program says it.
CREATE TABLE mail_templates (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  brand_id INTEGER,
  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
  language TEXT NOT NULL CHECK (length(language) BETWEEN 2 AND 20),
  subject TEXT NOT NULL CHECK (length(subject) <= 300),
  opening TEXT NOT NULL CHECK (length(opening) <= 5000),
  closing TEXT NOT NULL CHECK (length(closing) <= 5000),
  version INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (account_id, brand_id) REFERENCES brands(account_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX mail_templates_key ON mail_templates(account_id, id);
CREATE UNIQUE INDEX mail_templates_brand ON mail_templates(account_id, brand_id, kind, language) WHERE brand_id IS NOT NULL;
CREATE UNIQUE INDEX mail_templates_all ON mail_templates(account_id, kind, language) WHERE brand_id IS NULL;
