package sim_test

import "fmt"

func hex(sum [16]byte) string { return fmt.Sprintf("%x", sum) }
