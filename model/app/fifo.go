package app

// fifo is a queue of tasks.
type fifo struct {
	tasks []*task
	head  int
}

func (q *fifo) len() int { return len(q.tasks) - q.head }

func (q *fifo) push(t *task) {
	if q.head > 32 && q.head*2 > len(q.tasks) {
		n := copy(q.tasks, q.tasks[q.head:])
		q.tasks, q.head = q.tasks[:n], 0
	}
	q.tasks = append(q.tasks, t)
}

func (q *fifo) pop() *task {
	t := q.tasks[q.head]
	q.tasks[q.head] = nil
	q.head++
	return t
}

func (q *fifo) clear() { q.tasks, q.head = q.tasks[:0], 0 }
