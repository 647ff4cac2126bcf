// Package docs keeps the documents true. It is made of tests.
//
//	README.md, DEVELOPMENT.md, docs/ --+--> marked commands run, and print what stands there
//	                                   +--> links lead somewhere
//	                                   +--> targets of make exist, and CI's are documented
//	docs/adr/ -------------------------+--> every decision is listed and complete
//
// # Commands that are run
//
// A fenced block of commands is run by bash in the root of the repository when a
// comment stands in the line above it, and must succeed:
//
//	<!-- run -->
//	```sh
//	go run ./cmd/orderlab list
//	```
//
// With `<!-- run long -->` it is run only where ORDERLAB_LONG is 1, as in `make
// nightly`. When the next block is fenced as `text` and has the line `<!-- output
// -->` above it, it holds what the commands print to stdout, and
//
//	ORDERLAB_LONG=1 go test ./internal/docs -rewrite
//
// writes it again.
package docs
