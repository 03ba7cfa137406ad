// Package graph draws a bot as a diagram: its states, and the edges between them.
//
// It is pure: no files, no network. Of this repository it imports bot and bot/tree only. Start reading at [Mermaid].
package graph
