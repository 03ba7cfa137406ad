// Package store keeps what outlives a conversation: accounts, channels, bots, contacts, the
// one row of each conversation, transcripts, statuses, the ledger of deliveries that did
// not go through at once, and, sealed, the secrets of channels. One set of queries serves PostgreSQL and SQLite; what differs between the two
// is in postgres.go and sqlite.go and nowhere else.
//
// Times are Unix milliseconds in UTC in both databases, and the zero time is 0. Text is
// cleaned on its way in (see clean), because it comes from outside and PostgreSQL refuses
// what SQLite takes.
//
// The package imports nothing of ours but, at most, package whatsapp. It knows no HTTP
// and no Temporal.
//
// Start reading at Open, then session.go, through which every statement goes; the schema
// is in migrations/. Tests get a store from package storetest. The tests of this package run
// every case on both databases (see onEachDatabase).
package store
