-- +goose Up

-- Tickets that nobody is assigned to, in the order of change: their list and its
-- count start from these instead of looking through everything in reach.
CREATE INDEX tickets_all_free ON tickets(account_id, list_state, updated_at, id) WHERE assignee_id IS NULL;
CREATE INDEX tickets_inbox_free ON tickets(account_id, inbox_id, list_state, updated_at, id) WHERE assignee_id IS NULL;
CREATE INDEX tickets_pair_free ON tickets(account_id, inbox_id, group_id, list_state, updated_at, id) WHERE assignee_id IS NULL;

-- +goose Down

DROP INDEX tickets_pair_free;
DROP INDEX tickets_inbox_free;
DROP INDEX tickets_all_free;
