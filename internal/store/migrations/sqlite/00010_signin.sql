-- +goose Up

-- How a session was opened: 'password', 'link' (a one-time link) or 'provider'.
ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'password' CHECK (method IN ('password', 'link', 'provider'));

-- What people like, as JSON; a missing key has its default.
ALTER TABLE people ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}' CHECK (length(preferences) <= 2000);

-- The second factor (RFC 6238). Without confirmed_at it does not count yet.
CREATE TABLE totp (
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  secret TEXT NOT NULL CHECK (length(secret) BETWEEN 1 AND 400),
  last_step INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  confirmed_at INTEGER,
  PRIMARY KEY (account_id, person_id),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
);

CREATE TABLE recovery_codes (
  account_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  code_hash TEXT NOT NULL CHECK (length(code_hash) = 64),
  PRIMARY KEY (account_id, person_id, code_hash),
  FOREIGN KEY (account_id, person_id) REFERENCES totp(account_id, person_id) ON DELETE CASCADE
);

CREATE TABLE sign_in_providers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  issuer TEXT NOT NULL CHECK (length(issuer) BETWEEN 1 AND 1000),
  client_id TEXT NOT NULL CHECK (length(client_id) BETWEEN 1 AND 500),
  client_secret TEXT NOT NULL DEFAULT '' CHECK (length(client_secret) <= 2000),
  enabled INTEGER NOT NULL DEFAULT 0 CHECK (enabled IN (0, 1)),
  match_by TEXT NOT NULL DEFAULT 'address' CHECK (match_by IN ('address')),
  create_agents INTEGER NOT NULL DEFAULT 0 CHECK (create_agents IN (0, 1)),
  allowed_domains TEXT NOT NULL DEFAULT '[]' CHECK (length(allowed_domains) <= 20000),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX sign_in_providers_key ON sign_in_providers(account_id, id);

CREATE TABLE sign_in_provider_roles (
  account_id INTEGER NOT NULL,
  provider_id INTEGER NOT NULL,
  role_id INTEGER NOT NULL,
  PRIMARY KEY (account_id, provider_id, role_id),
  FOREIGN KEY (account_id, provider_id) REFERENCES sign_in_providers(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, role_id) REFERENCES roles(account_id, id) ON DELETE CASCADE
);

-- Who a provider's subject is. The issuer is the key and not the provider's row,
-- so that a provider which is set up anew finds its people again.
CREATE TABLE sign_in_subjects (
  account_id INTEGER NOT NULL,
  issuer TEXT NOT NULL CHECK (length(issuer) BETWEEN 1 AND 1000),
  subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 500),
  person_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, issuer, subject),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX sign_in_subjects_person ON sign_in_subjects(account_id, person_id, issuer);

CREATE TABLE people_imports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL,
  token_id INTEGER,
  kind TEXT NOT NULL CHECK (kind IN ('agent', 'requester')),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  problem TEXT NOT NULL DEFAULT '' CHECK (length(problem) <= 500),
  columns TEXT NOT NULL CHECK (length(columns) <= 40000),
  source TEXT NOT NULL DEFAULT '' CHECK (length(source) <= 8000000),
  total INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL DEFAULT 0,
  updated INTEGER NOT NULL DEFAULT 0,
  same INTEGER NOT NULL DEFAULT 0,
  faulty INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id)
);
CREATE UNIQUE INDEX people_imports_key ON people_imports(account_id, id);
CREATE INDEX people_imports_age ON people_imports(account_id, created_at);

CREATE TABLE people_import_faults (
  account_id INTEGER NOT NULL,
  import_id INTEGER NOT NULL,
  line INTEGER NOT NULL,
  cells TEXT NOT NULL CHECK (length(cells) <= 100000),
  problems TEXT NOT NULL CHECK (length(problems) <= 20000),
  PRIMARY KEY (account_id, import_id, line),
  FOREIGN KEY (account_id, import_id) REFERENCES people_imports(account_id, id) ON DELETE CASCADE
);

-- Whoever decides which provider is believed can become anybody: of the built-in
-- roles only the owner's has the permission.
UPDATE roles SET permissions = replace(permissions, ']', ',"security.manage"]') WHERE built_in = 'owner';

-- +goose Down
SELECT 1;
