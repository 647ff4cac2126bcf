package reports_test

import (
	"fmt"

	"orderlab/scenarios/result"
)

// series is a backlog that is worked off, with a partition that comes later.
func series(seed uint64, lagMax float64, index int) *result.Series {
	s := courseMaker{&result.Series{Seed: seed, Marks: []result.Mark{
		{AtS: 0, Label: "backlog"}, {AtS: 60, Label: "steady"}, {AtS: 60.5, Label: "expand orders to 5", Fault: true},
		{AtS: 95, EndS: 120, Label: "crash", Fault: true}, {AtS: 180, Label: "settle"},
	}}}
	for p := range 5 {
		s.Places = append(s.Places, fmt.Sprintf("orders-%d", p))
		s.Lag, s.Stored = append(s.Lag, nil), append(s.Stored, nil)
	}
	for i := range 2400 {
		at := float64(i) / 10
		s.TimesS = append(s.TimesS, at)
		for p := range 4 {
			lag := lagMax * float64(10-p) / 40 * (1 - at/(100+5*float64(index%7)+8*float64(p)))
			s.Lag[p] = append(s.Lag[p], max(0, lag)+float64((i*7+p)%5))
		}
		fresh := 0.0
		if at > 60 {
			fresh = max(0, min(at-60, 100-(at-60)*0.7)) * lagMax / 800
		}
		s.Lag[4] = append(s.Lag[4], fresh)
		s.course(at, i, lagMax, index)
	}
	return s.Series
}

// courseMaker makes the course of a run up.
type courseMaker struct{ *result.Series }

// course adds a step: a crash from 95 s to 120 s lets nearly everything time out.
func (s courseMaker) course(at float64, i int, lagMax float64, index int) {
	sent, acked := 16+float64(i%5), 16+float64(i%5)
	if at > 180 {
		sent, acked = 0, 0
	}
	if at >= 95 && at < 120 {
		acked *= float64(index%4) / 4
	}
	for p := range s.Places {
		stored := acked * float64(1+(p*3+index)%5) / 15
		if p == 4 && at < 60 {
			stored = 0
		}
		s.Stored[p] = append(s.Stored[p], stored)
	}
	s.Sent, s.AckedInTime, s.Applied = append(s.Sent, sent), append(s.AckedInTime, acked), append(s.Applied, acked)
	s.ProducerBuffer = append(s.ProducerBuffer, 4+3*(sent-acked))
	s.ConsumerBuffer = append(s.ConsumerBuffer, lagMax/8*float64(i%7)/7)
}
