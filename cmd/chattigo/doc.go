// Command chattigo is the service and its tools: the servers (all, api, worker), the database
// (migrate), accounts and channels (account, channel), the tools of bot authors (bot), with their
// login at a server (login, logout), the messages of a channel brought to this machine (listen), the
// replay of recorded histories (replay), the Temporal namespace (temporal setup), the settings
// (config) and the version.
//
// The commands only translate between a terminal and packages app, store, worker, bot, config and
// client, which speaks to a server as any vendor can; nothing imports this package. Start reading at
// [run], then commands.go. Each command has a file
// of its own: `bot check` is in bot_check.go, and `bot test` in bot_test_command.go, because Go
// takes bot_test.go for a test.
package main
