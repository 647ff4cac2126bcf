package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
)

func both(out *bytes.Buffer) error {
	for _, careful := range []bool{false, true} {
		if err := run(out, 1, careful); err != nil {
			return err
		}
	}
	return nil
}

// The package comment shows what the program prints.
func TestPackageComment(t *testing.T) {
	var out bytes.Buffer
	if err := both(&out); err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	shown := "//\t" + strings.ReplaceAll(strings.TrimSpace(out.String()), "\n", "\n//\t") + "\n//\n"
	if !bytes.Contains(source, []byte(shown)) {
		t.Errorf("the package comment of main.go does not show\n%s", shown)
	}
}

func Example() {
	var out bytes.Buffer
	if err := both(&out); err != nil {
		fmt.Println(err)
	}
	fmt.Print(out.String())
	// Output:
	// == quick desk
	// 1s      fault cut: partition desk | archive
	// 2s      fault fire: crash-machine desk
	// 2.592129414s the sender goes to the archive with letter 20
	// 44 receipts; the archive lacks 10 of these letters [10 11 12 13 14 15 16 17 18 19]
	// the longest wait for a receipt: 0.50776417s
	// == careful desk
	// 1s      fault cut: partition desk | archive
	// 1.594055649s the sender goes to the archive with letter 10
	// 2s      fault fire: crash-machine desk
	// 43 receipts; the archive lacks 0 of these letters []
	// the longest wait for a receipt: 0.507615519s
}
