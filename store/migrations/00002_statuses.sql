-- What Meta said of messages of ours: one row a message, the highest status it reached.

-- +goose Up

CREATE TABLE message_statuses (
    channel    TEXT    NOT NULL,
    wamid      TEXT    NOT NULL CHECK (wamid <> ''),
    status     TEXT    NOT NULL,
    rank       INTEGER NOT NULL,
    at         BIGINT  NOT NULL,
    error_code BIGINT  NOT NULL,
    PRIMARY KEY (channel, wamid)
);

-- The id that Meta gave to a message, where the ISV's answer told us.
ALTER TABLE deliveries ADD COLUMN wamid TEXT NOT NULL DEFAULT '';
