// Package archive puts archived conversations to use: it reads one as it can be run again, and runs those
// of a channel through a draft of a bot, so that an author sees what the draft would have said to the
// contacts of the last weeks; and it records one as a test, with its personal data replaced.
//
// It only reads. How a conversation is run again is in package bot/rerun; here are the database around
// it, and the report. The package imports bot and store, and knows nothing of HTTP or Temporal.
//
// Start reading at [Rerun] and [Record].
package archive
