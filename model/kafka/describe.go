package kafka

import (
	"fmt"
	"strings"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/sim"
)

// frameNames are the names of the frames, by half their kind.
//
// Reference: Kafka, org.apache.kafka.common.protocol.ApiKeys.
var frameNames = [...]string{"", "Produce", "Fetch", "Metadata", "ListOffsets", "FindCoordinator", "JoinGroup", "SyncGroup",
	"Heartbeat", "OffsetCommit", "OffsetFetch", "LeaveGroup", "Image",
	"BrokerRegistration", "BrokerHeartbeat", "AlterPartition", "OffsetForLeaderEpoch",
	"ConsumerGroupHeartbeat",
	"FindCoordinator", "InitProducerId", "AddPartitionsToTxn", "EndTxn", "WriteTxnMarkers", "AddOffsetsToTxn", "TxnOffsetCommit"}

// frameName names a kind of frame.
func frameName(kind uint16) string {
	if kind == frameFetch|reply {
		return "Fetched"
	}
	return frameNames[kind/2]
}

// frameText puts what a frame carries into words.
type frameText struct {
	w *world
	// messages names messages.
	messages func([]history.Message) string
}

// ReadFrame implements [model.FrameReader].
func (w *world) ReadFrame(f *sim.Frame) (name, text string) {
	return frameText{w, w.someNames}.of(f)
}

// FrameMessages implements [model.FrameReader]: the records of a produce request,
// of its answer, and of a fetch's answer.
func (w *world) FrameMessages(to []history.Message, f *sim.Frame) []history.Message {
	a := w.arena
	switch f.Kind {
	case frameProduce, frameProduce | reply:
		body := a.bodies.produce.At(f.Body)
		for i := range body.batches {
			to = append(to, body.batches[i].records...)
		}
	case frameFetch | reply:
		for _, ref := range a.bodies.fetched.At(f.Body).refs {
			b := &a.batches[ref]
			if b.mark == noMarker {
				to = append(to, a.records[b.first:b.first+b.count]...)
			}
		}
	}
	return to
}

// namesShown is how many messages of a batch are named.
const namesShown = 3

