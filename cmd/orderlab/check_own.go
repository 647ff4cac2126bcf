package main

import (
	"os"
	"path/filepath"

	"orderlab/checker"
	"orderlab/model/history"
	"orderlab/scenarios/result"
)

// readHistory reads one file, to judge it by some guarantees.
func (opt *checkOptions) readHistory(h *history.History, file string, ids []string) (truncated bool, err error) {
	f, err := openHistory(file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	lenient := history.ReadOptions{AllowTruncated: opt.allowTruncated, Memory: opt.bound(f, ids)}
	return history.Read(h, f, historyName(file), lenient)
}

// standardInput is the file that stands for it.
const standardInput = "-"

// historyName is what a file is called in results and errors.
func historyName(file string) string {
	if file == standardInput {
		return "stdin"
	}
	return file
}

// openHistory opens a file, and refuses what can be none.
func openHistory(file string) (*os.File, error) {
	if file == standardInput {
		return os.Stdin, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, dataf("cannot read the history: %w", err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, dataf("%s is a folder; name the history in it, as %s", file, filepath.Join(file, "history.jsonl"))
	}
	return f, nil
}

// judge decides the guarantees on a history. It is valid when none is violated
// and each is known; where nothing at all could be decided, that is not known.
// After a line that is cut off more may have come. Guarantees that most systems do
// not give count where they are named.
func judge(c *checker.Checker, h *history.History, ids []string, truncated, named bool,
	opt checker.Options) *checked {
	out := &checked{Operations: h.Len(), Guarantees: []checkedGuarantee{}}
	if truncated {
		opt.Truncated = "the file is cut off"
	}
	violated, unknown, decided := false, false, false
	for _, v := range c.Check(h, ids, opt) {
		g := checkedGuarantee{
			ID: v.Guarantee, Verdict: string(v.Status), Count: v.Violations,
			Allowed: checker.Allowed(v.Guarantee, opt) || !named && strict(v.Guarantee),
			Keys:    v.Keys, Displacement: v.MaxDisplacement,
			OutOfOrderMax: v.MaxOutOfOrder, OutOfOrderTotal: v.TotalOutOfOrder,
			Vacuous: v.Vacuous, Reason: v.Reason, LostAt: string(v.LostAt), KeySplit: v.KeySplit,
			Witness: []checkedOperation{},
		}
		if v.Witness != nil {
			g.Text = v.Witness.Text
			out.drawings = append(out.drawings, drawings(h, &v, opt)...)
			for _, row := range v.Witness.Rows {
				g.Witness = append(g.Witness, checkedOperation{Operation: result.NewOperation(h, h.Op(row))})
			}
		}
		violated = violated || v.Status == checker.Violated && !g.Allowed
		unknown = unknown || v.Status == checker.Unknown && !g.Allowed
		decided = decided || !v.Vacuous && (v.Status == checker.Holds || v.Status == checker.Violated)
		out.Guarantees = append(out.Guarantees, g)
	}
	if !named {
		out.Disorder = newCheckedDisorder(c.Disorder(opt))
	}
	valid := !violated
	if violated || decided && !unknown {
		out.Valid = &valid
	}
	return out
}

// strict says whether most systems do not give a guarantee.
func strict(id string) bool {
	g, ok := checker.Find(id)
	return ok && g.Strict
}
