# The two commands for a fresh machine are `make demo` and `make test`; both first install the
# system packages that are missing.

SWIFT ?= swift
FORMATTED = Sources Converters Tests Package.swift

.DEFAULT_GOAL := help
.PHONY: help demo test build lint clean dependencies

help:
	@echo "make demo    build, then give the model in Weights/ a memory, step by step"
	@echo "make test    lint, build and run every test"
	@echo "make build   build .build/release/rmt"
	@echo "make lint    check the format of every source file"
	@echo "make clean   remove what was built and the demo's output"

dependencies:
	@.ci/install-dependencies

build: dependencies
	$(SWIFT) build --configuration release --product rmt

demo: build
	@Weights/demo.sh .build/release/rmt demo-output

# The tests come last, so that their summary is the last line.
test: lint
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

lint: dependencies
	$(SWIFT) format lint --strict --parallel --recursive $(FORMATTED)

clean: dependencies
	$(SWIFT) package clean
	rm -rf demo-output
