package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// question is one that new asks: text stands before the answer that an empty line
// takes.
type question struct {
	text string
	show func() string
	set  func(string) error
}

// asker asks on a terminal.
type asker struct {
	in  *bufio.Reader
	out io.Writer
}

// askNew asks for everything that new needs, and for the file where none is named and
// the scenario would be printed on the terminal. It returns the arguments.
func (a *cli) askNew(opt *newOptions, args []string) ([]string, error) {
	if len(args) == 1 {
		// Before the questions, not after them.
		if _, err := os.Lstat(args[0]); err == nil {
			return nil, fileTaken(args[0])
		}
	}
	defer a.interrupts.atOnce()()
	ask := asker{bufio.NewReader(a.in), a.err}
	fmt.Fprintln(a.err, "An empty answer takes what stands in brackets.")
	if err := opt.ask(&ask); err != nil {
		return nil, err
	}
	if len(args) == 1 || !a.terminal(a.out) {
		return args, nil
	}
	file := freeFile()
	err := ask.all([]question{{"File to write (- prints it)", func() string { return file }, func(s string) error {
		if _, err := os.Lstat(s); err == nil {
			return fmt.Errorf("%s exists; name another", s)
		}
		file = s
		return nil
	}}})
	if err != nil || file == "-" {
		return nil, err
	}
	return []string{file}, nil
}

// freeFile returns a name that no file has.
func freeFile() string {
	for n := 1; ; n++ {
		name := "mine.yaml"
		if n > 1 {
			name = fmt.Sprintf("mine-%d.yaml", n)
		}
		if _, err := os.Lstat(name); err != nil {
			return name
		}
	}
}

// ask asks for every setting, and again for those that go together badly.
func (opt *newOptions) ask(a *asker) error {
	load := []question{
		opt.number("Messages a second", &opt.rate), opt.number("Ordering keys", &opt.keys),
		opt.number("Partitions", &opt.partitions), opt.number("Consumers", &opt.members),
		{"Work on a message", func() string { return opt.work.String() }, opt.setWork},
	}
	first := []question{word("Messaging system", opt.system), word("What arrives", opt.load)}
	if len(opt.system.allowed) == 1 {
		first = first[1:] // nothing to choose
	}
	if err := a.all(append(first, load...)); err != nil {
		return err
	}
	for text := opt.overload(); text != ""; text = opt.overload() {
		fmt.Fprintf(a.out, "  %s; change some of these:\n", text)
		if err := a.all(load); err != nil {
			return err
		}
	}
	return a.all([]question{word("What goes wrong", opt.fault)})
}

// all asks each question until the answer is one. The end of the input ends it with
// an error.
func (a *asker) all(questions []question) error {
	for _, q := range questions {
		for {
			fmt.Fprintf(a.out, "%s [%s]: ", q.text, q.show())
			line, err := a.in.ReadString('\n')
			if err != nil {
				fmt.Fprintln(a.out)
				return usagef("the answers ended before the questions, and nothing is written; give flags instead, see `orderlab new --help`")
			}
			if line = strings.TrimSpace(line); line == "" {
				break
			}
			if err := q.set(line); err != nil {
				fmt.Fprintf(a.out, "  %v\n", err)
				continue
			}
			break
		}
	}
	return nil
}

// word asks for one of some words.
func word(text string, c *choice) question {
	return question{text + " (" + strings.Join(c.allowed, ", ") + ")", c.String, c.Set}
}

// number asks for a whole number within its bounds.
func (opt *newOptions) number(text string, n *int) question {
	return question{text, func() string { return fmt.Sprint(*n) }, func(s string) error {
		var v int
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		flags.IntVar(&v, "n", 0, "")
		value := flags.Lookup("n").Value
		if err := value.Set(s); err != nil {
			return fmt.Errorf("%s, and here is %q", formOf(value, err), s)
		}
		for _, b := range opt.bounds() {
			if b.value == n && (v < b.lo || v > b.hi) {
				return fmt.Errorf("it is %d to %d", b.lo, b.hi)
			}
		}
		*n = v
		return nil
	}}
}

// setWork takes the time that a consumer works on a message.
func (opt *newOptions) setWork(s string) error {
	work, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return fmt.Errorf("write a duration as 250us, 10ms or 1s, and here is %q", s)
	case work < workLeast || work > workMost:
		return fmt.Errorf("it is 1us to 1m")
	}
	opt.work = work
	return nil
}
