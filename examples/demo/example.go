package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// example is a bot of the examples and what the contact does in its demo.
type example struct {
	source []byte
	steps  []step
}

// step is something that the contact does: a tap, or a message.
type step struct {
	// tap is the id of a button or row; empty for a message.
	tap     string
	message map[string]any
	// shown is the message as the screen shows it.
	shown string
}

// loadExample reads a bot, and the case "demo" of its tests.
func loadExample(bots fs.FS, name string) (example, error) {
	names := exampleNames(bots)
	switch {
	case len(names) == 0:
		return example{}, fmt.Errorf("there are no bots in %s: run `make demo` from the top of the checkout", botsDir)
	case !slices.Contains(names, name):
		return example{}, fmt.Errorf("there is no bot %q; there are %s", name, strings.Join(names, ", "))
	}
	source, err := fs.ReadFile(bots, name+".bot.yaml")
	if err != nil {
		return example{}, fmt.Errorf("cannot read the bot: %w", err)
	}
	tests, err := fs.ReadFile(bots, name+".test.yaml")
	if err != nil {
		return example{}, fmt.Errorf("cannot read the bot's tests: %w", err)
	}
	steps, err := demoSteps(tests)
	if err != nil {
		return example{}, fmt.Errorf("%s.test.yaml: %w", name, err)
	}
	return example{source, steps}, nil
}

// demoSteps are what the contact does in the case "demo". What the case expects of the bot is held
// against it by the tests, and is left out here.
func demoSteps(tests []byte) ([]step, error) {
	var file struct {
		Cases []struct {
			Name  string           `yaml:"name"`
			Steps []map[string]any `yaml:"steps"`
		} `yaml:"cases"`
	}
	if err := yaml.Unmarshal(tests, &file); err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	var steps []step
	for _, c := range file.Cases {
		if c.Name != "demo" {
			continue
		}
		for _, fields := range c.Steps {
			if s, acts, err := readStep(fields); err != nil {
				return nil, err
			} else if acts {
				steps = append(steps, s)
			}
		}
	}
	if len(steps) == 0 {
		return nil, errors.New(`no case with the name "demo" in which the contact does something`)
	}
	return steps, nil
}

// readStep reads one line of the case; acts is false for what is only expected.
func readStep(fields map[string]any) (s step, acts bool, err error) {
	for _, key := range []string{"wait", "echo", "resume", "close"} {
		if _, found := fields[key]; found {
			return s, false, fmt.Errorf("the demo cannot do %q: only user and tap", key)
		}
	}
	if id, found := fields["tap"].(string); found {
		return step{tap: id}, true, nil
	}
	switch said := fields["user"].(type) {
	case nil:
		return s, false, nil
	case string:
		return step{message: textMessage(said), shown: said}, true, nil
	case map[string]any:
		if kinds := slices.Collect(maps.Keys(said)); len(kinds) == 1 {
			message := map[string]any{"type": kinds[0], kinds[0]: said[kinds[0]]}
			return step{message: message, shown: shownAs(kinds[0], said[kinds[0]])}, true, nil
		}
	}
	return s, false, fmt.Errorf("the demo cannot send %v", fields["user"])
}

// shownAs is a message that is no text on the screen: a tap on a template's button by its text.
func shownAs(kind string, content any) string {
	if fields, ok := content.(map[string]any); ok && kind == "button" {
		return fmt.Sprintf("▸ %v", fields["text"])
	}
	return "[" + kind + "]"
}
