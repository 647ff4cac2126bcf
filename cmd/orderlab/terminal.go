package main

import (
	"io"
	"os"

	"orderlab/reports"

	"golang.org/x/term"
)

// isTerminal says whether w is one.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// readsTerminal says whether somebody can answer at r.
func readsTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// textOptions returns the width of the terminal that w is, and whether to colour:
// not where the user asked for none (no-color.org).
func textOptions(w io.Writer) reports.TextOptions {
	if !isTerminal(w) {
		return reports.TextOptions{}
	}
	width, _, err := term.GetSize(int(w.(*os.File).Fd()))
	if err != nil {
		width = 0
	}
	return reports.TextOptions{Width: width, Color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}
