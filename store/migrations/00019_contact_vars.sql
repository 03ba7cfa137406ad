-- The variables that bots keep of a contact (keep: contact), a JSON object. A contact has a row under each
-- of their identities. conversation is the one that wrote it last. before are the variables from before
-- that one, as long as the turn that opened it may be repeated; empty afterwards.

-- +goose Up

CREATE TABLE contact_vars (
    channel      TEXT   NOT NULL,
    -- A user id, or the key of a phone number: its digits in one of the forms in use.
    identity     TEXT   NOT NULL CHECK (identity <> ''),
    -- The name of the bot in its definition.
    bot          TEXT   NOT NULL CHECK (bot <> ''),
    vars         TEXT   NOT NULL,
    conversation TEXT   NOT NULL,
    before       TEXT   NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (channel, identity, bot)
);
