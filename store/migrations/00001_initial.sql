-- One file for PostgreSQL and SQLite: BIGINT and BYTEA mean in SQLite what they should
-- (an integer; bytes kept as they are). Times are Unix milliseconds, 0 for none.
-- There is no way down: a release that is rolled back must run on the newer schema.

-- +goose Up

-- No migration is recorded twice, whoever else is migrating.
CREATE UNIQUE INDEX goose_db_version_once ON goose_db_version (version_id);

CREATE TABLE accounts (
    name          TEXT    NOT NULL PRIMARY KEY CHECK (name <> ''),
    password_hash TEXT    NOT NULL,
    generation    INTEGER NOT NULL CHECK (generation >= 0),
    operator      BOOLEAN NOT NULL,
    disabled      BOOLEAN NOT NULL,
    created_at    BIGINT  NOT NULL
);

CREATE TABLE channels (
    wa_id           TEXT   NOT NULL PRIMARY KEY CHECK (wa_id <> ''),
    phone_number_id TEXT   NOT NULL,
    account         TEXT   NOT NULL REFERENCES accounts (name),
    webhook_url     TEXT   NOT NULL,
    version         TEXT   NOT NULL,
    bot             TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL
);

-- Several channels may wait for their phone_number_id.
CREATE UNIQUE INDEX channels_phone_number_id ON channels (phone_number_id) WHERE phone_number_id <> '';
CREATE INDEX channels_account ON channels (account);

-- The account is empty for the built-in starter, so it refers to nothing.
CREATE TABLE bots (
    hash       TEXT   NOT NULL PRIMARY KEY CHECK (hash <> ''),
    account    TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    source     BYTEA  NOT NULL,
    created_at BIGINT NOT NULL
);

-- message_ids comes last: rows are read without it, and it may be large.
CREATE TABLE conversations (
    id          TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    workflow_id TEXT    NOT NULL,
    channel     TEXT    NOT NULL,
    wa_id       TEXT    NOT NULL,
    user_id     TEXT    NOT NULL,
    bot         TEXT    NOT NULL,
    opened_at   BIGINT  NOT NULL,
    closed_at   BIGINT  NOT NULL,
    outcome     TEXT    NOT NULL,
    messages    INTEGER NOT NULL CHECK (messages >= 0),
    replies     INTEGER NOT NULL CHECK (replies >= 0),
    unanswered  INTEGER NOT NULL CHECK (unanswered >= 0),
    message_ids BYTEA   NOT NULL,
    CHECK (wa_id <> '' OR user_id <> '')
);

CREATE INDEX conversations_wa_id ON conversations (channel, wa_id, opened_at);
CREATE INDEX conversations_user_id ON conversations (channel, user_id, opened_at);

-- A page may be written before its conversation's row is.
CREATE TABLE transcript_pages (
    conversation TEXT    NOT NULL CHECK (conversation <> ''),
    number       INTEGER NOT NULL CHECK (number >= 1),
    message_ids  BYTEA   NOT NULL,
    entries      BYTEA   NOT NULL,
    PRIMARY KEY (conversation, number)
);

CREATE TABLE deliveries (
    id           TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    channel      TEXT    NOT NULL,
    conversation TEXT    NOT NULL,
    workflow_id  TEXT    NOT NULL,
    contact      TEXT    NOT NULL,
    sequence     INTEGER NOT NULL,
    in_reply_to  TEXT    NOT NULL,
    kind         TEXT    NOT NULL CHECK (kind <> ''),
    made_at      BIGINT  NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts     INTEGER NOT NULL CHECK (attempts >= 0),
    next_try     BIGINT  NOT NULL,
    last_error   TEXT    NOT NULL,
    updated_at   BIGINT  NOT NULL,
    body         BYTEA   NOT NULL
);

CREATE INDEX deliveries_waiting ON deliveries (channel, next_try, id) WHERE state = 'waiting';

CREATE TABLE delivery_attempts (
    delivery    TEXT    NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL CHECK (number >= 1),
    at          BIGINT  NOT NULL,
    class       TEXT    NOT NULL,
    status      INTEGER NOT NULL,
    duration_ms BIGINT  NOT NULL,
    answer      BYTEA   NOT NULL,
    peer        TEXT    NOT NULL,
    PRIMARY KEY (delivery, number)
);
