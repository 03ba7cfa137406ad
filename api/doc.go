// Package api is the HTTP side of the service and nothing more: the route table, one
// generic JSON handler, login and tokens, the routes of the document, and those by which
// conversations are looked at and taken over. A message that it answers with 200 is safe,
// because Temporal has stored it by then.
//
// It knows of package workflows only names, ids and message structs, and never imports
// activities, worker, app or cmd. It opens no connection and starts no goroutine that
// outlives a request: everything comes in through [Deps].
//
// Start reading at routes.go, then json.go; inbound.go is the way of a message, control.go
// that of a person's wish to its conversation.
//
// The http.Server around it belongs to package app, which must set ReadHeaderTimeout
// (5 s), IdleTimeout (2 min), MaxHeaderBytes (32 KiB) and WriteTimeout (60 s), and must
// leave ReadTimeout at 0: bodies are given 20 s here, and a deadline that is still armed
// while a request is served would cancel it.
package api
