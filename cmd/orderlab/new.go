package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"orderlab/scenarios"

	"github.com/spf13/cobra"
)

// newOptions are the flags of new, which are also what it asks for.
type newOptions struct {
	question   string
	system     *choice
	load       *choice
	fault      *choice
	keys       int
	partitions int
	members    int
	rate       int
	work       time.Duration
}

func defaultNew() *newOptions {
	return &newOptions{
		system: newChoice("kafka"), load: newChoice("steady", "backlog", "hot-keys"),
		fault: newChoice("none", "expand", "crash", "pause"),
		keys:  500, partitions: 6, members: 3, rate: 100, work: 10 * time.Millisecond,
	}
}

func newCommand(a *cli) *cobra.Command {
	opt := defaultNew()
	cmd := &cobra.Command{
		Use:   "new [FILE]",
		Short: "Write a scenario of your own to start from",
		Long: `new writes a scenario with comments that runs as it is: a system, a load, a fault,
and the strategies that the fault suggests. Without FILE it prints the scenario. A
file that exists is not touched. On a terminal, and without flags, it asks.`,
		Example: `  orderlab new mine.yaml
  orderlab new crash.yaml --fault crash --members 4 --rate 200
  orderlab new --load hot-keys --fault expand | orderlab run /dev/stdin`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().NFlag() == 0 && readsTerminal(a.in) {
				if err := opt.ask(bufio.NewReader(a.in), a.err); err != nil {
					return err
				}
			}
			return a.create(opt, args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opt.question, "question", "", "what the scenario asks (default: what its fault does to the order of messages)")
	f.Var(opt.system, "system", "the messaging system")
	f.Var(opt.load, "load", "what arrives: a steady stream, one upon a backlog, or one in which a few keys have most messages")
	f.Var(opt.fault, "fault", "what goes wrong")
	f.IntVar(&opt.keys, "keys", opt.keys, "`number` of ordering keys")
	f.IntVar(&opt.partitions, "partitions", opt.partitions, "`number` of partitions")
	f.IntVar(&opt.members, "members", opt.members, "`number` of consumers in the group")
	f.IntVar(&opt.rate, "rate", opt.rate, "messages a second, as a `number`")
	f.DurationVar(&opt.work, "work", opt.work, "`time` that a consumer works on a message")
	offerWords(cmd, "system", opt.system.allowed)
	offerWords(cmd, "load", opt.load.allowed)
	offerWords(cmd, "fault", opt.fault.allowed)
	return cmd
}

// setting is something that new asks for.
type setting struct {
	name string
	set  func(string) error
	show string
}

func (opt *newOptions) settings() []setting {
	number := func(n *int) func(string) error {
		return func(s string) error {
			var v int
			if _, err := fmt.Sscanf(s, "%d", &v); err != nil || fmt.Sprint(v) != s {
				return fmt.Errorf("it is a whole number, and here is %q", s)
			}
			*n = v
			return nil
		}
	}
	work := func(s string) (err error) {
		opt.work, err = time.ParseDuration(s)
		return err
	}
	words := func(c *choice) string { return strings.Join(c.allowed, ", ") }
	return []setting{
		{"Messaging system (" + words(opt.system) + ")", opt.system.Set, opt.system.value},
		{"Load (" + words(opt.load) + ")", opt.load.Set, opt.load.value},
		{"Messages a second", number(&opt.rate), fmt.Sprint(opt.rate)},
		{"Ordering keys", number(&opt.keys), fmt.Sprint(opt.keys)},
		{"Partitions", number(&opt.partitions), fmt.Sprint(opt.partitions)},
		{"Consumers", number(&opt.members), fmt.Sprint(opt.members)},
		{"Work on a message", work, opt.work.String()},
		{"What goes wrong (" + words(opt.fault) + ")", opt.fault.Set, opt.fault.value},
	}
}

// ask asks for every setting until the answer is one; an empty answer takes what
// stands in brackets. The end of the input ends it with an error.
func (opt *newOptions) ask(in *bufio.Reader, out io.Writer) error {
	for _, s := range opt.settings() {
		for {
			fmt.Fprintf(out, "%s [%s]: ", s.name, s.show)
			line, err := in.ReadString('\n')
			if err != nil {
				return usagef("the answers ended before the questions; give flags instead, see `orderlab new --help`")
			}
			if line = strings.TrimSpace(line); line == "" {
				break
			}
			if err := s.set(line); err != nil {
				fmt.Fprintf(out, "  %v\n", err)
				continue
			}
			break
		}
	}
	return nil
}

// check reports what would make a scenario that cannot run or says nothing.
func (opt *newOptions) check() error {
	for _, n := range []struct {
		flag          string
		value, lo, hi int
	}{
		{"--keys", opt.keys, 1, 1_000_000}, {"--partitions", opt.partitions, 1, 1000},
		{"--members", opt.members, 1, 1000}, {"--rate", opt.rate, 1, 10_000},
	} {
		if n.value < n.lo || n.value > n.hi {
			return usagef("%s %d: it is %d to %d", n.flag, n.value, n.lo, n.hi)
		}
	}
	if opt.work < time.Microsecond || opt.work > time.Minute {
		return usagef("--work %v: it is 1µs to 1m", opt.work)
	}
	busy := min(opt.members, opt.partitions)
	if can := float64(busy) / opt.work.Seconds(); can < 1.25*float64(opt.rate) {
		return usagef("%d consumers that work %v on a message do %.0f messages a second, too few for %d that arrive: "+
			"raise --members and --partitions, or lower --work or --rate", busy, opt.work, can, opt.rate)
	}
	return nil
}

// create writes the scenario to a file or prints it.
func (a *cli) create(opt *newOptions, args []string) error {
	if err := opt.check(); err != nil {
		return err
	}
	text := opt.text()
	if _, err := scenarios.Load(a.registry, "new", "new.yaml", []byte(text), nil); err != nil {
		return &codeError{exitInternal, fmt.Errorf("the new scenario has a mistake: %w", err)}
	}
	if len(args) == 0 {
		_, err := io.WriteString(a.out, text)
		return err
	}
	if err := writeNew(args[0], text); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return usagef("%s exists and is left as it is; name another file", args[0])
		}
		if errors.Is(err, errWrite) {
			return fmt.Errorf("cannot write %s: %w", args[0], err)
		}
		return usagef("cannot write the scenario: %w", err)
	}
	fmt.Fprintf(a.err, "orderlab: wrote %s; try `orderlab run %s`\n", args[0], args[0])
	return nil
}

// errWrite says that a file could be made and not be written, as on a full disk.
var errWrite = errors.New("it is not whole, and removed")

// writeNew writes a file that must not exist, and leaves none that is not whole.
func writeNew(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(file)
		return fmt.Errorf("%w: %w", errWrite, err)
	}
	return nil
}
