package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

func main() { os.Exit(execute(os.Args[1:], os.Stdout, os.Stderr)) }

// execute runs a command line and returns the exit code.
func execute(args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		// A panic would end the program with 2, which here means "unknown".
		if p := recover(); p != nil {
			fmt.Fprintf(stderr, "orderlab: internal error: %v\n%s", p, debug.Stack())
			code = exitInternal
		}
	}()
	ctx, interrupts := watchInterrupts(context.Background(), stderr)
	defer interrupts.stop()
	root := newRoot(&cli{
		registry: newRegistry(), in: os.Stdin, out: stdout, err: stderr, interrupts: interrupts, terminal: isTerminal,
	})
	root.SetArgs(args)
	return report(unknownVerb(root, root.ExecuteContext(ctx)), stderr)
}
