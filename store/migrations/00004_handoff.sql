-- Since when a person answers instead of the bot; 0 while the bot does. And the orders in
-- which conversations are listed and looked for.

-- +goose Up

ALTER TABLE conversations ADD COLUMN handed_off_at BIGINT NOT NULL DEFAULT 0;

CREATE INDEX conversations_opened ON conversations (opened_at, id);
CREATE INDEX conversations_channel_opened ON conversations (channel, opened_at, id);
CREATE INDEX conversations_open ON conversations (opened_at, id) WHERE closed_at = 0;
CREATE INDEX conversations_channel_open ON conversations (channel, opened_at, id) WHERE closed_at = 0;
CREATE INDEX conversations_workflow ON conversations (workflow_id, opened_at);
CREATE INDEX deliveries_conversation ON deliveries (conversation, sequence);

-- With the id at their end these have a contact's conversations in the order of the list.
DROP INDEX conversations_wa_id;
DROP INDEX conversations_user_id;
CREATE INDEX conversations_wa_id ON conversations (channel, wa_id, opened_at, id);
CREATE INDEX conversations_user_id ON conversations (channel, user_id, opened_at, id);
