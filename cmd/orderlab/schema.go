package main

import (
	"orderlab/model/history"
	"orderlab/scenarios"

	"github.com/spf13/cobra"
)

func schemaCommand(a *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "schema [scenario|history]",
		Short: "Print the JSON Schema of scenario files, or of a line of a history",
		Long: `schema prints the JSON Schema of scenario files. An editor with the YAML language
server completes and checks a scenario that begins with a line that names it:

  # yaml-language-server: $schema=scenario.schema.json

schema history prints that of one line of a recorded history (docs/history.md), to
check what a recorder writes. What the lines say together only check can tell.`,
		Example: `  orderlab schema > scenario.schema.json
  orderlab schema history > history.schema.json`,
		ValidArgs: []string{"scenario", "history"},
		Args:      cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := scenarios.Schema(a.registry)
			if len(args) > 0 {
				switch args[0] {
				case "scenario":
				case "history":
					text, err = history.Schema(), nil
				default:
					return usagef("there is no schema of %q; there are scenario and history", args[0])
				}
			}
			if err != nil {
				return err
			}
			_, err = a.out.Write(text)
			return err
		},
	}
}
