package kafka_test

import "time"

var transactionExperiments = []experiment{
	{"open-transaction", openTransaction},
	{"fencing", fencing},
}

// openTransaction has two readers, of which one reads what is committed only, while
// a transaction is open that is committed, aborted, and left open.
func openTransaction(r *rig) {
	r.create(1, nil)
	r.producer("plain", nil)
	r.producer("T", settings{"transactional.id": r.name, "transaction.timeout.ms": "3000"})
	r.driver.do("init", "T")
	for _, isolation := range []string{"read_committed", "read_uncommitted"} {
		r.consumer(isolation, isolation, settings{"isolation.level": isolation, "auto.offset.reset": "earliest"})
		r.assigned(isolation, 1)
	}
	// read shows what both read, of which so much is known: none is waited for
	// for a second.
	read := func(step string, committed, uncommitted int) {
		poll := func(isolation string, records int) []string {
			ms := patience
			if records == 0 {
				records, ms = 1, 1000
			}
			return r.driver.do("poll", isolation, "records", records, "ms", ms).Records
		}
		r.Step(step, "read_committed", poll("read_committed", committed),
			"read_uncommitted", poll("read_uncommitted", uncommitted))
	}
	begin := func(mine, other string) {
		r.driver.do("begin", "T")
		r.sendTo("T", 0, mine)
		r.sendTo("plain", 0, other)
	}
	begin("t0", "p0")
	read("open", 0, 2)
	r.driver.do("commit-transaction", "T")
	read("committed", 2, 0)
	begin("t1", "p1")
	read("open again", 0, 2)
	r.driver.do("abort-transaction", "T")
	read("aborted", 1, 0)
	begin("t2", "p2")
	began := time.Now()
	read("left open", 0, 2)
	read("out of time", 1, 0)
	took := time.Since(began)
	r.Measured("waited", []any{"ms", took.Milliseconds()},
		"between the time-out and 10 s more", took > 2*time.Second && took < 13*time.Second+slack,
		"the commit then", outcome(r.driver.try("commit-transaction", "T")))
}

// fencing starts a second producer with the transactional id of one whose
// transaction is open.
func fencing(r *rig) {
	r.create(1, nil)
	s := settings{"transactional.id": r.name}
	r.producer("first", s)
	r.producer("second", s)
	r.driver.do("init", "first")
	r.driver.do("begin", "first")
	r.sendTo("first", 0, "t0")
	r.driver.do("init", "second")
	r.driver.do("begin", "second")
	r.sendTo("second", 0, "t1")
	commit := r.driver.try("commit-transaction", "second")
	late := r.driver.try("commit-transaction", "first")
	r.consumer("c", "g", settings{"isolation.level": "read_committed", "auto.offset.reset": "earliest"})
	read := r.driver.do("poll", "c", "records", 2, "ms", 5000).Records
	r.Step("both commit", "commit by the second", outcome(commit), "commit by the first", outcome(late), "read_committed", read)
}
