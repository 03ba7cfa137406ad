-- Most contacts have no user id, and where none has one, PostgreSQL would read the whole table for a user id
-- rather than an index that says nothing.

-- +goose Up

DROP INDEX conversations_user_id;
CREATE INDEX conversations_user_id ON conversations (channel, user_id, opened_at, id) WHERE user_id <> '';
