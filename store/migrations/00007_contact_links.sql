-- Which identities belong to one person, and under which of them the person's conversations
-- run. There is a row for an identity once it was seen together with another one.

-- +goose Up

CREATE TABLE contact_links (
    channel  TEXT   NOT NULL,
    -- A user id, or the key of a phone number: its digits in one of the forms in use.
    identity TEXT   NOT NULL CHECK (identity <> ''),
    contact  TEXT   NOT NULL CHECK (contact <> ''),
    -- The number as it was written; empty for a user id.
    wa_id    TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (channel, identity)
);

CREATE INDEX contact_links_contact ON contact_links (channel, contact);
