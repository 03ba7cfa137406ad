-- How many bytes the texts of an account's bots have, versions and tests together: they are bounded.

-- +goose Up

ALTER TABLE accounts ADD COLUMN bot_bytes BIGINT NOT NULL DEFAULT 0;

UPDATE accounts SET bot_bytes =
    (SELECT COALESCE(SUM(length(v.source)), 0) FROM bot_versions v WHERE v.account = accounts.name) +
    (SELECT COALESCE(SUM(length(o.tests)), 0) FROM owned_bots o WHERE o.account = accounts.name);

-- A version whose text is that of its definition does not hold it a second time.
UPDATE bot_versions SET source = ''
WHERE EXISTS (SELECT 1 FROM bots b WHERE b.hash = bot_versions.hash AND b.source = bot_versions.source);
