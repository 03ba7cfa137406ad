// Package bot is bot/v1: the definition of a bot's answers, its checks, and the pure
// function [Step] that decides what is said next.
//
// A definition is loaded with [Load], which lists all its problems with line and column.
// A conversation is a [State]; whatever happens to it is an [Event]; Step answers with
// the next state and the effects that the shell has to carry out. Step does no I/O, reads
// no clock and draws no lots: the same arguments give the same bytes.
//
// The package imports only package whatsapp of this module. Start reading at Step, then
// at enter.go for what a state does, and at load.go for how a definition is read.
package bot
