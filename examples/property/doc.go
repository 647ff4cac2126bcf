// Package property states what a messaging design promises as a property, in an
// ordinary Go test that CI runs with the others:
//
//	go test ./examples/property
//	go test ./examples/property -rapid.checks=1000
//
// rapid draws designs, as the number of partitions before and after an expansion,
// and seeds; orderlab simulates each and says whether the promise held. Where it
// did not, rapid looks for the simplest design that breaks it and says how to
// repeat the test, and orderlab how to look into the run.
package property
