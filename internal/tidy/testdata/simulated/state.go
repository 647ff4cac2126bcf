package simulated

var (
	count   int
	counts  [4]int
	current struct{ depth int }
	chosen  = &counts
	names   = [...]string{"a", "b"}
)

func leave(i int) string {
	count++           // want "global"
	counts[i] += 2    // want "global"
	current.depth = 3 // want "global"
	(*chosen)[i] = i  // want "global"
	local := counts   // a copy of an array
	local[0] = count
	if count := i; count > 0 {
		count = 1
		local[1] = count
	}
	return names[local[0]%2]
}
