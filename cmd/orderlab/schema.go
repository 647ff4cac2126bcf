package main

import (
	"orderlab/scenarios"

	"github.com/spf13/cobra"
)

func schemaCommand(a *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of scenario files",
		Long: `schema prints the JSON Schema of scenario files. An editor with the YAML language
server completes and checks a scenario that begins with a line that names it:

  # yaml-language-server: $schema=scenario.schema.json`,
		Example: `  orderlab schema > scenario.schema.json`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text, err := scenarios.Schema(a.registry)
			if err != nil {
				return err
			}
			_, err = a.out.Write(text)
			return err
		},
	}
}
