// Package kafka simulates Apache Kafka: brokers with replicated partitions,
// producers that may send in transactions, and a consumer group under the classic
// protocol or the newer one (KIP-848), close enough that
// an engineer who runs it in production finds the rules they know. RULES.md lists
// each rule with the class of Kafka that has it and the test that holds it here.
//
// # The world
//
// Every box is a node of the engine with its own memory. It knows of the others
// only what came in a frame, and every frame takes the time of its link.
//
//	                    +------------+
//	 expand ----------> | controller |   places partitions, and tells
//	                    +------------+   each broker of them
//	                       |  |  | Image
//	                       v  v  v
//	+----------+ Produce +----------+ ReplicaFetch +----------+
//	| producer |-------->| broker 0 |<-------------| broker 1 |  ...
//	|          |         |  leader  |------------->| follower |
//	| batches, |<--------|  of 0    |   records    |  of 0    |
//	| metadata |   ack   +----------+              +----------+
//	+----------+           ^      ^                     ^
//	     | Metadata ...    |Fetch |                     | JoinGroup, SyncGroup,
//	     v any broker      |      |                     | Heartbeat, OffsetCommit
//	                     +----------+                   |
//	                     | consumer |-------------------'
//	                     |  buffer, |      the broker that coordinates
//	                     |  member  |      the group
//	                     +----------+
//	                      ^ poll  | records
//	                      |       v
//	                    application (model/app) --> sink
//
// A record's way: the application sends it; the producer chooses the partition by
// the number of partitions that its own metadata names, and puts it into the open
// batch of that partition; a request takes the first batch of every partition that
// a broker leads; the leader appends it; the followers, which fetch all the time,
// get it; with their next fetch they say so, the high watermark passes it, the
// producer is told, and the consumers' fetches, which wait at the leader, are
// answered. The consumer buffers the answer, and poll returns it.
//
// # What makes clients disagree
//
// Nobody tells a client of new partitions. A producer or consumer asks some broker
// for metadata when its own is metadata.max.age.ms old (five minutes by default),
// each at its own time. So after an expansion one producer sends a key to its new
// partition while another still sends it to the old one (expand_producers.txt in
// testdata shows it), and the consumers find a new partition only when the
// metadata of the group's leader shows it, which then asks for a rebalance
// (expand_cooperative.txt). With auto.offset.reset: latest, what was written in
// between is never read (reset_latest.txt).
//
// # What a broker keeps in order
//
// Frames on a connection arrive in order, and a broker takes up the next request of
// a connection only when it has answered the last, even if that waits in a
// purgatory for replication. So a metadata request behind a fetch that waits for
// data is answered up to fetch.max.wait.ms later, and heartbeats wait behind a
// parked join.
//
// # What happens when brokers fail
//
// A broker tells the controller every two seconds that it is there. One that was not
// heard of for nine is fenced: it leaves all in-sync replicas, and the first of each
// assignment that is in sync leads in a new leader epoch. A follower cuts its log to
// where it is the same as the new leader's, which the answer to its first fetch
// tells, and goes on. Who has been behind for too long leaves the in-sync replicas
// when their leader asks the controller for it, and comes back when it has caught up.
//
//	leader epoch   0  0  0  0  1  1         broker-1, which leads in epoch 1
//	offset         0  1  2  3  4  5
//	leader epoch   0  0  0  0  0            broker-0, which led in epoch 0 and is back:
//	                           ^            offset 4 has to go
//
// A crash of a process leaves what is in the page cache; a crash of the machine takes
// what was not synced. What was acked can be lost in few ways: acks=1, an unclean
// election, power that fails everywhere at once, and in Kafka before 0.11 by cutting
// logs to the high watermark (chaos_test.go finds each by drawing faults;
// kafka/isr-failover and kafka/truncation are scenarios of them). Every run checks the
// invariants of replication as it goes (invariants.go).
//
// # What happens in poll
//
// A consumer has one thread of its application, and the group protocol goes on only
// when that thread calls poll, heartbeats excepted. An eager rebalance gives up
// everything and then has nothing to return, so one poll carries it through. A
// cooperative one keeps what it has, and a poll that finds records in the buffer
// returns them at once: then each poll takes one step only (commit, join, sync,
// assignment), and a group that works for ten seconds on each poll needs the better
// part of a minute for a rebalance (TestRebalanceTakesPolls).
//
// Positions are committed from within poll, so the worker that finishes what it was
// handed before it polls again loses nothing; a crash repeats what was applied
// since (crash_takeover.txt).
//
// Under the newer protocol (group.protocol: consumer) the coordinator makes the
// assignment, and tells each member by itself: what a member is to lose it gives up in a
// poll of its own, and only then does another get it. Nobody waits for who has nothing to
// give up (TestRevocationBeforeAssignment).
//
// # What a transaction is
//
// A producer with a transactional id has a coordinator, which knows what partitions its
// transaction has records on. When it has decided it says so to the producer, and has a
// marker written behind the records, on each partition:
//
//	offset   0  1  2  3  4  5  6        a, b: records of two producers; C, A: markers
//	         a  b  a  C  b  b  A        that commit and abort what is before them
//	            ^- last stable offset, until the marker at 6 is replicated
//
// Who reads committed records reads up to the first one that is undecided, whoever's it
// is, and skips what was aborted: so one open transaction holds everybody up until its
// time-out (kafka/open-transaction). A send of a transaction counts as acked when its
// transaction is committed, and as failed when that is aborted.
//
// A consumer can put its effects and its positions into one transaction: both hold when
// it is decided, and a member that the group has gone on without cannot commit
// (consumertxn.go, kafka/exactly-once).
//
// # Files
//
// world.go builds everything; system.go, settings.go and admin.go are the outside
// view, operator.go what an operator does. Brokers: broker.go (connections), leaving.go,
// lifecycle.go, shutdown.go, produce.go, fetch.go, fetcher.go (the follower's
// side), truncation.go, leadership.go, replica.go, log.go, storage.go,
// retention.go, purgatory.go and timingwheel.go, quota.go and quotarequest.go, diskfault.go. The
// controller: controller.go, election.go, placement.go, reassignment.go. What must
// not break: invariants.go. The group's coordinator: coordinator.go and
// rebalance.go, under the newer protocol groupconsumer.go. That of transactions:
// txncoordinator.go, txnmarkers.go and txnlink.go; at the leaders txnlog.go,
// txnverify.go and txnfetch.go. Clients: client.go (connections and metadata), throttle.go,
// producer.go, accumulator.go, sender.go, answers.go, sequence.go and
// partitioner.go, consumer.go and buffer.go, group.go, heartbeat.go, offsets.go,
// assignor.go and consumerprotocol.go; txnclient.go is what a transactional producer
// asks for, whether it is an application's (txnproducer.go) or writes what a consumer
// does (consumertxn.go). protocol.go has the frames and errors.
//
// The traces in testdata show small worlds frame by frame. Run them with
//
//	go test ./model/kafka -run TestTraces
//
// and accept a change of behaviour with -rewrite, only if you understand what
// caused it.
package kafka
