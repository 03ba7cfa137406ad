-- The ledger is listed newest first: all of it, a channel's, and a channel's by state.

-- +goose Up

CREATE INDEX deliveries_latest ON deliveries (made_at, id);
CREATE INDEX deliveries_listed ON deliveries (channel, made_at, id);
CREATE INDEX deliveries_listed_by_state ON deliveries (channel, state, made_at, id);
