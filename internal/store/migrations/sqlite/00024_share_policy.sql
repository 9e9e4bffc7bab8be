-- +goose Up

-- Who may share what with whom: read from top to bottom, the first entry that
-- fits a person, a ticket and a target decides. The four flags say that a part
-- asks for nothing; without its flag a part with no row left fits nothing.
CREATE TABLE share_policy (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 1),
  allow INTEGER NOT NULL CHECK (allow IN (0, 1)),
  any_person INTEGER NOT NULL CHECK (any_person IN (0, 1)),
  requesters INTEGER NOT NULL CHECK (requesters IN (0, 1)),
  any_brand INTEGER NOT NULL CHECK (any_brand IN (0, 1)),
  any_group INTEGER NOT NULL CHECK (any_group IN (0, 1)),
  condition TEXT NOT NULL CHECK (length(condition) <= 40000),
  any_target INTEGER NOT NULL CHECK (any_target IN (0, 1)),
  all_agents INTEGER NOT NULL CHECK (all_agents IN (0, 1)),
  all_groups INTEGER NOT NULL CHECK (all_groups IN (0, 1)),
  all_requesters INTEGER NOT NULL CHECK (all_requesters IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX share_policy_key ON share_policy(account_id, id);

-- What an entry names: who shares (role), where (brand, group) and with whom
-- (agent, to_group, agents_of a brand, members of a group).
CREATE TABLE share_policy_names (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  entry_id INTEGER NOT NULL,
  part TEXT NOT NULL CHECK (part IN ('role', 'brand', 'group', 'agent', 'to_group', 'agents_of', 'members')),
  role_id INTEGER,
  brand_id INTEGER,
  group_id INTEGER,
  person_id INTEGER,
  CHECK ((part = 'role') = (role_id IS NOT NULL)),
  CHECK ((part IN ('brand', 'agents_of')) = (brand_id IS NOT NULL)),
  CHECK ((part IN ('group', 'to_group', 'members')) = (group_id IS NOT NULL)),
  CHECK ((part = 'agent') = (person_id IS NOT NULL)),
  FOREIGN KEY (account_id, entry_id) REFERENCES share_policy(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, role_id) REFERENCES roles(account_id, id),
  FOREIGN KEY (account_id, brand_id) REFERENCES brands(account_id, id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id)
) STRICT;
CREATE UNIQUE INDEX share_policy_names_key ON share_policy_names(account_id, id);
CREATE INDEX share_policy_names_entry ON share_policy_names(account_id, entry_id);
CREATE INDEX share_policy_names_role ON share_policy_names(account_id, role_id);

-- Shares that are made again and again, with their targets and a note. A flag
-- that is NULL takes the account's default.
CREATE TABLE share_templates (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  name_folded TEXT NOT NULL CHECK (length(name_folded) <= 400),
  level TEXT NOT NULL CHECK (level IN ('', 'view', 'comment', 'edit')),
  see_internal INTEGER CHECK (see_internal IN (0, 1)),
  reply_public INTEGER CHECK (reply_public IN (0, 1)),
  forward INTEGER CHECK (forward IN (0, 1)),
  can_reshare INTEGER CHECK (can_reshare IN (0, 1)),
  expiry_hours INTEGER NOT NULL CHECK (expiry_hours BETWEEN 0 AND 87600),
  reason TEXT NOT NULL CHECK (length(reason) <= 1000),
  note TEXT NOT NULL CHECK (length(note) <= 10000),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX share_templates_key ON share_templates(account_id, id);
CREATE UNIQUE INDEX share_templates_name ON share_templates(account_id, name_folded);

CREATE TABLE share_template_targets (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  template_id INTEGER NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 1),
  target_kind TEXT NOT NULL CHECK (target_kind IN ('agent', 'group', 'requester')),
  person_id INTEGER,
  group_id INTEGER,
  CHECK ((target_kind = 'group') = (group_id IS NOT NULL)),
  CHECK ((target_kind = 'group') = (person_id IS NULL)),
  FOREIGN KEY (account_id, template_id) REFERENCES share_templates(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id)
) STRICT;
CREATE UNIQUE INDEX share_template_targets_key ON share_template_targets(account_id, id);
CREATE INDEX share_template_targets_template ON share_template_targets(account_id, template_id, position);
