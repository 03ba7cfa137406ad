// Package graph draws a bot as a diagram: its states, and the ways between them.
//
// It is pure, and imports package bot and its tree only. Start reading at [Mermaid].
package graph
