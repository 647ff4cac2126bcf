package checker

import "slices"

// numbering gives numbers to what large numbers name, such as a session and a key, in
// the order of first use: by a table for names below a limit, which grows as needed.
type numbering struct {
	limit  int
	dense  []int32
	sparse map[int]int32
	count  int32
}

// reset forgets all numbers. The table has at most a few places for each operation.
func (n *numbering) reset(operations int) {
	n.limit, n.count = 8*operations+4096, 0
	n.dense, n.sparse = n.dense[:0], nil
}

// of returns the number of a name.
func (n *numbering) of(name int) int32 {
	if name < len(n.dense) && n.dense[name] != none {
		return n.dense[name]
	}
	return n.find(name)
}

func (n *numbering) find(name int) int32 {
	if name < n.limit {
		if old := len(n.dense); name >= old {
			n.dense = slices.Grow(n.dense, name+1-old)[:name+1]
			for i := old; i <= name; i++ {
				n.dense[i] = none
			}
		}
		n.dense[name] = n.count
	} else if number, ok := n.sparse[name]; ok {
		return number
	} else {
		if n.sparse == nil {
			n.sparse = make(map[int]int32)
		}
		n.sparse[name] = n.count
	}
	n.count++
	return n.count - 1
}
