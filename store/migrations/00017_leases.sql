-- A waiting delivery is in the hands of one at a time, of the ISV that pulled it or of a worker that posts
-- it: leased_until says for how long, 0 for nobody's. leases counts how often it was pulled. replay is the
-- id of the replay that a dead letter is to be sent again by, since replay_at.

-- +goose Up

ALTER TABLE deliveries ADD COLUMN leases INTEGER NOT NULL DEFAULT 0 CHECK (leases >= 0);
ALTER TABLE deliveries ADD COLUMN leased_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN replay TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN replay_at BIGINT NOT NULL DEFAULT 0;

-- The first one that waits of each conversation.
DROP INDEX deliveries_waiting_conversations;
CREATE INDEX deliveries_waiting_conversations ON deliveries (channel, conversation, sequence) WHERE state = 'waiting';

CREATE INDEX deliveries_replay ON deliveries (replay) WHERE replay <> '';
CREATE INDEX deliveries_settled ON deliveries (updated_at) WHERE state <> 'waiting';
