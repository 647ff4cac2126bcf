package reports_test

import (
	"fmt"
	"strings"

	"github.com/HdrHistogram/hdrhistogram-go"

	"orderlab/reports"
	"orderlab/scenarios/result"
)

// builder makes sets for the tests: runs are invented, their aggregation is real.
type builder struct {
	meta  result.Meta
	cases []result.CaseMeta
	runs  []result.Run
}

// finding is what the runs of a case find, with small differences by seed.
type finding struct {
	inversions int // mean; every run breaks per-key-order unless 0
	sometimes  int // if set, only every so manieth seed breaks it
	expect     string
	lagMax     int64
	p50, p99   float64 // milliseconds
	load       float64
	lost       int64
	limit      string
	vacuous    bool
}

func newBuilder(name string, seeds int) *builder {
	return &builder{meta: result.Meta{
		Scenario: name, Seeds: result.Seeds{First: 1, Count: seeds}, RunsWanted: seeds,
	}}
}

// add adds a case with a run for each seed.
func (b *builder) add(strategy string, point result.Point, f finding) {
	meta := result.CaseMeta{Strategy: strategy, Point: point,
		Guarantees: []string{"per-key-order", "no-loss", "total-order"}}
	if f.expect != "" {
		meta.Expect = []result.Expectation{
			{Guarantee: "per-key-order", Verdict: f.expect}, {Guarantee: "no-loss", Verdict: "holds"}}
	}
	b.cases = append(b.cases, meta)
	for i := range b.meta.Seeds.Count {
		b.runs = append(b.runs, b.run(len(b.cases)-1, b.meta.Seeds.First+uint64(i), f))
	}
}

func (b *builder) run(index int, seed uint64, f finding) result.Run {
	inversions := f.inversions
	if f.sometimes > 0 && seed%uint64(f.sometimes) != 0 {
		inversions = 0
	}
	wobble := float64(seed*7%11) - 5 // -5..5, the same for each seed
	if inversions > 0 {
		inversions = max(1, inversions+int(wobble*float64(inversions)/60))
	}
	key := result.Verdict{Guarantee: "per-key-order", Status: result.Holds, Decided: 900, Vacuous: f.vacuous}
	if inversions > 0 {
		key = result.Verdict{
			Guarantee: "per-key-order", Status: result.Violated, Decided: 900, Violations: inversions,
			Keys: 1 + inversions/3, MaxDisplacement: 4, LostAt: "delivered", KeySplit: true, Witness: witness(seed),
			MaxOutOfOrder: 28_000_000_000, TotalOutOfOrder: int64(inversions) * 9_000_000_000,
		}
	}
	loss := result.Verdict{Guarantee: "no-loss", Status: result.Holds, Decided: 900}
	if f.lost > 0 {
		loss.Status, loss.Violations = result.Violated, int(f.lost)
	}
	total := result.Verdict{Guarantee: "total-order", Status: result.Undecided, Reason: "budget of 1000000 steps"}
	r := result.Run{
		Case: index, Seed: seed, Hash: [16]byte{byte(index), byte(seed)}, Limit: f.limit,
		Verdicts: []result.Verdict{key, loss, total},
		Disorder: result.RunDisorder{
			Delivered: [result.RepeatsApart]int{31200}, Applied: [result.RepeatsApart]int{31200 - int(f.lost)},
			StaleEffects: result.RunStaleness{Judged: 31200},
		},
		Metrics: result.RunMetrics{
			ThroughputPerS: 159.2 + wobble/4, LagMax: f.lagMax + int64(10*wobble), Sent: 31200, Acked: 31200,
			Applied: 31200 - f.lost, Lost: f.lost, PartitionLoad: f.load, DurationS: 262.5 + wobble,
		},
	}
	if inversions > 0 {
		r.Disorder.Delivered = [result.RepeatsApart]int{31100, 90, 10}
		r.Disorder.StaleEffects = result.RunStaleness{Judged: 31200, Stale: inversions, Max: 28_500_000_000,
			Total: int64(inversions) * 10_000_000_000}
	}
	r.Metrics.ProducerBufferMax, r.Metrics.ConsumerBufferMax = 12+int64(seed%5), f.lagMax/7+int64(seed%3)
	for i, share := range []int64{10, 8, 9, 5, 1} {
		r.Stored = append(r.Stored, result.PlaceCount{
			Place: fmt.Sprintf("orders-%d", i), Messages: 900*share + int64(wobble*20)})
	}
	for n := inversions; n > 0; n /= 3 {
		r.Verdicts[0].Displaced = append(r.Verdicts[0].Displaced, (n+1)/2)
	}
	if f.p99 > 0 {
		r.Latency = hdrhistogram.New(1, 3_600_000_000, 3)
		slower := 100 + int64(wobble) // percent; the median of the seeds is 100
		for i := range int64(97) {    // the 50th is the median
			_ = r.Latency.RecordValue(int64(f.p50*1000) * (52 + i) / 101 * slower / 100)
		}
		_ = r.Latency.RecordValues(int64(f.p99*1000)*(100+3*int64(wobble))/100, 3)
		r.NoteLatency(r.Latency)
	}
	if seed == b.meta.Seeds.First && f.p50 > 0 {
		r.Series = series(seed, float64(f.lagMax), index)
	}
	return r
}

