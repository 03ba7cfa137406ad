-- The bots of accounts: versions that never change, the tests that a version has to pass before it
-- is published, and what was published on each channel. The definitions stay in bots, by hash:
-- two accounts may have the same one.

-- +goose Up

-- tests comes last: rows are read without it, and it may be large.
CREATE TABLE owned_bots (
    account        TEXT    NOT NULL REFERENCES accounts (name),
    name           TEXT    NOT NULL CHECK (name <> ''),
    newest         INTEGER NOT NULL CHECK (newest >= 1),
    tests_revision INTEGER NOT NULL DEFAULT 0,
    tests_cases    INTEGER NOT NULL DEFAULT 0,
    tests_type     TEXT    NOT NULL DEFAULT '',
    tests_by       TEXT    NOT NULL DEFAULT '',
    tests_at       BIGINT  NOT NULL DEFAULT 0,
    tests          BYTEA   NOT NULL DEFAULT '',
    PRIMARY KEY (account, name)
);

-- source is the text as its author put it; that of bots may be another account's, with other comments.
CREATE TABLE bot_versions (
    account      TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    number       INTEGER NOT NULL CHECK (number >= 1),
    hash         TEXT    NOT NULL REFERENCES bots (hash),
    content_type TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    created_by   TEXT    NOT NULL,
    source       BYTEA   NOT NULL,
    PRIMARY KEY (account, name, number),
    FOREIGN KEY (account, name) REFERENCES owned_bots (account, name)
);

-- The name is part of what is hashed, so that a definition is a version of one bot of an account.
CREATE UNIQUE INDEX bot_versions_hash ON bot_versions (account, hash);

-- bot is the hash of a definition, empty for the starter. back is the publication to which a rollback
-- returns, -1 for none. Publication 0 is what the channel had before the first.
CREATE TABLE publications (
    channel      TEXT    NOT NULL,
    number       INTEGER NOT NULL CHECK (number >= 0),
    bot          TEXT    NOT NULL,
    back         INTEGER NOT NULL CHECK (back < number),
    published_at BIGINT  NOT NULL,
    published_by TEXT    NOT NULL,
    rollback     BOOLEAN NOT NULL,
    PRIMARY KEY (channel, number)
);

-- The number of the latest publication.
ALTER TABLE channels ADD COLUMN publication INTEGER NOT NULL DEFAULT 0;
