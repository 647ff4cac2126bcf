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
	wheels []wheel
	tasks  []wheelTask
	free   int32
	queue  []int32 // the buckets in use, a binary heap of their time
	live   int     // tasks in the wheels
}

// wheel is one of the wheels, from the lowest.
type wheel struct {
	tick    int64 // ms of a bucket
	now     int64 // its clock: a multiple of tick
	buckets [wheelBuckets]wheelBucket
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
	t.wheels, t.tasks, t.queue, t.free, t.live = t.wheels[:0], t.tasks[:0], t.queue[:0], noTask, 0
	t.overflow(wheelTick, now)
}

// overflow adds a wheel above the others.
//
// Reference: Kafka, TimingWheel.addOverflowWheel.
func (t *timingWheels) overflow(tick, now int64) {
	w := wheel{tick: tick, now: now - now%tick}
	for i := range w.buckets {
		w.buckets[i] = wheelBucket{expiration: -1, head: noTask, tail: noTask}
	}
	t.wheels = append(t.wheels, w)
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
	t.tasks[task] = wheelTask{at: at, arg: arg, list: noTask}
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
	if w := &t.wheels[0]; at < w.now+w.tick {
		return false
	}
	for i := 0; ; i++ {
		if i == len(t.wheels) {
			below := &t.wheels[i-1]
			t.overflow(below.tick*wheelBuckets, below.now)
		}
		w := &t.wheels[i]
		if at >= w.now+w.tick*wheelBuckets {
			continue
		}
		count := at / w.tick
		k := count % wheelBuckets
		list := int32(i*wheelBuckets) + int32(k)
		t.link(list, task)
		if b := &w.buckets[k]; b.expiration != count*w.tick {
			b.expiration = count * w.tick
			t.enqueue(list)
		}
		return true
	}
}

func (t *timingWheels) bucket(list int32) *wheelBucket {
	return &t.wheels[list/wheelBuckets].buckets[list%wheelBuckets]
}

// link puts a task at the end of a bucket's list.
func (t *timingWheels) link(list, task int32) {
	b, x := t.bucket(list), &t.tasks[task]
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
	b := t.bucket(x.list)
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

// next returns when the next bucket comes up, in ms; ok is false when there is none.
func (t *timingWheels) next() (at int64, ok bool) {
	if len(t.queue) == 0 {
		return 0, false
	}
	return t.bucket(t.queue[0]).expiration, true
}

// turn takes the clock to a time in ms and appends to due what the tasks that
// come up by then are for, in the order in which Kafka runs them.
//
// Reference: Kafka, SystemTimer.advanceClock and TimerTaskList.flush.
func (t *timingWheels) turn(now int64, due []uint32) []uint32 {
	for at, ok := t.next(); ok && at <= now; at, ok = t.next() {
		list := t.dequeue()
		for i := range t.wheels {
			if w := &t.wheels[i]; at >= w.now+w.tick {
				w.now = at - at%w.tick
			}
		}
		t.bucket(list).expiration = -1
		for task := t.bucket(list).head; task != noTask; task = t.bucket(list).head {
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
	k, at := len(t.queue)-1, t.bucket(list).expiration
	for k > 0 {
		parent := (k - 1) / 2
		if at >= t.bucket(t.queue[parent]).expiration {
			break
		}
		t.queue[k] = t.queue[parent]
		k = parent
	}
	t.queue[k] = list
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
		return first
	}
	k, at := 0, t.bucket(last).expiration
	for k < n/2 {
		child := 2*k + 1
		if right := child + 1; right < n && t.bucket(t.queue[child]).expiration > t.bucket(t.queue[right]).expiration {
			child = right
		}
		if at <= t.bucket(t.queue[child]).expiration {
			break
		}
		t.queue[k] = t.queue[child]
		k = child
	}
	t.queue[k] = last
	return first
}
