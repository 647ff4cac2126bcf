package model

import "orderlab/model/history"

// Metric is what a run can sample, for the guarantee bounded.
type Metric struct {
	Name, Doc string
}

// Lag is the metric of every system that records what it stores.
func Lag() Metric {
	return Metric{"lag", "Messages that are stored in a partition or queue and were neither applied nor disposed."}
}

// SampleLag makes the recorder write a sample of the lag of a place whenever it is
// larger than ever before in the run: that is enough to decide any bound.
func (r *Recorder) SampleLag() { r.sampled = r.hist.AddSymbol(Lag().Name) }

func (r *Recorder) sampleLag(broker history.Process, place history.Place) {
	if r.sampled == history.NoSymbol {
		return
	}
	for len(r.most) <= int(place) {
		r.most = append(r.most, 0)
	}
	lag := r.Lag(place)
	if lag <= r.most[place] {
		return
	}
	r.most[place] = lag
	r.Record(history.Op{Kind: history.KindSample, Process: broker, Message: history.NoMessage, Place: place,
		Position: lag, Detail: r.sampled})
}
