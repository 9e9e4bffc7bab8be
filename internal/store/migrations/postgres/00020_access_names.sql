-- +goose Up

-- What a request for access comes to has the same name everywhere: requested,
-- granted, refused.
UPDATE events SET kind = 'ticket.access.refused' WHERE kind = 'ticket.access.declined';

-- +goose Down

UPDATE events SET kind = 'ticket.access.declined' WHERE kind = 'ticket.access.refused';
