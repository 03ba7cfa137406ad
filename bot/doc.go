// Package bot is the pure function [Step], which decides what a bot does next.
//
// A conversation is a [State]; whatever happens to it is an [Event]; Step returns the next state and
// the [Effect] values that the shell has to carry out, in order. Step does no I/O, reads no clock and
// uses no randomness: the same arguments give the same bytes, so that a workflow can replay it.
//
// Of this module it imports only packages whatsapp and whatsapp/outbound, and bot/definition,
// bot/answer, bot/expr, bot/fold and bot/hours. Start reading at step.go, then at inbound.go for the
// rules by which a message is handled, and at enter.go for what a state does.
package bot
