package runner

import (
	"math/bits"

	"orderlab/model/history"
	"orderlab/scenarios"
	"orderlab/sim"
)

// keyPicker turns uniform bits into keys.
type keyPicker struct {
	count uint64
	zipf  *sim.Sampler
	// Hot groups: the i-th ends at key ends[i] and takes messages up to the
	// share shares[i], in millionths and cumulated.
	ends   []uint64
	shares []uint64
}

func newKeyPicker(k *scenarios.Keys) keyPicker {
	p := keyPicker{count: uint64(k.Count)}
	if k.Zipf > 0 {
		s := sim.Zipf(k.Count, k.Zipf)
		p.zipf = &s
	}
	end, share := uint64(0), uint64(0)
	for _, h := range k.Hot {
		end += uint64(h.Keys)
		share += uint64(h.Share)
		p.ends, p.shares = append(p.ends, end), append(p.shares, share)
	}
	return p
}

// pick maps 64 uniform bits to a key.
func (p *keyPicker) pick(u uint64) history.Key {
	if p.zipf != nil {
		return history.Key(p.zipf.Sample(u))
	}
	if len(p.ends) == 0 {
		hi, _ := bits.Mul64(u, p.count)
		return history.Key(hi)
	}
	which, rest := bits.Mul64(u, millionth)
	first := uint64(0)
	for i, end := range p.ends {
		if which < p.shares[i] {
			hi, _ := bits.Mul64(rest, end-first)
			return history.Key(first + hi)
		}
		first = end
	}
	hi, _ := bits.Mul64(rest, p.count-first)
	return history.Key(first + hi)
}
