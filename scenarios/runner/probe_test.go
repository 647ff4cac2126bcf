package runner_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"orderlab/model"
	"orderlab/scenarios/runner"
)

func TestProbe(t *testing.T) {
	r := runner.New(registry())
	for _, part := range []string{"default", "slots", "consistent-hash"} {
		for _, after := range []int64{5, 6, 8} {
			for _, w := range []int64{0, 30, 60, 80, 180} {
				c := expandCase(after, model.Values{}.Set("pause_new_partitions", model.DurationValue(w*second)).Set("partitioner", model.TextValue(part)))
				t0 := time.Now()
				out, err := r.Run(context.Background(), c, 1, runner.Options{Series: false, Witness: true})
				if err != nil {
					t.Fatal(err)
				}
				fmt.Printf("%s 4->%d W=%d limit=%q %v dur %.1f lag %d sent %d applied %d\n", part, after, w, out.Limit, time.Since(t0).Round(time.Millisecond), out.Metrics.DurationS, out.Metrics.LagMax, out.Metrics.Sent, out.Metrics.Applied)
				for _, v := range out.Verdicts {
					fmt.Printf("   %s=%s %d/%d %s", v.Guarantee, v.Status, v.Violations, v.Decided, v.Reason)
				}
				fmt.Println()
			}
		}
	}
}
