// Package tree reads YAML 1.2 and JSON into one tree whose nodes have their line and column, and
// lists the problems of the text, each with its place and code. It refuses everything in YAML that
// JSON does not have, so that nobody has to know YAML's finer points to review a file: anchors,
// aliases, merge keys, tags, more than one document, keys that are there twice.
//
// The definitions of bots and their scripted tests are read with it. What they mean is for their own
// packages: this one imports nothing of this module but package hint. Start reading at [Parse], then see
// [Reader], with which the tree is decoded.
package tree
