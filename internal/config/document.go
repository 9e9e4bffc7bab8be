package config

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Document renders docs/configuration.md from the tags of the structs.
func Document() (string, error) {
	parser, err := newParser(&CLI{}, func(string) (string, bool) { return "", false }, new(bytes.Buffer), func(int) {})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(documentHead)
	writeTable(&b, "Every command", "", parser.Model.Flags)
	for _, command := range parser.Model.Leaves(true) {
		writeTable(&b, "`"+command.FullPath()+"`", command.Help, command.Flags)
	}
	return b.String(), nil
}

const documentHead = `# Configuration

Written from the program by ` + "`go test ./internal/config -update`" + `; do not edit by hand.

A flag wins over its environment variable, which wins over the default. A variable
that is set but empty counts as not set, except for a text, which it makes empty.
What an administrator changes while the server runs is a setting of the account
and not listed here.
`

func writeTable(b *strings.Builder, title, help string, flags []*kong.Flag) {
	fmt.Fprintf(b, "\n## %s\n", title)
	if help != "" {
		fmt.Fprintf(b, "\n%s\n", help)
	}
	rows := 0
	for _, flag := range flags {
		if flag.Name == "help" {
			continue
		}
		if rows++; rows == 1 {
			b.WriteString("\n| flag | environment | default | meaning |\n|---|---|---|---|\n")
		}
		fmt.Fprintf(b, "| `--%s` | %s | %s | %s |\n", flag.Name, code(strings.Join(flag.Envs, " ")), defaultOf(flag), cell(flag.Help))
	}
}

func defaultOf(flag *kong.Flag) string {
	switch {
	case flag.Required:
		return "required"
	case flag.Default != "":
		return code(flag.Default)
	case flag.IsBool():
		return "off"
	default:
		return "none"
	}
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
