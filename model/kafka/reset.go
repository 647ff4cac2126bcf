package kafka

import (
	"fmt"
	"strconv"
	"strings"

	"orderlab/model"
	"orderlab/sim"
)

// resetPolicy says where a partition is read from for which the group has no
// position: from its beginning, its end, or from what was written since a time
// before now.
type resetPolicy struct {
	latest, since bool
	none          bool // poll throws an exception
	duration      sim.Time
}

const (
	resetByDuration = "by_duration:"
	// resetLike of auto.offset.reset.new.partitions is Kafka's null: as auto.offset.reset.
	resetLike = "as auto.offset.reset"
)

// parseReset reads earliest, latest, or by_duration with a duration as ISO 8601 has
// it, in hours, minutes and whole seconds: by_duration:PT1H30M.
//
// Reference: Kafka, AutoOffsetResetStrategy.fromString (KIP-1106).
func parseReset(text string) (resetPolicy, error) {
	switch text {
	case "earliest":
		return resetPolicy{}, nil
	case "latest":
		return resetPolicy{latest: true}, nil
	case "none":
		return resetPolicy{none: true}, nil
	}
	rest, ok := strings.CutPrefix(text, resetByDuration+"PT")
	if !ok || rest == "" {
		return resetPolicy{}, fmt.Errorf("%q is no way to reset a position; write earliest, latest, none, or by_duration:PT5M", text)
	}
	total := sim.Time(0)
	for _, unit := range []struct {
		letter string
		long   sim.Time
	}{{"H", 60 * sim.Minute}, {"M", sim.Minute}, {"S", sim.Second}} {
		number, after, found := strings.Cut(rest, unit.letter)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 31)
		if err != nil {
			break
		}
		total, rest = total+sim.Time(n)*unit.long, after
	}
	if rest != "" {
		return resetPolicy{}, fmt.Errorf("%q is no duration; write hours, minutes and seconds, as by_duration:PT1H30M", text)
	}
	return resetPolicy{since: true, duration: total}, nil
}

// checkResets refuses what the client refuses.
//
// Reference: KIP-1327: the policy for new partitions is one of the newer protocol.
func checkResets(c *model.Config, add func(problem string, path ...string)) {
	r := model.Resolve(consumerSettings(), c.Section("consumer").Values)
	if _, err := parseReset(r.Text("auto.offset.reset")); err != nil {
		add(err.Error(), "consumer", "auto.offset.reset")
	}
	text := r.Text("auto.offset.reset.new.partitions")
	if text == resetLike {
		return
	}
	if _, err := parseReset(text); err != nil {
		add(err.Error(), "consumer", "auto.offset.reset.new.partitions")
	}
	if r.Text("group.protocol") != "consumer" {
		add("the classic protocol does not say which partitions are new; give `group.protocol: consumer` as well",
			"consumer", "auto.offset.reset.new.partitions")
	}
}

// resolveResets reads the policies, for all partitions and for new ones. They were
// checked.
func resolveResets(r model.Resolver) (all, added resetPolicy) {
	all, _ = parseReset(r.Text("auto.offset.reset"))
	if added = all; r.Text("auto.offset.reset.new.partitions") != resetLike {
		added, _ = parseReset(r.Text("auto.offset.reset.new.partitions"))
	}
	return all, added
}

// resetPosition has the partition's leader asked where it begins, or where it
// ends now, or what was written since, according to auto.offset.reset; with none, poll
// will throw an exception. A position that is out of range was one of the group: the
// partition is not new to it.
func (g *groupClient) resetPosition(p *owned, outOfRange bool) {
	p.seeking, p.position = needsReset, -1
	p.fresh = !outOfRange && g.modern() && g.born > 0 && int(p.partition) >= g.born
	policy := g.c.cfg.reset
	if p.fresh {
		policy = g.c.cfg.resetNew
	}
	switch {
	case policy.none && outOfRange:
		p.seeking = beyond
	case policy.none:
		p.seeking = lacking
	}
}

// resetAll asks for all resets that are needed, one request to a broker and policy.
// Those whose leader the metadata does not name wait for metadata that does.
//
// Reference: Kafka, OffsetFetcher.resetPositionsIfNeeded. With `latest` what was
// written before this moment is never read. A partition that was added while the
// group was there may have a policy of its own, from Kafka 4.4 on and under the newer
// protocol (KIP-1327, auto.offset.reset.new.partitions).
func (g *groupClient) resetAll() {
	for broker := range g.c.busy {
		g.resetAt(broker, false, g.c.cfg.reset)
		g.resetAt(broker, true, g.c.cfg.resetNew)
	}
}

// resetAt asks a broker for the resets of partitions that are new, or are not.
func (g *groupClient) resetAt(broker int, fresh bool, policy resetPolicy) {
	c := g.c
	var id uint32
	var body *offsetsBody
	for i := range c.parts {
		p := &c.parts[i]
		switch {
		case p.seeking != needsReset || p.fresh != fresh:
		case c.leaderOf(p.partition) == noLeader:
			c.refreshSoon(c.cfg.backoff)
		case c.leaderOf(p.partition) == broker:
			if body == nil {
				id, body = c.w.arena.bodies.offsets.Take()
				body.latest, body.committed, body.parts = policy.latest, c.cfg.committed, body.parts[:0]
				if body.since = -1; policy.since { // computed anew for each request
					body.since = max(0, c.w.sim.Now()-policy.duration)
				}
			}
			p.seeking = askedReset
			body.parts = append(body.parts, fetchPart{partition: p.partition, offset: -1})
		}
	}
	if body != nil {
		c.request(broker, sim.Frame{Kind: frameListOffsets, Body: id, Size: 64 + 20*int32(len(body.parts))})
	}
}

// listed returns the offset that a request for one is answered with: the beginning,
// the end, or the first batch that was appended since a time, else the end. (Kafka
// looks at the timestamp of the record, which its producer's clock gave it; here it is
// the true time of the append, which differs by the time on the way, and a producer's
// clock that is wrong does not move it.)
//
// Reference: Kafka, UnifiedLog.fetchOffsetByTimestamp.
func (r *replica) listed(body *offsetsBody, a *arena) int64 {
	end := r.watermark
	if body.committed {
		end = r.stable()
	}
	switch {
	case body.latest:
		return end
	case body.since < 0:
		return r.log.start
	}
	for _, ref := range r.log.batches {
		if b := &a.batches[ref]; b.at >= body.since && b.next() > r.log.start {
			return min(max(b.base, r.log.start), end)
		}
	}
	return end
}
