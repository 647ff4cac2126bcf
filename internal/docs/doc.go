// Package docs keeps the documents true. It is made of tests.
//
//	README.md, DEVELOPMENT.md, --+--> commands run, and print what stands there
//	docs/, examples/             +--> orderlab has every command and flag that is named
//	                             +--> scenarios of the README run
//	                             +--> complete commands in a sentence run
//	                             +--> links lead somewhere
//	                             +--> targets of make exist, and CI's are documented
//	orderlab VERB --help --------+--> its examples run
//	conformance/kafka/testdata --+--> what was recorded stands in them
//	docs/adr/ -------------------+--> every decision is listed and complete
//
// # Commands that are run
//
// A block of commands, fenced as `sh`, is run by bash in the root of the repository
// and must succeed. With this line above it, it is run by every test of the package:
//
//	<!-- run -->
//	```sh
//	go run ./cmd/orderlab list
//	```
//
// With `<!-- run long -->` or without a mark it is run only where ORDERLAB_LONG is
// 1: all of these together take some minutes. What measures for as long as it is
// told to, a benchmark, has `<!-- run nightly -->` and is run where ORDERLAB_NIGHTLY
// is 1, as in `make nightly`; with `<!-- by hand: REASON -->` it never is. When the
// next block is fenced as `text` and has the line `<!-- output -->` above it, it holds
// what the commands print to stdout, and
//
//	ORDERLAB_LONG=1 go test ./internal/docs -rewrite
//
// writes it again.
package docs
