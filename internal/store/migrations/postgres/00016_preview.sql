-- +goose Up

-- The beginning of the ticket's newest reply and who wrote it, for lists. Notes never stand here.
ALTER TABLE tickets ADD COLUMN preview TEXT NOT NULL DEFAULT '' CHECK (length(preview) <= 200);
ALTER TABLE tickets ADD COLUMN preview_by BIGINT;
