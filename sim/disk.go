package sim

// DiskID names a disk, File a file on one.
type (
	DiskID int32
	File   int32
)

// DiskSettings describe a disk and the operating system's cache of it. A write
// goes to the page cache, which a crash of the process leaves alone; a sync, or
// the flush that the system does by itself, writes back what is dirty, and only
// that survives a crash of the machine. The disk serves one request at a time.
type DiskSettings struct {
	// Write is the time of a write into the page cache, Sync that of a sync
	// besides the transfer of what is dirty.
	Write, Sync Sampler
	// Bandwidth is how fast dirty data is written back, in bytes per second; 0 is
	// no limit.
	Bandwidth int64
	// Capacity is the room for all files, in bytes; 0 is no limit.
	Capacity int64
	// Flush is how long a file stays dirty before the system begins to write it
	// back; 0 is for ever. Linux does after 30 s, and looks every 5 s.
	//
	// Reference: Linux, Documentation/admin-guide/sysctl/vm
	// (dirty_expire_centisecs, dirty_writeback_centisecs).
	Flush Time
	// Torn is the share of the machine's crashes after which a beginning of the
	// dirty data is on the disk, in whole sectors; otherwise nothing of it is.
	Torn Share
	// Sector is the smallest part that is written whole, in bytes; 0 is 512.
	Sector int64
}

// IO is a request to a disk. When it is done, the Timer of the node is called
// with Kind and Arg, unless its process has died in between.
type IO struct {
	Kind Kind
	Arg  uint64
	// ID is the identity of the request: the smallest message that is written,
	// with the attempt. One without it gets the weather of the disk.
	ID ID
}

type ioKind uint8

const (
	ioNone ioKind = iota
	ioSync
	ioFlush
)

type disk struct {
	set    DiskSettings
	node   NodeID
	device ServerID
	id     ID
	slow   slowness
	full   int // how many faults fill it
	used   int64
}

type file struct {
	disk    DiskID
	id      ID
	size    int64 // written, in the page cache or on the disk
	durable int64 // on the disk
	flush   Time  // when it will be flushed, 0 when nothing is dirty; -1 while it is
	last    Time  // when the last write is done
}

var (
	decideWrite = NewDecision("disk.write")
	decideSync  = NewDecision("disk.sync")
	decideTorn  = NewDecision("disk.torn")
	decideLeft  = NewDecision("disk.left")
)

const (
	defaultSector      = 512
	flushing      Time = -1
)

// AddDisk gives a node a disk. The name tells it from the node's others.
func (e *Engine) AddDisk(n NodeID, name string, set DiskSettings) DiskID {
	if set.Sector <= 0 {
		set.Sector = defaultSector
	}
	device := e.AddServer(n, ServerSettings{Workers: 1, Device: true})
	e.world.disks = append(e.world.disks, disk{set: set, node: n, device: device,
		id: Identity(e.ids[n], Named(name))})
	return DiskID(len(e.world.disks) - 1)
}

// AddFile adds an empty file. Files only grow at their end, as logs do; what is
// left of one after a crash is a beginning of it. A log whose records have
// checksums is cut by its recovery at the first bad one, so holes, which a real
// disk may leave, come to the same.
func (e *Engine) AddFile(d DiskID, name string) File {
	e.world.files = append(e.world.files, file{disk: d, id: Identity(e.world.disks[d].id, Named(name))})
	return File(len(e.world.files) - 1)
}

// Append writes bytes at the end of a file and returns where they end; ok is
// false when the disk is full, or the process is dead, and then nothing was
// written. The bytes are in the
// page cache at once; the time that the process waits for it passes before its
// Timer is called, in the order of the writes.
func (e *Engine) Append(f File, bytes int64, io IO) (end int64, ok bool) {
	x := &e.world.files[f]
	d := &e.world.disks[x.disk]
	if bytes < 0 || io.Kind >= kindEngine {
		panic("sim: node " + e.nodes[d.node].name + " writes a negative number of bytes or a kind of the engine's")
	}
	if e.nodes[d.node].flags&nodeDown != 0 || d.full > 0 || (d.set.Capacity > 0 && d.used+bytes > d.set.Capacity) {
		return x.size, false
	}
	d.used += bytes
	x.size += bytes
	took := Time(e.Draw(decideWrite, e.ioIdentity(x.id, io.ID), &d.set.Write)).scaled(d.slow.factor())
	x.last = max(x.last, e.now+took)
	e.q.push(x.last, d.node, io.Kind, io.Arg)
	e.dirty(f)
	return x.size, true
}

