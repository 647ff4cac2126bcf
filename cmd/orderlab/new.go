package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
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
		fault: newChoice("none", "expand", "crash", "pause", "errors", "clocks"),
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
  orderlab new shop.yaml --fault errors --partitions 12
  orderlab new --load hot-keys --fault expand | orderlab run -`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().NFlag() == 0 && a.terminal(a.in) {
				var err error
				if args, err = a.askNew(opt, args); err != nil {
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
	f.Var(opt.fault, "fault", "what goes wrong: partitions are added, a consumer crashes or stands still, work fails, clocks differ")
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

// bound is a number with what it may be.
type bound struct {
	flag   string
	value  *int
	lo, hi int
}

func (opt *newOptions) bounds() []bound {
	return []bound{
		{"--keys", &opt.keys, 1, 1_000_000}, {"--partitions", &opt.partitions, 1, 1000},
		{"--members", &opt.members, 1, 1000}, {"--rate", &opt.rate, 1, 10_000},
	}
}

// The least and the most that a consumer may work on a message.
const workLeast, workMost = time.Microsecond, time.Minute

// check reports what would make a scenario that cannot run or says nothing.
func (opt *newOptions) check() error {
	for _, b := range opt.bounds() {
		if *b.value < b.lo || *b.value > b.hi {
			return usagef("%s %d: it is %d to %d", b.flag, *b.value, b.lo, b.hi)
		}
	}
	if opt.work < workLeast || opt.work > workMost {
		return usagef("--work %v: it is 1µs to 1m", opt.work)
	}
	if text := opt.overload(); text != "" {
		return usagef("%s: raise --members and --partitions, or lower --work or --rate", text)
	}
	return nil
}

// overload says that the consumers cannot keep up; "" when they can.
func (opt *newOptions) overload() string {
	busy := min(opt.members, opt.partitions)
	can := float64(busy) / opt.work.Seconds()
	if can >= 1.25*float64(opt.rate) {
		return ""
	}
	of := ""
	if busy < opt.members {
		of = fmt.Sprintf(" (of %d, for %s)", opt.members, counted(opt.partitions, "partition"))
	}
	return fmt.Sprintf("%s%s with %v of work on a message can do %.0f messages a second and need a quarter more than "+
		"the %d that arrive", counted(busy, "consumer"), of, opt.work, can, opt.rate)
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
			return fileTaken(args[0])
		}
		if errors.Is(err, errWrite) {
			return fmt.Errorf("cannot write %s: %w", args[0], err)
		}
		return usagef("cannot write the scenario: %w", err)
	}
	fmt.Fprintf(a.err, "orderlab: wrote %s; try `orderlab run %s`\n", args[0], args[0])
	return nil
}

// fileTaken says that a file is not touched.
func fileTaken(file string) error {
	return usagef("%s exists and is left as it is; name another file", file)
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
