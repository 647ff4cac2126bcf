package kafka_test

import (
	"syscall"
	"time"
)

var replicationExperiments = []experiment{
	{"isr-shrink", isrShrink},
	{"not-enough-replicas", notEnoughReplicas},
}

// lag is replica.lag.time.max.ms of the three nodes.
const lag = 3 * time.Second

// trio are the nodes of a partition by their part.
type trio struct{ leader, other, follower int }

// trio gives the nodes their parts. The follower, which is to be stopped, does not
// lead the controllers' quorum, so that nothing else waits for it.
func (r *rig) trio() trio {
	quorum := r.admin("quorum-leader").Node
	follower := map[int]int{1: 3, 2: 3, 3: 2}[quorum]
	return trio{leader: 1, other: 5 - follower, follower: follower}
}

// stop stops the process of a node, as a long pause of the machine does.
func (r *rig) stop(node int) {
	r.signal(node, syscall.SIGSTOP)
	r.Cleanup(func() { r.signal(node, syscall.SIGCONT) })
}

func (r *rig) resume(node int) { r.signal(node, syscall.SIGCONT) }

func (r *rig) signal(node int, s syscall.Signal) {
	r.Helper()
	if err := syscall.Kill(r.cluster.pid(r.T, node), s); err != nil {
		r.Fatal(err)
	}
}

// inSync waits until so many replicas of the topic are in sync.
func (r *rig) inSync(n int) {
	r.Helper()
	eventually(r.T, "the replicas are in sync", func() bool { return r.describe().InSync == n })
}

// isrShrink stops a follower. While there is something to fetch, an acks=all send
// waits for it until it has left the in-sync replicas. With nothing to fetch it
// stays in sync, and leaves at the next look once there is something.
func isrShrink(r *rig) {
	n := r.trio()
	r.create(1, settings{"min.insync.replicas": "2"}, n.leader, n.other, n.follower)
	r.producer("p", settings{"acks": "all"})
	for _, name := range []string{"first", "second", "third"} {
		r.inSync(3)
		r.sendTo("p", 0, "before")
		began := time.Now()
		r.stop(n.follower)
		r.sendTo("p", 0, "after")
		took := time.Since(began)
		r.inSync(2)
		r.Measured(name+" time", []any{"ms", took.Milliseconds()}, "in sync", 2,
			"acked after 1 to 1.5 lag times", took > lag-time.Second/2 && took < lag*3/2+slack)
		r.resume(n.follower)
	}
	r.inSync(3)
	r.sendTo("p", 0, "before")
	time.Sleep(time.Second) // the followers have it, and fetched again
	r.stop(n.follower)
	time.Sleep(lag * 8 / 5)
	r.Step("nothing to fetch for 1.6 lag times", "in sync", r.describe().InSync)
	began := time.Now()
	r.sendTo("p", 0, "after")
	took := time.Since(began)
	r.inSync(2)
	r.Measured("something to fetch", []any{"ms", took.Milliseconds()}, "in sync", 2,
		"acked within 0.5 lag times", took < lag/2+slack)
	r.resume(n.follower)
	r.inSync(3)
}

// notEnoughReplicas has the broker refuse the first batch, as too few are in sync,
// and take the second, which was on its way already: the first is retried behind.
func notEnoughReplicas(r *rig) {
	n := r.trio()
	for _, c := range []struct {
		client, idempotence string
		known               bool
	}{{"idempotence false", "false", true}, {"idempotence true", "true", true}, {"idempotence true, new producer", "true", false}} {
		r.create(2, settings{"min.insync.replicas": "3"}, n.leader, n.other, n.follower)
		r.producer(c.client, settings{"enable.idempotence": c.idempotence,
			"delivery.timeout.ms": "16000", "request.timeout.ms": "15000"})
		r.producer("probe", nil)
		r.inSync(3)
		sends := 2
		if c.known {
			r.sendTo(c.client, 0, "first")
			sends++
		}
		r.stop(n.follower)
		r.producer("leader only", settings{"acks": "1", "enable.idempotence": "false"})
		r.sendTo("leader only", 0, "x")
		r.inSync(2)
		p := r.proxies[n.leader-1]
		p.hold(produce, true)
		r.send(c.client, "0")
		p.await(r.T, produce, true, 1)
		p.pass()
		r.admin("configure", "topic", r.topic, "settings", settings{"min.insync.replicas": "2"})
		r.sendTo("probe", 1, "taken")
		r.send(c.client, "1")
		p.await(r.T, produce, true, 2)
		p.release()
		ends := r.driver.await(sends, func(e event) bool { return ends(e) && e.Client == c.client })
		r.Step(c.client, "sends", text(ends), "log", r.log(0))
		r.resume(n.follower)
		r.inSync(3)
	}
}
