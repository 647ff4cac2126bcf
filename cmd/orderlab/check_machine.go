package main

import (
	"fmt"
	"os"

	"orderlab/checker"

	"github.com/goccy/go-yaml"
)

// readMachine reads the declaration of a state machine; nil where no file is named.
func readMachine(file string) (*checker.Machine, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, &codeError{exitData, fmt.Errorf("cannot read the state machine: %w", err)}
	}
	m := new(checker.Machine)
	if err := yaml.UnmarshalWithOptions(text, m, yaml.Strict()); err != nil {
		return nil, &codeError{exitData, fmt.Errorf("%s is no state machine: %s", file, yaml.FormatError(err, false, true))}
	}
	if err := m.Validate(); err != nil {
		return nil, &codeError{exitData, fmt.Errorf("%s: %w", file, err)}
	}
	return m, nil
}
