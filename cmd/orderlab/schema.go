package main

import (
	"fmt"
	"reflect"
	"strings"

	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/result"

	"github.com/spf13/cobra"
)

// schema is something of which there is a JSON Schema.
type schema struct {
	name, what string
	text       func() ([]byte, error)
}

// schemas are all of them, the first without being named.
func (a *cli) schemas() []schema {
	of := func(text func() []byte) func() ([]byte, error) {
		return func() ([]byte, error) { return text(), nil }
	}
	return []schema{
		{"scenario", "a scenario file", func() ([]byte, error) { return scenarios.Schema(a.registry) }},
		{"history", "a line of a recorded history (docs/history.md)", of(history.Schema)},
		{"result", "a line of run --format json and of result.json", of(result.Schema)},
		{"runs", "a line of runs.jsonl", of(result.RunSchema)},
		{"series", "a line of series.jsonl", of(result.SeriesSchema)},
		{"compare", "a line of compare --format json", of(result.ComparisonSchema)},
		{"check", "a line of check --format json", of(func() []byte {
			return result.SchemaOf("what was found in a history", reflect.TypeFor[checked]())
		})},
		{"list", "a line of list --format json", of(func() []byte {
			return result.SchemaOf("a scenario of the library", reflect.TypeFor[listed]())
		})},
	}
}

func schemaCommand(a *cli) *cobra.Command {
	var names []string
	var table strings.Builder
	for _, s := range a.schemas() {
		names = append(names, s.name)
		fmt.Fprintf(&table, "  %-9s %s\n", s.name, s.what)
	}
	return &cobra.Command{
		Use:   "schema [" + strings.Join(names, "|") + "]",
		Short: "Print the JSON Schema of scenario files, histories or results",
		Long: `schema prints the JSON Schema of scenario files, or of another thing:

` + table.String() + `
An editor with the YAML language server completes and checks a scenario that begins
with a line that names the schema:

  # yaml-language-server: $schema=scenario.schema.json

What the lines of a history say together only check can tell.`,
		Example: `  orderlab schema > scenario.schema.json
  orderlab schema history > history.schema.json
  orderlab schema result > result.schema.json`,
		ValidArgs: names,
		Args:      cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			name := names[0]
			if len(args) > 0 {
				name = args[0]
			}
			for _, s := range a.schemas() {
				if s.name != name {
					continue
				}
				text, err := s.text()
				if err != nil {
					return err
				}
				_, err = a.out.Write(text)
				return err
			}
			return usagef("there is no schema of %q; there are %s", name, strings.Join(names, ", "))
		},
	}
}
