// Package kafka_test is the judge of model/kafka: a real Apache Kafka, started as
// ordinary Java processes, and its own Java clients. It carries out the experiments
// whose outcome the model has only from reading the code, and keeps what they
// showed in testdata, where the tests of the model find it without Java.
//
//	experiment --commands--> Java clients (driver/)
//	    |                        | |
//	    | hold, let go, cut      v v
//	    '-----------------> proxy of each node
//	                             | |
//	                             v v
//	              nodes of a real Kafka (cluster.sh)
//
// README.md says how to run it.
package kafka_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"orderlab/internal/recorded"
)

var record = flag.Bool("record", false, "write what the experiments show into testdata")

// experiment is one question to Kafka. Its name is that of its file in testdata.
type experiment struct {
	name string
	run  func(*rig)
}

// rig is what an experiment works with: nodes, a proxy before each, one driver, a
// topic of its own.
type rig struct {
	*testing.T
	cluster *cluster
	proxies []*proxy // by node, from 0
	driver  *driver
	name    string
	topic   string // the newest
	topics  int
	node    int // where clients begin, from 1
	recorded.Experiment
}

// cluster is a running Kafka.
type cluster struct {
	classpath string
	base      int // port
	nodes     int
}

// TestOneNode has the experiments for which one node is enough.
func TestOneNode(t *testing.T) {
	runAll(t, startCluster(t, 1), producerExperiments, batchExperiments, expansionExperiments, groupExperiments,
		readingExperiments, transactionExperiments)
}

// TestThreeNodes has those about replication, with a lag time of 3 s and not 30. A
// session outlasts the time for which a node is stopped.
func TestThreeNodes(t *testing.T) {
	runAll(t, startCluster(t, 3, "replica.lag.time.max.ms=3000",
		"broker.session.timeout.ms=18000"), replicationExperiments)
}

// versions writes down what is recorded with.
func versions(t *testing.T, c *cluster) {
	if !*record {
		return
	}
	a := startDriver(t, c).do("versions", "")
	text := fmt.Sprintf("{\"kafka\": %q, \"java\": %q}\n", a.Kafka, a.Java)
	if err := os.WriteFile("testdata/recorded-with.json", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func runAll(t *testing.T, c *cluster, groups ...[]experiment) {
	proxies := make([]*proxy, c.nodes)
	for i := range proxies {
		port := c.port(i + 1)
		proxies[i] = newProxy(t, address(port+3), address(port+2))
	}
	versions(t, c)
	for _, group := range groups {
		for _, e := range group {
			t.Run(e.name, func(t *testing.T) {
				r := &rig{T: t, cluster: c, proxies: proxies, driver: startDriver(t, c), name: e.name, node: 1}
				t.Cleanup(func() {
					for _, p := range proxies {
						p.release()
						p.cut()
					}
				})
				e.run(r)
				r.compare()
			})
		}
	}
}

// compare compares with what is recorded, or records.
func (r *rig) compare() {
	name := filepath.Join("testdata", r.name+".jsonl")
	if *record && !r.Failed() {
		if err := os.WriteFile(name, []byte(r.Experiment.String()), 0o644); err != nil {
			r.Fatal(err)
		}
		return
	}
	want, err := recorded.Read(name)
	if err != nil {
		r.Fatal(err)
	}
	differences, err := recorded.Differences(&r.Experiment, want)
	if err != nil {
		r.Fatal(err)
	}
	for _, d := range differences {
		r.Errorf("now and as recorded: %s", d)
	}
}

// port returns the first port of a node, from 1.
func (c *cluster) port(node int) int { return c.base + 10*node }

func address(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

// startCluster starts a Kafka for the time of a test, or skips the test.
func startCluster(t *testing.T, nodes int, settings ...string) *cluster {
	t.Helper()
	c := &cluster{base: 29080, nodes: nodes}
	if text := os.Getenv("BASE_PORT"); text != "" {
		var err error
		if c.base, err = strconv.Atoi(text); err != nil {
			t.Fatalf("BASE_PORT: %v", err)
		}
	}
	script(t, "fetch")
	c.classpath = script(t, "classpath")
	t.Cleanup(func() { script(t, "stop") })
	script(t, append([]string{"start", strconv.Itoa(nodes)}, settings...)...)
	return c
}

// pid returns the process id of a node, from 1.
func (c *cluster) pid(t *testing.T, node int) int {
	t.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(script(t, "pid", strconv.Itoa(node))))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// script runs cluster.sh and returns what it prints.
func script(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs strings.Builder
	cmd := exec.Command("./cluster.sh", args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 77 {
		t.Skip(errs.String())
	}
	if err != nil {
		t.Fatalf("cluster.sh %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return out.String()
}

// home returns the first port of the node where clients begin.
func (r *rig) home() int { return r.cluster.port(r.node) }

// admin has an administrator carry out a command, again and again if it fails for a
// reason that passes: a node that it asked is stopped, or does not know yet.
func (r *rig) admin(verb string, args ...any) answer {
	r.Helper()
	args = append([]any{"servers", address(r.home())}, args...)
	var a answer
	eventually(r.T, verb+" succeeds", func() bool {
		a = r.driver.try(verb, "admin", args...)
		switch a.Error {
		case "":
			return true
		case "TimeoutException", "DisconnectException", "UnknownTopicOrPartitionException", "CoordinatorNotAvailableException":
			return false
		}
		r.Fatalf("%s: %s: %s", verb, a.Error, a.Message)
		return false
	})
	return a
}

// describe returns what the node where clients begin knows of the topic.
func (r *rig) describe() answer {
	r.Helper()
	return r.driver.do("describe", "describe", "topic", r.topic,
		"settings", settings{"bootstrap.servers": address(r.home())})
}

// create makes a new topic, on node 1 if no replicas are given.
func (r *rig) create(partitions int, s settings, replicas ...int) {
	r.Helper()
	r.topics++
	r.topic = fmt.Sprintf("%s-%d", r.name, r.topics)
	if len(replicas) == 0 {
		replicas = []int{1}
	}
	r.admin("create", "topic", r.topic, "partitions", partitions, "replicas", replicas, "settings", s)
}

// producer opens a producer that goes through the proxy of node 1, sends every
// record at once and in a batch of its own, and has the settings given besides.
// It knows the topic before it returns.
func (r *rig) producer(client string, s settings) {
	r.Helper()
	all := settings{"bootstrap.servers": address(r.home() + 3), "batch.size": "0", "linger.ms": "0"}
	for name, value := range s {
		all[name] = value
	}
	r.driver.do("producer", client, "settings", all)
	r.driver.do("partitions", client, "topic", r.topic)
}

// send has a producer send records to partition 0, each named by a text.
func (r *rig) send(client string, values ...string) {
	r.Helper()
	for _, v := range values {
		r.driver.do("send", client, "topic", r.topic, "partition", 0, "value", v)
	}
}

// log returns the records of a partition, in order, as a consumer reads them.
func (r *rig) log(partition int) []string {
	r.Helper()
	return r.driver.do("log", "log", "topic", r.topic, "partition", partition,
		"settings", settings{"bootstrap.servers": address(r.home())}).Records
}

// numbers returns the texts of the numbers from and to, as "0", "1".
func numbers(from, to int) []string {
	var out []string
	for i := from; i <= to; i++ {
		out = append(out, fmt.Sprint(i))
	}
	return out
}
