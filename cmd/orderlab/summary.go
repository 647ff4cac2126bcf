package main

import (
	"errors"
	"fmt"
	"os"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

// stepSummary appends a set to the summary of the step, where there is one.
//
// Reference: GitHub Actions, "Workflow commands", GITHUB_STEP_SUMMARY.
func stepSummary(set *result.Set) error {
	file := os.Getenv("GITHUB_STEP_SUMMARY")
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return fmt.Errorf("the summary of the step, GITHUB_STEP_SUMMARY: %w", err)
	}
	return errors.Join(reports.Summary(f, set), f.Close())
}
