package main

import (
	"errors"
	"fmt"
	"io"

	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/explore"
	"orderlab/scenarios/runner"
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
