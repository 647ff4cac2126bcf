package reports

import (
	"bytes"
	_ "embed" // the parts of the page
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"

	"orderlab/model/history"
	"orderlab/scenarios/result"
)

// The parts of the page. They are joined into one file, so that it opens without
// a server and without a network.
var (
	//go:embed page/page.html
	pageText string
	//go:embed page/style.css
	pageStyle string
	//go:embed page/view.js
	pageScript string
)

// PageOptions say what a page is about besides its set.
type PageOptions struct {
	// Shown is the history of the run to look at first, or nil; of a large one the
	// page holds a part and says which.
	Shown *history.History
	// Picture, when not nil, returns where the picture of a violation lies that a
	// checker drew, from the page's folder, or nothing.
	Picture func(*result.Result, *result.Guarantee) string
}

// HTML writes the page of a set: the answer, the matrix of strategies against
// guarantees, each violation as a diagram and on a timeline, the price, what
// monitors were worth, the plots, how to see it again. The page is one file that asks for
// nothing else, of at most two million bytes: of what is too much it says how much it
// leaves out. The error is of a plot that does not exist, or the writer's.
func HTML(w io.Writer, set *result.Set, opt PageOptions) error {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	for limits, tries := pageRoom(), 1; ; limits, tries = limits.less(), tries+1 {
		out.Reset()
		p, err := newPage(set, opt, limits)
		if err != nil {
			return err
		}
		if err := t.Execute(&out, p); err != nil {
			return fmt.Errorf("the page of %s: %w", set.Scenario, err)
		}
		if out.Len() <= pageMax || tries == pageTries {
			break
		}
	}
	_, err = w.Write(out.Bytes())
	return err
}

func newPage(set *result.Set, opt PageOptions, limits pageLimits) (*page, error) {
	p := &page{Set: set, Title: clean(set.Scenario), Style: template.CSS(pageStyle), Script: template.JS(pageScript),
		limits: limits, picture: opt.Picture, shown: opt.Shown}
	p.answer()
	p.NotJudged = notJudgedText(set)
	p.differences()
	p.pricePoints()
	p.sensitivity()
	p.violations()
	if opt.Shown != nil && set.Shown != nil {
		p.run(opt.Shown)
	}
	return p, p.plots()
}

// page is what the template needs.
type page struct {
	Set        *result.Set
	Title      string
	Style      template.CSS
	Script     template.JS
	About      string
	Status     string
	Conclusion string
	Answers    []pageAnswer
	Matrix     pageTable
	Bound      string
	Price      pageTable
	PriceAbout string
	// PricePoints has a row for each scan point; empty without a scan.
	PricePoints pageTable
	Differences pageDifferences
	NotJudged   string
	// Sensitivity is empty unless it was asked for.
	Sensitivity pageSensitivity
	// Monitoring is empty where no strategy has a monitor.
	Monitoring pageMonitoring
	Violations []pageViolation
	Views      []*pageView
	RunView    int // the index of the run's view, from 1; 0 without
	RunTitle   string
	Plots      []pagePlot
	LeftOut    []string
	picture    func(*result.Result, *result.Guarantee) string
	shown      *history.History
	limits     pageLimits
}

// pageDifferences says how the strategies differ.
type pageDifferences struct {
	About, TooFew, Unseen string
	Table                 pageTable
	Verdicts, Unsure      bool // what has to be explained
}

// pageSensitivity says whether the ranking depends on the costs.
type pageSensitivity struct {
	Table pageTable
	About string
	Notes []string
}

// pageAnswer is what the runs say about a strategy, in one sentence.
type pageAnswer struct{ Strategy, Color, Tone, Text string }

// pageTable is a table; a cell may lead to a violation.
type pageTable struct {
	Head []string
	Rows [][]pageCell
}

// pageCell is a text, with what is said of it in small type.
type pageCell struct{ Text, Small, Tone, Link string }

// pageViolation is a guarantee that a strategy breaks, with its witness.
type pageViolation struct {
	Anchor, Title, Text, Rate, Cause string
	Expected                         bool
	View                             int
	Others                           string // further scan points
	Picture                          string // a checker's own, by its path
	Chain                            []string
	Steps                            []string
	Commands                         []pageCommand
}

type pageCommand struct{ Name, Line string }

type pagePlot struct {
	Name string
	URL  template.URL
}

// pageTones are the classes of cells.
var pageTones = [...]string{plain: "", good: "good", bad: "bad", mixed: "mixed", faint: "faint", strong: "strong"}

