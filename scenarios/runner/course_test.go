package runner_test

import (
	"context"
	"slices"
	"testing"

	"orderlab/model"
	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/scenarios/result"
	"orderlab/scenarios/runner"
)

// The course over time adds up to what the whole run has, and its faults have the
// ends that they had.
func TestCourseAddsUpToTheRun(t *testing.T) {
	for name, c := range map[string]*scenarios.Case{"crash": crashCase(), "expand": expandCase(5, model.Values{})} {
		r := runner.New(registry())
		out, err := r.Run(context.Background(), c, 3, runner.Options{Series: true})
		if err != nil {
			t.Fatal(err)
		}
		s, m := out.Series, &out.Metrics
		if n := len(s.TimesS); n == 0 || n > result.SeriesSteps || n < result.SeriesSteps/3 {
			t.Errorf("%s: %d steps", name, n)
		}
		for what, p := range map[string][2]float64{
			"sent":            {sum(s.Sent), float64(m.Sent)},
			"applied":         {sum(s.Applied), float64(m.Applied)},
			"producer buffer": {slices.Max(s.ProducerBuffer), float64(m.ProducerBufferMax)},
			"consumer buffer": {slices.Max(s.ConsumerBuffer), float64(m.ConsumerBufferMax)},
		} {
			if p[0] != p[1] || p[0] == 0 {
				t.Errorf("%s: the course has %s %v, the run %v", name, what, p[0], p[1])
			}
		}
		if in := sum(s.AckedInTime); in == 0 || in > float64(m.Acked) {
			t.Errorf("%s: %v acked in time, %d at all", name, in, m.Acked)
		}
		for i, p := range out.Stored {
			if s.Places[i] != p.Place || sum(s.Stored[i]) != float64(p.Messages) {
				t.Errorf("%s: %+v stored, and in the course %v at %s", name, p, sum(s.Stored[i]), s.Places[i])
			}
		}
		if most := mostBuffered(r.History()); m.ConsumerBufferMax != most {
			t.Errorf("%s: at most %d in the consumers, counted one by one %d", name, m.ConsumerBufferMax, most)
		}
	}
}

// mostBuffered counts delivered and not yet handled messages with a set.
func mostBuffered(h *history.History) int64 {
	there := map[history.Message]bool{}
	most := 0
	for i := range h.Len() {
		switch op := h.Op(i); op.Kind {
		case history.KindDeliver:
			there[op.Message] = true
		case history.KindApply, history.KindDispose:
			delete(there, op.Message)
		}
		most = max(most, len(there))
	}
	return int64(most)
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}

// A fault that lasts has its end, a moment has none.
func TestCourseMarksFaults(t *testing.T) {
	out, err := runner.New(registry()).Run(context.Background(), crashCase(), 3, runner.Options{Series: true})
	if err != nil {
		t.Fatal(err)
	}
	lasting, moments := 0, 0
	for _, m := range out.Series.Marks {
		switch {
		case m.Fault && m.Label == "crash" && m.EndS > m.AtS:
			lasting++
		case m.Fault && m.EndS != 0, !m.Fault && m.EndS != 0:
			t.Errorf("%+v has an end", m)
		default:
			moments++
		}
	}
	if lasting != 2 || moments == 0 {
		t.Errorf("%d crashes with an end and %d moments in %+v", lasting, moments, out.Series.Marks)
	}
}
