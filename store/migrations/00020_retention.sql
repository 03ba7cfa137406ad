-- What the hourly sweep needs to find what is older than the archive is kept.

-- +goose Up

CREATE INDEX conversations_closed ON conversations (closed_at, id) WHERE closed_at > 0;

-- When a page was written whose conversation had no row then, by the newest of its entries; 0 for all others.
-- A run that is terminated before its first turn leaves such a page, and no row ever leads to it.
ALTER TABLE transcript_pages ADD COLUMN early_at BIGINT NOT NULL DEFAULT 0;

-- The age of those that are there already is not known: they count as written now, which is when the latest
-- conversation was opened.
UPDATE transcript_pages SET early_at = COALESCE((SELECT MAX(opened_at) FROM conversations), 1)
WHERE NOT EXISTS (SELECT 1 FROM conversations c WHERE c.id = transcript_pages.conversation);

CREATE INDEX transcript_pages_early ON transcript_pages (early_at) WHERE early_at > 0;

-- Meta's time of the first status of a message, which later ones do not change: an index on a time that changes
-- would make PostgreSQL write every index anew with each status.
ALTER TABLE message_statuses ADD COLUMN first_at BIGINT NOT NULL DEFAULT 0;

UPDATE message_statuses SET first_at = at;

CREATE INDEX message_statuses_first ON message_statuses (first_at);
