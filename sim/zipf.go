package sim

import "math/bits"

// aliasTable samples one of n values with given integer weights in constant
// time, by Walker's method: each of n equal columns holds its own value up to a
// threshold, and an alias above it.
type aliasTable struct {
	threshold []uint64 // of the column, as a fraction of 2^64
	alias     []uint32
	average   int64
}

const zipfMax = 1 << 22

func newZipfTable(n int, exponent int64) *aliasTable {
	if n <= 0 || n > zipfMax {
		panic("sim: Zipf needs between 1 and 2^22 values")
	}
	weights := make([]uint64, n)
	for k := range weights {
		weights[k] = zipfWeight(uint64(k+1), exponent)
	}
	return newAliasTable(weights)
}

// zipfWeight returns k^-s in units of 2^-40, at least one unit.
func zipfWeight(k uint64, exponent int64) uint64 {
	zeros := bits.LeadingZeros64(k)
	log := int64(63-zeros)<<q40 + log2Mantissa(k<<zeros)
	hi, lo := bits.Mul64(uint64(log), uint64(exponent))
	e, _ := bits.Div64(hi, lo, million)
	return max(1, exp2(-int64(e)))
}

func newAliasTable(weights []uint64) *aliasTable {
	n := uint64(len(weights))
	sum, moment := uint64(0), uint64(0)
	for k, w := range weights {
		sum += w
		moment += w >> 20 * uint64(k)
	}
	t := &aliasTable{threshold: make([]uint64, n), alias: make([]uint32, n), average: int64(moment / (sum>>20 + 1))}
	// What each column has, in units of which sum fills a column.
	have := make([]uint64, n)
	var small, large []uint32
	for k, w := range weights {
		have[k] = w * n
		if have[k] < sum {
			small = append(small, uint32(k))
		} else {
			large = append(large, uint32(k))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		t.threshold[s], _ = bits.Div64(have[s], 0, sum)
		t.alias[s] = l
		if have[l] -= sum - have[s]; have[l] < sum {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, k := range append(small, large...) {
		t.threshold[k], t.alias[k] = 1<<64-1, k
	}
	return t
}

func (t *aliasTable) sample(u uint64) int64 {
	column, rest := bits.Mul64(u, uint64(len(t.alias)))
	if rest < t.threshold[column] {
		return int64(column)
	}
	return int64(t.alias[column])
}

func (t *aliasTable) mean() int64 { return t.average }
