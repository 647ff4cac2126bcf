package kafka

// The timing wheels of a purgatory: a tick of 1 ms, and 20 buckets on each wheel.
// A bucket of the lowest wheel is one tick, one of the next a whole turn of the
// wheel below, so five wheels reach beyond half an hour.
//
// Reference: Kafka, SystemTimer (tickMs 1, wheelSize 20).
const (
	wheelTick    = 1 // ms
	wheelBuckets = 20
)

// noTask is no task, and the end of a list of them.
const noTask = -1

// timingWheels keep the time-outs of delayed operations. A time-out is a whole
// number of milliseconds of the broker's clock. Adding one and taking it back cost
// the same however many there are; those of the upper wheels move down a wheel when
// their bucket comes up, and then stand behind what was added to the lower wheel
// directly. A bucket that was put to use comes up even when all of it was taken back.
//
// Reference: Kafka, TimingWheel, TimerTaskList and SystemTimer.
type timingWheels struct {
	count   int // of the wheels that are in use, from the lowest
	wheels  [maxWheels]wheel
	buckets [maxWheels * wheelBuckets]wheelBucket
	tasks   []wheelTask
	free    int32
	queue   []int32 // the buckets in use, a binary heap of their time
	next    int64   // when the first of them comes up, in ms; -1 is never
	live    int     // tasks in the wheels
}

// maxWheels reach beyond half a year, which is more than any time-out of Kafka can be.
const maxWheels = 8

// wheel is one of the wheels: a bucket is tick ms. Its clock shows now, a multiple of
// tick, at which the bucket is zero; it reaches up to end.
type wheel struct {
	tick, now, end int64
	zero           int32
}

// wheelBucket is a list of tasks that come up together. The bucket is in the queue
// while expiration is not -1.
type wheelBucket struct {
	expiration int64 // ms
	head, tail int32
}

// wheelTask is a time-out: at is when, arg what for. list is the bucket that it is
// in, or noTask.
type wheelTask struct {
	at         int64
	arg        uint32
	list       int32
	prev, next int32
}

// reset empties the wheels and sets their clock to a time in ms.
func (t *timingWheels) reset(now int64) {
	t.count, t.tasks, t.queue, t.free, t.next, t.live = 0, t.tasks[:0], t.queue[:0], noTask, -1, 0
	for i := range t.buckets {
		t.buckets[i] = wheelBucket{expiration: -1, head: noTask, tail: noTask}
	}
	t.overflow(wheelTick, now)
}

// overflow adds a wheel above the others.
//
// Reference: Kafka, TimingWheel.addOverflowWheel.
func (t *timingWheels) overflow(tick, now int64) {
	t.wheels[t.count].tick = tick
	t.wheels[t.count].show(now)
	t.count++
}

// show sets a wheel's clock.
func (w *wheel) show(now int64) {
	n := now / w.tick
	w.now = n * w.tick
	w.end = w.now + w.tick*wheelBuckets
	w.zero = int32(n % wheelBuckets)
}

// add sets a time-out. It returns the task to take it back by, or noTask when the
// time-out is over already.
//
// Reference: Kafka, SystemTimer.addTimerTaskEntry.
func (t *timingWheels) add(at int64, arg uint32) int32 {
	task := t.free
	if task == noTask {
		task = int32(len(t.tasks))
		t.tasks = append(t.tasks, wheelTask{})
	} else {
		t.free = t.tasks[task].next
	}
	x := &t.tasks[task]
	x.at, x.arg = at, arg
	if !t.arrange(task) {
		t.vacate(task)
		return noTask
	}
	t.live++
	return task
}

