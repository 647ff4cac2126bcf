package linear

// Zone is the life of a value in a register: the write and the reads of it.
type Zone struct {
	// First is the earliest end of the operations, Last the latest begin. The
	// value was surely there between them where First comes before Last.
	First, Last int64
	// Group is the register.
	Group int32
}

// forward says whether the value was surely there for a time.
func (z *Zone) forward() bool { return z.First < z.Last }

// Conflict are two values each of which would have to come before the other: the
// first that were found of their register.
type Conflict struct{ A, B int32 }

// Zones decides registers. It keeps its memory from one use to the next.
type Zones struct {
	sorter sorter
	items  []item
	until  []int64 // by register: where the forward zones so far end
	who    []int32 // by register: the zone that does
	broken []bool
}

// Check returns a conflict for each of the registers that has one. Values of a
// register conflict when each has an operation before one of the other.
//
// By their earlier ends, a zone conflicts with a forward zone that began before
// it and ends after its own first end. Of those that began, the one that ends
// last decides.
func (z *Zones) Check(zones []Zone, registers int) (out []Conflict) {
	z.reset(registers)
	z.items = grown(z.items, len(zones))
	for i := range zones {
		z.items[i] = item{min(zones[i].First, zones[i].Last), int32(i)}
	}
	z.items = z.sorter.sort(z.items)
	for i := 0; i < len(z.items); {
		end := i + 1
		for end < len(z.items) && z.items[end].time == z.items[i].time {
			end++
		}
		// What only begins where a forward zone does is not after it.
		for j := i; j < end; j++ {
			if !zones[z.items[j].id].forward() {
				out = z.visit(zones, z.items[j].id, out)
			}
		}
		for j := i; j < end; j++ {
			if zones[z.items[j].id].forward() {
				out = z.visit(zones, z.items[j].id, out)
			}
		}
		i = end
	}
	return out
}

// visit compares a zone with the forward ones that began before it.
func (z *Zones) visit(zones []Zone, id int32, out []Conflict) []Conflict {
	zone := &zones[id]
	g := zone.Group
	if zone.First < z.until[g] && !z.broken[g] {
		z.broken[g] = true
		out = append(out, Conflict{z.who[g], id})
	}
	if zone.forward() && zone.Last > z.until[g] {
		z.until[g], z.who[g] = zone.Last, id
	}
	return out
}

func (z *Zones) reset(registers int) {
	z.until, z.who, z.broken = grown(z.until, registers), grown(z.who, registers), grown(z.broken, registers)
	for g := range registers {
		z.until[g], z.who[g], z.broken[g] = Ever, -1, false
	}
}
