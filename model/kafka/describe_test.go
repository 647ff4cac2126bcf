package kafka

import (
	"fmt"
	"strings"

	"orderlab/sim"
)

// describe returns the name of a frame and what it carries.
func (b *bench) describe(f *sim.Frame) (name, text string) {
	bodies := &b.w.arena.bodies
	answer := f.Kind&reply != 0
	switch f.Kind &^ reply {
	case frameProduce:
		body := bodies.produce.At(f.Body)
		return "Produce", b.produce(body, answer)
	case frameFetch:
		if answer {
			return b.fetched(bodies.fetched.At(f.Body))
		}
		return b.fetch(bodies.fetch.At(f.Body))
	case frameMetadata:
		if answer {
			return "Metadata", fmt.Sprintf("-> %d partitions", len(bodies.metadata.At(f.Body).leaders))
		}
		return "Metadata", "?"
	case frameImage:
		return "Image", fmt.Sprintf("%d partitions", len(bodies.metadata.At(f.Body).leaders))
	case frameListOffsets, frameCommit, frameOffsets:
		names := map[uint16]string{frameListOffsets: "ListOffsets", frameCommit: "OffsetCommit", frameOffsets: "OffsetFetch"}
		return names[f.Kind&^reply], b.offsets(bodies.offsets.At(f.Body), f.Kind)
	case frameCoordinator:
		if answer {
			return "FindCoordinator", fmt.Sprintf("-> broker-%d", bodies.group.At(f.Body).broker)
		}
		return "FindCoordinator", "?"
	}
	names := map[uint16]string{frameJoin: "JoinGroup", frameSync: "SyncGroup", frameHeartbeat: "Heartbeat", frameLeave: "LeaveGroup"}
	return names[f.Kind&^reply], b.membership(bodies.group.At(f.Body), f.Kind)
}

func (b *bench) produce(body *produceBody, answer bool) string {
	parts := make([]string, len(body.batches))
	for i := range body.batches {
		pb := &body.batches[i]
		parts[i] = fmt.Sprintf("orders/%d seq=%d [%s]", pb.partition, pb.sequence, b.messages(pb.records))
		if answer && pb.err != errNone {
			parts[i] = fmt.Sprintf("-> orders/%d seq=%d %v", pb.partition, pb.sequence, pb.err)
		} else if answer {
			parts[i] = fmt.Sprintf("-> orders/%d seq=%d base=%d", pb.partition, pb.sequence, pb.base)
		}
	}
	return strings.Join(parts, ", ")
}

// fetch tells a follower's fetch from a consumer's by its name.
func (b *bench) fetch(body *fetchBody) (name, text string) {
	name = "Fetch"
	if body.follower >= 0 {
		name = "ReplicaFetch"
	}
	parts := make([]string, len(body.parts))
	for i, p := range body.parts {
		parts[i] = fmt.Sprintf("orders/%d@%d", p.partition, p.offset)
	}
	return name, strings.Join(parts, ", ")
}

func (b *bench) fetched(body *fetchedBody) (name, text string) {
	parts := make([]string, len(body.parts))
	for i, p := range body.parts {
		if p.err != errNone {
			parts[i] = fmt.Sprintf("-> orders/%d %v", p.partition, p.err)
			continue
		}
		count := 0
		for _, ref := range body.refs[p.from:p.to] {
			count += int(b.w.arena.batches[ref].count)
		}
		parts[i] = fmt.Sprintf("-> orders/%d@%d %d records hw=%d", p.partition, p.offset, count, p.watermark)
	}
	return "Fetched", strings.Join(parts, ", ")
}

func (b *bench) offsets(body *offsetsBody, kind uint16) string {
	parts := make([]string, len(body.parts))
	for i, p := range body.parts {
		parts[i] = fmt.Sprintf("orders/%d", p.partition)
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

func (b *bench) membership(body *groupBody, kind uint16) string {
	switch {
	case kind&reply != 0 && body.err != errNone:
		return "-> " + body.err.String()
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
			parts[i] = fmt.Sprintf("billing-%d%v", m.id.consumer, m.assigned)
		}
		return strings.Join(parts, " ")
	case kind&reply != 0:
		return "->"
	}
	return fmt.Sprintf("generation=%d", body.generation)
}
