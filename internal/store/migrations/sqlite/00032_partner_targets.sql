-- +goose Up

-- The sharing policy and share templates name other desks as well.
ALTER TABLE share_policy ADD COLUMN all_partners INTEGER NOT NULL DEFAULT 0 CHECK (all_partners IN (0, 1));
CREATE TABLE share_policy_names_new (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  entry_id INTEGER NOT NULL,
  part TEXT NOT NULL CHECK (part IN ('role', 'brand', 'group', 'agent', 'to_group', 'agents_of', 'members', 'partner')),
  role_id INTEGER,
  brand_id INTEGER,
  group_id INTEGER,
  person_id INTEGER,
  partner_id INTEGER,
  CHECK ((part = 'role') = (role_id IS NOT NULL)),
  CHECK ((part IN ('brand', 'agents_of')) = (brand_id IS NOT NULL)),
  CHECK ((part IN ('group', 'to_group', 'members')) = (group_id IS NOT NULL)),
  CHECK ((part = 'agent') = (person_id IS NOT NULL)),
  CHECK ((part = 'partner') = (partner_id IS NOT NULL)),
  FOREIGN KEY (account_id, entry_id) REFERENCES share_policy(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, role_id) REFERENCES roles(account_id, id),
  FOREIGN KEY (account_id, brand_id) REFERENCES brands(account_id, id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id),
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, partner_id) REFERENCES partners(account_id, id)
) STRICT;
INSERT INTO share_policy_names_new (id, account_id, entry_id, part, role_id, brand_id, group_id, person_id)
SELECT id, account_id, entry_id, part, role_id, brand_id, group_id, person_id FROM share_policy_names;
DROP TABLE share_policy_names;
ALTER TABLE share_policy_names_new RENAME TO share_policy_names;
CREATE UNIQUE INDEX share_policy_names_key ON share_policy_names(account_id, id);
CREATE INDEX share_policy_names_entry ON share_policy_names(account_id, entry_id);
CREATE INDEX share_policy_names_role ON share_policy_names(account_id, role_id);

CREATE TABLE share_template_targets_new (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  template_id INTEGER NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 1),
  target_kind TEXT NOT NULL CHECK (target_kind IN ('agent', 'group', 'requester', 'partner')),
  person_id INTEGER,
  group_id INTEGER,
  partner_id INTEGER,
  CHECK ((target_kind = 'group') = (group_id IS NOT NULL)),
  CHECK ((target_kind IN ('agent', 'requester')) = (person_id IS NOT NULL)),
  CHECK ((target_kind = 'partner') = (partner_id IS NOT NULL)),
  FOREIGN KEY (account_id, template_id) REFERENCES share_templates(account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, person_id) REFERENCES people(account_id, id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups(account_id, id),
  FOREIGN KEY (account_id, partner_id) REFERENCES partners(account_id, id)
) STRICT;
INSERT INTO share_template_targets_new (id, account_id, template_id, position, target_kind, person_id, group_id)
SELECT id, account_id, template_id, position, target_kind, person_id, group_id FROM share_template_targets;
DROP TABLE share_template_targets;
ALTER TABLE share_template_targets_new RENAME TO share_template_targets;
CREATE UNIQUE INDEX share_template_targets_key ON share_template_targets(account_id, id);
CREATE INDEX share_template_targets_template ON share_template_targets(account_id, template_id, position);

-- When a comment of a partner was written there, as they say.
ALTER TABLE partner_messages ADD COLUMN authored_at INTEGER;
