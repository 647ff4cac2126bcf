package sim

import "math/bits"

// Digest is a running 128-bit hash of a sequence of values. The trace hash of a
// run is one, and every node feeds its whole state to one, so that equal states
// can be recognised. The zero value is the digest of nothing.
type Digest struct{ a, b uint64 }

// Uint feeds a value. The constant that is added makes a zero count too.
func (d *Digest) Uint(v uint64) {
	d.a = bits.RotateLeft64((d.a^v)*0x9e3779b97f4a7c15, 29) + 0x165667b19e3779f9
	d.b = (bits.RotateLeft64(d.b, 23) + (v ^ d.a)) * 0xc2b2ae3d27d4eb4f
}

// Int feeds a signed value.
func (d *Digest) Int(v int64) { d.Uint(uint64(v)) }

// Bool feeds a truth value.
func (d *Digest) Bool(v bool) {
	if v {
		d.Uint(1)
	} else {
		d.Uint(2)
	}
}

// String feeds a string with its length.
func (d *Digest) String(s string) {
	d.Uint(uint64(len(s)))
	d.Uint(hashString(s))
}

// Sum returns the digest, mixed so that every bit of the input shows in every
// byte. The digest can be fed further.
func (d *Digest) Sum() [16]byte {
	x, y := mix(d.a, d.b), mix(d.b, d.a^0x165667b19e3779f9)
	var out [16]byte
	for i := range 8 {
		out[i] = byte(x >> (56 - 8*i))
		out[8+i] = byte(y >> (56 - 8*i))
	}
	return out
}
