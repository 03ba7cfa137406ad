// Package isv is a sample ISV: the other end of the webhook. It receives what Chattigo
// delivers, keeps the newest of it in memory, and shows it as JSON and as a page. It
// forgets everything when it is restarted; a real ISV would write a delivery down before
// it answers 200.
//
// It is an example to read and a tool for trying things out. It knows Chattigo over HTTP only and
// imports nothing of ours. Start reading at [Inbox.ServeHTTP]. Package bridge, below it, is an ISV that
// can be run: it stands between Meta and Chattigo.
package isv
