package result

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Shard is a share of the runs of a sweep: the Index-th, from 1, of Of. Shares of
// one sweep have no run in common and together have them all.
type Shard struct {
	Index int `json:"index"`
	Of    int `json:"of"`
	// Data is what adding the shares together takes, see [Part]: base64 of
	// compressed JSON.
	Data string `json:"data,omitempty"`
}

// Takes says whether the run of a case over the i-th seed is of the share. Every
// seed is spread over the shares, and every case too.
func (s Shard) Takes(i, c int) bool { return s.Of <= 1 || (i+c)%s.Of == s.Index-1 }

// Size counts the runs of the share.
func (s Shard) Size(seeds, cases int) int {
	if s.Of <= 1 {
		return seeds * cases
	}
	// The first seeds of each s.Of in a row have the same cases.
	n := 0
	for i := range min(seeds, s.Of) {
		times := (seeds - i + s.Of - 1) / s.Of
		at := ((s.Index-1-i)%s.Of + s.Of) % s.Of
		n += times * ((cases - at + s.Of - 1) / s.Of)
	}
	return n
}

// Runs are the runs of a sweep before they are summed up.
type Runs struct {
	// Cases is how many cases there are; [Run.Case] is an index into them.
	Cases int
	List  []Run
	// Latency has, by case, the latencies of all its runs; nil where there are none.
	Latency []*hdrhistogram.Histogram
	// Interrupted says that runs are missing.
	Interrupted bool
}

// WithLatency returns the runs, of which one of each case has the latencies of all.
func (r *Runs) WithLatency() []Run {
	given := make([]bool, r.Cases)
	for i := range r.List {
		run := &r.List[i]
		if run.Latency = nil; !given[run.Case] {
			given[run.Case] = true
			run.Latency = r.Latency[run.Case]
		}
	}
	return r.List
}

// Add takes in other runs of the same cases; other must not be used again.
func (r *Runs) Add(other *Runs) {
	r.List = append(r.List, other.List...)
	r.Interrupted = r.Interrupted || other.Interrupted
	for i, l := range other.Latency {
		if r.Latency[i] == nil {
			r.Latency[i] = l
		} else if l != nil {
			r.Latency[i].Merge(l)
		}
	}
}

// Renumber says that the runs are of some of so many cases: case i of theirs is
// case cases[i] there.
func (r *Runs) Renumber(cases []int, of int) {
	latency := make([]*hdrhistogram.Histogram, of)
	for i, c := range cases {
		latency[c] = r.Latency[i]
	}
	for i := range r.List {
		r.List[i].Case = cases[r.List[i].Case]
	}
	r.Latency, r.Cases = latency, of
}

// Part is a share of a sweep as it travels to where the shares are added together:
// its runs, and what the scenario was, so that the place needs no file of it.
type Part struct {
	// Program names the build that made the runs.
	Program string
	// Name, Argument, File and Text are the scenario's: what it is called, what a
	// command line and an error call it, and what it says.
	Name, Argument, File string
	Text                 []byte
	// Included are the files that it includes, by their paths from its folder.
	Included map[string][]byte
	// Strategies and Vars are those of the command line.
	Strategies, Vars []string
	Seeds            Seeds
	// Place is where the scenario stands among the Scenarios of the command line.
	Place, Scenarios int
	Runs             Runs `json:"-"`
}

// partFormat is the version of what [Part.Encode] writes.
const partFormat = 1

// wirePart is a part as JSON.
type wirePart struct {
	Format int
	Part
	Cases       int
	List        []Run
	Latency     []string
	Interrupted bool
}

// Encode returns the part as text. The runs are written in the order of their
// cases and seeds, so the same runs give the same text.
func (p *Part) Encode() (string, error) {
	w := wirePart{Format: partFormat, Part: *p, Cases: p.Runs.Cases, Interrupted: p.Runs.Interrupted}
	for _, runs := range split(p.Runs.List, p.Runs.Cases) {
		for _, r := range runs {
			w.List = append(w.List, *r)
		}
	}
	for _, l := range p.Runs.Latency {
		var text []byte
		if l != nil {
			var err error
			if text, err = l.Encode(hdrhistogram.V2CompressedEncodingCookieBase); err != nil {
				return "", fmt.Errorf("latencies: %w", err)
			}
		}
		w.Latency = append(w.Latency, string(text))
	}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if err := json.NewEncoder(zip).Encode(&w); err != nil {
		return "", err
	}
	if err := zip.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(out.Bytes()), nil
}

// partMax bounds what a part unpacks to, in bytes.
const partMax = 1 << 30

// DecodePart reads what [Part.Encode] wrote. The error says what is wrong with it.
func DecodePart(text string) (*Part, error) {
	var w wirePart
	if err := w.read(text); err != nil {
		return nil, fmt.Errorf("the data of the shard is damaged: %w", err)
	}
	if w.Format != partFormat {
		return nil, fmt.Errorf("the data of the shard has format %d, and this program reads %d", w.Format, partFormat)
	}
	return w.unpack()
}

func (w *wirePart) read(text string) error {
	zip, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	if err != nil {
		return err
	}
	whole := io.LimitReader(zip, partMax)
	if err := json.NewDecoder(whole).Decode(w); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, whole) // the checksum stands at the end
	return err
}

func (w *wirePart) unpack() (*Part, error) {
	p := w.Part
	p.Runs = Runs{Cases: w.Cases, Interrupted: w.Interrupted}
	if len(w.Latency) != w.Cases {
		return nil, fmt.Errorf("the shard has the latencies of %d cases, and %d cases", len(w.Latency), w.Cases)
	}
	for _, text := range w.Latency {
		var l *hdrhistogram.Histogram
		if text != "" {
			var err error
			if l, err = hdrhistogram.Decode([]byte(text)); err != nil {
				return nil, fmt.Errorf("the latencies of the shard are damaged: %w", err)
			}
		}
		p.Runs.Latency = append(p.Runs.Latency, l)
	}
	for _, r := range w.List {
		if r.Case < 0 || r.Case >= w.Cases {
			return nil, fmt.Errorf("the shard has a run of case %d, and %d cases", r.Case, w.Cases)
		}
		p.Runs.List = append(p.Runs.List, r)
	}
	return &p, nil
}
