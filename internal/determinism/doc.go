// Package determinism compares the hashes of a fixed set of runs with those in
// testdata/hashes.txt. It is made of tests.
//
//	scenario kafka/expand --> runner --.
//	                                    +--> trace hash, history, verdicts
//	a world of the engine alone -------'              |
//	                                                  v
//	                                        testdata/hashes.txt
//
// The file is the same for every build: amd64, GOAMD64=v3, 386, arm64 and wasm, at
// any GOMAXPROCS, with and without the race detector. `make determinism` runs the
// tests in each of them that a build machine can run, and `make nightly` in all.
//
// A change of a model or of the engine changes the hashes, and that is fine: say
// so in the commit and rewrite the file with
//
//	go test ./internal/determinism -rewrite
//
// A difference between two builds of one commit is never fine. `orderlab run
// NAME --seed N --verify` names the first event of two runs that differ; between
// two builds, compare their `orderlab replay` of the seed.
package determinism
