package reports

// pageMax is how many bytes a page has at most.
const pageMax = 2_000_000

// pageLimits are what the page shows at most of what there can be any number of.
type pageLimits struct {
	violations int // with a diagram
	operations int // of a witness
	plotBytes  int // of SVG
	points     int // rows of the price by scan point
	messages   int // of the run to look at first
	events     int // rebalances, crashes and faults of that run
}

// pageRoom is room for most runs: with all of it in use by short names a page stays
// below [pageMax].
func pageRoom() pageLimits {
	return pageLimits{violations: 40, operations: 400, plotBytes: 600_000, points: 400, messages: 2400, events: 1000}
}

// less is half as much of everything.
func (l pageLimits) less() pageLimits {
	return pageLimits{violations: max(1, l.violations/2), operations: max(20, l.operations/2), plotBytes: l.plotBytes / 2,
		points: l.points / 2, messages: l.messages / 2, events: l.events / 2}
}

// pageTries is how often the page is made with less, at most.
const pageTries = 6
