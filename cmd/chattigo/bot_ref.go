package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
)

// botRef is NAME[@VERSION] on the command line; Version is 0 where the newest is meant.
type botRef struct {
	Name    string
	Version int
}

var botName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// newest is what may stand in place of a version's number.
const newest = "latest"

// parseBotRef reads NAME, NAME@3 or NAME@latest.
func parseBotRef(text string) (botRef, error) {
	name, version, versioned := strings.Cut(text, "@")
	if !botName.MatchString(name) {
		return botRef{}, &usageError{fmt.Sprintf("%q is no name of a bot: small letters, digits and -, at most 63", name)}
	}
	if !versioned || version == newest {
		return botRef{Name: name}, nil
	}
	number, err := strconv.Atoi(version)
	if err != nil || number < 1 {
		return botRef{}, &usageError{fmt.Sprintf("%q is no version of %s: a number such as 3, or %s", version, name, newest)}
	}
	return botRef{name, number}, nil
}

// isFile reports whether an argument that may be a file or a bot's name is a file: a name has neither
// a dot nor a slash.
func isFile(arg string) bool { return arg == "-" || strings.ContainsAny(arg, `./\`) }

// starterRef stands on the command line for the built-in bot, which a channel has before the first
// publication.
const starterRef = "starter"

// expectation is what --expected says about the bot that is live.
type expectation struct {
	Expected string `placeholder:"NAME@VERSION|starter" help:"Go on only if this is live now. Without it, only if nobody else publishes in between."`
}

// read returns the bot that has to be live, nil for the starter; given is false without the flag.
func (e expectation) read() (live *liveBot, given bool, err error) {
	switch e.Expected {
	case "":
		return nil, false, nil
	case starterRef:
		return nil, true, nil
	}
	ref, err := parseBotRef(e.Expected)
	if err == nil && ref.Version == 0 {
		err = &usageError{"--expected wants a version too, such as clinica@3; or it is " + starterRef}
	}
	return &liveBot{ref.Name, ref.Version}, true, err
}

// liveBot is a version of a bot as `expected` has it.
type liveBot struct {
	Bot     string `json:"bot"`
	Version int    `json:"version"`
}

// botVersion is a version of a bot as a channel or a publication has it; nil is the starter. Version is
// 0 for a definition that came to the channel by other ways and is none of the account's versions.
type botVersion struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	Hash    string `json:"hash"`
}

// String is what people read.
func (v *botVersion) String() string {
	switch {
	case v == nil:
		return "the starter"
	case v.Version == 0:
		return definition.Label(v.Name, v.Hash)
	}
	return fmt.Sprintf("%s version %d", v.Name, v.Version)
}

// equal reports whether both are the same definition.
func (v *botVersion) equal(other *botVersion) bool {
	return v == nil && other == nil || v != nil && other != nil && v.Hash == other.Hash
}
