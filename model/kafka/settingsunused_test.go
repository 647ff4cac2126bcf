package kafka

import (
	"os"
	"slices"
	"strings"
	"testing"

	"orderlab/model"
)

// kafkaNames returns every setting of Kafka as scope and name, from the list of the
// reference.
func kafkaNames(t *testing.T) [][2]string {
	text, err := os.ReadFile("../../docs/reference/kafka-settings.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out [][2]string
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(strings.TrimSpace(line), "\t"); len(cells) == 3 {
			out = append(out, [2]string{cells[0], cells[1]})
		}
	}
	return out
}

// Every setting that Kafka has is answered: the model has it, or it is without effect,
// or refused with a reason.
func TestEverySettingIsAnswered(t *testing.T) {
	names := kafkaNames(t)
	if len(names) < 500 {
		t.Fatalf("Kafka has %d settings", len(names))
	}
	for _, profile := range profiles() {
		all := sections(profile)
		for _, n := range names {
			for i := range all {
				section := &all[i]
				if section.Name == n[0] || section.Name == n[0]+"s" {
					answered(t, profile, section, n[1])
				}
			}
		}
	}
}

func answered(t *testing.T, profile string, s *model.Section, name string) {
	has := slices.ContainsFunc(s.Settings, func(x model.Setting) bool { return x.Name == name })
	unused := slices.ContainsFunc(s.Unused, func(u model.Unused) bool { return u.Name == name && u.Why != "" })
	if has == unused {
		t.Errorf("%s, %s.%s: the model has it: %v; it is among the others: %v", profile, s.Name, name, has, unused)
	}
}

// What is said to be a setting of Kafka is one, and has one answer.
func TestUnusedSettingsAreKafkas(t *testing.T) {
	names := kafkaNames(t)
	seen := map[[2]string]bool{}
	for _, g := range slices.Concat(idleSettings, lackingSettings) {
		for _, scope := range strings.Fields(g.in) {
			for _, name := range strings.Fields(g.names) {
				n := [2]string{scope, name}
				if !slices.Contains(names, n) {
					t.Errorf("Kafka has no %s setting %s", scope, name)
				}
				if seen[n] {
					t.Errorf("%s.%s has two answers", scope, name)
				}
				seen[n] = true
			}
		}
	}
}