func (b *builder) set() *result.Set { return result.Aggregate(b.meta, b.cases, b.runs) }

// witness is one message of a key overtaken by a later one.
func witness(seed uint64) *result.Witness {
	at := func(n int64) *int64 { return &n }
	op := func(kind, process, message, place string, position *int64, ms int64, detail string) result.Operation {
		return result.Operation{
			Kind: kind, Outcome: "ok", Process: process, Message: message, Key: "k17", Place: place,
			Position: position, Begin: ms * 1e6, End: at(ms*1e6 + 250_000), Detail: detail,
		}
	}
	return &result.Witness{
		Seed: seed,
		Text: "producer-0#17 was applied after producer-0#203, a later message of the same key k17",
		Messages: []result.WitnessMessage{
			{ID: "producer-0#17", Key: "k17"}, {ID: "producer-0#203", Key: "k17"},
		},
		Operations: []result.Operation{
			op("send", "producer-0", "producer-0#17", "", nil, 5_120, ""),
			op("store", "broker-1", "producer-0#17", "orders-1", at(41), 5_123, ""),
			op("send", "producer-0", "producer-0#203", "", nil, 65_300, ""),
			op("store", "broker-2", "producer-0#203", "orders-4", at(0), 65_302, ""),
			op("deliver", "consumer-2", "producer-0#203", "orders-4", at(0), 65_310, ""),
			op("apply", "consumer-2", "producer-0#203", "orders-4", nil, 65_330, "sink"),
			op("deliver", "consumer-0", "producer-0#17", "orders-1", at(41), 121_020, ""),
			op("apply", "consumer-0", "producer-0#17", "orders-1", nil, 121_040, "sink"),
		},
		Cause: &result.Cause{
			Struck: 2, Tried: 2,
			Faults: []result.CausingFault{{AtS: 60.25, Fault: "expand partitions=5, topic=orders", Without: result.Holds}},
			Chain: []string{
				"121.040 s  producer-0#17 is applied by consumer-0",
				"65.302 s  producer-0#203 is stored in orders-4; without the fault it is stored in orders-1",
				"60.250 s  fault: expand partitions=5, topic=orders",
			},
		},
	}
}

// swapped is a guarantee with the witness of a swapped pair.
func swapped() *result.Guarantee {
	return &result.Guarantee{ID: "per-key-order", Verdict: result.Violated, LostAt: "delivered",
		KeySplit: true, Witness: witness(7)}
}

// around is a witness with everything that can stand around a message.
func around() *result.Guarantee {
	g := swapped()
	end := int64(70_000_000_000)
	g.Witness.Operations = append(g.Witness.Operations, []result.Operation{
		{Kind: "rebalance", Process: "consumer-0", Place: "orders-1", Epoch: 3, Detail: "revoked", Begin: 66_000_000_000, End: &end},
		{Kind: "crash", Process: "broker-1", Detail: "machine", Begin: 67_000_000_000, End: &end},
		{Kind: "fault", Process: "faults", Detail: "expand topic=orders, partitions=5", Begin: 60_000_000_000, End: &end},
		{Kind: "ack", Outcome: "unknown", Process: "producer-0", Message: "producer-0#17", Key: "k17", Detail: "timed out", Begin: 5_120_000_000},
		{Kind: "deliver", Outcome: "ok", Process: "consumer-1", Message: "producer-0#17", Key: "k17", Place: "orders-1",
			Attempt: 2, Begin: 68_000_000_000, End: &end},
		{Kind: "dispose", Process: "consumer-1", Message: "producer-0#9", Key: "k9", Place: "orders-1", Detail: "expired", Begin: 69_000_000_000, End: &end},
	}...)
	return g
}

// pauses are the columns of the study of expanding a topic.
var pauses = []string{"30s", "60s", "80s", "180s"}