// Sync writes back what has been appended to the file so far. When its Timer is
// called, that survives a crash of the machine.
func (e *Engine) Sync(f File, io IO) {
	x := &e.world.files[f]
	d := &e.world.disks[x.disk]
	if e.nodes[d.node].flags&nodeDown != 0 {
		return
	}
	e.ask(d.device, job{kind: io.Kind, arg: io.Arg, io: ioSync, file: f, mark: x.size, id: io.ID})
}

// Truncate cuts a file to a size. It takes no time, and is durable at once.
func (e *Engine) Truncate(f File, size int64) {
	x := &e.world.files[f]
	if size < x.size {
		e.world.disks[x.disk].used -= x.size - size
		x.size, x.durable = size, min(x.durable, size)
	}
}

// Size returns how many bytes the file has: what was appended, and after a crash
// of the machine what is left of that.
func (e *Engine) Size(f File) int64 { return e.world.files[f].size }

// Durable returns how many bytes of the file would survive a crash of the
// machine now, whatever the luck.
func (e *Engine) Durable(f File) int64 { return e.world.files[f].durable }

// FillDisk makes every further write fail, until as many calls of EmptyDisk.
func (e *Engine) FillDisk(d DiskID) { e.world.disks[d].full++ }

// EmptyDisk takes one FillDisk back.
func (e *Engine) EmptyDisk(d DiskID) { e.world.disks[d].full = max(0, e.world.disks[d].full-1) }

// SetDiskSlow makes everything that the disk begins from now on take a factor of
// its time. [Whole] ends it.
func (e *Engine) SetDiskSlow(d DiskID, factor Share) { e.world.disks[d].slow.set = factor - Whole }

func (e *Engine) ioIdentity(file, io ID) ID {
	if io == 0 {
		io = ID(e.now / weatherSlot)
	}
	return Identity(file, io)
}

// ioTime returns how long a request that begins now keeps the disk busy.
func (e *Engine) ioTime(j *job) Time {
	x := &e.world.files[j.file]
	d := &e.world.disks[x.disk]
	t := Time(0)
	if j.io == ioSync {
		t = Time(e.Draw(decideSync, e.ioIdentity(x.id, j.id), &d.set.Sync))
	}
	if bytes := min(j.mark, x.size) - x.durable; bytes > 0 && d.set.Bandwidth > 0 {
		t += Time(mulDiv(bytes, int64(Second), d.set.Bandwidth))
	}
	return t.scaled(d.slow.factor())
}

// ioDone is the end of a request.
func (e *Engine) ioDone(j *job) {
	x := &e.world.files[j.file]
	x.durable = max(x.durable, min(j.mark, x.size))
	if j.io == ioFlush {
		x.flush = 0
		e.dirty(j.file)
	}
}

// dirty sets the time of the next flush of a file that needs one.
func (e *Engine) dirty(f File) {
	x := &e.world.files[f]
	if d := &e.world.disks[x.disk]; d.set.Flush > 0 && x.flush == 0 && x.durable < x.size {
		x.flush = e.now + d.set.Flush
		e.q.push(x.flush, d.node, kindFlush, uint64(f))
	}
}

// flush writes a file back without anybody asking.
func (e *Engine) flush(f File) {
	x := &e.world.files[f]
	d := &e.world.disks[x.disk]
	switch {
	case x.flush != e.now: // the machine was down in between
		return
	case x.durable == x.size:
		x.flush = 0
		return
	}
	x.flush = flushing
	e.ask(d.device, job{io: ioFlush, file: f, mark: x.size})
}

// cutPower ends what the disks of a machine were doing, and decides what is left
// of what was dirty.
func (e *Engine) cutPower(n NodeID, cause ID) {
	for i := range e.world.servers {
		if s := &e.world.servers[i]; s.node == n {
			e.clearServer(s)
		}
	}
	for i := range e.world.files {
		x := &e.world.files[i]
		d := &e.world.disks[x.disk]
		if d.node != n {
			continue
		}
		left, id := x.durable, Identity(x.id, cause)
		if lost := x.size - x.durable; lost > 0 && e.Chance(decideTorn, id, d.set.Torn) {
			s := Uniform(0, lost)
			left = max(left, (left+e.Draw(decideLeft, id, &s))/d.set.Sector*d.set.Sector)
		}
		d.used -= x.size - left
		x.size, x.durable, x.flush, x.last = left, left, 0, 0
	}
}
