package main

import (
	"io"
	"os"
	"strconv"

	"orderlab/reports"
	"orderlab/scenarios"

	"golang.org/x/term"
)

// isTerminal says whether an input or an output is one.
func isTerminal(at any) bool {
	f, ok := at.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// columns returns how wide w is: what its terminal says, elsewhere what COLUMNS does;
// 0 where nobody knows.
func columns(w io.Writer) int {
	if isTerminal(w) {
		if width, _, err := term.GetSize(int(w.(*os.File).Fd())); err == nil {
			return width
		}
	}
	width, err := strconv.Atoi(os.Getenv("COLUMNS"))
	if err != nil || width < 0 {
		return 0
	}
	return width
}

// textOptions returns the width of w and whether to colour: on a terminal, but not
// where the user asked for none (no-color.org).
func textOptions(w io.Writer) reports.TextOptions {
	return reports.TextOptions{
		Width: columns(w),
		Color: isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}
}

// folded breaks a text into lines of so many columns between words; one that is longer
// than that has a line of its own.
func folded(text string, width int) []string { return scenarios.Folded(text, width) }
