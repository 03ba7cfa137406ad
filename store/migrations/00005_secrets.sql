-- What the bots of a channel say to other people's APIs to be let in, sealed with a key that
-- is not in the database. key_id says with which one.

-- +goose Up

CREATE TABLE channel_secrets (
    channel    TEXT   NOT NULL REFERENCES channels (wa_id),
    name       TEXT   NOT NULL CHECK (name <> ''),
    sealed     BYTEA  NOT NULL,
    key_id     TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (channel, name)
);
