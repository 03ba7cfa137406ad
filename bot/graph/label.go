package graph

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/tree"
)

// maxLabel bounds how much of an expression or a list of words is shown, in characters.
const maxLabel = 40

func cut(text string) string {
	all := []rune(text)
	if len(all) <= maxLabel {
		return text
	}
	return string(all[:maxLabel-1]) + "…"
}

// find returns the node of the definition under these keys; nil if there is none.
func (d *drawing) find(keys ...string) *yaml.Node {
	n := d.source
	for _, key := range keys {
		if n == nil {
			return nil
		}
		n = tree.Child(n, key)
	}
	return n
}

// item returns an item of a list, counted from 1; nil if there is none.
func item(n *yaml.Node, number string) *yaml.Node {
	i, err := strconv.Atoi(number)
	if err != nil || n == nil || n.Kind != yaml.SequenceNode || i < 1 || i > len(n.Content) {
		return nil
	}
	return n.Content[i-1]
}

// text returns the value of a key; empty if there is none.
func text(n *yaml.Node, key string) string {
	if n == nil {
		return ""
	}
	if value := tree.Child(n, key); value != nil {
		return value.Value
	}
	return ""
}

// condition is the label of an edge of goto or ask.to: the condition of its branch.
func (d *drawing) condition(e definition.Edge, exit, number string) string {
	if number == "" {
		return map[string]string{"goto": "", "to": "answer"}[exit]
	}
	list := d.find("states", e.From, "goto")
	if exit == "to" {
		list = d.find("states", e.From, "ask", "to")
	}
	if condition := text(item(list, number), "if"); condition != "" {
		return cut(condition)
	}
	return "else"
}

// idle is the label of an edge that is taken when the contact says nothing for some time.
func (d *drawing) idle(e definition.Edge, number string) string {
	for _, list := range []*yaml.Node{d.find("states", e.From, "ask", "idle"), d.find("defaults", "idle")} {
		if list != nil {
			return strings.TrimSpace("silence " + text(item(list, number), "after"))
		}
	}
	return "silence"
}

// triggerLabel is what a trigger listens to.
func (d *drawing) triggerLabel(e definition.Edge) string {
	_, number, _ := strings.Cut(e.Via, " ")
	trigger := item(d.find("triggers"), number)
	if trigger == nil {
		return e.Via
	}
	var parts []string
	for i := 0; i+1 < len(trigger.Content); i += 2 {
		switch key := trigger.Content[i].Value; key {
		case "to", "interrupt", "resume":
		case "text":
			parts = append(parts, words(trigger.Content[i+1]))
		default:
			parts = append(parts, key+": "+list(trigger.Content[i+1]))
		}
	}
	label := cut(strings.Join(parts, ", "))
	if text(trigger, "interrupt") == "true" {
		label = "⚡ " + label
	}
	if text(trigger, "resume") == "true" {
		label = "↩ " + label
	}
	return label
}

// words writes the "text" of a trigger.
func words(n *yaml.Node) string {
	var parts []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		value := list(n.Content[i+1])
		switch n.Content[i].Value {
		case "words":
			value = "…" + value + "…"
		case "matches":
			value = "/" + value + "/"
		}
		parts = append(parts, value)
	}
	return strings.Join(parts, ", ")
}

// list writes a scalar, a list or an object in words.
func list(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	var parts []string
	for i := 0; i < len(n.Content); i++ {
		part := n.Content[i].Value
		if n.Kind == yaml.MappingNode && i+1 < len(n.Content) {
			i++
			part += " " + n.Content[i].Value
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}
