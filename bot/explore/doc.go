// Package explore walks a bot: from its start it does whatever a contact, the time and the servers
// that the bot calls may do, one after the other, and looks at what becomes of it.
//
// The walk is breadth first, over forks of script.Player, so that a turn is a turn of [chat.Run] here
// too. At a question it taps each option, gives plausible answers and wrong ones, keeps silent and
// says what triggers listen to; at a call it tries each outcome; after a handoff the person hands
// back, or does not. Conversations in equal states are walked once: times, ids, counters and values that
// decide nothing do not tell states apart (deciding.go). The walk ends at a depth, at a number of states, or when
// its context is done.
//
// What it finds are [Finding]s, each with the way there as a test file that script plays. The package
// is as pure as package bot: no files, no clock. Start reading at Explore, then at question.go.
package explore
