// Package rerun runs archived conversations again: through their own version of a bot, where every byte
// must come out as it was said, or through a draft, to find the first place where the draft would have
// said or done something else.
//
// It implements no turn: it hands [chat.Run] what the archive recorded of each, and compares. After the
// first difference nothing more is compared, because what the contact wrote next answered other words.
// Like all of bot it is pure. It imports bot, bot/chat and bot/definition, and must not import
// store: whoever reads the archive hands it over as a [Conversation].
//
// Start reading at [Run].
package rerun
