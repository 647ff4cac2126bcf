package reports

// differences says how the strategies differ, on the runs of the same seeds.
func (t *textReport) differences() {
	all, common, seeds := differences(t.set, t.ids)
	if len(all) == 0 {
		return
	}
	if seeds < leastSeeds {
		t.section("DIFFERENCES", ": "+tooFewSeeds(seeds))
		return
	}
	t.section("DIFFERENCES", " ("+differencesAbout(common, seeds)+")")
	for _, d := range all {
		if d.found() {
			t.wrapped(d.second+" against "+d.first+": "+d.text(), indent, indent)
		}
	}
	if pairs := unseen(all); pairs != "" {
		t.wrapped("no difference seen: "+pairs, indent, indent)
	}
}
