-- What is known of a contact beside its conversations: identities, opt-out, calls. A row is
-- one identity of a person on a channel: the phone number where it is known, else the user
-- id. Each fact has its own time, Meta's, so that an older one never replaces a newer.

-- +goose Up

CREATE TABLE contacts (
    channel           TEXT    NOT NULL,
    contact           TEXT    NOT NULL CHECK (contact <> ''),
    wa_id             TEXT    NOT NULL CHECK (wa_id IN ('', contact)),
    user_id           TEXT    NOT NULL,
    user_id_at        BIGINT  NOT NULL,
    former_wa_id      TEXT    NOT NULL,
    former_wa_id_at   BIGINT  NOT NULL,
    former_user_id    TEXT    NOT NULL,
    former_user_id_at BIGINT  NOT NULL,
    opted_out         BOOLEAN NOT NULL,
    opted_out_at      BIGINT  NOT NULL,
    called_at         BIGINT  NOT NULL,
    updated_at        BIGINT  NOT NULL,
    PRIMARY KEY (channel, contact)
);

CREATE INDEX contacts_user_id ON contacts (channel, user_id) WHERE user_id <> '';
CREATE INDEX contacts_former_wa_id ON contacts (channel, former_wa_id) WHERE former_wa_id <> '';
CREATE INDEX contacts_former_user_id ON contacts (channel, former_user_id) WHERE former_user_id <> '';
