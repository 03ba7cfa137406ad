-- What the back office of an ISV is told of, beside the messages: posted to the channel's events_url. A body
-- never changes. The contact is empty where an event is about nobody.

-- +goose Up

CREATE TABLE events (
    id         TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
    channel    TEXT    NOT NULL,
    contact    TEXT    NOT NULL,
    type       TEXT    NOT NULL CHECK (type <> ''),
    body       BYTEA   NOT NULL,
    made_at    BIGINT  NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts   INTEGER NOT NULL CHECK (attempts >= 0),
    next_try   BIGINT  NOT NULL,
    last_error TEXT    NOT NULL,
    updated_at BIGINT  NOT NULL
);

CREATE INDEX events_waiting ON events (channel, next_try, made_at, id) WHERE state = 'waiting';
CREATE INDEX events_settled ON events (updated_at) WHERE state <> 'waiting';

-- What is known of an events_url that fails; one that works has no row. Nothing is tried before next_try.
CREATE TABLE events_health (
    channel       TEXT    NOT NULL PRIMARY KEY,
    url           TEXT    NOT NULL,
    failing_since BIGINT  NOT NULL,
    failures      INTEGER NOT NULL,
    next_try      BIGINT  NOT NULL,
    off_at        BIGINT  NOT NULL,
    off_reason    TEXT    NOT NULL
);
