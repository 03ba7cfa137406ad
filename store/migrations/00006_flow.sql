-- Whether a channel's bot is kept from talking to another bot for ever, and how many messages
-- a conversation's bot did not understand, by the state in which they came: {"menu": 2}.

-- +goose Up

ALTER TABLE channels ADD COLUMN loop_guard BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE conversations ADD COLUMN refused TEXT NOT NULL DEFAULT '{}';
