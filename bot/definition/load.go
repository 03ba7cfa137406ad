package definition

import (
	_ "embed"
	"slices"

	"github.com/chattigo/api-isv/bot/tree"
)

// Limits of a definition. They keep loading it fast, whatever an author sends.
const (
	maxSource = 256 << 10 // bytes of text
	maxDepth  = 32        // nested lists and objects
	maxStates = 500
)

//go:embed starter.bot.yaml
var starter []byte

// Starter is the text of the bot that answers on a channel without one of its own.
func Starter() []byte { return slices.Clone(starter) }

// Load reads and checks a definition in YAML or JSON. The error is always of type [Problems] and
// lists everything that is wrong. A definition with nothing but warnings is loaded and keeps them:
// see [Bot.Warnings].
func Load(src []byte) (*Bot, error) {
	b, problems := Read(src)
	if tree.Fatal(problems) {
		return nil, Problems(problems)
	}
	return b, nil
}

// Read is Load for those who look at a definition that may have errors: the bot has whatever could be
// read, and is nil where nothing could. With errors among its problems it is good for its names only.
func Read(src []byte) (*Bot, []Problem) { return read(src, false) }

// LoadStored is [Load] for a definition that was published once and that conversations may be running
// on. Checks were added since; those that only foretell what will fail in a conversation are left out,
// so that such a conversation goes on as it began.
func LoadStored(src []byte) (*Bot, error) {
	b, problems := read(src, true)
	if tree.Fatal(problems) {
		return nil, Problems(problems)
	}
	return b, nil
}

func read(src []byte, stored bool) (*Bot, []Problem) {
	root, found := tree.Parse(src, tree.Kind{Name: "bot", Bytes: maxSource, Depth: maxDepth})
	if root == nil {
		return nil, found
	}
	d := &decoder{Reader: tree.Reader{Problems: found, Unlisted: laterKeys, Home: home}, stored: stored}
	messages := &messageReader{decoder: d, used: map[string]bool{}}
	b := botReader{messages}.definition(root)
	c := &checker{Reader: d.Reader, bot: b, shared: messages.shared, used: messages.used, triggered: triggerIDs(b.Triggers)}
	c.check(d.refs)
	problems := tree.Tidy(c.Problems)
	b.source = slices.Clone(src)
	b.Hash = hash(root)
	b.warnings = problems
	return b, problems
}
