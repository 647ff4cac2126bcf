package main

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"orderlab/model/history"
)

// byteSize is a flag with an amount of memory, as 4GiB; 0 when not given.
type byteSize struct{ bytes int64 }

var byteUnits = []struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}}

// String implements pflag.Value.
func (b *byteSize) String() string {
	if b.bytes == 0 {
		return ""
	}
	return strconv.FormatInt(b.bytes/byteUnits[0].bytes, 10) + byteUnits[0].name
}

// Type implements pflag.Value; the help shows it behind the flag's name.
func (b *byteSize) Type() string { return "SIZE" }

// Set implements pflag.Value.
func (b *byteSize) Set(s string) error {
	for _, u := range byteUnits {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n <= 0 || n > math.MaxInt64/u.bytes {
			break
		}
		b.bytes = n * u.bytes
		return nil
	}
	return fmt.Errorf("an amount of memory is a whole number with a unit, as 512MiB or 4GiB, and here is %q", s)
}

// availableMemory returns how much memory this program may take, in bytes, as far as
// the system tells: what is free on the machine, what the limits of the control groups
// leave, and GOMEMLIMIT, whichever is least; 0 when nothing is told. Root is the
// system's file tree; goLimit is math.MaxInt64 where GOMEMLIMIT is not set.
func availableMemory(root fs.FS, goLimit int64) int64 {
	least := goLimit
	if kib, ok := namedNumber(root, "proc/meminfo", "MemAvailable:"); ok {
		least = min(least, kib<<10)
	}
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err == nil {
		for _, line := range strings.Split(string(groups), "\n") {
			// 0::/user.slice is of version 2, 4:memory:/docker of version 1.
			fields := strings.SplitN(line, ":", 3)
			switch {
			case len(fields) < 3:
			case fields[0] == "0" && fields[1] == "":
				least = min(least, groupRoom(root, "sys/fs/cgroup", fields[2], "memory.max", "memory.current", "file"))
			case fields[1] == "memory":
				least = min(least, groupRoom(root, "sys/fs/cgroup/memory", fields[2],
					"memory.limit_in_bytes", "memory.usage_in_bytes", "total_cache"))
			}
		}
	}
	if least == math.MaxInt64 {
		return 0
	}
	return max(least, 1)
}

// groupRoom returns what the limits of a control group and of those above it leave.
// What is used for the cache of files does not count, because it gives way.
func groupRoom(root fs.FS, mount, group, limit, usage, cache string) int64 {
	least := int64(math.MaxInt64)
	for dir := path.Clean("/" + group); ; dir = path.Dir(dir) {
		folder := path.Join(mount, dir)
		if most, ok := numberIn(root, path.Join(folder, limit)); ok {
			used, _ := numberIn(root, path.Join(folder, usage))
			cached, _ := namedNumber(root, path.Join(folder, "memory.stat"), cache)
			least = min(least, most-max(0, used-cached))
		}
		if dir == "/" {
			return least
		}
	}
}

// numberIn returns the number that a file holds; ok is false for any other word.
func numberIn(root fs.FS, file string) (n int64, ok bool) {
	text, err := fs.ReadFile(root, file)
	if err != nil {
		return 0, false
	}
	n, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}

// namedNumber returns the number behind a name at the beginning of a line.
func namedNumber(root fs.FS, file, name string) (n int64, ok bool) {
	text, err := fs.ReadFile(root, file)
	if err != nil {
		return 0, false
	}
	for _, line := range strings.Split(string(text), "\n") {
		if words := strings.Fields(line); len(words) >= 2 && words[0] == name {
			n, err := strconv.ParseInt(words[1], 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}

// What judging a history takes at most besides the history itself, in bytes;
// TestCheckingTakesWhatIsCounted measures it.
const (
	indexOperation     = 50  // of each operation, once
	indexMessage       = 80  // of each message, once
	guaranteeOperation = 2   // of each operation, for each guarantee
	guaranteeMessage   = 8   // of each message, for each guarantee
	logOperation       = 150 // of each operation, for the anomalies of logs
	logMessage         = 150 // of each message, for the anomalies of logs
	jepsenEach         = 220 // of each operation of Jepsen's
	jepsenValue        = 140 // of each of its values
)

// judging returns what judging takes of each operation and of each message.
func judging(ids []string) (perOperation, perMessage int64) {
	n := int64(len(ids))
	perOperation, perMessage = indexOperation+n*guaranteeOperation, indexMessage+n*guaranteeMessage
	if slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(patterns(), id) }) {
		perOperation, perMessage = perOperation+logOperation, perMessage+logMessage
	}
	return perOperation, perMessage
}

// limit returns how much memory a history may take, in bytes: what --memory says, or
// nine parts in ten of what there is; 0 when nothing is known.
func (opt *checkOptions) limit() int64 {
	if opt.memory.bytes > 0 {
		return opt.memory.bytes
	}
	const tenths = 9
	return availableMemory(os.DirFS("/"), debug.SetMemoryLimit(-1)) / 10 * tenths
}

// bound returns the bound for reading a file.
func (opt *checkOptions) bound(f *os.File, ids []string) history.Memory {
	m := history.Memory{Limit: opt.most}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		m.FileSize = info.Size()
	}
	m.PerOperation, m.PerMessage = judging(ids)
	if opt.historyFormat.value == "jepsen" {
		m.PerOperation, m.PerMessage = jepsenEach, jepsenValue
	}
	return m
}
