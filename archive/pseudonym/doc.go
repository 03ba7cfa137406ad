// Package pseudonym replaces personal values in what was said and called in a conversation: the same value
// by the same one everywhere, however it is written, and different values by different ones. A valid
// identity number becomes another valid one, and each value keeps its length and its signs, so that a bot
// reads it as it read the first.
//
// A [Book] first learns from everything that there is, then replaces. It has no clock and no chance:
// what replaces a value is a matter of when the value appeared. It imports bot/answer, which knows what is
// valid, and bot/fold; it knows nothing of bots and archives.
//
// Start reading at [Book].
package pseudonym
