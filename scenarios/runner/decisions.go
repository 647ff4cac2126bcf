package runner

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"orderlab/sim"
)

// decision is a line of a list of decisions: what was asked, about what, and the
// answer. Identities and bits are written in base 16, because JSON's numbers lose
// the last bits of such long ones in many programs.
type decision struct {
	Decision string `json:"decision"`
	ID       string `json:"id"`
	// Of is the number of alternatives and Answer the one taken, from 0; or Bits
	// are 64 bits from which a value was drawn.
	Of     int     `json:"of,omitempty"`
	Answer *uint64 `json:"answer,omitempty"`
	Bits   string  `json:"bits,omitempty"`
}

// WriteDecisions writes answers as JSON Lines, one decision a line. The error is
// the writer's.
func WriteDecisions(w io.Writer, answers []sim.Answer) error {
	buffer := bufio.NewWriter(w)
	enc := json.NewEncoder(buffer)
	enc.SetEscapeHTML(false)
	for _, a := range answers {
		line := decision{Decision: a.Decision, ID: fmt.Sprintf("%016x", uint64(a.ID))}
		if a.N > 0 {
			line.Of, line.Answer = a.N, &a.Value
		} else {
			line.Bits = fmt.Sprintf("%016x", a.Value)
		}
		if err := enc.Encode(&line); err != nil {
			return err
		}
	}
	return buffer.Flush()
}

// longestDecision bounds a line, in bytes.
const longestDecision = 1 << 16

// ReadDecisions reads what [WriteDecisions] writes. Empty lines are skipped. An
// error names the file, as name calls it, and the line, and says what is wrong.
func ReadDecisions(r io.Reader, name string) ([]sim.Answer, error) {
	var out []sim.Answer
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestDecision)
	n := 0
	for lines.Scan() {
		n++
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 {
			continue
		}
		a, err := parseDecision(text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		out = append(out, a)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, n+1, err)
	}
	return out, nil
}

func parseDecision(text []byte) (sim.Answer, error) {
	var line decision
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&line); err != nil {
		return sim.Answer{}, err
	}
	if dec.More() {
		return sim.Answer{}, fmt.Errorf("a second value in one line")
	}
	id, err := strconv.ParseUint(line.ID, 16, 64)
	if err != nil {
		return sim.Answer{}, fmt.Errorf("id is a number in base 16 of up to 16 digits, and here is %q", line.ID)
	}
	a := sim.Answer{Decision: line.Decision, ID: sim.ID(id), N: line.Of}
	switch {
	case line.Decision == "":
		return a, fmt.Errorf("the name of the decision is missing")
	case line.Bits != "" && (line.Of != 0 || line.Answer != nil):
		return a, fmt.Errorf("a decision has bits, or of and answer, not both")
	case line.Bits != "":
		if a.Value, err = strconv.ParseUint(line.Bits, 16, 64); err != nil {
			return a, fmt.Errorf("bits are a number in base 16 of up to 16 digits, and here is %q", line.Bits)
		}
	case line.Of < 1 || line.Answer == nil:
		return a, fmt.Errorf("the answer is missing: bits, or of (the number of alternatives) and answer")
	case *line.Answer >= uint64(line.Of):
		return a, fmt.Errorf("the answer is one of 0 to %d, and here is %d", line.Of-1, *line.Answer)
	default:
		a.Value = *line.Answer
	}
	return a, nil
}
