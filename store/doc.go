// Package store is the database: accounts, channels, bots with their versions, tests and
// publications, contacts, conversations and their transcripts, message statuses, the ledger of deliveries that did not succeed at once, messages
// that a workflow cannot hold, and the encrypted secrets of channels. PostgreSQL and SQLite share
// all queries; what differs between them is in postgres.go and sqlite.go only.
//
// Times are stored as Unix milliseconds, the zero time as 0. Text is cleaned before it is stored
// (see clean), because it comes from outside and PostgreSQL refuses text that SQLite accepts.
//
// The package imports package whatsapp and nothing else of ours. It has nothing to do with HTTP
// or Temporal.
//
// Start reading at Open, then session.go, through which every statement goes, prepared by
// prepared.go, and account.go, the smallest table. The schema is in migrations/. Tests get a store from package storetest. The tests of this package run
// every case on both databases (see onEachDatabase).
package store
