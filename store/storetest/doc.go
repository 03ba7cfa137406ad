// Package storetest opens stores for the tests of any package, each on a database of its own.
//
// SQLite needs nothing. Postgres uses the server of CHATTIGO_TEST_DATABASE_URL; without
// that it starts a private server from the PostgreSQL programs of the machine, once per
// test binary, on a unix socket in a temporary folder. The server cannot outlive the test
// binary: see server.go.
//
// CHATTIGO_TEST_REQUIRE_POSTGRES=1 makes a missing PostgreSQL a failure instead of a
// skip. CHATTIGO_TEST_COVERED names a file that gets one line for each database a test
// binary ran on.
//
// The package imports store and nothing else of ours. Start reading at stores.go.
package storetest