// expand is a set like the first scenario of the library: strategies that use
// all axes of the scan, some, and none.
func expand(seeds int) *result.Set {
	b := newBuilder("kafka/expand", seeds)
	b.meta.ID = []string{"K6"}
	b.meta.Question = "How long must new partitions pause so that no key is reordered?"
	b.meta.Plots = allPlots()
	// Inversions at pause 0 and then at each pause, for even and uneven backlog.
	rows := map[string][2][5]int{
		"mod 5":    {{2029, 931, 48, 38, 38}, {1745, 1381, 1180, 1180, 1180}},
		"mod 6":    {{3060, 1509, 25, 15, 15}, {1704, 1121, 767, 767, 767}},
		"mod 8":    {{4946, 2613, 33, 0, 0}, {1443, 609, 0, 0, 0}},
		"slots 5":  {{1950, 930, 4, 0, 0}, {601, 235, 13, 0, 0}},
		"slots 6":  {{2400, 1400, 14, 0, 0}, {801, 335, 15, 0, 0}},
		"slots 8":  {{4831, 2543, 23, 0, 0}, {1521, 709, 41, 0, 0}},
		"chash 5":  {{1911, 910, 19, 0, 0}, {722, 320, 7, 0, 0}},
		"chash 6":  {{2511, 1310, 22, 0, 0}, {902, 420, 9, 0, 0}},
		"chash 8":  {{4781, 2518, 43, 0, 0}, {1587, 710, 23, 0, 0}},
		"latest 5": {{12, 0, 0, 0, 0}, {9, 0, 0, 0, 0}},
	}
	for _, s := range []struct{ name, row string }{{"naive", "mod"}, {"pause-new", "mod"}, {"slots", "slots"}, {"consistent-hash", "chash"}} {
		for _, after := range []int{5, 6, 8} {
			for i, backlog := range []string{"even", "uneven"} {
				found := rows[fmt.Sprintf("%s %d", s.row, after)][i]
				point := result.Point{{Axis: "after", Value: int64(after)}, {Axis: "backlog", Value: backlog}}
				f := finding{inversions: found[0], lagMax: 3000, p50: 21, p99: 61_000, load: 1.1 + 0.4*float64(i)}
				if s.name == "naive" {
					f.expect = "violated"
					b.add(s.name, point, f)
					continue
				}
				for n, pause := range pauses {
					f.inversions = found[n+1]
					f.p99 = 30_000 + 25_000*float64(n)
					f.lagMax = 3000 + 900*int64(n)
					f.expect = "violated"
					if f.inversions == 0 {
						f.expect = "holds"
					}
					b.add(s.name, append(point[:2:2], result.Coordinate{Axis: "pause", Value: pause}), f)
				}
			}
		}
	}
	b.add("drain-first", nil, finding{expect: "holds", lagMax: 9600, p50: 24, p99: 64_000, load: 1.1})
	for _, after := range []int{5, 6, 8} {
		b.add("latest", result.Point{{Axis: "after", Value: int64(after)}}, finding{
			inversions: 12 * (after % 2), sometimes: 3, expect: "holds", lagMax: 2100, p50: 20, p99: 240, load: 1.1, lost: 40,
		})
	}
	return b.set()
}

// one is a scenario with one strategy and no scan.
func one() *result.Set {
	b := newBuilder("my-orders", 5)
	b.meta.Question = "Do my orders keep their order when a consumer crashes?"
	b.meta.Plots = allPlots()
	b.meta.Source = "./my-orders.yaml"
	b.add("default", nil,
		finding{inversions: 7, sometimes: 4, expect: "holds", lagMax: 120, p50: 4.2, p99: 31, load: 1.31})
	return b.set()
}

// many has twelve strategies with long names, some of which say little.
func many() *result.Set {
	b := newBuilder("mq/retry-ladder-with-parking", 3)
	b.meta.ID = []string{"K11", "G7"}
	b.meta.Plots = allPlots()
	for i := range 12 {
		name := fmt.Sprintf("retry-topic-with-%s-and-parking-per-key-%02d", strings.Repeat("long-", i%3), i)
		f := finding{inversions: 40 * (i % 4), expect: "holds", lagMax: 100 << i,
			p50: 3, p99: 5 * float64(int(1)<<i), load: 1 + float64(i)/10}
		switch i {
		case 3:
			f.limit = "60,000,000 events"
		case 4:
			f.vacuous = true
		case 5:
			f.expect = "violated"
		case 6:
			f.p99 = 0
		}
		for _, rate := range []string{"1%", "5%"} {
			b.add(name, result.Point{{Axis: "failing", Value: rate}}, f)
		}
	}
	return b.set()
}

// none is a scenario of which no run was finished.
func none() *result.Set {
	b := newBuilder("kafka/expand", 0)
	b.meta.Interrupted = true
	b.meta.Plots = allPlots()
	b.add("naive", nil, finding{expect: "violated"})
	return b.set()
}

