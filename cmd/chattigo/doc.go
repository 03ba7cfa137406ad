// Command chattigo is the service and its tools: the servers (all, api, worker), the
// database (migrate), the accounts and channels, what authors of bots work with (bot), recorded
// histories (replay), the Temporal namespace (temporal setup), and what explains it (config,
// version).
//
// The commands only translate between a terminal and packages app, store, worker, bot and config;
// nothing imports this package. Start reading at [run], then commands.go.
package main