// arrange puts a task into the lowest wheel that reaches as far; it says whether the
// task is still to come.
//
// Reference: Kafka, TimingWheel.add.
func (t *timingWheels) arrange(task int32) bool {
	at := t.tasks[task].at
	if at < t.wheels[0].now+wheelTick {
		return false
	}
	i := 0
	for at >= t.wheels[i].end {
		if i++; i == t.count {
			t.overflow(t.wheels[i-1].tick*wheelBuckets, t.wheels[i-1].now)
		}
	}
	w := &t.wheels[i]
	n := int32(uint64(at-w.now) / uint64(w.tick)) // below wheelBuckets
	k := w.zero + n
	if k >= wheelBuckets {
		k -= wheelBuckets
	}
	list := int32(i*wheelBuckets) + k
	t.link(list, task)
	if b, comes := &t.buckets[list], w.now+int64(n)*w.tick; b.expiration != comes {
		b.expiration = comes
		t.enqueue(list)
	}
	return true
}

// link puts a task at the end of a bucket's list.
func (t *timingWheels) link(list, task int32) {
	b, x := &t.buckets[list], &t.tasks[task]
	x.list, x.prev, x.next = list, b.tail, noTask
	if b.tail == noTask {
		b.head = task
	} else {
		t.tasks[b.tail].next = task
	}
	b.tail = task
}

func (t *timingWheels) unlink(task int32) {
	x := &t.tasks[task]
	b := &t.buckets[x.list]
	if x.prev == noTask {
		b.head = x.next
	} else {
		t.tasks[x.prev].next = x.next
	}
	if x.next == noTask {
		b.tail = x.prev
	} else {
		t.tasks[x.next].prev = x.prev
	}
	x.list = noTask
}

// vacate takes back a task's memory.
func (t *timingWheels) vacate(task int32) {
	t.tasks[task].next = t.free
	t.free = task
}

// cancel takes a time-out back. noTask is none.
func (t *timingWheels) cancel(task int32) {
	if task == noTask {
		return
	}
	t.unlink(task)
	t.vacate(task)
	t.live--
}

// turn takes the clock to a time in ms and appends to due what the tasks that come up
// by then are for, in the order in which Kafka runs them.
//
// Reference: Kafka, SystemTimer.advanceClock and TimerTaskList.flush.
func (t *timingWheels) turn(now int64, due []uint32) []uint32 {
	for t.next >= 0 && t.next <= now {
		at := t.next
		list := t.dequeue()
		for i := range t.wheels[:t.count] {
			if w := &t.wheels[i]; at >= w.now+w.tick {
				w.show(at)
			}
		}
		b := &t.buckets[list]
		b.expiration = -1
		for task := b.head; task != noTask; task = b.head {
			t.unlink(task)
			if !t.arrange(task) {
				due = append(due, t.tasks[task].arg)
				t.vacate(task)
				t.live--
			}
		}
	}
	return due
}

// enqueue puts a bucket into the queue, by the time at which it comes up. Of two
// with one time the order is that of Java's priority queue.
//
// Reference: java.util.PriorityQueue.siftUp.
func (t *timingWheels) enqueue(list int32) {
	t.queue = append(t.queue, list)
	k, at := len(t.queue)-1, t.buckets[list].expiration
	for k > 0 {
		parent := (k - 1) / 2
		if at >= t.buckets[t.queue[parent]].expiration {
			break
		}
		t.queue[k] = t.queue[parent]
		k = parent
	}
	t.queue[k] = list
	t.next = t.buckets[t.queue[0]].expiration
}

// dequeue takes the first bucket from the queue.
//
// Reference: java.util.PriorityQueue.siftDown.
func (t *timingWheels) dequeue() (first int32) {
	first = t.queue[0]
	n := len(t.queue) - 1
	last := t.queue[n]
	t.queue = t.queue[:n]
	if n == 0 {
		t.next = -1
		return first
	}
	k, at := 0, t.buckets[last].expiration
	for k < n/2 {
		child := 2*k + 1
		if right := child + 1; right < n && t.buckets[t.queue[child]].expiration > t.buckets[t.queue[right]].expiration {
			child = right
		}
		if at <= t.buckets[t.queue[child]].expiration {
			break
		}
		t.queue[k] = t.queue[child]
		k = child
	}
	t.queue[k] = last
	t.next = t.buckets[t.queue[0]].expiration
	return first
}