// page turns the cells of a table of the terminal into those of the page.
func (t *table) page() pageTable {
	out := pageTable{Head: t.head}
	for _, row := range t.rows {
		if row[0].text == "" && len(out.Rows) > 0 { // it goes with the row above
			last := out.Rows[len(out.Rows)-1]
			for i, c := range row {
				last[i].Small = c.text
			}
			continue
		}
		var cells []pageCell
		for _, c := range row {
			cells = append(cells, pageCell{Text: c.text, Tone: pageTones[c.tone]})
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

// sensitivity says whether the ranking depends on the costs, if that was asked.
func (p *page) sensitivity() {
	if s := p.Set.Sensitivity; s != nil {
		tab, notes := sensitivityTable(s)
		p.Sensitivity = pageSensitivity{Table: tab.page(), About: sensitivityAbout, Notes: notes}
	}
}

// violations adds one violation for each strategy and guarantee, the unexpected
// ones first.
func (p *page) violations() {
	left := 0
	for _, fs := range alike(violated(p.Set)) {
		if len(p.Violations) == p.limits.violations {
			left++
			continue
		}
		p.violation(fs)
	}
	if left > 0 {
		p.LeftOut = append(p.LeftOut, fmt.Sprintf(
			"%s of other strategies and guarantees; their diagrams are in the folder witness", plural(left, "violation")))
	}
	slices.SortStableFunc(p.Violations, func(a, b pageViolation) int {
		switch {
		case a.Expected == b.Expected:
			return 0
		case a.Expected:
			return 1
		}
		return -1
	})
}

// violated returns all that was violated with a witness, first what the run to look
// at first is about.
func violated(set *result.Set) []finding {
	var out []finding
	for i := range set.Results {
		r := &set.Results[i]
		for j := range r.Guarantees {
			g := &r.Guarantees[j]
			if g.Witness == nil {
				continue
			}
			if r == set.ShownResult() && g.ID == set.Shown.Guarantee {
				out = slices.Insert(out, 0, finding{r, g})
			} else {
				out = append(out, finding{r, g})
			}
		}
	}
	return out
}

func (p *page) violation(fs []finding) {
	r, g := fs[0].result, fs[0].guarantee
	v := pageViolation{
		Anchor: violationAnchor(r.Strategy, g.ID), Title: caseText(r) + " breaks " + clean(g.ID),
		Text: clean(g.Witness.Text), Rate: rateText(g), Cause: CauseText(g.ID, g.Witness.Cause),
		Expected: g.Expectation() != result.StatusFailed, View: len(p.Views),
	}
	if p.picture != nil {
		v.Picture = p.picture(r, g)
	}
	if more := len(fs) - 1; more > 0 {
		v.Others = plural(more, "more scan point")
	}
	if g.Witness.Cause != nil {
		for _, step := range g.Witness.Cause.Chain {
			v.Chain = append(v.Chain, clean(step))
		}
	}
	ops := g.Witness.Operations
	if left := len(ops) - p.limits.operations; left > 0 {
		ops = ops[:p.limits.operations]
		p.LeftOut = append(p.LeftOut, fmt.Sprintf("the last %s of the witness of %s breaking %s; result.json has all",
			plural(left, "operation"), caseText(r), clean(g.ID)))
	}
	decimals := decimalsOf(ops)
	for i := range ops {
		op := &ops[i]
		v.Steps = append(v.Steps, seconds(moment(op), decimals)+"  "+step(op, false).text)
	}
	for _, c := range commands(p.Set, r, g) {
		v.Commands = append(v.Commands, pageCommand{c.name, c.line})
	}
	var faults []pageFault
	if r == p.Set.ShownResult() && g.Witness.Seed == p.Set.Shown.Seed {
		faults = faultsAround(p.shown, g.Witness)
	}
	p.Views = append(p.Views, witnessView(g, ops, faults))
	p.Violations = append(p.Violations, v)
}

// violationAnchor names the place of a violation in the page.
func violationAnchor(strategy, guarantee string) string {
	return "v-" + base64.RawURLEncoding.EncodeToString([]byte(strategy+"\x00"+guarantee))
}

// plots puts the plots in as images.
func (p *page) plots() error {
	plots, err := Plots(p.Set)
	if err != nil {
		return err
	}
	total := 0
	for i := range plots {
		var svg bytes.Buffer
		if err := plots[i].Write(&svg, "svg"); err != nil {
			return err
		}
		if total += svg.Len(); total > p.limits.plotBytes {
			p.LeftOut = append(p.LeftOut, fmt.Sprintf("the plot %s, which is large; it is in the folder plots", plots[i].Name))
			continue
		}
		url := "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(svg.Bytes())
		p.Plots = append(p.Plots, pagePlot{plots[i].Name, template.URL(url)})
	}
	return nil
}
