-- Messages that wait to be answered by a conversation whose workflow cannot hold them: a run is
-- handed at most 1 MiB. The owner is the conversation that was open when the first of them came.

-- +goose Up

CREATE TABLE inbox_overflow (
    owner    TEXT   NOT NULL CHECK (owner <> ''),
    number   BIGINT NOT NULL,
    kept_at  BIGINT NOT NULL,
    message  BYTEA  NOT NULL,
    PRIMARY KEY (owner, number)
);

CREATE INDEX inbox_overflow_kept ON inbox_overflow (kept_at);
