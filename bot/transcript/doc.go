// Package transcript draws scripted conversations for people and for build servers: as a chat in
// a terminal, and as a JUnit report.
//
// What it draws are the entries and results of package script; that package knows nothing of
// terminals. Everything is written to an io.Writer: no files, no clock. It imports bot, script and
// whatsapp of this repository. Start reading at [Printer].
package transcript
