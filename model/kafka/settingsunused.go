package kafka

import (
	"cmp"
	"slices"
	"strings"

	"orderlab/model"
)

// unusedGroup are settings of Kafka that the model does not have, for one reason; in
// has the scopes in which Kafka knows them: broker, topic, producer, consumer.
type unusedGroup struct{ in, why, names string }

// unused returns the settings of Kafka in some scopes that are not among those of the
// model, in order of name.
func unused(settings []model.Setting, scopes ...string) []model.Unused {
	var out []model.Unused
	add := func(groups []unusedGroup, idle bool) {
		for _, g := range groups {
			in := strings.Fields(g.in)
			if !slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(in, s) }) {
				continue
			}
			for _, name := range strings.Fields(g.names) {
				known := slices.ContainsFunc(settings, func(s model.Setting) bool { return s.Name == name })
				twice := slices.ContainsFunc(out, func(u model.Unused) bool { return u.Name == name })
				if !known && !twice {
					out = append(out, model.Unused{Name: name, Idle: idle, Why: g.why})
				}
			}
		}
	}
	add(idleSettings, true)
	add(lackingSettings, false)
	slices.SortFunc(out, func(a, b model.Unused) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
