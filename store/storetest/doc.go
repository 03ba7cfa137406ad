// Package storetest opens stores for the tests of any package, each on a database of its own.
//
// SQLite needs nothing. Postgres uses the server of CHATTIGO_TEST_DATABASE_URL. Without that it
// starts a private server from the installed PostgreSQL programs, once per test binary, on a unix
// socket in a temporary folder. The server ends with the test binary: see server.go.
//
// CHATTIGO_TEST_REQUIRE_POSTGRES=1 makes tests fail instead of skip without PostgreSQL.
// CHATTIGO_TEST_COVERED names a file to which each test binary adds a line for every database that
// it ran on.
//
// The package imports store and pgprograms, and nothing else of ours. Start reading at stores.go.
package storetest