// zero holds everywhere, at three scan points of one axis of words.
func zero() *result.Set {
	b := newBuilder("kafka/quiet", 20)
	b.meta.Plots = allPlots()
	for _, name := range []string{"one-partition", "key-hash"} {
		for _, v := range []string{"none", "crash", "split"} {
			b.add(name, result.Point{{Axis: "fault", Value: v}}, finding{expect: "holds", lagMax: 90, p50: 4, p99: 9, load: 1})
		}
	}
	return b.set()
}

// forty has more strategies than lines can be told apart, over two axes.
func forty() *result.Set {
	b := newBuilder("mq/all-ladders", 3)
	b.meta.Plots = allPlots()
	for i := range 40 {
		for _, rate := range []string{"1%", "5%"} {
			for _, wait := range []string{"0s", "10s", "1m", "5m"} {
				point := result.Point{{Axis: "failing", Value: rate}, {Axis: "wait", Value: wait}}
				n := max(0, (i%9)*(i%9)*40-len(wait)*300+len(rate)*20)
				b.add(fmt.Sprintf("ladder-%02d", i), point, finding{
					inversions: n, lagMax: int64(100 * (i + 1)), p50: 3, p99: 90, load: 1 + float64(i)/40})
			}
		}
	}
	return b.set()
}

// huge has counts far beyond any run, and one very small rate.
func huge() *result.Set {
	b := newBuilder("kafka/huge", 20)
	b.meta.Plots = allPlots()
	for i, name := range []string{"a", "b", "c", "d"} {
		n := []int{0, 1, 3_000_000, 4_000_000_000_000}[i]
		for _, rate := range []int64{1_000, 1_000_000, 1_000_000_000} {
			f := finding{inversions: n, lagMax: int64(n) + rate, p50: 0.004, p99: 3_000_000, load: 1 + float64(i*20)}
			if n == 1 {
				f.sometimes = 20
			}
			b.add(name, result.Point{{Axis: "rate", Value: rate}}, f)
		}
	}
	return b.set()
}

// hostile has names that would break a format that does not escape them.
func hostile() *result.Set {
	b := newBuilder(`<b>"it's"|`+"\n::error::x]]>&amp; \x1b[31m", 2)
	b.meta.ID = []string{"<i>", "é;#"}
	b.meta.Question = "Does `|` \r\nhold? %0A ]]> <script>alert(1)</script>\u202e"
	b.meta.Plots = allPlots()
	b.meta.Source = "dir with space/a,b:c%.yaml"
	for _, name := range []string{"a|b\n::warning::\"q\" <x> 'y'", "消息順序-é", "end; participant A as #quot;", "--%%{init}%%"} {
		for _, v := range []any{int64(1), "a=b, c|d\n]]>", true} {
			b.add(name, result.Point{{Axis: "ax|is <\"%\">", Value: v}},
				finding{inversions: 3, expect: "holds", lagMax: 9, p50: 1, p99: 2, load: 1})
		}
	}
	for i := range b.runs {
		for j := range b.runs[i].Verdicts {
			if w := b.runs[i].Verdicts[j].Witness; w != nil {
				soil(w)
			}
		}
	}
	return b.set()
}

// soil puts hostile text into every word of a witness.
func soil(w *result.Witness) {
	dirt := func(s string) string {
		return strings.ReplaceAll(strings.ReplaceAll(s, "producer", `p;"<r>`), "orders", "or|d: e\n%%rs")
	}
	w.Text = dirt(w.Text) + "\nend"
	for i := range w.Messages {
		w.Messages[i].ID, w.Messages[i].Key = dirt(w.Messages[i].ID), `k"1<7`
	}
	for i := range w.Operations {
		op := &w.Operations[i]
		op.Process, op.Message, op.Place, op.Key = dirt(op.Process), dirt(op.Message), dirt(op.Place), `k"1<7`
		if op.Detail != "" {
			op.Detail = "si;nk\n#1 <a> end"
		}
	}
}

func allPlots() []string { return reports.PlotNames() }

// namedSet is a set with the name of its golden files.
type namedSet struct {
	name string
	set  *result.Set
}

// sets are all of them.
func sets() []namedSet {
	return []namedSet{
		{"expand", expand(20)}, {"one", one()}, {"many", many()}, {"none", none()},
		{"empty", result.Aggregate(result.Meta{Scenario: "empty", Plots: allPlots()}, nil, nil)},
		{"zero", zero()}, {"forty", forty()}, {"huge", huge()}, {"hostile", hostile()},
	}
}

// point is a place on two axes of numbers.
func point(a string, x int, b string, y int) result.Point {
	return result.Point{{Axis: a, Value: int64(x)}, {Axis: b, Value: int64(y)}}
}
