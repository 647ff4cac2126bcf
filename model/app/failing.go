package app

import (
	"orderlab/model"
	"orderlab/sim"
)

var (
	decideFailing = sim.NewDecision("app.failing-key")
	decideError   = sim.NewDecision("app.error")
)

// failing is what makes processing fail: of some keys the first message cannot be
// processed for a time, and any attempt may fail by chance.
type failing struct {
	sh    *Shared
	first []sim.Time // by key: when the first message was first tried; -1 never
}

// fails says whether an attempt ends with an exception.
func (f *failing) fails(a *Application, t *task) bool {
	set := &f.sh.set
	if set.Errors > 0 {
		info := f.sh.rec.History().Message(t.rec.Message)
		id := sim.Identity(model.MessageIdentity(int(info.Producer), info.Index), sim.ID(t.rec.Attempt), sim.ID(t.tries))
		if int64(f.sh.sim.Choose(decideError, id, million)) < set.Errors {
			return true
		}
	}
	if set.FailingKeys == 0 || f.sh.versions.at(t.rec.Message) != 1 {
		return false
	}
	if int64(f.sh.sim.Choose(decideFailing, sim.ID(t.key), million)) >= set.FailingKeys {
		return false
	}
	for len(f.first) <= int(t.key) {
		f.first = append(f.first, -1)
	}
	if f.first[t.key] < 0 {
		f.first[t.key] = a.host.Sim.Now()
	}
	return a.host.Sim.Now() < f.first[t.key]+set.FailingFor
}

const million = 1_000_000
