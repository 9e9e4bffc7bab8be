-- +goose Up

-- The id of the request that a job comes from, for the log.
ALTER TABLE jobs ADD COLUMN request TEXT NOT NULL DEFAULT '' CHECK (length(request) <= 64);

-- +goose Down
SELECT 1;
