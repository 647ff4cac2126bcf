package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/runner"

	"github.com/spf13/cobra"
)

// The exit codes. docs/results.md describes them.
const (
	exitMet         = 0
	exitFailed      = 1
	exitUnknown     = 2
	exitUsage       = 64
	exitData        = 65
	exitInternal    = 70
	exitInterrupted = 130
)

// codeError ends the program with a code. Without an error it says nothing more,
// because the result says it all.
type codeError struct {
	code int
	err  error
}

// Error implements error.
func (e *codeError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

// Unwrap gives the error behind the code.
func (e *codeError) Unwrap() error { return e.err }

// usagef is an error in the command line.
func usagef(format string, args ...any) error {
	return &codeError{exitUsage, fmt.Errorf(format, args...)}
}

// dataf is an error in a file that was given.
func dataf(format string, args ...any) error {
	return &codeError{exitData, fmt.Errorf(format, args...)}
}

// exitWith ends the program with a code and no further word.
func exitWith(code int) error {
	if code == exitMet {
		return nil
	}
	return &codeError{code, nil}
}

// coded gives an error of a verb the code that it ends the program with, unless
// it has one already.
func coded(err error) error {
	var has *codeError
	var file *scenarios.Errors
	var variable *scenarios.VarError
	var line *history.SyntaxError
	switch {
	case err == nil || errors.As(err, &has):
		return err
	case errors.As(err, &file) || errors.As(err, &line):
		return &codeError{exitData, err}
	case errors.As(err, &variable):
		return &codeError{exitUsage, err}
	}
	return &codeError{exitInternal, err}
}

// unknownVerb puts what cobra says of a verb that does not exist into a line as all
// other errors have.
func unknownVerb(root *cobra.Command, err error) error {
	rest, ok := strings.CutPrefix(fmt.Sprint(err), "unknown command ")
	name, _ := strconv.QuotedPrefix(rest)
	name, unquoted := strconv.Unquote(name)
	if !ok || unquoted != nil || !strings.HasPrefix(rest, strconv.Quote(name)+` for "orderlab"`) {
		return err
	}
	var verbs []string
	for _, v := range root.Commands() {
		if v.IsAvailableCommand() {
			verbs = append(verbs, v.Name())
		}
	}
	hint := nearHint(name, verbs)
	if _, isScenario := scenarios.Source(name); isScenario || isYAML(name) {
		hint = fmt.Sprintf("; did you mean `orderlab run %s`?", name)
	}
	return usagef("there is no command %q%s\nSee `orderlab --help`.", name, hint)
}

// report says what went wrong and returns the exit code. An error without a code
// is cobra's own, about the command line.
func report(err error, stderr io.Writer) int {
	if err == nil {
		return exitMet
	}
	code := exitUsage
	var has *codeError
	if errors.As(err, &has) {
		code = has.code
		if has.err == nil {
			return code
		}
	}
	var file *scenarios.Errors
	var line *history.SyntaxError
	var panicked *explore.PanicError
	var differ *runner.NondeterminismError
	switch {
	case errors.As(err, &file) || errors.As(err, &line):
		fmt.Fprintln(stderr, err) // names the file and the line
	case errors.As(err, &panicked):
		fmt.Fprintf(stderr, "orderlab: internal error: %v\n\n%s", err, panicked.Stack)
	case errors.As(err, &differ):
		fmt.Fprintf(stderr, "orderlab: not deterministic: %v\n", err)
	default:
		fmt.Fprintf(stderr, "orderlab: %v\n", err)
	}
	return code
}
