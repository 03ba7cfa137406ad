-- What the loop guard remembers of a contact from one conversation to the next, as JSON.

-- +goose Up

ALTER TABLE conversations ADD COLUMN guard TEXT NOT NULL DEFAULT '';
