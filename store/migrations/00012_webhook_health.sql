-- What is known of a webhook that fails: since when, whether it asked for a pause, and whether it is off.
-- A webhook that works has no row. The url says of which one it is: a new URL begins anew.

-- +goose Up

CREATE TABLE webhook_health (
    channel       TEXT    NOT NULL PRIMARY KEY,
    url           TEXT    NOT NULL,
    failing_since BIGINT  NOT NULL,
    failures      INTEGER NOT NULL,
    held_until    BIGINT  NOT NULL,
    off_at        BIGINT  NOT NULL,
    off_reason    TEXT    NOT NULL
);

-- retries counts those attempts that were asked for before they were due: they do not use up the schedule.
ALTER TABLE deliveries ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;

CREATE INDEX deliveries_waiting_conversations ON deliveries (channel, conversation) WHERE state = 'waiting';
