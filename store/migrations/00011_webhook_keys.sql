-- What signs the deliveries of a channel, sealed with a key that is not in the database; key_id
-- says with which one. expires_at is 0 for the current key of a channel.

-- +goose Up

CREATE TABLE webhook_keys (
    id         TEXT   NOT NULL PRIMARY KEY CHECK (id <> ''),
    channel    TEXT   NOT NULL REFERENCES channels (wa_id),
    sealed     BYTEA  NOT NULL,
    key_id     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- A channel has one current key, whoever else is making one.
CREATE UNIQUE INDEX webhook_keys_current ON webhook_keys (channel) WHERE expires_at = 0;
CREATE INDEX webhook_keys_channel ON webhook_keys (channel);
