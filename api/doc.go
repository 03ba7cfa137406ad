// Package api is the HTTP side of the service and nothing more: the route table, one generic JSON
// handler, login and tokens, the routes of Chattigo's published API for ISVs, those by which operators
// and tenants read and control conversations, and those by which tenants publish bots. A message that is
// answered with 200 is safe, because Temporal has stored it by then. openapi.yaml describes all of them, and
// is served with a page that shows it.
//
// The comments call the description of that published API "the document": its routes, field names
// and error messages are kept to the letter, in Spanish or English as they are.
//
// Of package workflows it uses names, ids and message structs only. It must not import activities,
// worker, app or cmd. It opens no connection and starts no goroutine that outlives a request:
// everything comes in through [Deps].
//
// Start reading at routes.go, then json.go; inbound.go takes messages to their conversations,
// control.go what a person asks of one, publish.go a version of a bot to a channel.
//
// The http.Server around it belongs to package app, which must set ReadHeaderTimeout
// (5 s), IdleTimeout (2 min), MaxHeaderBytes (32 KiB) and WriteTimeout (60 s), and must
// leave ReadTimeout at 0: bodies are given 20 s here, and a deadline that is still armed
// while a request is served would cancel it.
package api
