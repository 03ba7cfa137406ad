package config

import (
	"fmt"
	"io"
	"iter"
	"net/url"
	"reflect"
	"strings"
	"text/tabwriter"
)

// Environ turns os.Environ's lines into the map that [Load] reads.
func Environ(lines []string) map[string]string {
	environ := make(map[string]string, len(lines))
	for _, line := range lines {
		if name, value, ok := strings.Cut(line, "="); ok {
			environ[name] = value
		}
	}
	return environ
}

// Variable is one setting as `chattigo config` shows it.
type Variable struct {
	Name string
	// Value is the present value; secrets are masked.
	Value   string
	Default string
	Help    string
	// DevOnly marks what production must not set.
	DevOnly bool
}

// Variables lists every setting in the order of [Config].
func (c Config) Variables() []Variable {
	var list []Variable
	value := reflect.ValueOf(c)
	for field := range fields() {
		list = append(list, Variable{
			Name:    field.Tag.Get("env"),
			Value:   printable(field, fmt.Sprint(value.FieldByIndex(field.Index).Interface())),
			Default: field.Tag.Get("envDefault"),
			Help:    field.Tag.Get("help"),
			DevOnly: field.Tag.Get("only") == Dev,
		})
	}
	return list
}

// Write prints the settings as a table: name, value with secrets masked, default, and
// what it is for.
func Write(out io.Writer, c Config) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if _, err := fmt.Fprintln(table, "VARIABLE\tVALUE\tDEFAULT\tWHAT IT IS FOR"); err != nil {
		return err
	}
	for _, v := range c.Variables() {
		help := v.Help
		if v.DevOnly {
			help += " (only in dev)"
		}
		if _, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", v.Name, dash(v.Value), dash(v.Default), help); err != nil {
			return err
		}
	}
	return table.Flush()
}

func dash(value string) string {
	if value == "" {
		return "-"
	}
	return value
}

// fields walks the fields of Config.
func fields() iter.Seq[reflect.StructField] { return reflect.TypeFor[Config]().Fields() }

// printable masks a value, or the part of it, that the field's tag calls secret.
func printable(field reflect.StructField, value string) string {
	switch field.Tag.Get("secret") {
	case "all":
		return Secret(value).String()
	case "url":
		return redactURL(value)
	default:
		return value
	}
}

// redactURL hides a password in a URL, also one among its parameters.
func redactURL(value string) string {
	u, err := url.Parse(value)
	if err != nil {
		return masked
	}
	query := u.Query()
	for _, name := range []string{"password", "sslpassword"} {
		if query.Has(name) {
			query.Set(name, "xxxxx")
			u.RawQuery = query.Encode()
		}
	}
	return u.Redacted()
}
