package kfake_test

import (
	"context"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// The end of a transaction by a producer that another one has fenced, which has begun
// none yet: Kafka looks at the epoch before it looks at the state.
func TestZombieEndsNothing(t *testing.T) {
	b := start(t, 1)
	defer b.close()
	old := b.init()
	b.init()
	_, ours, err := b.ours.EndTransaction(old.ours, int16(old.epoch), true)
	if err != nil {
		t.Fatal(err)
	}
	req := kmsg.NewPtrEndTxnRequest()
	req.TransactionalID, req.ProducerID, req.ProducerEpoch, req.Commit = txnID, old.theirs, old.theirEpoch, true
	resp, err := req.RequestWith(context.Background(), b.theirs)
	if err != nil {
		t.Fatal(err)
	}
	differs(t, answer{code: ours}, answer{code: name(resp.ErrorCode)},
		answer{code: "PRODUCER_FENCED"}, answer{code: "INVALID_TXN_STATE"})
}

// A batch of a fenced producer is refused by both. kfake has taken its partition into
// the transaction of the other producer by then, so that a marker is written to it.
func TestFencedBatchAddsPartition(t *testing.T) {
	b := start(t, 2)
	defer b.close()
	old := b.init()
	b.produceIn(old, 0, 0, 1)
	now := b.init()
	b.produceIn(now, 1, 0, 1)
	if got := b.produceIn(old, 0, 1, 1); got.code != "INVALID_PRODUCER_EPOCH" {
		t.Fatal(got)
	}
	b.end(&now, true)
	ours, theirs := b.produceEach(0, -1, -1, -1, 1)
	differs(t, ours, theirs, answer{2, ""}, answer{3, ""})
}

// Positions in a transaction hold when it is committed; before that, who asks for them
// is told to come again.
func TestOffsetsInTransaction(t *testing.T) {
	g := startGroup(t)
	defer g.close()
	g.name(0)
	g.join(0)
	g.taken(0)
	g.sync(0)
	p := g.init()
	for _, commit := range []bool{true, false} {
		for generation, want := range map[int32]string{1: "", 7: "ILLEGAL_GENERATION"} {
			ours, err := g.ours.AddOffsets(p.ours, int16(p.epoch))
			if err != nil {
				t.Fatal(err)
			}
			add := kmsg.NewPtrAddOffsetsToTxnRequest()
			add.TransactionalID, add.ProducerID, add.ProducerEpoch, add.Group = txnID, p.theirs, p.theirEpoch, groupID
			added, err := add.RequestWith(context.Background(), g.theirs)
			if err != nil {
				t.Fatal(err)
			}
			g.same("adding offsets", ours, name(added.ErrorCode))
			ours, err = g.ours.CommitInTransaction(p.ours, int16(p.epoch), 0, generation, 0, 5)
			if err != nil {
				t.Fatal(err)
			}
			g.same("a position in the transaction", ours, name(g.commitInTheirs(p, generation)))
			if ours != want {
				t.Errorf("generation %d is answered with %q", generation, ours)
			}
		}
		g.position(0)
		g.end(&p, commit)
		g.position(0)
	}
}

func (g *group) commitInTheirs(p ids, generation int32) int16 {
	req := kmsg.NewPtrTxnOffsetCommitRequest()
	req.TransactionalID, req.Group, req.ProducerID, req.ProducerEpoch = txnID, groupID, p.theirs, p.theirEpoch
	req.Generation, req.MemberID = generation, g.ids[0]
	part := kmsg.NewTxnOffsetCommitRequestTopicPartition()
	part.Offset = 5
	of := kmsg.NewTxnOffsetCommitRequestTopic()
	of.Topic = topic
	of.Partitions = append(of.Partitions, part)
	req.Topics = append(req.Topics, of)
	resp, err := req.RequestWith(context.Background(), g.theirs)
	if err != nil {
		g.tb.Fatal(err)
	}
	return resp.Topics[0].Partitions[0].ErrorCode
}
