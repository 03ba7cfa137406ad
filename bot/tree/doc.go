// Package tree reads YAML 1.2 and JSON into one tree that keeps places, and lists what is wrong
// with the text, each problem with its line, column and code. It refuses whatever the tree of a
// JSON document could not hold too, so that nobody has to know YAML's finer points to review a
// file: anchors, aliases, merge keys, tags, more than one document, keys that are there twice.
//
// The definitions of bots and their scripted tests are read with it. It knows nothing of what
// they mean, and imports nothing of this module. Start reading at [Parse].
package tree
