-- +goose Up

-- The sharing policy and share templates name other desks as well.
ALTER TABLE share_policy ADD COLUMN all_partners BIGINT NOT NULL DEFAULT 0 CHECK (all_partners IN (0, 1));
ALTER TABLE share_policy_names ADD COLUMN partner_id BIGINT;
ALTER TABLE share_policy_names DROP CONSTRAINT share_policy_names_part_check;
ALTER TABLE share_policy_names ADD CONSTRAINT share_policy_names_part_check CHECK (part IN ('role', 'brand', 'group', 'agent', 'to_group', 'agents_of', 'members', 'partner'));
ALTER TABLE share_policy_names ADD CHECK ((part = 'partner') = (partner_id IS NOT NULL));
ALTER TABLE share_policy_names ADD FOREIGN KEY (account_id, partner_id) REFERENCES partners(account_id, id);

ALTER TABLE share_template_targets ADD COLUMN partner_id BIGINT;
ALTER TABLE share_template_targets DROP CONSTRAINT share_template_targets_target_kind_check;
ALTER TABLE share_template_targets ADD CONSTRAINT share_template_targets_target_kind_check CHECK (target_kind IN ('agent', 'group', 'requester', 'partner'));
ALTER TABLE share_template_targets DROP CONSTRAINT share_template_targets_check1;
ALTER TABLE share_template_targets ADD CONSTRAINT share_template_targets_check1 CHECK ((target_kind IN ('agent', 'requester')) = (person_id IS NOT NULL));
ALTER TABLE share_template_targets ADD CHECK ((target_kind = 'partner') = (partner_id IS NOT NULL));
ALTER TABLE share_template_targets ADD FOREIGN KEY (account_id, partner_id) REFERENCES partners(account_id, id);

-- When a comment of a partner was written there, as they say.
ALTER TABLE partner_messages ADD COLUMN authored_at BIGINT;
