// Package chat runs a bot over one turn of a conversation: over the messages, controls, timers and
// call results that wait, in the order in which they were recorded.
//
// It is the one implementation of a turn. The service runs it in an activity around which there is
// only database work; scripted tests and the simulator run it with a clock and mocks of their own.
// [Run] is pure, like [bot.Step], which it calls once for each event: it reads no clock, does no
// I/O, and the same arguments give the same bytes.
//
// The package imports bot, bot/definition and whatsapp, and nothing else of this module. Start
// reading at Run; input.go and output.go hold what goes in and what comes out.
package chat