// someNames names the first messages of a batch and counts the others.
func (w *world) someNames(ms []history.Message) string {
	names := make([]string, 0, namesShown)
	for _, m := range ms[:min(len(ms), namesShown)] {
		names = append(names, w.hist.MessageName(m))
	}
	text := strings.Join(names, " ")
	if more := len(ms) - namesShown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// of returns the name of a frame and what it carries. What an answer says stands
// behind an arrow.
func (t frameText) of(f *sim.Frame) (name, text string) {
	bodies, answer := &t.w.arena.bodies, f.Kind&reply != 0
	name = frameName(f.Kind)
	if f.Kind >= frameTxnCoordinator {
		return name, t.transaction(bodies.txn.At(f.Body), f.Kind)
	}
	switch f.Kind &^ reply {
	case frameProduce:
		return name, t.produce(bodies.produce.At(f.Body), answer)
	case frameFetch:
		if answer {
			return name, t.fetched(bodies.fetched.At(f.Body))
		}
		return t.fetch(bodies.fetch.At(f.Body))
	case frameMetadata:
		if answer {
			return name, fmt.Sprintf("-> %d partitions", len(bodies.metadata.At(f.Body).leaders))
		}
		return name, "?"
	case frameImage:
		return name, fmt.Sprintf("%d partitions", len(bodies.metadata.At(f.Body).leaders))
	case frameRegister, frameBeat, frameAlter:
		return name, t.control(bodies.control.At(f.Body), f.Kind)
	case frameEpochs:
		if answer {
			return name, t.fetched(bodies.fetched.At(f.Body))
		}
		_, text = t.fetch(bodies.fetch.At(f.Body))
		return name, text
	case frameListOffsets, frameCommit, frameOffsets:
		return name, t.offsets(bodies.offsets.At(f.Body), f.Kind)
	case frameCoordinator:
		if answer {
			return name, fmt.Sprintf("-> broker-%d", bodies.group.At(f.Body).broker)
		}
		return name, "?"
	}
	return name, t.membership(bodies.group.At(f.Body), f.Kind)
}

func (t frameText) place(partition int32) string {
	return fmt.Sprintf("%s/%d", t.w.cfg.topic, partition)
}

func (t frameText) produce(body *produceBody, answer bool) string {
	parts := make([]string, len(body.batches))
	for i := range body.batches {
		pb := &body.batches[i]
		at := fmt.Sprintf("%s seq=%d", t.place(pb.partition), pb.sequence)
		switch {
		case answer && pb.err != errNone:
			parts[i] = fmt.Sprintf("-> %s %v", at, pb.err)
		case answer:
			parts[i] = fmt.Sprintf("-> %s base=%d", at, pb.base)
		default:
			parts[i] = fmt.Sprintf("%s [%s]", at, t.messages(pb.records))
		}
	}
	return strings.Join(parts, ", ")
}

// fetch tells a follower's fetch from a consumer's by its name.
func (t frameText) fetch(body *fetchBody) (name, text string) {
	name = "Fetch"
	if body.follower >= 0 {
		name = "ReplicaFetch"
	}
	parts := make([]string, len(body.parts))
	for i, p := range body.parts {
		parts[i] = fmt.Sprintf("%s@%d", t.place(p.partition), p.offset)
	}
	return name, strings.Join(parts, ", ")
}

// control puts a request to the controller, or its answer, into words.
func (t frameText) control(body *controlBody, kind uint16) string {
	text := fmt.Sprintf("incarnation=%d", body.incarnation)
	if kind&^reply == frameAlter {
		text = fmt.Sprintf("%s isr=%v epoch=%d", t.place(body.change.partition), body.change.isr, body.change.epoch)
	}
	if kind&reply == 0 {
		return text
	}
	return strings.TrimSpace("-> " + text + " " + body.err.String())
}

func (t frameText) fetched(body *fetchedBody) string {
	parts := make([]string, len(body.parts))
	for i, p := range body.parts {
		if p.err != errNone {
			parts[i] = fmt.Sprintf("-> %s %v", t.place(p.partition), p.err)
			continue
		}
		if p.diverges {
			parts[i] = fmt.Sprintf("-> %s@%d epoch %d ends at %d", t.place(p.partition), p.offset, p.epoch, p.diverged)
			continue
		}
		count := 0
		for _, ref := range body.refs[p.from:p.to] {
			count += int(t.w.arena.batches[ref].count)
		}
		parts[i] = fmt.Sprintf("-> %s@%d %d records hw=%d", t.place(p.partition), p.offset, count, p.watermark)
	}
	return strings.Join(parts, ", ")
}

func (t frameText) offsets(body *offsetsBody, kind uint16) string {
	parts := make([]string, len(body.parts))
	for i, p := range body.parts {
		parts[i] = t.place(p.partition)
		if kind == frameCommit || kind == frameListOffsets|reply || kind == frameOffsets|reply {
			parts[i] += fmt.Sprintf("@%d", p.offset)
		}
		if kind == frameListOffsets|reply && body.errs[i] != errNone {
			parts[i] += " " + body.errs[i].String()
		}
	}
	text := strings.Join(parts, ", ")
	switch {
	case kind == frameListOffsets && body.latest:
		text += " latest"
	case kind == frameListOffsets && body.since >= 0:
		text += fmt.Sprintf(" since %v", body.since)
	case kind == frameListOffsets:
		text += " earliest"
	case kind == frameCommit|reply && body.err != errNone:
		return "-> " + body.err.String()
	}
	if kind&reply != 0 {
		text = "-> " + text
	}
	return text
}

func (t frameText) membership(body *groupBody, kind uint16) string {
	switch {
	case kind&reply != 0 && body.err != errNone:
		return "-> " + body.err.String()
	case kind&^reply == frameGroupBeat:
		return t.groupBeat(body, kind&reply != 0)
	case kind == frameJoin:
		return fmt.Sprintf("generation=%d owned=%v", body.generation, body.owned)
	case kind == frameJoin|reply && body.leader:
		return fmt.Sprintf("-> generation=%d leader of %d", body.generation, len(body.members))
	case kind == frameJoin|reply:
		return fmt.Sprintf("-> generation=%d", body.generation)
	case kind == frameSync|reply:
		return fmt.Sprintf("-> assigned=%v", body.owned)
	case kind == frameSync && len(body.members) > 0:
		parts := make([]string, len(body.members))
		for i, m := range body.members {
			parts[i] = fmt.Sprintf("%s%v", t.w.memberName(m.id), m.assigned)
		}
		return strings.Join(parts, " ")
	case kind&reply != 0:
		return "->"
	}
	return fmt.Sprintf("generation=%d", body.generation)
}

func (t frameText) groupBeat(body *groupBody, answer bool) string {
	text := fmt.Sprintf("epoch=%d", body.generation)
	if answer {
		text = "-> " + text
	}
	switch {
	case body.full && answer:
		text += fmt.Sprintf(" assigned=%v", body.owned)
	case body.full:
		text += fmt.Sprintf(" owned=%v", body.owned)
	}
	return text
}

// memberName names the consumer behind a member.
func (w *world) memberName(m membership) string {
	return w.hist.ProcessName(w.consumers[m.consumer].process)
}

// describeFrame names a frame by its kind alone.
func describeFrame(kind uint16) string {
	if kind&reply != 0 {
		return "answer to " + frameNames[kind/2]
	}
	return frameNames[kind/2]
}

// describeTimer names a timer that producers and consumers share.
func (c *client) describeTimer(kind sim.Kind) string {
	if kind == timerThrottle {
		return "end of a time held back"
	}
	return [...]string{"age of the metadata", "linger or back-off of batches", "heartbeat", "automatic commit",
		"back-off of a retry", "back-off of a connection", "time-out of requests and batches",
		"age of a transaction", "back-off of a transaction's request",
		"work on the records of a poll"}[kind]
}

// DescribeTimer implements [sim.Describer].
func (p *producer) DescribeTimer(kind sim.Kind, _ uint64) string { return p.describeTimer(kind) }

// DescribeFrame implements [sim.Describer].
func (p *producer) DescribeFrame(kind uint16, _ sim.ID) string { return describeFrame(kind) }

// DescribeTimer implements [sim.Describer].
func (c *consumer) DescribeTimer(kind sim.Kind, arg uint64) string {
	switch {
	case kind == timerStuck:
		return "longest wait for an answer"
	case kind == timerCommitSend:
		return "send of a commit"
	case kind == timerCommitOver:
		return "longest wait for a commit"
	case kind == timerWakeup:
		return "signal to stop"
	case kind == timerClose:
		return "longest wait to close"
	case kind < timerApp:
		return c.describeTimer(kind)
	}
	if names, ok := c.app.(model.TimerDescriber); ok {
		return names.DescribeTimer(uint16(kind-timerApp), arg)
	}
	return fmt.Sprintf("of the application, %d (%d)", kind-timerApp, arg)
}

// DescribeFrame implements [sim.Describer].
func (c *consumer) DescribeFrame(kind uint16, _ sim.ID) string { return describeFrame(kind) }

// DescribeTimer implements [sim.Describer].
func (b *broker) DescribeTimer(kind sim.Kind, arg uint64) string {
	switch kind {
	case timerParked:
		return "longest wait of fetches"
	case timerStop:
		return "signal to stop"
	case timerUnmute:
		return "end of the time for which a client is held back"
	case timerFull:
		return "high watermarks that cannot be written down"
	case timerLocked:
		return "wait for the lock of a log"
	case timerSynced, timerFlushed:
		return "sync of a log"
	case timerExit:
		return "longest wait for a controlled shutdown"
	case timerHandled:
		return "work of threads on a request"
	case timerStored:
		return "longest wait of produce requests"
	case timerSession:
		return "session of " + b.w.memberName(memberOf(arg))
	case timerInitial:
		return "delay before the group's first rebalance"
	case timerRebalance:
		return "longest wait for members to join"
	case timerSync:
		return "longest wait for members to sync"
	case timerBeat:
		return "heartbeat to the controller"
	case timerRegister:
		return "back-off of a registration"
	case timerClean:
		return "look for old segments"
	case timerMember:
		return "session of " + b.w.memberName(memberOf(arg))
	case timerRevoke:
		return "longest wait for " + b.w.memberName(memberOf(arg)) + " to give partitions up"
	case timerTxnScan, timerMarkers, timerAddTxn:
		return b.describeTxnTimer(kind, arg)
	case timerISR:
		return "look at the in-sync replicas"
	case timerReconnect:
		return fmt.Sprintf("back-off of the connection to broker-%d", arg)
	case timerAnswer:
		return fmt.Sprintf("longest wait for an answer of broker-%d", arg)
	}
	return fmt.Sprintf("back-off of the fetcher from broker-%d", arg)
}

// DescribeFrame implements [sim.Describer].
func (b *broker) DescribeFrame(kind uint16, _ sim.ID) string { return describeFrame(kind) }

// DescribeTimer implements [sim.Describer].
func (c *controller) DescribeTimer(kind sim.Kind, arg uint64) string {
	switch kind {
	case timerFence:
		return fmt.Sprintf("session of broker-%d", arg)
	case timerPreferred:
		return "look at the preferred leaders"
	case timerAdmin:
		return "administrator's request: " + c.w.actions[arg].kind
	}
	return fmt.Sprintf("administrator's request for %d partitions", arg)
}

// DescribeFrame implements [sim.Describer].
func (c *controller) DescribeFrame(kind uint16, _ sim.ID) string { return describeFrame(kind) }
