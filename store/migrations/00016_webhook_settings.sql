-- How a channel's replies leave beside the URL: pulled instead of posted (pull_since is since when, 0 for
-- posted), with the close notice in the last message or apart, how long an attempt may take (0 for the
-- lanes' own times), and where the events for the ISV's back office go.

-- +goose Up

ALTER TABLE channels ADD COLUMN pull_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN merge_notice BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE channels ADD COLUMN timeout_seconds INTEGER NOT NULL DEFAULT 0 CHECK (timeout_seconds >= 0 AND timeout_seconds <= 30);
ALTER TABLE channels ADD COLUMN events_url TEXT NOT NULL DEFAULT '';
