# `make` lists the targets. DEVELOPMENT.md says when to use which.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# What starts goroutines, for the race detector: the worker pool, and of the
# program the progress and the interrupts. A run itself never does.
CONCURRENT_TESTS := 'Progress|TestBar|TestPanic|TestScripts/(interrupt|progress)$$'

# The packages, with what their tests import. Property tests draw the same cases
# each time here, so that a change fails on what it breaks; `go test ./...` and
# make nightly draw new ones.
PACKAGES := go list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' ./...
PROPERTIES := $(PACKAGES) | awk '/pgregory.net\/rapid/ {print $$1}'
OTHERS := $(PACKAGES) | awk '!/pgregory.net\/rapid/ {print $$1}'
SEED := -rapid.seed=1

# The packages whose tests have golden files: their flag -rewrite accepts what
# the tests got. datadriven brings the flag to the tests that import it.
GOLDEN = $$(grep -rlE --include='*_test.go' '"rewrite"|cockroachdb/datadriven' . | xargs -n1 dirname | sort -u)

STATICCHECK := go tool -modfile=tools/go.mod staticcheck

.PHONY: help
help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: test
test: ## run every test
	go test $$($(OTHERS))
	go test $$($(PROPERTIES)) $(SEED)

.PHONY: check
check: ## gofmt, go vet, staticcheck, and -race where there are goroutines
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | { xargs ls 2>/dev/null || true; } | xargs gofmt -l); \
	if [ -n "$$unformatted" ]; then printf 'not formatted; run gofmt -w on:\n%s\n' "$$unformatted"; exit 1; fi
	go vet ./...
	$(STATICCHECK) ./...
	go test -race ./scenarios/explore
	go test -race -run $(CONCURRENT_TESTS) ./cmd/orderlab

.PHONY: golden
golden: ## rewrite every golden file; read the diff before you commit it
	go test $(GOLDEN) -rewrite

.PHONY: findings
findings: ## run the whole library and write docs/findings.md and its pictures; minutes
	rm -rf out/findings
	go run ./cmd/orderlab run 'kafka/*' -o out/findings
	go run ./internal/findings out/findings

.PHONY: bench
bench: ## run every benchmark, once and briefly
	go test -run '^$$' -bench . -benchmem -benchtime 200ms ./...

.PHONY: bench-large
bench-large: ## a run of ten million messages, checked: its peak memory and its time; minutes
	ORDERLAB_LONG=1 go test -run '^$$' -bench Large -benchtime 1x -timeout 30m ./scenarios/runner

.PHONY: determinism
determinism: ## compare trace hashes in every build that this machine can run
	.ci/determinism

.PHONY: conformance
conformance: ## the broker of the model beside kfake, an in-memory Kafka of others; fetches its modules
	cd conformance/kfake && go vet . && go test -count=1 .

.PHONY: judge
judge: ## a real Kafka and its Java clients beside what is recorded of them; needs a JDK and Maven; minutes
	cd conformance/kafka && go vet . && go test -count=1 -timeout 20m -v .

.PHONY: mutants
mutants: ## change the rules of the models one by one, and see that the tests named in RULES.md fail; minutes
	go run ./internal/mutants ./model/kafka

.PHONY: nightly
nightly: ## all architectures, long tests, fuzzing, the whole library with many seeds
	.ci/nightly
