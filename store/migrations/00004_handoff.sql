-- Since when a person answers instead of the bot; 0 while the bot does. And the orders in
-- which conversations are listed and looked for.

-- +goose Up

ALTER TABLE conversations ADD COLUMN handed_off_at BIGINT NOT NULL DEFAULT 0;

CREATE INDEX conversations_opened ON conversations (opened_at, id);
CREATE INDEX conversations_channel_opened ON conversations (channel, opened_at, id);
CREATE INDEX conversations_open ON conversations (opened_at, id) WHERE closed_at = 0;
CREATE INDEX conversations_workflow ON conversations (workflow_id, opened_at);
CREATE INDEX deliveries_conversation ON deliveries (conversation, sequence);
