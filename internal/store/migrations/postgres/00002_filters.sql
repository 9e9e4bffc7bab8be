-- +goose Up

-- Conditions on a ticket's files, on when its shares end and on its requester's
-- company start from these.
CREATE INDEX attachments_ticket ON attachments(account_id, ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX shares_ending ON shares(account_id, expires_at, ticket_id) WHERE ended_at IS NULL AND expires_at IS NOT NULL;
CREATE INDEX people_company ON people(account_id, company_id) WHERE company_id IS NOT NULL;

-- +goose Down

DROP INDEX people_company;
DROP INDEX shares_ending;
DROP INDEX attachments_ticket;
